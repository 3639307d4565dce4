package mail

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/miekg/dns"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/dnstest"
	"campanile/collectors/network"
)

func TestReverse(t *testing.T) {
	t.Parallel()
	const four = "25.2.0.192.in-addr.arpa."
	six := "comune.test. 300 IN MX 10 mx.comune.test."
	sixName := dnsReverse(t, "2001:db8::25")
	seen := func(name string) evidence.Reverse {
		return evidence.Reverse{Observation: evidence.SeenAt(now), Names: []string{name}}
	}
	absent := func(names ...string) evidence.Reverse {
		return evidence.Reverse{Observation: evidence.AbsentAt(now), Names: names}
	}
	unknown := func(why evidence.Problem, names ...string) evidence.Reverse {
		return evidence.Reverse{Observation: evidence.Observation{State: evidence.Unknown, Problem: why, At: now}, Names: names}
	}
	for name, test := range map[string]struct {
		lines []string
		fails string
		rcode int
		want  evidence.Reverse
	}{
		"leads-back":       {lines: append([]string{four + " 300 IN PTR MX.comune.test."}, oneMX...), want: seen("mx.comune.test")},
		"another-name":     {lines: append([]string{four + " 300 IN PTR host25.fornitore.example.", "host25.fornitore.example. 300 IN A 192.0.2.25"}, oneMX...), want: seen("host25.fornitore.example")},
		"no-name":          {lines: oneMX, want: absent()},
		"leads-elsewhere":  {lines: append([]string{four + " 300 IN PTR a.example.", "a.example. 300 IN A 192.0.2.99"}, oneMX...), want: absent("a.example")},
		"leads-nowhere":    {lines: append([]string{four + " 300 IN PTR a.example."}, oneMX...), want: absent("a.example")},
		"second-name-does": {lines: append([]string{four + " 300 IN PTR a.example.", four + " 300 IN PTR mx.comune.test."}, oneMX...), want: seen("mx.comune.test")},
		"name-not-known":   {lines: oneMX, fails: four + " PTR", rcode: dns.RcodeServerFailure, want: unknown(evidence.ServFail)},
		"name-refused":     {lines: oneMX, fails: four + " PTR", rcode: dns.RcodeRefused, want: unknown(evidence.Refused)},
		"way-back-not-known": {
			lines: append([]string{four + " 300 IN PTR a.example.", four + " 300 IN PTR b.example."}, oneMX...),
			fails: "a.example. A", rcode: dns.RcodeServerFailure, want: unknown(evidence.ServFail, "a.example", "b.example"),
		},
		"more-names-than-are-looked-up": {
			lines: append([]string{
				four + " 300 IN PTR a.example.", four + " 300 IN PTR b.example.", four + " 300 IN PTR c.example.",
				four + " 300 IN PTR d.example.", four + " 300 IN PTR e.example.", "e.example. 300 IN A 192.0.2.25",
			}, oneMX...),
			want: unknown(evidence.TooMany, "a.example", "b.example", "c.example", "d.example"),
		},
		"ipv6": {
			lines: []string{six, "mx.comune.test. 300 IN AAAA 2001:db8::25", sixName + " 300 IN PTR mx.comune.test."},
			want:  seen("mx.comune.test"),
		},
		"ipv6-that-leads-to-ipv4": {
			lines: []string{six, "mx.comune.test. 300 IN AAAA 2001:db8::25", sixName + " 300 IN PTR a.example.", "a.example. 300 IN A 192.0.2.25"},
			want:  absent("a.example"),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, test.lines...)
			l.dns.Say(test.fails, dnstest.Reply{Rcode: test.rcode})
			mail, lookups := Collect(t.Context(), l.session(), l.request())
			if len(mail.Exchanges) != 1 || len(mail.Exchanges[0].Servers) != 1 {
				t.Fatalf("exchanges = %+v, want one with one server", mail.Exchanges)
			}
			got := mail.Exchanges[0].Servers[0].Reverse
			if diff := cmp.Diff(test.want, got, cmpopts.IgnoreFields(evidence.Observation{}, "Detail")); diff != "" {
				t.Errorf("reverse (-want +got), detail %q:\n%s", got.Detail, diff)
			}
			kinds := map[string]int{}
			for _, each := range lookups {
				kinds[each.Type]++
			}
			if kinds["PTR"] != 1 {
				t.Errorf("%d questions for PTR among the look-ups, want 1", kinds["PTR"])
			}
		})
	}
}

func dnsReverse(t *testing.T, address string) string {
	t.Helper()
	name, err := dns.ReverseAddr(address)
	if err != nil {
		t.Fatal(err)
	}
	return name
}

func TestAddressOutOfBoundsHasNoReverse(t *testing.T) {
	t.Parallel()
	l := newLab(t, "comune.test. 300 IN MX 10 mx.comune.test.", "mx.comune.test. 300 IN A 10.0.0.25")
	mail, lookups := Collect(t.Context(), l.permitting(network.Permit{}), l.request())
	if got := mail.Exchanges[0].Servers[0].Reverse; got.State != evidence.NotAsked || got.Problem != evidence.NotPermitted {
		t.Errorf("reverse = %+v, want not asked", got)
	}
	for _, each := range lookups {
		if each.Type == "PTR" {
			t.Errorf("asked for %s", each.Name)
		}
	}
}
