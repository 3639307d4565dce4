package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// build makes the program as users get it.
func build(tb testing.TB) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "campanile")
	command := exec.CommandContext(tb.Context(), "go", "build", "-trimpath", "-ldflags=-s -w", "-o", path, ".")
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := command.CombinedOutput(); err != nil {
		tb.Fatalf("building: %v\n%s", err, out)
	}
	return path
}

// maxBinary is what the program may weigh, in bytes: it is carried on sticks
// and sent to colleagues. Until it held a whole territory it was 35 MiB; the two
// engines of the store and the queue weigh eleven.
const maxBinary = 46 << 20

func TestProgramStaysSmall(t *testing.T) {
	t.Parallel()
	info, err := os.Stat(build(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes of at most %d", info.Size(), maxBinary)
	if info.Size() > maxBinary {
		t.Errorf("the program has %d bytes, at most %d", info.Size(), maxBinary)
	}
}

// BenchmarkHelp measures a whole start of the program, "campanile --help", as
// a process; the aim is under 50 ms on two cores.
func BenchmarkHelp(b *testing.B) {
	path := build(b)
	for b.Loop() {
		if err := exec.CommandContext(b.Context(), path, "--help").Run(); err != nil {
			b.Fatal(err)
		}
	}
}
