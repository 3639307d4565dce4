package records_test

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/collectors/records"
)

func TestEverySuiteHasItsClass(t *testing.T) {
	t.Parallel()
	want, err := os.ReadFile("../../testdata/records/suites.tsv")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(want)), "\n")[1:]
	var got []string
	for _, s := range records.Suites() {
		got = append(got, fmt.Sprintf("%s 0x%04x %s", s.Class, s.Number, s.Name))
	}
	if diff := cmp.Diff(lines, got); diff != "" {
		t.Errorf("suites (-want +got):\n%s", diff)
	}
	if len(got) != 239 {
		t.Errorf("%d suites", len(got))
	}
}

func TestSuitesAreFoundByNumberAndByName(t *testing.T) {
	t.Parallel()
	list := records.Suites()
	if !slices.IsSortedFunc(list, func(a, b records.Suite) int { return int(a.Number) - int(b.Number) }) {
		t.Error("the suites are not in the order of their numbers")
	}
	for _, s := range list {
		byNumber, ok := records.SuiteByNumber(s.Number)
		byName, found := records.SuiteByName(s.Name)
		if !ok || !found || byNumber != s || byName != s {
			t.Errorf("%s: by number %v, by name %v", s.Name, byNumber, byName)
		}
		if s.Class == "good" && (s.Weak() || s.PhaseOut()) || s.Class != "good" && s.Weak() == s.PhaseOut() {
			t.Errorf("%s: class %s, weak %t, phase-out %t", s.Name, s.Class, s.Weak(), s.PhaseOut())
		}
	}
	for _, number := range []uint16{0, 0x00ff, 0x5600, 0x8a, 0xffff} {
		if s, ok := records.SuiteByNumber(number); ok {
			t.Errorf("%04x is a suite of a server with a certificate: %s", number, s.Name)
		}
	}
	if s, ok := records.SuiteByName(""); ok {
		t.Errorf("no name is %s", s.Name)
	}
}

func TestSuiteIsReadFromItsName(t *testing.T) {
	t.Parallel()
	for _, want := range []records.Suite{
		{0x0001, "TLS_RSA_WITH_NULL_MD5", false, "rsa", "rsa", "NULL", 0, false, false, false, "null"},
		{0x0006, "TLS_RSA_EXPORT_WITH_RC2_CBC_40_MD5", false, "rsa", "rsa", "RC2_CBC_40", 40, false, true, true, "export"},
		{0x0007, "TLS_RSA_WITH_IDEA_CBC_SHA", false, "rsa", "rsa", "IDEA_CBC", 128, false, false, true, "static-key"},
		{0x0013, "TLS_DHE_DSS_WITH_3DES_EDE_CBC_SHA", false, "dhe", "dss", "3DES_EDE_CBC", 112, false, false, true, "3des"},
		{0x0019, "TLS_DH_anon_EXPORT_WITH_DES40_CBC_SHA", false, "dh", "anon", "DES40_CBC", 40, false, true, true, "anonymous"},
		{0x0062, "TLS_RSA_EXPORT1024_WITH_DES_CBC_SHA", false, "rsa", "rsa", "DES_CBC", 56, false, true, true, "export"},
		{0x00c7, "TLS_SM4_CCM_SM3", true, "any", "any", "SM4_CCM", 128, true, false, false, "rare"},
		{0x1304, "TLS_AES_128_CCM_SHA256", true, "any", "any", "AES_128_CCM", 128, true, false, false, "good"},
		{0xc0af, "TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8", false, "ecdhe", "ecdsa", "AES_256_CCM_8", 256, true, false, false, "rare"},
		{0xc031, "TLS_ECDH_RSA_WITH_AES_128_GCM_SHA256", false, "ecdh", "rsa", "AES_128_GCM", 128, true, false, false, "static-key"},
		{0xcca8, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", false, "ecdhe", "rsa", "CHACHA20_POLY1305", 256, true, false, false, "good"},
	} {
		got, _ := records.SuiteByNumber(want.Number)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", want.Name, diff)
		}
	}
}

