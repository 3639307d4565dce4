// Package hello writes ClientHellos of our own, from SSL 2.0 to TLS 1.3, and
// reads what a server says to them while it still speaks in the clear. It opens
// no connection and computes no key: both sides hang up before there is one.
package hello

import (
	"crypto/rand"
	"encoding/binary"
	"slices"
)

// Hello is a ClientHello (RFC 5246 section 7.4.1.2): it offers what it says and
// no more.
type Hello struct {
	Version   uint16   // the newest version offered, 0x0300 (SSL 3.0) to 0x0304 (TLS 1.3)
	Name      string   // for the server name indication; an address is not sent (RFC 6066 section 3)
	Suites    []uint16 // in the order of preference
	Groups    []uint16 // nil: DefaultGroups; empty: the extension is left out
	Schemes   []uint16 // from TLS 1.2 on; nil: DefaultSchemes
	Protocols []string // for ALPN (RFC 7301); none: the extension is left out
	Deflate   bool     // offer DEFLATE (RFC 3749) besides no compression, up to TLS 1.2
	Heartbeat bool     // offer heartbeats (RFC 6520)
	Fallback  bool     // say that this hello is a second try (RFC 7507)
	// Verify is the verify_data of the client's first Finished, where the hello is
	// to begin a second handshake within the first (RFC 5746 section 3.5).
	Verify []byte
}

const (
	oldest = 0x0300
	tls10  = 0x0301
	tls12  = 0x0303
	newest = 0x0304
)

// Signals that travel among the suites.
const (
	renegotiationSCSV = 0x00ff // RFC 5746 section 3.3
	fallbackSCSV      = 0x5600 // RFC 7507 section 2
)

// Record gives the hello as one record of the record layer. For TLS 1.3 it has
// an empty key_share, which leaves a server only one answer: HelloRetryRequest
// with its suite and its group (RFC 8446 section 4.2.8).
func (h Hello) Record() []byte {
	layer := min(h.Version, tls10) // what servers of every age accept, RFC 5246 appendix E.1
	return slices.Concat([]byte{RecordHandshake}, pair(layer), vector(2, h.Message()))
}

// Message gives the hello as a handshake message, without the record layer.
func (h Hello) Message() []byte {
	random := make([]byte, 64)
	_, _ = rand.Read(random) // never fails, says its documentation
	body := slices.Concat(
		pair(min(h.Version, tls12)), // RFC 8446 section 4.1.2: legacy_version
		random[:32],
		vector(1, h.session(random[32:])),
		vector(2, h.suites()),
		vector(1, h.compressions()),
	)
	// SSL 3.0 knows no extensions.
	if h.Version > oldest {
		body = append(body, vector(2, h.extensions(len(body)))...)
	}
	return append([]byte{messageClientHello}, vector(3, body)...)
}

// session makes a hello for TLS 1.3 look like a resumption, for what stands in
// between (RFC 8446 appendix D.4).
func (h Hello) session(random []byte) []byte {
	if h.Version < newest {
		return nil
	}
	return random
}

func (h Hello) suites() []byte {
	list := pairs(h.Suites)
	// Where there are extensions, renegotiation_info says the same and does not
	// count among the suites, of which some servers read only the first 64.
	if h.Version == oldest {
		list = append(list, pair(renegotiationSCSV)...)
	}
	if h.Fallback {
		list = append(list, pair(fallbackSCSV)...)
	}
	return list
}

func (h Hello) compressions() []byte {
	if h.Deflate && h.Version < newest {
		return []byte{1, 0}
	}
	return []byte{0}
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
