package lab

import (
	"bytes"
	"crypto/tls"
	"encoding/binary"
	"io"
	"net"
	"slices"

	"golang.org/x/crypto/cryptobyte"
)

// relicDoor is the listener of a relic. It looks at the first words of each
// visitor: a hello that knows TLS 1.3 comes from somebody who has come to see the
// page, and goes on to crypto/tls; one that ends at TLS 1.2 is answered by the
// relic itself.
type relicDoor struct {
	net.Listener
	relic relic
	chain [][]byte // the server's certificates
}

// Accept leaves the looking to the first Read, so that a visitor who says nothing
// holds up nobody.
func (d relicDoor) Accept() (net.Conn, error) {
	conn, err := d.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &relicConn{Conn: conn, door: d}, nil
}

// relicConn is a connection as crypto/tls sees it: at its end where the relic took
// the visitor. Only the reading half is changed, and that is read by one at a
// time.
type relicConn struct {
	net.Conn
	door  relicDoor
	words io.Reader // nil: the first words have not been read
}

func (c *relicConn) Read(b []byte) (int, error) {
	if c.words == nil {
		first, err := firstWords(c.Conn)
		if err != nil {
			return 0, err
		}
		c.words = io.MultiReader(bytes.NewReader(first), c.Conn)
		if answer := c.door.answer(first); answer != nil {
			c.words = bytes.NewReader(nil)
			if _, err := c.Write(answer); err != nil {
				return 0, err
			}
			if c.door.relic.bleeds {
				bleed(c.Conn)
			}
			_, _ = io.Copy(io.Discard, c.Conn) // until the visitor leaves or the lab closes
		}
	}
	return c.words.Read(b)
}

// answer is what the relic itself says, nil where crypto/tls shall.
func (d relicDoor) answer(first []byte) []byte {
	if first[0] >= 0x80 {
		if d.relic.oldest == ssl20 {
			return answerSSL2(d.chain[0])
		}
		return nil
	}
	g, ok := readGreeting(first)
	if !ok || g.modern {
		return nil
	}
	return d.relic.answer(g, d.chain)
}

// firstWords reads one record, of SSL 2.0 or of what came after. Anything else is
// not read further.
func firstWords(from io.Reader) ([]byte, error) {
	head := make([]byte, 5)
	if _, err := io.ReadFull(from, head); err != nil {
		return nil, err
	}
	rest := 0
	switch {
	case head[0] >= 0x80: // a length of 15 bits, then the message
		rest = max(0, int(binary.BigEndian.Uint16(head)&0x7fff)-3)
	case head[0] == 22:
		rest = int(binary.BigEndian.Uint16(head[3:]))
	}
	body := make([]byte, rest) // at most 64 KiB
	_, err := io.ReadFull(from, body)
	return append(head, body...), err
}

// greeting is what a ClientHello says (RFC 5246 section 7.4.1.2), as far as a
// relic minds.
type greeting struct {
	version       uint16
	suites        []uint16
	compressions  []byte
	groups        []uint16 // nil: any
	modern        bool     // it names its versions as TLS 1.3 does
	renegotiation bool     // it knows RFC 5746
	heartbeat     bool     // it knows RFC 6520
}

// Extensions that a relic looks for, as IANA numbers them.
const (
	supportedGroups   = 10
	heartbeat         = 15
	supportedVersions = 43
	renegotiationInfo = 0xff01
	renegotiationSCSV = 0x00ff // the same, among the suites (RFC 5746 section 3.3)
)

// readGreeting reads the record of a ClientHello; one that is spread over several
// records is none for a relic.
func readGreeting(first []byte) (greeting, bool) {
	var g greeting
	var message, session, suites, compressions cryptobyte.String
	var kind uint8
	input := cryptobyte.String(first)
	ok := input.Skip(5) &&
		input.ReadUint8(&kind) && kind == 1 &&
		input.ReadUint24LengthPrefixed(&message) &&
		message.ReadUint16(&g.version) &&
		message.Skip(32) && // random
		message.ReadUint8LengthPrefixed(&session) &&
		message.ReadUint16LengthPrefixed(&suites) &&
		message.ReadUint8LengthPrefixed(&compressions)
	if !ok {
		return greeting{}, false
	}
	g.suites, g.compressions = numbersIn(suites), compressions
	g.renegotiation = slices.Contains(g.suites, renegotiationSCSV)
	return g, message.Empty() || g.readExtensions(message)
}

func (g *greeting) readExtensions(message cryptobyte.String) bool {
	var list, body cryptobyte.String
	if !message.ReadUint16LengthPrefixed(&list) {
		return false
	}
	for !list.Empty() {
		var kind uint16
		if !list.ReadUint16(&kind) || !list.ReadUint16LengthPrefixed(&body) {
			return false
		}
		switch kind {
		case supportedGroups:
			var groups cryptobyte.String
			if !body.ReadUint16LengthPrefixed(&groups) {
				return false
			}
			g.groups = numbersIn(groups)
		case supportedVersions:
			g.modern = true
		case renegotiationInfo:
			g.renegotiation = true
		case heartbeat:
			g.heartbeat = true
		}
	}
	return true
}

func numbersIn(list cryptobyte.String) []uint16 {
	numbers := []uint16{}
	for number := uint16(0); list.ReadUint16(&number); {
		numbers = append(numbers, number)
	}
	return numbers
}

// alert refuses for good (RFC 5246 section 7.2.2).
func alert(version uint16, description byte) []byte {
	const fatal = 2
	return record(21, max(version, tls.VersionTLS10), []byte{fatal, description})
}

// record is one record of the record layer (RFC 5246 section 6.2.1).
func record(kind byte, version uint16, body []byte) []byte {
	return slices.Concat([]byte{kind}, two(version), sized(2, body))
}

// message is one of the handshake (RFC 5246 section 7.4).
func message(kind byte, parts ...[]byte) []byte {
	return append([]byte{kind}, sized(3, parts...)...)
}

// sized writes the parts behind their length in so many bytes.
func sized(bytes int, parts ...[]byte) []byte {
	body := slices.Concat(parts...)
	length := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	return append(length[4-bytes:], body...)
}

func two(number uint16) []byte { return binary.BigEndian.AppendUint16(nil, number) }
