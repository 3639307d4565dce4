package records_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/collectors/records"
)

const (
	notDMARC = "not a DMARC record"
	useless  = "no valid policy and no address for reports"
)

func TestDMARCRecord(t *testing.T) {
	t.Parallel()
	mailbox := []string{"mailto:dmarc@comune.example"}
	tests := map[string]struct {
		text string
		want records.DMARC
		err  string
	}{
		"none":       {"v=DMARC1; p=none", records.DMARC{Policy: "none"}, ""},
		"quarantine": {"v=DMARC1; p=quarantine;", records.DMARC{Policy: "quarantine"}, ""},
		"everything": {
			"v=DMARC1; p=reject; sp=quarantine; np=reject; psd=n; t=n; pct=100; adkim=s; aspf=r; fo=1:d:s; ri=86400; rf=afrf; rua=mailto:dmarc@comune.example; ruf=mailto:dmarc@comune.example",
			records.DMARC{Policy: "reject", Subdomains: "quarantine", Missing: "reject", PublicSuffix: "n", Percent: "100", AggregateTo: mailbox, FailuresTo: mailbox},
			"",
		},
		// 4.8: blanks around signs, case of names and values.
		"blanks-and-tabs":       {"v\t= DMARC1\t;\tp =\treject\t ; sp\t= none ", records.DMARC{Policy: "reject", Subdomains: "none"}, ""},
		"no-blanks":             {"v=DMARC1;p=reject;sp=none", records.DMARC{Policy: "reject", Subdomains: "none"}, ""},
		"capitals":              {"V=DMARC1; P=REJECT; Sp=None; PSD=Y; T=Y", records.DMARC{Policy: "reject", Subdomains: "none", PublicSuffix: "y", Testing: true}, ""},
		"empty-parts":           {"v=DMARC1;; ;p=none;;", records.DMARC{Policy: "none"}, ""},
		"policy-anywhere":       {"v=DMARC1; rua=mailto:dmarc@comune.example; p=reject", records.DMARC{Policy: "reject", AggregateTo: mailbox}, ""},
		"unknown-tags":          {"v=DMARC1; p=reject; x=y; zz=1", records.DMARC{Policy: "reject"}, ""},
		"part-without-a-value":  {"v=DMARC1; p=reject; sp; hello", records.DMARC{Policy: "reject"}, ""},
		"first-of-two-counts":   {"v=DMARC1; p=none; p=reject", records.DMARC{Policy: "none"}, ""},
		"version-again":         {"v=DMARC1; p=none; v=DMARC2", records.DMARC{Policy: "none"}, ""},
		"hard-blank-is-no-sign": {"v=DMARC1; p=reject\u00a0", records.DMARC{PolicyMalformed: true}, useless},
		// 4.7: invalid values count as not given.
		"invalid-psd":     {"v=DMARC1; p=none; psd=maybe", records.DMARC{Policy: "none"}, ""},
		"undecided-psd":   {"v=DMARC1; p=none; psd=u", records.DMARC{Policy: "none", PublicSuffix: "u"}, ""},
		"invalid-testing": {"v=DMARC1; p=none; t=yes", records.DMARC{Policy: "none"}, ""},
		"strange-percent": {"v=DMARC1; p=none; pct=150%", records.DMARC{Policy: "none", Percent: "150%"}, ""},
		// 4.10.1: without a valid policy it takes an address for reports.
		"policy-missing":              {"v=DMARC1", records.DMARC{}, useless},
		"policy-missing-with-reports": {"v=DMARC1; rua=mailto:dmarc@comune.example", records.DMARC{AggregateTo: mailbox}, ""},
		"policy-missing-with-sp":      {"v=DMARC1; sp=reject", records.DMARC{Subdomains: "reject"}, useless},
		"policy-empty":                {"v=DMARC1; p=", records.DMARC{PolicyMalformed: true}, useless},
		"policy-misspelt":             {"v=DMARC1; p=rejct", records.DMARC{PolicyMalformed: true}, useless},
		"policy-misspelt-with-reports": {
			"v=DMARC1; p=rejct; rua=mailto:dmarc@comune.example", records.DMARC{PolicyMalformed: true, AggregateTo: mailbox}, "",
		},
		"sp-misspelt":              {"v=DMARC1; p=reject; sp=rejct", records.DMARC{Policy: "reject", PolicyMalformed: true}, useless},
		"np-misspelt-with-reports": {"v=DMARC1; p=reject; np=x; rua=mailto:dmarc@comune.example", records.DMARC{Policy: "reject", PolicyMalformed: true, AggregateTo: mailbox}, ""},
		"failure-reports-only":     {"v=DMARC1; ruf=mailto:dmarc@comune.example", records.DMARC{FailuresTo: mailbox}, useless},
		// 4.7: the version.
		"lower-case-version":  {"v=dmarc1; p=none", records.DMARC{}, notDMARC},
		"version-not-first":   {"p=none; v=DMARC1", records.DMARC{}, notDMARC},
		"blank-before":        {" v=DMARC1; p=none", records.DMARC{}, notDMARC},
		"quoted-version":      {`"v=DMARC1; p=none"`, records.DMARC{}, notDMARC},
		"no-semicolon-behind": {"v=DMARC1 p=none", records.DMARC{}, notDMARC},
		"comma-behind":        {"v=DMARC1, p=none", records.DMARC{}, notDMARC},
		"empty":               {"", records.DMARC{}, notDMARC},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := records.ParseDMARC(test.text)
			if message(err) != test.err {
				t.Errorf("error %q, want %q", message(err), test.err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAddressesForReports(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		rua  string
		want []string
	}{
		"one":                       {"mailto:a@comune.example", []string{"mailto:a@comune.example"}},
		"several":                   {"mailto:a@comune.example , mailto:b@fornitore.example,mailto:c@d.example", []string{"mailto:a@comune.example", "mailto:b@fornitore.example", "mailto:c@d.example"}},
		"with-an-old-size-limit":    {"mailto:a@comune.example!10m", []string{"mailto:a@comune.example!10m"}},
		"in-capitals":               {"MAILTO:A@Comune.Example", []string{"MAILTO:A@Comune.Example"}},
		"by-https":                  {"https://rapporti.example/dmarc", []string{"https://rapporti.example/dmarc"}},
		"with-a-subject":            {"mailto:a@comune.example?subject=dmarc", []string{"mailto:a@comune.example?subject=dmarc"}},
		"one-bad-one-good":          {"dmarc@comune.example, mailto:a@comune.example", []string{"mailto:a@comune.example"}},
		"without-a-scheme":          {"a@comune.example", nil},
		"without-a-colon":           {"mailto a@comune.example", nil},
		"without-a-mailbox":         {"mailto:", nil},
		"without-a-domain":          {"mailto:a@", nil},
		"without-a-domain-but-size": {"mailto:a@!10m", nil},
		"without-a-local-part":      {"mailto:@comune.example", nil},
		"only-a-name":               {"mailto:postmaster", nil},
		"mailbox-in-the-subject":    {"mailto:?to=a@comune.example", nil},
		"blank-inside":              {"mailto: a@comune.example", nil},
		"in-brackets":               {"mailto:<a@comune.example>", nil},
		"not-ascii":                 {"mailto:città@comune.example", nil},
		"scheme-of-a-digit":         {"1:a@comune.example", nil},
		"scheme-with-a-blank":       {"mail to:a@comune.example", nil},
		"only-a-colon":              {":a@comune.example", nil},
		"nothing":                   {"", nil},
		"only-commas":               {" , ,", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			record, err := records.ParseDMARC("v=DMARC1; p=none; rua=" + test.rua + "; ruf=" + test.rua)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, record.AggregateTo); diff != "" {
				t.Errorf("rua (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.want, record.FailuresTo); diff != "" {
				t.Errorf("ruf (-want +got):\n%s", diff)
			}
		})
	}
}

// What receivers do with mail of the domain itself, and of a subdomain that
// has no record of its own.
func TestEffectivePolicy(t *testing.T) {
	t.Parallel()
	const rua = "; rua=mailto:a@comune.example"
	tests := map[string]struct{ own, below string }{
		"v=DMARC1; p=none":                       {"none", "none"},
		"v=DMARC1; p=quarantine":                 {"quarantine", "quarantine"},
		"v=DMARC1; p=reject":                     {"reject", "reject"},
		"v=DMARC1; p=reject; sp=none":            {"reject", "none"},
		"v=DMARC1; p=none; sp=reject":            {"none", "reject"},
		"v=DMARC1; p=reject; np=none":            {"reject", "reject"},
		"v=DMARC1; p=reject; t=y":                {"quarantine", "quarantine"},
		"v=DMARC1; p=quarantine; t=y":            {"none", "none"},
		"v=DMARC1; p=none; t=y":                  {"none", "none"},
		"v=DMARC1; p=reject; sp=quarantine; t=y": {"quarantine", "none"},
		"v=DMARC1; p=reject; t=n":                {"reject", "reject"},
		"v=DMARC1; p=reject; pct=0":              {"reject", "reject"}, // historic: no effect any more
		"v=DMARC1; p=rejct" + rua:                {"none", "none"},
		"v=DMARC1; sp=reject" + rua:              {"none", "none"},
		"v=DMARC1; p=reject; sp=rejct" + rua:     {"none", "none"},
		"v=DMARC1; p=reject; np=rejct":           {"none", "none"},
		"v=DMARC1" + rua:                         {"none", "none"},
		"v=DMARC1":                               {"none", "none"},
		"not a record":                           {"none", "none"},
	}
	for text, want := range tests {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			record, _ := records.ParseDMARC(text) // what cannot be used protects as little as none
			if own, below := record.Effective(true), record.Effective(false); own != want.own || below != want.below {
				t.Errorf("got %s and %s, want %s and %s", own, below, want.own, want.below)
			}
		})
	}
}

