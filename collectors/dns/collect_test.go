package dns

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"campanile/collectors/dnssec"
	"campanile/collectors/evidence"
	"campanile/collectors/internal/dnstest"
)

var wanted = Request{Domain: "comune.test", Names: []string{"www.comune.test"}, Transfers: true}

// told writes the look-ups as one line each.
func told(d evidence.DNS) []string {
	var lines []string
	for _, l := range d.Lookups {
		words := []string{l.Name, l.Type, string(l.State), string(l.Problem), strings.Join(l.Records, " | ")}
		lines = append(lines, strings.Join(strings.Fields(strings.Join(words, " ")), " "))
	}
	return lines
}

func TestCollectAsksForTheRecordsOfTheDomainAndItsNames(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	got := Collect(t.Context(), w.network.Session(), wanted)
	want := []string{
		"campanile-" + "e7cf46f0.comune.test A absent",
		"comune.test A seen 192.0.2.10",
		"comune.test AAAA absent",
		"comune.test CAA absent",
		"comune.test MX seen 10 mx.comune.test.",
		"comune.test NS seen ns1.comune.test. | ns2.fornitore.example.",
		"comune.test TXT seen \"v=spf1 -all\"",
		"ns1.comune.test A seen 192.0.2.53",
		"ns1.comune.test AAAA absent",
		"ns2.fornitore.example A seen 198.51.100.53",
		"ns2.fornitore.example AAAA absent",
		"test NS seen ns.test.",
		"www.comune.test A seen 192.0.2.10",
		"www.comune.test AAAA absent",
		"www.comune.test CAA absent",
	}
	want[0] = got.MadeUp + " A absent"
	if diff := cmp.Diff(want, told(got)); diff != "" {
		t.Errorf("look-ups (-want +got):\n%s", diff)
	}
	if got.Zone != "comune.test" {
		t.Errorf("zone = %q, want comune.test", got.Zone)
	}
}

func TestAddressesThatNoPublicHostHasAreMarked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.resolver.AddLines("comune.test. 300 IN A 8.8.8.8", "comune.test. 300 IN A 10.0.0.1")
	got := Collect(t.Context(), w.network.Session(), wanted)
	if diff := cmp.Diff([]string{"10.0.0.1", "192.0.2.10"}, got.Lookup("comune.test", "A").Reserved); diff != "" {
		t.Errorf("reserved (-want +got):\n%s", diff)
	}
	if l := got.Lookup("comune.test", "MX"); l.Reserved != nil {
		t.Errorf("MX = %+v, want nothing reserved", l)
	}
}

// What a town costs is a promise; whoever changes this number argues for it.
func TestQuestionsOfOneTownAreCounted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	session := w.network.Session()
	Collect(t.Context(), session, wanted)
	want := map[string][]string{
		"resolver": {
			// The zone, its records, the zone above, and where the servers are.
			"comune.test. AAAA", "comune.test. MX", "comune.test. NS", "comune.test. TXT",
			"ns.test. A", "ns1.comune.test. A", "ns1.comune.test. AAAA", "ns2.fornitore.example. A", "ns2.fornitore.example. AAAA",
			"test. NS", "www.comune.test. A",
		},
		"parent": {"comune.test. NS"},
		"first":  {"comune.test. AXFR"},
		"second": {"comune.test. AXFR", "comune.test. CAA"},
	}
	made := "campanile-" // in search of names
	got := map[string][]string{
		"resolver": slices.DeleteFunc(w.resolver.Asked(), func(q string) bool { return strings.HasPrefix(q, made) }),
		"parent":   w.parent.Asked(), "second": w.second.Asked(),
		"first": slices.DeleteFunc(w.first.Asked(), func(q string) bool { return strings.HasPrefix(q, made) }),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("questions (-want +got):\n%s", diff)
	}
	sent := session.Sent()
	if sent.Queries != 13 || sent.NameQueries != 1 || sent.Connections != 2 {
		t.Errorf("%d questions, %d in search of names, %d connections; want 13, 1, 2", sent.Queries, sent.NameQueries, sent.Connections)
	}
}

