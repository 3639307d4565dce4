package hello

import (
	"errors"
	"fmt"
	"io"
)

// Types of handshake messages (RFC 5246 section 7.4) that a hello meets.
const (
	MessageHelloRequest = 0
	MessageServerHello  = 2

	messageClientHello     = 1
	messageCertificate     = 11
	messageServerExchange  = 12
	messageServerHelloDone = 14
)

// Bounds of what a server may say before it is our turn again.
const (
	maxFlight   = 256 << 10
	maxWarnings = 4
	maxCounted  = 64 // certificates
)

// ErrMalformed is an answer that is not TLS, or breaks its rules.
var ErrMalformed = errors.New("not a TLS handshake")

// Answer is what a server says to a hello in the clear: up to TLS 1.2 its whole
// first flight, from TLS 1.3 on one message.
type Answer struct {
	Version     uint16 // of its ServerHello or HelloRetryRequest (RFC 8446 section 4.2.1), 0: none came
	Suite       uint16
	Retry       bool   // a HelloRetryRequest came (RFC 8446 section 4.1.4)
	Group       uint16 // of key_share in TLS 1.3, or the named curve of ServerKeyExchange; 0: none was named
	Compression byte

	SecureRenegotiation bool   // RFC 5746
	MasterSecret        bool   // RFC 7627
	Heartbeat           bool   // RFC 6520
	Ticket              bool   // RFC 5077
	ALPN                string // RFC 7301

	Certificates [][]byte // as presented, at most evidence.MaxChain; up to TLS 1.2
	Presented    int      // how many came, counted up to 64

	Exchange bool // a ServerKeyExchange came; the rest says what it holds
	// Explicit says that a curve came with its parameters and not by name (RFC 4492
	// section 5.4); Bits is then the size of its field.
	Explicit  bool
	Bits      int
	Prime     []byte // of a finite field, big-endian without leading zeros
	Generator []byte // likewise
	Scheme    uint16 // of the signature, from TLS 1.2 on; 0 where nothing is signed

	Alert *Alert // the fatal one that ended it
	Done  bool   // the server has said everything: ServerHelloDone, or any hello of TLS 1.3
}

// Read reads an answer up to its end: everything that is said in the clear, or a
// fatal alert. Any other end is an error, and what was read before it stands.
// Nobody is believed to end by himself: the length is bounded here, the time by
// whoever owns the reader.
func Read(r io.Reader) (Answer, error) {
	var a answer
	r = io.LimitReader(r, maxFlight)
	for !a.Done && a.Alert == nil {
		kind, body, err := ReadRecord(r)
		if err != nil {
			return a.Answer, err
		}
		if err := a.takeRecord(kind, body); err != nil {
			return a.Answer, err
		}
	}
	return a.Answer, nil
}

// answer is one that is being read.
type answer struct {
	Answer
	messages []byte // not yet whole
	warnings int
}

func (a *answer) takeRecord(kind byte, body []byte) error {
	switch kind {
	case RecordAlert:
		return a.takeAlert(body)
	case RecordHandshake:
		a.messages = append(a.messages, body...)
		return a.takeMessages()
	}
	return fmt.Errorf("%w: record of type %d", ErrMalformed, kind)
}

// takeAlert skips a warning: unrecognized_name may come before an ordinary
// ServerHello (RFC 6066 section 3). A closure is the end of the connection.
func (a *answer) takeAlert(body []byte) error {
	alert, fatal, err := readAlert(body)
	switch {
	case err != nil:
		return err
	case fatal:
		a.Alert = &alert
		return nil
	}
	if a.warnings++; a.warnings > maxWarnings {
		return fmt.Errorf("%w: %d warnings, the last is %s", ErrMalformed, a.warnings, alert.String())
	}
	return nil
}

// takeMessages reads every whole message: one may be spread over records.
func (a *answer) takeMessages() error {
	for len(a.messages) >= 4 && !a.Done {
		body, rest, whole := cut(a.messages[1:], 3)
		if !whole {
			return nil
		}
		if err := a.take(a.messages[0], body); err != nil {
			return err
		}
		a.messages = rest
	}
	return nil
}

func (a *answer) take(kind byte, body []byte) error {
	switch {
	// RFC 5246 section 7.4.1.1: ignored by a client that is negotiating.
	case kind == MessageHelloRequest:
	case kind == MessageServerHello && a.Version == 0:
		return a.takeServerHello(body)
	case a.Version == 0, kind == MessageServerHello, kind == messageServerExchange && a.Exchange, kind == messageCertificate && a.Presented > 0:
		return fmt.Errorf("%w: message of type %d out of turn", ErrMalformed, kind)
	case kind == messageCertificate:
		a.takeCertificates(body)
	case kind == messageServerExchange:
		return a.takeExchange(body)
	case kind == messageServerHelloDone:
		a.Done = true
	}
	return nil
}
