package inventory

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"campanile/cmd/internal/exit"
)

// Filter says which bodies of a list are wanted. Each field that is filled in
// must fit; of several values in one field, one must. The zero Filter takes all.
type Filter struct {
	Provinces      []string // letters, name or code
	Regions        []string // by name
	Departments    []string // code or name
	Unions         []string // by name
	Categories     []string // as the register has them
	Municipalities bool     // municipalities alone
	MinPopulation  int
	MaxPopulation  int // 0: no bound
}

// conditionNames are the fields of a condition, as people call them in Italian,
// French and English.
var conditionNames = map[string]string{
	"province": "province", "provincia": "province",
	"region": "region", "regione": "region",
	"department": "department", "departement": "department", "dipartimento": "department",
	"union": "union", "unione": "union", "intercommunalite": "union", "epci": "union",
	"category": "category", "categoria": "category", "categorie": "category",
	"population": "population", "popolazione": "population",
	"kind": "kind", "tipo": "kind", "type": "kind",
}

// ParseFilter reads conditions such as provincia=TO, region=Piemonte,
// department=13,83, population<5000, population=1000-5000 and
// kind=municipality.
func ParseFilter(conditions ...string) (Filter, error) {
	var f Filter
	for _, text := range conditions {
		at := strings.IndexAny(text, "<>=")
		if at <= 0 {
			return Filter{}, exit.Usagef("condition %q is not understood; write it like provincia=TO or population<5000", text)
		}
		sign, value := text[at:at+1], strings.TrimSpace(text[at+1:])
		if rest, ok := strings.CutPrefix(value, "="); ok && sign != "=" {
			sign, value = sign+"=", strings.TrimSpace(rest)
		}
		name := conditionNames[plain(text[:at])]
		if err := f.add(name, sign, value); err != nil {
			return Filter{}, exit.Usagef("condition %q: %w", text, err)
		}
	}
	if f.MaxPopulation > 0 && f.MinPopulation > f.MaxPopulation {
		return Filter{}, exit.Usagef("no population is at least %d and at most %d; change one of the two", f.MinPopulation, f.MaxPopulation)
	}
	return f, nil
}