func TestSuitesAgreeWithTheStandardLibrary(t *testing.T) {
	t.Parallel()
	for _, theirs := range slices.Concat(tls.CipherSuites(), tls.InsecureCipherSuites()) {
		ours, ok := records.SuiteByNumber(theirs.ID)
		if !ok || ours.Name != theirs.Name {
			t.Errorf("%04x is %q here and %q there", theirs.ID, ours.Name, theirs.Name)
		}
		if ours.TLS13 != (theirs.SupportedVersions[0] == tls.VersionTLS13) {
			t.Errorf("%s: for TLS 1.3: %t", ours.Name, ours.TLS13)
		}
		if ours.Class == "good" && theirs.Insecure {
			t.Errorf("%s is good here and insecure there", ours.Name)
		}
	}
}

// TestSuitesAgreeWithOpenSSL reads the lines of openssl ciphers, like
// 0xC0,0x2F - TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 - ... Kx=ECDH Au=RSA Enc=AESGCM(128) Mac=AEAD.
func TestSuitesAgreeWithOpenSSL(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "openssl", "ciphers", "-V", "-stdname", "ALL:COMPLEMENTOFALL:@SECLEVEL=0").Output()
	if err != nil {
		t.Skipf("no openssl that lists its suites: %v", err)
	}
	seen := 0
	for line := range strings.Lines(string(out)) {
		field := strings.Fields(line)
		if len(field) < 10 || strings.Contains(line, "PSK") || strings.Contains(line, "SRP") {
			continue
		}
		seen++
		var high, low uint8
		if _, err := fmt.Sscanf(field[0], "0x%02X,0x%02X", &high, &low); err != nil {
			t.Fatal(err)
		}
		s, ok := records.SuiteByNumber(uint16(high)<<8 | uint16(low))
		if !ok || s.Name != field[2] {
			t.Errorf("%s: we know %q", line, s.Name)
		}
		want := strings.Join(field[6:], " ")
		if got := inTheirWords(s); !strings.HasPrefix(want, got) || strings.HasSuffix(want, "Mac=AEAD") != s.AEAD {
			t.Errorf("%s: %s, want %s", s.Name, got, want)
		}
	}
	if seen < 60 {
		t.Errorf("only %d suites compared", seen)
	}
}

func inTheirWords(s records.Suite) string {
	exchange := map[string]string{"any": "any", "rsa": "RSA", "dhe": "DH", "dh": "DH", "ecdhe": "ECDH", "ecdh": "ECDH"}[s.Exchange]
	auth := map[string]string{"any": "any", "rsa": "RSA", "dss": "DSS", "ecdsa": "ECDSA", "anon": "None"}[s.Auth]
	cipher, _, _ := strings.Cut(s.Cipher, "_")
	mode := s.Cipher[strings.LastIndex(s.Cipher, "_")+1:]
	switch {
	case s.Bits == 0:
		return fmt.Sprintf("Kx=%s Au=%s Enc=None", exchange, auth)
	case mode == "8":
		cipher += "CCM8"
	case cipher == "CAMELLIA":
		cipher = "Camellia"
	case cipher == "CHACHA20":
		cipher += "/POLY1305"
	case s.AEAD:
		cipher += mode
	}
	return fmt.Sprintf("Kx=%s Au=%s Enc=%s(%d)", exchange, auth, cipher, s.Bits)
}

func TestGroupsAreFoundByNumberAndByName(t *testing.T) {
	t.Parallel()
	list := records.Groups()
	if !slices.IsSortedFunc(list, func(a, b records.Group) int { return int(a.Number) - int(b.Number) }) || len(list) != 48 {
		t.Errorf("%d groups, or not in the order of their numbers", len(list))
	}
	for _, g := range list {
		byNumber, ok := records.GroupByNumber(g.Number)
		byName, found := records.GroupByName(g.Name)
		if !ok || !found || byNumber != g || byName != g {
			t.Errorf("%s: by number %v, by name %v", g.Name, byNumber, byName)
		}
	}
	list[0].Name = "changed"
	if records.Groups()[0].Name == "changed" {
		t.Error("a caller changes the registry")
	}
}

func TestGroupsAgreeWithTheStandardLibrary(t *testing.T) {
	t.Parallel()
	for id, want := range map[tls.CurveID]records.Group{
		tls.CurveP256:          {23, "secp256r1", "ec", 256, false},
		tls.CurveP384:          {24, "secp384r1", "ec", 384, false},
		tls.CurveP521:          {25, "secp521r1", "ec", 521, false},
		tls.X25519:             {29, "x25519", "ec", 255, false},
		tls.X25519MLKEM768:     {4588, "X25519MLKEM768", "hybrid", 255, true},
		tls.SecP256r1MLKEM768:  {4587, "SecP256r1MLKEM768", "hybrid", 256, true},
		tls.SecP384r1MLKEM1024: {4589, "SecP384r1MLKEM1024", "hybrid", 384, true},
	} {
		got, _ := records.GroupByNumber(uint16(id))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", id, diff)
		}
	}
}