// Of two hundred towns at one provider, each costs what is its own.
func TestNextTownAtTheSameProviderCostsLess(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, server := range []*dnstest.Server{w.resolver, w.first, w.second} {
		for _, line := range town[:7] {
			server.AddLines(strings.ReplaceAll(line, "comune.test", "comune2.test"))
		}
		server.AddLines("ns1.comune2.test. 300 IN A 192.0.2.53")
	}
	w.first.Serves("comune2.test.")
	w.second.Serves("comune2.test.")
	w.parent.AddLines("comune2.test. 300 IN NS ns1.comune2.test.", "comune2.test. 300 IN NS ns2.fornitore.example.")
	Collect(t.Context(), w.network.Session(), wanted)
	next := w.network.Session()
	got := Collect(t.Context(), next, Request{Domain: "comune2.test", Names: []string{"www.comune2.test"}, Transfers: true})
	// NS, MX, TXT, www A; the addresses of ns1; the delegation; AAAA and CAA.
	if sent := next.Sent(); sent.Queries != 9 {
		t.Errorf("%d questions, want 9: %v", sent.Queries, told(got))
	}
}

func TestSilenceIsNoAbsence(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.reach[firstAt], w.reach[secondAt] = dnstest.Nobody, dnstest.Nobody
	for _, question := range []string{"comune.test. MX", "comune.test. CAA", "comune.test. AAAA"} {
		w.resolver.Say(question, dnstest.Reply{Silent: true})
	}
	got := Collect(t.Context(), w.network.Session(), wanted)
	for _, kind := range []string{"MX", "CAA", "AAAA"} {
		if l := got.Lookup("comune.test", kind); l.State != evidence.Unknown || l.Problem != evidence.Timeout {
			t.Errorf("%s = %+v, want unknown by timeout", kind, l)
		}
	}
	if l := got.Lookup("comune.test", "A"); l.State != evidence.Seen {
		t.Errorf("A = %+v, want seen: one silence must not stop the others", l)
	}
}

func TestStoppedScanLeavesNoVerdict(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	session := w.network.Session()
	request := wanted
	request.Validator = dnssec.New(session, dnssec.RootAnchor())
	got := Collect(ctx, session, request)
	for _, l := range got.Lookups {
		if l.State != evidence.Unknown || l.Problem != evidence.Interrupted {
			t.Errorf("%s %s = %+v, want unknown by interruption", l.Name, l.Type, l.Observation)
		}
	}
	if got.Signed.Problem != evidence.Interrupted || got.Delegation.State != evidence.Unknown {
		t.Errorf("signed = %+v, delegation %+v; want unknown", got.Signed, got.Delegation)
	}
}

func TestZoneThatHoldsTheDomain(t *testing.T) {
	t.Parallel()
	const soa = soaData
	for name, test := range map[string]struct {
		arrange func(s *dnstest.Server)
		want    string
	}{
		"own-zone": {
			arrange: func(s *dnstest.Server) {
				s.AddLines("comune.valle.test."+soa, "comune.valle.test. 300 IN NS ns.fornitore.example.")
			},
			want: "comune.valle.test",
		},
		"own-zone-that-names-no-server": {
			arrange: func(s *dnstest.Server) { s.AddLines("comune.valle.test." + soa) },
			want:    "comune.valle.test",
		},
		"in-the-zone-of-the-valley": {
			arrange: func(s *dnstest.Server) {
				s.AddLines("comune.valle.test. 300 IN A 192.0.2.1", "valle.test."+soa)
			},
			want: "valle.test",
		},
		"denial-without-soa-makes-us-climb": {
			arrange: func(s *dnstest.Server) {
				s.AddLines("comune.valle.test. 300 IN A 192.0.2.1", "valle.test."+soa)
				s.Say("comune.valle.test. NS", dnstest.Reply{})
			},
			want: "valle.test",
		},
		"soa-behind-an-alias-is-another-zones": {
			arrange: func(s *dnstest.Server) {
				s.AddLines("comune.valle.test. 300 IN CNAME fornitore.example.", "fornitore.example."+soa, "valle.test."+soa)
			},
			want: "valle.test",
		},
		"soa-of-a-stranger-is-not-believed": {
			arrange: func(s *dnstest.Server) {
				s.AddLines("comune.valle.test. 300 IN A 192.0.2.1", "valle.test."+soa)
				s.Say("comune.valle.test. NS", dnstest.Reply{Authority: dnstest.Records(t, "altro.test."+soa)})
			},
			want: "valle.test",
		},
		"name-that-does-not-exist-has-no-zone": {
			arrange: func(s *dnstest.Server) { s.AddLines("test." + soa) },
			want:    "",
		},
		"failure-on-the-way-leaves-it-open": {
			arrange: func(s *dnstest.Server) {
				s.Say("comune.valle.test. NS", dnstest.Reply{})
				s.Say("valle.test. NS", dnstest.Reply{Rcode: dns.RcodeServerFailure})
			},
			want: "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.resolver = dnstest.New(t)
			test.arrange(w.resolver)
			w.reach[resolverAt] = w.resolver.Listen(t)
			got := Collect(t.Context(), w.network.Session(), Request{Domain: "comune.valle.test"})
			if got.Zone != test.want {
				t.Errorf("zone = %q, want %q", got.Zone, test.want)
			}
		})
	}
}

