package tls

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"

	"campanile/collectors/internal/hello"
)

// sealedSuites are the suites whose records session can seal.
func sealedSuites() []uint16 {
	return []uint16{
		tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
		tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
		tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
		tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
		tls.TLS_RSA_WITH_AES_128_GCM_SHA256,
		tls.TLS_RSA_WITH_AES_256_GCM_SHA384,
	}
}

// renegotiate reports whether the server answered our second hello with a
// ServerHello; it did not where it refused by an alert. Everything else is an
// error.
func renegotiate(ctx context.Context, conn net.Conn, name string) (bool, error) {
	heard := &listener{Conn: conn}
	var secrets bytes.Buffer
	client := tls.Client(heard, &tls.Config{
		ServerName:         name,
		InsecureSkipVerify: true, // nothing is said inside
		MinVersion:         tls.VersionTLS12,
		MaxVersion:         tls.VersionTLS12,
		CipherSuites:       sealedSuites(),
		KeyLogWriter:       &secrets,
	})
	if err := client.HandshakeContext(ctx); err != nil {
		return false, err
	}
	state := client.ConnectionState()
	random, after, err := begun(heard.bytes)
	if err != nil {
		return false, err
	}
	session, err := newSession(state.CipherSuite, secrets.String(), random)
	if err != nil {
		return false, err
	}
	// RFC 5746 section 3.5: the verify_data of the first Finished. It is the
	// tls-unique of RFC 5929 section 3.
	again := hello.Hello{Version: tls.VersionTLS12, Name: name, Suites: sealedSuites(), Verify: state.TLSUnique}
	if _, err := conn.Write(session.client.seal(hello.RecordHandshake, again.Message())); err != nil {
		return false, err
	}
	return session.answered(io.MultiReader(bytes.NewReader(after), conn))
}

// begun gives from the server's side of a finished handshake its random, and
// whatever it said after its Finished.
func begun(said []byte) (random, after []byte, err error) {
	const before, size = 4 + 2, 32 // header of the message, version
	r := bytes.NewReader(said)
	for {
		kind, body, err := hello.ReadRecord(r)
		switch {
		case err != nil:
			return nil, nil, err
		case kind == hello.RecordHandshake && random == nil:
			if len(body) < before+size {
				return nil, nil, fmt.Errorf("%w: a ServerHello in parts", hello.ErrMalformed)
			}
			random = body[before:][:size]
		case kind == hello.RecordChangeCipherSpec:
			// Its Finished is the first record that is sealed.
			if _, _, err := hello.ReadRecord(r); err != nil {
				return nil, nil, err
			}
			return random, said[len(said)-r.Len():], nil
		}
	}
}

// Alerts that refuse a second handshake (RFC 5246 section 7.2.2). Others say that
// the server does not understand us.
const (
	alertUnexpectedMessage = 10
	alertHandshakeFailure  = 40
	alertNoRenegotiation   = 100
)

// answered reads what comes back: ServerHello, or an alert. What the server says
// on its own, as data or to ask for a handshake (HelloRequest), is passed over.
func (s *session) answered(r io.Reader) (bool, error) {
	const most = 8
	for range most {
		kind, sealed, err := hello.ReadRecord(r)
		if err != nil {
			return false, err
		}
		body, err := s.server.open(kind, sealed)
		switch {
		case err != nil:
			return false, fmt.Errorf("%w: %w", hello.ErrMalformed, err)
		case kind == hello.RecordApplicationData:
		case kind == hello.RecordAlert && len(body) == 2:
			return false, refused(body[1])
		case kind == hello.RecordHandshake && len(body) > 0 && body[0] == hello.MessageServerHello:
			return true, nil
		case kind == hello.RecordHandshake && len(body) > 0 && body[0] == hello.MessageHelloRequest:
		default:
			return false, fmt.Errorf("%w: record of type %d within a session", hello.ErrMalformed, kind)
		}
	}
	return false, fmt.Errorf("%w: %d records and no answer among them", hello.ErrMalformed, most)
}

// refused gives no error where the alert refuses the handshake and nothing else.
func refused(alert byte) error {
	switch alert {
	case alertUnexpectedMessage, alertHandshakeFailure, alertNoRenegotiation:
		return nil
	case 0: // the end of the connection, whatever the reason
		return io.EOF
	}
	return hello.Alert(alert)
}
