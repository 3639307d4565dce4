package datagram

import (
	"encoding/binary"
	"strconv"
)

// Fields of an NTP packet (RFC 5905 section 7.3).
const (
	ntpSize     = 48
	ntpVersion  = 4
	ntpClient   = 3
	ntpServer   = 4
	ntpOrigin   = 24 // offset: the transmit time of the question
	ntpTransmit = 40 // offset
)

// askNTP is the question for the time of any clock: mode 3 and nothing else. The
// private modes 6 and 7, which hold the large answers, are never used. Our own
// time is nobody's business: a random number stands in its place, and comes back.
func askNTP(token uint64) []byte {
	packet := make([]byte, ntpSize)
	packet[0] = ntpVersion<<3 | ntpClient
	binary.BigEndian.PutUint64(packet[ntpTransmit:], token)
	return packet
}

func readNTP(token uint64, answer []byte) (Said, bool) {
	if len(answer) < ntpSize || answer[0]&7 != ntpServer || binary.BigEndian.Uint64(answer[ntpOrigin:]) != token {
		return Said{}, false
	}
	version, stratum := answer[0]>>3&7, answer[1]
	// RFC 5905 section 7.3: 1 to 4 are the versions there have been.
	if version < 1 || version > ntpVersion {
		return Said{}, false
	}
	said := Said{Service: NTP, Facts: []Fact{
		{"protocol", "NTPv" + strconv.Itoa(int(version))},
		{"stratum", strconv.Itoa(int(stratum))},
	}}
	// Section 7.4: a server that does not want to be asked says so in four
	// letters (RATE, DENY), which stand where the reference would.
	if code := text(string(answer[12:16])); stratum == 0 && code != "" {
		said.Facts = append(said.Facts, Fact{"kiss", code})
	}
	return said, true
}
