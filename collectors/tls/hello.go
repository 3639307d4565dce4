package tls

import (
	"crypto/rand"
	"encoding/binary"
	"net/netip"
	"slices"
)

// hello is a ClientHello of our own (RFC 5246 section 7.4.1.2): it offers what
// it says and no more. No key stands behind it, so neither side computes
// anything before we hang up.
type hello struct {
	version uint16 // the newest version offered, TLS 1.2 or older
	name    string // for the server name indication
	suites  []uint16
}

// record gives the hello as one record of the record layer.
func (h hello) record() []byte {
	layer := min(h.version, 0x0301) // what servers of every age accept, RFC 5246 appendix E.1
	return slices.Concat([]byte{recordHandshake}, pair(layer), vector(2, h.message()))
}

func (h hello) message() []byte {
	random := make([]byte, 32)
	_, _ = rand.Read(random) // never fails, says its documentation
	body := slices.Concat(
		pair(h.version), random,
		vector(1), // no session
		vector(2, pairs(h.suites), pair(renegotiationSCSV)),
		vector(1, []byte{0}), // no compression
	)
	// SSL 3.0 knows no extensions.
	if h.version > 0x0300 {
		body = append(body, vector(2, h.extensions(len(body)))...)
	}
	return append([]byte{messageClientHello}, vector(3, body)...)
}

// renegotiationSCSV says that we know RFC 5746, which some servers insist on.
const renegotiationSCSV = 0x00ff

func (h hello) extensions(before int) []byte {
	var list []byte
	if _, err := netip.ParseAddr(h.name); err != nil && h.name != "" {
		list = append(list, extension(0, vector(2, []byte{0}, vector(2, []byte(h.name))))...) // RFC 6066 section 3
	}
	list = append(list, extension(10, vector(2, pairs(helloGroups)))...) // RFC 8422 section 5.1.1
	list = append(list, extension(11, vector(1, []byte{0}))...)          // uncompressed points
	if h.version >= 0x0303 {
		list = append(list, extension(13, vector(2, pairs(helloSchemes)))...) // RFC 5246 section 7.4.1.4.1
	}
	list = append(list, extension(23)...) // RFC 7627 section 5.1
	return append(list, padding(before+len(list)+6)...)
}

// padding fills a hello that would be 256 to 511 bytes long up to 512: a line of
// old load balancers hangs on those (RFC 7685 section 4).
func padding(length int) []byte {
	if length < 256 || length > 511 {
		return nil
	}
	return extension(21, make([]byte, max(0, 512-length-4)))
}

func extension(kind uint16, body ...[]byte) []byte {
	return append(pair(kind), vector(2, body...)...)
}

// vector writes the parts behind their length in the given number of bytes
// (RFC 5246 section 4.3).
func vector(size int, parts ...[]byte) []byte {
	body := slices.Concat(parts...)
	length := binary.BigEndian.AppendUint64(nil, uint64(len(body)))
	return append(length[8-size:], body...)
}

func pair(number uint16) []byte { return binary.BigEndian.AppendUint16(nil, number) }

func pairs(numbers []uint16) []byte {
	var list []byte
	for _, number := range numbers {
		list = append(list, pair(number)...)
	}
	return list
}
