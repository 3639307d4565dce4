package checks_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"campanile/checks"
	"campanile/collectors/evidence"
)

// The attacks that a finding names follow from the versions, suites and primes
// that the endpoint of the finding accepts, and from no other.
func TestExposuresFollowFromWhatTheServerAccepts(t *testing.T) {
	t.Parallel()
	const staticAES, tripleDES = "TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_RSA_WITH_3DES_EDE_CBC_SHA"
	taken := func(suite, class string) []evidence.SuiteOffer {
		return []evidence.SuiteOffer{{Observation: seen(), Suite: suite, Class: class}}
	}
	for name, test := range map[string]struct {
		versions []string
		accepts  evidence.Accepts
		rule     string
		want     string
	}{
		"tls-1-1-alone": {[]string{"TLS 1.1"}, evidence.Accepts{}, "tls-version-obsolete", "-"},
		"tls-1-0":       {[]string{"TLS 1.0"}, evidence.Accepts{}, "tls-version-obsolete", "BEAST"},
		"tls-1-0-with-streams-alone": {
			[]string{"TLS 1.0"}, evidence.Accepts{Weak: taken("TLS_ECDHE_RSA_WITH_RC4_128_SHA", "rc4")}, "tls-version-obsolete", "-",
		},
		"ssl-3":       {[]string{"SSL 3.0"}, evidence.Accepts{}, "tls-version-obsolete", "BEAST, POODLE"},
		"ssl-2":       {[]string{"SSL 2.0"}, evidence.Accepts{}, "tls-version-obsolete", "DROWN"},
		"short-prime": {[]string{"TLS 1.1"}, evidence.Accepts{DH: evidence.FiniteField{Observation: seen(), Bits: 1024}}, "tls-version-obsolete", "-"},
		"suites-are-another-finding": {
			[]string{"TLS 1.0"}, evidence.Accepts{Weak: taken(tripleDES, "3des")}, "tls-version-obsolete", "BEAST",
		},
		"versions-are-another-finding": {
			[]string{"SSL 2.0", "SSL 3.0"}, evidence.Accepts{Weak: taken(tripleDES, "3des")}, "tls-cipher-weak", "SWEET32, ROBOT",
		},
		"prime-not-known":     {[]string{"TLS 1.1"}, evidence.Accepts{DH: evidence.FiniteField{Observation: silent, Bits: 1024}}, "tls-version-obsolete", "-"},
		"static-key-by-suite": {nil, evidence.Accepts{Weak: taken(staticAES, "static-key")}, "tls-cipher-weak", "ROBOT"},
		"blocks-of-64-bits":   {nil, evidence.Accepts{Weak: taken(tripleDES, "3des")}, "tls-cipher-weak", "SWEET32, ROBOT"},
		"export":              {nil, evidence.Accepts{Weak: taken("TLS_RSA_EXPORT_WITH_RC4_40_MD5", "export")}, "tls-cipher-weak", "FREAK"},
		"suite-on-its-way-out": {
			[]string{"TLS 1.0"}, evidence.Accepts{
				Weak:     taken("TLS_ECDHE_RSA_WITH_RC4_128_SHA", "rc4"),
				PhaseOut: evidence.SuiteOffer{Observation: seen(), Suite: "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", Class: "cbc"},
			}, "tls-version-obsolete", "BEAST",
		},
		"full-list": {
			nil,
			evidence.Accepts{Weak: taken("TLS_ECDHE_RSA_WITH_NULL_SHA", "null"), Suites: []evidence.AcceptedSuite{{Suite: tripleDES, Version: "TLS 1.2"}}},
			"tls-cipher-weak", "SWEET32, ROBOT",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := evidence.Endpoint{
				Name: "comune.example", Address: "192.0.2.10", Port: 443, Connect: seen(),
				TLS: evidence.Handshake{Observation: seen(), Version: "TLS 1.3"}, Accepts: test.accepts,
			}
			for _, version := range test.versions {
				e.Offers = append(e.Offers, evidence.VersionOffer{Version: version, Observation: seen()})
			}
			sounder := e
			sounder.Address, sounder.Offers, sounder.Accepts = "192.0.2.11", nil, evidence.Accepts{}
			b := defaultBundle()
			b.Endpoints = []evidence.Endpoint{sounder, e}
			if diff := cmp.Diff([]string{test.want}, factOf(b, test.rule, "exposures")); diff != "" {
				t.Errorf("exposures (-want +got)\n%s", diff)
			}
		})
	}
}

