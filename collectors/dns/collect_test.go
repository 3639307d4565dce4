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

	"campanile/collectors/evidence"
	"campanile/collectors/internal/dnstest"
)

// town is the zone of a municipality with a web site and two name servers.
var town = []string{
	"test. 300 IN SOA ns.test. admin.test. 1 7200 3600 1209600 300",
	"test. 300 IN CAA 0 issue \"ca.example\"",
	"comune.test. 300 IN SOA ns1.comune.test. admin.comune.test. 1 7200 3600 1209600 300",
	"comune.test. 300 IN NS ns2.fornitore.example.",
	"comune.test. 300 IN NS NS1.Comune.test.",
	"comune.test. 300 IN A 192.0.2.10",
	"comune.test. 300 IN MX 10 mx.comune.test.",
	"comune.test. 300 IN TXT \"v=spf1 -all\"",
	"www.comune.test. 300 IN CNAME comune.test.",
	"ns1.comune.test. 300 IN A 192.0.2.53",
	"ns1.comune.test. 300 IN AAAA 2001:db8::53",
	"ns2.fornitore.example. 300 IN A 198.51.100.53",
}

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
	server := dnstest.New(t, town...)
	got := Collect(t.Context(), session(t, server), Request{Domain: "comune.test", Names: []string{"www.comune.test"}})
	want := []string{
		"comune.test A seen 192.0.2.10",
		"comune.test AAAA absent",
		"comune.test CAA absent",
		"comune.test MX seen 10 mx.comune.test.",
		"comune.test NS seen NS1.Comune.test. | ns2.fornitore.example.",
		"comune.test SOA seen ns1.comune.test. admin.comune.test. 1 7200 3600 1209600 300",
		"comune.test TXT seen \"v=spf1 -all\"",
		"ns1.comune.test A seen 192.0.2.53",
		"ns1.comune.test AAAA seen 2001:db8::53",
		"ns2.fornitore.example A seen 198.51.100.53",
		"ns2.fornitore.example AAAA absent",
		"www.comune.test A seen 192.0.2.10",
		"www.comune.test AAAA absent",
		"www.comune.test CAA absent",
	}
	if diff := cmp.Diff(want, told(got)); diff != "" {
		t.Errorf("look-ups (-want +got):\n%s", diff)
	}
	if got.Zone != "comune.test" {
		t.Errorf("zone = %q, want comune.test", got.Zone)
	}
}

func TestSilenceIsNoAbsence(t *testing.T) {
	t.Parallel()
	server := dnstest.New(t, town...)
	for _, question := range []string{"comune.test. SOA", "comune.test. NS", "comune.test. CAA", "comune.test. AAAA"} {
		server.Say(question, dnstest.Reply{Silent: true})
	}
	got := Collect(t.Context(), session(t, server), Request{Domain: "comune.test"})
	for _, kind := range []string{"SOA", "NS", "CAA", "AAAA"} {
		if l := got.Lookup("comune.test", kind); l.State != evidence.Unknown || l.Problem != evidence.Timeout {
			t.Errorf("%s = %+v, want unknown by timeout", kind, l)
		}
	}
	if got.Zone != "" {
		t.Errorf("zone = %q, want none", got.Zone)
	}
	if l := got.Lookup("comune.test", "A"); l.State != evidence.Seen {
		t.Errorf("A = %+v, want seen: one silence must not stop the others", l)
	}
}

func TestStoppedScanLeavesNoVerdict(t *testing.T) {
	t.Parallel()
	server := dnstest.New(t, town...)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	got := Collect(ctx, session(t, server), Request{Domain: "comune.test", Anchor: RootAnchor()})
	for _, l := range got.Lookups {
		if l.State != evidence.Unknown || l.Problem != evidence.Interrupted {
			t.Errorf("%s %s = %+v, want unknown by interruption", l.Name, l.Type, l.Observation)
		}
	}
	if got.Signed.Problem != evidence.Interrupted {
		t.Errorf("signed = %+v, want interrupted", got.Signed)
	}
}

