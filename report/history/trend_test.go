package history_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"campanile/checks"
	"campanile/report/history"
	"campanile/rules"
)

// grades as rules/grades.yaml has them, in short.
var grades = []rules.Grade{
	{Grade: "A", AtMost: map[rules.Severity]int{rules.Critical: 0, rules.High: 0, rules.Medium: 0}},
	{Grade: "B", AtMost: map[rules.Severity]int{rules.Critical: 0, rules.High: 0}},
	{Grade: "C", AtMost: map[rules.Severity]int{rules.Critical: 0, rules.High: 2}},
	{Grade: "D", AtMost: map[rules.Severity]int{rules.Critical: 0}},
	{Grade: "E"},
}

// beside adds a rule to every look that passes in each, so that there is a grade.
func beside(t *testing.T, looks []history.Look) []history.Look {
	t.Helper()
	for i := range looks {
		v := verdict(t, 'p')
		v.Rule, v.Family = "dns-caa-missing", "dns"
		looks[i].Verdicts = append(looks[i].Verdicts, v)
	}
	return looks
}

// line writes a trend in short: the grades, with the number of unseen defects.
func line(points []history.Point) string {
	var text strings.Builder
	for _, p := range points {
		text.WriteString(p.Grade)
		if p.Grade == "" {
			text.WriteString("?")
		}
		if p.Unseen > 0 {
			fmt.Fprint(&text, p.Unseen)
		}
	}
	return text.String()
}

func TestATrendMovesWhenASecondLookConfirms(t *testing.T) {
	t.Parallel()
	for situation, c := range map[string]struct{ signs, want string }{
		"nothing moves":                          {"pppp", "AAAA"},
		"a new defect":                           {"pppcc", "AAAAE"},
		"a slip":                                 {"ppcpp", "AAAAA"},
		"a mending":                              {"ffpp", "CCCA"},
		"a timeout leaves what stood":            {"pp??", "AAAA"},
		"a timeout leaves a defect, and is told": {"cc??c", "EEE1E1E"},
		"a town that answers every other time":   {"c?c?c?", "EE1EE1EE1"},
		"a verdict that changes every time":      {"pcpcpcpc", "AAAAAAAA"},
		"a host that is seen every other time":   {"p-p-p-", "AAAAAA"},
		"a host that was not known yet":          {"~~cc", "AAEE"},
		"information never counts":               {"iiii", "AAAA"},
	} {
		points := history.Trend(beside(t, weekly(t, old, c.signs)), grades)
		if got := line(points); got != c.want {
			t.Errorf("%s (%s): %s, want %s", situation, c.signs, got, c.want)
		}
	}
}

// TestATownThatFlapsHasNoTrendStep compares every number, not the grade alone.
func TestATownThatFlapsHasNoTrendStep(t *testing.T) {
	t.Parallel()
	for _, signs := range []string{"p?", "c?", "pc", "fc", "pn", "c-", "p?c?", "?c"} {
		looks := beside(t, weekly(t, old, strings.Repeat(signs, 26)))
		points := history.Trend(looks, grades)
		for i, p := range points[2:] {
			want := points[1]
			want.Taken = p.Taken
			if diff := cmp.Diff(want, p, cmpopts.IgnoreFields(history.Point{}, "Unseen", "Unsteady")); diff != "" {
				t.Fatalf("%s: week %d moves (-want +got):\n%s", signs, i+2, diff)
			}
		}
		if len(points) != len(looks) || len(history.Changes(looks)) > 0 {
			t.Errorf("%s: %d points, %d changes", signs, len(points), len(history.Changes(looks)))
		}
	}
}

func TestWhoMovesToAndFroIsToldSo(t *testing.T) {
	t.Parallel()
	for signs, want := range map[string]int{"pcpcpcpc": 1, "c-c-c-c-": 1, "p?p?p?p?": 0, "ppppcccc": 0, "ppccppcc": 1, "pcpcpppppppp": 0} {
		points := history.Trend(weekly(t, old, signs), grades)
		if got := points[len(points)-1].Unsteady; got != want {
			t.Errorf("%s: %d, want %d", signs, got, want)
		}
	}
}

