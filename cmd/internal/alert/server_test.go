package alert_test

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// postOffice is a mail server on loopback that takes messages after STARTTLS, and
// may be told to refuse them.
type postOffice struct {
	at       net.Listener
	tls      *tls.Config
	mutex    sync.Mutex
	refuse   string // the answer to a message, where it is not taken
	noTLS    bool   // it does not offer STARTTLS
	asks     bool   // it wants a password
	password string // as it came
	mail     []string
	visits   int
}

func openPostOffice(t *testing.T, certificate tls.Certificate) *postOffice {
	t.Helper()
	at, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o := &postOffice{at: at, tls: &tls.Config{Certificates: []tls.Certificate{certificate}}}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			conn, err := at.Accept()
			if err != nil {
				return
			}
			all.Go(func() {
				defer conn.Close()
				o.serve(conn)
			})
		}
	})
	t.Cleanup(func() {
		at.Close()
		all.Wait()
	})
	return o
}

// port is where it listens.
func (o *postOffice) port() int { return o.at.Addr().(*net.TCPAddr).Port }

// set changes how it behaves.
func (o *postOffice) set(change func(*postOffice)) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	change(o)
}

// letters gives what was taken so far.
func (o *postOffice) letters() []string {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return append([]string{}, o.mail...)
}

func (o *postOffice) serve(conn net.Conn) {
	_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
	o.mutex.Lock()
	o.visits++
	noTLS, asks := o.noTLS, o.asks
	o.mutex.Unlock()
	secure, in := false, bufio.NewReader(conn)
	say := func(text string) { fmt.Fprintf(conn, "%s\r\n", text) }
	say("220 mx.gal.example ESMTP")
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		switch verb, rest, _ := strings.Cut(strings.ToUpper(strings.TrimSpace(line)), " "); verb {
		case "EHLO":
			say("250-mx.gal.example")
			if !secure && !noTLS {
				say("250-STARTTLS")
			}
			if secure && asks {
				say("250-AUTH PLAIN")
			}
			say("250 8BITMIME")
		case "STARTTLS":
			say("220 go on")
			protected := tls.Server(conn, o.tls)
			if protected.Handshake() != nil {
				return
			}
			conn, in, secure = protected, bufio.NewReader(protected), true
		case "AUTH":
			o.set(func(o *postOffice) { o.password = strings.TrimSpace(line)[len("AUTH PLAIN "):] })
			say("235 welcome " + rest[:0])
		case "DATA":
			say("354 go on")
			o.data(in, say)
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 OK")
		}
	}
}

// data takes one message.
func (o *postOffice) data(in *bufio.Reader, say func(string)) {
	var text strings.Builder
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		if line == ".\r\n" {
			break
		}
		text.WriteString(strings.TrimPrefix(line, "."))
	}
	o.mutex.Lock()
	defer o.mutex.Unlock()
	if o.refuse != "" {
		say(o.refuse)
		return
	}
	o.mail = append(o.mail, text.String())
	say("250 taken")
}

// authority signs a certificate for 127.0.0.1 and lays its own beside, as a file.
func authority(t *testing.T, names ...string) (tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	root := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Example Authority"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	rootDER, err := x509.CreateCertificate(rand.Reader, root, root, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "mx.gal.example"}, NotBefore: root.NotBefore, NotAfter: root.NotAfter,
		DNSNames: names, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, leaf, root, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: rootDER}), 0o600); err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, path
}

func tlsOf(certificate tls.Certificate) *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{certificate}}
}
