package mail

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/miekg/dns"

	"campanile/collectors/dnssec"
	"campanile/collectors/evidence"
	"campanile/collectors/internal/dnstest"
)

// pinOf writes the TLSA record that fits a certificate.
func pinOf(usage, selector, matching int, c *x509.Certificate) string {
	data := c.Raw
	if selector == 1 {
		data = c.RawSubjectPublicKeyInfo
	}
	switch matching {
	case 1:
		sum := sha256.Sum256(data)
		data = sum[:]
	case 2:
		sum := sha512.Sum512(data)
		data = sum[:]
	}
	return fmt.Sprintf("%d %d %d %x", usage, selector, matching, data)
}

// issued makes a certificate with changes.
func (a authority) issued(t *testing.T, change func(*x509.Certificate)) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key := newKey(t)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(4), Subject: pkix.Name{CommonName: "mx.comune.test"}, DNSNames: []string{"mx.comune.test"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour), ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	change(template)
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return certificate, key
}

func presented(chain ...*x509.Certificate) []evidence.Certificate {
	var list []evidence.Certificate
	for _, c := range chain {
		list = append(list, evidence.Certificate{DER: c.Raw})
	}
	return list
}

func TestTLSARecordsAgainstAChain(t *testing.T) {
	t.Parallel()
	ca, stranger := newAuthority(t), newAuthority(t)
	plain, _ := ca.issued(t, func(*x509.Certificate) {})
	expired, _ := ca.issued(t, func(c *x509.Certificate) { c.NotAfter = now.Add(-time.Minute) })
	renamed, _ := ca.issued(t, func(c *x509.Certificate) { c.DNSNames = []string{"www.comune.test"} })
	nextHop, _ := ca.issued(t, func(c *x509.Certificate) { c.DNSNames = []string{"comune.test"} })
	common, _ := ca.issued(t, func(c *x509.Certificate) { c.DNSNames = nil })
	root := ca.certificate
	for name, test := range map[string]struct {
		pins  []string
		chain []*x509.Certificate
		state evidence.State
		which int // of the records
		why   string
	}{
		"key-of-the-server":                     {[]string{pinOf(3, 1, 1, plain)}, []*x509.Certificate{plain}, evidence.Seen, 0, ""},
		"key-as-it-is":                          {[]string{pinOf(3, 1, 0, plain)}, []*x509.Certificate{plain}, evidence.Seen, 0, ""},
		"key-by-sha-512":                        {[]string{pinOf(3, 1, 2, plain)}, []*x509.Certificate{plain}, evidence.Seen, 0, ""},
		"certificate-of-the-server":             {[]string{pinOf(3, 0, 1, plain)}, []*x509.Certificate{plain, root}, evidence.Seen, 0, ""},
		"certificate-as-it-is":                  {[]string{pinOf(3, 0, 0, plain)}, []*x509.Certificate{plain}, evidence.Seen, 0, ""},
		"certificate-by-sha-512":                {[]string{pinOf(3, 0, 2, plain)}, []*x509.Certificate{plain}, evidence.Seen, 0, ""},
		"time-of-the-server's-own-is-no-matter": {[]string{pinOf(3, 1, 1, expired)}, []*x509.Certificate{expired}, evidence.Seen, 0, ""},
		"name-of-the-server's-own-is-no-matter": {[]string{pinOf(3, 1, 1, renamed)}, []*x509.Certificate{renamed}, evidence.Seen, 0, ""},
		"another-key":                           {[]string{pinOf(3, 1, 1, renamed)}, []*x509.Certificate{plain}, evidence.Absent, 0, "no-match"},
		"own-key-further-up-is-not-meant":       {[]string{pinOf(3, 1, 1, root)}, []*x509.Certificate{plain, root}, evidence.Absent, 0, "no-match"},
		"second-record-fits":                    {[]string{pinOf(3, 1, 1, renamed), pinOf(3, 1, 1, plain)}, []*x509.Certificate{plain}, evidence.Seen, 1, ""},
		"sha-512-goes-before-sha-256":           {[]string{pinOf(3, 1, 1, plain), pinOf(3, 1, 2, renamed)}, []*x509.Certificate{plain}, evidence.Absent, 1, "no-match"},
		"sha-512-of-another-kind-does-not":      {[]string{pinOf(3, 1, 1, plain), pinOf(3, 0, 2, renamed)}, []*x509.Certificate{plain}, evidence.Seen, 0, ""},
		"authority":                             {[]string{pinOf(2, 0, 1, root)}, []*x509.Certificate{plain, root}, evidence.Seen, 0, ""},
		"key-of-the-authority":                  {[]string{pinOf(2, 1, 2, root)}, []*x509.Certificate{plain, root}, evidence.Seen, 0, ""},
		"authority-for-the-next-hop":            {[]string{pinOf(2, 0, 1, root)}, []*x509.Certificate{nextHop, root}, evidence.Seen, 0, ""},
		"authority-and-a-common-name":           {[]string{pinOf(2, 0, 1, root)}, []*x509.Certificate{common, root}, evidence.Seen, 0, ""},
		"authority-that-is-not-sent":            {[]string{pinOf(2, 0, 1, root)}, []*x509.Certificate{plain}, evidence.Absent, 0, "no-match"},
		"authority-that-stands-in-the-record":   {[]string{pinOf(2, 0, 0, root)}, []*x509.Certificate{plain}, evidence.Seen, 0, ""},
		"authority-that-did-not-sign":           {[]string{pinOf(2, 0, 1, stranger.certificate)}, []*x509.Certificate{plain, stranger.certificate}, evidence.Absent, 0, "no-match"},
		"authority-and-the-wrong-name":          {[]string{pinOf(2, 0, 1, root)}, []*x509.Certificate{renamed, root}, evidence.Absent, 0, "wrong-name"},
		"authority-and-out-of-date":             {[]string{pinOf(2, 0, 1, root)}, []*x509.Certificate{expired, root}, evidence.Absent, 0, "expired"},
		"leaf-is-no-authority":                  {[]string{pinOf(2, 0, 1, plain)}, []*x509.Certificate{plain, root}, evidence.Absent, 0, "no-match"},
		"the-nearest-miss-is-told":              {[]string{pinOf(3, 1, 1, plain), pinOf(2, 0, 1, root)}, []*x509.Certificate{expired, root}, evidence.Absent, 1, "expired"},
		"unusable-ones-do-not-count":            {[]string{"1 0 1 " + strings.Repeat("00", 32), "3 1 1 00", "3 1 9 00", pinOf(3, 1, 1, plain)}, []*x509.Certificate{plain}, evidence.Seen, 3, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := promised(Request{Domain: "comune.test", Validator: someValidator(t)}, secured("comune.test", "MX", "10 mx.comune.test."), "mx.comune.test",
				host{[]validated{secured("mx.comune.test", "A", "192.0.2.25")}, []validated{secured("_25._tcp.mx.comune.test", "TLSA", test.pins...)}})
			got := p.keptBy(evidence.Server{TLS: evidence.Handshake{Observation: evidence.SeenAt(now), Certificates: presented(test.chain...)}}, now)
			want := evidence.DANE{Observation: evidence.Observation{State: test.state, At: now}, Record: test.pins[test.which], Reason: test.why}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("DANE (-want +got):\n%s", diff)
			}
		})
	}
}

