package answers_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"campanile/cmd/internal/answers"
	"campanile/cmd/internal/exit"
	"campanile/report"
	"campanile/report/score/dma"
	"campanile/report/sheet"
	"campanile/rules"
)

func form(tb testing.TB) *rules.Questionnaire {
	tb.Helper()
	q, err := rules.EmbeddedQuestionnaire()
	if err != nil {
		tb.Fatal(err)
	}
	return q
}

var day = time.Date(2026, time.March, 4, 0, 0, 0, 0, time.UTC)

// sample is a form with an answer of every kind, and names that a spreadsheet
// would like to change.
func sample(q *rules.Questionnaire) dma.Assessment {
	a := dma.Assessment{
		Form: q.Form, Body: "=Comune di Sant'Élia \"alto\"", Domain: "comune.esempio.example", Code: "00123", TaxNumber: "-01234567890",
		Stage: "T0", Date: day, Source: "adviser", Answers: dma.Answers{},
	}
	for _, question := range q.Questions() {
		for i, item := range question.Items {
			switch question.Answer {
			case rules.Tick:
				a.Answers[item.ID] = dma.Answer{Done: i%2 == 0}
			case rules.PlannedDone:
				a.Answers[item.ID] = dma.Answer{Planned: i%2 == 0, Done: i%3 == 0}
			case rules.ZeroToFive:
				a.Answers[item.ID] = dma.Answer{Level: i % 6}
			case rules.NoPartlyYes:
				a.Answers[item.ID] = dma.Answer{Level: i % 3}
			}
		}
	}
	delete(a.Answers, "1.10")
	delete(a.Answers, "9.16")
	delete(a.Answers, "4.8")
	return a
}

// written gives a form as a file of each kind.
func written(tb testing.TB, q *rules.Questionnaire, language rules.Language, a dma.Assessment) map[string][]byte {
	tb.Helper()
	files := map[string][]byte{}
	for name, write := range map[string]func(*bytes.Buffer) error{
		"form.yaml": func(b *bytes.Buffer) error { return answers.WriteYAML(b, q, language, a) },
		"form.csv":  func(b *bytes.Buffer) error { return sheet.WriteCSV(b, answers.List(q, language, a)) },
		"form.xlsx": func(b *bytes.Buffer) error {
			return sheet.WriteXLSX(b, sheet.Book{Title: "DMA", Language: language, Taken: day, Lists: []report.List{answers.List(q, language, a)}})
		},
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			tb.Fatalf("%s: %v", name, err)
		}
		files[name] = b.Bytes()
	}
	return files
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	t.Parallel()
	q := form(t)
	want := sample(q)
	for _, language := range rules.Languages {
		for name, data := range written(t, q, language, want) {
			got, err := answers.Parse(name, data, q)
			if err != nil {
				t.Errorf("%s %s: %v", language, name, err)
				continue
			}
			if diff := cmp.Diff(&want, got); diff != "" {
				t.Errorf("%s %s (-want +got):\n%s", language, name, diff)
			}
		}
	}
}

