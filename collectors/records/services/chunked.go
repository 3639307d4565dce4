package services

import (
	"bytes"
	"strconv"
)

// unchunk puts the chunks of a body together (RFC 9112 section 7.1), as much of
// them as came. What is no chunk ends it.
func unchunk(body []byte) []byte {
	var whole []byte
	for {
		line, rest, found := bytes.Cut(body, []byte("\r\n"))
		size, _, _ := bytes.Cut(line, []byte(";")) // extensions say nothing to us (section 7.1.1)
		length, err := strconv.ParseUint(string(bytes.TrimSpace(size)), 16, 31)
		if !found || err != nil || length == 0 {
			return whole
		}
		if uint64(len(rest)) <= length {
			return append(whole, rest...)
		}
		whole = append(whole, rest[:length]...)
		body = bytes.TrimPrefix(rest[length:], []byte("\r\n"))
	}
}