func TestWhatTwoResolversContradictIsNotSeen(t *testing.T) {
	t.Parallel()
	looks := append(weekly(t, old, "ccc"), at(weekly(t, old, "p")[0], week(2), second))
	if got, want := line(history.Trend(beside(t, looks), grades)), "EEE1"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestNoGradeWhereNothingWasEverMeasured(t *testing.T) {
	t.Parallel()
	got := history.Trend(weekly(t, old, "??p?"), grades)
	if want := "??AA"; line(got) != want {
		t.Errorf("%s, want %s", line(got), want)
	}
	if got[1].Inconclusive != 1 || got[2].Inconclusive != 0 {
		t.Errorf("%d and %d open, want 1 and 0", got[1].Inconclusive, got[2].Inconclusive)
	}
}

// TestTheRulesMakeAStepOfTheirOwn has two points at one time, so that whoever draws
// the line can break it there.
func TestTheRulesMakeAStepOfTheirOwn(t *testing.T) {
	t.Parallel()
	points := history.Trend(slices.Concat(beside(t, weekly(t, old, "ppp  ")), beside(t, weekly(t, fresh, "  ccc"))), grades)
	type step struct {
		Week         int
		Rules, Grade string
	}
	var got []step
	for _, p := range points {
		got = append(got, step{weekOf(p.Taken), p.Rules, p.Grade})
	}
	want := []step{{0, "old", "A"}, {1, "old", "A"}, {2, "old", "A"}, {2, "new", "E"}, {3, "new", "E"}, {4, "new", "E"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func townOf(t *testing.T, id string, looks []history.Look) history.Town {
	t.Helper()
	return history.Town{ID: id, Points: history.Trend(looks, grades), Changes: history.Changes(looks)}
}

func TestATerritoryOverTime(t *testing.T) {
	t.Parallel()
	late := weekly(t, old, "  ccc")
	towns := []history.Town{
		townOf(t, "mended", weekly(t, old, "ffppp")),
		townOf(t, "flapping", weekly(t, old, "pcpcp")),
		townOf(t, "silent", weekly(t, old, "?????")),
		townOf(t, "late", late),
		townOf(t, "judged anew", slices.Concat(weekly(t, old, "ppp  "), weekly(t, fresh, "  mmm"))),
		townOf(t, "to know", weekly(t, old, "ppiii")),
	}
	got := history.Territory(towns, []time.Time{week(-1), week(1), week(4)})
	none := map[rules.Severity]int{rules.Critical: 0, rules.High: 0, rules.Medium: 0, rules.Low: 0}
	with := func(change map[rules.Severity]int) map[rules.Severity]int {
		all := map[rules.Severity]int{}
		for s := range none {
			all[s] = change[s]
		}
		return all
	}
	want := []history.Sum{
		{At: week(-1), Grades: map[string]int{}, Fail: map[rules.Severity]int{}, Moves: map[history.Kind]int{}},
		{
			At: week(1), Towns: 5, Joined: 5, Grades: map[string]int{"A": 3, "C": 1, "": 1},
			Fail: with(map[rules.Severity]int{rules.High: 1}), Moves: map[history.Kind]int{},
		},
		{
			At: week(4), Towns: 6, Joined: 1, Grades: map[string]int{"A": 3, "B": 1, "E": 1, "": 1},
			Fail:  with(map[rules.Severity]int{rules.Critical: 1, rules.Medium: 1}),
			Moves: map[history.Kind]int{history.Mended: 1, history.RulesChanged: 1},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestATerritoryAtTwoTimes(t *testing.T) {
	t.Parallel()
	towns := []history.Town{
		townOf(t, "moved", weekly(t, old, "pppcc")),
		townOf(t, "judged anew", slices.Concat(weekly(t, old, "ppp  "), weekly(t, fresh, "  ccc"))),
		townOf(t, "late", weekly(t, old, "   ff")),
		townOf(t, "flapping", weekly(t, old, "pcpcp")),
	}
	var got []string
	for _, c := range history.Compare(towns, week(1), week(4)) {
		got = append(got, strings.Join([]string{c.ID, c.Before.Grade, c.After.Grade, told(c.Moved), told(c.Rejudged)}, ", "))
	}
	want := []string{
		"moved, A, E, appeared >critical 3 4, ",
		"judged anew, A, E, , rules-changed >critical 2 2",
		"late, , C, , ",
		"flapping, A, A, , ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAllLooksGiveTheSameInWhateverOrder(t *testing.T) {
	t.Parallel()
	looks := slices.Concat(weekly(t, old, "ppcc?c"), weekly(t, fresh, "    mmpp"))
	looks = append(looks, at(weekly(t, old, "n")[0], week(0), "192.0.2.1:53")) // sound in another way
	turned := slices.Clone(looks)
	slices.Reverse(turned)
	if diff := cmp.Diff(history.Changes(looks), history.Changes(turned)); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(history.Trend(looks, grades), history.Trend(turned, grades)); diff != "" {
		t.Errorf("trend (-want +got):\n%s", diff)
	}
}

// BenchmarkTrend walks two years of weekly looks with 600 points each.
func BenchmarkTrend(b *testing.B) {
	var looks []history.Look
	for n := range 104 {
		look := history.Look{Taken: week(n), Resolver: resolver, Rules: old}
		for i := range 600 {
			look.Verdicts = append(look.Verdicts, history.Verdict{
				Rule: fmt.Sprint("rule-", i%150), Family: "web", Subject: fmt.Sprintf("h%d.%s", i/150, town),
				Outcome: []checks.Outcome{checks.Pass, checks.Fail, checks.Inconclusive}[(i*n/7)%3], Severity: rules.High,
			})
		}
		looks = append(looks, look)
	}
	for b.Loop() {
		history.Trend(looks, grades)
	}
}
