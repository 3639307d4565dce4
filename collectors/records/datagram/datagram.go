// Package datagram knows services that speak over UDP: the one question that is
// safe to put to each, and its answer. It must not send anything, and it must not
// judge what an answer means.
//
// None of the questions logs in, names a user, changes anything, or is a form
// that is known for large answers.
package datagram

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Protocol is one service over UDP. The caller draws a fresh token for every
// question, since an answer is believed only when it repeats it where the
// protocol has a place for one.
type Protocol struct {
	Service string // its identifier: snmp, ntp, dns ...
	Port    uint16 // where it is by custom
	Several bool   // one question may have several answers

	question func(token uint64) []byte
	read     func(token uint64, answer []byte) (Said, bool)
}

// Question makes the one datagram that is sent.
func (p Protocol) Question(token uint64) []byte { return p.question(token) }

// Read recognises an answer to the question with the same token. It gives false
// for what is not in the protocol, the question itself sent back included.
func (p Protocol) Read(token uint64, answer []byte) (Said, bool) { return p.read(token, answer) }

// Said is what an answer states. Its strings are printable and short.
type Said struct {
	Service  string // that has answered, by what it speaks: dns may answer where mdns was asked
	Product  string // as it calls itself, or the maker that its numbers name
	Version  string // of the product
	Greeting string // the line in which it presents itself
	Facts    []Fact
}

// Fact is something that an answer states, in one value.
type Fact struct{ Name, Value string }

// The services, as records/services lists them among those over UDP and evidence
// names them.
const (
	IPMI      = "ipmi"
	SNMP      = "snmp"
	UPnP      = "upnp"
	Memcached = "memcached"
	CLDAP     = "cldap"
	DNS       = "dns"
	MDNS      = "mdns"
	NTP       = "ntp"
)

// Protocols lists all that are known, in order of risk.
func Protocols() []Protocol {
	return []Protocol{
		{Service: IPMI, Port: 623, question: askIPMI, read: readIPMI},
		{Service: SNMP, Port: 161, question: askSNMP, read: readSNMP},
		{Service: UPnP, Port: 1900, Several: true, question: askSSDP, read: readSSDP},
		{Service: Memcached, Port: 11211, question: askMemcached, read: readMemcached},
		{Service: CLDAP, Port: 389, question: askCLDAP, read: readCLDAP},
		{Service: DNS, Port: 53, question: askDNS, read: readDNS},
		{Service: MDNS, Port: 5353, Several: true, question: askMDNS, read: readMDNS},
		{Service: NTP, Port: 123, question: askNTP, read: readNTP},
	}
}

// Find gives the protocol of a service.
func Find(service string) (Protocol, bool) {
	all := Protocols()
	i := slices.IndexFunc(all, func(p Protocol) bool { return p.Service == service })
	if i < 0 {
		return Protocol{}, false
	}
	return all[i], true
}

// maxText bounds every string that is taken from an answer, in bytes.
const maxText = 120

// text makes what a stranger sent safe to keep: printable, short, without blanks
// around it.
func text(raw string) string {
	clean := strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, raw[:min(len(raw), 4*maxText)])
	if len(clean) > maxText {
		end := maxText
		for !utf8.RuneStart(clean[end]) {
			end--
		}
		clean = clean[:end]
	}
	return strings.TrimSpace(clean)
}
