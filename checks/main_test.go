package checks_test

import (
	"os"
	"runtime/debug"
	"testing"
)

// TestMain lets garbage wait: these tests judge a hundred thousand small bundles
// and keep none, so that collecting each at once is a third of their time.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	os.Exit(m.Run())
}
