// Package archive keeps evidence in files: JSON Lines, compressed with zstd
// when the name ends in .zst. It only appends, whole bundles at a time, so that
// an interrupted scan loses nothing that was finished.
package archive

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"strings"
	"sync"

	"github.com/klauspost/compress/zstd"

	"campanile/collectors/evidence"
)

// File is an evidence file open for appending. It may be used by several
// goroutines.
type File struct {
	path string
	mu   sync.Mutex
	file *os.File
}

// Append opens the file for writing at its end, and makes it where it is not.
func Append(path string) (*File, error) {
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the evidence file cannot be opened: %w", err)
	}
	if err := endLine(path, file); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &File{path: path, file: file}, nil
}

// endLine ends a last line that was cut off, so that the next bundle does not
// stick to it.
func endLine(path string, file *os.File) error {
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size() == 0 || compressed(path) {
		return err
	}
	last := make([]byte, 1)
	if _, err := file.ReadAt(last, info.Size()-1); err != nil || last[0] == '\n' {
		return err
	}
	_, err = file.WriteString("\n")
	return err
}

// Write appends one bundle. Compressed bundles are frames of their own, which
// RFC 8878 section 3 allows to stand one after the other.
func (f *File) Write(b *evidence.Bundle) error {
	line, err := evidence.Marshal(b)
	if err != nil {
		return err
	}
	if compressed(f.path) {
		encoder, err := zstd.NewWriter(nil)
		if err != nil {
			return fmt.Errorf("%s: %w", f.path, err)
		}
		line = encoder.EncodeAll(line, nil)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, err := f.file.Write(line); err != nil {
		return fmt.Errorf("the evidence of %s was not kept: %w", b.Target.Domain, err)
	}
	return nil
}

// Close ends the file.
func (f *File) Close() error { return f.file.Close() }

func compressed(path string) bool { return strings.HasSuffix(path, ".zst") }

// maxMemory bounds what decompression may use, in bytes.
const maxMemory = 128 << 20

// Read gives the bundles of a file one after the other; "-" is standard input.
// Lines that cannot be used yield an *evidence.LineError, and reading goes on.
func Read(path string, stdin io.Reader) iter.Seq2[*evidence.Bundle, error] {
	return func(yield func(*evidence.Bundle, error) bool) {
		input := stdin
		if path != "-" {
			file, err := os.Open(path)
			if err != nil {
				yield(nil, err)
				return
			}
			defer file.Close()
			input = file
		}
		if compressed(path) {
			decoder, err := zstd.NewReader(input, zstd.WithDecoderMaxMemory(maxMemory), zstd.WithDecoderConcurrency(1))
			if err != nil {
				yield(nil, fmt.Errorf("%s: %w", path, err))
				return
			}
			defer decoder.Close()
			input = cutting{decoder}
		}
		for b, err := range evidence.Read(input) {
			if !yield(b, err) {
				return
			}
		}
	}
}

// cutting calls a compressed file that ends in the middle what it is.
type cutting struct{ io.Reader }

func (c cutting) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, zstd.ErrMagicMismatch) {
		return n, fmt.Errorf("the compressed file is cut off or damaged: %w", err)
	}
	return n, err
}

// Earlier is what a file holds of one municipality from the same kind of scan.
type Earlier struct {
	Count int // how often it was scanned
	Last  *evidence.Bundle
}

// Done gives what earlier runs of the same scan have finished, by domain. A
// file that is not there, or is not a regular file, holds nothing.
func Done(path string, same func(*evidence.Bundle) bool, skipInvalid bool) (map[string]Earlier, error) {
	done := map[string]Earlier{}
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return done, nil // what is not there has nothing to go on from; Append tells what is wrong
	}
	for b, err := range Read(path, nil) {
		var line *evidence.LineError
		switch {
		case errors.As(err, &line) && skipInvalid:
		case err != nil:
			return nil, err
		case same(b):
			done[b.Target.Domain] = Earlier{done[b.Target.Domain].Count + 1, b}
		}
	}
	return done, nil
}
