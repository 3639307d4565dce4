package templates_test

import (
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"campanile/cmd/internal/templates"
)

// Each file testdata/invalid-*.yaml holds one mistake; its first line is a
// comment with the exact reason.
func TestEveryRefusalHasItsReason(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/invalid-*.yaml")
	if err != nil || len(paths) < 60 {
		t.Fatalf("%d files of mistakes, %v", len(paths), err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			first, _, _ := strings.Cut(string(text), "\n")
			_, err = templates.Lint(path, text)
			if err == nil {
				t.Fatal("no mistake was found")
			}
			if diff := cmp.Diff(strings.TrimPrefix(first, "# "), err.Error()); diff != "" {
				t.Errorf("reason (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhatOnlyLooksMayRun(t *testing.T) {
	t.Parallel()
	list, refused, err := templates.Read(os.DirFS("testdata/valid"))
	if err != nil || len(refused) > 0 {
		t.Fatalf("refused %v, %v", refused, err)
	}
	got := map[string]int{}
	for _, x := range list {
		got[x.Protocol+" "+x.ID] = x.Requests
	}
	want := map[string]int{"http exposed-three": 3, "http exposed-redirect": 3, "http exposed-head": 1, "http exposed-absence": 1, "http exposed-next_2": 2, "tcp exposed-greeting": 1}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("templates and requests (-want +got):\n%s", diff)
	}
}

// The templates of the project keep to the rules that they are measured by.
func TestOurOwnTemplatesMayRun(t *testing.T) {
	t.Parallel()
	list, refused, err := templates.Read(os.DirFS("../../../rules/nuclei"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]templates.Refusal(nil), refused); diff != "" {
		t.Errorf("refused (-want +got):\n%s", diff)
	}
	if len(list) < 36 {
		t.Errorf("%d templates, want at least one for each exposure and panel", len(list))
	}
}

func TestFolderOfAVolunteer(t *testing.T) {
	t.Parallel()
	good, err := os.ReadFile("testdata/valid/exposed-three.yaml")
	if err != nil {
		t.Fatal(err)
	}
	list, refused, err := templates.Read(fstest.MapFS{
		"mine/exposed-three.yaml":  {Data: good},
		"other/exposed-three.yaml": {Data: good},
		"README.md":                {Data: []byte("no template")},
		"link.yaml":                {Data: []byte("/etc/passwd"), Mode: os.ModeSymlink | 0o777},
		"big.yaml":                 {Data: make([]byte, 65<<10)},
		"latin.yaml":               {Data: []byte("id: \xe0")},
		"empty.yaml":               {},
	})
	if err != nil || len(list) != 1 || list[0].File != "mine/exposed-three.yaml" {
		t.Errorf("got %v, %v", list, err)
	}
	want := []templates.Refusal{
		{"big.yaml", "it is longer than 65536 bytes"},
		{"empty.yaml", "not YAML: EOF"},
		{"latin.yaml", "it is no UTF-8 text"},
		{"link.yaml", "it is no ordinary file; copy it into the folder"},
		{"other/exposed-three.yaml", "id exposed-three is that of mine/exposed-three.yaml; give it another"},
	}
	if diff := cmp.Diff(want, refused); diff != "" {
		t.Errorf("refused (-want +got):\n%s", diff)
	}
}

// endless is a folder whose files have no end.
type endless struct {
	fstest.MapFS
	read *int
}

type endlessFile struct {
	fs.File
	read *int
}

// Open gives a file that goes on for ever.
func (e endless) Open(name string) (fs.File, error) {
	file, err := e.MapFS.Open(name)
	if err != nil || path.Ext(name) != ".yaml" {
		return file, err
	}
	return endlessFile{file, e.read}, nil
}

// Read gives up where a careful reader has long had enough.
func (f endlessFile) Read(b []byte) (int, error) {
	if *f.read += len(b); *f.read > 8<<20 {
		return 0, io.ErrUnexpectedEOF
	}
	return len(b), nil
}

func TestFileWithoutEndIsNotReadToIt(t *testing.T) {
	t.Parallel()
	read := 0
	_, refused, err := templates.Read(endless{fstest.MapFS{"big.yaml": {Data: []byte("id: a")}}, &read})
	if want := []templates.Refusal{{"big.yaml", "it is longer than 65536 bytes"}}; err != nil || !cmp.Equal(want, refused) || read > 1<<20 {
		t.Errorf("%v, %v, %d bytes read", refused, err, read)
	}
}

func FuzzLint(f *testing.F) {
	paths, err := filepath.Glob("testdata/*/*.yaml")
	if err != nil || len(paths) == 0 {
		f.Fatalf("%d seeds, %v", len(paths), err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := templates.Lint("exposed-three.yaml", text)
		if err == nil && (got.ID != "exposed-three" || got.Requests < 1 || got.Requests > 9) {
			t.Errorf("admitted %+v", got)
		}
	})
}
