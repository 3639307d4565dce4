package hello

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"slices"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// repeating says some words and then the same for ever.
type repeating struct {
	first, part []byte
	read        int
}

func (r *repeating) Read(b []byte) (int, error) {
	var n int
	if r.read < len(r.first) {
		n = copy(b, r.first[r.read:])
	} else {
		n = copy(b, r.part[(r.read-len(r.first))%len(r.part):])
	}
	r.read += n
	return n, nil
}

func TestAnswerWithoutEndIsLeft(t *testing.T) {
	t.Parallel()
	sixteenMegabytes := append([]byte{messageCertificate}, 0xff, 0xff, 0xff)
	for name, each := range map[string]struct{ first, part []byte }{
		"warnings":               {nil, warning},
		"empty-records":          {nil, record(RecordHandshake)},
		"hello-requests":         {nil, record(RecordHandshake, message(MessageHelloRequest))},
		"staples":                {record(RecordHandshake, oldHello(tls12)), record(RecordHandshake, message(22, make([]byte, 50)))},
		"a-message-of-16-MB":     {record(RecordHandshake, oldHello(tls12), sixteenMegabytes), record(RecordHandshake, make([]byte, 1<<14))},
		"16-MB-as-one-record":    {[]byte{RecordHandshake, 3, 3, 0xff, 0xff}, make([]byte, 1<<14)},
		"records-of-unknown-use": {nil, record(24, make([]byte, 1000))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			endless := &repeating{first: each.first, part: each.part}
			got, err := Read(endless)
			if err == nil || got.Done {
				t.Errorf("got %+v, %v", got, err)
			}
			if endless.read > maxFlight {
				t.Errorf("%d bytes were read", endless.read)
			}
		})
	}
}

// A record names at most 64 KiB, so 16 MB can only come as a message. No memory
// is set aside for a length that is only claimed.
func TestClaimedLengthTakesNoMemory(t *testing.T) {
	said := record(RecordHandshake, oldHello(tls12), []byte{messageCertificate, 0xff, 0xff, 0xff})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 100 {
		if _, err := Read(bytes.NewReader(said)); !errors.Is(err, io.EOF) {
			t.Fatalf("got %v", err)
		}
	}
	runtime.ReadMemStats(&after)
	if each := (after.TotalAlloc - before.TotalAlloc) / 100; each > 1<<16 {
		t.Errorf("%d bytes of memory for one answer", each)
	}
}

func TestTenThousandCertificates(t *testing.T) {
	t.Parallel()
	for name, der := range map[string][]byte{"empty": nil, "of-ten-bytes": make([]byte, 10), "of-a-thousand-bytes": make([]byte, 1000)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			flight := slices.Concat(oldHello(tls12), certificates(bytes.Repeat(vector(3, der), 10_000)), helloDone)
			var said []byte
			for part := range slices.Chunk(flight, 1<<14) {
				said = append(said, record(RecordHandshake, part)...)
			}
			reader := bytes.NewReader(said)
			got, err := Read(reader)
			if read := len(said) - reader.Len(); read > maxFlight {
				t.Errorf("%d bytes were read", read)
			}
			// What goes past the bound is no answer; what stays below is cut.
			if len(said) > maxFlight {
				if err == nil || got.Done || got.Presented != 0 {
					t.Errorf("got %d certificates, %v", got.Presented, err)
				}
				return
			}
			if err != nil || !got.Done || got.Presented != maxCounted || len(got.Certificates) != 16 {
				t.Errorf("%d counted, %d kept, %v", got.Presented, len(got.Certificates), err)
			}
		})
	}
}

