// Package changes holds what users notice, one file for each change in three
// short paragraphs: the problem that was, what the program does now, and why.
package changes

import (
	"bytes"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"slices"
)

//go:embed *.md
var files embed.FS

// Write writes all changes, the newest first; the names begin with a number.
func Write(w io.Writer) error {
	names, err := fs.Glob(files, "*.md")
	if err != nil {
		return fmt.Errorf("changes: %w", err)
	}
	slices.Sort(names)
	slices.Reverse(names)
	for i, name := range names {
		text, err := files.ReadFile(name)
		if err != nil {
			return fmt.Errorf("changes: %w", err)
		}
		if i > 0 {
			text = append([]byte("\n"), text...)
		}
		if _, err := w.Write(append(bytes.TrimRight(text, "\n"), '\n')); err != nil {
			return err
		}
	}
	return nil
}