func TestSchemesHaveTheirNames(t *testing.T) {
	t.Parallel()
	for number, want := range map[uint16]string{
		uint16(tls.ECDSAWithP384AndSHA384): "ecdsa_secp384r1_sha384",
		uint16(tls.PSSWithSHA512):          "rsa_pss_rsae_sha512",
		uint16(tls.PKCS1WithSHA1):          "rsa_pkcs1_sha1",
		uint16(tls.ECDSAWithSHA1):          "ecdsa_sha1",
		uint16(tls.Ed25519):                "ed25519",
		0x0101:                             "rsa_pkcs1_md5",
		0x0906:                             "mldsa87",
		0x1a1a:                             "0x1a1a",
		0:                                  "0x0000",
	} {
		if got := records.SchemeName(number); got != want {
			t.Errorf("%04x is %q, want %q", number, got, want)
		}
	}
}

func TestExposuresFollowFromWhatIsAccepted(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		versions, suites []string
		dhBits           int
		want             string
	}{
		"nothing-known":                        {},
		"modern":                               {versions: []string{"TLS 1.2", "TLS 1.3"}, suites: []string{"TLS_AES_128_GCM_SHA256"}, dhBits: 2048},
		"a-cbc-suite-above-tls-1.0-is-none":    {versions: []string{"TLS 1.1", "TLS 1.2"}, suites: []string{"TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"}},
		"tls-1.0-without-a-word-of-streams":    {versions: []string{"TLS 1.0"}, want: "BEAST"},
		"tls-1.0-with-rc4-alone":               {versions: []string{"TLS 1.0"}, suites: []string{"TLS_ECDHE_RSA_WITH_RC4_128_SHA"}},
		"tls-1.0-with-rc4-and-cbc-for-tls-1.2": {versions: []string{"TLS 1.0"}, suites: []string{"rc4", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256"}},
		"tls-1.0-with-rc4-and-cbc":             {versions: []string{"TLS 1.0"}, suites: []string{"rc4", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"}, want: "BEAST"},
		"ssl-3.0":                              {versions: []string{"SSL 3.0"}, want: "BEAST POODLE"},
		"ssl-2.0":                              {versions: []string{"SSL 2.0"}, want: "DROWN"},
		"blocks-of-64-bits":                    {suites: []string{"TLS_RSA_WITH_IDEA_CBC_SHA"}, want: "SWEET32 ROBOT"},
		"a-class-for-a-suite":                  {suites: []string{"3des"}, want: "SWEET32"},
		"a-class-that-says-too-little":         {suites: []string{"export", "static-key", "anonymous"}},
		"rsa-export":                           {suites: []string{"TLS_RSA_EXPORT_WITH_RC4_40_MD5"}, want: "FREAK"},
		"dhe-export":                           {suites: []string{"TLS_DHE_RSA_EXPORT_WITH_DES40_CBC_SHA"}, want: "SWEET32 LOGJAM"},
		"short-dh":                             {suites: []string{"TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"}, dhBits: 1024, want: "LOGJAM"},
		"longer-dh":                            {dhBits: 1025},
		"everything": {
			[]string{"SSL 2.0", "SSL 3.0", "TLS 1.0"},
			[]string{"TLS_RSA_EXPORT_WITH_DES40_CBC_SHA", "TLS_RSA_WITH_AES_128_CBC_SHA"},
			512, "BEAST POODLE SWEET32 FREAK LOGJAM DROWN ROBOT",
		},
	} {
		if got := strings.Join(records.Exposures(c.versions, c.suites, c.dhBits), " "); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestPrimeOfNobodyHasNoName(t *testing.T) {
	t.Parallel()
	for _, prime := range [][]byte{nil, {0}, bytes.Repeat([]byte{0xff}, 128)} {
		if got := records.Prime(prime); got != "" {
			t.Errorf("%x is %s", prime, got)
		}
	}
}
