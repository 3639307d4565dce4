package services

import (
	"testing"

	"go.uber.org/goleak"
)

// No test may leave a goroutine behind: whoever starts one waits for it.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
