package services

import (
	"bufio"
	"context"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"campanile/collectors/evidence"
	"campanile/collectors/network"
)

// daemon is OpenSSH's server with a log of every packet that it receives.
type daemon struct {
	port uint16
	mu   sync.Mutex
	log  []string
	more chan struct{} // a line came
}

// newDaemon starts one that needs nothing outside the folder of the test: as root
// it gets a /run of its own.
func newDaemon(t *testing.T, settings ...string) *daemon {
	t.Helper()
	server, keygen := daemonProgram(t, "sshd"), installed(t, "ssh-keygen")
	d := &daemon{port: freePort(t), more: make(chan struct{}, 1)}
	dir := t.TempDir()
	key, config := filepath.Join(dir, "key"), filepath.Join(dir, "sshd_config")
	if out, err := exec.CommandContext(t.Context(), keygen, "-q", "-t", "ed25519", "-N", "", "-f", key).CombinedOutput(); err != nil {
		t.Skipf("ssh-keygen: %v: %.200s", err, out)
	}
	text := fmt.Sprintf("ListenAddress 127.0.0.1:%d\nHostKey %s\nPidFile none\nLogLevel DEBUG3\n%s\n", d.port, key, strings.Join(settings, "\n"))
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), server, "-D", "-e", "-f", config)
	if os.Getuid() == 0 {
		const script = `mount -t tmpfs none /run && mkdir /run/sshd && exec "$@"`
		command = exec.CommandContext(t.Context(), installed(t, "unshare"), "--mount", "sh", "-ec", script, "sh", server, "-D", "-e", "-f", config)
	}
	d.start(t, command)
	return d
}

// daemonProgram finds what is in no ordinary user's path.
func daemonProgram(t *testing.T, name string) string {
	t.Helper()
	for _, dir := range []string{"/usr/sbin", "/usr/local/sbin", "/usr/libexec"} {
		path := filepath.Join(dir, name)
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	return installed(t, name)
}

func (d *daemon) start(t *testing.T, command *exec.Cmd) {
	t.Helper()
	command.Cancel = func() error { return command.Process.Signal(syscall.SIGTERM) }
	command.WaitDelay = 10 * time.Second
	said, err := command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for scanner := bufio.NewScanner(said); scanner.Scan(); {
			d.note(scanner.Text())
		}
		_ = command.Wait()
	}()
	t.Cleanup(func() { <-done }) // the context of the test has ended by then
	if !d.says(t, "Server listening on", 1, done) {
		t.Skipf("sshd does not start here: %.300s", strings.Join(d.lines(""), "; "))
	}
}

func (d *daemon) note(line string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.log = append(d.log, line)
	select {
	case d.more <- struct{}{}:
	default:
	}
}

// lines gives those of the log that hold a text.
func (d *daemon) lines(text string) []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(d.log), func(line string) bool { return !strings.Contains(line, text) })
}

// says waits until the log has a text so often.
func (d *daemon) says(t *testing.T, text string, times int, done <-chan struct{}) bool {
	t.Helper()
	limit, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for len(d.lines(text)) < times {
		select {
		case <-d.more:
		case <-done:
			return false
		case <-limit.Done():
			t.Fatalf("the log does not say %q %d times: %.2000s", text, times, strings.Join(d.lines(""), "\n"))
		}
	}
	return true
}

// received gives the types of the packets that visitors sent, in order.
func (d *daemon) received() []string {
	const mark = "receive packet: type "
	var types []string
	for _, line := range d.lines(mark) {
		_, rest, _ := strings.Cut(line, mark)
		types = append(types, strings.Fields(rest)[0])
	}
	return types
}

// look looks at the server, with and without the question for methods.
func (d *daemon) look(t *testing.T, methods bool) evidence.Port {
	t.Helper()
	n := &network.Network{Now: now, Permit: network.Permit{AllowReserved: true}}
	host := Collect(t.Context(), n.Session(), Request{
		Targets: []Target{{Address: netip.MustParseAddr("127.0.0.1")}}, Ports: []uint16{d.port}, PerSecond: 100, Methods: methods,
	})[0]
	if len(host.Ports) != 1 || host.Ports[0].Service != "ssh" || host.Ports[0].Product != "OpenSSH" {
		t.Fatalf("%+v", host)
	}
	return host.Ports[0]
}

// The log of a real server shows what it was sent: its keys are agreed on, one
// request with the method none is put, and nothing else: no password, no key, no
// second request.
func TestRealSSHServerStatesItsMethods(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		settings []string
		want     string
	}{
		"as-installed":     {[]string{"PasswordAuthentication yes", "KbdInteractiveAuthentication no"}, "publickey,password"},
		"keys-only":        {[]string{"PasswordAuthentication no", "KbdInteractiveAuthentication no"}, "publickey"},
		"with-a-dialogue":  {[]string{"PasswordAuthentication yes", "KbdInteractiveAuthentication yes"}, "publickey,password,keyboard-interactive"},
		"old-algorithms":   {[]string{"PasswordAuthentication yes", "KbdInteractiveAuthentication no", "KexAlgorithms diffie-hellman-group14-sha1", "Ciphers aes128-cbc", "MACs hmac-sha1"}, "publickey,password"},
		"modern-only":      {[]string{"PasswordAuthentication no", "KbdInteractiveAuthentication no", "KexAlgorithms curve25519-sha256", "Ciphers chacha20-poly1305@openssh.com", "MACs hmac-sha2-512-etm@openssh.com"}, "publickey"},
		"with-a-notice":    {[]string{"PasswordAuthentication yes", "KbdInteractiveAuthentication no", "Banner /etc/services"}, "publickey,password"},
		"one-after-others": {[]string{"PasswordAuthentication yes", "KbdInteractiveAuthentication no", "AuthenticationMethods publickey,password"}, "publickey"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDaemon(t, tt.settings...)
			p := d.look(t, true)
			if got := p.Fact("methods"); got != tt.want {
				t.Errorf("methods %q, want %q", got, tt.want)
			}
			d.says(t, "Connection closed by", 2, nil)
			var requests []string
			for _, line := range d.lines("userauth-request for user") {
				_, rest, _ := strings.Cut(line, "userauth-request for user ")
				requests = append(requests, strings.TrimSuffix(rest, " [preauth]"))
			}
			if diff := cmp.Diff([]string{"campanile service ssh-connection method none"}, requests); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
			// KEXINIT, the key, NEWKEYS, SERVICE_REQUEST, USERAUTH_REQUEST.
			if diff := cmp.Diff([]string{"20", "30", "21", "5", "50"}, d.received()); diff != "" {
				t.Errorf("packets (-want +got):\n%s", diff)
			}
			for _, word := range []string{"Failed password", "Postponed", "Accepted", "Failed publickey", "Failed keyboard"} {
				if lines := d.lines(word); len(lines) > 0 {
					t.Errorf("the log says %q", lines)
				}
			}
		})
	}
}

func TestRealSSHServerIsNotAskedByDefault(t *testing.T) {
	t.Parallel()
	d := newDaemon(t)
	p := d.look(t, false)
	if p.Fact("methods") != "" || p.Fact("kex") == "" {
		t.Errorf("%+v", p.Facts)
	}
	d.says(t, "Connection closed by", 1, nil)
	if types := d.received(); len(types) > 0 || len(d.lines("userauth-request")) > 0 {
		t.Errorf("the server received packets %q", types)
	}
}
