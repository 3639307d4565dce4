package rules

import (
	"fmt"
	"slices"
	"strings"
)

// validate lists everything that is wrong with one scheme. The rules that it
// names are held against the whole set; without a set they are not.
func (s *Scheme) validate(file string, set *Set, known []Known) []error {
	var problems []error
	add := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	if s.ID+".yaml" != file {
		add("id: %q does not fit the file name", s.ID)
	}
	if !strings.HasPrefix(s.Link, "https://") {
		add("link: %q does not begin with https://", s.Link)
	}
	if s.Read.IsZero() {
		add("read: missing")
	}
	if len(s.Countries) == 0 {
		add("countries: missing")
	}
	oneOf(add, "countries", Countries, s.Countries...)
	oneOf(add, "source", []string{"primary", "secondary"}, s.Source)
	oneOf(add, "per", []string{"host", "body"}, s.Per)
	inEveryLanguage(add, "name", s.Name)
	inEveryLanguage(add, "short", s.Short)
	inEveryLanguage(add, "note", s.Note)
	kinds := 0
	for _, n := range []int{len(s.Classes), len(s.Criteria), len(s.Tests)} {
		kinds += min(n, 1)
	}
	if kinds != 1 {
		add("wants one of classes, criteria and tests")
	}
	s.validateClasses(add)
	s.validateCriteria(add)
	s.validateFigures(add)
	if set != nil {
		s.validateRules(add, set, known)
	}
	return problems
}

func (s *Scheme) validateClasses(add func(string, ...any)) {
	var ids []string
	for i, c := range s.Classes {
		field := "classes." + c.ID
		inEveryLanguage(add, field+".words", c.Words)
		if c.ID == "" || slices.Contains(ids, c.ID) {
			add("classes: id %q: missing, or there twice", c.ID)
		}
		ids = append(ids, c.ID)
		if (i == 0) != (len(c.Any) == 0) {
			add("%s.any: every class has conditions but the first, which is the best", field)
		}
		validateConditions(add, field+".any", c.Any)
	}
	if len(s.Classes) == 1 {
		add("classes: one alone tells nothing")
	}
}

func (s *Scheme) validateCriteria(add func(string, ...any)) {
	var ids []string
	for _, c := range slices.Concat(s.Criteria, s.Tests) {
		inEveryLanguage(add, c.ID+".words", c.Words)
		if c.ID == "" || slices.Contains(ids, c.ID) {
			add("criteria: id %q: missing, or there twice", c.ID)
		}
		ids = append(ids, c.ID)
		if c.Beyond != "" {
			oneOf(add, c.ID+".beyond", Beyonds, c.Beyond)
		}
		validateConditions(add, c.ID+".fails", c.Fails)
		validateConditions(add, c.ID+".open", c.Open)
		validateConditions(add, c.ID+".without", c.Without)
	}
	for _, c := range s.Criteria {
		if len(c.Fails) == 0 && c.Beyond == "" {
			add("%s: fails: missing; a criterion that nothing breaks says nothing", c.ID)
		}
	}
	for _, c := range s.Tests {
		oneOf(add, "tests", HeaderTests, c.ID)
		if len(c.Fails)+len(c.Open)+len(c.Without) > 0 || c.Beyond != "" {
			add("%s: a test of headers has no conditions", c.ID)
		}
	}
	if n := len(s.Tests); n > 0 && n != len(HeaderTests) {
		add("tests: %d; all %d are made, and want words", n, len(HeaderTests))
	}
	for _, g := range s.Groups {
		inEveryLanguage(add, "groups."+g.ID+".words", g.Words)
		if g.ID == "" || len(g.Criteria) == 0 {
			add("groups: %q without id or criteria", g.ID)
		}
		oneOf(add, "groups."+g.ID, ids, g.Criteria...)
	}
}

func validateConditions(add func(string, ...any), field string, list []Condition) {
	for _, c := range list {
		switch {
		case (c.Rule == "") == (c.Sees == ""):
			add("%s: a condition wants one of rule and sees", field)
		case c.Sees != "":
			oneOf(add, field+".sees", Sights, c.Sees)
		case (c.Fact == "") != (len(c.Values) == 0):
			add("%s: %s: fact and values go together", field, c.Rule)
		}
		if c.Outcome != "" {
			oneOf(add, field+".outcome", Outcomes, c.Outcome)
		}
		if c.On != "" {
			oneOf(add, field+".on", []string{"front", "domain"}, c.On)
		}
		validateConditions(add, field+".and", c.And)
	}
}

// validateRules wants every rule that is named to exist, to speak to the
// scheme's countries, and to fill the facts that are asked for.
func (s *Scheme) validateRules(add func(string, ...any), set *Set, known []Known) {
	for _, c := range s.conditions() {
		if c.Rule == "" {
			continue
		}
		facts, ok := factsOf(known, c.Rule)
		if !ok {
			add("rule %q: no check of that name", c.Rule)
			continue
		}
		// What a finding that is no failure tells is not declared anywhere.
		if c.Fact != "" && (c.Outcome == "" || c.Outcome == "fail") && !slices.Contains(facts, c.Fact) {
			add("rule %s: the check fills no fact %q", c.Rule, c.Fact)
		}
		rule, ok := set.Rule(c.Rule)
		if !ok {
			continue // that the check has no rule is told where rules and checks are held together
		}
		for _, country := range s.Countries {
			if !rule.AppliesIn(country) {
				add("rule %s: does not speak to %s", c.Rule, country)
			}
		}
	}
}

// conditions lists all conditions, those within others too.
func (s *Scheme) conditions() []Condition {
	var list []Condition
	for _, class := range s.Classes {
		list = append(list, class.Any...)
	}
	for _, c := range s.Criteria {
		list = slices.Concat(list, c.Fails, c.Open, c.Without)
	}
	for i := 0; i < len(list); i++ { // it grows on the way
		list = append(list, list[i].And...)
	}
	return list
}

func (s *Scheme) validateFigures(add func(string, ...any)) {
	if s.Figures == nil {
		return
	}
	inEveryLanguage(add, "figures.caption", s.Figures.Caption)
	var classes []string
	for _, c := range s.Classes {
		classes = append(classes, c.ID)
	}
	if len(s.Figures.Rows) == 0 {
		add("figures.rows: missing")
	}
	for _, row := range s.Figures.Rows {
		field := fmt.Sprintf("figures.%d", row.Year)
		if row.Year < 2000 || len(row.Share) == 0 || !strings.HasPrefix(row.Link, "https://") {
			add("%s: wants a year, a share and a link", field)
		}
		for class, share := range row.Share {
			oneOf(add, field, classes, class)
			if share < 0 || share > 100 {
				add("%s.%s: %d is no share of a hundred", field, class, share)
			}
		}
		for class, n := range row.Number {
			oneOf(add, field, classes, class)
			if n < 0 || n > row.Sites {
				add("%s.%s: %d of %d sites", field, class, n, row.Sites)
			}
		}
	}
}
