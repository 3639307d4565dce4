package services

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
)

// postgresRequest is SSLRequest (PostgreSQL documentation, 54.7): its length and
// the number that stands in the place of a version. It names no user.
func postgresRequest() []byte { return []byte{0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f} }

// readPostgres wants one byte and no more, or an error in the form of the protocol.
func readPostgres(said []byte) (Identity, bool) {
	identity := named("postgresql", "PostgreSQL", "")
	switch {
	case bytes.Equal(said, []byte("S")):
		return identity.with("tls", "offered"), true
	case bytes.Equal(said, []byte("N")):
		return identity.with("tls", "none"), true
	case len(said) > 10 && said[0] == 'E' && int(binary.BigEndian.Uint32(said[1:])) == len(said)-1 && bytes.HasPrefix(said[5:], []byte("SFATAL\x00")):
		return identity, true
	}
	return Identity{}, false
}

// prelogin is the PRELOGIN message of [MS-TDS] section 2.2.6.5 with version and
// encryption; the login would be another message.
func prelogin() []byte {
	return []byte{
		0x12, 1, 0, 26, 0, 0, 1, 0, // packet: type, last, length, channel, number, window
		0, 0, 11, 0, 6, // VERSION at 11, six bytes
		1, 0, 17, 0, 1, // ENCRYPTION at 17, one byte
		0xff,
		0, 0, 0, 0, 0, 0,
		0, // possible, not demanded
	}
}

func wholeTDS(said []byte) bool {
	return len(said) >= 4 && len(said) >= int(binary.BigEndian.Uint16(said[2:]))
}

func readPrelogin(said []byte) (Identity, bool) {
	const header, reply = 8, 4
	if len(said) < header+6 || said[0] != reply || said[1] != 1 || !wholeTDS(said) {
		return Identity{}, false
	}
	options := preloginOptions(said[header:])
	version, encryption := options[0], options[1]
	if len(version) != 6 || len(encryption) != 1 || encryption[0] > 3 {
		return Identity{}, false
	}
	stated := fmt.Sprintf("%d.%d.%d", version[0], version[1], binary.BigEndian.Uint16(version[2:]))
	tls := []string{"offered", "offered", "none", "required"}[encryption[0]]
	return named("mssql", "Microsoft SQL Server", stated).with("tls", tls), true
}

// preloginOptions reads the options: token, offset and length of each.
func preloginOptions(body []byte) map[byte][]byte {
	const each, most = 5, 16
	options := map[byte][]byte{}
	for i := range most {
		at := i * each
		if at+each > len(body) || body[at] == 0xff {
			break
		}
		from, size := int(binary.BigEndian.Uint16(body[at+1:])), int(binary.BigEndian.Uint16(body[at+3:]))
		if from+size <= len(body) {
			options[body[at]] = body[from : from+size]
		}
	}
	return options
}

// mongoHello is the hello that every driver sends first, in the old form that
// every server still answers, and before any login.
func mongoHello() []byte {
	document := []byte("\x10isMaster\x00\x01\x00\x00\x00\x08helloOk\x00\x01\x00")
	document = append(binary.LittleEndian.AppendUint32(nil, uint32(len(document)+4)), document...)
	body := slices.Concat([]byte{0, 0, 0, 0}, []byte("admin.$cmd\x00"), []byte{0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff}, document)
	const header, query = 16, 2004
	out := binary.LittleEndian.AppendUint32(nil, uint32(header+len(body)))
	out = binary.LittleEndian.AppendUint32(out, mongoNumber)
	out = binary.LittleEndian.AppendUint32(out, 0)
	out = binary.LittleEndian.AppendUint32(out, query)
	return append(out, body...)
}

// mongoNumber is the number of our request, which the answer repeats.
const mongoNumber = 1

func wholeMongo(said []byte) bool {
	return len(said) >= 4 && uint64(len(said)) >= uint64(binary.LittleEndian.Uint32(said))
}

func readMongo(said []byte) (Identity, bool) {
	const header, reply = 36, 1
	if len(said) < header+5 || !wholeMongo(said) || binary.LittleEndian.Uint32(said[8:]) != mongoNumber || binary.LittleEndian.Uint32(said[12:]) != reply {
		return Identity{}, false
	}
	numbers := bsonNumbers(said[header:])
	wire, stated := numbers["maxWireVersion"]
	if _, master := numbers["ismaster"]; !stated && !master {
		return Identity{}, false
	}
	identity := named("mongodb", "MongoDB", "")
	if stated {
		identity = identity.with("wire-version", strconv.Itoa(int(wire)))
	}
	return identity, true
}

// bsonNumbers reads the integers and truths at the top of a document; what cannot
// be passed over ends the reading.
func bsonNumbers(document []byte) map[string]int32 {
	const most = 64
	numbers := map[string]int32{}
	rest := document[min(4, len(document)):]
	for range most {
		if len(rest) < 2 || rest[0] == 0 {
			break
		}
		kind := rest[0]
		name, value, ok := bytes.Cut(rest[1:], []byte{0})
		size := bsonSize(kind, value)
		if !ok || size < 0 || size > len(value) {
			break
		}
		switch kind {
		case 0x08:
			numbers[string(name)] = int32(value[0])
		case 0x10:
			numbers[string(name)] = int32(binary.LittleEndian.Uint32(value))
		}
		rest = value[size:]
	}
	return numbers
}

// bsonSize is the length of a value (bsonspec.org), or -1.
func bsonSize(kind byte, value []byte) int {
	long := func(more int) int {
		if len(value) < 4 || binary.LittleEndian.Uint32(value) > MaxSaid {
			return -1
		}
		return int(binary.LittleEndian.Uint32(value)) + more
	}
	switch kind {
	case 0x01, 0x09, 0x11, 0x12: // double, date, timestamp, int64
		return 8
	case 0x02: // string: its length, with the final zero
		return long(4)
	case 0x03, 0x04: // document, array: the length holds itself
		return max(4, long(0))
	case 0x05: // binary: its length, a kind
		return long(5)
	case 0x07:
		return 12
	case 0x08:
		return 1
	case 0x0a:
		return 0
	case 0x10:
		return 4
	}
	return -1
}
