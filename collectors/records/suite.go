package records

import (
	"cmp"
	"slices"
	"strings"
)

// Suite is a cipher suite and what its name says about it.
type Suite struct {
	Number   uint16
	Name     string // IANA
	TLS13    bool   // for TLS 1.3 alone; every other one is for TLS 1.2 and older
	Exchange string // rsa, dh, dhe, ecdh, ecdhe; any in TLS 1.3
	Auth     string // rsa, dss, ecdsa, anon; any in TLS 1.3
	Cipher   string // AES_128_GCM and the like, without the hash
	Bits     int    // what the key is worth: 112 for 3DES, 0 without encryption
	AEAD     bool
	Export   bool
	Block64  bool // a block of 64 bits (SWEET32, RFC 9325 section 4.1)
	// Class is the worst that can be said about the suite, in this order: null,
	// anonymous, export, des, rc4, 3des, static-key (no server should accept
	// these, RFC 9325 section 4.1); dhe, cbc, rare (on their way out, or used by
	// hardly anybody: finite-field Diffie-Hellman, CBC mode, and sound modes of
	// other ciphers than AES and ChaCha20 or with a shortened tag); good.
	Class string
}

type numberName struct {
	number uint16
	name   string
}

// Suites gives every suite that a server with a certificate may take, by number.
// Those of SSL 2.0 have no numbers of this kind and are not among them.
func Suites() []Suite {
	list := make([]Suite, len(suiteNames))
	for i, s := range suiteNames {
		list[i] = readSuite(s)
	}
	return list
}

// SuiteByNumber gives the suite with the number of IANA.
func SuiteByNumber(number uint16) (Suite, bool) {
	i, found := slices.BinarySearchFunc(suiteNames, number, func(s numberName, n uint16) int { return cmp.Compare(s.number, n) })
	if !found {
		return Suite{}, false
	}
	return readSuite(suiteNames[i]), true
}

// SuiteByName gives the suite with the name of IANA.
func SuiteByName(name string) (Suite, bool) {
	i := slices.IndexFunc(suiteNames, func(s numberName) bool { return s.name == name })
	if i < 0 {
		return Suite{}, false
	}
	return readSuite(suiteNames[i]), true
}

// Weak reports whether no server should accept the suite.
func (s Suite) Weak() bool {
	return slices.Contains([]string{"null", "anonymous", "export", "des", "rc4", "3des", staticKey}, s.Class)
}

// PhaseOut reports whether the suite is not weak but not one to keep either.
func (s Suite) PhaseOut() bool { return s.Class == "dhe" || s.Class == "cbc" || s.Class == "rare" }

const staticKey = "static-key"

// readSuite takes the name apart: TLS_exchange_auth_WITH_cipher_hash, and
// TLS_cipher_hash in TLS 1.3 (RFC 8446 appendix B.4).
func readSuite(listed numberName) Suite {
	s := Suite{Number: listed.number, Name: listed.name, Exchange: "any", Auth: "any"}
	keys, cipher, old := strings.Cut(strings.TrimPrefix(s.Name, "TLS_"), "_WITH_")
	if old {
		s.readKeys(keys)
	} else {
		s.TLS13, cipher = true, keys
	}
	s.readCipher(cipher)
	s.Class = s.class()
	return s
}

func (s *Suite) readKeys(keys string) {
	parts := strings.Split(keys, "_")
	s.Export = strings.HasPrefix(parts[len(parts)-1], "EXPORT")
	if s.Export {
		parts = parts[:len(parts)-1]
	}
	s.Exchange = strings.ToLower(parts[0])
	s.Auth = strings.ToLower(parts[len(parts)-1]) // of RSA alone: the key does both
}

// cipherKinds holds every cipher by the beginning of its name; a longer beginning
// stands before a shorter one.
var cipherKinds = []struct {
	prefix  string
	bits    int
	block64 bool
}{
	{"NULL", 0, false},
	{"SHA256", 0, false}, // RFC 9150: integrity alone
	{"SHA384", 0, false},
	{"RC4_40", 40, false},
	{"RC4_56", 56, false},
	{"RC4_128", 128, false},
	{"RC2_CBC_40", 40, true},
	{"RC2_CBC_56", 56, true},
	{"DES40_CBC", 40, true},
	{"DES_CBC", 56, true},
	{"3DES_EDE_CBC", 112, true},
	{"IDEA_CBC", 128, true},
	{"SEED_CBC", 128, false},
	{"SM4", 128, false},
	{"AEGIS_128L", 128, false},
	{"AEGIS_256", 256, false},
	{"AES_128", 128, false},
	{"AES_256", 256, false},
	{"ARIA_128", 128, false},
	{"ARIA_256", 256, false},
	{"CAMELLIA_128", 128, false},
	{"CAMELLIA_256", 256, false},
	{"CHACHA20_POLY1305", 256, false},
}

func (s *Suite) readCipher(cipher string) {
	for _, kind := range cipherKinds {
		if strings.HasPrefix(cipher, kind.prefix) {
			s.Bits, s.Block64 = kind.bits, kind.block64
			break
		}
	}
	s.Cipher = strings.TrimSuffix(cipher, "-draft")
	for _, hash := range []string{"_MD5", "_SHA", "_SHA256", "_SHA384", "_SHA512", "_SM3"} {
		s.Cipher = strings.TrimSuffix(s.Cipher, hash)
	}
	s.AEAD = strings.Contains(s.Cipher, "_GCM") || strings.Contains(s.Cipher, "_CCM") ||
		strings.HasPrefix(s.Cipher, "CHACHA20") || strings.HasPrefix(s.Cipher, "AEGIS")
}

func (s Suite) class() string {
	switch {
	case s.Bits == 0:
		return "null"
	case s.Auth == "anon":
		return "anonymous"
	case s.Export:
		return "export"
	case s.Cipher == "DES_CBC":
		return "des"
	case strings.HasPrefix(s.Cipher, "RC4"):
		return "rc4"
	case s.Cipher == "3DES_EDE_CBC":
		return "3des"
	case s.Exchange == "rsa" || s.Exchange == "dh" || s.Exchange == "ecdh":
		return staticKey
	case s.Exchange == "dhe":
		return "dhe"
	case !s.AEAD:
		return "cbc"
	}
	if s.rare() {
		return "rare"
	}
	return "good"
}

// rare reports whether a sound suite is one that no guideline of today asks for.
func (s Suite) rare() bool {
	known := strings.HasPrefix(s.Cipher, "AES_") || strings.HasPrefix(s.Cipher, "CHACHA20")
	return !known || strings.HasSuffix(s.Cipher, "_CCM_8") || strings.HasSuffix(s.Name, "-draft")
}
