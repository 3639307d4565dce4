package lab

import (
	"crypto/tls"
	"encoding/binary"
	"encoding/hex"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/collectors/records"
)

// old is a ClientHello of somebody who knows nothing newer than TLS 1.2.
type old struct {
	version      uint16
	suites       []uint16
	compressions []byte
	extensions   []byte
}

func (o old) record() []byte {
	const noSession = 0
	var suites []byte
	for _, number := range o.suites {
		suites = append(suites, two(number)...)
	}
	compressions := o.compressions
	if compressions == nil {
		compressions = []byte{0}
	}
	body := slices.Concat(two(o.version), make([]byte, 32), []byte{noSession}, sized(2, suites), sized(1, compressions))
	if o.extensions != nil {
		body = append(body, sized(2, o.extensions)...)
	}
	return record(22, tls.VersionTLS10, message(1, body))
}

// hear says something to a host on port 443 and gives the records of the answer up
// to ServerHelloDone or an alert.
func hear(t *testing.T, l *Lab, host string, say []byte) [][]byte {
	t.Helper()
	conn, err := reach(t.Context(), l.Network().Session(), host, 443)
	if err != nil {
		t.Fatal(err)
	}
	defer shut(t, conn)
	if _, err := conn.Write(say); err != nil {
		t.Fatal(err)
	}
	var list [][]byte
	for {
		head := make([]byte, 5)
		if _, err := io.ReadFull(conn, head); err != nil {
			t.Fatalf("after %d records: %v", len(list), err)
		}
		body := make([]byte, binary.BigEndian.Uint16(head[3:]))
		if _, err := io.ReadFull(conn, body); err != nil {
			t.Fatal(err)
		}
		list = append(list, append(head, body...))
		if head[0] == 21 || body[0] == 14 {
			return list
		}
	}
}

// heard is what a first flight says.
type heard struct {
	Alert       byte // of an alert, else:
	Version     uint16
	Suite       uint16
	Compression byte
	Extensions  string // in hexadecimal
	Messages    []byte // their types
	Exchange    string // how the ServerKeyExchange begins
}

func read(t *testing.T, list [][]byte) heard {
	t.Helper()
	if list[0][0] == 21 {
		return heard{Alert: list[0][6]}
	}
	hello := list[0][5+4:]
	h := heard{
		Version: binary.BigEndian.Uint16(hello), Suite: binary.BigEndian.Uint16(hello[35:]),
		Compression: hello[37], Extensions: hex.EncodeToString(hello[38:]),
	}
	for _, each := range list {
		h.Messages = append(h.Messages, each[5])
		if each[5] == 12 {
			h.Exchange = hex.EncodeToString(each[9:13])
		}
	}
	return h
}

