//go:build !unix

package inventory_test

import (
	"testing"
	"time"
)

// worked is the time of day, where the system does not tell how long its
// processors have worked.
func worked(testing.TB) time.Duration { return time.Duration(time.Now().UnixNano()) }
