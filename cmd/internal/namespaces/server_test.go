package namespaces

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// patience is how long a server may take to come up or to go.
const patience = 15 * time.Second

// server is one program that answers on the network of the lab.
type server struct {
	name    string
	at      string // an address that it answers on by TCP when it is up
	command []string
	log     string // what it prints
	process *exec.Cmd
	ended   chan struct{}
}

// server describes a program; start runs it.
func (w *world) server(name, at string, command ...string) *server {
	return &server{name: name, at: at, command: command, log: filepath.Join(w.Dir, strings.ReplaceAll(name, " ", "-")+".log")}
}

// start runs the server and waits until it answers.
func (s *server) start(t *testing.T) {
	t.Helper()
	path, err := find(s.command[0])
	if err != nil {
		t.Fatal(err)
	}
	log, err := os.Create(s.log)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = log.Close() }() // the server has its own handle
	s.process = exec.Command(path, s.command[1:]...)
	s.process.Stdout, s.process.Stderr = log, log
	s.process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := s.process.Start(); err != nil {
		t.Fatal(err)
	}
	s.ended = make(chan struct{})
	go func(process *exec.Cmd, ended chan struct{}) {
		defer close(ended)
		_ = process.Wait() // stop waits for it; how it ended is in its log
	}(s.process, s.ended)
	if !s.answers(t) {
		printed, _ := os.ReadFile(s.log)
		t.Fatalf("%s does not answer on %s:\n%s", s.name, s.at, printed)
	}
}

// answers waits for the server to accept a connection.
func (s *server) answers(t *testing.T) bool {
	t.Helper()
	// A cleanup starts servers too, and by then the test's context has ended.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), patience)
	defer cancel()
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	var dialer net.Dialer
	for {
		conn, err := dialer.DialContext(ctx, "tcp", s.at)
		if err == nil {
			_ = conn.Close()
			return true
		}
		select {
		case <-again.C:
		case <-s.ended:
			return false
		case <-ctx.Done():
			return false
		}
	}
}

// stop ends the server and everything that it started, and waits for it.
func (s *server) stop(t *testing.T) {
	t.Helper()
	if s.process == nil {
		return
	}
	group := -s.process.Process.Pid
	_ = syscall.Kill(group, syscall.SIGTERM)
	select {
	case <-s.ended:
	case <-time.After(patience):
		t.Errorf("%s does not stop when asked to", s.name)
	}
	_ = syscall.Kill(group, syscall.SIGKILL) // what is left of the group
	<-s.ended
	s.process = nil
}

// freeze leaves the server's ports open and lets nothing answer on them, as a
// machine does that is overloaded; thaw lets it go on.
func (s *server) freeze(t *testing.T) {
	t.Helper()
	s.signal(t, syscall.SIGSTOP)
}

func (s *server) thaw(t *testing.T) {
	t.Helper()
	s.signal(t, syscall.SIGCONT)
}

func (s *server) signal(t *testing.T, signal syscall.Signal) {
	t.Helper()
	if err := syscall.Kill(-s.process.Process.Pid, signal); err != nil {
		t.Fatalf("%s: %v", s.name, err)
	}
}
