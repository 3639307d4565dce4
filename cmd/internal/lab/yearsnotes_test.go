package lab

import (
	"testing"

	"campanile/report/checklist"
	"campanile/report/score"
	"campanile/rules"
)

func TestNotesAreOfTownsAndRulesThatThereAre(t *testing.T) {
	t.Parallel()
	set, err := score.Rules()
	if err != nil {
		t.Fatal(err)
	}
	towns := map[string]bool{}
	for _, town := range territory() {
		towns[town.Domain] = true
	}
	states := map[checklist.State]int{}
	for _, n := range Notes(someDay) {
		states[n.State]++
		if _, known := set.Rule(n.Rule); !known || !towns[n.Town] {
			t.Errorf("%s of %s: no such rule or town", n.Rule, n.Town)
		}
		if n.On.After(someDay) || n.State == checklist.Accepted && (n.Until.IsZero() || n.Because == "") {
			t.Errorf("%s of %s is half a note: %+v", n.Rule, n.Town, n)
		}
	}
	for _, state := range []checklist.State{checklist.Done, checklist.Asked, checklist.Accepted} {
		if states[state] == 0 {
			t.Errorf("nothing is %s", state)
		}
	}
	for _, s := range Reviews(someDay) {
		if !towns[s.Town] || s.On.After(someDay) || s.By == "" {
			t.Errorf("a review of nobody: %+v", s)
		}
	}
	for _, e := range episodes() {
		if !towns[e.town] || e.from != 0 && e.from <= e.to {
			t.Errorf("an episode of nobody: %+v", e)
		}
		for _, rule := range append(e.breaks, e.heals...) {
			if _, known := set.Rule(rule); !known {
				t.Errorf("%s: no rule %s", e.town, rule)
			}
		}
	}
}

func TestTwoTownsFillTheFormAgain(t *testing.T) {
	t.Parallel()
	q, err := rules.EmbeddedQuestionnaire()
	if err != nil {
		t.Fatal(err)
	}
	forms := raised(t).Forms(q, someDay)
	stages := map[string]int{}
	for _, a := range forms {
		stages[a.Stage]++
		if err := a.Answers.Check(q); err != nil {
			t.Errorf("%s %s: %v", a.Domain, a.Stage, err)
		}
	}
	if stages["T0"] != 4 || stages["T1"] != 2 || len(forms) != 6 {
		t.Errorf("forms by stage: %v", stages)
	}
	for i, a := range forms[1:] {
		first := forms[i]
		if a.Stage != "T1" {
			continue
		}
		better := 0
		for id, answer := range a.Answers {
			if answer != first.Answers[id] {
				better++
			}
		}
		if first.Domain != a.Domain || better == 0 || !a.Date.After(first.Date) {
			t.Errorf("%s: nothing has grown", a.Domain)
		}
	}
}