func TestCAAClimb(t *testing.T) {
	t.Parallel()
	const record = " 300 IN CAA 0 issue \"ca.example\""
	for name, test := range map[string]struct {
		arrange func(s *dnstest.Server)
		want    []string
	}{
		"none-up-to-the-top-level": {
			arrange: func(*dnstest.Server) {},
			want:    []string{"a.comune.test CAA absent", "comune.test CAA absent", "www.a.comune.test CAA absent"},
		},
		"found-at-the-name": {
			arrange: func(s *dnstest.Server) { s.AddLines("www.a.comune.test." + record) },
			want:    []string{"comune.test CAA absent", "www.a.comune.test CAA seen 0 issue \"ca.example\""},
		},
		"found-on-the-way": {
			arrange: func(s *dnstest.Server) { s.AddLines("a.comune.test." + record) },
			want: []string{
				"a.comune.test CAA seen 0 issue \"ca.example\"", "comune.test CAA absent", "www.a.comune.test CAA absent",
			},
		},
		"nobody-looks-behind-a-failure": {
			arrange: func(s *dnstest.Server) {
				s.AddLines("a.comune.test." + record)
				s.Say("www.a.comune.test. CAA", dnstest.Reply{Rcode: dns.RcodeServerFailure})
			},
			want: []string{"comune.test CAA absent", "www.a.comune.test CAA unknown servfail"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			for _, server := range []*dnstest.Server{w.resolver, w.first, w.second} {
				server.AddLines("www.a.comune.test. 300 IN A 192.0.2.11")
				test.arrange(server)
			}
			all := told(Collect(t.Context(), w.network.Session(), Request{Domain: "comune.test", Names: []string{"www.a.comune.test"}}))
			got := slices.DeleteFunc(all, func(line string) bool { return !strings.Contains(line, " CAA ") })
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("look-ups (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNameServersWithoutEndAreBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range 100 {
		// The hosts exist: one denial of a whole name would spare the other question.
		line := fmt.Sprintf("comune.test. 300 IN NS ns%03d.example.", i)
		w.resolver.AddLines(line, fmt.Sprintf("ns%03d.example. 300 IN TXT x", i))
		w.first.AddLines(line)
	}
	got := Collect(t.Context(), w.network.Session(), Request{Domain: "comune.test"})
	if n := len(got.Lookup("comune.test", "NS").Records); n != 102 {
		t.Errorf("%d NS records are kept, want 102", n)
	}
	asked := slices.DeleteFunc(w.resolver.Asked(), func(q string) bool { return !strings.HasSuffix(q, ".example. A") })
	if len(asked) > maxNameServers+1 { // and the one that only the zone above names, as ours are cut
		t.Errorf("the addresses of %d name servers are asked for, want %d", len(asked), maxNameServers)
	}
}

func TestEqualAnswersGiveEqualEvidence(t *testing.T) {
	t.Parallel()
	w := newSignedWorld(t)
	var lines []string
	for range 5 {
		line, err := json.Marshal(w.collect(t))
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, string(line))
	}
	for _, line := range lines[1:] {
		if diff := cmp.Diff(lines[0], line); diff != "" {
			t.Fatalf("two runs differ (-first +later):\n%s", diff)
		}
	}
}

func TestEvidenceIsWritable(t *testing.T) {
	t.Parallel()
	bundle := &evidence.Bundle{
		Schema: evidence.Schema, Taken: now, Profile: evidence.Passive, Target: evidence.Target{Domain: "comune.test"},
		DNS: newSignedWorld(t).collect(t),
	}
	if err := bundle.Validate(); err != nil {
		t.Error(err)
	}
}

// Whoever asks for mail or the site alone does not mean the name servers.
func TestBasicsLeaveTheZonesServersAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	session := w.network.Session()
	request := wanted
	request.Basics = true
	got := Collect(t.Context(), session, request)
	if got.Servers != nil || got.MadeUp != "" || got.Delegation.State != evidence.NotAsked {
		t.Errorf("the servers were asked: %+v %+v", got.Servers, got.Delegation)
	}
	for _, kind := range []string{"A", "AAAA", "MX", "TXT"} {
		if l := got.Lookup("comune.test", kind); !l.Known() {
			t.Errorf("%s is %q", kind, l.State)
		}
	}
	for address, to := range session.Sent().ByAddress {
		if address != resolverAt && to.Queries+to.Connections > 0 {
			t.Errorf("%s was sent %+v", address, to)
		}
	}
}
