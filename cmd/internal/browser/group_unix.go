//go:build unix

package browser

import (
	"os/exec"
	"syscall"
)

// group puts the browser at the head of a process group of its own, and ends
// the whole group when its time is over: a browser is many processes.
func group(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}

// endGroup ends what the browser may have left behind. Its number cannot belong
// to another group as long as one of its own is alive.
func endGroup(cmd *exec.Cmd) {
	if cmd.Process != nil {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // none is left: the usual case
	}
}