func (f *Filter) add(name, sign, value string) error {
	var list []string
	for part := range strings.SplitSeq(value, ",") {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	switch {
	case name == "":
		return errors.New("it names none of province, region, department, union, category, population, kind")
	case name == "population":
		return f.population(sign, value)
	case sign != "=":
		return fmt.Errorf("only the population is compared by %s; write =", sign)
	case len(list) == 0:
		return errors.New("a value is missing after the =")
	}
	switch name {
	case "province":
		f.Provinces = append(f.Provinces, list...)
	case "region":
		f.Regions = append(f.Regions, list...)
	case "department":
		f.Departments = append(f.Departments, list...)
	case "union":
		f.Unions = append(f.Unions, list...)
	case "category":
		f.Categories = append(f.Categories, list...)
	case "kind":
		if !slices.Contains([]string{"municipality", "comune", "commune"}, plain(value)) {
			return errors.New("the one kind that can be asked for is municipality; for others use category")
		}
		f.Municipalities = true
	}
	return nil
}

// population reads a bound, or two with a hyphen between.
func (f *Filter) population(sign, value string) error {
	low, high, between := strings.Cut(value, "-")
	first, err := strconv.Atoi(strings.TrimSpace(low))
	second := first
	if err == nil && between {
		second, err = strconv.Atoi(strings.TrimSpace(high))
	}
	if err != nil || first < 0 || second < 0 || between && sign != "=" {
		return fmt.Errorf("%q is no number of inhabitants; write population<5000 or population=1000-5000", value)
	}
	switch sign {
	case "<":
		second, first = second-1, f.MinPopulation
	case "<=":
		first = f.MinPopulation
	case ">":
		first, second = first+1, f.MaxPopulation
	case ">=":
		second = f.MaxPopulation
	}
	if second < 1 && sign != ">" && sign != ">=" {
		return errors.New("no municipality has fewer than one inhabitant")
	}
	f.MinPopulation, f.MaxPopulation = first, second
	return nil
}

// verdict is what a filter says of a body.
type verdict int

const (
	wanted verdict = iota
	unwanted
	undecided // the list does not tell what the filter asks for
)

// question is something that a filter asks, and what a body answers.
type question struct {
	asked, known, fits bool
	unknown            string // what to say where it is not known
}

// questions are those that lists may leave open. To be in no union is an answer:
// most municipalities are in none.
func (f Filter) questions(b *Body) [4]question {
	above, below := b.Population >= f.MinPopulation, f.MaxPopulation == 0 || b.Population <= f.MaxPopulation
	return [...]question{
		{len(f.Provinces) > 0, b.Province != "", anyName(f.Provinces, b.Province), "its province is not known"},
		{len(f.Departments) > 0, b.Department != "", anyName(f.Departments, b.Department), "its department is not known"},
		{len(f.Regions) > 0, b.Region != "", anyName(f.Regions, b.Region), "its region is not known"},
		{f.MinPopulation > 0 || f.MaxPopulation > 0, b.Population > 0, above && below, "its population is not known"},
	}
}

// judge compares a body with the filter. What is not known is no "no": a body
// whose population no list tells is undecided, and the reason is given.
func (f Filter) judge(b *Body) (verdict, string) {
	switch {
	case f.Municipalities && !b.Municipality,
		len(f.Unions) > 0 && !anyName(f.Unions, b.Union),
		len(f.Categories) > 0 && !anyName(f.Categories, b.Category):
		return unwanted, ""
	}
	open := ""
	for _, q := range f.questions(b) {
		switch {
		case q.asked && q.known && !q.fits:
			return unwanted, ""
		case q.asked && !q.known:
			open = firstOf(open, q.unknown)
		}
	}
	if open != "" {
		return undecided, open
	}
	return wanted, ""
}

// Among gives those of some bodies, imported before, that the filter wants. What
// it asks for and nobody knows of a body is no yes.
func (f Filter) Among(bodies []Body) ([]Body, error) {
	places, err := newAtlas()
	if err != nil {
		return nil, err
	}
	f = f.resolved(places)
	return slices.DeleteFunc(slices.Clone(bodies), func(b Body) bool {
		says, _ := f.judge(&b)
		return says != wanted
	}), nil
}

func anyName(list []string, name string) bool {
	return slices.ContainsFunc(list, func(typed string) bool { return same(name, typed) })
}

// resolved is the filter with provinces and departments by their letters or
// number, as bodies have them.
func (f Filter) resolved(a atlas) Filter {
	f.Provinces, f.Departments = a.shorts("it", f.Provinces), a.shorts("fr", f.Departments)
	return f
}

// check refuses what no row can fit, so that a slip of the pen is not taken for
// an empty valley. A list of one's own may have places of its own.
func (f Filter) check(from Register, a atlas) error {
	if from == Own {
		return nil
	}
	for _, text := range f.Provinces {
		if _, ok := a.named("it", text); !ok {
			return exit.Usagef("no Italian province is called %q; write its two letters, like TO", text)
		}
	}
	for _, text := range f.Departments {
		if _, ok := a.named("fr", text); !ok {
			return exit.Usagef("no French department is called %q; write its number, like 13", text)
		}
	}
	for _, text := range f.Regions {
		if !a.hasRegion(text) {
			return exit.Usagef("no region is called %q; write it like Piemonte or Occitanie", text)
		}
	}
	french := from == Annuaire || from == INSEE
	switch {
	case french && len(f.Provinces) > 0:
		return exit.Usagef("a French list has no provinces; write department=13")
	case !french && len(f.Departments) > 0:
		return exit.Usagef("an Italian list has no departments; write provincia=TO")
	}
	return nil
}