// RFC 9989 section 4.10: from the name to the top, with a leap where there are
// eight labels or more, and never more than eight questions.
func TestDMARCTreeWalk(t *testing.T) {
	t.Parallel()
	const long = "a.b.c.d.e.f.g.h.i.j.comune.example"
	tests := []string{ // for one label, two, and so on: how many labels each question has
		"1",
		"2 1",
		"3 2 1",
		"4 3 2 1",
		"5 4 3 2 1",
		"6 5 4 3 2 1",
		"7 6 5 4 3 2 1",
		"8 7 6 5 4 3 2 1",
		"9 7 6 5 4 3 2 1",
		"10 7 6 5 4 3 2 1",
		"11 7 6 5 4 3 2 1",
		"12 7 6 5 4 3 2 1",
	}
	labels := strings.Split(long, ".")
	end := func(n int) string { return strings.Join(labels[len(labels)-n:], ".") }
	for i, lengths := range tests {
		domain := end(i + 1)
		t.Run(domain, func(t *testing.T) {
			t.Parallel()
			want := []string{}
			for length := range strings.FieldsSeq(lengths) {
				n := 0
				if _, err := fmt.Sscan(length, &n); err != nil {
					t.Fatal(err)
				}
				want = append(want, "_dmarc."+end(n))
			}
			if diff := cmp.Diff(want, records.DMARCNames(domain)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(want, records.DMARCNames(domain+".")); diff != "" {
				t.Errorf("with a final dot (-want +got):\n%s", diff)
			}
		})
	}
}
