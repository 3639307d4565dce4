package records_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/collectors/records"
)

// A town under a public suffix: the list takes valle.pr.example for the
// registered domain, one label above the town's.
const (
	town       = "comune.valle.pr.example"
	police     = "polizia.comune.valle.pr.example"
	registered = "valle.pr.example"
	reports    = "; rua=mailto:dmarc@comune.example"
)

// zone holds the TXT records at _dmarc of names, one a line; "!timeout" is a
// question without an answer.
type zone map[string]string

func (z zone) ask(query string) records.DMARCAnswer {
	text, ok := z[strings.TrimPrefix(query, "_dmarc.")]
	answer := records.DMARCAnswer{Name: query}
	if problem, failed := strings.CutPrefix(text, "!"); failed {
		answer.Problem = problem
		return answer
	}
	for line := range strings.SplitSeq(text, "\n") {
		if ok {
			answer.Records = append(answer.Records, quote(line))
		}
	}
	return answer
}

// facts asks the zone as a collector asks the network.
func (z zone) facts(name, registered string) records.DMARCFacts {
	facts := records.DMARCFacts{Name: name, Registered: registered}
	for _, query := range records.DMARCNames(name) {
		answer := z.ask(query)
		facts.Answers = append(facts.Answers, answer)
		if answer.EndsWalk() {
			break
		}
	}
	if query := facts.OlderQuery(); query != "" {
		facts.Answers = append(facts.Answers, z.ask(query))
	}
	return facts
}

// told is a discovery on three lines: what holds, who reads it how, what stands out.
func told(d records.DMARCDiscovery) string {
	older := fmt.Sprintf("%s %d", d.Older.Policy, d.Older.Percent)
	if d.Older.Problem != "" {
		older = d.Older.Policy + " (" + d.Older.Problem + ")"
	}
	text := fmt.Sprintf("%s at %q of %q in %d\n%s/%s/%s, older %s\n%s", d.Policy, d.PolicyDomain, d.OrganizationalDomain, len(d.Queries),
		d.Effective.Self, d.Effective.Existing, d.Effective.Missing, older, strings.Join(d.Remarks, " "))
	if d.Problem != "" {
		text += "\n" + d.Problem + " at " + d.ProblemAt
	}
	return text
}

