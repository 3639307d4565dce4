package territory

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"campanile/checks"
	"campanile/collectors/evidence"
	"campanile/report"
	"campanile/report/paper"
	"campanile/report/score"
	"campanile/rules"
)

func TestGoldenLettersToSuppliers(t *testing.T) {
	t.Parallel()
	in := sampleValley(t).input(rules.English)
	for i, name := range []string{"letter-it.txt", "letter-fr.txt"} {
		golden(t, name, []byte(letterOf(t, Suppliers(in).Suppliers[i], in)))
	}
	s := Suppliers(in).Suppliers[0]
	s.Language = rules.English
	golden(t, "letter-en.txt", []byte(letterOf(t, s, in)))
}

// A supplier reads what it can put right, at its own customers, and nothing else.
func TestALetterTellsNothingOfOthers(t *testing.T) {
	t.Parallel()
	in := sampleValley(t).input(rules.Italian)
	for _, s := range Suppliers(in).Suppliers {
		text := letterOf(t, s, in)
		for _, other := range Suppliers(in).Suppliers {
			if other.Name != s.Name && strings.Contains(text, other.Name) {
				t.Errorf("the letter to %s names %s", s.Name, other.Name)
			}
		}
		for _, rule := range in.Rules.Rules {
			asked := slices.ContainsFunc(s.Changes, func(c Change) bool { return c.Rule == rule.ID })
			if strings.Contains(text, rule.ID) != asked {
				t.Errorf("the letter to %s tells of %s: %t", s.Name, rule.ID, !asked)
			}
		}
	}
	// Duomo could not be measured, and its own rule is in order.
	if text := letterOf(t, Suppliers(in).Suppliers[0], in); strings.Contains(text, "duomo") {
		t.Errorf("a town that could not be measured is in a letter:\n%s", text)
	}
}

func TestTownsOfTwoCountriesHavePointsOfTheirOwn(t *testing.T) {
	t.Parallel()
	in := sampleValley(t).input(rules.Italian)
	_, letter := Suppliers(in).Suppliers[1].Letter(in) // of erica, which is Italian, and felce, which is French
	if len(letter.Points) != 2 {
		t.Fatalf("%d points", len(letter.Points))
	}
	for i, want := range []struct {
		town         string
		requirements int
	}{{"felce", 0}, {"erica", 1}} {
		point := letter.Points[i]
		if got := point.Item.Facts[0].Subjects[0]; !strings.Contains(got, want.town) || len(point.Requirements) != want.requirements || len(point.Item.Facts) != 1 {
			t.Errorf("point %d: %q with %d requirements", i, got, len(point.Requirements))
		}
	}
}

func TestALetterIsAlsoAPaper(t *testing.T) {
	t.Parallel()
	in := sampleValley(t).input(rules.Italian)
	for _, s := range Suppliers(in).Suppliers {
		document, letter := s.Letter(in)
		var file bytes.Buffer
		if err := paper.Letter(document, letter).ODT(&file); err != nil || file.Len() == 0 {
			t.Errorf("%s: %d bytes, %v", s.Name, file.Len(), err)
		}
	}
}

func TestTheTableSaysWhatTheLetterSays(t *testing.T) {
	t.Parallel()
	s := Suppliers(sampleValley(t).input(rules.English)).Suppliers[0]
	table := s.Table()
	want := []string{"Comune di aceto", "comune.aceto.example", "c_aceto", "Residents meet mail-starttls-missing", "mail-starttls-missing", "mx.posta.example", "", "2026-11-21"}
	if diff := cmp.Diff(want, table.Rows[0]); diff != "" {
		t.Errorf("first row (-want +got):\n%s", diff)
	}
	if len(table.Rows) != 6 || table.Name != "Comuni" || len(table.Columns) != len(want) {
		t.Errorf("%d rows of %d columns in %q", len(table.Rows), len(table.Columns), table.Name)
	}
}

// hostile is what a stranger may put into a name, a record or a fact.
const hostile = "=1+1 <script>x</script> \x1b[31m \u202eexe \u2066 zero\u200bwidth \x00\r\n\r\n1. Please pay\r\nTo: me"

func TestAStrangersWordsDoNothingInALetter(t *testing.T) {
	t.Parallel()
	v := newValley(t, ruleSet())
	for _, name := range []string{"aceto", "brina"} {
		town := v.town(name, "it", [3]string{"web", "nuage", "Nuage " + hostile})
		town.Suppliers[0].Evidence, town.Target.Name, town.Target.Code = hostile, name+hostile, hostile
		v.says(town, "tls-version-obsolete", hostile, checks.Fail, checks.Facts{"versions": hostile, hostile: "x"})
	}
	in := v.input(rules.English)
	in.Sender = "GAL \x1b[31m"
	o := Suppliers(in)
	handout := Workshop(in, themes(), false)
	texts := slices.Concat(shortly(o), slices.Concat(o.Suppliers[0].Table().Rows...), handout.Themes[1].Problems[0].Towns)
	texts = append(texts, strings.Split(letterOf(t, o.Suppliers[0], in), "\n")...)
	for _, text := range texts {
		if strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) && r != '\u00A0' }) {
			t.Errorf("not harmless: %q", text)
		}
		if strings.HasPrefix(text, "To: me") || strings.HasPrefix(text, "1. Please") {
			t.Errorf("a stranger writes a line: %q", text)
		}
	}
}

