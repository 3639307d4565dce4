package hello

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// ssl2 is a record of SSL 2.0.
func ssl2(parts ...[]byte) []byte {
	body := slices.Concat(parts...)
	return append(pair(0x8000|uint16(len(body))), body...)
}

func ssl2Hello(suites ...byte) []byte {
	const certificate = "leaf"
	connection := make([]byte, 16)
	return ssl2([]byte{ssl2ServerHello, 0, 1}, pair(ssl2Version), pair(uint16(len(certificate))), pair(uint16(len(suites))), pair(16),
		[]byte(certificate), suites, connection)
}

func TestSSL2Answer(t *testing.T) {
	t.Parallel()
	goodbye := record(RecordAlert, []byte{1, 0})
	for name, each := range map[string]struct {
		said []byte
		want SSL2Answer
		err  error
	}{
		"server-hello":        {ssl2Hello(1, 0, 0x80, 7, 0, 0xc0, 9, 9, 9), SSL2Answer{[]string{"SSL_CK_RC4_128_WITH_MD5", "SSL_CK_DES_192_EDE3_CBC_WITH_MD5", "0x090909"}, []byte("leaf")}, nil},
		"no-suites":           {ssl2Hello(), SSL2Answer{Certificate: []byte("leaf")}, nil},
		"error":               {ssl2([]byte{ssl2Error, 0, 1}), SSL2Answer{}, ErrRefused},
		"alert":               {fatal, SSL2Answer{}, Alert(70)},
		"alert-as-a-warning":  {warning, SSL2Answer{}, Alert(112)},
		"says-goodbye":        {goodbye, SSL2Answer{}, io.EOF},
		"hangs-up":            {nil, SSL2Answer{}, io.EOF},
		"cut-in-the-alert":    {fatal[:4], SSL2Answer{}, io.ErrUnexpectedEOF},
		"cut-in-the-hello":    {ssl2Hello()[:9], SSL2Answer{}, io.ErrUnexpectedEOF},
		"alert-of-three":      {record(RecordAlert, []byte{2, 70, 0}), SSL2Answer{}, ErrMalformed},
		"http":                {[]byte("HTTP/1.1 400 Bad Request\r\n\r\n"), SSL2Answer{}, ErrMalformed},
		"server-hello-of-tls": {record(RecordHandshake, oldHello(0x0301)), SSL2Answer{}, ErrMalformed},
		"another-version":     {ssl2([]byte{ssl2ServerHello, 0, 1}, pair(0x0300), pair(0), pair(0), pair(0)), SSL2Answer{}, ErrMalformed},
		"another-message":     {ssl2([]byte{9, 0, 1}, pair(ssl2Version), pair(0), pair(0), pair(0)), SSL2Answer{}, ErrMalformed},
		"empty-message":       {ssl2(), SSL2Answer{}, ErrMalformed},
		"lengths-that-lie":    {ssl2([]byte{ssl2ServerHello, 0, 1}, pair(ssl2Version), pair(9000), pair(3), pair(0), []byte("abc")), SSL2Answer{}, ErrMalformed},
		"half-a-suite":        {ssl2Hello(1, 0, 0x80, 7), SSL2Answer{}, ErrMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, r := range []io.Reader{bytes.NewReader(each.said), iotest.OneByteReader(bytes.NewReader(each.said))} {
				got, err := ReadSSL2(r)
				if !errors.Is(err, each.err) {
					t.Errorf("error %v, want %v", err, each.err)
				}
				if diff := cmp.Diff(each.want, got); diff != "" {
					t.Errorf("-want +got\n%s", diff)
				}
			}
		})
	}
}

func TestSSL2AnswerOfManySuitesIsCut(t *testing.T) {
	t.Parallel()
	got, err := ReadSSL2(bytes.NewReader(ssl2Hello(bytes.Repeat([]byte{1, 0, 0x80}, 9000)...)))
	if err != nil || len(got.Suites) != maxSSL2Suites {
		t.Errorf("%d suites, %v", len(got.Suites), err)
	}
}

// The CLIENT-HELLO as its draft has it: type, version, three lengths, suites of
// three bytes, challenge.
func TestSSL2RecordIsWhatItSays(t *testing.T) {
	t.Parallel()
	hello := SSL2Record()
	length := int(binary.BigEndian.Uint16(hello) & 0x7fff)
	suites, session, challenge := binary.BigEndian.Uint16(hello[5:]), binary.BigEndian.Uint16(hello[7:]), binary.BigEndian.Uint16(hello[9:])
	if hello[0]&0x80 == 0 || length != len(hello)-2 || 9+int(suites+session+challenge) != length {
		t.Fatalf("lengths: % x", hello)
	}
	if hello[2] != 1 || binary.BigEndian.Uint16(hello[3:]) != 2 || int(suites) != 3*len(ssl2Suites) || session != 0 || challenge != 16 {
		t.Errorf("% x", hello)
	}
	for i, suite := range ssl2Suites {
		if got := ssl2Name(hello[11+3*i:]); got != suite.name {
			t.Errorf("suite %d is %s, want %s", i, got, suite.name)
		}
	}
	if again := SSL2Record(); bytes.Equal(hello[len(hello)-16:], again[len(again)-16:]) {
		t.Error("the same challenge twice")
	}
}

func FuzzReadSSL2(f *testing.F) {
	f.Add(ssl2Hello(1, 0, 0x80))
	f.Add(ssl2([]byte{ssl2Error, 0, 1}))
	f.Add(fatal)
	f.Add([]byte("HTTP/1.1 200 OK\r\n\r\n"))
	f.Fuzz(func(t *testing.T, said []byte) {
		reader := bytes.NewReader(said)
		got, err := ReadSSL2(reader)
		if read := len(said) - reader.Len(); read > 2+0x7fff {
			t.Errorf("%d bytes were read", read)
		}
		if err != nil && (len(got.Suites) > 0 || got.Certificate != nil) {
			t.Errorf("got %+v with %v", got, err)
		}
		if len(got.Suites) > maxSSL2Suites {
			t.Errorf("%d suites", len(got.Suites))
		}
		again, other := ReadSSL2(iotest.OneByteReader(bytes.NewReader(said)))
		if diff := cmp.Diff(got, again); diff != "" || fmt.Sprint(err) != fmt.Sprint(other) {
			t.Errorf("read otherwise byte by byte: %v, %v\n%s", err, other, diff)
		}
	})
}
