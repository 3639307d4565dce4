package names_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"
	"go.uber.org/goleak"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/dnstest"
	"campanile/collectors/names"
	"campanile/collectors/network"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var taken = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// session begins a look at the world that the server answers for.
func session(t *testing.T, server *dnstest.Server) *network.Session {
	t.Helper()
	n := &network.Network{
		Resolvers: []netip.AddrPort{server.Listen(t)}, Now: func() time.Time { return taken },
		Limits: network.Limits{Query: 400 * time.Millisecond, Dial: 100 * time.Millisecond},
	}
	return n.Session().InSearchOfNames()
}

// seen, nothing and gone are answers of the first visit.
func seen(name, kind string, records ...string) evidence.Lookup {
	return evidence.Lookup{Name: name, Type: kind, Observation: evidence.SeenAt(taken), Rcode: "NOERROR", Records: records}
}

func gone(name, kind string) evidence.Lookup {
	return evidence.Lookup{Name: name, Type: kind, Observation: evidence.AbsentAt(taken), Rcode: "NXDOMAIN"}
}

// town is a bundle after the first visit: no wildcard, domain and www visited.
func town(lookups ...evidence.Lookup) *evidence.Bundle {
	return &evidence.Bundle{
		Target: evidence.Target{Domain: "comune.test", Country: "it"},
		Names: []evidence.Name{
			{Name: "comune.test", Source: "given", Site: true},
			{Name: "www.comune.test", Source: "www", Site: true},
		},
		DNS: evidence.DNS{Zone: "comune.test", MadeUp: "zq7.comune.test", Lookups: append(lookups, gone("zq7.comune.test", "A"), gone("zq7.comune.test", "AAAA"))},
	}
}

// sources gives the names found besides the first two, with a star at those
// that are to be visited.
func sources(t *testing.T, server *dnstest.Server, r names.Request) (map[string]string, []evidence.Lookup) {
	t.Helper()
	if r.Sites == 0 {
		r.Sites = 12
	}
	r.Reserved = true
	list, lookups := names.Find(t.Context(), session(t, server), r)
	found := map[string]string{}
	for _, n := range list[2:] {
		found[n.Name] = n.Source
		if n.Site {
			found[n.Name] += "*"
		}
	}
	if len(found) != len(list)-2 {
		t.Errorf("a name stands twice in %v", list)
	}
	return found, lookups
}

