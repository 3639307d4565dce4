//go:build unix

// Package group starts a program at the head of a process group of its own, so
// that ending it ends whatever it has started.
package group

import (
	"os/exec"
	"syscall"
)

// Lead puts a program that is not yet started at the head of a group, and lets
// the end of its context end the whole group.
func Lead(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}

// End ends what the program may have left behind. Its number cannot belong to
// another group as long as one of its own is alive.
func End(cmd *exec.Cmd) {
	if cmd.Process != nil {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // none is left: the usual case
	}
}
