// Package browser prints a page as PDF with the Chromium, Chrome or Edge that is
// installed here. It must not know what a page is about, and the browser that it
// starts sees nothing but that page: it has a profile of its own, removed
// afterwards, and no network.
package browser

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

const (
	// printTime is long for one document: a slow computer needs seconds.
	printTime = 2 * time.Minute
	maxPDF    = 256 << 20 // bytes
)

// errNothing is what a browser leaves that could not print.
var errNothing = errors.New("it has written no PDF")

// Print gives the page as PDF: tagged, with an outline and the page's language,
// as the browser makes it, and with the properties given in place of those that
// the browser and the clock would write. The same page and properties give the
// same bytes from the same browser.
func Print(ctx context.Context, program string, page []byte, properties Properties) ([]byte, error) {
	folder, err := os.MkdirTemp(workplace(program), "campanile-print-*")
	if err != nil {
		return nil, fmt.Errorf("a folder to print in cannot be made: %w", err)
	}
	printed, err := printIn(ctx, program, folder, page)
	if gone := remove(folder); err == nil {
		err = gone
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("printing with %s: %w; try another with --browser, or write --format html and print that", program, err)
	}
	described, err := describe(printed, properties)
	if err == nil {
		described, err = withPacket(described, properties)
	}
	if err != nil {
		return nil, fmt.Errorf("printing with %s: %w; try another with --browser, or write --format html and print that", program, err)
	}
	return described, nil
}

func printIn(ctx context.Context, program, folder string, page []byte) ([]byte, error) {
	j := job{program: program, folder: folder}
	if err := os.WriteFile(j.page(), page, 0o600); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, printTime)
	defer cancel()
	said, err := j.run(ctx)
	if err != nil {
		return nil, err
	}
	printed, err := read(j.pdf())
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%w%s", errNothing, said)
	}
	return printed, err
}

func read(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxPDF+1))
	switch {
	case err != nil:
		return nil, err
	case len(data) > maxPDF:
		return nil, fmt.Errorf("the PDF is larger than %d bytes", maxPDF)
	case len(data) == 0:
		return nil, errNothing
	}
	return data, nil
}

// remove takes the folder away. What the browser has started may still be
// writing there for a moment after it was ended.
func remove(folder string) error {
	var err error
	for range 20 {
		if err = os.RemoveAll(folder); err == nil {
			return nil
		}
		<-time.After(50 * time.Millisecond)
	}
	return err
}

// job is one page to print, in a folder of its own.
type job struct{ program, folder string }

func (j job) page() string { return filepath.Join(j.folder, "page.html") }

func (j job) pdf() string { return filepath.Join(j.folder, "page.pdf") }

func (j job) profile() string { return filepath.Join(j.folder, "profile") }