// Every rule of the program can be asked of a supplier in every language, and
// told in a workshop.
func TestEveryRuleOfTheProgramFindsItsWords(t *testing.T) {
	t.Parallel()
	set, err := score.Rules()
	if err != nil {
		t.Fatal(err)
	}
	all, err := rules.EmbeddedThemes(set)
	if err != nil {
		t.Fatal(err)
	}
	v := newValley(t, set)
	for _, name := range []string{"aceto", "brina", "cedro"} {
		town := v.town(name, "it", posta, nomi, [3]string{"web", "nuage", "Nuage Exemple"})
		for _, rule := range set.Rules {
			v.says(town, rule.ID, "www."+town.Target.Domain, checks.Fail, checks.Facts{"host": "www." + town.Target.Domain})
		}
	}
	for _, language := range rules.Languages {
		in := v.input(language)
		for _, s := range Suppliers(in).Suppliers {
			s.Language = language
			document, letter := s.Letter(in)
			if len(letter.Points) != len(s.Changes) {
				t.Errorf("%s to %s: %d points of %d changes", language, s.Name, len(letter.Points), len(s.Changes))
			}
			for _, point := range letter.Points {
				if len(point.Request) < 2 || len(point.Item.Facts) == 0 {
					t.Errorf("%s: %s asks for nothing", language, point.Item.Rule)
				}
			}
			if document.Language != language {
				t.Errorf("the document is in %s", document.Language)
			}
		}
		told := 0
		for _, sheet := range Workshop(in, all, true).Themes {
			for _, p := range sheet.Problems {
				if told++; p.Title == "" || len(p.Why) == 0 || strings.Contains(strings.Join(p.Why, " "), "{") {
					t.Errorf("%s: %s is told as %q %q", language, p.Rule, p.Title, p.Why)
				}
			}
		}
		if told < 12 {
			t.Errorf("%s: %d problems told", language, told)
		}
	}
}

func TestAThousandTownsAreGroupedAndWrittenTo(t *testing.T) {
	t.Parallel()
	v := newValley(t, ruleSet())
	for i := range 1000 {
		town := v.town("c"+strings.Repeat("x", i%40)+string(rune('a'+i%26))+strings.Repeat("y", i/40), "it", posta, nuage, nomi)
		for _, id := range []string{"mail-dmarc-missing", "dns-caa-missing", "tls-version-obsolete"} {
			v.says(town, id, town.Target.Domain, checks.Fail, nil)
		}
	}
	in := v.input(rules.Italian)
	o := Suppliers(in)
	if o.Towns != 1000 || len(o.Suppliers) != 3 {
		t.Fatalf("%d towns, %d suppliers", o.Towns, len(o.Suppliers))
	}
	document, letter := o.Suppliers[0].Letter(in)
	if n := len(letter.Points[0].Item.Facts); n != 1000 {
		t.Errorf("%d towns in the letter", n)
	}
	if want := "1.000 Comuni"; document.Domain != want {
		t.Errorf("got %q, want %q", document.Domain, want)
	}
}

// A nation's overview is asked for by people who wait for a page.
func BenchmarkSuppliersOfANation(b *testing.B) {
	set := ruleSet()
	var towns []Town
	for i := range 7900 {
		n := strconv.Itoa(i)
		t := Town{Target: evidence.Target{Domain: "comune.c" + n + ".example", Name: "Comune di C" + n, Country: "it"}, Taken: taken()}
		for _, role := range []string{"mail", "dns", "web"} {
			supplier := role + strconv.Itoa(i%40)
			t.Suppliers = append(t.Suppliers, evidence.Supplier{ID: supplier, Name: supplier, Role: role, Evidence: "MX mx." + supplier + ".example"})
		}
		for j := range 32 {
			r, outcome := set.Rules[j%len(set.Rules)], []checks.Outcome{checks.Fail, checks.Pass, checks.Inconclusive}[(i+j)%3]
			t.Verdicts = append(t.Verdicts, score.Verdict{Finding: checks.Finding{Rule: r.ID, Subject: t.Target.Domain, Outcome: outcome}, Rule: r, Severity: r.Severity})
		}
		towns = append(towns, t)
	}
	in := Input{Towns: towns, Rules: set, Language: rules.Italian}
	for b.Loop() {
		if o := Suppliers(in); o.Towns != len(in.Towns) {
			b.Fatalf("%d towns", o.Towns)
		}
	}
}

func TestASharedLetterWithoutFailuresAsksForNothing(t *testing.T) {
	t.Parallel()
	r := ruleSet().Rules[0]
	_, letter := report.NewSharedLetter(report.Shared{
		Language: rules.English, Rules: ruleSet(), Supplier: "Posta Esempio",
		Points: []report.SharedPoint{{Towns: []report.Input{{
			Bundle:   &evidence.Bundle{Target: evidence.Target{Domain: "comune.aceto.example"}},
			Verdicts: []score.Verdict{{Finding: checks.Finding{Rule: r.ID, Outcome: checks.Inconclusive}, Rule: r}},
		}}}},
	})
	if len(letter.Points) > 0 {
		t.Errorf("%d points", len(letter.Points))
	}
}
