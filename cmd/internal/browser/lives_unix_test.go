//go:build unix

package browser

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"time"
)

// lives reports whether a process is still there after a moment. One that has
// ended and waits to be collected by the system is not.
func lives(pid int) bool {
	for range 100 {
		if syscall.Kill(pid, 0) != nil {
			return false
		}
		if state, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)); err == nil && strings.Contains(string(state), ") Z ") {
			return false
		}
		<-time.After(20 * time.Millisecond)
	}
	return true
}
