// Package templates reads templates for the nuclei engine and admits only those
// that look and do not touch: it holds each against the engine's own schema and
// against a stricter list of ours. It runs nothing and dials nobody.
package templates

import (
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

const (
	maxFile  = 64 << 10
	maxFiles = 2000
)

// Template is a template that may run.
type Template struct {
	ID       string
	File     string
	Protocol string // http or tcp
	Requests int    // sent to one target at most
	Content  []byte
}

// Refusal is a file that may not run, and why.
type Refusal struct {
	File   string
	Reason string
}

// Read holds every .yaml file below the folder against the rules. What they
// refuse is listed and never an error; an error means that the folder itself
// could not be read.
func Read(folder fs.FS) ([]Template, []Refusal, error) {
	var list []Template
	var refused []Refusal
	schema, err := engineSchema()
	if err != nil {
		return nil, nil, fmt.Errorf("templates: %w", err)
	}
	files := 0
	err = fs.WalkDir(folder, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if ext := path.Ext(name); entry.IsDir() || ext != ".yaml" && ext != ".yml" {
			return nil
		}
		if files++; files > maxFiles {
			return fmt.Errorf("more than %d templates; choose those that you mean", maxFiles)
		}
		t, reason := open(schema, folder, name, entry)
		if reason == nil {
			reason = again(list, t)
		}
		if reason == nil {
			list = append(list, t)
		} else {
			refused = append(refused, Refusal{name, reason.Error()})
		}
		return nil
	})
	if err != nil {
		return nil, nil, fmt.Errorf("templates: %w", err)
	}
	return list, refused, nil
}

func open(schema *jsonschema.Schema, folder fs.FS, name string, entry fs.DirEntry) (Template, error) {
	if !entry.Type().IsRegular() {
		return Template{}, refusal("it is no ordinary file; copy it into the folder")
	}
	content, err := read(folder, name)
	if err != nil {
		return Template{}, refusal("it cannot be read: %v", err)
	}
	return lint(schema, name, content)
}

// read reads no more of a file than tells that it is too long.
func read(folder fs.FS, name string) ([]byte, error) {
	file, err := folder.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, maxFile+1))
}

// again refuses a second template with one id: the engine would drop it in
// silence.
func again(list []Template, t Template) error {
	i := slices.IndexFunc(list, func(other Template) bool { return strings.EqualFold(other.ID, t.ID) })
	if i >= 0 {
		return refusal("id %s is that of %s; give it another", t.ID, list[i].File)
	}
	return nil
}

// refused is the reason why a file may not run.
type refused string

// Error gives the reason.
func (r refused) Error() string { return string(r) }

func refusal(format string, arguments ...any) error {
	return refused(fmt.Sprintf(format, arguments...))
}
