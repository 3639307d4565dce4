package answers_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/cmd/internal/answers"
	"campanile/cmd/internal/exit"
	"campanile/report/score/dma"
	"campanile/rules"
)

// What does not fit is refused with its line and reason; in a table with its cell.
func TestWhatDoesNotFitInYAML(t *testing.T) {
	t.Parallel()
	q := form(t)
	for name, c := range map[string]struct{ text, want string }{
		"other-edition": {
			strings.Replace(head, "PSO-2023/24", "SME-2.1", 1),
			`a.yaml:1: form: "SME-2.1" is not the edition that this program knows, PSO-2023/24; take an empty form from "campanile dma template" and bring the answers over by hand`,
		},
		"no-edition":         {strings.Replace(head, "form: PSO-2023/24\n", "", 1), "a.yaml: form: missing; write which edition was answered, such as PSO-2023/24"},
		"nobody":             {strings.Replace(head, "body: Comune di Esempio\n", "", 1), "a.yaml: body: missing; write whose answers these are"},
		"no-domain":          {head + "domain: not a domain\n", "a.yaml:5: domain: "},
		"no-source":          {head + "source: hearsay\n", `a.yaml:5: source: "hearsay" is none of self, adviser, import`},
		"misspelt-field":     {head + "stge: T1\n", `a.yaml:5: "stge" is not known; did you mean "stage"?`},
		"unknown-field":      {head + "mayor: someone\n", `a.yaml:5: "mayor" is no item of the form and no part of its head`},
		"field-twice":        {head + "stage: T1\n", "a.yaml:5: stage stands twice, first at line 3; leave one out"},
		"field-as-list":      {head + "code: [1, 2]\n", "a.yaml:5: code: wants one value; write it here itself"},
		"too-long":           {head + "code: " + strings.Repeat("x", 201) + "\n", "a.yaml:5: code: longer than 200 bytes"},
		"control-characters": {head + "code: \"a\\e[2Jb\"\n", "a.yaml:5: code: holds control characters; write it on one line"},
		"answers-twice":      {head + "answers: {8.2: yes}\nanswers: {8.3: yes}\n", "a.yaml:6: answers stands twice, first at line 5"},
		"answers-as-list":    {head + "answers: [8.2]\n", `a.yaml:5: answers: wants one line for each item, such as "8.2": yes`},
		"item-8.7":           {head + "answers:\n  8.7: yes\n", `a.yaml:6: "8.7" is no item of the form`},
		"item-twice":         {head + "answers:\n  8.2: yes\n  Q8.2: no\n", "a.yaml:7: item 8.2 stands twice, first at line 6; leave one out"},
		"perhaps":            {head + "answers:\n  8.2: perhaps\n", `a.yaml:6: item 8.2: "perhaps" is no answer; write x or yes where it is true, no or nothing where it is not`},
		"half-a-box":         {head + "answers:\n  8.2: partly\n", `a.yaml:6: item 8.2: "partly" is no answer; write x or yes`},
		"six":                {head + "answers:\n  4.5: 6\n", `a.yaml:6: item 4.5: "6" is no answer; write a number from 0 to 5`},
		"half-a-step":        {head + "answers:\n  4.5: 2.5\n", `a.yaml:6: item 4.5: "2.5" is no answer; write a number from 0 to 5`},
		"yes-of-a-level":     {head + "answers:\n  4.5: yes\n", `a.yaml:6: item 4.5: "yes" is no answer; write a number from 0 to 5`},
		"one-of-three-steps": {head + "answers:\n  11.1: 1\n", `a.yaml:6: item 11.1: "1" is no answer; write no, partly or yes`},
		"two-boxes-as-one":   {head + "answers:\n  9.13: yes\n", "a.yaml:6: item 9.13: has two boxes, planned and done; write yes or no for each of them"},
		"one-box-as-two":     {head + "answers:\n  8.2: {done: yes}\n", "a.yaml:6: item 8.2: cannot be planned or done, it has one answer; write it in its place"},
		"a-third-box":        {head + "answers:\n  9.13: {paid: yes}\n", `a.yaml:6: item 9.13: "paid" is none of planned, done`},
		"box-twice":          {head + "answers:\n  9.13:\n    done: yes\n    done: no\n", "a.yaml:8: item 9.13: done stands twice; leave one out"},
		"bad-box":            {head + "answers:\n  9.13: {planned: yes, done: soon}\n", `a.yaml:6: item 9.13: "soon" is no answer; write x or yes`},
		"answer-elsewhere":   {head + "code: &c yes\nanswers:\n  8.2: *c\n", "a.yaml:7: item 8.2: wants one value; write it here itself"},
		"hostile-answer":     {head + "answers:\n  8.2: \"\\e]0;gone\\a\\u202E\"\n", `a.yaml:6: item 8.2: "\x1b]0;gone\a\u202e" is no answer`},
		"no-yaml":            {"form: [\n", "a.yaml: not readable as YAML: "},
		"nothing":            {"", "a.yaml: the file is empty; make an empty form"},
		"a-list":             {"- form\n", `a.yaml: not a form; it begins with a line such as "form: PSO-2023/24"`},
		"two-forms":          {head + "---\n" + head, "a.yaml: more than one document; keep one form in one file"},
		"too-large":          {head + "# " + strings.Repeat("x", 1<<20), "a.yaml: too large for a filled form; save only the form"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refused(t, q, "a.yaml", c.text, c.want)
		})
	}
}

