package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/sync/errgroup"

	"campanile/cmd/internal/exit"
)

// atOnce is how many files are written at the same time: a PDF takes a browser,
// and a browser takes a processor and a quarter of a gigabyte.
const atOnce = 2

func (o *output) writeFormat(ctx context.Context, f format, towns []town) error {
	switch {
	case f.name == "letters":
		return o.letters(towns)
	case o.folder && f.name == "terminal":
		return o.file(ctx, filepath.Join(o.settings.out, "summary"+f.ending), f, towns)
	case o.folder:
		return o.files(ctx, f, towns)
	case o.settings.out != "":
		return o.file(ctx, o.settings.out, f, towns)
	}
	if err := f.lay(ctx, o, o.program.stdout, towns); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}

// files writes a file for each municipality.
func (o *output) files(ctx context.Context, f format, towns []town) error {
	if o.browser != "" && f.name == "pdf" && len(towns) > atOnce {
		o.program.say("printing %d PDF files with %s", len(towns), o.browser)
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	stems := stems(towns)
	for i, t := range towns {
		group.Go(func() error {
			return o.file(ctx, filepath.Join(o.settings.out, stems[i]+f.ending), f, []town{t})
		})
	}
	return group.Wait()
}

// stems are what the names of each municipality's files begin with: its domain.
// Where several of its scans are reported on, the time of the scan keeps one
// from taking the place of another.
func stems(towns []town) []string {
	scans, given := map[string]int{}, map[string]int{}
	for _, t := range towns {
		scans[t[0].Target.Domain]++
	}
	list := make([]string, len(towns))
	for i, t := range towns {
		list[i] = t[0].Target.Domain
		if scans[list[i]] > 1 {
			list[i] += "." + t[0].Method.Taken.UTC().Format("2006-01-02T150405Z")
		}
		if given[list[i]]++; given[list[i]] > 1 {
			list[i] += fmt.Sprintf("-%d", given[list[i]])
		}
	}
	return list
}

func (o *output) file(ctx context.Context, path string, f format, towns []town) error {
	return putFile(path, func(w io.Writer) error { return f.lay(ctx, o, w, towns) })
}

// putFile writes beside the final name and renames, so that a full disk or an
// interruption never leaves half a report in place of a whole one.
func putFile(path string, lay func(io.Writer) error) error {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return device(path, lay)
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".campanile-*")
	if err != nil {
		return exit.Usagef("the report cannot be written: %w; name another file with --out", err)
	}
	err = lay(file)
	err = errors.Join(err, file.Chmod(0o644), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, errors.Join(err, os.Remove(file.Name())))
	}
	return nil
}

// device writes to what is not a file: a pipe, a terminal, /dev/full.
func device(path string, lay func(io.Writer) error) error {
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return exit.Usagef("the report cannot be written: %w; name another file with --out", err)
	}
	if err := errors.Join(lay(file), file.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}
