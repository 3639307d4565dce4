package services

import (
	"bytes"
	"encoding/binary"
	"strings"
)

// webRequest is an ordinary GET (RFC 9112 section 3) without credentials.
func webRequest(path string, place Place) []byte {
	return []byte("GET " + path + " HTTP/1.1\r\nHost: " + place.Host + "\r\nUser-Agent: " + place.Agent +
		"\r\nAccept: */*\r\nConnection: close\r\n\r\n")
}

// readWSMan knows the answer of Windows remote management to a GET: it takes only
// POST, or asks for a login, and its server is that of Windows itself.
func readWSMan(said []byte) (Identity, bool) {
	p, ok := readPage(said)
	if !ok || p.status != "405" && p.status != "401" || !strings.HasPrefix(p.value("server"), "Microsoft-HTTPAPI") {
		return Identity{}, false
	}
	return named("winrm", "WinRM", "").with("login", "required").with("status", p.status), true
}

// rtspOptions asks which methods there are (RFC 2326 section 10.1). Asking for a
// description or for pictures would be looking at them.
func rtspOptions(place Place) []byte {
	return []byte("OPTIONS * RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: " + place.Agent + "\r\n\r\n")
}

func recogniseRTSP(said []byte) (Identity, bool) {
	p, ok := readPage(bytes.Replace(said, []byte("RTSP/1.0 "), []byte("HTTP/1.0 "), 1))
	if !ok || !bytes.HasPrefix(said, []byte("RTSP/1.0 ")) {
		return Identity{}, false
	}
	product, version, _ := strings.Cut(firstWord(p.value("server")), "/")
	return named("rtsp", product, version).with("status", p.status).with("methods", p.value("public")).with("login", loginBy(p)), true
}

// sipOptions asks what a telephone exchange can do (RFC 3261 section 11.1), in the
// name of nobody: an address under .invalid is no caller.
func sipOptions(place Place) []byte {
	return []byte("OPTIONS sip:" + place.Host + ";transport=tcp SIP/2.0\r\n" +
		"Via: SIP/2.0/TCP campanile.invalid;branch=z9hG4bKcampanile\r\n" +
		"Max-Forwards: 0\r\nFrom: <sip:campanile@campanile.invalid>;tag=campanile\r\n" +
		"To: <sip:" + place.Host + ">\r\nCall-ID: campanile@campanile.invalid\r\nCSeq: 1 OPTIONS\r\n" +
		"User-Agent: " + place.Agent + "\r\nContent-Length: 0\r\n\r\n")
}

func recogniseSIP(said []byte) (Identity, bool) {
	p, ok := readPage(bytes.Replace(said, []byte("SIP/2.0 "), []byte("HTTP/1.0 "), 1))
	if !ok || !bytes.HasPrefix(said, []byte("SIP/2.0 ")) {
		return Identity{}, false
	}
	stated := p.value("server")
	if stated == "" {
		stated = p.value("user-agent")
	}
	return named("sip_tcp", stated, "").with("status", p.status), true
}

// recogniseAMQP knows the header with which a broker names the protocol that it
// would rather speak, and the start of AMQP 0-9-1 (section 2.2.4 of its
// specification) with what the broker says of itself.
func recogniseAMQP(said []byte) (Identity, bool) {
	const header, frame = 8, 7
	if len(said) == header && bytes.HasPrefix(said, []byte("AMQP")) && said[4] <= 3 {
		return named("amqp", "", ""), true
	}
	start := []byte{0, 10, 0, 10} // class connection, method start
	if len(said) < frame+len(start) || said[0] != 1 || said[1] != 0 || said[2] != 0 || !bytes.HasPrefix(said[frame:], start) {
		return Identity{}, false
	}
	return named("amqp", amqpText(said, "product"), amqpText(said, "version")), true
}

// amqpText finds a long string of the server's properties by its name.
func amqpText(said []byte, name string) string {
	_, rest, found := bytes.Cut(said, append([]byte{byte(len(name))}, name+"S"...))
	if !found || len(rest) < 4 {
		return ""
	}
	size := binary.BigEndian.Uint32(rest)
	if uint64(size) > uint64(len(rest)-4) {
		return ""
	}
	return string(rest[4 : 4+size])
}
