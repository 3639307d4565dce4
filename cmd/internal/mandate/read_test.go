package mandate_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/mandate"
)

// Each file testdata/invalid-*.yaml holds one mistake; the lines of comment at
// its head are the exact message, PATH standing for its name.
func TestEveryMistakeHasItsMessage(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/invalid-*.yaml")
	if err != nil || len(paths) < 45 {
		t.Fatalf("%d files of mistakes, %v", len(paths), err)
	}
	for _, path := range paths {
		t.Run(strings.TrimPrefix(filepath.Base(path), "invalid-"), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			for line := range strings.Lines(string(text)) {
				message, isComment := strings.CutPrefix(line, "# PATH")
				if !isComment {
					break
				}
				want = append(want, path+strings.TrimSuffix(message, "\n"))
			}
			_, err = mandate.Read(path)
			if err == nil {
				t.Fatal("no mistake was found")
			}
			if diff := cmp.Diff(strings.Join(want, "\n"), err.Error()); diff != "" || exit.Code(err) != exit.Usage {
				t.Errorf("exit %d, -want +got\n%s", exit.Code(err), diff)
			}
		})
	}
}

func TestMissingFileIsNamed(t *testing.T) {
	t.Parallel()
	_, err := mandate.Read("testdata/nowhere.yaml")
	if exit.Code(err) != exit.Usage || !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "testdata/nowhere.yaml") || !strings.Contains(err.Error(), "campanile mandate new") {
		t.Errorf("got %v", err)
	}
}

func TestTooLongFileIsRefused(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "mandate.yaml")
	if err := os.WriteFile(path, []byte("body: "+strings.Repeat("x", 64<<10)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := mandate.Read(path)
	if err == nil || !strings.HasSuffix(err.Error(), ": longer than 65536 bytes; a mandate is one page") {
		t.Errorf("got %v", err)
	}
}

func TestTooManyDomainsAreRefused(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/valid.yaml")
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Replace(string(text), "domains:\n", "domains:\n"+strings.Repeat("  - a.example\n", 100), 1)
	_, err = mandate.Parse("m.yaml", []byte(long))
	if err == nil || err.Error() != "m.yaml:4: domains: more than 100; split the mandate" {
		t.Errorf("got %v", err)
	}
}

// Every accepted file says what it says: written out and read again, it is the
// same mandate.
func FuzzParse(f *testing.F) {
	paths, err := filepath.Glob("testdata/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := mandate.Parse("m.yaml", data)
		if err != nil {
			if m != nil || exit.Code(err) != exit.Usage {
				t.Fatalf("%v, exit %d, and a mandate: %v", err, exit.Code(err), m != nil)
			}
			return
		}
		again, err := m.YAML()
		if err != nil {
			t.Fatal(err)
		}
		back, err := mandate.Parse("m.yaml", again)
		if err != nil {
			t.Fatalf("%v in\n%s", err, again)
		}
		if diff := cmp.Diff(m, back, ignoringDigest, byText); diff != "" {
			t.Errorf("-first +again\n%s\n%s", diff, again)
		}
	})
}
