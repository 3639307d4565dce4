package main

import (
	"strconv"
	"syscall"
)

// limitMemory bounds what the program may take of the machine, in bytes of
// data; GOMEMLIMIT, set by whoever starts it, is the milder bound before it.
// What cannot be bounded here stays unbounded: the order still has a deadline.
func limitMemory(text string) {
	bytes, err := strconv.ParseUint(text, 10, 64)
	if err == nil && bytes > 0 {
		_ = syscall.Setrlimit(syscall.RLIMIT_DATA, &syscall.Rlimit{Cur: bytes, Max: bytes})
	}
	_ = syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{})
}