// factOf gives a fact of every failure of a rule.
func factOf(b *evidence.Bundle, rule, fact string) []string {
	var list []string
	for _, f := range findingsOf(b, rule) {
		if f.Outcome == checks.Fail {
			list = append(list, f.Facts[fact])
		}
	}
	return list
}

func TestWebServerIsKnownByItsOwnAnswer(t *testing.T) {
	t.Parallel()
	hop := func(url, server string) evidence.Hop {
		return evidence.Hop{URL: url, Status: 200, Headers: []evidence.Header{{Name: "server", Value: server}}}
	}
	const here, away = "https://comune.example/", "https://elsewhere.example/"
	for name, test := range map[string]struct {
		visit evidence.Visit
		want  string
	}{
		"nginx":                 {evidence.Visit{Hops: []evidence.Hop{hop(here, "nginx/1.22.1")}}, "nginx"},
		"nginx-without-version": {evidence.Visit{Hops: []evidence.Hop{hop(here, "nginx")}}, "nginx"},
		"relative-of-nginx":     {evidence.Visit{Hops: []evidence.Hop{hop(here, "openresty/1.21.4.1")}}, "nginx"},
		"apache":                {evidence.Visit{Hops: []evidence.Hop{hop(here, "Apache/2.4.62 (Debian) OpenSSL/3.0.15")}}, "apache"},
		"tomcat-is-no-apache":   {evidence.Visit{Hops: []evidence.Hop{hop(here, "Apache-Coyote/1.1")}}, "other"},
		"iis":                   {evidence.Visit{Hops: []evidence.Hop{hop(here, "Microsoft-IIS/10.0")}}, "iis"},
		"litespeed":             {evidence.Visit{Hops: []evidence.Hop{hop(here, "LiteSpeed")}}, "litespeed"},
		"caddy":                 {evidence.Visit{Hops: []evidence.Hop{hop(here, "Caddy")}}, "caddy"},
		"unheard-of":            {evidence.Visit{Hops: []evidence.Hop{hop(here, "Valchiara/1.0 (like nginx)")}}, "other"},
		"silent":                {evidence.Visit{Hops: []evidence.Hop{{URL: here, Status: 200}}}, "other"},
		"nobody-answered":       {evidence.Visit{}, "other"},
		"last-answer-counts":    {evidence.Visit{Hops: []evidence.Hop{hop(here, "Varnish"), hop(here+"home", "nginx")}}, "nginx"},
		"redirected-away":       {evidence.Visit{Hops: []evidence.Hop{hop(here, "nginx"), hop(away, "Apache")}}, "nginx"},
		"answer-over-http":      {evidence.Visit{Hops: []evidence.Hop{hop("http://comune.example/", "nginx")}}, "other"},
		"page-of-a-firewall":    {evidence.Visit{Barrier: "firewall", Hops: []evidence.Hop{hop(here, "nginx")}}, "other"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := defaultBundle()
			b.Sites = []evidence.Site{{Host: "comune.example", Addresses: seen(), HTTPS: test.visit}}
			b.Endpoints = []evidence.Endpoint{{
				Name: "comune.example", Address: "192.0.2.10", Port: 443, Connect: seen(),
				TLS: evidence.Handshake{Observation: seen(), Version: "TLS 1.2"},
			}}
			if diff := cmp.Diff([]string{test.want}, factOf(b, "tls-version-modern-missing", "software")); diff != "" {
				t.Errorf("software (-want +got)\n%s", diff)
			}
		})
	}
}

func TestMailServerIsKnownByItsGreeting(t *testing.T) {
	t.Parallel()
	for banner, want := range map[string]string{
		"220 mx.comune.example ESMTP Postfix (Debian/GNU)":                   "postfix",
		"220 mx.comune.example ESMTP Exim 4.96 Sun, 22 Nov 2026":             "exim",
		"220 MX.comune.example Microsoft ESMTP MAIL Service ready at Sunday": "exchange",
		"220 mx.comune.example ESMTP":                                        "other",
		"":                                                                   "other",
	} {
		b := mailTown()
		b.Mail.Exchanges[0].Servers = b.Mail.Exchanges[0].Servers[:1]
		b.Mail.Exchanges[0].Servers[0].Banner = banner
		for _, rule := range []string{"mail-tls-obsolete", "mail-tls-cipher-weak"} {
			if diff := cmp.Diff([]string{want}, factOf(b, rule, "software")); diff != "" {
				t.Errorf("%s: %q (-want +got)\n%s", rule, banner, diff)
			}
		}
	}
}