// someValidator is one that is there; nothing is asked of it.
func someValidator(t *testing.T) *dnssec.Validator {
	t.Helper()
	return dnssec.New(newLab(t).session(), dnssec.RootAnchor())
}

func secured(name, kind string, rdata ...string) validated {
	v := validated{Lookup: evidence.Lookup{Name: name, Type: kind, Observation: evidence.SeenAt(now), Records: rdata, Security: evidence.Secure}}
	if len(rdata) == 0 {
		v.Observation = evidence.AbsentAt(now)
	}
	return v
}

func TestTLSARecordsCountWhenEverythingIsSigned(t *testing.T) {
	t.Parallel()
	server, _ := newAuthority(t).issued(t, func(*x509.Certificate) {})
	fits, unfit := pinOf(3, 1, 1, server), "3 1 1 "+strings.Repeat("ab", 32)
	with := func(v validated, security evidence.Security) validated {
		v.Security = security
		return v
	}
	lost := func(v validated) validated {
		v.Observation, v.Records, v.Security = evidence.UnknownAt(now, evidence.Timeout, ""), nil, ""
		return v
	}
	mx, address := secured("comune.test", "MX", "10 mx.comune.test."), secured("mx.comune.test", "A", "192.0.2.25")
	none := secured("mx.comune.test", "AAAA")
	tlsa := func(rdata ...string) validated { return secured("_25._tcp.mx.comune.test", "TLSA", rdata...) }
	alias := address
	alias.Aliases = []string{"mx7.fornitore.example"}
	unsure := with(mx, "")
	unsure.unsure = evidence.NoDNSSEC
	for name, test := range map[string]struct {
		mx    validated
		hosts host
		bare  bool // nothing was presented
		state evidence.State
		why   evidence.Problem
	}{
		"all-secure":               {mx, host{[]validated{address, none}, []validated{tlsa(fits)}}, false, evidence.Seen, ""},
		"mx-not-signed":            {with(mx, evidence.Insecure), host{[]validated{address, none}, []validated{tlsa(unfit)}}, false, "", ""},
		"address-not-signed":       {mx, host{[]validated{with(address, evidence.Insecure), none}, []validated{tlsa(unfit)}}, false, "", ""},
		"records-not-signed":       {mx, host{[]validated{address, none}, []validated{with(tlsa(unfit), evidence.Insecure)}}, false, "", ""},
		"no-records":               {mx, host{[]validated{address, none}, []validated{tlsa()}}, false, "", ""},
		"none-usable":              {mx, host{[]validated{address, none}, []validated{tlsa("0 0 1 " + strings.Repeat("00", 32))}}, false, "", ""},
		"records-bogus":            {mx, host{[]validated{address, none}, []validated{with(tlsa(unfit), evidence.BogusData)}}, false, evidence.Unknown, evidence.Bogus},
		"mx-bogus":                 {with(mx, evidence.BogusData), host{[]validated{address, none}, []validated{tlsa(unfit)}}, false, evidence.Unknown, evidence.Bogus},
		"resolver-strips-dnssec":   {unsure, host{[]validated{address, none}, []validated{tlsa(unfit)}}, false, evidence.Unknown, evidence.NoDNSSEC},
		"records-timed-out":        {mx, host{[]validated{address, none}, []validated{lost(tlsa())}}, false, evidence.Unknown, evidence.Timeout},
		"timed-out-yet-not-signed": {with(mx, evidence.Insecure), host{[]validated{address, none}, []validated{lost(tlsa())}}, false, "", ""},
		"alias-has-the-records":    {mx, host{[]validated{alias, none}, []validated{tlsa(), tlsa(fits)}}, false, evidence.Seen, ""},
		"alias-has-none":           {mx, host{[]validated{alias, none}, []validated{tlsa(fits), tlsa()}}, false, evidence.Seen, ""},
		"alias-timed-out":          {mx, host{[]validated{alias, none}, []validated{tlsa(fits), lost(tlsa())}}, false, evidence.Unknown, evidence.Timeout},
		"handshake-broken-off":     {mx, host{[]validated{address, none}, []validated{tlsa(unfit)}}, true, evidence.Unknown, evidence.DependsOnOther},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := promised(Request{Domain: "comune.test", Validator: someValidator(t)}, test.mx, "mx.comune.test", test.hosts)
			shown := evidence.Handshake{Observation: evidence.SeenAt(now), Certificates: presented(server)}
			if test.bare {
				shown.Observation = evidence.UnknownAt(now, evidence.Reset, "") // in the middle of the handshake
			}
			got := p.keptBy(evidence.Server{TLS: shown}, now)
			if got.State != test.state || got.Problem != test.why {
				t.Errorf("DANE = %+v, want %q by %q", got, test.state, test.why)
			}
		})
	}
}

