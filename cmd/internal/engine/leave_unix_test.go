//go:build unix

package engine_test

import (
	"os/exec"
	"syscall"
)

// leaveGroup lets a program begin a session of its own.
func leaveGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }
