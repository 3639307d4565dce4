package report

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"campanile/report/score/dma"
	"campanile/rules"
)

// Three towns of which two answered again.
func valley() []Filled {
	return []Filled{
		filled("Comune di Valtorta", "T0", time.April, "7.1", "7.2", "7.3", "8.1", "8.2"),
		filled("Comune di Arnica", "t0", time.March, "8.1"),
		filled("Comune di Vallebella", "T0", time.March),
		filled("Comune di Valtorta", "T1", time.September, "7.1", "7.2", "7.3", "7.4", "8.1", "8.2"),
		filled("Comune di Arnica", "T1", time.October, "8.1", "8.2"),
	}
}

func TestAGroupHasAveragesWithTheirSpread(t *testing.T) {
	t.Parallel()
	c := group(t, false, valley()...)
	if want := "3 municipalities: averages of the Digital Maturity Assessment"; c.Title != want {
		t.Errorf("%q, want %q", c.Title, want)
	}
	table := c.Tables[0]
	want := [][]string{
		{"Dimension", "Average", "Lowest", "Highest", "Valli del Canavese"},
		{"4  Data management and security", "14", "0", "33", "37"},
		{"Overall score", "2", "0", "6", "37"},
	}
	if diff := cmp.Diff(want, [][]string{table.Head, table.Rows[3], table.Rows[6]}); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if table.Heading != "Stage T0: averages of 3 municipalities" || !strings.Contains(table.Caption, "one group at one time") || !strings.HasPrefix(table.Link, "https://european-digital") {
		t.Errorf("%s: %s %s", table.Heading, table.Caption, table.Link)
	}
}

// The published figures were taken at T0: beside another stage they would say
// something that nobody has measured.
func TestPublishedFiguresStandBesideTheirOwnStageOnly(t *testing.T) {
	t.Parallel()
	table := group(t, false, valley()...).Tables[1]
	if diff := cmp.Diff([]string{"Dimension", "Average", "Lowest", "Highest"}, table.Head); diff != "" || table.Caption+table.Link != "" {
		t.Errorf("%s (-want +got):\n%s", table.Caption, diff)
	}
}

// Two stages are compared over the towns that answered at both, and the reader
// is told that the averages above are of different towns.
func TestTwoStagesOfAGroupAreComparedOverTheSameTowns(t *testing.T) {
	t.Parallel()
	c := group(t, false, valley()...)
	table := c.Tables[len(c.Tables)-1]
	want := [][]string{{"Dimension", "T0", "T1", "Change"}, {"4  Data management and security", "21", "28", "+6.9"}}
	if diff := cmp.Diff(want, [][]string{table.Head, table.Rows[3]}); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	notes := strings.Join(c.Notes, "\n")
	for _, want := range []string{"The municipalities that answered at T0 and at T1 are not the same", "Stage T1 has 2 forms only", "Stage T0: 3 forms have items without an answer"} {
		if !strings.Contains(notes, want) {
			t.Errorf("does not say %q:\n%s", want, notes)
		}
	}
}

// Nobody is ranked: rows of towns are asked for, and stand by name.
func TestEachTownIsShownOnlyOnDemandAndByName(t *testing.T) {
	t.Parallel()
	var text bytes.Buffer
	quiet := group(t, false, valley()...)
	for _, write := range []func() error{
		func() error { return WriteComparison(&text, quiet) },
		func() error { return WriteComparisonJSON(&text, quiet) },
		func() error { return WriteComparisonHTML(&text, quiet) },
	} {
		if err := write(); err != nil {
			t.Fatal(err)
		}
	}
	if strings.Contains(text.String()+fmt.Sprint(quiet.Sheet), "Valtorta") {
		t.Error("a town is named without being asked for")
	}
	table := group(t, true, valley()...).Tables[1]
	want := [][]string{
		{"Comune di Arnica", "1", "0", "0", "0", "8", "0", "0"},
		{"Comune di Vallebella", "0", "0", "0", "0", "0", "0", "0"},
		{"Comune di Valtorta", "6", "0", "0", "0", "33", "0", "0"},
	}
	if diff := cmp.Diff(want, table.Rows); diff != "" || !strings.Contains(table.Caption, "not a ranking") {
		t.Errorf("%s (-want +got):\n%s", table.Caption, diff)
	}
}

// The mean of the overall scores is the mean of the averages of the dimensions.
func TestTheAverageOfTheWholeIsTheMeanOfTheAverages(t *testing.T) {
	t.Parallel()
	var got groupJSON
	decode(t, group(t, true, valley()...), &got)
	if got.Municipalities != 3 || len(got.Stages) != 2 || len(got.Stages[0].Each) != 3 || got.Stages[0].Each[0].Body != "Comune di Arnica" {
		t.Errorf("%+v", got)
	}
	for _, s := range got.Stages {
		var averages []float64
		for _, d := range s.Dimensions {
			averages = append(averages, d.Average)
		}
		if a, b := fmt.Sprintf("%.9f", dma.Mean(averages...)), fmt.Sprintf("%.9f", s.Overall.Average); a != b || len(averages) != 6 {
			t.Errorf("%s: %s and %s", s.Stage, a, b)
		}
	}
	if len(got.Published) != 1 || got.Published[0].Overall != 37 || dma.Shown(dma.Mean(got.Published[0].Dimensions...)) != "37" || !strings.Contains(got.Published[0].Caption, "no norm") {
		t.Errorf("%+v", got.Published)
	}
}

