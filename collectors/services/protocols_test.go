package services

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/ssh"

	"campanile/collectors/evidence"
)

// web serves pages by the server of the standard library.
func web(handler http.HandlerFunc) func(net.Conn) {
	return func(conn net.Conn) {
		done := make(chan struct{})
		server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}
		server.ConnState = func(_ net.Conn, state http.ConnState) {
			if state == http.StateClosed {
				close(done)
			}
		}
		_ = server.Serve(&single{conn: conn})
		<-done
	}
}

// single is a listener of one connection.
type single struct {
	conn  net.Conn
	taken atomic.Bool
}

func (s *single) Accept() (net.Conn, error) {
	if s.taken.Swap(true) {
		return nil, net.ErrClosed
	}
	return s.conn, nil
}
func (s *single) Close() error   { return nil }
func (s *single) Addr() net.Addr { return s.conn.LocalAddr() }

func page(header, value, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set(header, value)
		_, _ = w.Write([]byte(body))
	}
}

// newPair makes a certificate and its key.
func newPair(t *testing.T) ([]byte, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "borgo.example"}, NotAfter: now().AddDate(1, 0, 0)}
	der, err := x509.CreateCertificate(rand.Reader, about, about, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return der, key
}

// writePair writes a new one for a program.
func writePair(t *testing.T, path string) {
	t.Helper()
	der, key := newPair(t)
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	text = append(text, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})...)
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
}

// inTLS puts a server into TLS.
func inTLS(t *testing.T, serve func(net.Conn)) func(net.Conn) {
	t.Helper()
	return inTLSFor(t, func(string) bool { return true }, serve)
}

// inTLSFor does so for those who name a host that it knows.
func inTLSFor(t *testing.T, knows func(name string) bool, serve func(net.Conn)) func(net.Conn) {
	t.Helper()
	der, key := newPair(t)
	certificate := &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
	config := &tls.Config{GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		if !knows(hello.ServerName) {
			return nil, errors.New("no certificate for that name")
		}
		return certificate, nil
	}}
	return func(conn net.Conn) {
		server := tls.Server(conn, config)
		if server.Handshake() == nil {
			serve(server)
		}
	}
}

// secureShell is a real SSH server, which fails the test when anybody tries to log in.
func secureShell(t *testing.T) func(net.Conn) {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(key)
	if err != nil {
		t.Fatal(err)
	}
	config := &ssh.ServerConfig{
		ServerVersion: "SSH-2.0-Torre_1.2",
		PasswordCallback: func(ssh.ConnMetadata, []byte) (*ssh.Permissions, error) {
			t.Error("a login was tried")
			return nil, net.ErrClosed
		},
		AuthLogCallback: func(ssh.ConnMetadata, string, error) { t.Error("a login was tried") },
	}
	config.AddHostKey(signer)
	return func(conn net.Conn) {
		if _, _, _, err := ssh.NewServerConn(conn, config); err == nil {
			t.Error("somebody logged in")
		}
	}
}

const (
	rdpConfirm = "\x03\x00\x00\x13\x0e\xd0\x00\x00\x12\x34\x00\x02\x00\x08\x00\x01\x00\x00\x00"
	prelogin   = "\x04\x01\x00\x1a\x00\x00\x01\x00\x00\x00\x0b\x00\x06\x01\x00\x11\x00\x01\xff\x10\x00\x03\xe8\x00\x00\x00"
	ldapDone   = "\x30\x0c\x02\x01\x01\x65\x07\x0a\x01\x32\x04\x00\x04\x00"
	rpcDone    = "\x80\x00\x00\x18camp\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
)

