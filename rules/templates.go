package rules

import (
	"fmt"
	"io"
	"io/fs"
)

// templatesFolder holds the templates of the engine, beside the rules that they
// prove. A rules folder without it has none.
const templatesFolder = "nuclei"

// Templates gives the templates that the program ships with, one file each. Who
// wants to use them holds them against the lint of templates first.
func Templates() fs.FS {
	folder, err := fs.Sub(files, templatesFolder)
	if err != nil {
		panic(err) // the name is a valid one
	}
	return folder
}

// addTemplates adds the templates of a rules folder to its digest: what a
// template looks for is what its rule means.
func addTemplates(fsys fs.FS, digest io.Writer) []error {
	names, err := fs.Glob(fsys, templatesFolder+"/*.yaml")
	if err != nil {
		return []error{fmt.Errorf("rules: %w", err)}
	}
	var problems []error
	for _, name := range names {
		if _, err := readFile(fsys, name, digest); err != nil {
			problems = append(problems, err)
		}
	}
	return problems
}