func TestWithoutAValidatorNothingIsPromised(t *testing.T) {
	t.Parallel()
	p := promised(Request{Domain: "comune.test"}, secured("comune.test", "MX", "10 mx.comune.test."), "mx.comune.test",
		host{[]validated{secured("mx.comune.test", "A", "192.0.2.25")}, []validated{secured("_25._tcp.mx.comune.test", "TLSA", "3 1 1 "+strings.Repeat("ab", 32))}})
	if diff := cmp.Diff(evidence.DANE{}, p.keptBy(evidence.Server{}, now)); diff != "" {
		t.Errorf("DANE (-want +got):\n%s", diff)
	}
}

// signedLab is a root zone with everything in it, signed.
func signedLab(t *testing.T, lines ...string) (*lab, dnssec.Anchor) {
	t.Helper()
	key := &dns.DNSKEY{
		Hdr:   dns.RR_Header{Name: ".", Rrtype: dns.TypeDNSKEY, Class: dns.ClassINET, Ttl: 300},
		Flags: dns.ZONE | dns.SEP, Protocol: 3, Algorithm: dns.ECDSAP256SHA256,
	}
	private, err := key.Generate(256)
	if err != nil {
		t.Fatal(err)
	}
	l := newLab(t)
	for _, rr := range append(dnstest.Records(t, lines...), key) {
		sig := &dns.RRSIG{
			Algorithm: key.Algorithm, KeyTag: key.KeyTag(), SignerName: ".",
			Inception: uint32(now.Add(-time.Hour).Unix()), Expiration: uint32(now.Add(24 * time.Hour).Unix()),
		}
		if err := sig.Sign(private.(crypto.Signer), []dns.RR{rr}); err != nil {
			t.Fatal(err)
		}
		l.dns.Add(rr, sig)
	}
	anchor, err := dnssec.ReadAnchor(strings.NewReader(key.ToDS(dns.SHA256).String()))
	if err != nil {
		t.Fatal(err)
	}
	return l, anchor
}

