package records

import (
	"slices"
	"strings"
)

// Exposures gives the published attacks that a server lays itself open to,
// worked out from what it accepts and never tried: BEAST, POODLE, SWEET32,
// FREAK, LOGJAM, DROWN, ROBOT, in this order. Versions are named as in the
// evidence (SSL 3.0), suites as by IANA; a class of suites may stand for a suite
// as far as it says enough. The bits are those of its own finite-field group, 0
// where it has none or it is not known.
func Exposures(versions, suites []string, dhBits int) []string {
	var known []Suite
	for _, name := range suites {
		if s, ok := SuiteByName(name); ok {
			known = append(known, s)
		} else {
			known = append(known, ofClass(name))
		}
	}
	has := func(is func(Suite) bool) bool { return slices.ContainsFunc(known, is) }
	old := func(version string) bool {
		// Up to TLS 1.0 a suite is a stream, without encryption, or in CBC mode.
		return slices.Contains(versions, version) && (has(oldBlock) || !has(stream))
	}
	var list []string
	for _, attack := range []struct {
		name string
		open bool
	}{
		{"BEAST", old("SSL 3.0") || old("TLS 1.0")},                                                // CVE-2011-3389
		{"POODLE", old("SSL 3.0")},                                                                 // CVE-2014-3566
		{"SWEET32", has(func(s Suite) bool { return s.Block64 })},                                  // CVE-2016-2183
		{"FREAK", has(func(s Suite) bool { return s.Export && s.Exchange == "rsa" })},              // CVE-2015-0204
		{"LOGJAM", dhBits > 0 && dhBits <= 1024 || has(exportDH)},                                  // CVE-2015-4000
		{"DROWN", slices.Contains(versions, "SSL 2.0")},                                            // CVE-2016-0800
		{"ROBOT", has(func(s Suite) bool { return s.Exchange == "rsa" && !s.TLS13 && !s.Export })}, // CVE-2017-17427 and others
	} {
		if attack.open {
			list = append(list, attack.name)
		}
	}
	return list
}

// ofClass gives what every suite of a class has in common.
func ofClass(class string) Suite {
	switch class {
	case "des":
		return Suite{Cipher: "DES_CBC", Bits: 56, Block64: true}
	case "3des":
		return Suite{Cipher: "3DES_EDE_CBC", Bits: 112, Block64: true}
	case "rc4":
		return Suite{Cipher: "RC4_128", Bits: 128}
	case "null":
		return Suite{Cipher: "NULL"}
	}
	return Suite{}
}

// oldBlock reports whether the suite is one in CBC mode that TLS 1.0 knows: those
// with a newer hash are for TLS 1.2 alone (RFC 5246 section 1.2).
func oldBlock(s Suite) bool {
	return strings.Contains(s.Cipher, "CBC") && !strings.HasSuffix(s.Name, "_SHA256") && !strings.HasSuffix(s.Name, "_SHA384")
}

func stream(s Suite) bool {
	return strings.HasPrefix(s.Cipher, "RC4") || s.Cipher == "NULL"
}

func exportDH(s Suite) bool {
	return s.Export && (s.Exchange == "dhe" || s.Exchange == "dh" && s.Auth == "anon")
}