func TestRelicsAnswerThoseOfTheirOwnTime(t *testing.T) {
	t.Parallel()
	l := raised(t)
	const lock, balancer = "comune.serraturavecchia.campanile.test", "comune.sigillodicera.campanile.test"
	groups := func(number uint16) []byte {
		return slices.Concat(two(supportedGroups), sized(2, sized(2, two(number))))
	}
	const (
		dhe, rsa, export     = 0x0039, 0x002f, 0x0003
		ecdheCBC, ecdheGCM   = 0xc013, 0xc02f
		short, p256          = 1, 23 // sect163k1, secp256r1
		whole, withoutSecret = 14, 12
	)
	tests := map[string]struct {
		host string
		say  old
		want heard
	}{
		"its own order counts, not the client's": {
			lock,
			old{version: tls.VersionTLS12, suites: []uint16{rsa, dhe}},
			heard{Version: tls.VersionTLS10, Suite: dhe, Messages: []byte{2, 11, withoutSecret, whole}, Exchange: "0080ffff"},
		},
		"without Diffie-Hellman there is no exchange": {
			lock,
			old{version: tls.VersionTLS10, suites: []uint16{rsa}},
			heard{Version: tls.VersionTLS10, Suite: rsa, Messages: []byte{2, 11, whole}},
		},
		"export has a key of 512 bits": {
			lock,
			old{version: ssl30, suites: []uint16{export}},
			heard{Version: ssl30, Suite: export, Messages: []byte{2, 11, withoutSecret, whole}, Exchange: "00400000"},
		},
		"compresses where it is offered": {
			lock,
			old{version: tls.VersionTLS10, suites: []uint16{rsa}, compressions: []byte{1, 0}},
			heard{Version: tls.VersionTLS10, Suite: rsa, Compression: 1, Messages: []byte{2, 11, whole}},
		},
		"the lock of 2008 knows no RFC 5746": {
			lock,
			old{version: tls.VersionTLS10, suites: []uint16{rsa, renegotiationSCSV}},
			heard{Version: tls.VersionTLS10, Suite: rsa, Messages: []byte{2, 11, whole}},
		},
		"the balancer knows it": {
			balancer,
			old{version: tls.VersionTLS12, suites: []uint16{ecdheGCM, ecdheCBC, renegotiationSCSV}, compressions: []byte{1, 0}, extensions: groups(p256)},
			heard{Version: tls.VersionTLS12, Suite: ecdheCBC, Extensions: "0005ff01000100", Messages: []byte{2, 11, withoutSecret, whole}, Exchange: "03001741"},
		},
		"no curve in common": {
			balancer,
			old{version: tls.VersionTLS12, suites: []uint16{ecdheCBC}, extensions: groups(short)},
			heard{Alert: handshakeFailure},
		},
		"no suite in common": {
			lock,
			old{version: tls.VersionTLS10, suites: []uint16{ecdheCBC}},
			heard{Alert: handshakeFailure},
		},
		"too old for it": {
			balancer,
			old{version: tls.VersionTLS11, suites: []uint16{ecdheCBC}},
			heard{Alert: protocolVersion},
		},
	}
	for name, each := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(each.want, read(t, hear(t, l, each.host, each.say.record()))); diff != "" {
				t.Errorf("answer (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRelicsSignTLS12WithSHA1(t *testing.T) {
	t.Parallel()
	l := raised(t)
	for _, each := range hear(t, l, "comune.sigillodicera.campanile.test", old{version: tls.VersionTLS12, suites: []uint16{0xc013}}.record()) {
		if each[5] != 12 {
			continue
		}
		const point = 9 + 4 + 65
		if got := records.SchemeName(binary.BigEndian.Uint16(each[point:])); got != "rsa_pkcs1_sha1" {
			t.Errorf("it signs with %s", got)
		}
		return
	}
	t.Error("there is no key exchange")
}

func TestThePrimeOfTheRelicIsWhatItSays(t *testing.T) {
	t.Parallel()
	prime, err := hex.DecodeString(oakley2)
	if err != nil {
		t.Fatal(err)
	}
	if got := records.Prime(prime); got != "modp1024" {
		t.Errorf("the prime is %q", got)
	}
}

func TestOnlyTheLockOf2008SpeaksSSL2(t *testing.T) {
	t.Parallel()
	l := raised(t)
	hello := slices.Concat([]byte{1}, two(ssl20), two(3), two(0), two(16), []byte{1, 0, 0x80}, make([]byte, 16))
	hello = append(two(0x8000|uint16(len(hello))), hello...)
	for host, want := range map[string]string{
		"comune.serraturavecchia.campanile.test": "0400010002", // SERVER-HELLO with an X.509 certificate, SSL 2.0
		"comune.sigillodicera.campanile.test":    "0100020246", // an alert of TLS about versions
	} {
		conn, err := reach(t.Context(), l.Network().Session(), host, 443)
		if err != nil {
			t.Fatal(err)
		}
		defer shut(t, conn)
		if _, err := conn.Write(hello); err != nil {
			t.Fatal(err)
		}
		first := make([]byte, 7)
		if _, err := io.ReadFull(conn, first); err != nil {
			t.Fatal(err)
		}
		if got := hex.EncodeToString(first[2:]); got != want {
			t.Errorf("%s goes on after two bytes with %s, want %s", host, got, want)
		}
	}
}

// Who comes with a browser of today gets the page all the same.
func TestRelicsServeTheirPages(t *testing.T) {
	t.Parallel()
	l := raised(t)
	for host, want := range map[string]struct{ version, suite uint16 }{
		"comune.serraturavecchia.campanile.test": {tls.VersionTLS10, tls.TLS_RSA_WITH_AES_256_CBC_SHA},
		"comune.sigillodicera.campanile.test":    {tls.VersionTLS12, tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA},
	} {
		raw, err := reach(t.Context(), l.Network().Session(), host, 443)
		if err != nil {
			t.Fatal(err)
		}
		defer shut(t, raw)
		conn := tls.Client(raw, &tls.Config{
			ServerName: host, InsecureSkipVerify: true, MinVersion: tls.VersionTLS10,
			CipherSuites: []uint16{tls.TLS_RSA_WITH_AES_256_CBC_SHA, tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA},
		})
		if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: "+host+"\r\nConnection: close\r\n\r\n"); err != nil {
			t.Fatalf("%s: %v", host, err)
		}
		page, err := io.ReadAll(conn)
		if err != nil || !strings.HasPrefix(string(page), "HTTP/1.1 200 ") {
			t.Errorf("%s: %.40q, %v", host, page, err)
		}
		if state := conn.ConnectionState(); state.Version != want.version || state.CipherSuite != want.suite {
			t.Errorf("%s: version %04x, suite %04x", host, state.Version, state.CipherSuite)
		}
	}
}

func TestRelicsPassOnWhatTheyCannotRead(t *testing.T) {
	t.Parallel()
	l := raised(t)
	one := old{version: tls.VersionTLS10, suites: []uint16{0x002f}}
	with := func(extensions []byte) []byte {
		broken := one
		broken.extensions = extensions
		return broken.record()
	}
	for name, each := range map[string]struct {
		say  []byte
		want byte // with which the answer begins
	}{
		"no TLS":                    {[]byte("GET /"), 'H'},
		"extensions that end early": {with([]byte{0, 10, 0, 9}), 21},
		"groups that end early":     {with([]byte{0, 10, 0, 2, 0, 9}), 21},
		"no extension, but its end": {with([]byte{0}), 21},
		"another message":           {record(22, tls.VersionTLS10, message(2, one.record()[9:])), 21},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn, err := reach(t.Context(), l.Network().Session(), "comune.serraturavecchia.campanile.test", 443)
			if err != nil {
				t.Fatal(err)
			}
			defer shut(t, conn)
			if _, err := conn.Write(each.say); err != nil {
				t.Fatal(err)
			}
			answer := make([]byte, 1)
			if _, err := io.ReadFull(conn, answer); err != nil || answer[0] != each.want {
				t.Errorf("the answer begins with %d, %v, want %d", answer[0], err, each.want)
			}
		})
	}
}
