package services

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"io"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/ssh"

	"campanile/collectors/evidence"
)

// lodge is an SSH server that notes every request to log in.
type lodge struct {
	config ssh.ServerConfig
	mu     sync.Mutex
	asked  []string // user and method
}

// newLodge takes the methods that it offers; none lets everybody in.
func newLodge(t *testing.T, methods ...string) *lodge {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(key)
	if err != nil {
		t.Fatal(err)
	}
	l := &lodge{}
	l.config = ssh.ServerConfig{
		ServerVersion: "SSH-2.0-Torre_1.2", NoClientAuth: slices.Contains(methods, "none"),
		AuthLogCallback: func(who ssh.ConnMetadata, method string, _ error) { l.note(who.User() + " " + method) },
	}
	no := errors.New("nobody comes in")
	if slices.Contains(methods, "password") {
		l.config.PasswordCallback = func(ssh.ConnMetadata, []byte) (*ssh.Permissions, error) { return nil, no }
	}
	if slices.Contains(methods, "publickey") {
		l.config.PublicKeyCallback = func(ssh.ConnMetadata, ssh.PublicKey) (*ssh.Permissions, error) { return nil, no }
	}
	if slices.Contains(methods, "keyboard-interactive") {
		l.config.KeyboardInteractiveCallback = func(ssh.ConnMetadata, ssh.KeyboardInteractiveChallenge) (*ssh.Permissions, error) { return nil, no }
	}
	l.config.AddHostKey(signer)
	return l
}

func (l *lodge) serve(conn net.Conn) {
	inside, channels, requests, err := ssh.NewServerConn(conn, &l.config)
	if err != nil {
		return
	}
	for range requests { // a visitor who came in asks for nothing
		l.note("a request")
	}
	for range channels {
		l.note("a channel")
	}
	_ = inside.Wait()
}

func (l *lodge) note(what string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked = append(l.asked, what)
}

func (l *lodge) all() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.asked)
}

// visitLodge looks at a real socket, whose port is taken for another.
func visitLodge(t *testing.T, port uint16, methods bool, l *lodge) (evidence.Port, int) {
	t.Helper()
	behind := listen(t, l.serve)
	n := (&town{}).network()
	n.Connect = func(ctx context.Context, kind string, to netip.AddrPort) (net.Conn, error) {
		if to.Port() != port {
			return nil, refusal()
		}
		var dialer net.Dialer
		return dialer.DialContext(ctx, kind, behind.String())
	}
	s := n.Session()
	request := Request{Targets: []Target{{Address: address}}, Ports: []uint16{port}, Methods: methods, PerSecond: 100, Listen: 300 * time.Millisecond}
	host := Collect(t.Context(), s, request)[0]
	if len(host.Ports) != 1 || host.Ports[0].Service != "ssh" || host.Ports[0].Identity.State != evidence.Seen {
		t.Fatalf("%+v", host)
	}
	return host.Ports[0], s.Sent().Connections
}

// listen serves a port of loopback, one visitor after the other.
func listen(t *testing.T, serve func(net.Conn)) net.Addr {
	t.Helper()
	var config net.ListenConfig
	listener, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			serve(conn)
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() { _ = listener.Close(); <-done })
	return listener.Addr()
}

// visitSSH looks at one SSH server behind a pipe.
func visitSSH(t *testing.T, port uint16, methods bool, serve func(net.Conn)) (evidence.Port, *town) {
	t.Helper()
	w := &town{serve: map[uint16]func(net.Conn){port: serve}}
	request := Request{Targets: []Target{{Address: address}}, Agent: "campanile-test", Ports: []uint16{port}, Methods: methods}
	host := Collect(t.Context(), w.network().Session(), request)[0]
	w.servers.Wait()
	if len(host.Ports) != 1 || host.Ports[0].Service != "ssh" || host.Ports[0].Identity.State != evidence.Seen {
		t.Fatalf("%+v", host)
	}
	return host.Ports[0], w
}

