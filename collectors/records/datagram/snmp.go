package datagram

import (
	"bytes"
	"encoding/binary"
)

// Numbers of SNMPv3 (RFC 3412 section 6, RFC 3414 section 2.4, RFC 3416 section 3).
const (
	snmpVersion3   = 3
	snmpLargest    = 65507 // the longest message that we take
	snmpReportable = 0x04  // flags: no authentication, no privacy, a report is wanted
	snmpUserBased  = 3     // security model
	snmpGet        = 0xA0
	snmpResponse   = 0xA2
	snmpReport     = 0xA8
)

// askSNMP is the discovery of the engine (RFC 3414 section 4): a request without
// a user, a password and a variable, to which an agent answers with its name.
// Versions 1 and 2 have no question without a community, which is a password;
// who speaks only those does not hear this one.
func askSNMP(token uint64) []byte {
	empty := wrap(berOctets)
	zero := []byte{berInteger, 1, 0}
	security := wrap(berSequence, empty, zero, zero, empty, empty, empty)
	return wrap(berSequence,
		[]byte{berInteger, 1, snmpVersion3},
		wrap(berSequence, integer(messageID(token)), integer(snmpLargest),
			[]byte{berOctets, 1, snmpReportable}, []byte{berInteger, 1, snmpUserBased}),
		wrap(berOctets, security),
		wrap(berSequence, empty, empty,
			wrap(snmpGet, integer(messageID(token)), zero, zero, wrap(berSequence))))
}

// messageID is the token as SNMP and LDAP write one: not negative and not zero,
// which RFC 4511 section 4.1.1.1 keeps for itself.
func messageID(token uint64) uint32 { return uint32(token)&0x3FFFFFFF | 0x40000000 }

func readSNMP(token uint64, answer []byte) (Said, bool) {
	outer, ok := elements(answer, berSequence)
	if !ok {
		return Said{}, false
	}
	message, ok := elements(outer[0].body, berInteger, berSequence, berOctets, berSequence)
	if !ok || !bytes.Equal(message[0].body, []byte{snmpVersion3}) {
		return Said{}, false
	}
	header, ok := elements(message[1].body, berInteger)
	if id, fits := number(header, ok); !fits || id != messageID(token) {
		return Said{}, false
	}
	if !snmpAnswers(message[3].body) {
		return Said{}, false
	}
	said := Said{Service: SNMP, Facts: []Fact{{"protocol", "SNMPv3"}}}
	if security, ok := elements(message[2].body, berSequence); ok {
		if engine, ok := elements(security[0].body, berOctets); ok {
			said.Product = engineMaker(engine[0].body)
		}
	}
	return said, true
}

func number(list []element, ok bool) (uint32, bool) {
	if !ok {
		return 0, false
	}
	return list[0].number()
}

// snmpAnswers reports that the message holds a report or a response, and not our
// own request that somebody sends back.
func snmpAnswers(scoped []byte) bool {
	for _, kind := range []byte{snmpReport, snmpResponse} {
		if _, ok := elements(scoped, berOctets, berOctets, kind); ok {
			return true
		}
	}
	return false
}

// engineMaker gives the maker of an engine, whose number is in the first four
// bytes of its name, whatever the first bit says of the rest (RFC 3411 section 5,
// SnmpEngineID). The rest may hold inner addresses and is not kept.
func engineMaker(engine []byte) string {
	if len(engine) < 5 {
		return ""
	}
	return maker(binary.BigEndian.Uint32(engine) & 0x7FFFFFFF)
}
