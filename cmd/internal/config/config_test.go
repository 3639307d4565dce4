package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"campanile/cmd/internal/config"
	"campanile/cmd/internal/exit"
)

var allowed = []string{"timeout", "concurrency", "resolver", "allow-reserved", "country"}

func flags() *pflag.FlagSet {
	f := pflag.NewFlagSet("test", pflag.ContinueOnError)
	f.Duration("timeout", time.Minute, "")
	f.Int("concurrency", 4, "")
	f.StringSlice("resolver", nil, "")
	f.Bool("allow-reserved", false, "")
	f.String("country", "", "")
	return f
}

// Each file testdata/invalid-*.yaml holds one mistake; its first line is a
// comment with the exact message, without the path.
func TestEveryMistakeHasItsMessage(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/invalid-*.yaml")
	if err != nil || len(paths) < 6 {
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
			want := path + ": " + strings.TrimPrefix(first, "# ")
			err = config.Apply(flags(), path, allowed)
			if err == nil {
				t.Fatal("no mistake was found")
			}
			if err.Error() != want || exit.Code(err) != exit.Usage {
				t.Errorf("got  %s (exit %d)\nwant %s (exit 2)", err, exit.Code(err), want)
			}
		})
	}
}

func TestFileFillsWhatTheCommandLineLeftOpen(t *testing.T) {
	t.Parallel()
	f := flags()
	if err := f.Parse([]string{"--concurrency", "9"}); err != nil {
		t.Fatal(err)
	}
	if err := config.Apply(f, "testdata/valid.yaml", allowed); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"timeout": "30s", "concurrency": "9", "resolver": "[192.0.2.53,[2001:db8::53]:53]", "allow-reserved": "true"} {
		if got := f.Lookup(name).Value.String(); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

func TestMissingFileIsNamed(t *testing.T) {
	t.Parallel()
	err := config.Apply(flags(), "testdata/nowhere.yaml", allowed)
	if exit.Code(err) != exit.Usage || !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "nowhere.yaml") {
		t.Errorf("got %v", err)
	}
}
