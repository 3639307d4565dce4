package hello

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"testing"
)

// selfSigned is a certificate that nobody needs to trust.
func selfSigned(t *testing.T) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"comune.example"}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// ask sends the hello to a server of crypto/tls.
func ask(t *testing.T, h Hello, config *tls.Config) (Answer, error) {
	t.Helper()
	near, far := net.Pipe()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer far.Close()
		_ = tls.Server(far, config).HandshakeContext(t.Context())
	}()
	if _, err := near.Write(h.Record()); err != nil {
		t.Fatal(err)
	}
	got, err := Read(near)
	_ = near.Close()
	<-ended
	return got, err
}

func TestAnswerOfARealServer(t *testing.T) {
	t.Parallel()
	certificate := selfSigned(t)
	for _, version := range []uint16{tls.VersionTLS10, tls.VersionTLS11, tls.VersionTLS12} {
		h := Hello{Version: version, Name: "comune.example", Suites: []uint16{0xc02b, 0xc009}, Groups: []uint16{0x18}, Protocols: []string{"h2"}, Deflate: true, Heartbeat: true}
		got, err := ask(t, h, &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS10, NextProtos: []string{"h2"}})
		if err != nil {
			t.Fatal(err)
		}
		want := Answer{
			Version: version, Suite: 0xc009, Group: 0x18, SecureRenegotiation: true, MasterSecret: true, Ticket: got.Ticket, ALPN: "h2",
			Certificates: certificate.Certificate, Presented: 1, Exchange: true, Done: true,
		}
		if version == tls.VersionTLS12 {
			want.Suite, want.Scheme = 0xc02b, 0x0403
		}
		diff(t, want, got)
	}
}

func TestRetryOfARealServer(t *testing.T) {
	t.Parallel()
	config := &tls.Config{Certificates: []tls.Certificate{selfSigned(t)}}
	for _, group := range []uint16{0x1d, 0x17, 0x19, 0x11ec, 0x11ed} {
		got, err := ask(t, Hello{Version: newest, Name: "comune.example", Suites: []uint16{0x1302}, Groups: []uint16{group}}, config)
		if err != nil {
			t.Fatal(err)
		}
		diff(t, Answer{Version: newest, Suite: 0x1302, Retry: true, Group: group, Done: true}, got)
	}
}

func TestRefusalOfARealServer(t *testing.T) {
	t.Parallel()
	config := &tls.Config{Certificates: []tls.Certificate{selfSigned(t)}, MinVersion: tls.VersionTLS12}
	for name, each := range map[string]struct {
		hello Hello
		want  Alert
	}{
		"version-too-old":       {Hello{Version: tls.VersionTLS11, Suites: []uint16{0xc009}}, AlertProtocolVersion},
		"no-suite-fits":         {Hello{Version: tls.VersionTLS12, Suites: []uint16{0x0005}}, AlertHandshakeFailure},
		"no-group-fits":         {Hello{Version: tls.VersionTLS13, Suites: []uint16{0x1301}, Groups: []uint16{0x0100}}, AlertHandshakeFailure},
		"second-try-is-too-old": {Hello{Version: tls.VersionTLS12, Suites: []uint16{0xc02b}, Fallback: true}, 86},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := ask(t, each.hello, config)
			if err != nil || got.Alert == nil || *got.Alert != each.want || got.Done {
				t.Errorf("got %+v, %v, %v", got, got.Alert, err)
			}
		})
	}
}

// A server of Go names suite and version before it finds that it cannot sign: the
// alert after ServerHello refuses the signature, not the suite.
func TestRefusalOfTheSignatureComesAfterServerHello(t *testing.T) {
	t.Parallel()
	got, err := ask(t, Hello{Version: tls.VersionTLS12, Suites: []uint16{0xc02b}, Schemes: []uint16{0x0401}}, &tls.Config{Certificates: []tls.Certificate{selfSigned(t)}})
	if err != nil || got.Alert == nil || got.Suite != 0xc02b {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestSSL2IsRefusedByARealServer(t *testing.T) {
	t.Parallel()
	near, far := net.Pipe()
	defer near.Close()
	go func() {
		defer far.Close()
		_ = tls.Server(far, &tls.Config{Certificates: []tls.Certificate{selfSigned(t)}}).HandshakeContext(t.Context())
	}()
	if _, err := near.Write(SSL2Record()); err != nil {
		t.Fatal(err)
	}
	if got, err := ReadSSL2(near); err == nil || bytes.Contains(got.Certificate, []byte{0x30}) {
		t.Errorf("got %+v, %v", got, err)
	}
}