// Every protocol is told by what it speaks: on its own port and on one that
// means nothing.
func TestProtocolIsToldWhereverItIs(t *testing.T) {
	t.Parallel()
	smb := "\x00\x00\x00\x48\xfeSMB\x40\x00" + string(make([]byte, 10)) + "\x01" + string(make([]byte, 47)) + "\x41\x00\x03\x00\x02\x03\x00\x00"
	noFTP := "502 5.5.2 command not known\r\n"
	for name, tt := range map[string]struct {
		usual uint16
		serve func(net.Conn)
		want  evidence.Port
	}{
		"remote desktop": {3389, waits("\x03\x00", rdpConfirm), evidence.Port{Service: "rdp"}},
		"shares":         {445, waits("\x00\x00\x00\x6c\xfeSMB", smb), evidence.Port{Service: "smb"}},
		"shares that wait for the end of a message": {445, patient("\x00\x00\x00\x6c\xfeSMB", smb), evidence.Port{Service: "smb"}},
		"PostgreSQL":                   {5432, waits("\x00\x00\x00\x08\x04\xd2\x16\x2f", "N"), evidence.Port{Service: "postgresql", Product: "PostgreSQL"}},
		"SQL Server":                   {1433, waits("\x12\x01", prelogin), evidence.Port{Service: "mssql", Product: "Microsoft SQL Server", Version: "16.0.1000"}},
		"directory":                    {389, waits("\x30", ldapDone), evidence.Port{Service: "ldap"}},
		"portmapper":                   {111, waits("\x80\x00\x00\x28", rpcDone), evidence.Port{Service: "nfs"}},
		"Redis":                        {6379, lines("", map[string]string{"PING\r\n": "+PONG\r\n", "GET / HTTP/1.1\r\n": "-ERR wrong number of arguments for 'get' command\r\n"}, "-ERR unknown command\r\n"), evidence.Port{Service: "redis"}},
		"Redis of today":               {6379, lines("", map[string]string{"PING\r\n": "+PONG\r\n", "OPTIONS * RTSP/1.0\r\n": unknownToRedis}, unknownToRedis), evidence.Port{Service: "redis"}},
		"memcached":                    {11211, lines("", map[string]string{"version\r\n": "VERSION 1.6.18\r\n"}, "ERROR\r\n"), evidence.Port{Service: "memcached", Product: "memcached", Version: "1.6.18"}},
		"broker":                       {5672, waits("", "AMQP\x00\x00\x09\x01"), evidence.Port{Service: "amqp"}},
		"camera":                       {554, lines("", map[string]string{"OPTIONS * RTSP/1.0\r\n": "RTSP/1.0 200 OK\r\nServer: Cam/2\r\n\r\n"}, ""), evidence.Port{Service: "rtsp", Product: "Cam", Version: "2"}},
		"telephones":                   {5060, waits("OPTIONS sip:", "SIP/2.0 200 OK\r\nServer: Centralino\r\n\r\n"), evidence.Port{Service: "sip_tcp", Product: "Centralino"}},
		"SSH":                          {22, secureShell(t), evidence.Port{Service: "ssh", Product: "Torre", Version: "1.2"}},
		"FTP":                          {21, lines("220 (vsFTPd 3.0.3)\r\n", map[string]string{"FEAT\r\n": "211-Features:\r\n SIZE\r\n211 End\r\n"}, "221 Goodbye\r\n"), evidence.Port{Service: "ftp", Product: "vsFTPd", Version: "3.0.3"}},
		"FTP by no name":               {21, lines("220 welcome\r\n", nil, "530 log in first\r\n"), evidence.Port{Service: "ftp"}},
		"mail":                         {25, lines("220 mail.borgo.example ESMTP Postfix\r\n", nil, noFTP), evidence.Port{Service: "smtp", Product: "Postfix"}},
		"screen":                       {5900, lines("RFB 003.008\n", nil, "\x01\x02"), evidence.Port{Service: "vnc"}},
		"telnet":                       {23, greets("\xff\xfd\x18\xff\xfd\x20"), evidence.Port{Service: "telnet"}},
		"rsync":                        {873, greets("@RSYNCD: 31.0\n"), evidence.Port{Service: "rsync", Product: "rsync"}},
		"a site":                       {80, web(page("Server", "nginx/1.22.1", "<title>Borgo</title>")), evidence.Port{Service: "http", Product: "nginx", Version: "1.22.1"}},
		"a site in TLS":                {443, inTLS(t, web(page("Server", "nginx", ""))), evidence.Port{Service: "http", Product: "nginx", TLS: true}},
		"a site in TLS with a doorman": {443, doorman(inTLS(t, web(page("Server", "nginx", "")))), evidence.Port{Service: "http", Product: "nginx", TLS: true}},
		"a doorman before nothing":     {80, web(doormanPage), evidence.Port{Service: "http", Product: "nginx", Version: "1.22.1"}},
		"mailbox in TLS":               {993, inTLS(t, greets("* OK Dovecot ready\r\n")), evidence.Port{Service: "imap", Product: "Dovecot", TLS: true}},
		"docker":                       {2375, web(docker), evidence.Port{Service: "docker", Product: "Docker", Version: "24.0.5"}},
		"search engine":                {9200, web(page("A", "b", `{"version":{"number":"7.17.1"},"tagline":"You Know, for Search"}`)), evidence.Port{Service: "elasticsearch", Product: "Elasticsearch", Version: "7.17.1"}},
	} {
		for kind, port := range map[string]uint16{"on its port": tt.usual, "elsewhere": 4444} {
			t.Run(name+" "+kind, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					w := &town{serve: map[uint16]func(net.Conn){port: tt.serve}}
					host, _ := w.look(t, port)
					want := tt.want
					want.Number, want.Transport, want.Identity = port, "tcp", evidence.SeenAt(now())
					got := host.Ports[0]
					got.Facts, got.Greeting = nil, ""
					if diff := cmp.Diff(want, got); diff != "" {
						t.Error("-want +got:\n" + diff)
					}
				})
			})
		}
	}
}

