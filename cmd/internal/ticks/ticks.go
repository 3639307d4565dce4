// Package ticks reads and writes the checklist that a municipality keeps: as
// YAML, or as CSV or XLSX for staff who use a spreadsheet. It refuses what does
// not fit, with its place, the reason and the next step, and never guesses what
// somebody meant by a tick.
package ticks

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/mistake"
	"campanile/report/checklist"
	"campanile/rules"
)

// Limits of a file that somebody hands in.
const (
	maxFile    = 4 << 20 // bytes
	maxEntries = 9_000   // findings and reviews
	maxText    = 1_000   // bytes of what people write
	maxSubject = 4_000   // bytes of what a scan has seen
)

// Endings are those of the files that can hold a checklist.
var endings = []string{".yaml", ".yml", ".csv", ".xlsx"}

// Read reads a checklist from a file; what it holds is told by its ending:
// .yaml, .csv or .xlsx. All mistakes are told at once.
func Read(path string) (*checklist.Checklist, error) {
	data, err := content(path)
	if err != nil {
		return nil, err
	}
	return Parse(path, data)
}

// Language tells in which language the columns or the comments of a checklist are
// written, so that whoever changes one entry does not translate the whole file.
// It is empty where there is no file or nobody can tell.
func Language(path string) rules.Language {
	data, err := content(path)
	if err != nil {
		return ""
	}
	return languageOf(path, data)
}

func content(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, exit.Usagef("the checklist %s cannot be opened: %w; make one with \"campanile checklist update %s --evidence FILE\"", path, err, path)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err != nil {
		return nil, exit.Usagef("the checklist %s cannot be read: %w", path, err)
	}
	return data, nil
}

// Parse reads the text of a checklist; the name tells what it is, and stands in
// the messages.
func Parse(name string, data []byte) (*checklist.Checklist, error) {
	r := &reader{List: mistake.List{Name: name}}
	var err error
	switch ending := strings.ToLower(filepath.Ext(name)); {
	case len(data) > maxFile:
		err = fmt.Errorf("larger than %d bytes; a checklist is smaller", maxFile)
	case ending == ".yaml" || ending == ".yml":
		err = r.yaml(data)
	case ending == ".csv":
		err = r.csv(data)
	case ending == ".xlsx":
		err = r.xlsx(data)
	default:
		err = unknownEnding(ending)
	}
	if err != nil {
		return nil, exit.Usagef("%s: %w", name, err)
	}
	if r.list.Domain == "" && !r.blamed {
		r.Wrong(mistake.Place{}, "domain: missing; write whose checklist this is, such as comune.example")
	}
	if !r.Empty() {
		return nil, exit.Usagef("%w", r.Err())
	}
	return &r.list, nil
}

func unknownEnding(ending string) error {
	if ending == "" {
		return errors.New("the name has no ending; a checklist is kept in a file that ends in .yaml, .csv or .xlsx")
	}
	return fmt.Errorf("%q is no ending of a checklist; name it .yaml, .csv or .xlsx", ending)
}
