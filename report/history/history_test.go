package history_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"campanile/checks"
	"campanile/collectors/evidence"
	"campanile/report/history"
	"campanile/rules"
)

const (
	rule     = "service-database-exposed"
	town     = "comune.valbassa.example"
	other    = "www.comune.valbassa.example"
	resolver = "192.0.2.53:53"
	second   = "198.51.100.53:53"
)

var (
	start = time.Date(2026, time.March, 2, 3, 0, 0, 0, time.UTC) // a Monday
	old   = history.Edition{Digest: "old"}
	fresh = history.Edition{Digest: "new", Since: start.AddDate(0, 1, 0)}
)

// week gives the time of a weekly look.
func week(n int) time.Time { return start.AddDate(0, 0, 7*n) }

// verdict reads one sign: p passes, f fails (high), c is critical, m medium, i
// information, n does not apply, ? was not measured, z sleeps.
func verdict(t *testing.T, sign rune) history.Verdict {
	t.Helper()
	v := history.Verdict{Rule: rule, Family: "services", Subject: town, Outcome: checks.Fail, Severity: rules.High}
	switch sign {
	case 'p':
		v.Outcome = checks.Pass
	case 'f':
	case 'c':
		v.Severity = rules.Critical
	case 'm':
		v.Severity = rules.Medium
	case 'i':
		v.Severity = rules.Info
	case 'n':
		v.Outcome = checks.NotApplicable
	case 'z':
		v.Outcome, v.Asleep = checks.NotApplicable, true
	case '?':
		v.Outcome = checks.Inconclusive
	default:
		t.Fatalf("no verdict %q", sign)
	}
	return v
}

// weekly gives one look for each sign. A minus is a look that judged the rule on
// another host alone, where it passes; a plus one where it fails there, a
// tilde one where it could not be measured there, a capital Z one where it sleeps there; a dot one that
// did not judge it; a space is no look at all.
func weekly(t *testing.T, edition history.Edition, signs string) []history.Look {
	t.Helper()
	var looks []history.Look
	for i, sign := range signs {
		look := history.Look{Taken: week(i), Resolver: resolver, Rules: edition}
		switch sign {
		case ' ':
			continue
		case '.':
		case '-', '+', '~', 'Z':
			v := verdict(t, map[rune]rune{'-': 'p', '+': 'f', '~': '?', 'Z': 'z'}[sign])
			v.Subject = other
			look.Verdicts = []history.Verdict{v}
		default:
			look.Verdicts = []history.Verdict{verdict(t, sign)}
		}
		looks = append(looks, look)
	}
	return looks
}

// told writes changes of the one point in short: kind, severities, and the weeks
// in which it was first seen and confirmed.
func told(changes []history.Change) string {
	var list []string
	for _, c := range changes {
		if c.Subject != town {
			continue
		}
		text := fmt.Sprintf("%s %s>%s", c.Kind, c.From, c.To)
		for _, at := range []time.Time{c.Since, c.Confirmed} {
			if !at.IsZero() {
				text += fmt.Sprintf(" %d", weekOf(at))
			}
		}
		list = append(list, text)
	}
	return strings.Join(list, "; ")
}

