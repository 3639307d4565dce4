package mail

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/dnstest"
)

// asked lists the names whose TXT records were asked for, in order, with what
// came.
func asked(lookups []evidence.Lookup) []string {
	var list []string
	for _, l := range lookups {
		list = append(list, l.Name+" "+string(l.State))
	}
	return list
}

func TestSPFIsFollowed(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		records map[string]string
		fails   []string
		want    []string
	}{
		"no-record": {
			records: map[string]string{"comune.test": "hello"},
			want:    []string{"comune.test seen"},
		},
		"includes-level-by-level": {
			records: map[string]string{
				"comune.test": "v=spf1 include:a.example include:b.example -all", "a.example": "v=spf1 include:c.example -all",
				"b.example": "v=spf1 ip4:192.0.2.0/24 -all", "c.example": "v=spf1 -all",
			},
			want: []string{"comune.test seen", "a.example seen", "b.example seen", "c.example seen"},
		},
		"include-of-nothing": {
			records: map[string]string{"comune.test": "v=spf1 include:missing.example -all"},
			want:    []string{"comune.test seen", "missing.example absent"},
		},
		"failure-is-no-absence": {
			records: map[string]string{"comune.test": "v=spf1 include:a.example include:b.example -all", "b.example": "v=spf1 -all"},
			fails:   []string{"a.example"},
			want:    []string{"comune.test seen", "a.example unknown", "b.example seen"},
		},
		"redirect": {
			records: map[string]string{"comune.test": "v=spf1 redirect=A.example.", "a.example": "v=spf1 -all"},
			want:    []string{"comune.test seen", "a.example seen"},
		},
		"redirect-behind-all-is-dead": {
			records: map[string]string{"comune.test": "v=spf1 -all redirect=a.example"},
			want:    []string{"comune.test seen"},
		},
		"macros-depend-on-the-message": {
			records: map[string]string{"comune.test": "v=spf1 include:%{d}.example exists:%{i}.example -all"},
			want:    []string{"comune.test seen"},
		},
		"loop": {
			records: map[string]string{"comune.test": "v=spf1 include:a.example -all", "a.example": "v=spf1 include:comune.test include:a.example -all"},
			want:    []string{"comune.test seen", "a.example seen"},
		},
		"same-record-twice-is-asked-once": {
			records: map[string]string{"comune.test": "v=spf1 include:a.example include:A.EXAMPLE -all", "a.example": "v=spf1 -all"},
			want:    []string{"comune.test seen", "a.example seen"},
		},
		"broken-record-is-followed-all-the-same": {
			records: map[string]string{"comune.test": "v=spf1 ip4:nonsense include:a.example -all", "a.example": "v=spf1 -all"},
			want:    []string{"comune.test seen", "a.example seen"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t)
			for owner, text := range test.records {
				l.dns.AddLines(fmt.Sprintf("%s. 300 IN TXT %q", owner, text))
			}
			for _, owner := range test.fails {
				l.dns.Say(owner+". TXT", dnstest.Reply{Rcode: dns.RcodeServerFailure})
			}
			got := asked(followSPF(t.Context(), l.session(), "comune.test"))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("look-ups (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSPFTreeIsBounded(t *testing.T) {
	t.Parallel()
	t.Run("depth", func(t *testing.T) {
		t.Parallel()
		l := newLab(t, "comune.test. 300 IN TXT \"v=spf1 include:n0.example -all\"")
		for i := range 100 {
			l.dns.AddLines(fmt.Sprintf("n%d.example. 300 IN TXT \"v=spf1 include:n%d.example -all\"", i, i+1))
		}
		if got := len(followSPF(t.Context(), l.session(), "comune.test")); got != maxDepth+1 {
			t.Errorf("%d records are asked for, want %d", got, maxDepth+1)
		}
	})
	t.Run("breadth", func(t *testing.T) {
		t.Parallel()
		var text strings.Builder
		for i := range 200 {
			fmt.Fprintf(&text, " \" include:n%d.example\"", i)
		}
		l := newLab(t, "comune.test. 300 IN TXT \"v=spf1\""+text.String())
		got := asked(followSPF(t.Context(), l.session(), "comune.test"))
		if len(got) != maxRecords || got[1] != "n0.example absent" || got[maxRecords-1] != "n38.example absent" {
			t.Errorf("%d records are asked for, want the first %d: %v", len(got), maxRecords, got)
		}
	})
}

func TestDMARCWalk(t *testing.T) {
	t.Parallel()
	const own, parent, top = "_dmarc.comune.valle.test", "_dmarc.valle.test", "_dmarc.test"
	for name, test := range map[string]struct {
		records map[string][]string
		fails   string
		want    []string
	}{
		"own-record-ends-the-walk": {
			records: map[string][]string{own: {"v=DMARC1; p=reject"}},
			want:    []string{own + " seen"},
		},
		"none-up-to-the-top-level": {
			want: []string{own + " absent", parent + " absent", top + " absent"},
		},
		"other-text-is-no-record": {
			records: map[string][]string{own: {"v=spf1 -all"}},
			want:    []string{own + " seen", parent + " absent", top + " absent"},
		},
		"several-records-count-as-none": {
			records: map[string][]string{own: {"v=DMARC1; p=reject", "v=DMARC1; p=none"}},
			want:    []string{own + " seen", parent + " absent", top + " absent"},
		},
		"parents-record-does-not-end-the-walk": {
			records: map[string][]string{parent: {"v=DMARC1; p=reject"}},
			want:    []string{own + " absent", parent + " seen", top + " absent"},
		},
		"parent-that-is-an-organization-ends-the-walk": {
			records: map[string][]string{parent: {"v=DMARC1; p=reject; psd=n"}},
			want:    []string{own + " absent", parent + " seen"},
		},
		"parent-that-is-a-public-suffix-ends-the-walk": {
			records: map[string][]string{parent: {"v=DMARC1; p=reject; psd=y"}},
			want:    []string{own + " absent", parent + " seen"},
		},
		"failure-ends-the-walk": {
			fails: own,
			want:  []string{own + " unknown"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t)
			for owner, texts := range test.records {
				for _, text := range texts {
					l.dns.AddLines(fmt.Sprintf("%s. 300 IN TXT %q", owner, text))
				}
			}
			l.dns.Say(test.fails+". TXT", dnstest.Reply{Rcode: dns.RcodeServerFailure})
			got := asked(walkDMARC(t.Context(), l.session(), "comune.valle.test"))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("look-ups (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCollectAsksForEveryMailRecord(t *testing.T) {
	t.Parallel()
	l := newLab(t, append(slices.Clone(oneMX), announced...)...)
	_, lookups := Collect(t.Context(), l.session(), l.request())
	var got []string
	for _, each := range lookups {
		got = append(got, each.Name+" "+each.Type+" "+string(each.State))
	}
	want := []string{
		"25.2.0.192.in-addr.arpa PTR absent",
		"_25._tcp.mx.comune.test TLSA absent",
		"_dmarc.comune.test TXT absent",
		"_dmarc.test TXT absent",
		"_domainkey.comune.test TXT absent",
		"_mta-sts.comune.test TXT seen",
		"_smtp._tls.comune.test TXT absent",
		"comune.test MX seen",
		"comune.test TXT seen",
		"default._domainkey.comune.test TXT absent",
		"dkim._domainkey.comune.test TXT absent",
		"mail._domainkey.comune.test TXT absent",
		"mta-sts.comune.test A seen",
		"mta-sts.comune.test AAAA absent",
		"mx.comune.test A seen",
		"mx.comune.test AAAA absent",
		"selector1._domainkey.comune.test TXT absent",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("look-ups (-want +got):\n%s", diff)
	}
}
