package tls

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"slices"
	"testing"
	"testing/iotest"
)

// Parts of what a server says.
func say(records ...[]byte) []byte { return slices.Concat(records...) }

func record(kind byte, body ...[]byte) []byte {
	return slices.Concat([]byte{kind, 3, 3}, vector(2, body...))
}

func message(kind byte, body ...[]byte) []byte {
	return append([]byte{kind}, vector(3, body...)...)
}

func serverHello(version uint16) []byte {
	return message(messageServerHello, pair(version), make([]byte, 32), vector(1), pair(0xc02f), []byte{0})
}

var (
	certificateMessage = message(messageCertificate, vector(3, vector(3, []byte("leaf")), vector(3, []byte("issuer"))))
	helloDone          = message(messageServerHelloDone)
	warning            = record(recordAlert, []byte{1, 112})
	fatal              = record(recordAlert, []byte{2, 70})
)

func TestFlight(t *testing.T) {
	t.Parallel()
	whole := slices.Concat(serverHello(0x0302), certificateMessage, helloDone)
	for name, each := range map[string]struct {
		said    []byte
		version uint16
		certs   int
		alert   alert
		done    bool
		err     error
	}{
		"whole":                           {record(recordHandshake, whole), 0x0302, 2, 0, true, nil},
		"a-message-a-record":              {say(record(recordHandshake, serverHello(0x0302)), record(recordHandshake, certificateMessage), record(recordHandshake, helloDone)), 0x0302, 2, 0, true, nil},
		"messages-spread-over-records":    {say(record(recordHandshake, whole[:3]), record(recordHandshake, whole[3:50]), record(recordHandshake, whole[50:])), 0x0302, 2, 0, true, nil},
		"empty-records-between":           {say(record(recordHandshake), record(recordHandshake, whole), record(recordHandshake)), 0x0302, 2, 0, true, nil},
		"warning-first":                   {say(warning, warning, record(recordHandshake, whole)), 0x0302, 2, 0, true, nil},
		"fatal-alert":                     {fatal, 0, 0, 70, false, nil},
		"warning-then-fatal":              {say(warning, fatal), 0, 0, 70, false, nil},
		"alert-after-server-hello":        {say(record(recordHandshake, serverHello(0x0301)), fatal), 0x0301, 0, 70, false, nil},
		"hangs-up-after-server-hello":     {record(recordHandshake, serverHello(0x0301)), 0x0301, 0, 0, false, io.EOF},
		"says-goodbye":                    {record(recordAlert, []byte{1, 0}), 0, 0, 0, false, io.EOF},
		"alert-of-three-bytes":            {record(recordAlert, []byte{2, 70, 0}), 0, 0, 0, false, errMalformed},
		"alert-of-no-level":               {record(recordAlert, []byte{3, 70}), 0, 0, 0, false, errMalformed},
		"silence":                         {nil, 0, 0, 0, false, io.EOF},
		"cut-in-a-header":                 {[]byte{22, 3}, 0, 0, 0, false, io.ErrUnexpectedEOF},
		"cut-in-a-record":                 {record(recordHandshake, whole)[:40], 0, 0, 0, false, io.ErrUnexpectedEOF},
		"http":                            {[]byte("HTTP/1.1 400 Bad Request\r\n\r\n"), 0, 0, 0, false, errMalformed},
		"record-too-long":                 {[]byte{22, 3, 3, 0xff, 0xff}, 0, 0, 0, false, errMalformed},
		"certificate-before-server-hello": {record(recordHandshake, certificateMessage), 0, 0, 0, false, errMalformed},
		"server-hello-too-short":          {record(recordHandshake, message(messageServerHello, pair(0x0302))), 0, 0, 0, false, errMalformed},
		"server-hello-without-a-suite":    {record(recordHandshake, message(messageServerHello, pair(0x0302), make([]byte, 32), vector(1))), 0, 0, 0, false, errMalformed},
		"version-from-the-future":         {record(recordHandshake, serverHello(0x0309)), 0, 0, 0, false, errMalformed},
		"data-instead-of-a-handshake":     {record(23, []byte("hello")), 0, 0, 0, false, errMalformed},
		"certificates-cut-inside":         {record(recordHandshake, serverHello(0x0302), message(messageCertificate, vector(3, vector(3, []byte("leaf")), []byte{0, 0, 9, 1})), helloDone), 0x0302, 1, 0, true, nil},
		"twenty-certificates":             {record(recordHandshake, serverHello(0x0302), message(messageCertificate, vector(3, bytes.Repeat(vector(3, []byte("x")), 20))), helloDone), 0x0302, 16, 0, true, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, r := range []io.Reader{bytes.NewReader(each.said), iotest.OneByteReader(bytes.NewReader(each.said))} {
				got, err := readFlight(r)
				if !errors.Is(err, each.err) {
					t.Errorf("error %v, want %v", err, each.err)
				}
				var ended alert
				if got.alert != nil {
					ended = *got.alert
				}
				if got.version != each.version || len(got.certificates) != each.certs || ended != each.alert || got.done != each.done {
					t.Errorf("got %+v, alert %d", got, ended)
				}
			}
		})
	}
}

