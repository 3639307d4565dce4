package namespaces

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"campanile/collectors/evidence"
)

// compareCertificates holds what we say of each certificate against what openssl
// says of the file that the server has.
func (l *tlsLab) compareCertificates(t *testing.T, s *tlsServer, e evidence.Endpoint) {
	t.Helper()
	var want, got []tlsFacts
	for _, name := range s.certificates {
		want = append(want, l.opensslFacts(t, l.file(name)))
	}
	for _, shake := range []evidence.Handshake{e.TLS, e.Second} {
		if len(shake.Certificates) > 0 {
			got = append(got, ourFacts(shake.Certificates[0]))
		}
	}
	byDigest := func(a, b tlsFacts) int { return strings.Compare(a.SHA256, b.SHA256) }
	slices.SortFunc(want, byDigest)
	slices.SortFunc(got, byDigest)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the certificates (-openssl x509 +ours):\n%s", diff)
	}
	if both := len(s.certificates) > 1; !s.mail && both != (e.Second.State == evidence.Seen) {
		t.Errorf("the other kind of key is %s %s, %d certificates are configured", e.Second.State, e.Second.Problem, len(s.certificates))
	}
}

// tlsFacts are the facts of a certificate that both tell.
type tlsFacts struct {
	SHA256, Subject, Issuer, Serial, Key, Curve, Signature string
	Bits                                                   int
	NotBefore, NotAfter                                    time.Time
	Names                                                  []string
	MustStaple                                             bool
}

func ourFacts(c evidence.Certificate) tlsFacts {
	return tlsFacts{
		SHA256: c.SHA256, Subject: c.Subject, Issuer: c.Issuer, Serial: c.Serial, Key: c.Key, Curve: c.Curve, Signature: c.Signature,
		Bits: c.KeyBits, NotBefore: c.NotBefore, NotAfter: c.NotAfter, Names: c.Names, MustStaple: c.MustStaple,
	}
}

// Words of openssl for what we call by other words.
var (
	opensslSignatures = map[string]string{
		"sha1WithRSAEncryption": "SHA1-RSA", "sha256WithRSAEncryption": "SHA256-RSA", "sha512WithRSAEncryption": "SHA512-RSA",
		"rsassaPss": "SHA256-RSAPSS", "ecdsa-with-SHA256": "ECDSA-SHA256", "ecdsa-with-SHA384": "ECDSA-SHA384", "ED25519": "Ed25519",
	}
	opensslKeys   = map[string]string{"rsaEncryption": "RSA", "id-ecPublicKey": "ECDSA", "ED25519": "Ed25519"}
	opensslCurves = map[string]string{"prime256v1": "secp256r1", "secp384r1": "secp384r1"}
)

// opensslFacts reads what openssl x509 prints of a file.
func (l *tlsLab) opensslFacts(t *testing.T, file string) tlsFacts {
	t.Helper()
	ask := func(words ...string) string {
		return strings.TrimSpace(tool(t, l.Dir, "openssl", append([]string{"x509", "-in", file, "-noout", "-nameopt", "RFC2253"}, words...)...))
	}
	after := func(text string) string {
		_, value, _ := strings.Cut(text, "=")
		return strings.TrimSpace(value)
	}
	text := ask("-text", "-certopt", "no_pubkey,no_sigdump")
	whole := ask("-text")
	facts := tlsFacts{
		SHA256:    strings.ToLower(strings.ReplaceAll(after(ask("-fingerprint", "-sha256")), ":", "")),
		Subject:   after(ask("-subject")),
		Issuer:    after(ask("-issuer")),
		Serial:    strings.ToLower(after(ask("-serial"))),
		NotBefore: opensslTime(t, after(ask("-startdate"))),
		NotAfter:  opensslTime(t, after(ask("-enddate"))),
		Signature: opensslSignatures[wordAfter(text, "Signature Algorithm: ")],
		Key:       opensslKeys[wordAfter(whole, "Public Key Algorithm: ")],
		Curve:     opensslCurves[wordAfter(whole, "ASN1 OID: ")],
		Names:     opensslNames(t, text),
	}
	facts.MustStaple = strings.Contains(text, "status_request")
	facts.Bits, _ = strconv.Atoi(wordAfter(whole, "Public-Key: ("))
	if facts.Key == "Ed25519" {
		facts.Bits = 256 // openssl does not say
	}
	return facts
}

// wordAfter is the word that stands after a label, "" where the label is not.
func wordAfter(text, label string) string {
	_, rest, found := strings.Cut(text, label)
	if !found {
		return ""
	}
	return strings.Fields(rest)[0]
}

func opensslTime(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse("Jan _2 15:04:05 2006 MST", text)
	if err != nil {
		t.Fatal(err)
	}
	return at.UTC()
}

// opensslNames reads the line of subject alternative names.
func opensslNames(t *testing.T, text string) []string {
	t.Helper()
	_, rest, found := strings.Cut(text, "Subject Alternative Name:")
	if !found {
		return nil
	}
	line, _, _ := strings.Cut(strings.TrimSpace(rest), "\n")
	var names []string
	for entry := range strings.SplitSeq(line, ", ") {
		kind, name, _ := strings.Cut(entry, ":")
		if kind == "IP Address" {
			address, err := netip.ParseAddr(name)
			if err != nil {
				t.Fatal(err)
			}
			name = address.String()
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
