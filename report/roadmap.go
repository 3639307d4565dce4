package report

import (
	"slices"

	"campanile/rules"
)

// Horizon is a part of the roadmap: what to do by when.
type Horizon struct {
	ID    string // week, quarter, year
	Name  string
	Intro string
	Items []*Item // as numbered in the checklist
}

// horizonOf gives the horizon of an entry: a quick remedy for a grave problem
// does not wait for the next meeting. What is only worth knowing has none.
func horizonOf(i *Item) string {
	quick := slices.Index(rules.Efforts, i.Effort) <= slices.Index(rules.Efforts, rules.Hours)
	switch i.Severity {
	case rules.Critical:
		return "week"
	case rules.High:
		if quick {
			return "week"
		}
		return "quarter"
	case rules.Medium:
		return "quarter"
	case rules.Low:
		return "year"
	case rules.Info:
	}
	return ""
}

// horizons are in the order of time.
var horizons = []string{"week", "quarter", "year"}

// roadmap puts the checklist into the order of time. Within a horizon the gravest
// comes first, and among equals the quickest. An empty horizon is left out.
func roadmap(w words, d Document) []Horizon {
	var list []Horizon
	for _, id := range horizons {
		own := slices.DeleteFunc(entries(d), func(i *Item) bool { return horizonOf(i) != id })
		if len(own) == 0 {
			continue
		}
		slices.SortStableFunc(own, mostUrgent)
		list = append(list, Horizon{id, w.say("horizon." + id + ".name"), w.say("horizon." + id + ".intro"), own})
	}
	return list
}
