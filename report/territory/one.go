package territory

import (
	"slices"
	"strings"

	"campanile/checks"
	"campanile/report"
	"campanile/report/score"
)

// ID names the company among those of its territory: its name without case, to be
// escaped where it stands in an address.
func (s *Supplier) ID() string { return s.key }

// Company is one that was recognised at a municipality, with what must be known of
// the municipality to tell what the company can put right there.
type Company struct {
	ID       string   // as Supplier.ID
	IDs      []string // of rules/suppliers and rules/platforms
	Verdicts []score.Verdict
}

// Companies lists those recognised at a municipality. A territory can so be kept by
// company, and one of a nation be found without reading the rest: see One.
func (t Town) Companies() []Company {
	var list []Company
	for _, h := range t.helpers() {
		i := slices.IndexFunc(list, func(c Company) bool { return c.ID == h.key() })
		if i < 0 {
			i, list = len(list), append(list, Company{ID: h.key()})
		}
		list[i].IDs = with(list[i].IDs, h.id)
	}
	open := map[string]bool{}
	for _, v := range t.Verdicts {
		if v.Outcome == checks.Inconclusive {
			open[v.Finding.Rule] = true
		}
	}
	for i := range list {
		list[i].Verdicts = t.about(list[i].ID, open)
	}
	return list
}

// about keeps the verdicts that tell what a company can put right, and which rules are
// open: each of those once, and what fails it at others, as it is then open no more.
func (t Town) about(company string, open map[string]bool) []score.Verdict {
	var list []score.Verdict
	told := map[string]bool{}
	for _, v := range t.Verdicts {
		id := v.Finding.Rule
		h, ok := t.helper(v)
		switch {
		case v.Outcome == checks.Fail && ok && h.key() == company:
			list = append(list, v)
		case v.Outcome == checks.Fail && open[id]:
			v.Facts = nil // they are for others to know
			list = append(list, v)
		case v.Outcome == checks.Inconclusive && !told[id]:
			told[id] = true
			list = append(list, v)
		}
	}
	return list
}

// One gives one company of a territory, from the municipalities at which it was
// recognised; total is how many there are in all. It is the same supplier as in the
// overview of the whole territory.
func One(in Input, id string, total int) (*Supplier, bool) {
	key := strings.ToLower(id)
	c := casebook{map[string]gathering{}, map[string][]*town{}, gathering{}, gathering{}}
	for _, t := range latest(in.Towns) {
		c.add(t)
	}
	if len(c.customers[key]) == 0 {
		return nil, false
	}
	s := newSupplier(in, report.WordsIn(in.Language), key, c.suppliers[key], c.customers[key], total)
	return &s, true
}

// Reached gives a name as Addresses has it, and the addresses that it leads to.
func (t Town) Reached(name string) (string, []string) { return normal(name), t.Addresses[normal(name)] }
