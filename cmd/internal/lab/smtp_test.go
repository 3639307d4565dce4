package lab

import (
	"bufio"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"io"
	"net"
	"net/textproto"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

// greet connects to a mail server and gives what EHLO lists.
func greet(t *testing.T, l *Lab, host string) (net.Conn, *textproto.Conn, []string) {
	t.Helper()
	conn, err := reach(t.Context(), l.Network().Session(), host, 25)
	if err != nil {
		t.Fatalf("%s: %v", host, err)
	}
	t.Cleanup(func() { shut(t, conn) })
	text := textproto.NewConn(conn)
	if _, _, err := text.ReadResponse(220); err != nil {
		t.Fatalf("%s: %v", host, err)
	}
	return conn, text, ehlo(t, text)
}

func ehlo(t *testing.T, text *textproto.Conn) []string {
	t.Helper()
	if err := text.PrintfLine("EHLO prova.test"); err != nil {
		t.Fatal(err)
	}
	_, message, err := text.ReadResponse(250)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(message, "\n")
}

func TestStartTLSIsOfferedWhereTheTownHasIt(t *testing.T) {
	t.Parallel()
	l := raised(t)
	for host, want := range map[string]bool{
		"mx1.comune.roccafinta.campanile.test":      true,
		"mx2.comune.roccafinta.campanile.test":      true,
		"mx.nuvolette.test":                         true,
		"mx.comune.portachiusa.campanile.test":      true,
		"mx.commune-de-fable.campanile.test":        true,
		"mx.tuttoincluso.test":                      false,
		"mx.comune.borgodimenticato.campanile.test": false,
	} {
		_, _, extensions := greet(t, l, host)
		if got := slices.Contains(extensions, "STARTTLS"); got != want || extensions[0] != host {
			t.Errorf("%s: STARTTLS %t in %q, want %t", host, got, extensions, want)
		}
	}
}

// encrypted is a connection to a mail server after STARTTLS.
func encrypted(t *testing.T, l *Lab, host string, config *tls.Config) *tls.Conn {
	t.Helper()
	raw, text, _ := greet(t, l, host)
	if err := text.PrintfLine("STARTTLS"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := text.ReadResponse(220); err != nil {
		t.Fatal(err)
	}
	conn := tls.Client(raw, config)
	if err := conn.HandshakeContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	return conn
}

func TestOneTownsMailTakesOldKeysAndVersions(t *testing.T) {
	t.Parallel()
	l := raised(t)
	const host = "mx.comune.montebugia.campanile.test"
	state := encrypted(t, l, host, &tls.Config{
		ServerName: host, InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS10,
		CipherSuites: []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA},
	}).ConnectionState()
	if state.Version != tls.VersionTLS10 || state.CipherSuite != tls.TLS_RSA_WITH_AES_128_CBC_SHA {
		t.Errorf("%s with %s", tls.VersionName(state.Version), tls.CipherSuiteName(state.CipherSuite))
	}
}

func TestMailIsProtectedByTheKeyThatTheDNSNames(t *testing.T) {
	t.Parallel()
	l := raised(t)
	const host = "mx1.comune.roccafinta.campanile.test"
	conn := encrypted(t, l, host, &tls.Config{ServerName: host, InsecureSkipVerify: true})
	if extensions := ehlo(t, textproto.NewConn(conn)); slices.Contains(extensions, "STARTTLS") {
		t.Errorf("STARTTLS is offered inside TLS: %q", extensions)
	}
	sum := sha256.Sum256(conn.ConnectionState().PeerCertificates[0].RawSubjectPublicKeyInfo)
	var pins []string
	for _, rr := range ask(t, l, "_25._tcp."+host+".", dns.TypeTLSA).Answer {
		if tlsa, is := rr.(*dns.TLSA); is {
			pins = append(pins, tlsa.Certificate)
		}
	}
	if !slices.Equal(pins, []string{hex.EncodeToString(sum[:])}) {
		t.Errorf("TLSA %q, want the key presented", pins)
	}
}

func TestNoMailIsTaken(t *testing.T) {
	t.Parallel()
	l := raised(t)
	_, text, _ := greet(t, l, "mx.nuvolette.test")
	for line, code := range map[string]int{"MAIL FROM:<a@b.test>": 550, "NOOP": 250, "HELO prova": 250, "SCONOSCIUTO": 502} {
		if err := text.PrintfLine("%s", line); err != nil {
			t.Fatal(err)
		}
		if _, message, err := text.ReadResponse(code); err != nil {
			t.Errorf("%s: %v %s, want %d", line, err, message, code)
		}
	}
	if err := text.PrintfLine("QUIT"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := text.ReadResponse(221); err != nil {
		t.Error(err)
	}
	if _, err := text.ReadLine(); err == nil {
		t.Error("the server goes on after QUIT")
	}
}

func TestMailServersHaveReverseNames(t *testing.T) {
	t.Parallel()
	l := raised(t)
	for _, address := range []string{"192.0.2.11", "2001:db8:10::25", "198.51.100.25"} {
		reverse, err := dns.ReverseAddr(address)
		if err != nil {
			t.Fatal(err)
		}
		reply := ask(t, l, reverse, dns.TypePTR)
		if len(reply.Answer) == 0 {
			t.Errorf("%s has no reverse name", address)
			continue
		}
		host := reply.Answer[0].(*dns.PTR).Ptr
		var forward []string
		for _, a := range l.tree.addresses(host) {
			forward = append(forward, a.String())
		}
		if !slices.Contains(forward, address) {
			t.Errorf("%s is called %s, which leads to %q", address, host, forward)
		}
	}
}

func TestTheHostileMailServersSettleNothing(t *testing.T) {
	t.Parallel()
	l := raised(t)
	session := l.Network().Session()
	meet := func(host string) *bufio.Reader {
		t.Helper()
		conn, err := reach(t.Context(), session, host+".comune.selvastregata.campanile.test", 25)
		if err != nil {
			t.Fatalf("%s: %v", host, err)
		}
		t.Cleanup(func() { shut(t, conn) })
		if _, err := io.WriteString(conn, "EHLO prova.test\r\n"); err != nil {
			t.Fatal(err)
		}
		return bufio.NewReaderSize(conn, 1<<20)
	}
	if line, err := meet("mx1").ReadSlice('\n'); err == nil || len(line) < 1<<20 {
		t.Errorf("mx1 ends its line after %d bytes", len(line))
	}
	reader := meet("mx2")
	for range 10_000 {
		line, err := reader.ReadString('\n')
		if err != nil || strings.HasPrefix(line, "250 ") {
			t.Fatalf("mx2 comes to an end: %q, %v", line, err)
		}
	}
	if _, err := reach(t.Context(), session, "mx3.comune.selvastregata.campanile.test", 25); err == nil {
		t.Error("mx3 can be reached")
	}
	if line, err := meet("mx4").ReadString('\n'); err != nil || !strings.HasPrefix(line, "421 ") {
		t.Errorf("mx4 says %q, %v; want 421", line, err)
	}
}
