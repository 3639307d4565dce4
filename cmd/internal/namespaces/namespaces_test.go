package namespaces

import (
	"bytes"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The copy of the test in the namespaces learns from its environment which
// program to test, and whether Postfix can run.
const (
	insideVariable = "CAMPANILE_NAMESPACES_PROGRAM"
	mailVariable   = "CAMPANILE_NAMESPACES_MAIL"
)

// TestRealServers builds the program, raises the servers in namespaces of its
// own and compares each verdict with what the servers are configured to do.
//
// It starts itself again as the first process of new network, mount and process
// namespaces: when that process ends, whatever way, the kernel ends every
// server with it and forgets the network.
func TestRealServers(t *testing.T) {
	if fronts := os.Getenv(frontVariable); fronts != "" {
		serveFronts(t, fronts)
		return
	}
	if program := os.Getenv(insideVariable); program != "" {
		testInside(t, program, os.Getenv(mailVariable) != "")
		return
	}
	mail := requireTools(t)
	output, err := runInside(t, build(t), mail)
	replay(t, output)
	if err != nil && !t.Failed() {
		t.Errorf("the test in the namespaces: %v", err)
	}
}

// runInside starts this test again in namespaces of its own and gives what it
// wrote. A plain user gets a user namespace too, and is root in it.
func runInside(t *testing.T, program string, mail bool) (string, error) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var output bytes.Buffer
	command := exec.CommandContext(t.Context(), self, "-test.v", "-test.count=1", "-test.parallel=16",
		"-test.run="+pattern("TestRealServers"), "-test.timeout="+remaining(t).String())
	if testing.Short() {
		command.Args = append(command.Args, "-test.short")
	}
	command.Env = append(os.Environ(), insideVariable+"="+program)
	if mail {
		command.Env = append(command.Env, mailVariable+"=yes")
	}
	command.Stdout, command.Stderr = &output, &output
	command.SysProcAttr = namespaced()
	// The death signal comes when the thread ends that started the process.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := command.Start(); err != nil {
		unable(t, "this machine gives no namespaces: "+err.Error())
	}
	err = command.Wait()
	return output.String(), err
}

// namespaced asks for new namespaces, which end with the process.
func namespaced() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWNET | syscall.CLONE_NEWNS | syscall.CLONE_NEWPID,
		Pdeathsig:  syscall.SIGKILL,
	}
	if os.Getuid() != 0 {
		attr.Cloneflags |= syscall.CLONE_NEWUSER
		attr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}
		attr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
	}
	return attr
}

// pattern is the -run of the user, as far as it concerns a test.
func pattern(test string) string {
	_, below, found := strings.Cut(runFlag(), "/")
	if !found {
		return "^" + test + "$"
	}
	return "^" + test + "$/" + below
}

// remaining is the time that the test has, less a little to report.
func remaining(t *testing.T) time.Duration {
	t.Helper()
	deadline, ok := t.Deadline()
	if !ok {
		return 10 * time.Minute
	}
	return max(time.Until(deadline)-5*time.Second, time.Second).Truncate(time.Second)
}

// verdict is a line of the copy's output.
var verdict = regexp.MustCompile(`(?m)^\s*--- (PASS|FAIL|SKIP): TestRealServers/(\S+) \(`)

// replay gives each test of the copy again under its own name, so that the
// runner counts them.
func replay(t *testing.T, output string) {
	t.Helper()
	var log []string
	for line := range strings.Lines(output) {
		if !strings.HasPrefix(line, "=== ") || strings.HasPrefix(line, "=== NAME") {
			log = append(log, line)
		}
	}
	t.Log("\n" + strings.Join(log, ""))
	for _, found := range verdict.FindAllStringSubmatch(output, -1) {
		if strings.Contains(output, "TestRealServers/"+found[2]+"/") {
			continue // a group; its members stand for it
		}
		t.Run(found[2], func(t *testing.T) {
			switch found[1] {
			case "FAIL":
				t.Error("see the log of TestRealServers")
			case "SKIP":
				t.Skip("see the log of TestRealServers")
			}
		})
	}
}
