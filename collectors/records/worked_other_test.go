//go:build !linux

package records_test

import "time"

var begun = time.Now()

// worked gives the time that has passed: other systems do not tell a thread's.
func worked() time.Duration { return time.Since(begun) }
