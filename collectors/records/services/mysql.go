package services

import (
	"bytes"
	"encoding/binary"
	"strings"
)

// The first packet of a MySQL server: three bytes of length, a sequence number
// and either the handshake of protocol 10 or an error.
const (
	mysqlHeader    = 4
	mysqlHandshake = 10
	mysqlError     = 0xff
	mysqlTLS       = 0x0800 // CLIENT_SSL, among the lower capabilities
)

// Errors with which a server turns a stranger away before any login.
const (
	mysqlManyConnections = 1040
	mysqlBlocked         = 1129
	mysqlNotAllowed      = 1130
)

func recogniseMySQL(said []byte) (Identity, bool) {
	if len(said) < mysqlHeader+3 || said[3] != 0 {
		return Identity{}, false
	}
	size := int(said[0]) | int(said[1])<<8 | int(said[2])<<16
	if size != len(said)-mysqlHeader {
		return Identity{}, false
	}
	body := said[mysqlHeader:]
	switch body[0] {
	case mysqlHandshake:
		return mysqlHello(body[1:])
	case mysqlError:
		return mysqlRefusal(body[1:])
	}
	return Identity{}, false
}

func mysqlHello(body []byte) (Identity, bool) {
	text, rest, ok := bytes.Cut(body, []byte{0})
	// The number of the connection, eight bytes of salt, a zero, the capabilities.
	const flags = 4 + 8 + 1
	if !ok || len(text) == 0 || text[0] < '0' || text[0] > '9' || len(rest) < flags+2 || rest[flags-1] != 0 {
		return Identity{}, false
	}
	product := "MySQL"
	version := string(text)
	// MariaDB put an old number before its own, for replicas that knew no other.
	if strings.Contains(version, "MariaDB") {
		product, version = "MariaDB", strings.TrimPrefix(version, "5.5.5-")
		version, _, _ = strings.Cut(version, "-MariaDB")
	}
	offered := "none"
	if binary.LittleEndian.Uint16(rest[flags:])&mysqlTLS != 0 {
		offered = "offered"
	}
	return named("mysql", product, version).with("tls", offered), true
}

// mysqlRefusal knows the errors that say something about who may come in.
func mysqlRefusal(body []byte) (Identity, bool) {
	if len(body) < 2 {
		return Identity{}, false
	}
	product := "MySQL"
	if bytes.Contains(body, []byte("MariaDB")) {
		product = "MariaDB"
	}
	identity := named("mysql", product, "")
	switch binary.LittleEndian.Uint16(body) {
	case mysqlNotAllowed, mysqlBlocked:
		return identity.with("filtered", "by-address"), true
	case mysqlManyConnections:
		return identity, true
	}
	return Identity{}, false
}
