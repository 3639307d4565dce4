package rules_test

import (
	"os"
	"path"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"campanile/report/score"
	"campanile/report/score/dma"
	"campanile/rules"
)

// What the form is, by question: how it is answered and how many items it has.
func TestTheQuestionnaireIsTheWholeForm(t *testing.T) {
	t.Parallel()
	q, err := rules.EmbeddedQuestionnaire()
	if err != nil {
		t.Fatal(err)
	}
	type row struct {
		Dimension, Question int
		Answer              rules.AnswerType
		Items               int
	}
	want := []row{
		{1, 1, rules.Tick, 10},
		{1, 2, rules.PlannedDone, 8},
		{2, 3, rules.Tick, 9},
		{2, 4, rules.ZeroToFive, 8},
		{3, 5, rules.Tick, 7},
		{3, 6, rules.Tick, 10},
		{4, 7, rules.Tick, 9},
		{4, 8, rules.Tick, 6},
		{5, 9, rules.PlannedDone, 16},
		{6, 10, rules.Tick, 9},
		{6, 11, rules.NoPartlyYes, 5},
	}
	var got []row
	for _, d := range q.Dimensions {
		for _, question := range d.Questions {
			got = append(got, row{d.Number, question.Number, question.Answer, len(question.Items)})
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if q.Form != "PSO-2023/24" || len(q.Items()) != 97 || !strings.HasPrefix(q.Digest, "sha256:") {
		t.Errorf("%s: %d items, %s", q.Form, len(q.Items()), q.Digest)
	}
}

// The overall figure that the case published is the mean of its dimensions.
func TestThePublishedGroupAddsUp(t *testing.T) {
	t.Parallel()
	q, err := rules.EmbeddedQuestionnaire()
	if err != nil {
		t.Fatal(err)
	}
	if len(q.Groups) != 1 {
		t.Fatalf("%d groups", len(q.Groups))
	}
	g := q.Groups[0]
	if diff := cmp.Diff([]float64{44, 44, 37, 37, 20, 42}, g.Dimensions); diff != "" || g.Overall != 37 || g.Stage != "T0" {
		t.Errorf("%v at %s (-want +got):\n%s", g.Overall, g.Stage, diff)
	}
	if shown := dma.Shown(dma.Mean(g.Dimensions...)); shown != dma.Shown(g.Overall) {
		t.Errorf("the mean is shown as %s", shown)
	}
}

// The columns of dimension 4 that the reference lists, with the oddities of the
// others: dimension and question stand at the end of each.
func TestColumnsOfTheExportAreKeptLetterByLetter(t *testing.T) {
	t.Parallel()
	q, err := rules.EmbeddedQuestionnaire()
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]string{
		"7.1": "the_organisation_has_in_place_m2_4_7", "7.9": "organisation_data_available_publicly_m2_4_7",
		"8.4": "cyber_threats_egularly_monitored_m2_4_8", "8.6": "business_continuity_plan_m2_4_8",
		"9.4": "ensure_internal_visibility_m2_9_5", "9.5": "reuse_and_share_m2_9_5",
		"6.3": "monitors_staff_acceptance_m2_3_6",
	} {
		if item, _, _, ok := q.Item(id); !ok || item.Column != want {
			t.Errorf("%s: %q, want %q", id, item.Column, want)
		}
	}
}

// No two items say the same in any language, and no text is another's copy.
func TestEveryItemHasWordsOfItsOwn(t *testing.T) {
	t.Parallel()
	q, err := rules.EmbeddedQuestionnaire()
	if err != nil {
		t.Fatal(err)
	}
	first := map[string]string{}
	for _, item := range q.Items() {
		for _, language := range rules.Languages {
			text := item.Text[language]
			if before, twice := first[text]; twice {
				t.Errorf("%s has the words of %s: %s", item.ID, before, text)
			}
			first[text] = item.ID
			if n := len(strings.Fields(text)); n > 20 {
				t.Errorf("%s.%s: %d words are too many for a line of a form", item.ID, language, n)
			}
		}
	}
}

func TestRulesSpeakOfItemsThatCanBeSeen(t *testing.T) {
	t.Parallel()
	q, err := rules.EmbeddedQuestionnaire()
	if err != nil {
		t.Fatal(err)
	}
	set, err := score.Rules()
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range set.Rules {
		for _, tie := range rule.DMA {
			item, _, _, ok := q.Item(tie.Item)
			if !ok || item.Outside == rules.Invisible {
				t.Errorf("%s: dma: item %s is not in the form, or cannot be seen from outside", rule.ID, tie.Item)
			}
		}
	}
}

// questionnaire is the folder that the program ships with, in memory.
func questionnaire(t *testing.T) fstest.MapFS {
	t.Helper()
	entries, err := os.ReadDir("dma")
	if err != nil {
		t.Fatal(err)
	}
	folder := fstest.MapFS{}
	for _, entry := range entries {
		data, err := os.ReadFile(path.Join("dma", entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		folder["dma/"+entry.Name()] = &fstest.MapFile{Data: data}
	}
	return folder
}

// Each case spoils one place of the files that the program ships with.
func TestMistakesInTheQuestionnaireAreNamed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ file, from, to, want string }{
		"no-form":               {"form", "form: PSO-2023/24\n", "", "form: missing; every answer keeps the edition that it answers"},
		"no-day":                {"form", "read: 2026-11-22\n", "", "read: missing"},
		"words-of-others":       {"form", "words: ours", "words: official", `words: "official" is none of ours`},
		"note-missing":          {"form", "\n  fr: \"Textes", "\n  fr: \"\" #", "note.fr: missing"},
		"answer-without-words":  {"form", "fr: en partie, ", "", "answers.partly.fr: missing"},
		"unknown-answer":        {"form", "  planned:", "  perhaps: {it: x, fr: x, en: x}\n  planned:", `answers: "perhaps" is none of yes, no, partly`},
		"unknown-how":           {"form", "  tick:\n", "  cross:\n", `how: "cross" is none of tick, planned-done`},
		"how-missing":           {"form", "    en: Write yes, partly or no\n", "", "how.no-partly-yes.en: missing"},
		"field-unnamed":         {"form", "fr: Domaine du site, ", "", "fields.domain.fr: missing"},
		"band-with-a-gap":       {"form", "at_most: 100", "at_most: 99", "bands: the last must end at 100"},
		"band-below-another":    {"form", "at_most: 50", "at_most: 25", "bands[1].at_most: 25 does not go beyond 25"},
		"band-twice":            {"form", "band: average", "band: basic", `bands[1].band: "basic" is empty or stands there twice`},
		"band-without-a-name":   {"form", "name: {it: avanzato, ", "name: {", "bands[3].name.it: missing"},
		"unknown-field":         {"form", "bands:", "colour: red\nbands:", "field colour is not known in a Questionnaire"},
		"another-edition":       {"4-data", "form: PSO-2023/24", "form: SME-2.1", `form: "SME-2.1" is none of PSO-2023/24`},
		"words-of-whom":         {"4-data", "words: ours\n", "", "words: missing"},
		"dimension-in-disorder": {"4-data", "dimension: 4", "dimension: 5", "dimension: 5, but it is number 4 by its file"},
		"dimension-unnamed":     {"4-data", "  en: Data management and security\n", "", "name.en: missing"},
		"question-in-disorder":  {"4-data", "question: 7", "question: 9", "questions[0].question: 9, but it is number 7 of the form"},
		"answer-type":           {"4-data", "answer: tick", "answer: cross", `question 7.answer: "cross" is none of tick, planned-done, zero-to-five, no-partly-yes`},
		"question-unsaid":       {"4-data", "      en: Are the body's data protected well enough?\n", "", "question 8.text.en: missing"},
		"item-left-out":         {"4-data", `"8.3"`, `"8.4"`, `question 8.items[2].id: "8.4", but its place is 8.3`},
		"item-unsaid":           {"4-data", "          fr: Les données sont publiées en données ouvertes, selon un plan\n", "", "7.9.text.fr: missing"},
		"foreign-language":      {"4-data", "          fr: Les données sont publiées", "          de: Offene Daten\n          fr: Les données sont publiées", `7.9.text: "de" is none of it, fr, en`},
		"outside-missing":       {"4-data", "        outside: observable\n", "", "7.9.outside: missing"},
		"outside-unknown":       {"4-data", "outside: observable", "outside: certain", `7.9.outside: "certain" is none of observable, traces, invisible`},
		"outside-elsewhere":     {"1-strategy", "        column: financial", "        outside: traces\n        column: financial", "1.2.outside: only items of dimension 4 have it"},
		"column-missing":        {"4-data", "        column: data_security_policy_m2_4_8\n", "", `8.1.column: "" is not a name such as website_m2_2_3`},
		"column-in-another":     {"4-data", "data_security_policy_m2_4_8", "website_m2_2_3", `8.1.column: "website_m2_2_3" stands there twice`},
		"group-unnamed":         {"reference", "group: valli-del-canavese", "group: \"\"", `groups[0].group: "" is empty or stands there twice`},
		"caption-missing":       {"reference", "      fr: \"Pour", "      fr: \"\" # \"Pour", "groups[0].caption.fr: missing"},
		"figure-copied-wrong":   {"reference", "overall: 37", "overall: 73", "groups[0].overall: 73 is not the mean of its dimensions, 37.33"},
		"figure-left-out":       {"reference", "[44, 44,", "[44,", "groups[0].dimensions: 5 figures; the form has 6 dimensions"},
		"figure-out-of-scale":   {"reference", "[44, 44,", "[-16, 104,", "groups[0]: figure 2 is 104; scores go from 0 to 100"},
		"no-source":             {"reference", "link: https:", "link: file:", `groups[0].link: "file:`},
		"stage-missing":         {"reference", "    stage: T0\n", "", "groups[0].stage: missing"},
		"never-read":            {"reference", "    read: 2026-11-22\n", "", "groups[0].read: missing"},
		"field-in-an-item":      {"4-data", "        column: data_sec", "        weight: 2\n        column: data_sec", "field weight is not known in a Item"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder, file := questionnaire(t), "dma/"+c.file+".yaml"
			text := string(folder[file].Data)
			if !strings.Contains(text, c.from) {
				t.Fatalf("nothing to spoil: %s", c.from)
			}
			folder[file].Data = []byte(strings.Replace(text, c.from, c.to, 1))
			q, err := rules.LoadQuestionnaire(folder)
			if err == nil || !strings.Contains(err.Error(), file+": ") || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %s", err, c.want)
			}
			if q != nil {
				t.Error("it was half loaded")
			}
		})
	}
}

func TestADimensionTooFewOrAFileTooManyIsRefused(t *testing.T) {
	t.Parallel()
	folder := questionnaire(t)
	delete(folder, "dma/6-green.yaml")
	if _, err := rules.LoadQuestionnaire(folder); err == nil || err.Error() != "dma: 5 files of dimensions; the form has 6" {
		t.Errorf("%v", err)
	}
	folder = questionnaire(t)
	folder["dma/notes.yaml"] = &fstest.MapFile{Data: []byte("dimension: 7\n")}
	if _, err := rules.LoadQuestionnaire(folder); err == nil || !strings.Contains(err.Error(), "dma: 7 files of dimensions") || !strings.Contains(err.Error(), "dma/notes.yaml: questions: missing") {
		t.Errorf("%v", err)
	}
	delete(folder, "dma/form.yaml")
	if _, err := rules.LoadQuestionnaire(folder); err == nil || !strings.Contains(err.Error(), "dma/form.yaml: cannot be read") {
		t.Errorf("%v", err)
	}
}
