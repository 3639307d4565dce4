package hello

import (
	"encoding/binary"
	"fmt"
	"io"
)

// A heartbeat message is a type, the length of its payload, the payload and at
// least 16 bytes of padding (RFC 6520 section 4).
const (
	recordHeartbeat   = 24
	messageFinished   = 20
	heartbeatRequest  = 1
	heartbeatOverhead = 1 + 2 + 16

	// heartbeatAsked is the payload that our request claims to have and has not:
	// as little of a stranger's memory as shows the fault.
	heartbeatAsked = 16
	maxSkipped     = 8 // records before the one that answers
)

// HeartbeatRecords gives a heartbeat request with a payload that is only claimed,
// which must be discarded (RFC 6520 section 4), and behind it a Finished out of
// turn, to which a server can only answer with an alert: so that silence about
// the first is told from silence.
func HeartbeatRecords(version uint16) []byte {
	layer := []byte{3, byte(version)}
	list := append([]byte{recordHeartbeat}, layer...)
	list = append(list, vector(2, []byte{heartbeatRequest}, pair(heartbeatAsked))...)
	list = append(list, RecordHandshake)
	list = append(list, layer...)
	return append(list, vector(2, []byte{messageFinished}, vector(3, make([]byte, 12)))...)
}

// ReadHeartbeat reads the answer to HeartbeatRecords and tells how many bytes
// came that nobody had sent: none where an alert came first. Whatever the bytes
// are, they are not kept.
func ReadHeartbeat(r io.Reader) (excess int, err error) {
	for range maxSkipped {
		kind, length, err := discardRecord(r)
		switch {
		case err != nil:
			return 0, err
		case kind == recordHeartbeat:
			return max(0, length-heartbeatOverhead), nil
		case kind == RecordAlert:
			return 0, nil
		case kind != RecordHandshake:
			return 0, fmt.Errorf("%w: record of type %d", ErrMalformed, kind)
		}
	}
	return 0, fmt.Errorf("%w: neither a heartbeat nor an alert", ErrMalformed)
}

// discardRecord reads a record and keeps its type and length.
func discardRecord(r io.Reader) (kind byte, length int, err error) {
	var head [5]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, 0, err
	}
	length = int(binary.BigEndian.Uint16(head[3:]))
	if head[1] != 3 || length > maxRecord {
		return 0, 0, fmt.Errorf("%w: it begins with % x", ErrMalformed, head)
	}
	if _, err := io.CopyN(io.Discard, r, int64(length)); err != nil {
		return 0, 0, err
	}
	return head[0], length, nil
}
