// Package territory finds what the municipalities of a territory have in common:
// which supplier can put right what, for how many of them, and what they can
// talk about together. It is pure, and reads verdicts rather than evidence.
//
// It must not judge, must not dial, and must not count what could not be
// measured, neither as a failure nor as a pass.
package territory

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"campanile/checks"
	"campanile/collectors/evidence"
	"campanile/report"
	"campanile/report/score"
	"campanile/rules"
)

// Input is a territory.
type Input struct {
	Towns    []Town
	Rules    *rules.Set
	Language rules.Language // of the overview and the workshop; a letter has its reader's
	Tool     evidence.Tool  // the program that judges, now
	Sender   string         // who writes to suppliers: the group, the union; may be empty
}

// Town is one municipality as one scan saw it.
type Town struct {
	Target    evidence.Target
	Taken     time.Time
	Suppliers []evidence.Supplier
	Platforms []evidence.Platform
	// Addresses are those that a name was reached at, each list sorted: names with
	// equal ones lead to one server.
	Addresses map[string][]string
	Verdicts  []score.Verdict
}

// TownOf takes from a report what the territory needs to know. What the
// municipality has accepted for the time being is left out.
func TownOf(in report.Input) Town {
	b := in.Bundle
	t := Town{Target: b.Target, Taken: b.Taken, Suppliers: b.Suppliers, Platforms: b.Platforms, Addresses: map[string][]string{}}
	for _, e := range b.Endpoints {
		name := normal(e.Name)
		if e.Address != "" && !slices.Contains(t.Addresses[name], e.Address) {
			t.Addresses[name] = append(t.Addresses[name], e.Address)
		}
	}
	for _, list := range t.Addresses {
		slices.Sort(list)
	}
	for _, v := range in.Verdicts {
		if v.Outcome != checks.Fail || !in.Checklist.Excepts(v.Finding.Rule, v.Subject, b.Taken) {
			t.Verdicts = append(t.Verdicts, v)
		}
	}
	return t
}

// normal is the form in which names are compared (RFC 4343 section 3).
func normal(name string) string { return strings.TrimSuffix(strings.ToLower(name), ".") }

// town is a municipality with what is asked of it again and again.
type town struct {
	*Town
	name   string // or its domain
	helped []helper
	open   map[string]bool // rules of which nothing failed, and something could not be measured
}

func newTown(t *Town) *town {
	known := &town{Town: t, name: report.Plain(t.Target.Name), open: map[string]bool{}}
	if known.name == "" {
		known.name = report.Shown(t.Target.Domain)
	}
	known.helped = t.helpers()
	for _, v := range t.Verdicts {
		if v.Outcome == checks.Inconclusive {
			known.open[v.Finding.Rule] = true
		}
	}
	for _, v := range t.Verdicts {
		if v.Outcome == checks.Fail {
			delete(known.open, v.Finding.Rule)
		}
	}
	return known
}

// input is the town as a report wants it, with some of its verdicts.
func (t *town) input(verdicts []score.Verdict) report.Input {
	return report.Input{
		Bundle:   &evidence.Bundle{Target: t.Target, Taken: t.Taken, Suppliers: t.Suppliers, Platforms: t.Platforms},
		Verdicts: verdicts,
	}
}

// latest gives each municipality once, as its newest scan saw it, by name: one
// that was scanned twice must not count twice.
func latest(towns []Town) []*town {
	newest := map[string]*Town{}
	for i := range towns {
		domain := normal(towns[i].Target.Domain)
		if known := newest[domain]; known == nil || towns[i].Taken.After(known.Taken) {
			newest[domain] = &towns[i]
		}
	}
	list := make([]*town, 0, len(newest))
	for _, t := range newest {
		list = append(list, newTown(t))
	}
	slices.SortFunc(list, func(a, b *town) int {
		return cmp.Or(
			strings.Compare(strings.ToLower(a.name), strings.ToLower(b.name)),
			strings.Compare(a.Target.Domain, b.Target.Domain),
		)
	})
	return list
}

// kind is one defect: a rule, and the place of the variant that a finding shows.
type kind struct {
	rule    string
	variant int
}

func kindOf(v score.Verdict) kind { return kind{v.Finding.Rule, v.Rule.Variant(v.Facts)} }

// languageOf is the language of a country's administration.
func languageOf(country string) rules.Language {
	switch country {
	case "it":
		return rules.Italian
	case "fr":
		return rules.French
	}
	return rules.English
}

// mostly gives what most municipalities have, and of several that as many have
// the first in order.
func mostly[T ~string](towns []*town, of func(*town) T) T {
	count := map[T]int{}
	var best T
	for _, t := range towns {
		count[of(t)]++
	}
	for value, n := range count {
		if n > count[best] || n == count[best] && value < best {
			best = value
		}
	}
	return best
}

func country(t *town) string { return t.Target.Country }
