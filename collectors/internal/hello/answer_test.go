package hello

import (
	"bytes"
	"errors"
	"io"
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

func serverHello(version, suite uint16, extensions ...[]byte) []byte {
	body := slices.Concat(pair(version), make([]byte, 32), vector(1), pair(suite), []byte{0})
	if len(extensions) > 0 {
		body = append(body, vector(2, extensions...)...)
	}
	return message(MessageServerHello, body)
}

func oldHello(version uint16) []byte { return serverHello(version, 0xc02f) }

func certificates(list ...[]byte) []byte {
	return message(messageCertificate, vector(3, list...))
}

var (
	certificateMessage = certificates(vector(3, []byte("leaf")), vector(3, []byte("issuer")))
	helloDone          = message(messageServerHelloDone)
	warning            = record(RecordAlert, []byte{1, 112})
	fatal              = record(RecordAlert, []byte{2, 70})
)

func TestAnswer(t *testing.T) {
	t.Parallel()
	whole := slices.Concat(oldHello(0x0302), certificateMessage, helloDone)
	for name, each := range map[string]struct {
		said    []byte
		version uint16
		certs   int
		alert   Alert
		done    bool
		err     error
	}{
		"whole":                           {record(RecordHandshake, whole), 0x0302, 2, 0, true, nil},
		"a-message-a-record":              {say(record(RecordHandshake, oldHello(0x0302)), record(RecordHandshake, certificateMessage), record(RecordHandshake, helloDone)), 0x0302, 2, 0, true, nil},
		"messages-spread-over-records":    {say(record(RecordHandshake, whole[:3]), record(RecordHandshake, whole[3:50]), record(RecordHandshake, whole[50:])), 0x0302, 2, 0, true, nil},
		"empty-records-between":           {say(record(RecordHandshake), record(RecordHandshake, whole), record(RecordHandshake)), 0x0302, 2, 0, true, nil},
		"warning-first":                   {say(warning, warning, record(RecordHandshake, whole)), 0x0302, 2, 0, true, nil},
		"hello-request-first":             {record(RecordHandshake, message(MessageHelloRequest), whole), 0x0302, 2, 0, true, nil},
		"five-warnings":                   {say(bytes.Repeat(warning, 5), record(RecordHandshake, whole)), 0, 0, 0, false, ErrMalformed},
		"fatal-alert":                     {fatal, 0, 0, 70, false, nil},
		"warning-then-fatal":              {say(warning, fatal), 0, 0, 70, false, nil},
		"alert-after-server-hello":        {say(record(RecordHandshake, oldHello(0x0301)), fatal), 0x0301, 0, 70, false, nil},
		"hangs-up-after-server-hello":     {record(RecordHandshake, oldHello(0x0301)), 0x0301, 0, 0, false, io.EOF},
		"says-goodbye":                    {record(RecordAlert, []byte{1, 0}), 0, 0, 0, false, io.EOF},
		"alert-of-three-bytes":            {record(RecordAlert, []byte{2, 70, 0}), 0, 0, 0, false, ErrMalformed},
		"alert-of-no-level":               {record(RecordAlert, []byte{3, 70}), 0, 0, 0, false, ErrMalformed},
		"silence":                         {nil, 0, 0, 0, false, io.EOF},
		"cut-in-a-header":                 {[]byte{22, 3}, 0, 0, 0, false, io.ErrUnexpectedEOF},
		"cut-in-a-record":                 {record(RecordHandshake, whole)[:40], 0, 0, 0, false, io.ErrUnexpectedEOF},
		"http":                            {[]byte("HTTP/1.1 400 Bad Request\r\n\r\n"), 0, 0, 0, false, ErrMalformed},
		"record-too-long":                 {[]byte{22, 3, 3, 0xff, 0xff}, 0, 0, 0, false, ErrMalformed},
		"certificate-before-server-hello": {record(RecordHandshake, certificateMessage), 0, 0, 0, false, ErrMalformed},
		"two-server-hellos":               {record(RecordHandshake, oldHello(0x0302), oldHello(0x0303)), 0x0302, 0, 0, false, ErrMalformed},
		"two-certificate-messages":        {record(RecordHandshake, oldHello(0x0302), certificateMessage, certificateMessage), 0x0302, 2, 0, false, ErrMalformed},
		"server-hello-too-short":          {record(RecordHandshake, message(MessageServerHello, pair(0x0302))), 0, 0, 0, false, ErrMalformed},
		"server-hello-without-a-suite":    {record(RecordHandshake, message(MessageServerHello, pair(0x0302), make([]byte, 32), vector(1))), 0, 0, 0, false, ErrMalformed},
		"version-from-the-future":         {record(RecordHandshake, oldHello(0x0309)), 0, 0, 0, false, ErrMalformed},
		"data-instead-of-a-handshake":     {record(23, []byte("hello")), 0, 0, 0, false, ErrMalformed},
		"certificates-cut-inside":         {record(RecordHandshake, oldHello(0x0302), message(messageCertificate, vector(3, vector(3, []byte("leaf")), []byte{0, 0, 9, 1})), helloDone), 0x0302, 1, 0, true, nil},
		"twenty-certificates":             {record(RecordHandshake, oldHello(0x0302), certificates(bytes.Repeat(vector(3, []byte("x")), 20)), helloDone), 0x0302, 16, 0, true, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, r := range []io.Reader{bytes.NewReader(each.said), iotest.OneByteReader(bytes.NewReader(each.said))} {
				got, err := Read(r)
				if !errors.Is(err, each.err) {
					t.Errorf("error %v, want %v", err, each.err)
				}
				var ended Alert
				if got.Alert != nil {
					ended = *got.Alert
				}
				if got.Version != each.version || len(got.Certificates) != each.certs || ended != each.alert || got.Done != each.done {
					t.Errorf("got %+v, alert %d", got, ended)
				}
			}
		})
	}
}

