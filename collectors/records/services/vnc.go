package services

import (
	"bytes"
	"strings"
)

// rfbLine is the length of "RFB 003.008\n" (RFC 6143 section 7.1.1).
const rfbLine = 12

func recogniseRFB(said []byte) (Identity, bool) {
	if len(said) < rfbLine || !bytes.HasPrefix(said, []byte("RFB ")) || said[7] != '.' || said[rfbLine-1] != '\n' {
		return Identity{}, false
	}
	version := string(said[4 : rfbLine-1])
	if strings.Trim(version, "0123456789.") != "" {
		return Identity{}, false
	}
	return named("vnc", "", "").with("protocol", version), true
}

// hearRFB reads the list of security types (RFC 6143 section 7.1.2), of which
// none is chosen.
func hearRFB(identity Identity, said []byte) Identity {
	types, ok := rfbTypes(said)
	if !ok {
		return identity
	}
	identity = identity.with("security", strings.Join(types, ","))
	if bytes.IndexByte(said[rfbLine+1:rfbLine+1+len(types)], 1) >= 0 { // None
		identity = identity.with("login", "none")
	}
	return identity
}

// rfbTypes names the security types; zero of them means a refusal, with a reason.
func rfbTypes(said []byte) ([]string, bool) {
	if len(said) <= rfbLine {
		return nil, false
	}
	count := int(said[rfbLine])
	list := said[rfbLine+1:]
	if count == 0 || count > len(list) {
		return nil, false
	}
	var names []string
	for _, kind := range list[:count] {
		names = append(names, rfbType(kind))
	}
	return names, true
}

// rfbType names a security type by IANA's registry of them.
func rfbType(kind byte) string {
	switch kind {
	case 1:
		return "none"
	case 2:
		return "vnc"
	case 5, 6, 13, 129, 130, 133:
		return "ra2"
	case 16:
		return "tight"
	case 18:
		return "tls"
	case 19:
		return "vencrypt"
	case 30, 31, 32, 33, 35, 36:
		return "apple"
	case 112, 113, 114, 115, 116, 117:
		return "msvnc"
	}
	return "other"
}

func heardRFB(said []byte) bool {
	_, whole := rfbTypes(said)
	return whole || len(said) > rfbLine && said[rfbLine] == 0
}
