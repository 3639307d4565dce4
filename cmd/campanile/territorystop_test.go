package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/store"
)

// valley makes a territory of one municipality, and a program that works on it.
func valley(t *testing.T) (p *program, kept, folder string) {
	t.Helper()
	folder = t.TempDir()
	said, err := os.Create(filepath.Join(folder, "said.txt"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { said.Close() })
	p = &program{stdin: os.Stdin, stdout: said, stderr: said, now: time.Now}
	list := filepath.Join(folder, "valley.csv")
	if err := os.WriteFile(list, []byte("name,domain,country\nBorgo,comune.borgo.example,it\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	kept = filepath.Join(folder, "valley.db")
	if err := p.execute(t.Context(), []string{"territory", "import", list, "--store", kept}); err != nil {
		t.Fatal(err)
	}
	return p, kept, folder
}

// unfinished checks that a run goes on and that nothing of it was given up or found.
func unfinished(t *testing.T, address string) {
	t.Helper()
	s, err := store.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	open, err := s.OpenRuns(t.Context())
	if err != nil || len(open) != 1 {
		t.Fatalf("%d runs go on, %v; want the one that was broken off", len(open), err)
	}
	if p, err := s.Progress(t.Context(), open[0].ID); err != nil || p != (store.Progress{Waiting: 1}) {
		t.Errorf("%+v, %v; want one municipality that waits", p, err)
	}
}

// A stop file ends what is under way at once: the time of grace is for a worker that
// is told to end in order.
func TestAStopFileEndsTheLooksOfATerritoryAtOnce(t *testing.T) {
	t.Parallel()
	p, kept, folder := valley(t)
	stop := filepath.Join(folder, "halt")
	var at time.Time
	resolver := silence(t, func() {
		at = time.Now()
		if err := os.WriteFile(stop, nil, 0o600); err != nil {
			t.Error(err)
		}
	})
	err := p.execute(t.Context(), []string{"territory", "scan", "--store", kept, "--resolver", resolver, "--stop-file", stop})
	if took := time.Since(at); took > grace/3 {
		t.Errorf("the scan went on for %v", took)
	}
	if code := exit.Code(err); code != exit.Interrupted || !strings.Contains(err.Error(), stop) {
		t.Errorf("exit code %d (%v), want %d", code, err, exit.Interrupted)
	}
	unfinished(t, kept)
}

// Who is on a list that cannot be read any more must not be asked. The run is not
// over by that, and whoever began it hears why it stopped.
func TestAListOfThoseLeftAloneThatBreaksStopsTheTerritory(t *testing.T) {
	t.Parallel()
	p, kept, folder := valley(t)
	list := filepath.Join(folder, "optout.txt")
	if err := os.WriteFile(list, []byte("comune.altrove.example\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	resolver := silence(t, func() {
		if err := os.WriteFile(list, []byte("no name at all\n"), 0o600); err != nil {
			t.Error(err)
		}
	})
	err := p.execute(t.Context(), []string{"territory", "scan", "--store", kept, "--resolver", resolver, "--opt-out", list, "--stop-file", ""})
	if code := exit.Code(err); code != exit.Usage || !strings.Contains(err.Error(), list) {
		t.Errorf("exit code %d (%v), want %d", code, err, exit.Usage)
	}
	unfinished(t, kept)
}
