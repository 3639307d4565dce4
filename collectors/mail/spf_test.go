package mail

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/dnstest"
)

// questions lists what was asked, in order, with what came.
func questions(lookups []evidence.Lookup) []string {
	var list []string
	for _, l := range lookups {
		list = append(list, l.Name+" "+l.Type+" "+string(l.State))
	}
	return list
}

// What the terms of a tree look up is asked for too, on the level below.
func TestSPFTermsAreLookedUp(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		zone []string
		want []string
	}{
		"networks-need-nothing": {
			zone: []string{`comune.test. 300 IN TXT "v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 exp=why.test -all"`},
			want: []string{"comune.test TXT seen"},
		},
		"own-hosts": {
			zone: []string{
				`comune.test. 300 IN TXT "v=spf1 a mx -all"`, `comune.test. 300 IN A 192.0.2.10`,
				`comune.test. 300 IN MX 10 MX.comune.test.`, `mx.comune.test. 300 IN AAAA 2001:db8::25`,
			},
			want: []string{
				"comune.test TXT seen", "comune.test A seen", "comune.test AAAA absent", "comune.test MX seen",
				"mx.comune.test A absent", "mx.comune.test AAAA seen",
			},
		},
		"hosts-of-others": {
			zone: []string{
				`comune.test. 300 IN TXT "v=spf1 a:Web.test./24 mx:posta.test//64 exists:si.test -all"`,
				`si.test. 300 IN A 127.0.0.2`,
			},
			want: []string{
				"comune.test TXT seen", "web.test A absent", "web.test AAAA absent", "posta.test MX absent", "si.test A seen",
			},
		},
		"terms-of-an-include": {
			zone: []string{
				`comune.test. 300 IN TXT "v=spf1 a:web.test include:_spf.test -all"`, `_spf.test. 300 IN TXT "v=spf1 a mx:web.test -all"`,
			},
			want: []string{
				"comune.test TXT seen", "web.test A absent", "web.test AAAA absent", "_spf.test TXT seen",
				"_spf.test A absent", "_spf.test AAAA absent", "web.test MX absent",
			},
		},
		"same-name-is-asked-once": {
			zone: []string{`comune.test. 300 IN TXT "v=spf1 a:web.test a:WEB.test/24 ?a:web.test. exists:web.test -all"`},
			want: []string{"comune.test TXT seen", "web.test A absent", "web.test AAAA absent"},
		},
		"behind-all-and-with-macros-nothing-is-asked": {
			zone: []string{`comune.test. 300 IN TXT "v=spf1 a:%{d}.test exists:%{i}.test ptr:web.test -all a:late.test include:late.test"`},
			want: []string{"comune.test TXT seen"},
		},
		"several-records-are-evaluated-by-nobody": {
			zone: []string{`comune.test. 300 IN TXT "v=spf1 a:web.test -all"`, `comune.test. 300 IN TXT "v=spf1 mx -all"`},
			want: []string{"comune.test TXT seen"},
		},
		"null-mx-has-no-host": {
			zone: []string{`comune.test. 300 IN TXT "v=spf1 mx -all"`, `comune.test. 300 IN MX 0 .`},
			want: []string{"comune.test TXT seen", "comune.test MX seen"},
		},
		"names-that-no-host-has": {
			zone: []string{`comune.test. 300 IN TXT "v=spf1 a:we\\\\b.test a:we(b.test include:a;b.test -all"`},
			want: []string{"comune.test TXT seen"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, test.zone...)
			got := questions(followSPF(t.Context(), l.session(), "comune.test"))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("look-ups (-want +got):\n%s", diff)
			}
		})
	}
}

// The whole tree costs a bounded number of questions, whatever it is like.
func TestSPFQuestionsAreBounded(t *testing.T) {
	t.Parallel()
	many := func(n int, format string) string {
		var text strings.Builder
		for i := range n {
			fmt.Fprintf(&text, " \" "+format+"\"", i)
		}
		return text.String()
	}
	for name, test := range map[string]struct {
		zone []string
		want int
	}{
		"twelve-hosts": {
			zone: []string{`comune.test. 300 IN TXT "v=spf1"` + many(12, "a:h%d.test")},
			want: 1 + 2*maxTargets,
		},
		"too-many-exchangers-are-looked-at-by-nobody": {
			zone: append(exchangersOf("comune.test", 11), `comune.test. 300 IN TXT "v=spf1 mx -all"`),
			want: 2,
		},
		"ten-domains-with-ten-exchangers-each": {
			zone: append(slices.Concat(
				exchangersOf("d0.test", 10), exchangersOf("d1.test", 10), exchangersOf("d2.test", 10), exchangersOf("d3.test", 10),
			), `comune.test. 300 IN TXT "v=spf1"`+many(10, "mx:d%d.test")),
			want: maxQuestions,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, test.zone...)
			lookups := followSPF(t.Context(), l.session(), "comune.test")
			if len(lookups) != test.want || len(l.dns.Asked()) != test.want {
				t.Errorf("%d look-ups and %d questions, want %d", len(lookups), len(l.dns.Asked()), test.want)
			}
		})
	}
}

func exchangersOf(domain string, n int) []string {
	var lines []string
	for i := range n {
		lines = append(lines, fmt.Sprintf("%s. 300 IN MX %d mx%d.%s.", domain, i, i, domain))
	}
	return lines
}

// An include tree of ten thousand names: a hundred includes, each of a hundred.
func TestSPFTreeOfTenThousandNames(t *testing.T) {
	t.Parallel()
	level := func(below string) string {
		var text strings.Builder
		for i := range 100 {
			fmt.Fprintf(&text, " \" include:%d.%s a:%d.%s\"", i, below, i, below)
		}
		return text.String()
	}
	l := newLab(t, `comune.test. 300 IN TXT "v=spf1"`+level("n.example"))
	for i := range 100 {
		l.dns.AddLines(fmt.Sprintf(`%d.n.example. 300 IN TXT "v=spf1"%s`, i, level(fmt.Sprintf("%d.n.example", i))))
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	lookups := followSPF(ctx, l.session(), "comune.test")
	if ctx.Err() != nil {
		t.Error("it takes too long")
	}
	if len(lookups) != maxQuestions || len(l.dns.Asked()) != maxQuestions {
		t.Errorf("%d look-ups and %d questions, want %d", len(lookups), len(l.dns.Asked()), maxQuestions)
	}
	for _, each := range lookups {
		if !each.Known() {
			t.Errorf("%s %s: %s %s", each.Name, each.Type, each.Problem, each.Detail)
		}
	}
}

// A name whose servers fail is not known; it does not become a name without an
// address, and the rest is asked for all the same.
func TestSPFFailureIsNoAbsence(t *testing.T) {
	t.Parallel()
	l := newLab(t, `comune.test. 300 IN TXT "v=spf1 a:dead.test mx:dead.test a:web.test -all"`, `web.test. 300 IN A 192.0.2.10`)
	for _, question := range []string{"dead.test. A", "dead.test. AAAA", "dead.test. MX"} {
		l.dns.Say(question, dnstest.Reply{Rcode: dns.RcodeServerFailure})
	}
	got := questions(followSPF(t.Context(), l.session(), "comune.test"))
	want := []string{
		"comune.test TXT seen", "dead.test A unknown", "dead.test AAAA unknown", "dead.test MX unknown",
		"web.test A seen", "web.test AAAA absent",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("look-ups (-want +got):\n%s", diff)
	}
}
