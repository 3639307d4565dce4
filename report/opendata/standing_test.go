package opendata_test

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"campanile/checks"
	"campanile/collectors/evidence"
	"campanile/report/history"
	"campanile/report/opendata"
	"campanile/report/score"
	"campanile/rules"
)

// catalogue gives the rules and the subjects that are counted.
func catalogue(t *testing.T) (*rules.Set, []opendata.Subject) {
	t.Helper()
	set, err := score.Rules()
	if err != nil {
		t.Fatal(err)
	}
	themes, err := rules.EmbeddedThemes(set)
	if err != nil {
		t.Fatal(err)
	}
	return set, opendata.Subjects(set, themes)
}

func TestWhatIsLeftOut(t *testing.T) {
	t.Parallel()
	set, subjects := catalogue(t)
	var out []string
	for _, r := range set.Rules {
		why, left := opendata.LeftOut(r.Family, r.ID)
		if left != (why != "" && left) || left && !slices.Contains(opendata.Reasons, why) {
			t.Errorf("%s: %q, %v", r.ID, why, left)
		}
		if left && r.Family != string(evidence.ServicesFamily) {
			out = append(out, r.ID)
		}
		if !left && (r.Family == string(evidence.ServicesFamily) || strings.HasPrefix(r.ID, "exposed-")) {
			t.Errorf("%s is counted", r.ID)
		}
		for _, s := range subjects {
			if left && slices.Contains(s.Rules, r.ID) {
				t.Errorf("%s is counted in %s", r.ID, s.ID)
			}
		}
	}
	slices.Sort(out)
	want := []string{
		"dns-address-private", "dns-cname-dangling", "dns-delegation-mismatch", "dns-host-forgotten", "dns-nameserver-unresponsive", "dns-recursion-open", "dns-wildcard", "dns-zone-transfer-open",
		"domain-look-alike-official", "mail-dkim-key-weak", "mail-mx-invalid", "mail-spf-invalid", "mail-spf-void-lookups", "tls-certificate-key-weak", "tls-compression", "tls-heartbleed",
		"tls-renegotiation-client", "tls-renegotiation-insecure", "web-form-insecure", "web-software-outdated", "web-version-disclosed",
	}
	if diff := cmp.Diff(want, out); diff != "" {
		t.Errorf("every rule that is left out must be one of the catalogue (-want +got):\n%s", diff)
	}
	if why, left := opendata.LeftOut("services", "exposed-something-new"); !left || why != opendata.Service {
		t.Error("what will be added to the services is left out from the first day on")
	}
	if len(subjects) < 15 || subjects[0].Kind != opendata.Theme || subjects[len(subjects)-1].Kind != opendata.Duty {
		t.Errorf("%d subjects", len(subjects))
	}
}

// territoryOf makes towns of looks that a chance gives; the verdicts on what is left
// out come from a chance of their own.
func territoryOf(t *testing.T, hidden uint64) opendata.Input {
	t.Helper()
	set, subjects := catalogue(t)
	chance, other := rand.New(rand.NewPCG(1, 1)), rand.New(rand.NewPCG(hidden, 2))
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	in := opendata.Input{Territory: "Valli", Language: rules.Italian, Issued: now, Months: opendata.Months(now, 2), Subjects: subjects, Grades: grades}
	for n := range 30 {
		var looks []history.Look
		for week := range 8 {
			look := history.Look{Taken: now.AddDate(0, 0, 7*(week-8)), Profile: evidence.Full, Resolver: "192.0.2.53", Rules: history.Edition{Digest: "x"}}
			for _, r := range set.Rules {
				from := chance
				if _, left := opendata.LeftOut(r.Family, r.ID); left {
					from = other
				}
				outcome := []checks.Outcome{checks.Pass, checks.Pass, checks.Fail, checks.Inconclusive}[from.IntN(4)]
				look.Verdicts = append(look.Verdicts, history.Verdict{Rule: r.ID, Family: r.Family, Subject: "www.comune.borgo.example", Outcome: outcome, Severity: r.Severity})
			}
			looks = append(looks, look)
		}
		in.Towns = append(in.Towns, opendata.Town{Country: "it", Area: "X" + strconv.Itoa(n%3), Population: 800, Months: opendata.Standings(looks, in.Months, subjects, set.Grades)})
	}
	return in
}

// TestWhatIsLeftOutMovesNothing turns every verdict on what is left out: not one
// letter of what is published may change, and none names a rule or a host.
func TestWhatIsLeftOutMovesNothing(t *testing.T) {
	t.Parallel()
	set, _ := catalogue(t)
	first, err := opendata.Export(territoryOf(t, 1))
	if err != nil {
		t.Fatal(err)
	}
	second, err := opendata.Export(territoryOf(t, 2))
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range first {
		if !bytes.Equal(f.Content, second[i].Content) {
			t.Errorf("%s tells of what is left out", f.Name)
		}
		if bytes.Contains(f.Content, []byte("borgo")) || bytes.Contains(f.Content, []byte(".example")) {
			t.Errorf("%s names a host", f.Name)
		}
		for _, r := range set.Rules {
			if bytes.Contains(f.Content, []byte(r.ID)) {
				t.Errorf("%s names the rule %s", f.Name, r.ID)
			}
		}
	}
	if !strings.Contains(string(first[0].Content), "published") {
		t.Error("nothing is published at all")
	}
}

func TestOneLookAloneMovesNoFigure(t *testing.T) {
	t.Parallel()
	set, err := score.Rules()
	if err != nil {
		t.Fatal(err)
	}
	at := func(week int) time.Time { return time.Date(2026, 6, 1+7*week, 9, 0, 0, 0, time.UTC) }
	subjects := []opendata.Subject{{ID: "mail", Rules: []string{"mail-dmarc-missing"}}}
	for situation, c := range map[string]struct {
		signs string
		want  opendata.State
		grade string
	}{
		"in order":                             {"pppp", opendata.Met, "A"},
		"a defect from the first look on":      {"ffff", opendata.NotMet, "C"},
		"a defect that one look saw":           {"pppf", opendata.Met, "A"},
		"a defect that two looks saw":          {"ppff", opendata.NotMet, "C"},
		"a town that answers every other time": {"p?p?", opendata.Met, "A"},
		"never measured":                       {"????", opendata.NotMeasured, ""},
		"no concern of it":                     {"nnnn", opendata.NotApplicable, ""},
	} {
		var looks []history.Look
		for week, sign := range c.signs {
			outcome := map[rune]checks.Outcome{'p': checks.Pass, 'f': checks.Fail, '?': checks.Inconclusive, 'n': checks.NotApplicable}[sign]
			looks = append(looks, history.Look{
				Taken: at(week), Profile: evidence.Standard, Rules: history.Edition{Digest: "x"},
				Verdicts: []history.Verdict{{Rule: "mail-dmarc-missing", Family: "mail", Subject: "x.example", Outcome: outcome, Severity: rules.High}},
			})
		}
		got := opendata.Standings(looks, []time.Time{at(-1), at(9)}, subjects, set.Grades)
		want := []opendata.Standing{{}, {Looked: true, Grade: c.grade, States: []opendata.State{c.want}}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", situation, diff)
		}
	}
}
