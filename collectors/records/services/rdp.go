package services

import (
	"bytes"
	"encoding/binary"
)

// rdpRequest is the X.224 connection request with a negotiation request ([MS-RDPBCGR]
// sections 2.2.1.1 and 2.2.1.1.1). No cookie: it would name a user. TLS alone is
// asked for, since a server that insists on logging in before the desktop is shown
// then says so.
func rdpRequest() []byte {
	return []byte{
		3, 0, 0, 19, // TPKT (RFC 1006 section 6), 19 bytes in all
		14, 0xe0, 0, 0, 0, 0, 0, // connection request, no references, class 0
		1, 0, 8, 0, 1, 0, 0, 0, // RDP_NEG_REQ, PROTOCOL_SSL
	}
}

func wholeTPKT(said []byte) bool {
	return len(said) >= 4 && len(said) >= int(binary.BigEndian.Uint16(said[2:]))
}

// Kinds of the negotiation that answers.
const (
	rdpConfirm  = 0xd0
	rdpResponse = 2
	rdpFailure  = 3
	// HYBRID_REQUIRED_BY_SERVER: log in first.
	rdpHybridRequired = 5
)

func readRDP(said []byte) (Identity, bool) {
	const header, whole = 11, 19
	if len(said) < header || said[0] != 3 || said[1] != 0 || !wholeTPKT(said) || said[5] != rdpConfirm {
		return Identity{}, false
	}
	identity := named("rdp", "", "")
	if len(said) == header {
		// Servers from before the negotiation confirm and say no more. Others than
		// RDP speak X.224 too; its servers always use this reference of their own.
		return identity.with("security", "rdp"), bytes.Equal(said[8:10], []byte{0x12, 0x34})
	}
	if len(said) != whole || binary.LittleEndian.Uint16(said[13:]) != 8 {
		return Identity{}, false
	}
	value := binary.LittleEndian.Uint32(said[15:])
	switch {
	case said[11] == rdpResponse && value <= 16:
		return identity.with("security", rdpSecurity(value)).with("network-level-authentication", "not-required"), true
	case said[11] == rdpFailure && value == rdpHybridRequired:
		return identity.with("network-level-authentication", "required"), true
	case said[11] == rdpFailure && 0 < value && value <= 6:
		return identity.with("network-level-authentication", "not-stated"), true
	}
	return Identity{}, false
}

// rdpSecurity names the selected protocol.
func rdpSecurity(value uint32) string {
	switch value {
	case 0:
		return "rdp"
	case 1:
		return "tls"
	}
	return "credssp"
}
