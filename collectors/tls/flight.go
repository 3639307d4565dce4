package tls

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"campanile/collectors/evidence"
)

// Types of records (RFC 5246 section 6.2.1) and of handshake messages (section
// 7.4) that a hello meets.
const (
	recordAlert     = 21
	recordHandshake = 22

	messageClientHello     = 1
	messageServerHello     = 2
	messageCertificate     = 11
	messageServerHelloDone = 14
)

// Bounds of what a server may say before it is our turn again.
const (
	maxFlight = 256 << 10
	maxRecord = 1<<14 + 2048 // RFC 5246 section 6.2.3
)

// flight is what a server says to a hello, up to TLS 1.2, where it is in the
// clear.
type flight struct {
	version      uint16 // of its ServerHello, 0 where none came
	suite        uint16
	certificates [][]byte
	alert        *alert // the fatal one that ended it
	done         bool   // ServerHelloDone: the server has said everything
}

type alert uint8

func (a alert) String() string { return fmt.Sprintf("alert %d", uint8(a)) }

var errMalformed = errors.New("not a TLS handshake")

// readFlight reads up to the end of the flight. The error says why it stopped
// before; what was read until then stands.
func readFlight(r io.Reader) (flight, error) {
	var f flight
	r = io.LimitReader(r, maxFlight)
	var messages []byte
	for !f.done && f.alert == nil {
		kind, body, err := readRecord(r)
		if err != nil {
			return f, err
		}
		switch kind {
		case recordAlert:
			err = f.takeAlert(body)
		case recordHandshake:
			messages, err = f.takeMessages(append(messages, body...))
		default:
			err = fmt.Errorf("%w: record of type %d", errMalformed, kind)
		}
		if err != nil {
			return f, err
		}
	}
	return f, nil
}

func readRecord(r io.Reader) (kind byte, body []byte, err error) {
	var head [5]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, nil, err
	}
	length := binary.BigEndian.Uint16(head[3:])
	if head[1] != 3 || length > maxRecord {
		return 0, nil, fmt.Errorf("%w: it begins with % x", errMalformed, head)
	}
	body = make([]byte, length)
	_, err = io.ReadFull(r, body)
	return head[0], body, err
}

// takeAlert skips a warning: unrecognized_name may come before an ordinary
// ServerHello (RFC 6066 section 3). A closure is the end of the connection.
func (f *flight) takeAlert(body []byte) error {
	switch {
	case len(body) != 2 || body[0] != 1 && body[0] != 2:
		return fmt.Errorf("%w: an alert of %d bytes", errMalformed, len(body))
	case body[1] == 0:
		return io.EOF
	case body[0] == 2:
		fatal := alert(body[1])
		f.alert = &fatal
	}
	return nil
}

// takeMessages reads every whole message and gives back the rest: a message may
// be spread over records.
func (f *flight) takeMessages(messages []byte) ([]byte, error) {
	for len(messages) >= 4 && !f.done {
		body, rest, whole := cut(messages[1:], 3)
		if !whole {
			break
		}
		if err := f.take(messages[0], body); err != nil {
			return nil, err
		}
		messages = rest
	}
	return messages, nil
}

func (f *flight) take(kind byte, body []byte) error {
	switch {
	case kind == messageServerHello && f.version == 0:
		return f.takeServerHello(body)
	case f.version == 0:
		return fmt.Errorf("%w: message of type %d before ServerHello", errMalformed, kind)
	case kind == messageCertificate:
		f.takeCertificates(body)
	case kind == messageServerHelloDone:
		f.done = true
	}
	return nil
}

// takeServerHello reads version, random, session, suite and compression (RFC
// 5246 section 7.4.1.3).
func (f *flight) takeServerHello(body []byte) error {
	if len(body) < 35 {
		return fmt.Errorf("%w: a ServerHello of %d bytes", errMalformed, len(body))
	}
	version := binary.BigEndian.Uint16(body)
	_, rest, whole := cut(body[34:], 1)
	if !whole || len(rest) < 3 || version < 0x0300 || version > 0x0303 {
		return fmt.Errorf("%w: a ServerHello for version %04x", errMalformed, version)
	}
	f.version, f.suite = version, binary.BigEndian.Uint16(rest)
	return nil
}

// takeCertificates keeps what can be read of a Certificate message (RFC 5246
// section 7.4.2).
func (f *flight) takeCertificates(body []byte) {
	list, _, whole := cut(body, 3)
	for whole && len(f.certificates) < evidence.MaxChain {
		var der []byte
		if der, list, whole = cut(list, 3); whole {
			f.certificates = append(f.certificates, der)
		}
	}
}

// cut takes a vector with its length in size bytes off the front.
func cut(data []byte, size int) (body, rest []byte, whole bool) {
	if len(data) < size {
		return nil, data, false
	}
	length := 0
	for _, b := range data[:size] {
		length = length<<8 | int(b)
	}
	if len(data)-size < length {
		return nil, data, false
	}
	return data[size : size+length], data[size+length:], true
}