func TestDMARCDiscovery(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		name    string // town, if empty
		zone    zone
		missing bool
		nameErr string
		want    string
	}{
		// The record of the name itself.
		"own-record": {
			zone: zone{town: "v=DMARC1; p=reject; psd=n" + reports},
			want: "reject at \"comune.valle.pr.example\" of \"comune.valle.pr.example\" in 1\nreject/reject/reject, older reject 100\n",
		},
		"own-record-with-weak-subdomains": {
			zone: zone{town: "v=DMARC1; p=reject; sp=none; psd=n" + reports},
			want: "reject at \"comune.valle.pr.example\" of \"comune.valle.pr.example\" in 1\nreject/none/none, older reject 100\nsubdomain-policy-weak",
		},
		"np-is-for-missing-names-only": {
			zone: zone{town: "v=DMARC1; p=quarantine; np=reject; psd=n" + reports},
			want: "quarantine at \"comune.valle.pr.example\" of \"comune.valle.pr.example\" in 1\nquarantine/quarantine/reject, older quarantine 100\n",
		},
		"np-weaker-than-sp": {
			zone: zone{town: "v=DMARC1; p=reject; sp=quarantine; np=none; psd=n" + reports},
			want: "reject at \"comune.valle.pr.example\" of \"comune.valle.pr.example\" in 1\nreject/quarantine/none, older reject 100\nsubdomain-policy-weak missing-subdomain-policy-weak",
		},
		"np-falls-back-to-sp": {
			zone: zone{town: "v=DMARC1; p=none; sp=reject; psd=n" + reports},
			want: "none at \"comune.valle.pr.example\" of \"comune.valle.pr.example\" in 1\nnone/reject/reject, older none 100\n",
		},
		"testing-is-one-level-less-everywhere": {
			zone: zone{town: "v=DMARC1; p=reject; sp=quarantine; np=reject; t=y; psd=n" + reports},
			want: "quarantine at \"comune.valle.pr.example\" of \"comune.valle.pr.example\" in 1\nquarantine/none/quarantine, older reject 100\nsubdomain-policy-weak testing older-readers-differ",
		},
		"testing-none-stays-none": {
			zone: zone{town: "v=DMARC1; p=none; t=y; psd=n" + reports},
			want: "none at \"comune.valle.pr.example\" of \"comune.valle.pr.example\" in 1\nnone/none/none, older none 100\ntesting",
		},
		"testing-in-capitals": {
			zone: zone{town: "v=DMARC1; p=quarantine; T=Y; psd=n" + reports},
			want: "none at \"comune.valle.pr.example\" of \"comune.valle.pr.example\" in 1\nnone/none/none, older quarantine 100\ntesting older-readers-differ",
		},
		"no-address-for-reports": {
			zone: zone{town: "v=DMARC1; p=reject; psd=n"},
			want: "reject at \"comune.valle.pr.example\" of \"comune.valle.pr.example\" in 1\nreject/reject/reject, older reject 100\nno-reports",
		},
		"walk-goes-on-for-the-organization": {
			zone: zone{town: "v=DMARC1; p=reject" + reports},
			want: "reject at \"comune.valle.pr.example\" of \"comune.valle.pr.example\" in 4\nreject/reject/reject, older reject 100\npsd-missing",
		},
		"psd-u-is-the-default": {
			zone: zone{town: "v=DMARC1; p=reject; psd=u" + reports},
			want: "reject at \"comune.valle.pr.example\" of \"comune.valle.pr.example\" in 4\nreject/reject/reject, older reject 100\npsd-missing",
		},
		"own-record-below-another-organization": {
			zone: zone{town: "v=DMARC1; p=reject; sp=reject" + reports, "pr.example": "v=DMARC1; p=none"},
			want: "reject at \"comune.valle.pr.example\" of \"pr.example\" in 4\nreject/none/none, older reject 100\nsubdomain-policy-weak subdomains-follow-parent",
		},
		"psd-n-keeps-a-suffix-from-taking-over": {
			zone: zone{town: "v=DMARC1; p=reject; psd=n" + reports, "pr.example": "v=DMARC1; p=none"},
			want: "reject at \"comune.valle.pr.example\" of \"comune.valle.pr.example\" in 1\nreject/reject/reject, older reject 100\n",
		},
		"own-record-of-a-public-suffix": {
			name: "pr.example", zone: zone{"pr.example": "v=DMARC1; p=none; sp=reject; psd=y" + reports},
			want: "none at \"pr.example\" of \"pr.example\" in 1\nnone/reject/reject, older none 100\n",
		},
		"blanks-and-capitals": {
			zone: zone{town: "V = DMARC1 ; P = REJECT ; PSD = N ; Sp\t=\tQuarantine; rua = MAILTO:a@comune.example"},
			want: "reject at \"comune.valle.pr.example\" of \"comune.valle.pr.example\" in 1\nreject/quarantine/quarantine, older reject 100\nsubdomain-policy-weak",
		},
		"policy-is-not-second": {
			zone: zone{town: "v=DMARC1; rua=mailto:a@comune.example; psd=n; p=reject"},
			want: "reject at \"comune.valle.pr.example\" of \"comune.valle.pr.example\" in 1\nreject/reject/reject, older reject 100\n",
		},
		// What a record must be, and what is dropped.
		"no-record": {
			want: "not-applied at \"\" of \"comune.valle.pr.example\" in 4\nnot-applied/not-applied/not-applied, older not-applied 100\nno-record",
		},
		"several-records": {
			zone: zone{town: "v=DMARC1; p=reject\nv=DMARC1; p=none"},
			want: "not-applied at \"\" of \"comune.valle.pr.example\" in 4\nnot-applied/not-applied/not-applied, older not-applied 100\nno-record several-records",
		},
		"the-same-record-twice": {
			zone: zone{town: "v=DMARC1; p=reject\nv=DMARC1; p=reject"},
			want: "not-applied at \"\" of \"comune.valle.pr.example\" in 4\nnot-applied/not-applied/not-applied, older not-applied 100\nno-record several-records",
		},
		"several-records-then-one-above-that-older-readers-do-not-ask-for": {
			zone: zone{town: "v=DMARC1; p=reject\nv=DMARC1; p=none", registered: "v=DMARC1; p=quarantine; psd=n" + reports},
			want: "quarantine at \"valle.pr.example\" of \"valle.pr.example\" in 2\nquarantine/quarantine/quarantine, older not-applied 100\nseveral-records found-at-parent not-seen-by-older-readers",
		},
		"several-records-do-not-end-the-walk-by-psd": {
			zone: zone{town: "v=DMARC1; p=reject; psd=n\nv=DMARC1; p=none; psd=n"},
			want: "not-applied at \"\" of \"comune.valle.pr.example\" in 4\nnot-applied/not-applied/not-applied, older not-applied 100\nno-record several-records",
		},
		"other-text-beside-it": {
			zone: zone{town: "google-site-verification=x\nv=DMARC1; p=reject; psd=n" + reports + "\nv=spf1 -all"},
			want: "reject at \"comune.valle.pr.example\" of \"comune.valle.pr.example\" in 1\nreject/reject/reject, older reject 100\n",
		},
		"version-of-another-kind": {
			zone: zone{town: "v=DMARC2; p=reject; psd=n"},
			want: "not-applied at \"\" of \"comune.valle.pr.example\" in 4\nnot-applied/not-applied/not-applied, older not-applied 100\nno-record",
		},
		"version-not-first": {
			zone: zone{town: "p=reject; v=DMARC1; psd=n"},
			want: "not-applied at \"\" of \"comune.valle.pr.example\" in 4\nnot-applied/not-applied/not-applied, older not-applied 100\nno-record",
		},
		// Section 4.10.1: invalid policies.
		"invalid-policy-without-reports": {
			zone: zone{town: "v=DMARC1; p=rejct; psd=n"},
			want: "not-applied at \"comune.valle.pr.example\" of \"comune.valle.pr.example\" in 1\nnot-applied/not-applied/not-applied, older not-applied 100\npolicy-invalid",
		},
		"invalid-policy-with-reports": {
			zone: zone{town: "v=DMARC1; p=rejct; psd=n" + reports},
			want: "none at \"comune.valle.pr.example\" of \"comune.valle.pr.example\" in 1\nnone/none/none, older none 100\npolicy-invalid",
		},
		"missing-policy-without-reports": {
			zone: zone{town: "v=DMARC1; psd=n"},
			want: "not-applied at \"comune.valle.pr.example\" of \"comune.valle.pr.example\" in 1\nnot-applied/not-applied/not-applied, older not-applied 100\npolicy-invalid",
		},
		"missing-policy-with-reports": {
			zone: zone{town: "v=DMARC1; sp=reject; psd=n" + reports},
			want: "none at \"comune.valle.pr.example\" of \"comune.valle.pr.example\" in 1\nnone/none/none, older none 100\npolicy-invalid",
		},
		"invalid-policy-with-an-invalid-address": {
			zone: zone{town: "v=DMARC1; p=rejct; psd=n; rua=dmarc@comune.example"},
			want: "not-applied at \"comune.valle.pr.example\" of \"comune.valle.pr.example\" in 1\nnot-applied/not-applied/not-applied, older not-applied 100\npolicy-invalid",
		},
		"invalid-sp-takes-all-with-it": {
			zone: zone{town: "v=DMARC1; p=reject; sp=all; psd=n" + reports},
			want: "none at \"comune.valle.pr.example\" of \"comune.valle.pr.example\" in 1\nnone/none/none, older none 100\npolicy-invalid",
		},
		"invalid-np-is-nothing-to-older-readers": {
			zone: zone{town: "v=DMARC1; p=reject; np=all; psd=n"},
			want: "not-applied at \"comune.valle.pr.example\" of \"comune.valle.pr.example\" in 1\nnot-applied/not-applied/not-applied, older reject 100\npolicy-invalid",
		},
		"invalid-record-is-not-passed-over-for-one-above": {
			zone: zone{town: "v=DMARC1; p=rejct", registered: "v=DMARC1; p=reject; psd=n" + reports},
			want: "not-applied at \"comune.valle.pr.example\" of \"valle.pr.example\" in 2\nnot-applied/reject/reject, older not-applied 100\npolicy-invalid subdomains-follow-parent",
		},
		// Historic tags.
		"percentage-is-for-older-readers": {
			zone: zone{town: "v=DMARC1; p=reject; pct=20; psd=n" + reports},
			want: "reject at \"comune.valle.pr.example\" of \"comune.valle.pr.example\" in 1\nreject/reject/reject, older reject 20\nolder-readers-differ historic-tags",
		},
		"percentage-of-nothing": {
			zone: zone{town: "v=DMARC1; p=quarantine; pct=0; psd=n" + reports},
			want: "quarantine at \"comune.valle.pr.example\" of \"comune.valle.pr.example\" in 1\nquarantine/quarantine/quarantine, older quarantine 0\nolder-readers-differ historic-tags",
		},
		"percentage-above-a-hundred": {
			zone: zone{town: "v=DMARC1; p=reject; pct=101; psd=n" + reports},
			want: "reject at \"comune.valle.pr.example\" of \"comune.valle.pr.example\" in 1\nreject/reject/reject, older reject 100\nhistoric-tags",
		},
		"percentage-that-is-no-number": {
			zone: zone{town: "v=DMARC1; p=reject; pct=-5%; psd=n" + reports},
			want: "reject at \"comune.valle.pr.example\" of \"comune.valle.pr.example\" in 1\nreject/reject/reject, older reject 100\nhistoric-tags",
		},
		"format-and-interval": {
			zone: zone{town: "v=DMARC1; p=reject; rf=afrf; ri=86400; psd=n" + reports},
			want: "reject at \"comune.valle.pr.example\" of \"comune.valle.pr.example\" in 1\nreject/reject/reject, older reject 100\nhistoric-tags",
		},
		// A name below the town's own.
		"below-the-town-newer-readers-see-sp-and-older-ones-nothing": {
			name: police, zone: zone{town: "v=DMARC1; p=reject; sp=none; psd=n" + reports},
			want: "none at \"comune.valle.pr.example\" of \"comune.valle.pr.example\" in 2\nreject/none/none, older not-applied 100\nsubdomain-policy-weak found-at-parent not-seen-by-older-readers",
		},
		"below-the-town-p-for-want-of-sp": {
			name: police, zone: zone{town: "v=DMARC1; p=reject; psd=n" + reports},
			want: "reject at \"comune.valle.pr.example\" of \"comune.valle.pr.example\" in 2\nreject/reject/reject, older not-applied 100\nfound-at-parent not-seen-by-older-readers",
		},
		"below-the-town-with-its-own-record": {
			name: police, zone: zone{police: "v=DMARC1; p=reject; sp=none" + reports, town: "v=DMARC1; p=quarantine; np=reject; psd=n" + reports},
			want: "reject at \"polizia.comune.valle.pr.example\" of \"comune.valle.pr.example\" in 2\nreject/quarantine/reject, older reject 100\nsubdomain-policy-weak subdomains-follow-parent",
		},
		"missing-name-gets-np": {
			name: police, missing: true, zone: zone{town: "v=DMARC1; p=none; sp=none; np=reject; psd=n" + reports},
			want: "reject at \"comune.valle.pr.example\" of \"comune.valle.pr.example\" in 2\nnone/none/reject, older not-applied 100\nfound-at-parent name-missing not-seen-by-older-readers",
		},
		"existing-name-does-not-get-np": {
			name: police, zone: zone{town: "v=DMARC1; p=none; sp=quarantine; np=reject; psd=n" + reports},
			want: "quarantine at \"comune.valle.pr.example\" of \"comune.valle.pr.example\" in 2\nnone/quarantine/reject, older not-applied 100\nfound-at-parent not-seen-by-older-readers",
		},
		"not-known-whether-the-name-exists": {
			name: police, nameErr: "timeout", zone: zone{town: "v=DMARC1; p=none; np=reject; psd=n" + reports},
			want: "unknown at \"comune.valle.pr.example\" of \"comune.valle.pr.example\" in 2\nnone/none/reject, older not-applied 100\nfound-at-parent\ntimeout at polizia.comune.valle.pr.example",
		},
		"not-known-whether-the-name-exists-and-no-matter": {
			name: police, nameErr: "timeout", zone: zone{town: "v=DMARC1; p=none; sp=reject; psd=n" + reports},
			want: "reject at \"comune.valle.pr.example\" of \"comune.valle.pr.example\" in 2\nnone/reject/reject, older not-applied 100\nfound-at-parent not-seen-by-older-readers",
		},
		"both-kinds-of-reader-at-the-registered-name": {
			zone: zone{registered: "v=DMARC1; p=reject; sp=quarantine; np=none; psd=n" + reports},
			want: "quarantine at \"valle.pr.example\" of \"valle.pr.example\" in 2\nreject/quarantine/none, older quarantine 100\nsubdomain-policy-weak missing-subdomain-policy-weak found-at-parent",
		},
		"older-readers-go-beyond-psd-n": {
			name: police, zone: zone{town: "v=DMARC1; p=reject; psd=n" + reports, registered: "v=DMARC1; p=none"},
			want: "reject at \"comune.valle.pr.example\" of \"comune.valle.pr.example\" in 2\nreject/reject/reject, older none 100\nfound-at-parent older-readers-differ",
		},
		// Sections 4.10.1 and 4.10.2: organization and public suffix.
		"shortest-name-is-the-organization": {
			name: police, zone: zone{town: "v=DMARC1; p=reject" + reports, "pr.example": "v=DMARC1; p=none" + reports},
			want: "none at \"pr.example\" of \"pr.example\" in 5\nnone/none/none, older not-applied 100\nfound-at-parent not-seen-by-older-readers psd-missing",
		},
		"top-level-record-is-asked-for": {
			zone: zone{"example": "v=DMARC1; p=quarantine" + reports},
			want: "quarantine at \"example\" of \"example\" in 4\nquarantine/quarantine/quarantine, older not-applied 100\nfound-at-parent not-seen-by-older-readers psd-missing",
		},
		"psd-y-puts-the-organization-one-label-below": {
			zone: zone{registered: "v=DMARC1; p=reject" + reports, "pr.example": "v=DMARC1; p=none; psd=y" + reports},
			want: "reject at \"valle.pr.example\" of \"valle.pr.example\" in 3\nreject/reject/reject, older reject 100\nfound-at-parent psd-missing",
		},
		"psd-y-speaks-where-the-organization-is-silent": {
			zone: zone{"pr.example": "v=DMARC1; p=none; sp=reject; np=quarantine; psd=y" + reports},
			want: "reject at \"pr.example\" of \"valle.pr.example\" in 3\nnone/reject/quarantine, older not-applied 100\nmissing-subdomain-policy-weak found-at-parent found-at-public-suffix not-seen-by-older-readers",
		},
		"psd-y-passes-over-a-record-between": {
			name: police, zone: zone{town: "v=DMARC1; p=reject" + reports, "pr.example": "v=DMARC1; p=none; psd=y" + reports},
			want: "none at \"pr.example\" of \"valle.pr.example\" in 4\nnone/none/none, older not-applied 100\nfound-at-parent found-at-public-suffix not-seen-by-older-readers",
		},
		"psd-y-at-the-immediate-parent": {
			name: registered, zone: zone{"pr.example": "v=DMARC1; p=reject; sp=quarantine; psd=y" + reports},
			want: "quarantine at \"pr.example\" of \"valle.pr.example\" in 2\nreject/quarantine/quarantine, older not-applied 100\nsubdomain-policy-weak found-at-parent found-at-public-suffix not-seen-by-older-readers",
		},
		"psd-counts-in-a-record-without-a-policy": {
			zone: zone{registered: "v=DMARC1; psd=n", "pr.example": "v=DMARC1; p=reject"},
			want: "not-applied at \"valle.pr.example\" of \"valle.pr.example\" in 2\nnot-applied/not-applied/not-applied, older not-applied 100\npolicy-invalid found-at-parent",
		},
		"invalid-psd-does-not-end-the-walk": {
			zone: zone{registered: "v=DMARC1; p=reject; psd=yes" + reports},
			want: "reject at \"valle.pr.example\" of \"valle.pr.example\" in 4\nreject/reject/reject, older reject 100\nfound-at-parent psd-missing",
		},
		// Section 4.10 step 4: the leap.
		"long-name-leaps-over-its-parents": {
			name: "a.b.c.d.e.f.g." + town, zone: zone{"b.c.d.e.f.g." + town: "v=DMARC1; p=reject; psd=n", town: "v=DMARC1; p=quarantine; psd=n" + reports},
			want: "quarantine at \"comune.valle.pr.example\" of \"comune.valle.pr.example\" in 5\nquarantine/quarantine/quarantine, older not-applied 100\nfound-at-parent not-seen-by-older-readers",
		},
		"long-name-asks-eight-questions": {
			name: "a.b.c.d.e.f.g." + town,
			want: "not-applied at \"\" of \"a.b.c.d.e.f.g.comune.valle.pr.example\" in 8\nnot-applied/not-applied/not-applied, older not-applied 100\nno-record",
		},
		"names-below-eight-labels-leap-over-them": {
			name: "a.b.c.d." + town, zone: zone{"a.b.c.d." + town: "v=DMARC1; p=reject" + reports, town: "v=DMARC1; p=none; psd=n"},
			want: "reject at \"a.b.c.d.comune.valle.pr.example\" of \"comune.valle.pr.example\" in 5\nreject/none/none, older reject 100\nsubdomain-policy-weak subdomains-follow-parent",
		},
		"long-name-that-is-its-own-organization-says-nothing-below": {
			name: "a.b.c.d." + town, zone: zone{"a.b.c.d." + town: "v=DMARC1; p=reject; psd=n" + reports},
			want: "reject at \"a.b.c.d.comune.valle.pr.example\" of \"a.b.c.d.comune.valle.pr.example\" in 1\nreject/unknown/unknown, older reject 100\n\ninterrupted at _dmarc.b.c.d.comune.valle.pr.example",
		},
		"organization-below-a-suffix-that-the-leap-passed": {
			name: "a.b.c.d.e.f.g." + town, zone: zone{"e.f.g." + town: "v=DMARC1; p=reject; psd=y" + reports},
			want: "reject at \"e.f.g.comune.valle.pr.example\" of \"d.e.f.g.comune.valle.pr.example\" in 2\nreject/reject/reject, older not-applied 100\nfound-at-parent found-at-public-suffix not-seen-by-older-readers",
		},
		// Answers that are not known.
		"timeout-is-no-verdict": {
			zone: zone{town: "!timeout"},
			want: "unknown at \"\" of \"\" in 1\nunknown/unknown/unknown, older unknown (timeout)\n\ntimeout at _dmarc.comune.valle.pr.example",
		},
		"timeout-hides-what-the-parent-has": {
			zone: zone{town: "!timeout", registered: "v=DMARC1; p=reject; psd=n" + reports},
			want: "unknown at \"\" of \"\" in 1\nunknown/unknown/unknown, older unknown (timeout)\n\ntimeout at _dmarc.comune.valle.pr.example",
		},
		"servfail-at-the-parent-is-no-absence": {
			zone: zone{registered: "!servfail"},
			want: "unknown at \"\" of \"\" in 2\nunknown/unknown/unknown, older unknown (servfail)\n\nservfail at _dmarc.valle.pr.example",
		},
		"servfail-above-a-record-of-the-parent": {
			zone: zone{registered: "v=DMARC1; p=reject" + reports, "pr.example": "!servfail"},
			want: "unknown at \"\" of \"\" in 3\nunknown/unknown/unknown, older reject 100\n\nservfail at _dmarc.pr.example",
		},
		"servfail-above-the-own-record-leaves-its-policy": {
			zone: zone{town: "v=DMARC1; p=reject; sp=none" + reports, "pr.example": "!servfail"},
			want: "reject at \"comune.valle.pr.example\" of \"\" in 3\nreject/unknown/unknown, older reject 100\n\nservfail at _dmarc.pr.example",
		},
		"servfail-where-only-older-readers-look": {
			name: police, zone: zone{town: "v=DMARC1; p=reject; psd=n" + reports, registered: "!servfail"},
			want: "reject at \"comune.valle.pr.example\" of \"comune.valle.pr.example\" in 2\nreject/reject/reject, older unknown (servfail)\nfound-at-parent",
		},
		"psd-ends-the-walk-before-a-failure": {
			zone: zone{town: "v=DMARC1; p=reject; psd=n" + reports, registered: "!servfail"},
			want: "reject at \"comune.valle.pr.example\" of \"comune.valle.pr.example\" in 1\nreject/reject/reject, older reject 100\n",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if test.name == "" {
				test.name = town
			}
			list := registered
			if !strings.HasSuffix(test.name, "."+registered) {
				list = "" // the suffix itself, or the registered name
			}
			facts := test.zone.facts(test.name, list)
			facts.Missing, facts.MissingProblem = test.missing, test.nameErr
			if diff := cmp.Diff(test.want, told(records.DiscoverDMARC(facts))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	t.Logf("%d cases", len(tests))
}

// Facts without answers are unknown, too: nothing is concluded from silence.
func TestDMARCDiscoveryWithoutAnswers(t *testing.T) {
	t.Parallel()
	d := records.DiscoverDMARC(records.DMARCFacts{Name: town, Registered: registered})
	if d.Policy != records.NotKnown || d.Older.Policy != records.NotKnown || d.Problem == "" {
		t.Errorf("%+v", d)
	}
}
