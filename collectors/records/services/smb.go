package services

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
)

// netbios is the header of a message on a direct connection ([MS-SMB2] section 2.1).
const netbios = 4

func wholeNetBIOS(said []byte) bool {
	return len(said) >= netbios && len(said) >= netbios+int(said[1]&1)<<16+int(binary.BigEndian.Uint16(said[2:]))
}

func framed(message []byte) []byte {
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(message))), message...)
}

// smbNegotiate offers the dialects from 2.0.2 to 3.0.2 ([MS-SMB2] section 2.2.3). No
// session follows, not even that of a guest.
func smbNegotiate() []byte {
	header := make([]byte, 64)
	copy(header, "\xfeSMB")
	binary.LittleEndian.PutUint16(header[4:], 64)
	binary.LittleEndian.PutUint16(header[14:], 1) // credits; the command is 0, negotiate
	body := make([]byte, 36)
	dialects := []uint16{0x0202, 0x0210, 0x0300, 0x0302}
	binary.LittleEndian.PutUint16(body, 36)
	binary.LittleEndian.PutUint16(body[2:], uint16(len(dialects)))
	binary.LittleEndian.PutUint16(body[4:], 1) // signing is possible
	copy(body[12:28], "campanile-scan-1")      // an identifier of the client, of 16 bytes
	for _, dialect := range dialects {
		body = binary.LittleEndian.AppendUint16(body, dialect)
	}
	return framed(slices.Concat(header, body))
}

// smb1Negotiate offers the one dialect of version 1 ([MS-CIFS] section 2.2.4.52.1),
// for storage so old that it knows no other.
func smb1Negotiate() []byte {
	header := make([]byte, 32)
	copy(header, "\xffSMB\x72")
	header[9] = 0x18                                 // paths in any case, canonical
	header[10], header[11] = 0x01, 0x40              // long names, 32-bit status
	body := []byte("\x00\x0c\x00\x02NT LM 0.12\x00") // no words, twelve bytes
	return framed(slices.Concat(header, body))
}

func readSMB(said []byte) (Identity, bool) {
	if len(said) < netbios || !wholeNetBIOS(said) || said[0] != 0 {
		return Identity{}, false
	}
	message := said[netbios:]
	switch {
	case len(message) >= 32+3 && bytes.HasPrefix(message, []byte("\xffSMB\x72")) && message[9]&0x80 != 0:
		return named("smb", "", "").with("dialect", "1"), true
	case len(message) >= 64+8 && bytes.HasPrefix(message, []byte("\xfeSMB\x40\x00")):
		return smbHello(message)
	}
	return Identity{}, false
}

// smbHello reads the answer of [MS-SMB2] section 2.2.4.
func smbHello(message []byte) (Identity, bool) {
	const fromServer = 1
	command, flags := binary.LittleEndian.Uint16(message[12:]), binary.LittleEndian.Uint32(message[16:])
	if command != 0 || flags&fromServer == 0 {
		return Identity{}, false
	}
	identity := named("smb", "", "")
	body := message[64:]
	if binary.LittleEndian.Uint16(body) != 65 {
		return identity, true // an error, in the protocol's own form
	}
	dialect := binary.LittleEndian.Uint16(body[4:])
	version := fmt.Sprintf("%d.%d", dialect>>8, dialect>>4&0xf)
	if last := dialect & 0xf; last != 0 {
		version += fmt.Sprintf(".%d", last)
	}
	signing := "possible"
	if body[2]&2 != 0 {
		signing = "required"
	}
	return identity.with("dialect", version).with("signing", signing), true
}

// netbiosSession asks for a session with whoever serves files (RFC 1002 section
// 4.3.2), as Windows wants it at port 139. It is no login.
func netbiosSession() []byte {
	body := slices.Concat(netbiosName("*SMBSERVER", ' '), netbiosName("CAMPANILE", 0))
	return append([]byte{0x81, 0, 0, byte(len(body))}, body...)
}

// netbiosName is a name in the encoding of RFC 1001 section 14.1: sixteen bytes,
// each as two letters, the last byte being the kind of name.
func netbiosName(name string, kind byte) []byte {
	padded := name + strings.Repeat(" ", 15-len(name)) + string(rune(kind))
	out := []byte{32}
	for _, b := range []byte(padded) {
		out = append(out, 'A'+b>>4, 'A'+b&0xf)
	}
	return append(out, 0)
}

// readNetBIOS knows a positive answer and the refusals of RFC 1002 section 4.3.4.
func readNetBIOS(said []byte) (Identity, bool) {
	positive := bytes.Equal(said, []byte{0x82, 0, 0, 0})
	negative := len(said) == 5 && bytes.HasPrefix(said, []byte{0x83, 0, 0, 1}) && (said[4] >= 0x80 && said[4] <= 0x83 || said[4] == 0x8f)
	if !positive && !negative {
		return Identity{}, false
	}
	return named("smb", "", "").with("dialect", "netbios"), true
}