func TestExtensionsOfAServer(t *testing.T) {
	t.Parallel()
	for name, each := range map[string]struct {
		extensions [][]byte
		want       Answer
		err        error
	}{
		"none":                    {nil, Answer{}, nil},
		"secure-renegotiation":    {[][]byte{extension(extensionRenegotiation, vector(1))}, Answer{SecureRenegotiation: true}, nil},
		"master-secret":           {[][]byte{extension(extensionMasterSecret)}, Answer{MasterSecret: true}, nil},
		"ticket":                  {[][]byte{extension(extensionTicket)}, Answer{Ticket: true}, nil},
		"heartbeat":               {[][]byte{extension(extensionHeartbeat, []byte{1})}, Answer{Heartbeat: true}, nil},
		"heartbeat-not-for-us":    {[][]byte{extension(extensionHeartbeat, []byte{2})}, Answer{}, nil},
		"alpn":                    {[][]byte{extension(extensionALPN, vector(2, vector(1, []byte("h2"))))}, Answer{ALPN: "h2"}, nil},
		"several":                 {[][]byte{extension(extensionMasterSecret), extension(0x4242, []byte("x")), extension(extensionTicket)}, Answer{MasterSecret: true, Ticket: true}, nil},
		"alpn-of-two":             {[][]byte{extension(extensionALPN, vector(2, vector(1, []byte("h2")), vector(1, []byte("h3"))))}, Answer{}, ErrMalformed},
		"alpn-cut":                {[][]byte{extension(extensionALPN, []byte{0, 3, 9, 'h'})}, Answer{}, ErrMalformed},
		"cut-in-a-head":           {[][]byte{extension(extensionTicket), {0, 23}}, Answer{}, ErrMalformed},
		"longer-than-it-can-be":   {[][]byte{{0, 23, 0, 9, 0}}, Answer{}, ErrMalformed},
		"a-draft-of-tls-1.3":      {[][]byte{extension(extensionVersions, pair(0x7f1c))}, Answer{}, ErrMalformed},
		"key-share-of-one-byte":   {[][]byte{extension(extensionKeyShare, []byte{0})}, Answer{}, ErrMalformed},
		"version-of-three-bytes":  {[][]byte{extension(extensionVersions, []byte{3, 4, 0})}, Answer{}, ErrMalformed},
		"empty-list-of-protocols": {[][]byte{extension(extensionALPN, vector(2))}, Answer{}, ErrMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := Read(bytes.NewReader(record(RecordHandshake, serverHello(0x0303, 0xc02f, each.extensions...), helloDone)))
			if !errors.Is(err, each.err) {
				t.Fatalf("error %v, want %v", err, each.err)
			}
			if err != nil {
				if got.Version != 0 {
					t.Errorf("half a ServerHello stands: %+v", got)
				}
				return
			}
			each.want.Version, each.want.Suite, each.want.Done = 0x0303, 0xc02f, true
			diff(t, each.want, got)
		})
	}
}

func TestExtensionsLongerThanTheirMessage(t *testing.T) {
	t.Parallel()
	body := slices.Concat(pair(0x0303), make([]byte, 32), vector(1), pair(0xc02f), []byte{0}, []byte{0, 9, 0, 23, 0, 0})
	if got, err := Read(bytes.NewReader(record(RecordHandshake, message(MessageServerHello, body)))); !errors.Is(err, ErrMalformed) || got.Version != 0 {
		t.Errorf("got %+v, %v", got, err)
	}
}
