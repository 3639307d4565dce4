package lab

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"slices"
)

// The services that a town hall puts on the Internet by mistake, each with the
// first words of its protocol and no more: nobody can log in, and nothing is kept.

// remoteDesktop confirms a connection and wants no login before the desktop is
// shown ([MS-RDPBCGR] section 2.2.1.2).
func remoteDesktop() dialogue {
	return dialogue{replies: []retort{{
		holds: "\x03\x00\x00\x13\x0e\xe0",
		say:   "\x03\x00\x00\x13\x0e\xd0\x00\x00\x12\x34\x00\x02\x00\x08\x00\x01\x00\x00\x00",
	}}}
}

// windowsShares agrees on dialect 3.0.2 ([MS-SMB2] section 2.2.4).
func windowsShares() dialogue {
	header, body := make([]byte, 64), make([]byte, 64)
	copy(header, "\xfeSMB\x40")
	header[16] = 1                                 // an answer
	binary.LittleEndian.PutUint16(body, 65)        // its size, as the protocol counts
	binary.LittleEndian.PutUint16(body[2:], 1)     // signing is possible
	binary.LittleEndian.PutUint16(body[4:], 0x302) // the dialect
	message := append([]byte{0}, sized(3, header, body)...)
	return dialogue{replies: []retort{{holds: "\xfeSMB\x40", say: string(message)}}}
}

// screen shows whoever comes what is on it, without a password (RFC 6143 section
// 7.1.2: one security type, None).
func screen() dialogue {
	return dialogue{greeting: "RFB 003.008\n", replies: []retort{{holds: "RFB 003.", say: "\x01\x01"}}}
}

// terminal begins with the options that it wants (RFC 854): the type of the
// terminal, its speed and its display.
func terminal() dialogue { return dialogue{greeting: "\xff\xfd\x18\xff\xfd\x20\xff\xfd\x23"} }

// plainFTP has no AUTH among its features (RFC 4217 section 6).
func plainFTP() dialogue {
	return dialogue{
		greeting: "220 (vsFTPd 2.3.2)\r\n",
		replies: []retort{
			{holds: "FEAT\r\n", say: "211-Features:\r\n EPSV\r\n SIZE\r\n211 End\r\n"},
			{holds: "QUIT\r\n", say: "221 Goodbye.\r\n", leaves: true},
		},
		otherwise: "530 Please login with USER and PASS.\r\n",
	}
}

// mariaDB greets with the handshake of protocol 10, without CLIENT_SSL.
func mariaDB() dialogue {
	const capabilities = "\xff\xf7" // the lower half
	body := "\x0a" + "5.5.5-10.1.48-MariaDB\x00" + "\x2a\x00\x00\x00" + "campanil\x00" + capabilities +
		"\x21\x02\x00\x3f\xa0\x15" + string(make([]byte, 10)) + "etest-test-t\x00" + "mysql_native_password\x00"
	return dialogue{greeting: string([]byte{byte(len(body)), 0, 0, 0}) + body}
}

// postgreSQL answers SSLRequest: it has no TLS.
func postgreSQL() dialogue {
	return dialogue{replies: []retort{{holds: "\x00\x00\x00\x08\x04\xd2\x16\x2f", say: "N"}}}
}

// redis wants a password, and says so to everything.
func redis() dialogue { return dialogue{otherwise: "-NOAUTH Authentication required.\r\n"} }

func searchEngine() dialogue {
	return dialogue{replies: []retort{response("GET ", "200 OK", "Content-Type: application/json",
		`{"name":"protocollo","version":{"number":"6.8.23"},"tagline":"You Know, for Search"}`)}}
}

// containers have nothing at their root, and their version where it is asked for.
func containers() dialogue {
	const header = "Content-Type: application/json\r\nApi-Version: 1.43\r\nServer: Docker/24.0.5 (linux)"
	return dialogue{replies: []retort{
		response("GET /version ", "200 OK", header, `{"Version":"24.0.5","ApiVersion":"1.43","MinAPIVersion":"1.12"}`),
		response("GET ", "404 Not Found", header, `{"message":"page not found"}`),
	}}
}

// directory gives its own entry to the first search (RFC 4512 section 5.1), in the
// short form of BER.
func directory() dialogue {
	const first, searches, entry, done = "\x02\x01\x01", "\x63", 0x64, 0x65
	values := element(0x31, text("dc=portaperta,dc=test"))
	attributes := element(0x30, element(0x30, text("namingContexts"), values))
	found := element(0x30, []byte(first), element(entry, text(""), attributes))
	end := element(0x30, []byte(first), element(done, []byte("\x0a\x01\x00"), text(""), text("")))
	return dialogue{replies: []retort{{holds: first + searches, say: string(found) + string(end)}}}
}

// element is one of BER, shorter than 128 bytes.
func element(tag byte, parts ...[]byte) []byte { return append([]byte{tag}, sized(1, parts...)...) }

func text(value string) []byte { return element(0x04, []byte(value)) }

// synchronised greets as the daemon of rsync does.
func synchronised() dialogue { return dialogue{greeting: "@RSYNCD: 31.0\n"} }

func camera() dialogue {
	return dialogue{replies: []retort{{
		holds: " RTSP/1.0\r\n",
		say:   "RTSP/1.0 200 OK\r\nCSeq: 1\r\nServer: Telecamera/2.1\r\nPublic: OPTIONS, DESCRIBE, SETUP, PLAY\r\n\r\n",
	}}}
}

func exchangeOfCalls() dialogue {
	return dialogue{replies: []retort{{
		holds: " SIP/2.0\r\n",
		say:   "SIP/2.0 200 OK\r\nServer: Centralino\r\nAllow: INVITE, OPTIONS\r\nContent-Length: 0\r\n\r\n",
	}}}
}

// machines greets consoles as the daemon of a VMware host does.
func machines() dialogue {
	return dialogue{greeting: "220 VMware Authentication Daemon Version 1.10: SSL Required, ServerDaemonProtocol:SOAP\r\n"}
}

// broker would rather speak another version, names it and hangs up (AMQP 0-9-1
// section 4.2.2).
func broker() dialogue {
	return dialogue{replies: []retort{{holds: "AMQP", say: "AMQP\x01\x01\x00\x0a", leaves: true}}}
}

// portmapper answers calls of procedure 0, with their own number (RFC 5531 section
// 9).
func portmapper(_ context.Context, conn net.Conn) {
	const call, last = 40, 0x80 // bytes of a call without credentials; the mark of the last fragment
	for range mostQuestions {
		asked := make([]byte, 4+call)
		if _, err := io.ReadFull(conn, asked); err != nil || asked[0] != last || asked[3] != call {
			return
		}
		accepted := slices.Concat([]byte{last, 0, 0, 24}, asked[4:8], []byte{0, 0, 0, 1}, make([]byte, 16))
		if !tell(conn, string(accepted)) {
			return
		}
	}
}
