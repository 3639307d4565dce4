package dns

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/dnstest"
)

// state writes a server as one line.
func state(s evidence.NameServer) string {
	return strings.Join(strings.Fields(fmt.Sprintf("%s %s %s %s authority:%s serial:%d again:%d recursion:%s transfer:%s %d",
		s.Host, s.State, s.Problem, s.Rcode, s.Authoritative, s.Serial, s.Again,
		s.Recursion.State, s.Transfer.State, s.Transferred)), " ")
}

func TestEachServerSpeaksForItself(t *testing.T) {
	t.Parallel()
	const good = "ns1.comune.test seen NOERROR authority:seen serial:7 again:0 recursion:absent transfer:absent 0"
	other := strings.Replace(soaData, " 7 ", " 6 ", 1)
	for name, test := range map[string]struct {
		arrange func(w *world)
		first   string // of ns1
		second  string // of ns2
	}{
		"as-it-should-be": {
			arrange: func(*world) {},
			second:  "ns2.fornitore.example seen NOERROR authority:seen serial:7 again:0 recursion:absent transfer:absent 0",
		},
		"records-in-place-of-denials-need-one-question-more": {
			arrange: func(w *world) {
				w.second.AddLines(`comune.test. 300 IN CAA 0 issue "ca.example"`)
			},
			second: "ns2.fornitore.example seen NOERROR authority:seen serial:7 again:0 recursion:absent transfer:absent 0",
		},
		"server-that-only-the-glue-leads-to": {
			arrange: func(w *world) {
				w.parent.AddLines("ns1.comune.test. 300 IN A 192.0.2.53")
				for _, s := range []*dnstest.Server{w.resolver, w.first, w.second} {
					s.Say("ns1.comune.test. A", dnstest.Reply{Rcode: dns.RcodeNameError, Authority: dnstest.Records(w.t, "comune.test."+soaData)})
				}
			},
			second: "ns2.fornitore.example seen NOERROR authority:seen serial:7 again:0 recursion:absent transfer:absent 0",
		},
		"lame-server-refuses": {
			arrange: func(w *world) { w.replaceSecond(dnstest.NewAuthority(w.t, []string{"altro.test."})) },
			second:  "ns2.fornitore.example seen REFUSED authority:absent serial:0 again:0 recursion:absent transfer:absent 0",
		},
		"server-with-servfail-is-lame": {
			arrange: func(w *world) {
				w.second.Say("comune.test. CAA", dnstest.Reply{Rcode: dns.RcodeServerFailure})
				w.second.Say("comune.test. SOA", dnstest.Reply{Rcode: dns.RcodeServerFailure, Lame: true})
			},
			second: "ns2.fornitore.example seen SERVFAIL authority:absent serial:0 again:0 recursion:absent transfer:absent 0",
		},
		"server-without-the-type-asked-first-is-not-lame": {
			arrange: func(w *world) { w.second.Say("comune.test. CAA", dnstest.Reply{Rcode: dns.RcodeRefused}) },
			second:  "ns2.fornitore.example seen NOERROR authority:seen serial:7 again:0 recursion:absent transfer:absent 0",
		},
		"answer-without-authority-is-lame": {
			arrange: func(w *world) {
				for _, kind := range []string{"CAA", "SOA"} {
					w.second.Say("comune.test. "+kind, dnstest.Reply{Lame: true, Answer: dnstest.Records(w.t, "comune.test."+soaData)})
				}
			},
			second: "ns2.fornitore.example seen NOERROR authority:absent serial:0 again:0 recursion:absent transfer:absent 0",
		},
		"authority-of-the-zone-above-only-is-lame": {
			arrange: func(w *world) { w.replaceSecond(dnstest.NewAuthority(w.t, []string{"test."}, top[0])) },
			second:  "ns2.fornitore.example seen NXDOMAIN authority:absent serial:0 again:0 recursion:absent transfer:absent 0",
		},
		"silent-server-is-unknown": {
			arrange: func(w *world) { w.reach[secondAt] = dnstest.Nobody },
			second:  "ns2.fornitore.example unknown timeout authority: serial:0 again:0 recursion: transfer: 0",
		},
		"no-way-to-the-server-is-unknown": {
			arrange: func(w *world) { delete(w.reach, secondAt) },
			second:  "ns2.fornitore.example unknown no-route authority: serial:0 again:0 recursion: transfer: 0",
		},
		"old-serial-is-looked-at-twice": {
			arrange: func(w *world) {
				w.replaceSecond(dnstest.NewAuthority(w.t, []string{"comune.test."}, append([]string{"comune.test." + other}, town[1:]...)...))
			},
			first:  "ns1.comune.test seen NOERROR authority:seen serial:7 again:7 recursion:absent transfer:absent 0",
			second: "ns2.fornitore.example seen NOERROR authority:seen serial:6 again:6 recursion:absent transfer:absent 0",
		},
		"zone-is-handed-out": {
			arrange: func(w *world) { w.second.GiveAway() },
			second:  "ns2.fornitore.example seen NOERROR authority:seen serial:7 again:0 recursion:absent transfer:seen 9",
		},
		"open-resolver": {
			arrange: func(w *world) { w.second.AddLines(top...); w.second.Open() },
			second:  "ns2.fornitore.example seen NOERROR authority:seen serial:7 again:0 recursion:seen transfer:absent 0",
		},
		"open-resolver-that-serves-the-top-level-too": {
			arrange: func(w *world) { w.second.AddLines(top...); w.second.Serves("test."); w.second.Open() },
			second:  "ns2.fornitore.example seen NOERROR authority:seen serial:7 again:0 recursion:seen transfer:absent 0",
		},
		"recursion-offered-and-refused": {
			arrange: func(w *world) { w.second.Say("test. SOA", dnstest.Reply{Rcode: dns.RcodeRefused}); w.second.Open() },
			second:  "ns2.fornitore.example seen NOERROR authority:seen serial:7 again:0 recursion:absent transfer:absent 0",
		},
		"recursion-offered-and-silent": {
			arrange: func(w *world) { w.second.Say("test. SOA", dnstest.Reply{Silent: true}); w.second.Open() },
			second:  "ns2.fornitore.example seen NOERROR authority:seen serial:7 again:0 recursion:unknown transfer:absent 0",
		},
		"transfer-answered-with-servfail-is-unknown": {
			arrange: func(w *world) {
				w.second.Say("comune.test. AXFR", dnstest.Reply{Rcode: dns.RcodeServerFailure})
			},
			second: "ns2.fornitore.example seen NOERROR authority:seen serial:7 again:0 recursion:absent transfer:unknown 0",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			test.arrange(w)
			got := Collect(t.Context(), w.network.Session(), wanted)
			first := test.first
			if first == "" {
				first = good
			}
			var lines []string
			for _, s := range got.Servers {
				lines = append(lines, state(s))
			}
			if diff := cmp.Diff([]string{first, test.second}, lines); diff != "" {
				t.Errorf("servers (-want +got):\n%s", diff)
			}
			if l := got.Lookup("comune.test", "AAAA"); l.State != evidence.Absent {
				t.Errorf("AAAA = %+v, want absent whatever the second server says", l)
			}
		})
	}
}

