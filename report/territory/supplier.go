package territory

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"campanile/checks"
	"campanile/report"
	"campanile/rules"
)

// Overview says who can put right what in a territory. Every failure that counts
// stands in exactly one of its parts.
type Overview struct {
	Language     rules.Language
	Towns        int        // looked at
	Suppliers    []Supplier // who can put right most of the most urgent, first
	Unrecognised []Change   // for suppliers that nobody recognised from outside
	Own          []Change   // what the municipalities do themselves, perhaps together
}

// Supplier is one company behind several services of several municipalities.
type Supplier struct {
	Name      string
	IDs       []string // of rules/suppliers and rules/platforms
	Roles     []string // mail, gateway, dns, web, site, transparency, services
	Language  rules.Language
	Customers []string // municipalities at which it was recognised, by name
	Said      string   // "Mail: 14 municipalities of 20"
	Signs     []report.Sign
	Changes   []Change // first what wants action soonest, then what serves most

	key string // the name without case
}

// Suppliers groups the failures of a territory by who can put them right. What is
// only worth knowing is no failure, and what could not be measured is none
// either.
func Suppliers(in Input) Overview {
	w, towns := report.WordsIn(in.Language), latest(in.Towns)
	c := casebook{map[string]gathering{}, map[string][]*town{}, gathering{}, gathering{}}
	for _, t := range towns {
		c.add(t)
	}
	o := Overview{Language: in.Language, Towns: len(towns)}
	for _, key := range slices.Sorted(maps.Keys(c.suppliers)) {
		o.Suppliers = append(o.Suppliers, newSupplier(in, w, key, c.suppliers[key], c.customers[key], len(towns)))
	}
	slices.SortStableFunc(o.Suppliers, byReach)
	o.Unrecognised = c.unrecognised.changes(w, in.Language, towns)
	o.Own = c.own.changes(w, in.Language, towns)
	total := w.Number(int64(len(towns)))
	for i := range o.Unrecognised {
		o.Unrecognised[i].Said = w.Count("territory.unrecognised", len(o.Unrecognised[i].Towns), "Total", total)
	}
	for i := range o.Own {
		o.Own[i].Said = w.Count("territory.own", len(o.Own[i].Towns), "Total", total)
	}
	return o
}

// casebook sorts failures by who can put them right.
type casebook struct {
	suppliers    map[string]gathering
	customers    map[string][]*town
	unrecognised gathering
	own          gathering
}

func (c casebook) add(t *town) {
	for _, h := range t.helped {
		if list := c.customers[h.key()]; !slices.Contains(list[max(0, len(list)-1):], t) {
			c.customers[h.key()] = append(list, t)
		}
	}
	for _, v := range t.Verdicts {
		if v.Outcome != checks.Fail || v.Severity == rules.Info {
			continue
		}
		h, ok := t.helper(v)
		switch {
		case v.Rule.Actor == rules.Staff || v.Rule.Actor == rules.RTD:
			c.own.add(t, v)
		case !ok:
			c.unrecognised.add(t, v)
		default:
			if c.suppliers[h.key()] == nil {
				c.suppliers[h.key()] = gathering{}
			}
			c.suppliers[h.key()].add(t, v)
		}
	}
}

func newSupplier(in Input, w report.Words, key string, failing gathering, at []*town, total int) Supplier {
	s := Supplier{key: key}
	for _, t := range at {
		for _, h := range t.known(key) {
			s.Name = cmp.Or(s.Name, report.Plain(h.name))
			s.IDs, s.Roles = with(s.IDs, h.id), with(s.Roles, h.role)
		}
		s.Customers = append(s.Customers, t.name)
	}
	s.Signs = signsOf(key, at)
	s.Language = letterLanguage(in.Rules, s.IDs, at)
	s.Changes = failing.changes(w, in.Language, at)
	for i := range s.Changes {
		s.Changes[i].say(w, s.Name, total)
	}
	var roles []string
	for _, role := range s.Roles {
		roles = append(roles, w.Role(role))
	}
	s.Said = w.Count("territory.customers", len(s.Customers), "Roles", strings.Join(roles, ", "), "Total", w.Number(int64(total)))
	return s
}

// known gives what one company was recognised as at a municipality.
func (t *town) known(key string) []helper {
	return slices.DeleteFunc(slices.Clone(t.helped), func(h helper) bool { return h.key() != key })
}

// signsOf counts by what a company was recognised, the most usual first.
func signsOf(key string, towns []*town) []report.Sign {
	count := map[string]int{}
	for _, t := range towns {
		var seen []string
		for _, h := range t.known(key) {
			seen = with(seen, h.sign)
		}
		for _, sign := range seen {
			count[sign]++
		}
	}
	var signs []report.Sign
	for sign, n := range count {
		signs = append(signs, report.Sign{Evidence: sign, Towns: n})
	}
	slices.SortFunc(signs, func(a, b report.Sign) int {
		return cmp.Or(cmp.Compare(b.Towns, a.Towns), strings.Compare(a.Evidence, b.Evidence))
	})
	return signs
}

func with(list []string, value string) []string {
	if value == "" || slices.Contains(list, value) {
		return list
	}
	return append(list, value)
}

// letterLanguage is the language of the supplier's country, where it is known to
// work in one alone; else that of most of its customers here.
func letterLanguage(set *rules.Set, ids []string, at []*town) rules.Language {
	var known []string
	for _, id := range ids {
		for _, c := range countriesOf(set, id) {
			known = with(known, c)
		}
	}
	if len(known) == 1 {
		return languageOf(known[0])
	}
	return mostly(at, func(t *town) rules.Language { return languageOf(t.Target.Country) })
}

// byReach compares by what wants action this month, then this quarter, then
// later: how many defects at how many municipalities. Of equals the first by name
// comes first.
func byReach(a, b Supplier) int {
	x, y := a.reach(), b.reach()
	for i := range x {
		if x[i] != y[i] {
			return y[i] - x[i]
		}
	}
	return strings.Compare(a.key, b.key)
}

func (s *Supplier) reach() [3]int {
	var reach [3]int
	for _, c := range s.Changes {
		reach[band(c.Severity)] += len(c.Towns)
	}
	return reach
}