const tableHead = "item,text,answer,planned,done\nform,,PSO-2023/24\nbody,,Comune di Esempio\nstage,,T0\ndate,,2026-03-04\n"

func TestWhatDoesNotFitInATable(t *testing.T) {
	t.Parallel()
	q := form(t)
	for name, c := range map[string]struct{ text, want string }{
		"perhaps":           {tableHead + "Q8.2,,perhaps\n", `a.csv:6: cell C6: item 8.2: "perhaps" is no answer; write x or yes`},
		"bad-box":           {tableHead + "Q9.1,,,,soon\n", `a.csv:6: cell E6: item 9.1: "soon" is no answer`},
		"in-the-wrong-cell": {tableHead + "Q8.2,,,x\n", "a.csv:6: cell D6: item 8.2: cannot be planned or done"},
		"boxes-as-one":      {tableHead + "Q9.1,,x\n", "a.csv:6: cell C6: item 9.1: has two boxes, planned and done"},
		"item-twice":        {tableHead + "Q8.2,,x\nq8.2,,x\n", "a.csv:7: cell A7: item 8.2 stands twice, first at cell A6; leave one out"},
		"bare-number":       {tableHead + "8.2,,x\n", "a.csv:6: cell A6: item 8.2: write Q8.2; spreadsheets change bare numbers (1.10 to 1.1)"},
		"became-a-day":      {tableHead + "01-Jan,,x\n", `a.csv:6: cell A6: "01-Jan" is no item of the form`},
		"no-such-item":      {tableHead + "Q12.1,,x\n", `a.csv:6: cell A6: "12.1" is no item of the form`},
		"an-answer-to-what": {tableHead + ",,x\n", `a.csv:6: cell C6: "x" answers no item; write which in the column item`},
		"beside-the-form":   {tableHead + "Q8.2,,x,,,\"see, there\"\n", `a.csv:6: cell F6: "see, there" stands beside the form, in a column without a name; name it note, or delete it`},
		"head-in-a-box":     {tableHead + "code,,,x\n", "a.csv:6: cell D6: code: cannot be planned or done; write it in the column answer"},
		"field-twice":       {tableHead + "stage,,T1\n", "a.csv:6: cell C6: stage stands twice, first at cell C4; leave one out"},
		"not-utf-8":         {tableHead + "code,,Citt\xe0\n", `a.csv:6: cell C6: code: not UTF-8 text; save the form as "CSV UTF-8"`},
		// a line end inside a cell: one row of the sheet, two lines of the file
		"a-cell-of-two-lines": {tableHead + "Q8.1,\"one\ntwo\",x\n\nQ8.2,,perhaps\n", `a.csv:9: cell C8: item 8.2: "perhaps" is no answer`},
		"unknown-column":      {"item,answer,planned,done,mayor\n", `a.csv: cell E1: "mayor" is none of the columns of a form: item, question, text, how, answer, planned, done, note`},
		"column-twice":        {"item,answer,planned,done,answer\n", "a.csv: cell E1: the column answer stands twice"},
		"column-missing":      {"item,answer,planned\nQ8.2,x,\n", `a.csv: the column "done" is missing; a form has the columns`},
		"nothing":             {"\ufeff\n,,\n", "a.csv: the file is empty"},
		"no-csv":              {tableHead + "Q8.2,\"x\n", "a.csv: line 6: not readable as CSV: "},
		"too-many-rows":       {tableHead + strings.Repeat("note,\n", 2000), "a.csv: more than 2000 rows; save only the form"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refused(t, q, "a.csv", c.text, c.want)
		})
	}
	refused(t, q, "a.xlsx", "no workbook", "a.xlsx: this is no XLSX workbook")
	refused(t, q, "a.ods", "", `a.ods: ".ods" is no ending of a form; answers are read from .yaml, .csv and .xlsx`)
}