// A vantage point that may not speak to port 53 learns nothing of the servers,
// and everything else from its resolver.
func TestClosedPort53IsNoFaultOfTheServers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.reach[firstAt], w.reach[secondAt], w.reach[parentAt] = dnstest.Nobody, dnstest.Nobody, dnstest.Nobody
	got := Collect(t.Context(), w.network.Session(), wanted)
	for _, s := range got.Servers {
		if s.State != evidence.Unknown || s.Problem != evidence.Timeout || s.Authoritative != "" || s.Transfer.Known() || s.Recursion.Known() {
			t.Errorf("%s = %+v, want unknown by timeout", s.Host, s)
		}
	}
	if got.Delegation.State != evidence.Unknown || got.Delegation.Problem != evidence.Timeout {
		t.Errorf("delegation = %+v, want unknown by timeout", got.Delegation)
	}
	for _, kind := range []string{"AAAA", "CAA"} {
		if l := got.Lookup("comune.test", kind); l.State != evidence.Absent {
			t.Errorf("%s = %+v, want the resolver's answer", kind, l)
		}
	}
	if l := got.Lookup(got.MadeUp, "A"); l.State != evidence.Absent {
		t.Errorf("the made-up name = %+v, want the resolver's answer", l)
	}
}

func TestProfileThatAsksForNoTransfer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.first.GiveAway()
	session := w.network.Session()
	got := Collect(t.Context(), session, Request{Domain: "comune.test"})
	for _, s := range got.Servers {
		if s.Transfer.State != evidence.NotAsked || s.Transfer.Problem != evidence.NotInProfile {
			t.Errorf("transfer = %+v, want not in profile", s.Transfer)
		}
	}
	if n := session.Sent().Connections; n != 0 {
		t.Errorf("%d connections, want none", n)
	}
}

