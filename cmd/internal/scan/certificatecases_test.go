package scan_test

import (
	"crypto"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	ours "campanile/collectors/tls"
)

// situation is one certificate, or several, as a server may have them.
type situation struct {
	name   string
	server server
	facts  string // words that the facts must have
	want   string // the verdicts that are not those on a sound certificate
}

// workshop is what all situations share.
type workshop struct {
	*forge
	root, middle, lower holder
	stranger            holder // a root that nobody knows
	roots               ours.Roots
}

func newWorkshop(t *testing.T) workshop {
	t.Helper()
	f := &forge{keys: map[string]crypto.Signer{}}
	w := workshop{forge: f, root: f.withRSA(t, holder{}, "Root of the test"), stranger: f.withRSA(t, holder{}, "Root that nobody knows")}
	w.middle = f.withRSA(t, w.root, "Intermediate of the test")
	w.lower = f.below(t, w.middle, "Lower intermediate")
	roots, err := ours.MozillaRoots(pemOf(w.root))
	if err != nil {
		t.Fatal(err)
	}
	w.roots = roots
	return w
}

// plain is a server with a leaf of the intermediate, altered.
func (w workshop) plain(t *testing.T, twists ...twist) server {
	t.Helper()
	return server{chain: shown(w.leaf(t, w.middle, w.rsa(t, 2048), twists...), w.middle)}
}

func (w workshop) at(t *testing.T, host string, twists ...twist) server {
	t.Helper()
	s := w.plain(t, twists...)
	s.host = host
	return s
}

func lasting(from, to time.Duration) twist {
	return func(c *x509.Certificate) { c.NotBefore, c.NotAfter = scanned().Add(from), scanned().Add(to) }
}

func called(names ...string) twist {
	return func(c *x509.Certificate) { c.DNSNames = names }
}

// TestCertificates shows a scan some hundred servers' certificates, each with one
// property of its own or several, and compares what it knows and what it says.
func TestCertificates(t *testing.T) {
	t.Parallel()
	w := newWorkshop(t)
	all := slices.Concat(w.times(t), w.names(t), w.signatures(t), w.keys(t), w.chains(t), w.limits(t), w.lists(t), w.staples(t), w.forms(t), w.together(t))
	for _, each := range all {
		t.Run(each.name, func(t *testing.T) {
			t.Parallel()
			h, verdicts := each.server.look(t, w.roots)
			facts := factsOf(h)
			for word := range strings.FieldsSeq(each.facts) {
				if !slices.Contains(strings.Fields(facts), word) {
					t.Errorf("the facts lack %s: %s", word, facts)
				}
			}
			if diff := cmp.Diff(each.want, verdicts); diff != "" {
				t.Errorf("-want +got\n%s%s\n%s", diff, facts, h.Trust.Detail+h.Detail+h.Staple.Detail+h.Revoked.Detail)
			}
		})
	}
	if len(all) < 60 {
		t.Errorf("%d situations only", len(all))
	}
}

func (w workshop) times(t *testing.T) []situation {
	t.Helper()
	day := aDay
	of := func(name string, from, to time.Duration, want string) situation {
		return situation{name, w.plain(t, lasting(from, to)), "trust=seen match=seen", want}
	}
	return []situation{
		of("sound", -30*day, 60*day, ""),
		of("expired", -90*day, -day, "expired:fail expiring:n/a"),
		of("expired-a-second-ago", -90*day, -time.Second, "expired:fail expiring:n/a"),
		of("expired-for-years", -900*day, -600*day, "expired:fail expiring:n/a"),
		of("the-last-second", -90*day, 0, "expiring:fail"),
		of("not-yet", day, 91*day, "not-yet-valid:fail"),
		of("a-second-too-early", time.Second, 90*day, "not-yet-valid:fail"),
		of("from-this-second", 0, 90*day, ""),
		of("398-days-22-left", -376*day, 22*day, ""),
		of("398-days-20-left", -378*day, 20*day, "expiring:fail"),
		of("200-days-25-left", -175*day, 25*day, ""),
		of("200-days-20-left", -180*day, 20*day, "expiring:fail"),
		of("100-days-22-left", -78*day, 22*day, ""),
		of("100-days-10-left", -90*day, 10*day, "expiring:fail"),
		of("47-days-17-left", -30*day, 17*day, ""),
		of("47-days-15-left", -32*day, 15*day, ""), // due, in the daily round of renewals
		of("47-days-14-left", -33*day, 14*day, "expiring:fail"),
		of("6-days-1-left", -5*day, day, ""),
		of("6-days-10-hours-left", -6*day+10*time.Hour, 10*time.Hour, "expiring:fail"),
		{"ends-before-it-begins", w.plain(t, lasting(-30*day, -60*day)), "trust=absent", "expired:fail expiring:n/a untrusted:fail chain-incomplete:n/a"},
	}
}