func TestAChangeIsToldWhenASecondLookConfirmsIt(t *testing.T) {
	t.Parallel()
	for situation, c := range map[string]struct{ signs, want string }{
		"no look":                                           {"", ""},
		"one look":                                          {"f", ""},
		"nothing moves":                                     {"ffff", ""},
		"what the first look finds is the start":            {"cc", ""},
		"one look that differs tells nothing":               {"pppc", ""},
		"a second look confirms a defect":                   {"pppcc", "appeared >critical 3 4"},
		"a second look confirms the mending":                {"ffpp", "mended high> 2 3"},
		"a single slip between is nothing":                  {"ppfpp", ""},
		"timeouts between the two looks do not count":       {"pp?f??f", "appeared >high 3 6"},
		"a timeout mends nothing":                           {"ff????", ""},
		"a timeout confirms nothing":                        {"ppf???", ""},
		"what was never measured is no start":               {"???ff", ""},
		"what no longer applies is mended":                  {"ffnn", "mended high> 2 3"},
		"passing and not applying are both sound":           {"pnpnpn", ""},
		"it comes, goes and comes back":                     {"ppffppppff", "appeared >high 2 3; mended high> 4 5; returned >high 8 9"},
		"it comes back":                                     {"ffppff", "mended high> 2 3; returned >high 4 5"},
		"it grows graver":                                   {"ffcc", "worsened high>critical 2 3"},
		"it grows less grave":                               {"ccff", "eased critical>high 2 3"},
		"of two gravities the lesser is certain":            {"ppcf", "appeared >high 2 3"},
		"a gravity that flickers stays the lesser":          {"ppfcfcfcfc", "appeared >high 2 3"},
		"a flickering gravity never worsens":                {"ffcfcfcfcf", ""},
		"the host is gone and the rule passes elsewhere":    {"ff--", "mended high> 2 3"},
		"the host is gone and the defect stays elsewhere":   {"ff++", "vanished high> 2 3"},
		"the host is not seen, and another is not measured": {"ff~~", ""},
		"hosts that were not measured are no start":         {"~~ff", ""},
		"a new host has the defect":                         {"--ff", "appeared >high 2 3"},
		"a new host has the defect that others had already": {"++ff", "appeared >high 2 3"},
		"the family was not asked for":                      {"ff..", ""},
		"the family was not asked for before":               {"..ff", ""},
		"a duty begins: no change of the town":              {"zzff", "rules-changed >high 2 3"},
		"a duty begins without a defect, which comes later": {"zzppff", "appeared >high 4 5"},
		"a duty ends, and the host is no longer seen":       {"ffZZ", ""},
		"a duty ends: no mending":                           {"ffzz", "rules-changed high> 2 2"},
	} {
		if got := told(history.Changes(weekly(t, old, c.signs))); got != c.want {
			t.Errorf("%s (%s): %q, want %q", situation, c.signs, got, c.want)
		}
	}
}

func TestATownThatFlapsHasNoChange(t *testing.T) {
	t.Parallel()
	for situation, c := range map[string]struct{ signs, want string }{
		"it answers every other time":                       {strings.Repeat("p?", 26), ""},
		"it answers every other time, with a defect":        {strings.Repeat("?c", 26), ""},
		"the verdict changes every time":                    {strings.Repeat("pc", 26), ""},
		"the verdict changes at every answer":               {strings.Repeat("p?c?", 13), ""},
		"the host is seen every other time":                 {strings.Repeat("c-", 26), ""},
		"two and two: after the third turn two are too few": {"pp" + strings.Repeat("ccpp", 12), "appeared >critical 2 3; mended critical> 4 5"},
		"after much to and fro two looks do not suffice":    {"pcpcpcc", ""},
		"it settles on the defect in the end":               {"pcpcpcccccccc", "appeared >critical 5 8"},
		"an unsteady point that settles where it was":       {"pcpcpcpppppppp", ""},
	} {
		if got := told(history.Changes(weekly(t, old, c.signs))); got != c.want {
			t.Errorf("%s (%s): %q, want %q", situation, c.signs, got, c.want)
		}
	}
}

// at moves a look in time, and lets another resolver answer.
func at(look history.Look, taken time.Time, resolver string) history.Look {
	look.Taken, look.Resolver = taken, resolver
	return look
}

func TestWhoConfirms(t *testing.T) {
	t.Parallel()
	base := weekly(t, old, "ppc")
	seen, sound := base[2], weekly(t, old, "p")[0]
	for situation, c := range map[string]struct {
		more []history.Look
		want string
	}{
		"another resolver at the same moment":                   {[]history.Look{at(seen, week(2), second)}, "appeared >critical 2 2"},
		"the same look twice is one":                            {[]history.Look{at(seen, week(2), resolver)}, ""},
		"the same resolver a minute later asks the same cache":  {[]history.Look{at(seen, week(2).Add(time.Minute), resolver)}, ""},
		"the same resolver three hours later":                   {[]history.Look{at(seen, week(2).Add(history.Apart), resolver)}, "appeared >critical 2 2"},
		"another resolver says no":                              {[]history.Look{at(sound, week(2), second)}, ""},
		"another resolver says no, every time":                  {[]history.Look{at(sound, week(2), second), at(seen, week(3), resolver), at(sound, week(3), second)}, ""},
		"another resolver says no, and a week later all agree":  {[]history.Look{at(sound, week(2), second), at(seen, week(3), resolver), at(seen, week(3), second)}, "appeared >critical 3 3"},
		"mended within the hour: the last word of one resolver": {[]history.Look{at(sound, week(2).Add(time.Hour), resolver), at(seen, week(3), resolver)}, ""},
	} {
		if got := told(history.Changes(append(c.more, base...))); got != c.want {
			t.Errorf("%s: %q, want %q", situation, got, c.want)
		}
	}
}

