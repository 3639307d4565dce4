package services

import (
	"bytes"
	"strconv"
	"strings"
)

// Awaited reports an answer of HTTP of which more may come: a slow device sends
// the head of a page first and thinks before it sends the rest.
func Awaited(said []byte) bool {
	if !bytes.HasPrefix(said, []byte("HTTP/1.")) || len(said) >= MaxSaid {
		return false
	}
	missing, stated := missing(said)
	return missing || !stated
}

// Half reports an answer of HTTP that says itself that it is longer than what
// came. What it would have shown is not known.
func Half(said []byte) bool {
	if !bytes.HasPrefix(said, []byte("HTTP/1.")) || len(said) >= MaxSaid {
		return false
	}
	missing, _ := missing(said)
	return missing
}

// missing reports that a part of the page has not come, and whether the page
// states where it ends (RFC 9112 section 6.3); one that does not ends with the
// connection.
func missing(said []byte) (missing, stated bool) {
	p, ok := readPage(said)
	_, body, whole := bytes.Cut(said, []byte("\r\n\r\n"))
	switch {
	case !whole:
		return true, true
	case !ok, p.status == "204", p.status == "304":
		return false, true
	case chunked(p):
		return !bytes.HasSuffix(body, []byte("0\r\n\r\n")), true
	}
	length, err := strconv.ParseUint(p.value("content-length"), 10, 32)
	if err != nil {
		return false, false
	}
	return uint64(len(body)) < length, true
}

// chunked reports a body in pieces (RFC 9112 section 7.1).
func chunked(p page) bool {
	return strings.EqualFold(p.value("transfer-encoding"), "chunked")
}

// Broken reports an answer to this question that begins as its own does and is
// not all there.
func (q Question) Broken(said []byte) bool {
	if len(said) == 0 || q.Enough == nil || q.Enough(said) {
		return false
	}
	own := begins(q.ID)
	return own != "" && (strings.HasPrefix(string(said), own) || strings.HasPrefix(own, string(said)))
}

// begins gives the first bytes of an answer that states its length, or "".
func begins(id string) string {
	switch id {
	case "rdp":
		return "\x03\x00"
	case "mssql":
		return "\x04\x01"
	case "smb", "smb1":
		return "\x00\x00"
	case "ldap":
		return "\x30"
	case "nfs", "portmap":
		return "\x80\x00"
	case "afp":
		return "\x01\x03"
	}
	return ""
}