// A town whose server is well kept hears of nothing, and the whole family has an
// answer.
func TestWellKeptServerIsLeftInPeace(t *testing.T) {
	t.Parallel()
	b := defaultBundle()
	b.Profile = evidence.Full
	for _, address := range []string{"192.0.2.10", "2001:db8::10"} {
		e := sawAll(endpoint("comune.example", address, 60*24*time.Hour, seen(), evidence.Seen), false)
		e.TLS.Version, e.TLS.Group = "TLS 1.3", "X25519MLKEM768"
		e.Offers = nil
		for _, version := range []string{"SSL 2.0", "SSL 3.0", "TLS 1.0", "TLS 1.1"} {
			e.Offers = append(e.Offers, evidence.VersionOffer{Version: version, Observation: absent()})
		}
		for _, version := range []string{"TLS 1.2", "TLS 1.3"} {
			e.Offers = append(e.Offers, evidence.VersionOffer{Version: version, Observation: seen()})
		}
		b.Endpoints = append(b.Endpoints, e)
	}
	for _, f := range checks.Judge(b) {
		if strings.HasPrefix(f.Rule, "tls-") && f.Outcome != checks.Pass {
			t.Errorf("%s of %s is %s: %v", f.Rule, f.Subject, f.Outcome, f.Facts)
		}
	}
}

// Evidence of before these questions existed, or of a profile that does not ask
// them, settles none of them.
func TestHandshakeAloneSettlesNoQuestionAboutWhatIsAccepted(t *testing.T) {
	t.Parallel()
	b := defaultBundle()
	e := endpoint("comune.example", "192.0.2.10", 60*24*time.Hour, seen(), evidence.Seen)
	e.Offers = nil
	b.Endpoints = []evidence.Endpoint{e}
	for _, rule := range []string{
		"tls-version-obsolete", "tls-cipher-weak", "tls-cipher-order", "tls-key-exchange-weak", "tls-signature-hash-weak", "tls-compression",
		"tls-renegotiation-insecure", "tls-heartbleed", "tls-extended-master-secret-missing", "tls-post-quantum-missing",
	} {
		want := []checks.Finding{{
			Rule: rule, Subject: "comune.example", Outcome: checks.Inconclusive,
			Facts: checks.Facts{"what": "tls comune.example:443", "problem": "not-in-profile"},
		}}
		if diff := cmp.Diff(want, findingsOf(b, rule)); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
	}
}

// The frozen sample has every field filled: each failure says all that its text
// may use, and no unknown became a verdict.
func TestFrozenSampleIsJudgedWhole(t *testing.T) {
	t.Parallel()
	line, err := os.ReadFile("../testdata/evidence/v1/sample.json")
	if err != nil {
		t.Fatal(err)
	}
	b, err := evidence.Unmarshal(line)
	if err != nil {
		t.Fatal(err)
	}
	findings := checks.Judge(b)
	for _, check := range checks.All {
		if check.Family != evidence.TLSFamily {
			continue
		}
		ours := slices.DeleteFunc(slices.Clone(findings), func(f checks.Finding) bool { return f.Rule != check.ID })
		if len(ours) == 0 {
			t.Errorf("%s finds nothing", check.ID)
		}
		for _, f := range ours {
			for _, fact := range owed(f, check.Facts) {
				if f.Facts[fact] == "" {
					t.Errorf("%s of %s is %s without the fact %q", f.Rule, f.Subject, f.Outcome, fact)
				}
			}
		}
	}
	var open evidence.Endpoint
	for _, e := range b.Endpoints {
		if e.Offer("TLS 1.1").State == evidence.Unknown {
			open = e
		}
	}
	want := []checks.Finding{{
		Rule: "tls-version-obsolete", Subject: open.Name, Outcome: checks.Inconclusive,
		Facts: checks.Facts{"what": "tls " + open.Name + ":443", "problem": string(open.Offer("TLS 1.1").Problem)},
	}}
	if diff := cmp.Diff(want, findingsOf(b, "tls-version-obsolete")); diff != "" {
		t.Errorf("a version that was reset (-want +got)\n%s", diff)
	}
}