func TestEveryPlaceThatNamesAHostIsASource(t *testing.T) {
	t.Parallel()
	server := dnstest.New(t,
		"comune.test. IN A 192.0.2.1", "www.comune.test. IN A 192.0.2.1",
		"servizi.comune.test. IN A 192.0.2.2", "moduli.comune.test. IN AAAA 2001:db8::3", "mx1.comune.test. IN A 192.0.2.4",
		"ns1.comune.test. IN A 192.0.2.5", "webmail.comune.test. IN A 192.0.2.6", "invio.comune.test. IN A 192.0.2.7",
		"sit.comune.test. IN A 192.0.2.8", "vecchio.comune.test. IN A 192.0.2.9", "catasto.comune.test. IN A 192.0.2.10", "ospite.comune.test. IN A 192.0.2.11",
		"moduli.comune.test. IN TXT \"x\"",
	)
	b := town(
		seen("comune.test", "MX", "10 mx1.comune.test.", "20 mx.fornitore.example."),
		seen("comune.test", "NS", "NS1.comune.test.", "ns.fornitore.example."),
		seen("comune.test", "TXT", `"v=spf1 a:invio.comune.test/28 include:_spf.comune.test ~all"`, `"portal=catasto.comune.test;x@elsewhere.test"`),
		evidence.Lookup{Name: "www.comune.test", Type: "A", Observation: evidence.SeenAt(taken), Aliases: []string{"ospite.comune.test"}, Records: []string{"192.0.2.11"}},
	)
	b.Endpoints = []evidence.Endpoint{{TLS: evidence.Handshake{Certificates: []evidence.Certificate{
		{Names: []string{"*.comune.test", "webmail.comune.test", "comune.test", "altro.test", "autodiscover.comune.test"}},
		{Names: []string{"authority.comune.test"}},
	}}}}
	b.Sites = []evidence.Site{{HTTPS: evidence.Visit{
		Hops: []evidence.Hop{{URL: "https://www.comune.test/", Location: "https://moduli.comune.test/"}},
		Page: &evidence.Page{Links: []evidence.Link{
			{URL: "https://SERVIZI.comune.test:8443/x"}, {URL: "mailto:x@posta.comune.test"}, {URL: "https://altrocomune.test/"}, {URL: "https://_x.comune.test/"},
		}},
	}}}
	found, _ := sources(t, server, names.Request{Bundle: b, Listed: []string{"sit.comune.test", "spento.comune.test"}})
	want := map[string]string{
		"servizi.comune.test": "link*", "moduli.comune.test": "link*", "mx1.comune.test": "mx", "ns1.comune.test": "ns",
		"sit.comune.test": "list*", "spento.comune.test": "list", "webmail.comune.test": "certificate*", "autodiscover.comune.test": "certificate",
		"ospite.comune.test": "cname*", "invio.comune.test": "spf*", "catasto.comune.test": "txt*", "vecchio.comune.test": "label*",
	}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestLinkMakesASiteOfAMailHost(t *testing.T) {
	t.Parallel()
	server := dnstest.New(t, "comune.test. IN A 192.0.2.1", "mail.comune.test. IN A 192.0.2.4")
	b := town(seen("comune.test", "MX", "10 mail.comune.test."))
	b.Sites = []evidence.Site{{HTTP: evidence.Visit{Page: &evidence.Page{Frames: []string{"http://mail.comune.test/"}}}}}
	found, _ := sources(t, server, names.Request{Bundle: b})
	if diff := cmp.Diff(map[string]string{"mail.comune.test": "link*"}, found); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// The questions for labels are bounded, whatever is found already, and only a
// name that exists without an IPv4 address is asked about twice.
func TestLabelsAskFortyQuestionsAtMost(t *testing.T) {
	t.Parallel()
	for country, label := range map[string]string{"it": "sportello", "fr": "famille", "eu": "portal", "": "portal"} {
		t.Run("country "+country, func(t *testing.T) {
			t.Parallel()
			server := dnstest.New(t, "comune.test. IN A 192.0.2.1", "www.comune.test. IN A 192.0.2.1",
				label+".comune.test. IN A 192.0.2.2", "old.comune.test. IN AAAA 2001:db8::1", "test.comune.test. IN TXT x")
			b := town()
			b.Target.Country = country
			found, lookups := sources(t, server, names.Request{Bundle: b})
			if diff := cmp.Diff(map[string]string{label + ".comune.test": "label*", "old.comune.test": "label*"}, found); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			asked := slices.DeleteFunc(server.Asked(), func(q string) bool {
				host, _, _ := strings.Cut(q, " ")
				return host == "comune.test." || host == "www.comune.test." || q == label+".comune.test. AAAA"
			})
			if len(asked) > 40 {
				t.Errorf("%d questions: %v", len(asked), asked)
			}
			if !slices.Contains(asked, "test.comune.test. AAAA") || slices.Contains(asked, "vpn.comune.test. AAAA") {
				t.Errorf("AAAA is asked at the wrong names: %v", asked)
			}
			if !slices.ContainsFunc(lookups, func(l evidence.Lookup) bool { return l.Name == "vpn.comune.test" && l.NXDomain() }) {
				t.Error("the look-ups do not tell what was not found")
			}
		})
	}
}

func TestWildcardShowsNoHostButByAnotherAnswer(t *testing.T) {
	t.Parallel()
	b := town()
	b.DNS.Lookups = []evidence.Lookup{seen("zq7.comune.test", "A", "192.0.2.66", "192.0.2.67")}
	lines := []string{"comune.test. IN A 192.0.2.1", "old.comune.test. IN A 192.0.2.2", "test.comune.test. IN CNAME sparito.fornitore.test."}
	for _, label := range []string{"servizi", "webmail", "vecchio"} {
		lines = append(lines, label+".comune.test. IN A 192.0.2.67", label+".comune.test. IN A 192.0.2.68")
	}
	found, _ := sources(t, dnstest.New(t, lines...), names.Request{Bundle: b})
	if diff := cmp.Diff(map[string]string{"old.comune.test": "label*", "test.comune.test": "label"}, found); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestUnknownWildcardAsksForNoLabel(t *testing.T) {
	t.Parallel()
	timeout := evidence.Lookup{Name: "zq7.comune.test", Type: "A", Observation: evidence.UnknownAt(taken, evidence.Timeout, "")}
	for name, dns := range map[string]evidence.DNS{
		"not-asked": {}, "timeout": {MadeUp: "zq7.comune.test", Lookups: []evidence.Lookup{timeout}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := dnstest.New(t, "comune.test. IN A 192.0.2.1", "www.comune.test. IN A 192.0.2.1", "old.comune.test. IN A 192.0.2.2")
			b := town()
			b.DNS = dns
			found, lookups := sources(t, server, names.Request{Bundle: b})
			if len(found) > 0 || len(lookups) > 4 {
				t.Errorf("found %v by %d look-ups", found, len(lookups))
			}
		})
	}
}

func TestNothingIsSoughtBelowADomainThatDoesNotExist(t *testing.T) {
	t.Parallel()
	server := dnstest.New(t)
	found, lookups := sources(t, server, names.Request{Bundle: town(gone("comune.test", "A"))})
	if len(found) > 0 || len(lookups) > 0 || len(server.Asked()) > 0 {
		t.Errorf("found %v, asked %v", found, server.Asked())
	}
}

// A silent resolver gives up after one handful, and nothing reads as absent.
func TestSilentResolverEndsTheSearch(t *testing.T) {
	t.Parallel()
	server := dnstest.New(t)
	b := town()
	_, labels := names.Find(t.Context(), session(t, dnstest.New(t, "comune.test. IN A 192.0.2.1")), names.Request{Bundle: b})
	for _, l := range labels {
		for _, kind := range []string{"A", "AAAA", "MX"} {
			server.Say(dns.Fqdn(l.Name)+" "+kind, dnstest.Reply{Silent: true})
		}
	}
	found, lookups := sources(t, server, names.Request{Bundle: b})
	if len(found) > 0 || len(lookups) > 14 {
		t.Errorf("found %v by %d look-ups", found, len(lookups))
	}
	for _, l := range lookups {
		if l.State != evidence.Unknown || l.Problem != evidence.Timeout {
			t.Errorf("%s %s: %s %s", l.Name, l.Type, l.State, l.Problem)
		}
	}
}

func TestSitesAreBoundedAndTheTownsOwnLinksComeFirst(t *testing.T) {
	t.Parallel()
	lines := []string{"comune.test. IN A 192.0.2.1", "www.comune.test. IN A 192.0.2.1"}
	var listed []string
	b := town()
	page := &evidence.Page{}
	for _, n := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
		lines = append(lines, n+"1.comune.test. IN A 192.0.2.2", n+"2.comune.test. IN A 192.0.2.2")
		listed = append(listed, n+"1.comune.test")
		page.Links = append(page.Links, evidence.Link{URL: "https://" + n + "2.comune.test/"})
	}
	b.Sites = []evidence.Site{{HTTPS: evidence.Visit{Page: page}}}
	found, _ := sources(t, dnstest.New(t, lines...), names.Request{Bundle: b, Listed: listed})
	sites := map[string]int{}
	for _, source := range found {
		sites[source]++
	}
	if diff := cmp.Diff(map[string]int{"link*": 8, "list*": 2, "list": 6}, sites); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// A host of the internal network is named in the evidence and not visited.
func TestHostAtAPrivateAddressIsNotVisited(t *testing.T) {
	t.Parallel()
	server := dnstest.New(t, "comune.test. IN A 192.0.2.1", "intranet.comune.test. IN A 10.0.0.7")
	list, _ := names.Find(t.Context(), session(t, server), names.Request{Bundle: town(), Sites: 12})
	if n := list[len(list)-1]; n != (evidence.Name{Name: "intranet.comune.test", Source: "label"}) {
		t.Errorf("got %v", n)
	}
}

func TestCertifiedMailIsAskedWhoServesIt(t *testing.T) {
	t.Parallel()
	server := dnstest.New(t, "comune.test. IN A 192.0.2.1", "pec.comune.test. IN MX 10 mx.certa.test.")
	b := town()
	b.Target.Mailboxes = []evidence.Mailbox{{Address: "comune@pec.comune.test", PEC: true}, {Address: "info@comune.test"}}
	_, lookups := names.Find(t.Context(), session(t, server), names.Request{Bundle: b})
	i := slices.IndexFunc(lookups, func(l evidence.Lookup) bool { return l.Name == "pec.comune.test" && l.Type == "MX" })
	if i < 0 || lookups[i].State != evidence.Seen {
		t.Errorf("the exchangers of certified mail are not asked for: %v", lookups)
	}
}
