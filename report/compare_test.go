package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"campanile/report/score/dma"
	"campanile/rules"
)

func questionnaire(t *testing.T) *rules.Questionnaire {
	t.Helper()
	q, err := rules.EmbeddedQuestionnaire()
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// filled is a form of a body at a stage, on the first of a month of 2026.
func filled(body, stage string, month time.Month, items ...string) Filled {
	a := dma.Assessment{Form: "PSO-2023/24", Body: body, Stage: stage, Date: time.Date(2026, month, 1, 0, 0, 0, 0, time.UTC), Answers: dma.Answers{}}
	for _, item := range items {
		a.Answers[item] = dma.Answer{Done: true}
	}
	return Filled{strings.ToLower(strings.ReplaceAll(body+"-"+stage, " ", "-")) + ".yaml", a}
}

func stages(t *testing.T, forms ...Filled) Comparison {
	t.Helper()
	c, err := CompareStages(questionnaire(t), forms, rules.English)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func group(t *testing.T, each bool, forms ...Filled) Comparison {
	t.Helper()
	c, err := CompareGroup(questionnaire(t), forms, rules.English, each)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestStagesStandInTheOrderOfTheirDates(t *testing.T) {
	t.Parallel()
	c := stages(
		t,
		filled("Comune di Valtorta", "after the workshop", time.September, "7.1", "7.2", "8.1", "8.2", "8.3"),
		filled("COMUNE  di Valtorta", "T0", time.March, "7.1", "7.2", "7.3", "8.1", "8.2"),
	)
	table := c.Tables[0]
	want := [][]string{
		{"Dimension", "T0 (1 March 2026)", "after the workshop (1 September 2026)", "Change"},
		{"4  Data management and security", "33", "36", "+2.8"},
		{"5  Interoperability", "0", "0", "="},
		{"Overall score", "6", "6", "+0.5"},
		{"Band", "basic", "basic", ""},
	}
	got := [][]string{table.Head, table.Rows[3], table.Rows[4], table.Rows[6], table.Rows[7]}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestALossHasItsSignInEveryLanguage(t *testing.T) {
	t.Parallel()
	forms := []Filled{filled("Comune di Valtorta", "T0", time.March, "8.1"), filled("Comune di Valtorta", "T1", time.April, "7.1")}
	for language, want := range map[rules.Language]string{rules.English: "−2.8", rules.Italian: "−2,8", rules.French: "−2,8"} {
		c, err := CompareStages(questionnaire(t), forms, language)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Tables[0].Rows[3][3]; got != want {
			t.Errorf("%s: %q, want %q", language, got, want)
		}
	}
}

func TestThreeStagesEndWithTheWholeChange(t *testing.T) {
	t.Parallel()
	c := stages(
		t,
		filled("Comune di Valtorta", "T0", time.March),
		filled("Comune di Valtorta", "T1", time.April, "8.1", "8.2"),
		filled("Comune di Valtorta", "T2", time.May, "8.1"),
	)
	if diff := cmp.Diff([]string{"4  Data management and security", "0", "17", "+16.7", "8", "−8.3", "+8.3"}, c.Tables[0].Rows[3]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := c.Tables[0].Head[6]; got != "From first to last" {
		t.Error(got)
	}
}

// The JSON goes down to the questions and is not rounded.
func TestTheJSONOfStagesHoldsEveryQuestion(t *testing.T) {
	t.Parallel()
	before, after := filled("Comune di Valtorta", "T0", time.March, "8.1"), filled("Comune di Valtorta", "T1", time.April, "8.1", "8.2", "9.1")
	before.Answers["9.1"] = dma.Answer{Planned: true}
	var got stagesJSON
	decode(t, stages(t, before, after), &got)
	if len(got.Stages) != 2 || len(got.Stages[0].Dimensions) != 6 || got.Stages[1].Date != "2026-04-01" || got.Body != "Comune di Valtorta" {
		t.Errorf("%+v", got)
	}
	moved := map[string]string{}
	for _, d := range got.Changes[0].Dimensions {
		for _, q := range d.Questions {
			if q.Change != 0 {
				moved[fmt.Sprint(q.Number, q.Column)] = fmt.Sprintf("%.4f", q.Change)
			}
		}
	}
	if diff := cmp.Diff(map[string]string{"8": "1.6667", "9planned": "-0.6250", "9done": "0.6250"}, moved); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got.Changes[0].Dimensions[4].Change != 0 || fmt.Sprintf("%.4f", got.Changes[0].Overall) != "1.3889" {
		t.Errorf("%+v", got.Changes[0])
	}
}

func decode(t *testing.T, c Comparison, into any) {
	t.Helper()
	var text bytes.Buffer
	if err := WriteComparisonJSON(&text, c); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text.Bytes(), into); err != nil {
		t.Fatal(err)
	}
}

// What was planned and is now done and closed looks like a loss and is none.
func TestWhatIsDoneAndNoLongerPlannedIsExplained(t *testing.T) {
	t.Parallel()
	before, after := filled("Comune di Valtorta", "T0", time.March), filled("Comune di Valtorta", "T1", time.April)
	before.Answers["9.1"], before.Answers["2.1"] = dma.Answer{Planned: true, Done: true}, dma.Answer{Planned: true}
	after.Answers["9.1"], after.Answers["2.1"] = dma.Answer{Done: true}, dma.Answer{Done: true}
	c := stages(t, before, after)
	want := "2 items that were planned on T0 (1 March 2026) are done on T1 (1 April 2026) and are no longer ticked as planned."
	notes := strings.Join(c.Notes, "\n")
	if !strings.Contains(notes, want) || !strings.Contains(notes, "higher by 1.2") { // 50/16/6 + 100/3/8/6
		t.Errorf("%s", notes)
	}
	if strings.Contains(strings.Join(stages(t, after, filled("Comune di Valtorta", "T2", time.May)).Notes, "\n"), "no longer ticked") {
		t.Error("what was given up is taken for done")
	}
}

func TestEveryComparisonSaysHowTheFormCounts(t *testing.T) {
	t.Parallel()
	a, b := filled("Comune di Valtorta", "T0", time.March, "8.1"), filled("Comune di Vallebella", "T0", time.April, "8.1")
	again := filled("Comune di Valtorta", "T1", time.June, "8.1")
	for name, c := range map[string]Comparison{"stages": stages(t, a, again), "group": group(t, false, a, b)} {
		notes := strings.Join(c.Notes, "\n")
		for _, want := range []string{"no answer \"does not apply\"", "counts each by itself: question 2 (dimension 1) and question 9 (dimension 5)", "rounded only to be shown", "not its official wording", "without an answer"} {
			if !strings.Contains(notes, want) {
				t.Errorf("%s: does not say %q:\n%s", name, want, notes)
			}
		}
		if !strings.Contains(c.Lead, "no scan has a part in them") {
			t.Errorf("%s: %s", name, c.Lead)
		}
	}
}

func TestStagesOfSeveralMunicipalitiesAreRefused(t *testing.T) {
	t.Parallel()
	a := filled("Comune di Valtorta", "T0", time.March, "8.1")
	other := filled("Comune di Vallebella", "T1", time.April, "8.1")
	coded := filled("Valtorta", "T1", time.April, "8.1")
	a.Code, coded.Code = "c_x000", "C_X000"
	nameless := filled("", "T1", time.April, "8.1")
	nameless.Name, nameless.Domain = "nameless.yaml", "comune.valtorta.example"
	edition := filled("Comune di Valtorta", "T1", time.April, "8.1")
	edition.Form = "SME-2.1"
	wrong := filled("Comune di Valtorta", "T1", time.April, "8.7")
	for name, c := range map[string]struct {
		forms []Filled
		want  string
	}{
		"the-code-says-it-is-one": {[]Filled{a, coded}, "<nil>"},
		"another-town":            {[]Filled{a, other}, `comune-di-valtorta-t0.yaml is of "Comune di Valtorta" and comune-di-vallebella-t1.yaml of "Comune di Vallebella"; stages are compared for one municipality: give its forms only, write the same code into both, or take --group for averages`},
		"nobody-can-tell":         {[]Filled{a, nameless}, "comune-di-valtorta-t0.yaml and nameless.yaml share neither code nor domain nor name, so nobody can tell whether they are of one municipality; write the same code or domain into both"},
		"alone":                   {[]Filled{a}, "one form is nothing to compare; give the form of another stage too"},
		"the-same-twice":          {[]Filled{a, a}, `comune-di-valtorta-t0.yaml and comune-di-valtorta-t0.yaml are both of stage "T0" on 2026-03-01; leave one out, or give it another name`},
		"another-edition":         {[]Filled{a, edition}, `comune-di-valtorta-t1.yaml answers the edition "SME-2.1" of the form, and only PSO-2023/24 can be compared here; bring the answers over to an empty form of "campanile dma template"`},
		"no-such-item":            {[]Filled{a, wrong}, `comune-di-valtorta-t1.yaml: item "8.7" is not in the form PSO-2023/24`},
		"too-many":                {make([]Filled, 13), "13 stages find no room in a table; give at most 12, or --group for many municipalities"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := CompareStages(questionnaire(t), c.forms, rules.English)
			if diff := cmp.Diff(c.want, fmt.Sprint(err)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
