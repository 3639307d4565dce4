//go:build unix

package inventory_test

import (
	"syscall"
	"testing"
	"time"
)

// worked is how long the processors have worked for this process: on a busy
// machine a clock on the wall would tell how busy it is.
func worked(tb testing.TB) time.Duration {
	tb.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
