package datagram

import (
	"encoding/binary"
	"strconv"
	"strings"
)

// Bytes of IPMI over a LAN (IPMI 2.0 sections 13.1 and 22.13).
const (
	rmcpVersion  = 6
	rmcpNoAck    = 0xFF
	rmcpClass    = 7    // IPMI; the first bit would make it an acknowledgement
	ipmiSession  = 10   // bytes of the session header: none is open, all are zero but the length
	ipmiServer   = 0x20 // address of the management controller
	ipmiConsole  = 0x81 // address of who asks from outside
	ipmiRequest  = 0x18 // the network function for applications, as a request
	ipmiResponse = 0x1C
	ipmiChannel  = 0x38 // Get Channel Authentication Capabilities
	ipmiThis     = 0x8E // the channel by which this comes; the first bit asks for what 2.0 adds
	ipmiUser     = 0x02 // the privilege that is asked about, and not asked for
)

// askIPMI asks which ways to log in there are, as every console does before it
// logs in. RAKP, whose answer holds the hash of a password, is never sent.
func askIPMI(token uint64) []byte {
	message := []byte{ipmiServer, ipmiRequest}
	message = append(message, checksum(message))
	body := []byte{ipmiConsole, ipmiSequence(token), ipmiChannel, ipmiThis, ipmiUser}
	message = append(append(message, body...), checksum(body))
	packet := append([]byte{rmcpVersion, 0, rmcpNoAck, rmcpClass}, make([]byte, ipmiSession)...)
	packet[len(packet)-1] = byte(len(message))
	return append(packet, message...)
}

// ipmiSequence is the token in the six bits that the protocol has for one; the
// other two say which part of the controller is meant.
func ipmiSequence(token uint64) byte { return byte(token) << 2 }

// checksum makes the sum of the bytes and itself zero.
func checksum(b []byte) byte {
	var sum byte
	for _, octet := range b {
		sum += octet
	}
	return -sum
}

func readIPMI(token uint64, answer []byte) (Said, bool) {
	message, ok := ipmiMessage(answer)
	if !ok || message[0] != ipmiConsole || message[1] != ipmiResponse || checksum(message[:3]) != 0 ||
		message[3] != ipmiServer || message[4] != ipmiSequence(token) || message[5] != ipmiChannel ||
		checksum(message[3:]) != 0 {
		return Said{}, false
	}
	said := Said{Service: IPMI}
	completion, data := message[6], message[7:len(message)-1]
	if completion != 0 || len(data) < 8 {
		// It does not tell, and is one all the same.
		said.Facts = []Fact{{"completion", strconv.Itoa(int(completion))}}
		return said, true
	}
	said.Product = maker(uint32(data[6])<<16 | uint32(data[5])<<8 | uint32(data[4]))
	said.Facts = ipmiFacts(data)
	return said, true
}

// ipmiMessage takes the message out of its two headers; it has the seven bytes
// of an empty response at least, and its checksum.
func ipmiMessage(packet []byte) ([]byte, bool) {
	const start = 4 + ipmiSession
	if len(packet) < start || packet[0] != rmcpVersion || packet[3] != rmcpClass ||
		binary.BigEndian.Uint64(packet[4:]) != 0 || packet[12] != 0 {
		return nil, false
	}
	size := int(packet[start-1])
	if size < 8 || len(packet) < start+size {
		return nil, false
	}
	return packet[start : start+size], true
}

// ipmiFacts reads the eight bytes of table 22-15: channel, ways to log in,
// state of the users, versions, maker, and one of the maker's own.
func ipmiFacts(data []byte) []Fact {
	ways, users, versions := data[1], data[2], data[3]
	protocol := "IPMI 1.5"
	if ways&0x80 != 0 && versions&0x02 != 0 {
		protocol = "IPMI 2.0"
	}
	facts := []Fact{{"protocol", protocol}, {"anonymous", yes(users&0x01 != 0)}}
	var names []string
	for bit, name := range []string{"none", "md2", "md5", "", "password", "oem"} {
		if name != "" && ways&(1<<bit) != 0 {
			names = append(names, name)
		}
	}
	if len(names) > 0 {
		facts = append(facts, Fact{"authentication", strings.Join(names, " ")})
	}
	return facts
}

func yes(is bool) string {
	if is {
		return "yes"
	}
	return "no"
}
