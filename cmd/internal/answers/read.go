// Package answers reads a filled form of the Digital Maturity Assessment from
// YAML, CSV or XLSX, and lays out an empty one. It refuses what does not fit,
// with its place and reason, and never guesses an answer.
package answers

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"

	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/mistake"
	"campanile/report/score/dma"
	"campanile/rules"
)

// Limits of a file that somebody hands in. A whole form has 97 items.
const (
	maxFile = 4 << 20 // bytes
	maxText = 1 << 20 // bytes, where it is no workbook
	maxCell = 200     // bytes of a text at the head
)

// Read reads a filled form from a file; what it holds is told by its ending:
// .yaml, .csv or .xlsx. All mistakes are told at once.
func Read(path string, q *rules.Questionnaire) (*dma.Assessment, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, exit.Usagef("the answers %s cannot be opened: %w; make an empty form with \"campanile dma template\"", path, err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err != nil {
		return nil, exit.Usagef("the answers %s cannot be read: %w", path, err)
	}
	return Parse(path, data, q)
}

// Parse reads a filled form; the name tells what it is, and stands in the
// messages.
func Parse(name string, data []byte, q *rules.Questionnaire) (*dma.Assessment, error) {
	r := &reader{List: mistake.List{Name: name}, q: q, words: vocabulary(q)}
	r.form.Answers = dma.Answers{}
	var err error
	switch ending := strings.ToLower(filepath.Ext(name)); {
	case len(data) > maxFile || len(data) > maxText && ending != ".xlsx":
		err = errors.New("too large for a filled form; save only the form")
	case ending == ".yaml" || ending == ".yml":
		err = r.yaml(data)
	case ending == ".csv":
		err = r.csv(data)
	case ending == ".xlsx":
		err = r.xlsx(data)
	default:
		err = fmt.Errorf("%q is no ending of a form; answers are read from .yaml, .csv and .xlsx", ending)
	}
	if err != nil {
		return nil, exit.Usagef("%s: %w", name, err)
	}
	r.complete()
	if !r.Empty() {
		return nil, exit.Usagef("%w", r.Err())
	}
	return &r.form, nil
}

// reader gathers answers, and what is wrong, so that the user mends it in one go.
type reader struct {
	mistake.List
	q     *rules.Questionnaire
	words map[string][]string
	days  bool // a day can be written as a number, as workbooks keep it
	form  dma.Assessment
}

// plain says what is wrong with a text as such; nil where nothing is.
func plain(text string) error {
	switch {
	case !utf8.ValidString(text):
		return errors.New("not UTF-8 text; save the form as \"CSV UTF-8\"")
	case strings.ContainsFunc(text, unicode.IsControl):
		return errors.New("holds control characters; write it on one line")
	case len(text) > maxCell:
		return fmt.Errorf("longer than %d bytes", maxCell)
	}
	return nil
}
