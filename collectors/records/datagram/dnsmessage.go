package datagram

import (
	"encoding/binary"
	"strings"
)

// Numbers of the DNS (RFC 1035 sections 3.2 and 4.1.1).
const (
	typeA   = 1
	typePTR = 12
	classIN = 1

	rcodeSuccess     = 0
	rcodeFormatError = 1
	rcodeRefused     = 5
)

// dnsMessage is a response, with as much of it as we need.
type dnsMessage struct {
	id        uint16
	flags     uint16
	questions int
	name      string // of the first question
	kind      uint16
	answers   []dnsRecord
}

type dnsRecord struct {
	name   string
	kind   uint16
	target string // of a PTR record
}

// maxAnswers bounds how many records are read.
const maxAnswers = 64

func (m dnsMessage) rcode() byte              { return byte(m.flags & 0x0F) }
func (m dnsMessage) authoritative() bool      { return m.flags&0x0400 != 0 }
func (m dnsMessage) recursionAvailable() bool { return m.flags&0x0080 != 0 }

// answersTo reports that the question was ours. A server that cannot read it may
// leave it out (RFC 6895 section 2.3 has FORMERR for that).
func (m dnsMessage) answersTo(name string, kind uint16) bool {
	if m.questions == 0 {
		return m.rcode() == rcodeFormatError
	}
	return m.questions == 1 && m.kind == kind && sameName(m.name, name)
}

// parseDNS reads the header, the first question and the answers. It gives false
// for what is not a response to a query, and for one that ends in the middle.
func parseDNS(packet []byte) (dnsMessage, bool) {
	if len(packet) < 12 {
		return dnsMessage{}, false
	}
	field := func(n int) uint16 { return binary.BigEndian.Uint16(packet[2*n:]) }
	m := dnsMessage{id: field(0), flags: field(1), questions: int(field(2))}
	// QR says response, and the opcode that it was a query.
	if m.flags&0xF800 != 0x8000 || m.questions > 1 {
		return dnsMessage{}, false
	}
	at := 12
	if m.questions == 1 {
		name, end, ok := dnsName(packet, at)
		if !ok || end+4 > len(packet) {
			return dnsMessage{}, false
		}
		m.name, m.kind, at = name, binary.BigEndian.Uint16(packet[end:]), end+4
	}
	count := min(int(field(3)), maxAnswers)
	m.answers = dnsRecords(packet, at, count)
	return m, len(m.answers) == count
}

func dnsRecords(packet []byte, at, count int) []dnsRecord {
	var list []dnsRecord
	for range count {
		name, end, ok := dnsName(packet, at)
		if !ok || end+10 > len(packet) {
			break
		}
		r := dnsRecord{name: name, kind: binary.BigEndian.Uint16(packet[end:])}
		data := end + 10
		at = data + int(binary.BigEndian.Uint16(packet[end+8:]))
		if at > len(packet) {
			break
		}
		if r.kind == typePTR {
			r.target, _, _ = dnsName(packet, data)
		}
		list = append(list, r)
	}
	return list
}

// maxName bounds a name (RFC 1035 section 2.3.4), and with it the labels and
// pointers that are followed.
const maxName = 255

// dnsName reads a name and where it ends. A pointer (RFC 1035 section 4.1.4) has
// to lead back, so that none leads in a circle.
func dnsName(packet []byte, at int) (name string, end int, ok bool) {
	var out strings.Builder
	limit := len(packet) // only what lies before may be pointed to
	for out.Len() < maxName {
		if at >= len(packet) {
			return "", 0, false
		}
		size := int(packet[at])
		switch {
		case size == 0:
			if end == 0 {
				end = at + 1
			}
			return out.String(), end, true
		case size >= 0xC0:
			if at+2 > len(packet) {
				return "", 0, false
			}
			if end == 0 {
				end = at + 2
			}
			to := int(binary.BigEndian.Uint16(packet[at:])) & 0x3FFF
			if to >= min(at, limit) {
				return "", 0, false
			}
			at, limit = to, to
		case size >= 0x40 || at+1+size > len(packet):
			return "", 0, false
		default:
			out.Write(packet[at+1 : at+1+size])
			out.WriteByte('.')
			at += 1 + size
		}
	}
	return "", 0, false
}

func sameName(a, b string) bool { return strings.EqualFold(a, b) }