// Time is bounded by whoever owns the connection: the deadline ends the reading
// in the middle of a record.
func TestOneByteASecond(t *testing.T) {
	t.Parallel()
	said := record(RecordHandshake, oldHello(tls12), certificateMessage, helloDone)
	for name, read := range map[string]func(io.Reader) error{
		"tls":   func(r io.Reader) error { _, err := Read(r); return err },
		"ssl-2": func(r io.Reader) error { _, err := ReadSSL2(r); return err },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			said := said
			if name == "ssl-2" {
				said = ssl2Hello(1, 0, 0x80)
			}
			synctest.Test(t, func(t *testing.T) {
				near, far := net.Pipe()
				ended := make(chan struct{})
				go func() {
					defer close(ended)
					dribble(far, said)
				}()
				start := time.Now()
				if err := near.SetDeadline(start.Add(10 * time.Second)); err != nil {
					t.Fatal(err)
				}
				if err := read(near); !errors.Is(err, os.ErrDeadlineExceeded) {
					t.Errorf("got %v", err)
				}
				if took := time.Since(start); took != 10*time.Second {
					t.Errorf("it took %v", took)
				}
				_ = near.Close()
				<-ended
			})
		})
	}
}

// dribble says one byte a second until nobody listens.
func dribble(conn net.Conn, said []byte) {
	defer conn.Close()
	for _, b := range said {
		<-time.After(time.Second)
		if _, err := conn.Write([]byte{b}); err != nil {
			return
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(record(RecordHandshake, oldHello(0x0303), certificateMessage, helloDone))
	f.Add(record(RecordHandshake, serverHello(tls12, 0x009e, extension(extensionRenegotiation, vector(1)), extension(extensionALPN, vector(2, vector(1, []byte("h2"))))),
		certificateMessage, message(messageServerExchange, vector(2, []byte{5}), vector(2, []byte{2}), vector(2, []byte{9}), pair(0x0804), vector(2, []byte("s"))), helloDone))
	f.Add(record(RecordHandshake, serverHello(tls12, 0xc02f), message(messageServerExchange, []byte{2, 0, 163, 1}, bytes.Repeat([]byte{1, 7}, 7), pair(0x0804), vector(2))))
	f.Add(record(RecordHandshake, serverHello(tls12, 0x1301, extension(extensionVersions, pair(newest)), extension(extensionKeyShare, pair(0x1d)))))
	f.Add(say(warning, fatal))
	f.Add([]byte("HTTP/1.1 200 OK\r\n\r\n"))
	f.Fuzz(func(t *testing.T, said []byte) {
		reader := bytes.NewReader(said)
		got, err := Read(reader)
		if read := len(said) - reader.Len(); read > maxFlight {
			t.Errorf("%d bytes were read", read)
		}
		holds(t, got, err)
		again, other := Read(iotest.OneByteReader(bytes.NewReader(said)))
		if diff := cmp.Diff(got, again); diff != "" || (err == nil) != (other == nil) {
			t.Errorf("read otherwise byte by byte: %v, %v\n%s", err, other, diff)
		}
	})
}

// holds checks what is true of every answer, whatever was said.
func holds(t *testing.T, got Answer, err error) {
	t.Helper()
	switch {
	case (err == nil) != (got.Done || got.Alert != nil):
		t.Errorf("stopped without a reason: %+v, %v", got, err)
	case got.Version != 0 && (got.Version < oldest || got.Version > newest):
		t.Errorf("version %04x", got.Version)
	case got.Version == 0 && (got.Suite != 0 || got.Exchange || got.Presented > 0 || got.Done):
		t.Errorf("facts of no ServerHello: %+v", got)
	case got.Retry && (got.Version != newest || !got.Done), got.Version == newest && got.Presented > 0:
		t.Errorf("TLS 1.3: %+v", got)
	case len(got.Certificates) > 16 || got.Presented > maxCounted || len(got.Certificates) > got.Presented:
		t.Errorf("%d of %d certificates", len(got.Certificates), got.Presented)
	case len(got.Prime) > 0 && (!got.Exchange || got.Prime[0] == 0), len(got.ALPN) > 255, got.Explicit && got.Group != 0:
		t.Errorf("exchange: %+v", got)
	}
}
