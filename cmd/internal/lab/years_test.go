package lab

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"campanile/checks"
	"campanile/cmd/internal/scan"
	"campanile/collectors/dnssec"
	"campanile/collectors/evidence"
	"campanile/collectors/tls"
	"campanile/report/score"
	"campanile/rules"
)

// scanned is one real scan of the whole valley.
func scanned(t *testing.T, l *Lab) []*evidence.Bundle {
	t.Helper()
	anchor, err := dnssec.ReadAnchor(strings.NewReader(l.Anchor()))
	if err != nil {
		t.Fatal(err)
	}
	roots, err := tls.MozillaRoots(l.CA())
	if err != nil {
		t.Fatal(err)
	}
	var targets []evidence.Target
	for _, town := range l.Towns() {
		targets = append(targets, town.Target())
	}
	scanner := scan.Scanner{
		Network: l.Network(), Profile: evidence.Standard, Families: []evidence.Family{evidence.DNSFamily, evidence.MailFamily, evidence.TLSFamily, evidence.WebFamily},
		Roots: roots, Anchor: anchor, Tool: evidence.Tool{Name: "campanile", Version: "test"}, Timeout: time.Minute, Concurrency: 8, Sites: 12,
		Suppliers: l.Suppliers(), Control: l.MailControl(),
	}
	bundles := make([]*evidence.Bundle, len(targets))
	err = scanner.Run(t.Context(), targets, func(i int, b *evidence.Bundle) error {
		bundles[i] = b
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return bundles
}

// worn are the rules whose verdict follows from the day alone: what runs out, is
// renewed, or is no longer supported.
var worn = []string{
	"tls-certificate-expired", "tls-certificate-expiring", "tls-certificate-not-yet-valid", "tls-certificate-revoked",
	"accessibility-declaration-outdated", "web-software-outdated", "web-security-txt-expired", "mail-tls-certificate-invalid", "tls-name-inconsistent",
}

func failures(set *rules.Set, b *evidence.Bundle) []string {
	list := []string{}
	for _, f := range checks.Judge(b) {
		if rule, known := set.Rule(f.Rule); known && rule.AppliesIn(b.Target.Country) && f.Outcome == checks.Fail && !slices.Contains(worn, f.Rule) {
			list = append(list, f.Rule)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// TestTheYearsAreWhatTheStorySays judges every look of the two years: what fails is
// what fails today, with what the episodes broke and without what they kept whole.
func TestTheYearsAreWhatTheStorySays(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("the whole valley is scanned, and -short was asked for")
	}
	set, err := score.Rules()
	if err != nil {
		t.Fatal(err)
	}
	l := raised(t)
	bundles := scanned(t, l)
	years, err := Years(bundles, someDay)
	if err != nil {
		t.Fatal(err)
	}
	rounds := Rounds(someDay)
	if len(rounds) < 26 || len(rounds) > 52 {
		t.Errorf("%d rounds in two years", len(rounds))
	}
	told, ranOut := map[string]bool{}, 0
	for _, past := range years {
		looks := looksOf(t, past)
		real := looks[len(looks)-1]
		today := failures(set, past.model)
		for i, b := range looks {
			if i%6 == 0 {
				mustBeRead(t, b)
			}
			if past.Target.Domain == domain(in("soffittadelweb")) && slices.ContainsFunc(checks.Judge(b), expired) {
				ranOut++
			}
			if i > 0 && !b.Taken.After(looks[i-1].Taken) {
				t.Errorf("%s: look %d is not after the one before", past.Target.Domain, i)
			}
			if !b.Taken.Equal(past.Taken[i]) {
				t.Errorf("%s: look %d is of %s, not of %s", past.Target.Domain, i, b.Taken, past.Taken[i])
			}
			if b == real && past.Into == "" {
				continue
			}
			round := roundOf(rounds, b.Taken)
			want, quiet := slices.Clone(today), false
			for _, e := range episodes() {
				if !e.concerns(b.Target.Domain, days(someDay, b.Taken), round) {
					continue
				}
				want = append(want, e.breaks...)
				want = slices.DeleteFunc(want, func(rule string) bool { return slices.Contains(e.heals, rule) })
				quiet = quiet || e.every > 0
				told[e.town] = true
			}
			slices.Sort(want)
			want = slices.DeleteFunc(slices.Compact(want), func(rule string) bool { return slices.Contains(worn, rule) })
			got := failures(set, b)
			if quiet {
				for _, rule := range got {
					if !slices.Contains(want, rule) {
						t.Errorf("%s on %s is silent, and yet fails %s", past.Target.Domain, b.Taken.Format(time.DateOnly), rule)
					}
				}
				continue
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s on %s (-want +got):\n%s", past.Target.Domain, b.Taken.Format(time.DateOnly), diff)
			}
		}
	}
	for _, e := range episodes() {
		if !told[e.town] {
			t.Errorf("nothing came of what happened in %s", e.town)
		}
	}
	if ranOut != 2 {
		t.Errorf("the certificate that nobody looked after had run out in %d looks, want 2", ranOut)
	}
}

func expired(f checks.Finding) bool {
	return f.Rule == "tls-certificate-expired" && f.Outcome == checks.Fail
}

func TestTheSameScanHasTheSamePast(t *testing.T) {
	t.Parallel()
	at := someDay
	b := &evidence.Bundle{
		Schema: evidence.Schema, Target: evidence.Target{Domain: domain(in("roccafinta")), Country: "it"}, Taken: at, Profile: evidence.Standard,
		DNS: evidence.DNS{Lookups: []evidence.Lookup{{Name: "_dmarc." + domain(in("roccafinta")), Type: "TXT", Observation: evidence.SeenAt(at), Records: []string{`"v=DMARC1; p=reject"`}}}},
	}
	var made [2][]*evidence.Bundle
	for i := range made {
		years, err := Years([]*evidence.Bundle{b}, at)
		if err != nil {
			t.Fatal(err)
		}
		made[i] = looksOf(t, years[0])
	}
	if diff := cmp.Diff(made[0], made[1]); diff != "" {
		t.Errorf("two times two years differ:\n%s", diff)
	}
	looks := made[0]
	if first := looks[0]; first.DNS.Lookups[0].State != evidence.Absent || !first.DNS.Lookups[0].At.Equal(first.Taken) || first.Taken.After(at.AddDate(0, -23, 0)) {
		t.Errorf("the first look is %+v", first)
	}
	if last := looks[len(looks)-1]; last != b {
		t.Error("the real scan is not the last look")
	}
}

func looksOf(t *testing.T, past Past) []*evidence.Bundle {
	t.Helper()
	looks, err := past.Looks()
	if err != nil {
		t.Fatal(err)
	}
	return looks
}

func roundOf(rounds []time.Time, at time.Time) int {
	i := slices.IndexFunc(rounds, func(round time.Time) bool { return round.After(at) })
	if i < 0 {
		i = len(rounds)
	}
	return i - 1
}

// mustBeRead keeps a bundle and reads it: nothing may be lost or refused.
func mustBeRead(t *testing.T, b *evidence.Bundle) {
	t.Helper()
	line, err := evidence.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	read, err := evidence.Unmarshal(line)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := evidence.Marshal(read); err != nil || !bytes.Equal(line, again) {
		t.Errorf("%s at %s does not come back as it was kept: %v", b.Target.Domain, b.Taken, err)
	}
}