// An empty form wants to be filled; it is no form of zeroes.
func TestAnEmptyFormIsRefused(t *testing.T) {
	t.Parallel()
	q := form(t)
	for name, data := range written(t, q, rules.Italian, dma.Assessment{}) {
		_, err := answers.Parse(name, data, q)
		want := strings.ReplaceAll(`NAME: body: missing; write whose answers these are
NAME: stage: missing; write T0, T1, T2 or a name of your own
NAME: date: missing; write the day of the answers`, "NAME", name)
		if diff := cmp.Diff(want, fmt.Sprint(err)); diff != "" || exit.Code(err) != exit.Usage {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		_, err = answers.Parse(name, written(t, q, rules.French, dma.Assessment{Body: "Mairie", Stage: "T0", Date: day})[name], q)
		if fmt.Sprint(err) != name+": no item has an answer; fill the form first" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

const head = `form: PSO-2023/24
body: Comune di Esempio
stage: T0
date: 2026-03-04
`

// What people write, in every language and with what spreadsheets make of it.
func TestWordsThatAreUnderstood(t *testing.T) {
	t.Parallel()
	q := form(t)
	for item, cases := range map[string]map[string]dma.Answer{
		"8.2": {
			"x": {Done: true}, "X": {Done: true}, "✓": {Done: true}, "yes": {Done: true}, "Sì": {Done: true}, "si": {Done: true}, "OUI": {Done: true},
			"true": {Done: true}, "VERO": {Done: true}, "VRAI": {Done: true}, "1": {Done: true},
			"no": {}, "non": {}, "false": {}, "FALSO": {}, "FAUX": {}, "0": {}, "'-'": {},
		},
		"4.5":  {"0": {}, "3": {Level: 3}, " 5 ": {Level: 5}, "in uso": {Level: 5}, "pas  utilisé": {}, "on trial": {Level: 3}},
		"11.5": {"no": {}, "partly": {Level: 1}, "in parte": {Level: 1}, "En partie": {Level: 1}, "yes": {Level: 2}, "sì": {Level: 2}, "oui": {Level: 2}},
		"9.13": {"{planned: x}": {Planned: true}, "{done: sì, planned: no}": {Done: true}, "{planned: oui, done: oui}": {Planned: true, Done: true}, "{done: no}": {}},
	} {
		for text, want := range cases {
			got, err := answers.Parse("a.yaml", []byte(head+"answers:\n  "+item+": "+text+"\n"), q)
			if err != nil {
				t.Errorf("%s %q: %v", item, text, err)
				continue
			}
			if diff := cmp.Diff(dma.Answers{item: want}, got.Answers); diff != "" {
				t.Errorf("%s %q (-want +got):\n%s", item, text, diff)
			}
		}
	}
}

// Item 1.10 is not item 1.1, and an item without a value has no answer.
func TestNumbersOfItemsAreNoNumbers(t *testing.T) {
	t.Parallel()
	got, err := answers.Parse("a.yaml", []byte(head+"answers:\n  1.10: yes\n  1.1: no\n  \"1.2\":\n  Q1.3: ~\n  9.1: {planned: , done: }\n"), form(t))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(dma.Answers{"1.10": {Done: true}, "1.1": {}}, got.Answers); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestDaysAsSpreadsheetsWriteThem(t *testing.T) {
	t.Parallel()
	q := form(t)
	for text, want := range map[string]string{
		"2026-11-22": "2026-11-22", "22/11/2026": "2026-11-22", "11/22/2026": "2026-11-22", "4/4/2026": "2026-04-04",
		"3/4/2026":   `a.yaml:4: date: "3/4/2026" can be 2026-04-03 or 2026-03-04; write which`,
		"2026-02-30": `a.yaml:4: date: "2026-02-30" is not a day such as 2026-11-22`,
		"46348":      `a.yaml:4: date: "46348" is not a day such as 2026-11-22`,
	} {
		got, err := answers.Parse("a.yaml", []byte(strings.Replace(head, "2026-03-04", text, 1)+"answers: {8.2: yes}\n"), q)
		shown := fmt.Sprint(err)
		if err == nil {
			shown = got.Date.Format(time.DateOnly)
		}
		if shown != want {
			t.Errorf("%s: %s, want %s", text, shown, want)
		}
	}
}

// A workbook as a person fills it: numbers, a tick box, a day.
func TestAWorkbookFilledByHand(t *testing.T) {
	t.Parallel()
	q := form(t)
	file := excelize.NewFile()
	defer file.Close()
	if _, err := file.NewSheet("DMA"); err != nil {
		t.Fatal(err)
	}
	if err := file.SetCellValue("Sheet1", "A1", "notes of the meeting, on a sheet that is none of ours"); err != nil {
		t.Fatal(err)
	}
	for i, cells := range [][]any{
		{"item", "answer", "planned", "done", "note"},
		{"form", "PSO-2023/24"},
		{"body", "Comune di Esempio"},
		{"stage", "after the workshop"},
		{"date", 46348},
		{"Q8.2", true, nil, nil, "asked on the phone"},
		{"q4.5", 3},
		{},
		{"", "", "", "", "a row of words"},
		{"Q9.1", nil, "x"},
	} {
		if err := file.SetSheetRow("DMA", fmt.Sprintf("A%d", i+1), &cells); err != nil {
			t.Fatal(err)
		}
	}
	data, err := file.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	got, err := answers.Parse("meeting.xlsx", data.Bytes(), q)
	if err != nil {
		t.Fatal(err)
	}
	want := &dma.Assessment{
		Form: q.Form, Body: "Comune di Esempio", Stage: "after the workshop", Date: time.Date(2026, time.November, 22, 0, 0, 0, 0, time.UTC),
		Answers: dma.Answers{"8.2": {Done: true}, "4.5": {Level: 3}, "9.1": {Planned: true}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSeparatorsOfEveryCountry(t *testing.T) {
	t.Parallel()
	q := form(t)
	for name, comma := range map[string]string{"comma": ",", "semicolon": ";", "tab": "\t"} {
		text := strings.ReplaceAll("\ufeffItem|Answer|Planned|Done|Text\r\nform|PSO-2023/24|||\r\nbody|\"Esempio; di qua, di là\"|||\r\nstage|T1|||\r\ndate|2026-03-04|||\r\nQ8.2|x|||\r\n", "|", comma)
		got, err := answers.Parse("a.CSV", []byte(text), q)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got.Body != "Esempio; di qua, di là" || !got.Answers["8.2"].Done {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestReadOpensAFile(t *testing.T) {
	t.Parallel()
	q := form(t)
	folder := t.TempDir()
	path := filepath.Join(folder, "answers.yml")
	if err := os.WriteFile(path, []byte(head+"answers: {8.2: yes}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := answers.Read(path, q)
	if err != nil || !got.Answers["8.2"].Done {
		t.Errorf("%+v, %v", got, err)
	}
	_, err = answers.Read(filepath.Join(folder, "missing.yaml"), q)
	if exit.Code(err) != exit.Usage || !strings.Contains(fmt.Sprint(err), `make an empty form with "campanile dma template"`) {
		t.Errorf("%v", err)
	}
	if _, err = answers.Read(folder, q); exit.Code(err) != exit.Usage {
		t.Errorf("%v", err)
	}
}
