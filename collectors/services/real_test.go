package services

import (
	"bufio"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"campanile/collectors/evidence"
	"campanile/collectors/network"
)

// freePort gives a port of loopback at which nobody listens.
func freePort(t *testing.T) uint16 {
	t.Helper()
	var config net.ListenConfig
	listener, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return netip.MustParseAddrPort(listener.Addr().String()).Port()
}

// program starts a server of this machine's own, and ends it with the test. Its
// log says when it is ready, and must never say another thing.
func program(t *testing.T, ready, never, name string, args ...string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), name, args...)
	command.Cancel = func() error { return command.Process.Signal(syscall.SIGTERM) }
	command.WaitDelay = 10 * time.Second
	command.SysProcAttr = &syscall.SysProcAttr{Credential: nobody(t)}
	said, err := command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	up := make(chan struct{})
	var once sync.Once
	go func() {
		defer close(done)
		scanner := bufio.NewScanner(said)
		for scanner.Scan() {
			if strings.Contains(scanner.Text(), never) {
				t.Errorf("the log says %q", scanner.Text())
			}
			if strings.Contains(scanner.Text(), ready) {
				once.Do(func() { close(up) })
			}
		}
		_ = command.Wait()
	}()
	t.Cleanup(func() { <-done }) // the context of the test has ended by then
	select {
	case <-up:
	case <-done:
		t.Fatalf("%s ended at once", name)
	case <-time.After(30 * time.Second):
		t.Fatalf("%s did not start", name)
	}
}

// nobody is the user for a server that refuses to be root, or nil.
func nobody(t *testing.T) *syscall.Credential {
	t.Helper()
	if os.Getuid() != 0 {
		return nil
	}
	who, err := user.Lookup("nobody")
	if err != nil {
		t.Skip("there is no user nobody")
	}
	uid, _ := strconv.ParseUint(who.Uid, 10, 32)
	gid, _ := strconv.ParseUint(who.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

// folder is one that nobody can write, below no folder of root's.
func folder(t *testing.T) string {
	t.Helper()
	path, err := os.MkdirTemp("", "services") //nolint:usetesting // the parents of t.TempDir are closed to nobody
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(path) })
	if who := nobody(t); who != nil {
		if err := os.Chown(path, int(who.Uid), int(who.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

func installed(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("%s is not installed here", name)
	}
	return path
}

// lookAt looks at one port of loopback by real sockets.
func lookAt(t *testing.T, port uint16) evidence.Port {
	t.Helper()
	n := &network.Network{Now: now, Permit: network.Permit{AllowReserved: true}, Limits: network.Limits{Dial: time.Second}}
	r := Request{Targets: []Target{{Address: netip.MustParseAddr("127.0.0.1")}}, Agent: "campanile-test", Ports: []uint16{port}, PerSecond: 100, Listen: 300 * time.Millisecond}
	host := Collect(t.Context(), n.Session(), r)[0]
	if len(host.Ports) != 1 {
		t.Fatalf("%+v", host)
	}
	return host.Ports[0]
}

func TestRealPostgreSQLIsToldAndSeesNoLogin(t *testing.T) {
	t.Parallel()
	initdb, server := installed(t, "initdb"), installed(t, "postgres")
	data := filepath.Join(folder(t), "data")
	secret := filepath.Join(filepath.Dir(data), "secret")
	if err := os.WriteFile(secret, []byte("not-asked-for\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	create := exec.CommandContext(t.Context(), initdb, "-D", data, "-A", "scram-sha-256", "--pwfile", secret, "-U", "borgo")
	create.SysProcAttr = &syscall.SysProcAttr{Credential: nobody(t)}
	create.Dir = filepath.Dir(data)
	if out, err := create.CombinedOutput(); err != nil {
		t.Skipf("initdb: %v: %.200s", err, out)
	}
	port := freePort(t)
	program(t, "ready to accept connections", "authenti", server, "-D", data, "-p", strconv.Itoa(int(port)),
		"-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "log_connections=on",
		"-c", "logging_collector=off")
	p := lookAt(t, port)
	if p.Service != "postgresql" || p.Fact("tls") != "none" || p.Identity.State != evidence.Seen {
		t.Errorf("%+v", p)
	}
}

func TestRealWebServerIsTold(t *testing.T) {
	t.Parallel()
	server := installed(t, "nginx")
	dir, port := folder(t), freePort(t)
	config := fmt.Sprintf("daemon off; master_process off; pid %[1]s/pid; error_log stderr notice; events {}\n"+
		"http { access_log off; client_body_temp_path %[1]s/a; proxy_temp_path %[1]s/b; fastcgi_temp_path %[1]s/c; uwsgi_temp_path %[1]s/d; scgi_temp_path %[1]s/e;\n"+
		"server { listen 127.0.0.1:%[2]d; location / { return 200 '<title>Borgo</title>'; } } }\n", dir, port)
	path := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(path, []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
	program(t, "event method", "login", server, "-c", path, "-p", dir, "-e", "stderr")
	if p := lookAt(t, port); p.Service != "http" || p.Product != "nginx" || p.Version == "" || p.Fact("title") != "Borgo" {
		t.Errorf("%+v", p)
	}
}

// Real sockets hang up, reset and time out in ways that a pipe does not.
func TestRealSockets(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		serve func(net.Conn)
		want  string
	}{
		"SSH":    {secureShell(t), "ssh"},
		"in TLS": {inTLS(t, web(page("Server", "nginx", ""))), "http"},
		"RDP":    {waits("\x03\x00", rdpConfirm), "rdp"},
		"resets": {func(conn net.Conn) {
			_, _ = conn.Read(make([]byte, 1))
			_ = conn.(*net.TCPConn).SetLinger(0)
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := lookAt(t, netip.MustParseAddrPort(listen(t, tt.serve).String()).Port())
			if p.Service != tt.want || tt.want == "" && p.Identity.Problem != evidence.Reset {
				t.Errorf("%+v", p)
			}
		})
	}
}