// RFC 7672 section 2.2.2: the records of the name at the end come first, and the
// certificate may be for that name.
func TestRecordsOfAnAlias(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	server, key := ca.issued(t, func(c *x509.Certificate) { c.DNSNames = []string{"mx7.fornitore.test"} })
	pin := pinOf(2, 1, 1, ca.certificate)
	l, anchor := signedLab(t, "comune.test. 300 IN MX 10 mx.comune.test.", "mx.comune.test. 300 IN CNAME mx7.fornitore.test.",
		"mx7.fornitore.test. 300 IN A 192.0.2.25", "_25._tcp.mx7.fornitore.test. 300 IN TLSA "+pin)
	p := &postman{greeting: hello, replies: map[string]string{"EHLO": withTLS, "STARTTLS": ready}, tls: &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{server.Raw, ca.certificate.Raw}, PrivateKey: key}},
	}}
	l.serve(t, "192.0.2.25:25", p.script)
	s, r := l.session(), l.request()
	r.Validator = dnssec.New(s, anchor)
	mail, _ := Collect(t.Context(), s, r)
	if got := mail.Exchanges[0].Servers[0].DANE; got.State != evidence.Seen || !strings.EqualFold(got.Record, pin) {
		t.Errorf("DANE = %+v, want seen by %s", got, pin)
	}
}

// A real server behind STARTTLS, in a zone that is signed down from the anchor.
func TestDANEOfAServer(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	server, key := ca.issued(t, func(c *x509.Certificate) { c.NotAfter = now.Add(-time.Minute) })
	for name, test := range map[string]struct {
		owner, pin string
		state      evidence.State
		why        string
	}{
		"fits":          {"mx.comune.test", pinOf(3, 1, 1, server), evidence.Seen, ""},
		"does-not-fit":  {"mx.comune.test", pinOf(3, 1, 1, ca.certificate), evidence.Absent, "no-match"},
		"ca-out-of-use": {"mx.comune.test", pinOf(2, 0, 1, ca.certificate), evidence.Absent, "expired"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, anchor := signedLab(t, append(slices.Clone(oneMX), "_25._tcp."+test.owner+". 300 IN TLSA "+test.pin)...)
			p := &postman{greeting: hello, replies: map[string]string{"EHLO": withTLS, "STARTTLS": ready}, tls: &tls.Config{
				Certificates: []tls.Certificate{{Certificate: [][]byte{server.Raw, ca.certificate.Raw}, PrivateKey: key}},
			}}
			l.serve(t, "192.0.2.25:25", p.script)
			s, r := l.session(), l.request()
			r.Validator = dnssec.New(s, anchor)
			mail, lookups := Collect(t.Context(), s, r)
			want := evidence.DANE{Observation: evidence.Observation{State: test.state, At: now}, Record: test.pin, Reason: test.why}
			got := mail.Exchanges[0].Servers[0].DANE
			if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(evidence.DANE{}, "Record")); diff != "" {
				t.Errorf("DANE (-want +got):\n%s", diff)
			}
			if !strings.EqualFold(got.Record, test.pin) {
				t.Errorf("record = %q, want %q", got.Record, test.pin)
			}
			for _, each := range lookups {
				if each.State == evidence.Seen && slices.Contains([]string{"MX", "A", "TLSA"}, each.Type) && each.Security != evidence.Secure {
					t.Errorf("%s %s is %q, want secure", each.Name, each.Type, each.Security)
				}
			}
		})
	}
}