func TestTheSheetOfAGroupIsForASpreadsheet(t *testing.T) {
	t.Parallel()
	c, err := CompareGroup(questionnaire(t), valley(), rules.Italian, true)
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"T0", "Comune di Arnica", "", "2026-03-01", "0,00", "0,00", "0,00", "8,33", "0,00", "0,00", "1,39"},
		{"T0", "Media di 3 comuni", "", "", "0,00", "0,00", "0,00", "13,89", "0,00", "0,00", "2,31"},
		{"T0", "Minimo", "", "", "0,00", "0,00", "0,00", "0,00", "0,00", "0,00", "0,00"},
		{"T0", "Massimo", "", "", "0,00", "0,00", "0,00", "33,33", "0,00", "0,00", "5,56"},
		{"T0", "Valli del Canavese (medie pubblicate)", "", "", "44,00", "44,00", "37,00", "37,00", "20,00", "42,00", "37,00"},
	}
	got := slices.Concat(c.Sheet.Rows[:1], c.Sheet.Rows[3:7])
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for i, row := range c.Sheet.Rows {
		if len(row) != len(c.Sheet.Columns) {
			t.Errorf("row %d has %d cells, the sheet %d columns", i, len(row), len(c.Sheet.Columns))
		}
	}
}

func TestGroupsThatCannotBeAveragedAreRefused(t *testing.T) {
	t.Parallel()
	a, b := filled("Comune di Valtorta", "T0", time.March, "8.1"), filled("Comune di Vallebella", "T0", time.April, "8.1")
	again := filled("comune di valtorta", "t0", time.May, "8.2")
	again.Name = "again.yaml"
	for name, c := range map[string]struct {
		forms []Filled
		want  string
	}{
		"twice-at-a-stage": {[]Filled{a, b, again}, `comune-di-valtorta-t0.yaml and again.yaml are both of "comune di valtorta" at stage "T0"; leave one out, or give it another stage`},
		"one-town":         {[]Filled{a, filled("Comune di Valtorta", "T1", time.June, "8.1")}, "a group wants the forms of two municipalities or more; for the stages of one leave --group out and give its files"},
		"nobody":           {nil, "a group wants the forms of two municipalities or more; for the stages of one leave --group out and give its files"},
	} {
		_, err := CompareGroup(questionnaire(t), c.forms, rules.English, false)
		if diff := cmp.Diff(c.want, fmt.Sprint(err)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// A terminal shows 80 columns. Only an address to open may be longer.
func TestTablesOfAComparisonFitATerminal(t *testing.T) {
	t.Parallel()
	long := "Unione montana dei Comuni delle Valli Alte e Basse e dei loro Dintorni"
	var forms []Filled
	for i, stage := range []string{"Avvio del progetto", "Dopo il primo anno"} {
		forms = append(forms, filled(long, stage, time.Month(i+1), "8.1"))
	}
	for _, l := range rules.Languages {
		one, err := CompareStages(questionnaire(t), forms, l)
		if err != nil {
			t.Fatal(err)
		}
		many, err := CompareGroup(questionnaire(t), append(valley(), forms[0]), l, true)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []Comparison{one, many} {
			var text bytes.Buffer
			if err := WriteComparison(&text, c); err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(text.String()) {
				if utf8.RuneCountInString(line) > 81 && !strings.HasPrefix(line, "https://") {
					t.Errorf("%s: too wide: %s", l, line)
				}
			}
			for _, table := range c.Tables {
				for _, row := range table.Rows {
					for word := range strings.FieldsSeq(row[0]) {
						if !strings.Contains(text.String(), word) {
							t.Errorf("%s: %q is cut", l, row[0])
						}
					}
				}
			}
		}
	}
}

// hostileForms have names and stages that try to act on whoever reads them.
func hostileForms() []Filled {
	a, b := filled(hostile, hostile, time.March, "8.1"), filled("=HYPERLINK(\"http://evil.example\",\"x\")", hostile, time.March, "8.2")
	a.Domain, b.Domain = hostile, "comune.valtorta.example"
	return []Filled{a, b}
}

func TestHostileNamesDoNothingInAComparison(t *testing.T) {
	t.Parallel()
	forms := hostileForms()
	again := forms[0]
	again.Stage = "T1"
	for name, c := range map[string]Comparison{"group": group(t, true, forms...), "stages": stages(t, forms[0], again)} {
		var terminal, page, data bytes.Buffer
		for _, err := range []error{WriteComparison(&terminal, c), WriteComparisonHTML(&page, c), WriteComparisonJSON(&data, c)} {
			if err != nil {
				t.Fatal(err)
			}
		}
		for medium, text := range map[string]string{"terminal": terminal.String(), "page": page.String(), "json": data.String(), "sheet": fmt.Sprint(c.Sheet)} {
			if strings.ContainsFunc(text, func(r rune) bool { return r != '\n' && r != noBreak && !unicode.IsPrint(r) }) {
				t.Errorf("%s: the %s acts", name, medium)
			}
			if !strings.Contains(text, "alert(1)") {
				t.Errorf("%s: the %s loses the text", name, medium)
			}
			if strings.Contains(text, "<script>") && medium == "page" {
				t.Errorf("%s: the page runs something", name)
			}
		}
	}
}
