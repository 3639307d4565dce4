package mail

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/miekg/dns"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/dnstest"
	"campanile/collectors/network"
)

func TestExchangers(t *testing.T) {
	t.Parallel()
	exchange := func(host string, preference int, addresses evidence.Observation) evidence.Exchange {
		return evidence.Exchange{Host: host, Preference: preference, Addresses: addresses}
	}
	for name, test := range map[string]struct {
		lines []string
		fails []string
		want  []evidence.Exchange
	}{
		"no-mx-is-left-alone": {
			lines: []string{"comune.test. 300 IN A 192.0.2.10"},
		},
		"null-mx-takes-no-mail": {
			lines: []string{"comune.test. 300 IN MX 0 ."},
		},
		"mx-not-known": {
			lines: oneMX, fails: []string{"comune.test. MX"},
		},
		"by-preference-each-host-once": {
			lines: []string{
				"comune.test. 300 IN MX 20 b.example.", "comune.test. 300 IN MX 10 c.example.", "comune.test. 300 IN MX 10 A.Example.",
				"comune.test. 300 IN MX 30 a.example.",
			},
			want: []evidence.Exchange{
				exchange("a.example", 10, evidence.AbsentAt(now)), exchange("c.example", 10, evidence.AbsentAt(now)),
				exchange("b.example", 20, evidence.AbsentAt(now)),
			},
		},
		"root-beside-a-host-is-no-host": {
			lines: []string{"comune.test. 300 IN MX 0 .", "comune.test. 300 IN MX 10 a.example."},
			want:  []evidence.Exchange{exchange("a.example", 10, evidence.AbsentAt(now))},
		},
		"address-not-known": {
			lines: []string{"comune.test. 300 IN MX 10 a.example."}, fails: []string{"a.example. AAAA"},
			want: []evidence.Exchange{exchange("a.example", 10, evidence.Observation{State: evidence.Unknown, Problem: evidence.ServFail, At: now})},
		},
		"one-family-not-known-and-the-other-there": {
			lines: oneMX, fails: []string{"mx.comune.test. AAAA"},
			want: []evidence.Exchange{exchange("mx.comune.test", 10, evidence.SeenAt(now))},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, test.lines...)
			for _, question := range test.fails {
				l.dns.Say(question, dnstest.Reply{Rcode: dns.RcodeServerFailure})
			}
			mail, _ := Collect(t.Context(), l.session(), l.request())
			ignore := []cmp.Option{cmpopts.IgnoreFields(evidence.Observation{}, "Detail"), cmpopts.IgnoreFields(evidence.Exchange{}, "Servers")}
			if diff := cmp.Diff(test.want, mail.Exchanges, ignore...); diff != "" {
				t.Errorf("exchanges (-want +got):\n%s", diff)
			}
			if len(test.want) == 0 && len(l.dialled) > 0 {
				t.Errorf("dialled %v, want nothing", l.dialled)
			}
		})
	}
}

func TestOnlySoManyHostsAreVisited(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	for i := range 12 {
		l.dns.AddLines(fmt.Sprintf("comune.test. 300 IN MX 10 mx%02d.example.", i), fmt.Sprintf("mx%02d.example. 300 IN A 192.0.2.%d", i, i+1))
	}
	mail, lookups := Collect(t.Context(), l.session(), l.request())
	if len(mail.Exchanges) != 12 {
		t.Fatalf("%d exchanges, want all 12", len(mail.Exchanges))
	}
	for i, x := range mail.Exchanges {
		want := evidence.SeenAt(now)
		if i >= maxHosts {
			want = evidence.Skipped(evidence.TooMany, x.Addresses.Detail)
		}
		if diff := cmp.Diff(want, x.Addresses); diff != "" {
			t.Errorf("%s (-want +got):\n%s", x.Host, diff)
		}
	}
	if slices.ContainsFunc(lookups, func(l evidence.Lookup) bool { return l.Name == "mx10.example" }) {
		t.Error("the eleventh host is asked about")
	}
	if len(l.dialled) != 2*maxHosts {
		t.Errorf("dialled %v, want %d servers twice", l.dialled, maxHosts)
	}
}

func TestAddressesOfBothFamilies(t *testing.T) {
	t.Parallel()
	four := []string{"192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.5"}
	six := []string{"2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8::4", "2001:db8::5"}
	for name, test := range map[string]struct{ have, want []string }{
		"few":            {slices.Concat(four[:2], six[:2]), slices.Concat(four[:2], six[:2])},
		"many-of-both":   {slices.Concat(four, six), slices.Concat(four[:2], six[:2])},
		"many-and-one":   {slices.Concat(four, six[:1]), slices.Concat(four[:3], six[:1])},
		"one-and-many":   {slices.Concat(four[:1], six), slices.Concat(four[:1], six[:3])},
		"ipv4-only":      {four, four[:4]},
		"ipv6-only":      {six, six[:4]},
		"none":           {nil, nil},
		"exactly-enough": {four[:4], four[:4]},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var have []netip.Addr
			for _, each := range test.have {
				have = append(have, netip.MustParseAddr(each))
			}
			var got []string
			for _, each := range some(have) {
				got = append(got, each.String())
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("addresses (-want +got):\n%s", diff)
			}
		})
	}
}

func TestServersOnBothFamilies(t *testing.T) {
	t.Parallel()
	l := newLab(t, append(slices.Clone(oneMX), "mx.comune.test. 300 IN AAAA 2001:db8::25")...)
	l.serve(t, "[2001:db8::25]:25", (&postman{greeting: hello, replies: map[string]string{"EHLO": "250 mx\r\n", "QUIT": farewell}}).script)
	mail, _ := Collect(t.Context(), l.session(), l.request())
	var got []string
	for _, s := range mail.Exchanges[0].Servers {
		got = append(got, fmt.Sprintf("%s %s%s %s", s.Address, s.State, s.Problem, s.StartTLS.State))
	}
	if diff := cmp.Diff([]string{"192.0.2.25 unknownrefused ", "2001:db8::25 seen absent"}, got); diff != "" {
		t.Errorf("servers (-want +got):\n%s", diff)
	}
}

func TestReservedAddressIsNotDialled(t *testing.T) {
	t.Parallel()
	l := newLab(t, "comune.test. 300 IN MX 10 mx.comune.test.", "mx.comune.test. 300 IN A 10.0.0.25")
	mail, _ := Collect(t.Context(), l.permitting(network.Permit{}), l.request())
	got := mail.Exchanges[0].Servers[0]
	if got.State != evidence.Unknown || got.Problem != evidence.NotPermitted {
		t.Errorf("server = %+v, want unknown, not permitted", got.Observation)
	}
	if len(l.dialled) > 0 {
		t.Errorf("dialled %v, want nothing", l.dialled)
	}
}

func TestEvidenceIsWritable(t *testing.T) {
	t.Parallel()
	l := newLab(t, append(slices.Clone(oneMX), announced...)...)
	p := &postman{
		greeting: hello, replies: map[string]string{"EHLO": withTLS, "STARTTLS": ready},
		tls: l.authority.issue(t, "mx.comune.test", now),
	}
	l.serve(t, "192.0.2.25:25", p.script)
	mail, lookups := Collect(t.Context(), l.session(), l.request())
	bundle := &evidence.Bundle{
		Schema: evidence.Schema, Taken: now, Profile: evidence.Passive, Target: evidence.Target{Domain: "comune.test"},
		Mail: mail, DNS: evidence.DNS{Lookups: lookups},
	}
	if err := bundle.Validate(); err != nil {
		t.Error(err)
	}
}
