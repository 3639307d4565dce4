//go:build unix

package engine

import (
	"os/exec"
	"syscall"
)

// group puts the program at the head of a process group of its own, and ends
// the whole group when its time is over.
func group(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}

// endGroup ends what the program may have left behind. Its number cannot belong
// to another group as long as one of its own is alive.
func endGroup(cmd *exec.Cmd) {
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // none is left: the usual case
}
