package hello

import (
	"encoding/binary"
	"fmt"
	"io"
)

// Types of records (RFC 5246 section 6.2.1).
const (
	RecordChangeCipherSpec = 20
	RecordAlert            = 21
	RecordHandshake        = 22
	RecordApplicationData  = 23
)

const maxRecord = 1<<14 + 2048 // RFC 5246 section 6.2.3

// Alert is the description of an alert (RFC 8446 section 6). As an error it says
// that the server refused.
type Alert uint8 //nolint:errname // the word of the RFC

// AlertProtocolVersion is the alert about versions (RFC 8446 section 6.2).
const AlertProtocolVersion Alert = 70 //nolint:errname // the word of the RFC

// AlertHandshakeFailure says that nothing offered fits (RFC 8446 section 6.2).
const AlertHandshakeFailure Alert = 40 //nolint:errname // the word of the RFC

// AlertInsufficientSecurity says that what is offered is too weak (RFC 8446
// section 6.2).
const AlertInsufficientSecurity Alert = 71 //nolint:errname // the word of the RFC

// AlertInternalError says that the fault is the server's own (RFC 8446 section
// 6.2). OpenSSL 3 refuses versions with it for which it has no signature.
const AlertInternalError Alert = 80 //nolint:errname // the word of the RFC

func (a Alert) String() string { return fmt.Sprintf("alert %d", uint8(a)) }

func (a Alert) Error() string { return a.String() }

// readAlert reads an alert in the clear. A closure is the end of what the other
// side has to say, and no refusal.
func readAlert(body []byte) (alert Alert, fatal bool, err error) {
	switch {
	case len(body) != 2 || body[0] != 1 && body[0] != 2:
		return 0, false, fmt.Errorf("%w: an alert of %d bytes", ErrMalformed, len(body))
	case body[1] == 0:
		return 0, false, io.EOF
	}
	return Alert(body[1]), body[0] == 2, nil
}

// ReadRecord reads one record, which is at most 18 KiB long (RFC 5246 section
// 6.2.3).
func ReadRecord(r io.Reader) (kind byte, body []byte, err error) {
	var head [5]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, nil, err
	}
	return readRest(r, head)
}

func readRest(r io.Reader, head [5]byte) (kind byte, body []byte, err error) {
	length := binary.BigEndian.Uint16(head[3:])
	if head[1] != 3 || length > maxRecord {
		return 0, nil, fmt.Errorf("%w: it begins with % x", ErrMalformed, head)
	}
	body = make([]byte, length) // at most 18 KiB
	_, err = io.ReadFull(r, body)
	return head[0], body, err
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
