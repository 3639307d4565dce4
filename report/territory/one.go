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
		told := map[string]bool{}
		for _, v := range t.Verdicts {
			id := v.Finding.Rule
			h, ok := t.helper(v)
			theirs := ok && h.key() == list[i].ID
			// Whether a rule stays open hangs on its failures elsewhere, too.
			if v.Outcome == checks.Fail && (theirs || open[id]) || v.Outcome == checks.Inconclusive && !told[id] {
				list[i].Verdicts = append(list[i].Verdicts, v)
				told[id] = told[id] || v.Outcome == checks.Inconclusive
			}
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
