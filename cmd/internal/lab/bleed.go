package lab

import (
	"encoding/binary"
	"io"
	"net"
	"slices"
)

// Heartbeats as RFC 6520 sections 3 and 4 number them.
const (
	heartbeatRecord   = 24
	heartbeatRequest  = 1
	heartbeatResponse = 2
)

// bleed reads on after the first flight and answers heartbeats as long as they say
// that they are, whatever their length is. Where another server had other people's
// words in its memory, this one has zeros.
func bleed(conn net.Conn) {
	const longest = 16 << 10 // of one record (RFC 5246 section 6.2.1), and of what it gives away
	for range mostQuestions {
		head := make([]byte, 5)
		if _, err := io.ReadFull(conn, head); err != nil {
			return
		}
		body := make([]byte, min(binary.BigEndian.Uint16(head[3:]), longest))
		if _, err := io.ReadFull(conn, body); err != nil {
			return
		}
		if head[0] != heartbeatRecord || len(body) < 3 || body[0] != heartbeatRequest {
			return
		}
		const padding = 16
		claimed := min(binary.BigEndian.Uint16(body[1:]), longest-3-padding)
		answer := slices.Concat([]byte{heartbeatResponse}, two(claimed), make([]byte, claimed+padding))
		if _, err := conn.Write(record(heartbeatRecord, binary.BigEndian.Uint16(head[1:]), answer)); err != nil {
			return
		}
	}
}
