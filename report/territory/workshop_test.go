package territory

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/checks"
	"campanile/report/office"
	"campanile/rules"
)

// told tells a handout shortly.
func told(h Handout) []string {
	var list []string
	for _, s := range h.Themes {
		list = append(list, s.ID+": "+strings.Join(s.Standing, " ")+s.None)
		for _, p := range s.Problems {
			list = append(list, fmt.Sprintf("  %s %s %s%s", p.Rule, p.Share, strings.Join(p.Towns, ", "), p.Withheld))
		}
	}
	return list
}

func TestSharedProblemsAreSortedByTheme(t *testing.T) {
	t.Parallel()
	want := []string{
		"digital-transformation: On this theme the checks found nothing that several municipalities share.",
		"cybersecurity: On this theme 1 answer of 15 is already in order. 1 question could not be measured: it counts neither way.",
		"  mail-starttls-missing 3 municipalities of 6 Comune di aceto, Comune di brina, Comune di cedro",
		"  mail-dmarc-missing 3 municipalities of 6 Comune di aceto, Comune di brina, Comune di cedro",
		"  service-database-exposed 2 municipalities of 6 Which municipalities these are is not written here, because pages pass from hand to hand. Each knows it from its own report.",
		"  tls-version-obsolete 2 municipalities of 6 Comune di erica, Comune di felce",
		"  dns-caa-missing 4 municipalities of 6 Comune di aceto, Comune di brina, Comune di cedro, Comune di duomo",
		"accessibility-communication: ",
		"  accessibility-declaration-missing 4 municipalities of 6 Comune di aceto, Comune di brina, Comune di cedro, Comune di duomo",
		"open-data: On this theme 2 answers of 6 are already in order.",
		"  web-open-data-missing 4 municipalities of 6 Comune di aceto, Comune di brina, Comune di cedro, Comune di duomo",
	}
	if diff := cmp.Diff(want, told(Workshop(sampleValley(t).input(rules.English), themes(), false))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Nothing of an anonymous handout tells which towns, hosts or suppliers were
// looked at: neither the model, nor the paper made of it.
func TestAnAnonymousHandoutNamesNobody(t *testing.T) {
	t.Parallel()
	v := sampleValley(t)
	h := Workshop(v.input(rules.Italian), themes(), true)
	model, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	texts := string(model) + paperText(t, h.Paper())
	secrets := []string{"Posta Esempio", "Nuage", "Nomi Esempio", "GAL Valle", "192.0.2.7", "mx.posta", "PostgreSQL", "TLS 1.0"}
	for _, town := range v.towns {
		secrets = append(secrets, town.Target.Domain, town.Target.Name, town.Target.Code)
	}
	for _, secret := range secrets {
		if strings.Contains(texts, secret) {
			t.Errorf("the handout tells of %q", secret)
		}
	}
	if !strings.Contains(texts, "mail-dmarc-missing") {
		t.Error("the handout tells nothing at all")
	}
	// Two towns with a problem could be guessed.
	for _, rule := range []string{"tls-version-obsolete", "service-database-exposed"} {
		if strings.Contains(texts, rule) {
			t.Errorf("%s concerns two towns alone, and is told", rule)
		}
	}
	named := Workshop(v.input(rules.Italian), themes(), false)
	if text := paperText(t, named.Paper()); !strings.Contains(text, "Comune di aceto") || strings.Contains(text, "192.0.2.7") {
		t.Error("the handout with names does not name the towns, or tells where to go")
	}
}

// paperText writes a document and gives all that is inside.
func paperText(t *testing.T, d office.Document) string {
	t.Helper()
	var file, text bytes.Buffer
	if err := d.ODT(&file); err != nil {
		t.Fatal(err)
	}
	packed, err := zip.NewReader(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		t.Fatal(err)
	}
	for _, each := range packed.File {
		r, err := each.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(&text, io.LimitReader(r, 1<<20)); err != nil {
			t.Fatal(err)
		}
		r.Close()
	}
	return text.String()
}

func TestEachThemeBeginsAPageWithLinesToWriteOn(t *testing.T) {
	t.Parallel()
	breaks, lines := 0, 0
	for _, block := range Workshop(sampleValley(t).input(rules.French), themes(), false).Paper().Body {
		switch b := block.(type) {
		case office.PageBreak:
			breaks++
		case office.Table:
			lines += len(b.Rows)
		}
	}
	if breaks != 4 || lines != 4*linesToWrite {
		t.Errorf("%d page breaks, %d lines", breaks, lines)
	}
}

func TestAHandoutStopsWherePeopleStopListening(t *testing.T) {
	t.Parallel()
	set := ruleSet()
	for i := range 7 {
		set.Rules = append(set.Rules, rule(fmt.Sprintf("web-thing-%d", i), "web", rules.Low, rules.WebSupplier))
	}
	v := newValley(t, set)
	for _, name := range []string{"aceto", "brina"} {
		town := v.town(name, "it")
		for i := range 7 {
			v.says(town, fmt.Sprintf("web-thing-%d", i), town.Target.Domain, checks.Fail, nil)
		}
	}
	s := Workshop(v.input(rules.Italian), themes(), false).Themes[1]
	if want := "Altri 2 punti comuni non sono in questa pagina."; len(s.Problems) != maxProblems || s.More != want {
		t.Errorf("%d problems, %q", len(s.Problems), s.More)
	}
}

func TestAProblemOfOneTownIsNotShared(t *testing.T) {
	t.Parallel()
	v := newValley(t, ruleSet())
	town := v.town("aceto", "it")
	v.town("brina", "it")
	v.says(town, "mail-dmarc-missing", town.Target.Domain, checks.Fail, nil)
	if s := Workshop(v.input(rules.Italian), themes(), false).Themes[1]; len(s.Problems) > 0 || s.None == "" {
		t.Errorf("%d problems", len(s.Problems))
	}
}

func TestATerritoryWithoutTownsHasAnEmptyHandout(t *testing.T) {
	t.Parallel()
	in := newValley(t, ruleSet()).input(rules.Italian)
	if h := Workshop(in, themes(), true); len(h.Themes) != 4 || h.Themes[1].None == "" {
		t.Errorf("%d themes", len(h.Themes))
	}
	if o := Suppliers(in); o.Towns != 0 || len(shortly(o)) > 0 {
		t.Errorf("%q", shortly(o))
	}
}
