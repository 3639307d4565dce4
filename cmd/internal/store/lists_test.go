package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"campanile/checks"
	"campanile/cmd/internal/store"
	"campanile/rules"
)

// period is a span as a test writes it: the outcome and the weeks.
type period struct {
	Rule     string
	Outcome  checks.Outcome
	From, To int // 0 weeks: open
}

func periods(spans []store.Span) []period {
	var list []period
	for _, s := range spans {
		p := period{Rule: s.Rule, Outcome: s.Outcome, From: int(s.Opened.Sub(week(0)).Hours() / 24 / 7)}
		if !s.Closed.IsZero() {
			p.To = int(s.Closed.Sub(week(0)).Hours() / 24 / 7)
		}
		list = append(list, p)
	}
	return list
}

// ever asks for all spans.
var ever = store.Spans{From: week(-10), Until: week(100)}

func spansOfAProblem(t *testing.T, s *store.Store) {
	body := put(t, s, town("montefinto", "c_x001"))[0]
	for n, outcome := range []checks.Outcome{checks.Pass, checks.Fail, checks.Fail, checks.Pass, checks.Fail} {
		scan(t, s, body, week(n), "C", outcomes{"mail-spf-missing": outcome})
	}
	want := []period{{"mail-spf-missing", fails, 1, 3}, {"mail-spf-missing", fails, 4, 0}}
	if diff := cmp.Diff(want, periods(got(s.Spans(t.Context(), ever))(t))); diff != "" {
		t.Errorf("ever (-want +got):\n%s", diff)
	}
	for name, c := range map[string]struct {
		ask  store.Spans
		want []period
	}{
		"now":            {store.Spans{}, want[1:]},
		"at-its-day":     {store.Spans{At: week(2)}, want[:1]},
		"at-the-mending": {store.Spans{At: week(3)}, nil},
		"began-or-ended": {store.Spans{From: week(2), Until: week(3)}, want[:1]},
		"another-rule":   {store.Spans{Rule: "mail-dmarc-missing"}, nil},
		"another-town":   {store.Spans{Of: store.Filter{Province: "XX"}}, nil},
	} {
		if diff := cmp.Diff(c.want, periods(got(s.Spans(t.Context(), c.ask))(t))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func inconclusiveApart(t *testing.T, s *store.Store) {
	body := put(t, s, town("montefinto", "c_x001"))[0]
	for n, outcome := range []checks.Outcome{checks.Fail, checks.Inconclusive, checks.Fail} {
		scan(t, s, body, week(n), "C", outcomes{"mail-spf-missing": outcome})
	}
	want := []period{{"mail-spf-missing", fails, 0, 1}, {"mail-spf-missing", unknown, 1, 2}, {"mail-spf-missing", fails, 2, 0}}
	if diff := cmp.Diff(want, periods(got(s.Spans(t.Context(), ever))(t))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	scan(t, s, body, week(3), "", outcomes{"mail-spf-missing": unknown})
	if failing := got(s.Failing(t.Context(), store.Filter{}))(t); len(failing) != 0 {
		t.Errorf("what could not be measured fails: %+v", failing)
	}
	if _, n, err := s.Towns(t.Context(), store.Filter{Rule: "mail-spf-missing"}, time.Time{}, store.Page{}); err != nil || n != 0 {
		t.Errorf("%d towns fail what could not be measured, %v", n, err)
	}
	o := got(s.Overview(t.Context(), store.Filter{}))(t)
	if diff := cmp.Diff(map[string]int{"": 1}, o.Grades); diff != "" {
		t.Errorf("grades (-want +got):\n%s", diff)
	}
}

func lateScan(t *testing.T, s *store.Store) {
	body := put(t, s, town("montefinto", "c_x001"))[0]
	scan(t, s, body, week(0), "C", outcomes{"mail-spf-missing": fails})
	newest := scan(t, s, body, week(4), "D", outcomes{"mail-spf-missing": fails})
	scan(t, s, body, week(2), "A", nil)
	want := []period{{"mail-spf-missing", fails, 0, 2}, {"mail-spf-missing", fails, 4, 0}}
	if diff := cmp.Diff(want, periods(got(s.Spans(t.Context(), ever))(t))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	towns, _, err := s.Towns(t.Context(), store.Filter{}, time.Time{}, store.Page{})
	if err != nil || towns[0].Scan != newest || towns[0].Summary.Grade != "D" {
		t.Errorf("the newest scan is %+v, %v", towns, err)
	}
}

func newRules(t *testing.T, s *store.Store) {
	body := put(t, s, town("montefinto", "c_x001"))[0]
	domain := "comune.montefinto.example"
	scan(t, s, body, week(0), "A", nil)
	number := scan(t, s, body, week(1), "A", nil)
	stricter := says(domain, "C", outcomes{"mail-dmarc-missing": fails})
	stricter.Rules = "sha256:rules-2"
	if err := s.Judge(t.Context(), number, stricter); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"sha256:rules-1", "sha256:rules-2"}, got(s.Editions(t.Context(), number))(t)); diff != "" {
		t.Errorf("editions (-want +got):\n%s", diff)
	}
	for edition, want := range map[string]store.Judgement{"sha256:rules-1": says(domain, "A", nil), "sha256:rules-2": stricter, "": stricter} {
		if diff := cmp.Diff(want.Verdicts, got(s.Verdicts(t.Context(), number, edition))(t)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", edition, diff)
		}
	}
	if is := got(s.Scan(t.Context(), number))(t); is.Rules != "sha256:rules-2" || is.Summary.Grade != "C" || is.Summary.Fail[rules.High] != 1 {
		t.Errorf("the judgement that counts: %+v", is)
	}
	if diff := cmp.Diff([]period{{"mail-dmarc-missing", fails, 1, 0}}, periods(got(s.Spans(t.Context(), ever))(t))); diff != "" {
		t.Errorf("spans (-want +got):\n%s", diff)
	}
}

// valley keeps three towns: one good, one bad, one that nobody has looked at.
func valley(t *testing.T, s *store.Store) []int64 {
	good, bad, none := town("buono", "c_x001"), town("cattivo", "c_x002"), town("altrove", "x003")
	none.Name = "Commune d\u2019ÈVRE-LE-FAUX"
	bad.Province, bad.Population, bad.Union = "FG", 90, ""
	none.Country, none.Region, none.Province, none.Department, none.Category = "fr", "Fablie", "", "99", "mairie"
	numbers := put(t, s, good, bad, none)
	scan(t, s, numbers[0], week(0), "E", outcomes{"mail-spf-missing": fails})
	scan(t, s, numbers[0], week(1), "A", nil)
	scan(t, s, numbers[1], week(1), "E", outcomes{"mail-spf-missing": fails, "tls-certificate-expired": fails})
	return numbers
}

func numbersOf(towns []store.Town) []int64 {
	var list []int64
	for _, t := range towns {
		list = append(list, t.ID)
	}
	return list
}

func filters(t *testing.T, s *store.Store) {
	n := valley(t, s)
	for name, c := range map[string]struct {
		f    store.Filter
		want []int64
	}{
		"all":        {store.Filter{}, []int64{n[2], n[0], n[1]}},
		"country":    {store.Filter{Country: "fr"}, n[2:]},
		"region":     {store.Filter{Region: "Favolandia"}, n[:2]},
		"province":   {store.Filter{Province: "FG"}, n[1:2]},
		"department": {store.Filter{Department: "99"}, n[2:]},
		"union":      {store.Filter{Union: "Valle Finta", Country: "it"}, n[:1]},
		"category":   {store.Filter{Category: "mairie"}, n[2:]},
		"small":      {store.Filter{MaxPopulation: 100}, n[1:2]},
		"large":      {store.Filter{MinPopulation: 100, Country: "it"}, n[:1]},
		"name":       {store.Filter{Name: "DI Buo"}, n[:1]},
		"domain":     {store.Filter{Name: "cattivo.ex"}, n[1:2]},
		"accents":    {store.Filter{Name: "Èvre"}, n[2:]},
		"grade":      {store.Filter{Grade: "E"}, n[1:2]},
		"rule":       {store.Filter{Rule: "mail-spf-missing"}, n[1:2]},
		"supplier":   {store.Filter{SupplierRole: "mail", Supplier: "posta-finta"}, n[:2]},
		"role":       {store.Filter{SupplierRole: "dns", Supplier: "posta-finta"}, nil},
		"any-role":   {store.Filter{SupplierName: "Sito Finto"}, n[:2]},
		"nothing":    {store.Filter{Province: "FG", Union: "Valle Finta"}, nil},
	} {
		towns, total, err := s.Towns(t.Context(), c.f, time.Time{}, store.Page{})
		if err != nil || total != len(c.want) {
			t.Errorf("%s: total %d, %v", name, total, err)
		}
		if diff := cmp.Diff(c.want, numbersOf(towns)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	for order, want := range map[store.Order][]int64{store.ByGrade: {n[1], n[0], n[2]}, store.ByAge: {n[2], n[0], n[1]}} {
		towns, _, err := s.Towns(t.Context(), store.Filter{}, time.Time{}, store.Page{Order: order})
		if diff := cmp.Diff(want, numbersOf(towns)); diff != "" || err != nil {
			t.Errorf("%s (-want +got):\n%s%v", order, diff, err)
		}
	}
	towns, total, err := s.Towns(t.Context(), store.Filter{}, time.Time{}, store.Page{Offset: 1, Limit: 1})
	if diff := cmp.Diff(n[:1], numbersOf(towns)); diff != "" || total != 3 || err != nil {
		t.Errorf("page 2 of %d (-want +got):\n%s%v", total, diff, err)
	}
}

func pastDay(t *testing.T, s *store.Store) {
	n := valley(t, s)
	grades := func(at time.Time) map[int64]string {
		towns, _, err := s.Towns(t.Context(), store.Filter{}, at, store.Page{})
		if err != nil {
			t.Fatal(err)
		}
		list := map[int64]string{}
		for _, town := range towns {
			if town.Scan != 0 {
				list[town.ID] = town.Summary.Grade
			}
		}
		return list
	}
	for at, want := range map[time.Time]map[int64]string{
		week(0).Add(-1):         {},
		week(0):                 {n[0]: "E"},
		week(1).Add(-time.Hour): {n[0]: "E"},
		week(9):                 {n[0]: "A", n[1]: "E"},
	} {
		if diff := cmp.Diff(want, grades(at)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", at, diff)
		}
	}
}

func seesItself(t *testing.T, s *store.Store) {
	n := valley(t, s)
	mine, nothing := store.Filter{Bodies: n[:1]}, store.Filter{Bodies: []int64{}}
	for name, c := range map[string]struct {
		f                        store.Filter
		bodies, rules, suppliers int
	}{
		"all": {store.Filter{}, 3, 2, 2}, "mine": {mine, 1, 0, 2}, "nothing": {nothing, 0, 0, 0},
	} {
		if o := got(s.Overview(t.Context(), c.f))(t); o.Bodies != c.bodies {
			t.Errorf("%s: overview of %d bodies", name, o.Bodies)
		}
		if list := got(s.Failing(t.Context(), c.f))(t); len(list) != c.rules {
			t.Errorf("%s: failing %+v", name, list)
		}
		if list := got(s.Spans(t.Context(), store.Spans{Of: c.f, Outcome: fails}))(t); len(list) != c.rules {
			t.Errorf("%s: spans %+v", name, list)
		}
		if list := got(s.Suppliers(t.Context(), c.f))(t); len(list) != c.suppliers {
			t.Errorf("%s: suppliers %+v", name, list)
		}
	}
}

func suppliers(t *testing.T, s *store.Store) {
	n := valley(t, s)
	want := []store.SupplierCount{
		{Role: "mail", ID: "posta-finta", Name: "Posta Finta", Bodies: 2},
		{Role: "platform-site", ID: "sito-finto", Name: "Sito Finto", Bodies: 2},
	}
	if diff := cmp.Diff(want, got(s.Suppliers(t.Context(), store.Filter{}))(t)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	moved := bundle(t, "comune.buono.example", week(2))
	moved.Suppliers[0].ID, moved.Suppliers[0].Name = "altra-posta", "Altra Posta"
	if _, err := s.Save(t.Context(), n[0], 0, moved, says("comune.buono.example", "A", nil)); err != nil {
		t.Fatal(err)
	}
	served := store.Filter{SupplierRole: "mail", Supplier: "posta-finta"}
	if towns, _, err := s.Towns(t.Context(), served, time.Time{}, store.Page{}); err != nil || len(towns) != 1 || towns[0].ID != n[1] {
		t.Errorf("a town that changed its supplier is served still: %+v, %v", towns, err)
	}
	want2 := []store.RuleCount{
		{Rule: "mail-spf-missing", Severity: rules.High, Bodies: 1, Subjects: 1},
		{Rule: "tls-certificate-expired", Severity: rules.High, Bodies: 1, Subjects: 1},
	}
	if diff := cmp.Diff(want2, got(s.Failing(t.Context(), served))(t)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