func TestZoneThatHoldsTheDomain(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		arrange func(s *dnstest.Server)
		want    string
		ns      bool // NS of the zone is asked for
	}{
		"own-zone": {
			arrange: func(s *dnstest.Server) {
				s.AddLines("comune.valle.test." + soa)
			},
			want: "comune.valle.test", ns: true,
		},
		"in-the-zone-of-the-valley": {
			arrange: func(s *dnstest.Server) {
				s.AddLines("comune.valle.test. 300 IN A 192.0.2.1", "valle.test."+soa)
			},
			want: "valle.test", ns: true,
		},
		"denial-without-soa-makes-us-climb": {
			arrange: func(s *dnstest.Server) {
				s.AddLines("comune.valle.test. 300 IN A 192.0.2.1", "valle.test."+soa)
				s.Say("comune.valle.test. SOA", dnstest.Reply{})
			},
			want: "valle.test", ns: true,
		},
		"soa-behind-an-alias-is-another-zones": {
			arrange: func(s *dnstest.Server) {
				s.AddLines("comune.valle.test. 300 IN CNAME fornitore.example.", "fornitore.example."+soa, "valle.test."+soa)
			},
			want: "valle.test", ns: true,
		},
		"soa-of-a-stranger-is-not-believed": {
			arrange: func(s *dnstest.Server) {
				s.AddLines("comune.valle.test. 300 IN A 192.0.2.1", "valle.test."+soa)
				s.Say("comune.valle.test. SOA", dnstest.Reply{Authority: dnstest.Records(t, "altro.test."+soa)})
			},
			want: "valle.test", ns: true,
		},
		"name-that-does-not-exist-has-no-zone": {
			arrange: func(s *dnstest.Server) { s.AddLines("test." + soa) },
			want:    "",
		},
		"failure-on-the-way-leaves-it-open": {
			arrange: func(s *dnstest.Server) {
				s.Say("comune.valle.test. SOA", dnstest.Reply{})
				s.Say("valle.test. SOA", dnstest.Reply{Rcode: dns.RcodeServerFailure})
			},
			want: "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := dnstest.New(t)
			test.arrange(server)
			got := Collect(t.Context(), session(t, server), Request{Domain: "comune.valle.test"})
			if got.Zone != test.want {
				t.Errorf("zone = %q, want %q", got.Zone, test.want)
			}
			if asked := got.Lookup(test.want, "NS").State != evidence.NotAsked; asked != test.ns {
				t.Errorf("NS of the zone asked: %v, want %v", asked, test.ns)
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
			server := dnstest.New(t, town...)
			server.AddLines("www.a.comune.test. 300 IN A 192.0.2.11")
			test.arrange(server)
			all := told(Collect(t.Context(), session(t, server), Request{Domain: "comune.test", Names: []string{"www.a.comune.test"}}))
			got := slices.DeleteFunc(all, func(line string) bool { return !strings.Contains(line, " CAA ") })
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("look-ups (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNameServersWithoutEndAreBounded(t *testing.T) {
	t.Parallel()
	server := dnstest.New(t, town...)
	for i := range 100 {
		// The hosts exist: one denial of a whole name would spare the other question.
		server.AddLines(fmt.Sprintf("comune.test. 300 IN NS ns%03d.example.", i), fmt.Sprintf("ns%03d.example. 300 IN TXT x", i))
	}
	got := Collect(t.Context(), session(t, server), Request{Domain: "comune.test"})
	if n := len(got.Lookup("comune.test", "NS").Records); n != 102 {
		t.Errorf("%d NS records are kept, want 102", n)
	}
	asked := slices.DeleteFunc(server.Asked(), func(q string) bool { return !strings.HasSuffix(q, ".example. A") })
	if len(asked) != maxNameServers {
		t.Errorf("the addresses of %d name servers are asked for, want %d", len(asked), maxNameServers)
	}
}

func TestEqualAnswersGiveEqualEvidence(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.AddLines(town[3:]...)
	request := Request{Domain: "comune.test", Names: []string{"www.comune.test", "comune.test", "mx.comune.test"}, Anchor: w.root.anchor()}
	var lines []string
	for range 5 {
		line, err := json.Marshal(Collect(t.Context(), session(t, w.Server), request))
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
	w := newWorld(t)
	w.AddLines(town[3:]...)
	bundle := &evidence.Bundle{
		Schema: evidence.Schema, Taken: now, Profile: evidence.Passive, Target: evidence.Target{Domain: "comune.test"},
		DNS: Collect(t.Context(), session(t, w.Server), Request{Domain: "comune.test", Anchor: w.root.anchor()}),
	}
	if err := bundle.Validate(); err != nil {
		t.Error(err)
	}
}
