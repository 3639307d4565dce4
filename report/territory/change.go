package territory

import (
	"cmp"
	"slices"
	"strings"

	"campanile/report"
	"campanile/report/score"
	"campanile/rules"
)

// Change is one thing to do, and the municipalities for which it can be done
// together.
type Change struct {
	Rule       string
	Actor      rules.Actor
	Severity   rules.Severity // the gravest
	Effort     rules.Effort
	Title      string
	Towns      []Concerned // by name
	Unmeasured []string    // municipalities at which nobody knows, by name; they count nowhere
	Place      string      // one record, host or address at which all of them meet; else empty
	Once       bool        // the place is literally one: a change there serves all
	Said       string      // "One change at … can put this right for 14 municipalities of 20."
	Left       string      // what could not be measured, in words; else empty

	kind kind
}

// Concerned is one municipality of a change.
type Concerned struct {
	Name     string
	Domain   string   // as it is on the wire
	Subjects []string // what fails there, as it is on the wire

	town     *town
	verdicts []score.Verdict
}

// gathering are the failures of some municipalities, by kind.
type gathering map[kind]map[*town][]score.Verdict

func (g gathering) add(t *town, v score.Verdict) {
	if g[kindOf(v)] == nil {
		g[kindOf(v)] = map[*town][]score.Verdict{}
	}
	g[kindOf(v)][t] = append(g[kindOf(v)][t], v)
}

// changes orders what was gathered. Among gives the municipalities that the
// change could concern at all.
func (g gathering) changes(w report.Words, language rules.Language, among []*town) []Change {
	var list []Change
	for k, failing := range g {
		list = append(list, newChange(language, k, failing, among))
	}
	slices.SortFunc(list, before)
	for i := range list {
		if n := len(list[i].Unmeasured); n > 0 {
			list[i].Left = w.Count("territory.unmeasured", n)
		}
	}
	return list
}

func newChange(language rules.Language, k kind, failing map[*town][]score.Verdict, among []*town) Change {
	c := Change{Rule: k.rule, kind: k}
	for _, t := range among {
		verdicts := failing[t]
		if len(verdicts) == 0 {
			if t.open[k.rule] {
				c.Unmeasured = append(c.Unmeasured, t.name)
			}
			continue
		}
		concerned := Concerned{Name: t.name, Domain: t.Target.Domain, town: t, verdicts: verdicts}
		for _, v := range verdicts {
			concerned.Subjects = append(concerned.Subjects, v.Subject)
			if c.Severity == "" || graver(v.Severity, c.Severity) {
				c.Severity = v.Severity
			}
		}
		c.Towns = append(c.Towns, concerned)
	}
	v, rule := c.Towns[0].verdicts[0], c.Towns[0].verdicts[0].Rule
	c.Actor, c.Effort = rule.Actor, rule.Effort
	c.Title = report.Sketched(rule, v.Facts, c.Towns[0].town.Target.Country, language).Title
	c.Place, c.Once = c.place()
	return c
}

// place gives what all municipalities of the change have in common: the very
// subject that fails, or the one address that their names lead to.
func (c *Change) place() (place string, once bool) {
	if len(c.Towns) < 2 {
		return "", false
	}
	subjects, addresses := map[string]bool{}, map[string]bool{}
	for _, concerned := range c.Towns {
		for _, subject := range concerned.Subjects {
			subjects[normal(subject)] = true
			addresses[strings.Join(concerned.town.Addresses[normal(subject)], ", ")] = true
		}
	}
	if len(subjects) == 1 {
		return normal(c.Towns[0].Subjects[0]), true
	}
	// Only what a web server does can depend on the address it stands at.
	first, family := c.Towns[0], c.Towns[0].verdicts[0].Rule.Family
	if len(addresses) == 1 && !addresses[""] && slices.Contains([]string{"tls", "web"}, family) {
		return first.town.Addresses[normal(first.Subjects[0])][0], false
	}
	return "", false
}

// say puts the change into a sentence, for a supplier by name.
func (c *Change) say(w report.Words, supplier string, total int) {
	values := []string{"Supplier", supplier, "Place", report.Shown(c.Place), "Total", w.Number(int64(total))}
	switch {
	case c.Once:
		c.Said = w.Count("territory.once", len(c.Towns), values...)
	case c.Place != "":
		c.Said = w.Count("territory.server", len(c.Towns), values...)
	default:
		c.Said = w.Count("territory.request", len(c.Towns), values...)
	}
}

func graver(a, b rules.Severity) bool {
	return slices.Index(rules.Severities, a) < slices.Index(rules.Severities, b)
}

// band sorts severities by when they want action: this month, this quarter,
// when the occasion comes.
func band(s rules.Severity) int {
	switch s {
	case rules.Critical, rules.High:
		return 0
	case rules.Medium:
		return 1
	case rules.Low, rules.Info:
	}
	return 2
}

// scattered tells what is done in one place from what is done in many.
func scattered(c Change) int {
	if c.Once {
		return 0
	}
	return 1
}

// before puts first what wants action soonest, then what serves most
// municipalities, then what is done once for all, and then what is quickest.
func before(a, b Change) int {
	return cmp.Or(
		cmp.Compare(band(a.Severity), band(b.Severity)),
		cmp.Compare(len(b.Towns), len(a.Towns)),
		cmp.Compare(scattered(a), scattered(b)),
		cmp.Compare(slices.Index(rules.Severities, a.Severity), slices.Index(rules.Severities, b.Severity)),
		cmp.Compare(slices.Index(rules.Efforts, a.Effort), slices.Index(rules.Efforts, b.Effort)),
		strings.Compare(a.Rule, b.Rule),
		cmp.Compare(a.kind.variant, b.kind.variant),
	)
}