func TestMethodsAreThoseThatTheServerStates(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, want string
		methods    []string
	}{
		{"all-three", "password,publickey,keyboard-interactive", []string{"password", "publickey", "keyboard-interactive"}},
		{"keys-only", "publickey", []string{"publickey"}},
		{"dialogue-only", "keyboard-interactive", []string{"keyboard-interactive"}},
		{"anybody-comes-in", "none", []string{"none"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l := newLodge(t, tt.methods...)
			p, connections := visitLodge(t, 4444, true, l)
			if got := p.Fact("methods"); got != tt.want {
				t.Errorf("methods %q, want %q", got, tt.want)
			}
			if diff := cmp.Diff([]string{"campanile none"}, l.all()); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
			byName := func(a, b evidence.Fact) int { return strings.Compare(a.Name, b.Name) }
			if !slices.IsSortedFunc(p.Facts, byName) || p.Fact("kex") == "" || connections != 3 {
				t.Errorf("%d connections, facts %+v", connections, p.Facts)
			}
		})
	}
}

func TestMethodsAreAskedOnlyWhereTheRequestSaysSo(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		port    uint16
		methods bool
	}{
		"not-asked-for":         {22, false},
		"port-not-to-be-asked":  {5555, true},
		"printer-port-likewise": {9100, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLodge(t, "password")
			p, connections := visitLodge(t, tt.port, tt.methods, l)
			if p.Fact("methods") != "" || len(l.all()) > 0 || connections != 2 {
				t.Errorf("%+v after %d connections, requests %q", p, connections, l.all())
			}
		})
	}
}

// What goes wrong on the way leaves the methods unknown, in a bounded time.
func TestMethodsThatAreNotStatedAreNoVerdict(t *testing.T) {
	t.Parallel()
	for name, serve := range map[string]func(net.Conn){
		"banner-and-silence": greets("SSH-2.0-Torre_1.2\r\n"),
		"hangs-up": func(conn net.Conn) {
			_, _ = io.WriteString(conn, "SSH-2.0-Torre_1.2\r\n")
			_, _ = conn.Read(make([]byte, 512))
		},
		"lines-without-end": func(conn net.Conn) {
			_, _ = io.WriteString(conn, "SSH-2.0-Torre_1.2\r\n")
			for {
				if _, err := conn.Write(make([]byte, 4096)); err != nil {
					return
				}
			}
		},
		"drip": func(conn net.Conn) {
			_, _ = io.WriteString(conn, "SSH-2.0-Torre_1.2\r\n\x00\x00\x80\x00")
			for {
				if _, err := conn.Write([]byte{0}); err != nil {
					return
				}
				<-time.After(300 * time.Millisecond)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				begun := time.Now()
				p, _ := visitSSH(t, 22, true, serve)
				if took := time.Since(begun); p.Fact("methods") != "" || took > 40*time.Second {
					t.Errorf("%+v after %v", p, took)
				}
			})
		})
	}
}

func TestSessionIsReadOnlySoFar(t *testing.T) {
	t.Parallel()
	near, far := net.Pipe()
	defer near.Close()
	go func() {
		defer far.Close()
		for {
			if _, err := far.Write(make([]byte, 1000)); err != nil {
				return
			}
		}
	}()
	n, err := io.Copy(io.Discard, &bounded{near, 2500})
	if n != 2500 || err == nil {
		t.Errorf("%d bytes, %v", n, err)
	}
}

// SSH 1 states its methods with its keys; nothing is asked for it.
func TestOldServerStatesItsMethodsByItself(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		packet := []byte{2, 1, 2, 3, 4, 5, 6, 7, 8} // public key, cookie
		for range 2 {
			packet = append(packet, 0, 0, 0, 16, 0, 6, 37, 0, 16, 0xc0, 0x01) // bits, exponent, modulus
		}
		packet = append(packet, 0, 0, 0, 2, 0, 0, 0, 8, 0, 0, 0, 0b1100) // flags, ciphers, RSA and password
		packet = append(packet, 0, 0, 0, 0)                              // checksum
		whole := append([]byte{0, 0, 0, byte(len(packet))}, make([]byte, 8-len(packet)%8)...)
		serve := func(conn net.Conn) {
			_, _ = io.WriteString(conn, "SSH-1.5-Vecchia_1\n")
			said := make([]byte, 64)
			if n, err := conn.Read(said); err == nil && string(said[:n]) == "SSH-1.5-campanile\n" {
				_, _ = conn.Write(append(whole, packet...))
			}
			_, _ = io.Copy(io.Discard, conn)
		}
		p, w := visitSSH(t, 22, true, serve)
		if got := p.Fact("methods"); got != "publickey,password" || p.Fact("protocol") != "1.5" || len(w.came) != 2 {
			t.Errorf("methods %q, %+v", got, p)
		}
	})
}
