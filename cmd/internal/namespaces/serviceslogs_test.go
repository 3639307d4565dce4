package namespaces

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// logs reads the server's own log: it must say that we came, and must not say
// what we never do.
func (p *premises) logs(path, came, never string) *premises {
	p.unharmed = func(t *testing.T) {
		reads(t, path, came, never)
		p.provoke(t, func() bool { return regexp.MustCompile(never).Match(content(t, path)) })
	}
	return p
}

func reads(t *testing.T, path, came, never string) {
	t.Helper()
	text := content(t, path)
	if !regexp.MustCompile(came).Match(text) {
		t.Errorf("%s does not say that we came (%s):\n%.2000s", filepath.Base(path), came, text)
	}
	for line := range strings.Lines(string(text)) {
		if regexp.MustCompile(never).MatchString(line) {
			t.Errorf("%s: %s", filepath.Base(path), line)
		}
	}
}

func content(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// provoke does, after the look, what the scanner never does, and waits until it is
// seen: a log that would not tell of a login proves nothing.
func (p *premises) provoke(t *testing.T, seen func() bool) {
	t.Helper()
	if p.login == nil {
		return
	}
	p.login(t)
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for enough := time.After(patience); !seen(); {
		select {
		case <-again.C:
		case <-enough:
			t.Errorf("a login would leave no trace at %s", p.name)
			return
		}
	}
}

// betrayedBy says by what such a login is made: lines or messages, each after an
// answer to the one before.
func (p *premises) betrayedBy(greets bool, words ...string) *premises {
	p.login = func(t *testing.T) {
		network := "tcp"
		if p.doors[0].udp {
			network = "udp"
		}
		conn, err := net.Dial(network, net.JoinHostPort(p.at, strconv.Itoa(int(p.doors[0].port))))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		answer := make([]byte, 4096)
		listen := func() error { // no answer is no fault: some take it in silence
			_ = conn.SetReadDeadline(time.Now().Add(500 * time.Millisecond))
			_, err := conn.Read(answer)
			return err
		}
		if greets {
			_ = listen()
		}
		for _, word := range words {
			_, _ = conn.Write([]byte(word))
			_ = listen()
		}
		for listen() == nil { // who hangs up too early is forgotten
		}
	}
	return p
}

// betrayedByProgram is the same by a client of Debian's, which fails.
func (p *premises) betrayedByProgram(command ...string) *premises {
	p.login = func(t *testing.T) {
		_ = exec.CommandContext(t.Context(), command[0], command[1:]...).Run()
	}
	return p
}