const unknownToRedis = "-ERR unknown command 'OPTIONS', with args beginning with: 'sip:192.0.2.10:4444;transport=tcp' 'SIP/2.0' \r\n"

// patient answers what begins in one way, and waits for more of everything else.
func patient(begins, answer string) func(net.Conn) {
	return func(conn net.Conn) {
		said := make([]byte, 512)
		if n, _ := conn.Read(said); bytes.HasPrefix(said[:n], []byte(begins)) {
			_, _ = io.WriteString(conn, answer)
		}
		_, _ = io.Copy(io.Discard, conn)
	}
}

func doormanPage(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Server", "nginx/1.22.1")
	w.WriteHeader(http.StatusBadRequest)
	_, _ = w.Write([]byte("<title>400 The plain HTTP request was sent to HTTPS port</title>"))
}

// doorman tells who comes without TLS that it is needed, as common web servers do.
func doorman(serve func(net.Conn)) func(net.Conn) {
	return func(conn net.Conn) {
		first := make([]byte, 1)
		if n, _ := conn.Read(first); n == 0 {
			return
		}
		again := &peeked{Conn: conn, first: first}
		const handshake = 0x16 // RFC 8446 section 5.1
		if first[0] == handshake {
			serve(again)
			return
		}
		web(doormanPage)(again)
	}
}

// peeked gives back the byte that was read already.
type peeked struct {
	net.Conn
	first []byte
}

func (p *peeked) Read(b []byte) (int, error) {
	if len(p.first) == 0 || len(b) == 0 {
		return p.Conn.Read(b)
	}
	n := copy(b, p.first)
	p.first = p.first[n:]
	return n, nil
}

// docker has nothing at its root, as the real one.
func docker(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Api-Version", "1.43")
	w.Header().Set("Server", "Docker/24.0.5 (linux)")
	if r.Method != http.MethodGet || r.URL.Path != "/version" {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	_, _ = w.Write([]byte(`{"Version":"24.0.5","ApiVersion":"1.43","MinAPIVersion":"1.12"}`))
}

func TestFactsAreKept(t *testing.T) {
	t.Parallel()
	ftps := map[string]string{"FEAT\r\n": "500 what\r\n", "AUTH TLS\r\n": "234 go on\r\n", "QUIT\r\n": "221 bye\r\n"}
	for name, tt := range map[string]struct {
		serve       func(net.Conn)
		fact, value string
	}{
		"SSH host key":              {secureShell(t), "host-key", "ssh-ed25519"},
		"Docker without a login":    {web(docker), "login", "none"},
		"FTP that takes AUTH TLS":   {lines("220 FTP\r\n", ftps, "500 what\r\n"), "tls", "offered"},
		"PostgreSQL without TLS":    {waits("\x00\x00\x00\x08", "N"), "tls", "none"},
		"a screen without password": {lines("RFB 003.008\n", nil, "\x01\x01"), "login", "none"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := &town{serve: map[uint16]func(net.Conn){4444: tt.serve}}
				host, _ := w.look(t, 4444)
				if got := host.Ports[0].Fact(tt.fact); got != tt.value {
					t.Errorf("%s is %q, want %q; port %+v", tt.fact, got, tt.value, host.Ports[0])
				}
			})
		})
	}
}