func TestFlightWithoutEndIsLeft(t *testing.T) {
	t.Parallel()
	for name, part := range map[string][]byte{
		"warnings":      warning,
		"empty-records": record(recordHandshake),
		"a-long-message": record(recordHandshake, message(messageServerHello)[:1], []byte{0xff, 0xff, 0xff},
			make([]byte, 10000)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			endless := &repeating{part: part}
			if got, err := readFlight(endless); err == nil || got.version != 0 {
				t.Errorf("got %+v, %v", got, err)
			}
			if endless.read > maxFlight+maxRecord {
				t.Errorf("%d bytes were read", endless.read)
			}
		})
	}
}

// repeating says the same for ever.
type repeating struct {
	part []byte
	read int
}

func (r *repeating) Read(b []byte) (int, error) {
	n := copy(b, r.part[r.read%len(r.part):])
	r.read += n
	return n, nil
}

// A real server's flight, read by our own parser.
func TestFlightOfARealServer(t *testing.T) {
	t.Parallel()
	chain := newAuthority(t, "Root of the test", nil).issue(t, nil)
	for _, version := range []uint16{tls.VersionTLS10, tls.VersionTLS11, tls.VersionTLS12} {
		near, far := net.Pipe()
		server := tls.Server(far, &tls.Config{Certificates: []tls.Certificate{chain}, MinVersion: tls.VersionTLS10})
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			_ = server.HandshakeContext(t.Context())
			_ = far.Close()
		}()
		got, err := greet(near, hello{version: version, name: "comune.example", suites: broadSuites()})
		if err != nil || got.version != version || !got.done || len(got.certificates) != 1 || !bytes.Equal(got.certificates[0], chain.Certificate[0]) {
			t.Errorf("%s: got %+v, %v", versionName(version), got, err)
		}
		_ = near.Close()
		<-ended
	}
}

func FuzzFlight(f *testing.F) {
	f.Add(record(recordHandshake, serverHello(0x0303), certificateMessage, helloDone))
	f.Add(say(warning, fatal))
	f.Add([]byte("HTTP/1.1 200 OK\r\n\r\n"))
	f.Fuzz(func(t *testing.T, said []byte) {
		got, err := readFlight(bytes.NewReader(said))
		if err == nil && !got.done && got.alert == nil {
			t.Errorf("stopped without a reason: %+v", got)
		}
		if got.version != 0 && versionName(got.version) == "" {
			t.Errorf("version %04x", got.version)
		}
		again, _ := readFlight(iotest.OneByteReader(bytes.NewReader(said)))
		if again.version != got.version || again.done != got.done || len(again.certificates) != len(got.certificates) {
			t.Errorf("read otherwise byte by byte: %+v, %+v", got, again)
		}
	})
}
