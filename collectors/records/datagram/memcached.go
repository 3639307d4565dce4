package datagram

import (
	"bytes"
	"encoding/binary"
	"strings"
)

// memcachedFrame is the length of what stands before every datagram: a request
// number, a sequence number, the count of datagrams, and zero, in two bytes each
// (memcached protocol.txt, "UDP protocol").
const memcachedFrame = 8

// askMemcached asks for the version, whose answer is as short as the question.
// The commands with the answers that made this service known (stats, get) are
// never sent.
func askMemcached(token uint64) []byte {
	packet := binary.BigEndian.AppendUint16(nil, uint16(token))
	packet = append(packet, 0, 0, 0, 1, 0, 0)
	return append(packet, "version\r\n"...)
}

func readMemcached(token uint64, answer []byte) (Said, bool) {
	if len(answer) < memcachedFrame || binary.BigEndian.Uint16(answer) != uint16(token) || answer[6] != 0 || answer[7] != 0 {
		return Said{}, false
	}
	line, ended := bytes.CutSuffix(answer[memcachedFrame:], []byte("\r\n"))
	version, ok := strings.CutPrefix(string(line), "VERSION ")
	if !ok || !ended || strings.ContainsAny(version, "\r\n") {
		return Said{}, false
	}
	return Said{Service: Memcached, Product: "memcached", Version: text(version), Greeting: text(string(line))}, true
}