// What a server does for strangers is a fact about the server: two towns of one
// provider ask for it once.
func TestForeignQuestionIsSharedByAllTowns(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.second.AddLines(top...)
	w.second.Open()
	for range 3 {
		Collect(t.Context(), w.network.Session(), wanted)
	}
	asked := slices.DeleteFunc(w.second.Received(), func(q string) bool { return q != "test. SOA" })
	if len(asked) != 1 {
		t.Errorf("the foreign question came %d times, want once", len(asked))
	}
}

func TestDelegation(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		arrange func(w *world)
		want    string
	}{
		"as-in-the-zone": {
			arrange: func(*world) {},
			want:    "seen test ns1.comune.test ns2.fornitore.example",
		},
		"server-that-the-zone-does-not-name": {
			arrange: func(w *world) { w.parent.AddLines("comune.test. 300 IN NS ns3.fornitore.example.") },
			want:    "seen test ns1.comune.test ns2.fornitore.example ns3.fornitore.example",
		},
		"zone-above-denies-it": {
			arrange: func(w *world) { w.replaceParent(dnstest.NewAuthority(w.t, []string{"test."}, top...)) },
			want:    "absent test",
		},
		"server-of-both-zones-refers-nobody": {
			arrange: func(w *world) { w.parent.AddLines(town...); w.parent.Serves("comune.test.") },
			want:    "unknown depends-on-unknown test",
		},
		"server-above-refuses": {
			arrange: func(w *world) { w.replaceParent(dnstest.NewAuthority(w.t, []string{"altro.test."})) },
			want:    "unknown refused test",
		},
		"a-resolver-in-its-place-is-no-authority": {
			arrange: func(w *world) { w.replaceParent(w.resolver) },
			want:    "unknown malformed test",
		},
		"a-resolver-that-refers-from-its-memory-is-none-either": {
			arrange: func(w *world) { w.parent.Open() },
			want:    "unknown malformed test",
		},
		"name-server-above-without-address": {
			arrange: func(w *world) { w.resolver.Say("ns.test. A", dnstest.Reply{}) },
			want:    "unknown no-address test",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			test.arrange(w)
			d := Collect(t.Context(), w.network.Session(), wanted).Delegation
			words := append([]string{string(d.State), string(d.Problem), d.Parent}, d.NameServers...)
			if got := strings.Join(strings.Fields(strings.Join(words, " ")), " "); got != test.want {
				t.Errorf("delegation %q, want %q (%+v)", got, test.want, d)
			}
		})
	}
}

// The zone above sends visitors to a server that the zone does not name: it is
// asked too.
func TestServerThatOnlyTheZoneAboveNames(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	third := dnstest.NewAuthority(t, []string{"altro.test."})
	w.reach[netip.MustParseAddr("198.51.100.54")] = third.Listen(t)
	w.parent.AddLines("comune.test. 300 IN NS ns3.fornitore.example.")
	w.resolver.AddLines("ns3.fornitore.example. 300 IN A 198.51.100.54")
	got := Collect(t.Context(), w.network.Session(), wanted)
	want := "ns3.fornitore.example seen REFUSED authority:absent serial:0 again:0 recursion:absent transfer:absent 0"
	if len(got.Servers) != 3 || state(got.Servers[2]) != want {
		t.Errorf("servers %+v, want a third: %s", got.Servers, want)
	}
}

// All servers of a zone are broken, so that the resolver knows nothing of it:
// the zone above still says whose it should be.
func TestZoneWhoseServersAllFail(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, kind := range []string{"NS", "A", "AAAA", "MX", "TXT", "CAA"} {
		w.resolver.Say("comune.test. "+kind, dnstest.Reply{Rcode: dns.RcodeServerFailure})
	}
	w.resolver.Say("www.comune.test. A", dnstest.Reply{Rcode: dns.RcodeServerFailure})
	for _, at := range []netip.Addr{firstAt, secondAt} {
		w.reach[at] = dnstest.NewAuthority(t, []string{"altro.test."}).Listen(t)
	}
	got := Collect(t.Context(), w.network.Session(), wanted)
	if got.Zone != "comune.test" || got.Delegation.State != evidence.Seen || len(got.Servers) != 2 {
		t.Fatalf("zone %q, delegation %+v, servers %+v", got.Zone, got.Delegation, got.Servers)
	}
	for _, s := range got.Servers {
		if s.State != evidence.Seen || s.Authoritative != evidence.Absent {
			t.Errorf("%s = %+v, want lame", s.Host, s)
		}
	}
	if l := got.Lookup("comune.test", "A"); l.State != evidence.Unknown || l.Problem != evidence.ServFail {
		t.Errorf("A = %+v, want unknown", l)
	}
}