func (w workshop) names(t *testing.T) []situation {
	t.Helper()
	many := make([]string, 1000)
	for i := range many {
		many[i] = fmt.Sprintf("n%04d.comune.example", i)
	}
	withOurs := append(slices.Clone(many[1:]), "comune.example")
	const other = "wrong-host:fail"
	return []situation{
		{"wrong-name", w.plain(t, called("altro.example")), "trust=seen match=absent", other},
		{"in-capitals", w.plain(t, called("COMUNE.Example")), "match=seen", ""},
		{"wildcard", w.at(t, "www.comune.example", called("*.comune.example")), "match=seen", ""},
		{"wildcard-is-no-apex", w.plain(t, called("*.comune.example")), "match=absent", other},
		{"wildcard-is-one-label-deep", w.at(t, "a.b.comune.example", called("*.comune.example")), "match=absent", other},
		{"wildcard-in-the-middle", w.at(t, "www.sport.comune.example", called("www.*.comune.example")), "match=absent", other},
		{"wildcard-of-part-of-a-label", w.at(t, "www.comune.example", called("w*.comune.example")), "match=absent", other},
		{"idn", w.at(t, "xn--citt-3na.example", called("xn--citt-3na.example")), "match=seen", ""},
		{"idn-of-another", w.at(t, "xn--citt-3na.example", called("citta.example")), "match=absent", other},
		{"address-only", w.plain(t, called(), func(c *x509.Certificate) { c.IPAddresses = []net.IP{net.IPv4(192, 0, 2, 10)} }), "match=absent", other},
		{"address-besides", w.plain(t, func(c *x509.Certificate) { c.IPAddresses = []net.IP{net.IPv4(192, 0, 2, 10)} }), "match=seen", ""},
		{"no-alternative-name", w.plain(t, called()), "match=absent", other},
		{"another-common-name", w.plain(t, func(c *x509.Certificate) { c.Subject.CommonName = "altro.example" }), "match=seen", ""},
		{"no-subject-at-all", w.plain(t, func(c *x509.Certificate) { c.Subject = pkix.Name{} }), "match=seen", ""},
		{"a-thousand-names", w.plain(t, called(withOurs...)), "match=seen", ""},
		{"a-thousand-names-and-not-ours", w.plain(t, called(many...)), "match=absent", other},
	}
}

// hidden are the verdicts on a chain with a signature that nobody verifies.
const hidden = "untrusted:open chain-incomplete:open signature-weak:fail"

