package mail

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"net/netip"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"campanile/collectors/internal/dnstest"
	"campanile/collectors/network"
	ours "campanile/collectors/tls"
)

// now is the time of every test.
var now = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

// lab is a domain's DNS, and servers at any address that a test likes.
type lab struct {
	dns       *dnstest.Server
	resolver  netip.AddrPort
	authority authority

	mu      sync.Mutex
	servers map[netip.AddrPort]string // where they really listen
	dialled []netip.AddrPort
}

func newLab(t *testing.T, lines ...string) *lab {
	t.Helper()
	l := &lab{dns: dnstest.New(t, lines...), authority: newAuthority(t), servers: map[netip.AddrPort]string{}}
	l.resolver = l.dns.Listen(t)
	return l
}

// session reaches the resolver and the lab's servers, and nothing else.
func (l *lab) session() *network.Session { return l.permitting(network.Permit{AllowReserved: true}) }

// permitting is a session with other permissions.
func (l *lab) permitting(permit network.Permit) *network.Session {
	world := &network.Network{
		Resolvers: []netip.AddrPort{l.resolver},
		Connect:   l.connect,
		Now:       func() time.Time { return now },
		Permit:    permit,
		Limits:    network.Limits{Query: 5 * time.Second, PerSecond: 100, MailSpacing: time.Nanosecond},
	}
	return world.Session()
}

func (l *lab) connect(ctx context.Context, kind string, to netip.AddrPort) (net.Conn, error) {
	target := to.String()
	if to != l.resolver {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.dialled = append(l.dialled, to)
		if target = l.servers[to]; target == "" {
			return nil, &net.OpError{Op: "dial", Net: kind, Err: syscall.ECONNREFUSED}
		}
	}
	return new(net.Dialer).DialContext(ctx, kind, target)
}

// request is about comune.test.
func (l *lab) request() Request {
	return Request{
		Domain: "comune.test", Helo: "scanner.example", Agent: "Campanile test",
		Roots: ours.Roots{Pool: l.authority.pool, Name: "lab"},
	}
}

// serve answers each connection to the address with the script, until the test
// ends.
func (l *lab) serve(t *testing.T, address string, script func(net.Conn)) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	running.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			running.Go(func() {
				defer conn.Close()
				script(conn)
			})
		}
	})
	t.Cleanup(running.Wait)
	t.Cleanup(func() { _ = listener.Close() })
	l.mu.Lock()
	defer l.mu.Unlock()
	l.servers[netip.MustParseAddrPort(address)] = listener.Addr().String()
}

// postman is an SMTP server made by hand: a greeting, and a reply for each
// command by its first word. It notes what it is told.
type postman struct {
	greeting string
	replies  map[string]string
	tls      *tls.Config

	mu    sync.Mutex
	heard []string
}

func (p *postman) script(conn net.Conn) {
	_, _ = conn.Write([]byte(p.greeting))
	p.listen(conn)
}

// listen answers commands, inside TLS too.
func (p *postman) listen(conn net.Conn) {
	in := bufio.NewReader(conn)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		p.mu.Lock()
		p.heard = append(p.heard, line)
		p.mu.Unlock()
		word, _, _ := strings.Cut(line, " ")
		_, _ = conn.Write([]byte(p.replies[word]))
		if word == "QUIT" {
			return
		}
		if word == "STARTTLS" && strings.HasPrefix(p.replies[word], "220") && p.tls != nil {
			inside := tls.Server(conn, p.tls)
			if inside.Handshake() == nil { // what the client makes of it is the test's business
				p.listen(inside)
			}
			return
		}
	}
}

func (p *postman) said() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.heard
}

// authority issues certificates that only the lab trusts.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	pool        *x509.CertPool
}

func newAuthority(t *testing.T) authority {
	t.Helper()
	key := newKey(t)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Lab authority"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(certificate)
	return authority{certificate, key, pool}
}

// issue gives the settings of a server with a certificate for the name.
func (a authority) issue(t *testing.T, name string, until time.Time) *tls.Config {
	t.Helper()
	key := newKey(t)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: now.Add(-time.Hour), NotAfter: until, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}
