package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/mandate"
	"campanile/rules"
)

// mandateFiles are the files of one mandate: what the program reads, and the
// letters to sign.
type mandateFiles struct {
	folder  string
	letters []letterFile
}

type letterFile struct {
	path     string
	language rules.Language
	format   mandate.Format
}

func newMandateFiles(folder string, languages []string) mandateFiles {
	files := mandateFiles{folder: filepath.Clean(folder)}
	for _, language := range languages {
		for _, format := range []mandate.Format{mandate.HTML, mandate.DOCX} {
			path := filepath.Join(folder, "mandate-"+language+"."+string(format))
			files.letters = append(files.letters, letterFile{path, rules.Language(language), format})
		}
	}
	return files
}

func (f mandateFiles) mandate() string { return filepath.Join(f.folder, "mandate.yaml") }

func (f mandateFiles) paths() []string {
	list := []string{f.mandate()}
	for _, letter := range f.letters {
		list = append(list, letter.path)
	}
	return list
}

// free refuses, before anything is asked, a place where the files cannot go: a
// signed mandate is not to be lost.
func (f mandateFiles) free(force bool) error {
	info, err := os.Stat(f.folder)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return exit.Usagef("the folder for the mandate cannot be looked at: %w; name another with --out", err)
	case !info.IsDir():
		return exit.Usagef("%s is no folder; name one with --out", f.folder)
	}
	for _, path := range f.paths() {
		info, err := os.Lstat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return exit.Usagef("%s cannot be looked at: %w; name another folder with --out", path, err)
		case !info.Mode().IsRegular():
			return exit.Usagef("%s is there and no file; name another folder with --out", path)
		case !force:
			return exit.Usagef("%s is there already; nothing was changed. Name another folder with --out, or write over it with --force", path)
		}
	}
	return f.writable()
}

// writable tries the folder before somebody answers ten questions, not after.
func (f mandateFiles) writable() error {
	file, err := os.CreateTemp(f.folder, ".campanile-*")
	if err != nil {
		return exit.Usagef("the mandate cannot be written: %w; name another folder with --out", err)
	}
	return errors.Join(file.Close(), os.Remove(file.Name()))
}

// write lays everything out before the first file is touched. The mandate goes
// last: where it is, its letters are.
func (f mandateFiles) write(m *mandate.Mandate) error {
	contents := make([][]byte, len(f.letters))
	for i, letter := range f.letters {
		var out bytes.Buffer
		if err := m.Letter(&out, letter.language, letter.format); err != nil {
			return err
		}
		contents[i] = out.Bytes()
	}
	text, err := m.YAML()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(f.folder, 0o750); err != nil {
		return exit.Usagef("the folder for the mandate cannot be made: %w; name another with --out", err)
	}
	for i, letter := range f.letters {
		if err := replace(letter.path, contents[i]); err != nil {
			return err
		}
	}
	return replace(f.mandate(), text)
}

// replace writes beside the final name and renames, so that a full disk never
// leaves half a file in place of a whole one.
func replace(path string, data []byte) error {
	file, err := os.CreateTemp(filepath.Dir(path), ".campanile-*")
	if err != nil {
		return exit.Usagef("the mandate cannot be written: %w; name another folder with --out", err)
	}
	_, err = file.Write(data)
	err = errors.Join(err, file.Chmod(0o644), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, errors.Join(err, os.Remove(file.Name())))
	}
	return nil
}

// earlier are the letters in the folder that the new mandate did not replace.
func (f mandateFiles) earlier() []string {
	var languages []string
	for _, language := range rules.Languages {
		languages = append(languages, string(language))
	}
	var list []string
	for _, path := range newMandateFiles(f.folder, languages).paths() {
		if _, err := os.Lstat(path); err == nil && !slices.Contains(f.paths(), path) {
			list = append(list, path)
		}
	}
	return list
}
