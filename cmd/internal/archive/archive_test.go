package archive_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"campanile/cmd/internal/archive"
	"campanile/collectors/evidence"
)

func bundle(domain string) *evidence.Bundle {
	return &evidence.Bundle{
		Schema: evidence.Schema, Tool: evidence.Tool{Name: "campanile", Version: "test"}, Profile: evidence.Standard,
		Target: evidence.Target{Domain: domain}, Taken: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC),
	}
}

func write(t *testing.T, path string, domains ...string) {
	t.Helper()
	file, err := archive.Append(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, domain := range domains {
		if err := file.Write(bundle(domain)); err != nil {
			t.Fatal(err)
		}
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}

func read(path string) (domains []string, problems []error) {
	for b, err := range archive.Read(path, nil) {
		if err != nil {
			problems = append(problems, err)
			continue
		}
		domains = append(domains, b.Target.Domain)
	}
	return domains, problems
}

func TestAppendedBundlesAreReadAgain(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"e.jsonl", "e.jsonl.zst"} {
		path := filepath.Join(t.TempDir(), name)
		write(t, path, "uno.example", "due.example")
		write(t, path, "tre.example")
		domains, problems := read(path)
		if len(domains) != 3 || domains[2] != "tre.example" || problems != nil {
			t.Errorf("%s: %v, %v", name, domains, problems)
		}
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v, want a file for its owner alone", name, info.Mode(), err)
		}
	}
}

func TestCutLineDoesNotSpoilTheNextOne(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "e.jsonl")
	write(t, path, "uno.example", "due.example")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, whole[:len(whole)-20], 0o600); err != nil {
		t.Fatal(err)
	}
	domains, problems := read(path)
	var line *evidence.LineError
	if len(domains) != 1 || len(problems) != 1 || !errors.As(problems[0], &line) || line.Line != 2 {
		t.Fatalf("%v, %v", domains, problems)
	}
	write(t, path, "tre.example")
	if domains, problems = read(path); len(domains) != 2 || domains[1] != "tre.example" || len(problems) != 1 {
		t.Errorf("after going on: %v, %v", domains, problems)
	}
}

func TestCutCompressedFileIsNoEmptyOne(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "e.jsonl.zst")
	write(t, path, "uno.example", "due.example")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, cut := range []int{len(whole) - 1, len(whole)/2 + 10, 5} {
		if err := os.WriteFile(path, whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		if _, problems := read(path); len(problems) == 0 {
			t.Errorf("cut to %d of %d bytes: no problem was told", cut, len(whole))
		}
	}
}

func TestStandardInputIsReadToo(t *testing.T) {
	t.Parallel()
	line, err := evidence.Marshal(bundle("uno.example"))
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for b, err := range archive.Read("-", bytes.NewReader(line)) {
		if err != nil || b.Target.Domain != "uno.example" {
			t.Errorf("%v, %v", b, err)
		}
		count++
	}
	if count != 1 {
		t.Errorf("%d bundles", count)
	}
}

func TestEarlierScansAreCounted(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "e.jsonl")
	write(t, path, "uno.example", "due.example", "uno.example")
	done, err := archive.Done(path, func(b *evidence.Bundle) bool { return b.Profile == evidence.Standard }, false)
	if err != nil || done["uno.example"].Count != 2 || done["due.example"].Count != 1 || done["tre.example"].Count != 0 {
		t.Errorf("%v, %v", done, err)
	}
	none, err := archive.Done(filepath.Join(t.TempDir(), "nowhere.jsonl"), func(*evidence.Bundle) bool { return true }, false)
	if err != nil || len(none) != 0 {
		t.Errorf("a file that is not there: %v, %v", none, err)
	}
}
