package datagram

import (
	"encoding/binary"
	"strconv"
	"strings"
)

// Names that are asked for. example.com exists for such questions (RFC 2606
// section 3), and the second lists the kinds of services of a local network
// (RFC 6763 section 9).
const (
	recursiveName = "example.com."
	servicesName  = "_services._dns-sd._udp.local."
)

// askDNS asks for one address with RD set. The question is as small as can be,
// without EDNS, so that the answer has to be short (RFC 1035 section 4.2.1).
func askDNS(token uint64) []byte { return dnsQuestion(token, true, recursiveName, typeA) }

// readDNS recognises a name server, and whether it resolves for us.
func readDNS(token uint64, answer []byte) (Said, bool) {
	m, ok := parseDNS(answer)
	if !ok || m.id != uint16(token) || !m.answersTo(recursiveName, typeA) {
		return Said{}, false
	}
	return nameServer(m, m.recursion()), true
}

func nameServer(m dnsMessage, recursion string) Said {
	said := Said{Service: DNS, Facts: []Fact{{"rcode", rcodeName(m.rcode())}}}
	if recursion != "" {
		said.Facts = append(said.Facts, Fact{"recursion", recursion})
	}
	return said
}

// recursion reads what the server does for strangers: "yes" when it has fetched
// the answer for us, "no" when it does not offer to or refuses, "" when the
// answer leaves that open, as a failure does and data that it calls its own.
func (m dnsMessage) recursion() string {
	if !m.recursionAvailable() || m.rcode() == rcodeRefused {
		return "no"
	}
	if m.authoritative() || m.rcode() != rcodeSuccess {
		return ""
	}
	for _, r := range m.answers {
		if r.kind == typeA && sameName(r.name, recursiveName) {
			return "yes"
		}
	}
	return ""
}

// askMDNS asks which kinds of services there are. From another port than 5353
// it is a question of the old kind, which is answered to us alone (RFC 6762
// section 6.7).
func askMDNS(token uint64) []byte { return dnsQuestion(token, false, servicesName, typePTR) }

// readMDNS recognises a responder by its authoritative answer (RFC 6762 section
// 18.4). A name server on this port has no such data and is named for what it is.
func readMDNS(token uint64, answer []byte) (Said, bool) {
	m, ok := parseDNS(answer)
	if !ok || m.id != uint16(token) {
		return Said{}, false
	}
	var kinds []Fact
	for _, r := range m.answers {
		if r.kind == typePTR && sameName(r.name, servicesName) {
			kinds = append(kinds, Fact{"services", text(strings.TrimSuffix(r.target, ".local."))})
		}
	}
	if len(kinds) > 0 && m.authoritative() && m.rcode() == rcodeSuccess {
		return Said{Service: MDNS, Facts: kinds}, true
	}
	if m.answersTo(servicesName, typePTR) {
		return nameServer(m, ""), true
	}
	return Said{}, false
}

func dnsQuestion(token uint64, recursion bool, name string, kind uint16) []byte {
	packet := binary.BigEndian.AppendUint16(nil, uint16(token))
	var flags byte
	if recursion {
		flags = 1 // RD
	}
	packet = append(packet, flags, 0, 0, 1, 0, 0, 0, 0, 0, 0)
	for label := range strings.SplitSeq(strings.TrimSuffix(name, "."), ".") {
		packet = append(append(packet, byte(len(label))), label...)
	}
	packet = binary.BigEndian.AppendUint16(append(packet, 0), kind)
	return append(packet, 0, classIN)
}

// rcodeName writes a response code as RFC 6895 section 2.3 does.
func rcodeName(code byte) string {
	names := []string{"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"}
	if int(code) < len(names) {
		return names[code]
	}
	return strconv.Itoa(int(code))
}