func TestOneLookMayNameAPointSeveralTimes(t *testing.T) {
	t.Parallel()
	looks := weekly(t, old, "pppp")
	for i := range looks[2:] {
		more := verdict(t, 'c')
		more.Subject = "COMUNE.valbassa.example." // the same host
		looks[2+i].Verdicts = append(looks[2+i].Verdicts, more)
	}
	if got, want := told(history.Changes(looks)), "appeared >critical 2 3"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestAHostThatWasLeftOutIsNotGone(t *testing.T) {
	t.Parallel()
	looks := weekly(t, old, "ff--")
	for i := range looks {
		looks[i].Left = []string{"Comune.valbassa.example"}
	}
	if got := told(history.Changes(looks)); got != "" {
		t.Errorf("%q, want no change", got)
	}
}

// TestALookThatGoesLessFarMendsNothing has looks of another profile that do not list
// the host.
func TestALookThatGoesLessFarMendsNothing(t *testing.T) {
	t.Parallel()
	for situation, c := range map[string]struct {
		first, then evidence.Profile
		want        string
	}{
		"less far":    {evidence.Standard, evidence.Passive, ""},
		"equally far": {evidence.Standard, evidence.Standard, "mended high> 2 3"},
		"farther":     {evidence.Passive, evidence.Full, "mended high> 2 3"},
	} {
		looks := weekly(t, old, "ff--")
		for i := range looks {
			looks[i].Profile = c.first
			if i >= 2 {
				looks[i].Profile = c.then
			}
		}
		if got := told(history.Changes(looks)); got != c.want {
			t.Errorf("%s: %q, want %q", situation, got, c.want)
		}
	}
}

// TestOneGapAmongSeveralVerdictsOnAPointIsEnoughNotToKnow has a pass and a timeout on
// one host.
func TestOneGapAmongSeveralVerdictsOnAPointIsEnoughNotToKnow(t *testing.T) {
	t.Parallel()
	looks := weekly(t, old, "ff??")
	for i := range looks[2:] {
		looks[2+i].Verdicts = append(looks[2+i].Verdicts, verdict(t, 'p'), verdict(t, 'n'))
	}
	if got := told(history.Changes(looks)); got != "" {
		t.Errorf("%q, want no change", got)
	}
}

func TestTwoResolversThatDisagreeAtFirstAreNoStart(t *testing.T) {
	t.Parallel()
	sound := weekly(t, old, "p")[0]
	looks := append(weekly(t, old, "fpp"), at(sound, week(0), second))
	if got := told(history.Changes(looks)); got != "" {
		t.Errorf("%q, want no change", got)
	}
}

func TestWhatAwaitsASecondLook(t *testing.T) {
	t.Parallel()
	for situation, c := range map[string]struct{ signs, want string }{
		"nothing":                              {"ppp", ""},
		"a new defect":                         {"ppc", "appeared >critical 2"},
		"seen once, then not at all":           {"ppc??", "appeared >critical 2"},
		"confirmed already":                    {"ppcc", ""},
		"a mending":                            {"cp", "mended critical> 1"},
		"what moves to and fro is not hurried": {"pcpcpc", ""},
	} {
		if got := told(history.Pending(weekly(t, old, c.signs))); got != c.want {
			t.Errorf("%s (%s): %q, want %q", situation, c.signs, got, c.want)
		}
	}
}

func TestChangesOfOneLookStandGravestFirst(t *testing.T) {
	t.Parallel()
	looks := weekly(t, old, "ppffff")
	for i, severity := range []rules.Severity{rules.Low, rules.Critical, rules.Medium} {
		for n := range looks {
			v := verdict(t, 'f')
			v.Rule, v.Severity = fmt.Sprintf("rule-%d", i), severity
			if n < 2 {
				v.Outcome = checks.Pass
			}
			looks[n].Verdicts = append(looks[n].Verdicts, v)
		}
	}
	var got []rules.Severity
	for _, c := range history.Changes(looks) {
		got = append(got, c.To)
	}
	if diff := cmp.Diff([]rules.Severity{rules.Critical, rules.High, rules.Medium, rules.Low}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestBetweenTwoDates(t *testing.T) {
	t.Parallel()
	changes := history.Changes(weekly(t, old, "ppccpp"))
	for want, dates := range map[string][2]int{
		"appeared >critical 2 3":                       {2, 3},
		"mended critical> 4 5":                         {3, 5},
		"appeared >critical 2 3; mended critical> 4 5": {0, 9},
		"": {5, 9},
	} {
		if diff := cmp.Diff(want, told(history.Between(changes, week(dates[0]), week(dates[1])))); diff != "" {
			t.Errorf("weeks %v (-want +got):\n%s", dates, diff)
		}
	}
}