func (w workshop) signatures(t *testing.T) []situation {
	t.Helper()
	leaf := w.leaf(t, w.middle, w.rsa(t, 2048))
	middle := reforge(t, w.middle, w.root, crypto.SHA1, rsaWith(11), rsaWith(5))
	own := w.leaf(t, holder{}, w.rsa(t, 2048))
	lost := w.leaf(t, w.stranger, w.rsa(t, 2048))
	by := func(a x509.SignatureAlgorithm) server {
		return w.plain(t, func(c *x509.Certificate) { c.SignatureAlgorithm = a })
	}
	curve := w.authority(t, w.root, "Intermediate on a curve", w.ec(t, "authority", elliptic.P384()))
	ec := w.leaf(t, curve, w.ec(t, "leaf", elliptic.P256()))
	return []situation{
		{"md5", server{chain: shown(reforge(t, leaf, w.middle, crypto.MD5, rsaWith(11), rsaWith(4)), w.middle)}, "MD5-RSA match=seen trust=unknown", hidden},
		{"sha1", server{chain: shown(reforge(t, leaf, w.middle, crypto.SHA1, rsaWith(11), rsaWith(5)), w.middle)}, "SHA1-RSA match=seen trust=unknown", hidden},
		{"sha1-of-the-intermediate", server{chain: shown(leaf, middle)}, "SHA256-RSA trust=unknown", hidden},
		{"sha1-of-the-root-does-not-count", server{chain: shown(leaf, w.middle, reforge(t, w.root, w.root, crypto.SHA1, rsaWith(11), rsaWith(5)))}, "trust=seen", ""},
		{"sha1-self-signed", server{chain: shown(reforge(t, own, own, crypto.SHA1, rsaWith(11), rsaWith(5)))}, "trust=absent self-signed", alone("signature-weak:n/a")},
		{"sha1-of-an-unknown-authority", server{chain: shown(reforge(t, lost, w.stranger, crypto.SHA1, rsaWith(11), rsaWith(5)))}, "trust=absent unknown-authority", alone("signature-weak:fail")},
		{"sha384", by(x509.SHA384WithRSA), "SHA384-RSA trust=seen", ""},
		{"sha512", by(x509.SHA512WithRSA), "SHA512-RSA trust=seen", ""},
		{"pss", by(x509.SHA256WithRSAPSS), "SHA256-RSAPSS trust=seen", ""},
		{"ecdsa", server{chain: shown(ec, curve)}, "ECDSA-SHA384 trust=seen", ""},
	}
}

// alone are the verdicts on a certificate that nobody vouches for, and one more.
func alone(more ...string) string {
	return strings.Join(append([]string{"untrusted:fail", "chain-incomplete:n/a"}, more...), " ")
}

func (w workshop) keys(t *testing.T) []situation {
	t.Helper()
	with := func(key crypto.Signer) server { return server{chain: shown(w.leaf(t, w.middle, key), w.middle)} }
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p := primeFor(randomOf(t, 1024), 3)
	small := oddRSA(t, p, primeFor(randomOf(t, 1024), 3), 3)
	p = primeFor(randomOf(t, 1024), 65537)
	near := oddRSA(t, p, primeFor(new(big.Int).Add(p, big.NewInt(2)), 65537), 65537)
	const weak = "key-weak:fail"
	return []situation{
		{"rsa-512", server{chain: with(w.rsa(t, 512)).chain, old: true}, "RSA-512", weak},
		{"rsa-768", with(w.rsa(t, 768)), "RSA-768", weak},
		{"rsa-1024", with(w.rsa(t, 1024)), "RSA-1024", weak},
		{"rsa-2047", with(w.rsa(t, 2047)), "RSA-2047", weak},
		{"rsa-2048", with(w.rsa(t, 2048)), "RSA-2048", ""},
		{"rsa-3072", with(w.rsa(t, 3072)), "RSA-3072", ""},
		{"rsa-4096", with(w.rsa(t, 4096)), "RSA-4096", ""},
		{"rsa-exponent-3", with(small), "RSA-2048", ""},
		{"rsa-of-neighbours", with(near), "RSA-2048 fermat", weak},
		{"p-224", server{chain: with(w.ec(t, "leaf", elliptic.P224())).chain, old: true}, "ECDSA-224 secp224r1", weak},
		{"p-256", with(w.ec(t, "leaf", elliptic.P256())), "ECDSA-256 secp256r1", ""},
		{"p-384", with(w.ec(t, "leaf", elliptic.P384())), "ECDSA-384 secp384r1", ""},
		{"p-521", with(w.ec(t, "leaf", elliptic.P521())), "ECDSA-521 secp521r1", ""},
		{"ed25519", with(edwards), "Ed25519-256", ""},
	}
}
