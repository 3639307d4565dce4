package hello

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"testing"
)

func TestHeartbeatAnswer(t *testing.T) {
	t.Parallel()
	reply := func(length int) []byte { return record(recordHeartbeat, make([]byte, length)) }
	for name, each := range map[string]struct {
		said   []byte
		excess int
		err    error
	}{
		"more-than-was-sent":     {reply(1 + 2 + 16 + 16), 16, nil},
		"nothing-but-padding":    {reply(1 + 2 + 16), 0, nil},
		"shorter-than-can-be":    {reply(3), 0, nil},
		"discarded":              {record(RecordAlert, []byte{2, 10}), 0, nil},
		"handshake-in-between":   {slices.Concat(record(RecordHandshake, []byte("x")), reply(40)), 21, nil},
		"only-handshake":         {bytes.Repeat(record(RecordHandshake, []byte("x")), 9), 0, ErrMalformed},
		"data":                   {record(23, []byte("x")), 0, ErrMalformed},
		"hangs-up":               {nil, 0, io.EOF},
		"hangs-up-in-the-middle": {reply(40)[:9], 0, io.EOF},
		"http":                   {[]byte("HTTP/1.1 400 Bad Request\r\n\r\n"), 0, ErrMalformed},
		"too-long":               {[]byte{24, 3, 3, 0xff, 0xff}, 0, ErrMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := ReadHeartbeat(bytes.NewReader(each.said))
			if got != each.excess || !errors.Is(err, each.err) {
				t.Errorf("got %d, %v", got, err)
			}
		})
	}
}

// Two records: a heartbeat of three bytes that claims sixteen more, and what
// draws the alert.
func TestHeartbeatAsksForLittle(t *testing.T) {
	t.Parallel()
	r := bytes.NewReader(HeartbeatRecords(0x0302))
	kind, body, err := ReadRecord(r)
	if err != nil || kind != recordHeartbeat || !bytes.Equal(body, []byte{1, 0, 16}) {
		t.Errorf("type %d, % x, %v", kind, body, err)
	}
	kind, body, err = ReadRecord(r)
	if err != nil || kind != RecordHandshake || len(body) != 16 || body[0] != messageFinished || r.Len() != 0 {
		t.Errorf("type %d, % x, %v", kind, body, err)
	}
}
