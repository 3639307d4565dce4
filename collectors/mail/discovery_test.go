package mail

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"campanile/collectors/internal/dnstest"
	"campanile/collectors/records"
)

// In the province to.it, a public suffix, the list takes esempio.to.it for the
// registered domain, one label above the municipality's.
func TestDMARCFacts(t *testing.T) {
	t.Parallel()
	const town, police = "comune.esempio.to.it", "polizia.comune.esempio.to.it"
	for name, test := range map[string]struct {
		name  string
		lines []string
		fails []string // questions that the server fails at
		asked []string
		want  string
	}{
		"own-record-with-psd": {
			name: town, lines: []string{`_dmarc.comune.esempio.to.it. 300 IN TXT "v=DMARC1; p=reject; psd=n"`},
			asked: []string{"_dmarc.comune.esempio.to.it. TXT"},
			want:  "reject, older reject",
		},
		"own-record-and-the-walk-for-the-organization": {
			name: town, lines: []string{`_dmarc.comune.esempio.to.it. 300 IN TXT "v=DMARC1; p=reject"`},
			asked: []string{"_dmarc.comune.esempio.to.it. TXT", "_dmarc.esempio.to.it. TXT", "_dmarc.it. TXT", "_dmarc.to.it. TXT"},
			want:  "reject, older reject",
		},
		"older-readers-look-above-the-town": {
			name: police, lines: []string{`_dmarc.comune.esempio.to.it. 300 IN TXT "v=DMARC1; p=reject; sp=none; psd=n"`, "polizia.comune.esempio.to.it. 300 IN A 192.0.2.10"},
			asked: []string{"_dmarc.comune.esempio.to.it. TXT", "_dmarc.esempio.to.it. TXT", "_dmarc.polizia.comune.esempio.to.it. TXT", "polizia.comune.esempio.to.it. A"},
			want:  "none, older not-applied",
		},
		"name-that-does-not-exist": {
			name: police, lines: []string{`_dmarc.comune.esempio.to.it. 300 IN TXT "v=DMARC1; p=none; np=reject; psd=n"`},
			asked: []string{"_dmarc.comune.esempio.to.it. TXT", "_dmarc.esempio.to.it. TXT", "_dmarc.polizia.comune.esempio.to.it. TXT", "polizia.comune.esempio.to.it. A"},
			want:  "reject, older not-applied",
		},
		"name-with-another-record-exists": {
			name: police, lines: []string{`_dmarc.comune.esempio.to.it. 300 IN TXT "v=DMARC1; p=none; np=reject; psd=n"`, "polizia.comune.esempio.to.it. 300 IN MX 10 mx.example."},
			asked: []string{"_dmarc.comune.esempio.to.it. TXT", "_dmarc.esempio.to.it. TXT", "_dmarc.polizia.comune.esempio.to.it. TXT", "polizia.comune.esempio.to.it. A"},
			want:  "none, older not-applied",
		},
		"not-known-whether-the-name-exists": {
			name: police, lines: []string{`_dmarc.comune.esempio.to.it. 300 IN TXT "v=DMARC1; p=none; np=reject; psd=n"`},
			fails: []string{"polizia.comune.esempio.to.it. A"},
			asked: []string{"_dmarc.comune.esempio.to.it. TXT", "_dmarc.esempio.to.it. TXT", "_dmarc.polizia.comune.esempio.to.it. TXT", "polizia.comune.esempio.to.it. A"},
			want:  "unknown (servfail at polizia.comune.esempio.to.it), older not-applied",
		},
		"failure-ends-the-walk": {
			name: police, fails: []string{"_dmarc.polizia.comune.esempio.to.it. TXT"},
			asked: []string{"_dmarc.polizia.comune.esempio.to.it. TXT"},
			want:  "unknown (servfail at _dmarc.polizia.comune.esempio.to.it), older unknown",
		},
		"failure-at-a-parent": {
			name: town, fails: []string{"_dmarc.esempio.to.it. TXT"},
			asked: []string{"_dmarc.comune.esempio.to.it. TXT", "_dmarc.esempio.to.it. TXT", "comune.esempio.to.it. A"},
			want:  "unknown (servfail at _dmarc.esempio.to.it), older unknown",
		},
		"public-suffix-has-no-registered-domain": {
			name: "to.it", lines: []string{`_dmarc.it. 300 IN TXT "v=DMARC1; p=none; psd=y"`},
			asked: []string{"_dmarc.it. TXT", "_dmarc.to.it. TXT", "to.it. A"},
			want:  "none, older not-applied",
		},
		"record-behind-an-alias": {
			name: town, lines: []string{"_dmarc.comune.esempio.to.it. 300 IN CNAME town.dmarc.example.", `town.dmarc.example. 300 IN TXT "v=DMARC1; p=quarantine; psd=n"`},
			asked: []string{"_dmarc.comune.esempio.to.it. TXT"},
			want:  "quarantine, older quarantine",
		},
		"record-in-two-strings": {
			name: town, lines: []string{`_dmarc.comune.esempio.to.it. 300 IN TXT "v=DMARC1; p=re" "ject; psd=n"`},
			asked: []string{"_dmarc.comune.esempio.to.it. TXT"},
			want:  "reject, older reject",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, test.lines...)
			for _, question := range test.fails {
				l.dns.Say(question, dnstest.Reply{Rcode: dns.RcodeServerFailure})
			}
			d := records.DiscoverDMARC(DMARCFacts(t.Context(), l.session(), test.name))
			got := d.Policy
			if d.Problem != "" {
				got += fmt.Sprintf(" (%s at %s)", d.Problem, d.ProblemAt)
			}
			if got += ", older " + d.Older.Policy; got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
			if diff := cmp.Diff(test.asked, l.dns.Asked()); diff != "" {
				t.Errorf("questions (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDMARCFactsOfALongNameAreFew(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	name := strings.Repeat("a.", 100) + "comune.esempio.to.it"
	facts := DMARCFacts(t.Context(), l.session(), name)
	if got := len(l.dns.Asked()); got != 9 || len(facts.Answers) != 8 {
		t.Errorf("%d questions, %d answers; want eight and one more for the name", got, len(facts.Answers))
	}
}

func TestRegisteredDomain(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"comune.esempio.to.it": "esempio.to.it", "polizia.comune.esempio.to.it": "esempio.to.it", "esempio.to.it": "esempio.to.it",
		"to.it": "", "it": "", "comune.it": "comune.it", "posta.comune.it": "comune.it", "a.mairie-exemple.fr": "mairie-exemple.fr",
		"comune.example": "comune.example", "": "", "..": "",
	} {
		if got := registered(name); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}
