package tls

import (
	"crypto/tls"

	"campanile/collectors/records"
)

// versions lists what a version number is called (RFC 6101, RFC 8446), oldest
// first.
var versions = []struct {
	number uint16
	name   string
}{
	{0x0300, "SSL 3.0"},
	{tls.VersionTLS10, "TLS 1.0"},
	{tls.VersionTLS11, "TLS 1.1"},
	{tls.VersionTLS12, "TLS 1.2"},
	{tls.VersionTLS13, "TLS 1.3"},
}

func versionName(number uint16) string {
	for _, v := range versions {
		if v.number == number {
			return v.name
		}
	}
	return ""
}

func versionNumber(name string) uint16 {
	for _, v := range versions {
		if v.name == name {
			return v.number
		}
	}
	return 0
}

// suiteName is the name in the IANA registry of cipher suites; a suite that we
// do not know is its number.
func suiteName(number uint16) string {
	if suite, ok := records.SuiteByNumber(number); ok {
		return suite.Name
	}
	return tls.CipherSuiteName(number)
}

// groupName is the name in the IANA registry of supported groups (RFC 8446
// section 4.2.7), which differs from what Go calls them.
func groupName(id tls.CurveID) string {
	switch id {
	case 0:
		return ""
	case tls.CurveP256:
		return "secp256r1"
	case tls.CurveP384:
		return "secp384r1"
	case tls.CurveP521:
		return "secp521r1"
	case tls.X25519:
		return "x25519"
	default:
		return id.String() // the newer ones are called alike
	}
}