func refused(t *testing.T, q *rules.Questionnaire, name, text, want string) {
	t.Helper()
	got, err := answers.Parse(name, []byte(text), q)
	if err == nil || exit.Code(err) != exit.Usage || !strings.HasPrefix(err.Error(), want) && !strings.Contains(err.Error(), "\n"+want) {
		t.Errorf("%v, want %s", err, want)
	}
	if got != nil {
		t.Errorf("half a form was read: %+v", got)
	}
}

func TestAllMistakesAreToldInTheirOrder(t *testing.T) {
	t.Parallel()
	_, err := answers.Parse("a.yaml", []byte(head+"answers:\n  8.2: perhaps\n  4.5: 9\n  9.9: yes\nsource: me\n"), form(t))
	want := `a.yaml:6: item 8.2: "perhaps" is no answer; write x or yes where it is true, no or nothing where it is not
a.yaml:7: item 4.5: "9" is no answer; write a number from 0 to 5
a.yaml:8: item 9.9: has two boxes, planned and done; write yes or no for each of them
a.yaml:9: source: "me" is none of self, adviser, import`
	if diff := cmp.Diff(want, fmt.Sprint(err)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestThousandsOfMistakesAreCounted(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	text.WriteString(tableHead)
	for range 1000 {
		text.WriteString("Q99.9,,x\n")
	}
	_, err := answers.Parse("a.csv", []byte(text.String()), form(t))
	lines := strings.Split(fmt.Sprint(err), "\n")
	if len(lines) != 21 || lines[20] != "a.csv: and 980 more mistakes" {
		t.Errorf("%d lines, the last: %s", len(lines), lines[len(lines)-1])
	}
}

// Nobody's file makes the reader fall over, and whatever it takes can be scored.
func FuzzParse(f *testing.F) {
	q := form(f)
	for name, data := range written(f, q, rules.English, sample(q)) {
		if name != "form.xlsx" { // its reader has a test of its own
			f.Add(name, data)
		}
	}
	f.Add("a.yaml", []byte(head+"answers: &a {8.2: *a}\n"))
	f.Add("a.csv", []byte(tableHead+"Q8.2,,'=x\n"))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		if strings.HasSuffix(strings.ToLower(name), ".xlsx") {
			return
		}
		a, err := answers.Parse(name, data, q)
		if err != nil {
			if a != nil || exit.Code(err) != exit.Usage {
				t.Errorf("%+v, %v", a, err)
			}
			return
		}
		if _, err := dma.Score(q, a.Answers); err != nil {
			t.Error(err)
		}
		var again bytes.Buffer
		if err := answers.WriteYAML(&again, q, rules.French, *a); err != nil {
			t.Fatal(err)
		}
		back, err := answers.Parse("again.yaml", again.Bytes(), q)
		if err != nil {
			t.Fatalf("%v\n%s", err, again.String())
		}
		if diff := cmp.Diff(a, back); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}
