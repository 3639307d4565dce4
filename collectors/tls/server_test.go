package tls

import (
	"encoding/binary"
	"errors"
	"io"
	"slices"

	"campanile/collectors/internal/hello"
)

// Parts of what a server says.
func say(records ...[]byte) []byte { return slices.Concat(records...) }

const (
	recordAlert     = hello.RecordAlert
	recordHandshake = hello.RecordHandshake
)

func record(kind byte, body ...[]byte) []byte {
	return slices.Concat([]byte{kind, 3, 3}, vector(2, body...))
}

func message(kind byte, body ...[]byte) []byte {
	return append([]byte{kind}, vector(3, body...)...)
}

func serverHelloOf(version, suite uint16, extensions ...[]byte) []byte {
	return message(2, pair(version), make([]byte, 32), vector(1), pair(suite), []byte{0}, vector(2, extensions...))
}

var (
	helloDone = message(14)
	warning   = record(recordAlert, []byte{1, 112})
	fatal     = record(recordAlert, []byte{2, 70})
	refusal   = record(recordAlert, []byte{2, 40})
)

// vector writes the parts behind their length in the given number of bytes.
func vector(size int, parts ...[]byte) []byte {
	body := slices.Concat(parts...)
	length := binary.BigEndian.AppendUint64(nil, uint64(len(body)))
	return append(length[8-size:], body...)
}

func pair(number uint16) []byte { return binary.BigEndian.AppendUint16(nil, number) }

// heardHello is a ClientHello as a server reads it.
type heardHello struct {
	version    uint16 // the newest that is offered
	suites     []uint16
	deflate    bool
	extensions map[uint16][]byte
	ours       bool // and not one of crypto/tls
	length     int
}

func (h heardHello) groups() []uint16 { return pairsOf(after(h.extensions[10], 2)) }

func (h heardHello) schemes() []uint16 { return pairsOf(after(h.extensions[13], 2)) }

func after(data []byte, n int) []byte { return data[min(n, len(data)):] }

func pairsOf(list []byte) []uint16 {
	var numbers []uint16
	for ; len(list) >= 2; list = list[2:] {
		numbers = append(numbers, binary.BigEndian.Uint16(list))
	}
	return numbers
}

var errNoHello = errors.New("not a ClientHello of SSL 3.0 or later")

func readHello(r io.Reader) (heardHello, error) {
	var head [5]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return heardHello{}, err
	}
	if head[0] != recordHandshake {
		return heardHello{}, errNoHello
	}
	body := make([]byte, binary.BigEndian.Uint16(head[3:]))
	if _, err := io.ReadFull(r, body); err != nil {
		return heardHello{}, err
	}
	h := heardHello{version: binary.BigEndian.Uint16(body[4:]), extensions: map[uint16][]byte{}, length: len(body)}
	session, rest := cut(body[38:], 1)
	suites, rest := cut(rest, 2)
	compressions, rest := cut(rest, 1)
	list, _ := cut(rest, 2)
	h.suites, h.deflate = pairsOf(suites), len(compressions) > 1
	for len(list) > 0 {
		kind := binary.BigEndian.Uint16(list)
		h.extensions[kind], list = cut(list[2:], 2)
	}
	if versions, ok := h.extensions[43]; ok {
		h.version = binary.BigEndian.Uint16(versions[1:])
	}
	// crypto/tls begins every hello with a session and a key share.
	h.ours = len(session) == 0 || len(h.extensions[51]) == 2
	return h, nil
}

// cut takes a vector with its length in size bytes off the front; a hello of our
// own that breaks off is a panic, and a failure of the test.
func cut(data []byte, size int) (body, rest []byte) {
	if len(data) == 0 {
		return nil, nil
	}
	length := 0
	for _, b := range data[:size] {
		length = length<<8 | int(b)
	}
	return data[size : size+length], data[size+length:]
}
