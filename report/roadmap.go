package report

import (
	"slices"

	"campanile/report/checklist"
	"campanile/rules"
)

// Horizon is a part of the roadmap: what to do by when.
type Horizon struct {
	ID    string // week, quarter, year
	Name  string
	Intro string
	Items []*Item // as numbered in the checklist
}

// soon is the urgency of a grave problem with a quick remedy.
const soon = "soon"

// urgency says which words tell by when: those of the severity, but a quick
// remedy for a grave problem does not wait for the next meeting.
func urgency(severity rules.Severity, effort rules.Effort) string {
	if severity == rules.High && slices.Index(rules.Efforts, effort) <= slices.Index(rules.Efforts, rules.Hours) {
		return soon
	}
	return string(severity)
}

// Urgency is the same of an entry: a severity, or "soon".
func (i *Item) Urgency() string { return urgency(i.Severity, i.Effort) }

// horizonOf gives the horizon of an entry. What is only worth knowing has none,
// nor what the municipality has accepted for a time.
func horizonOf(i *Item) string {
	if i.Status == checklist.Excepted {
		return ""
	}
	switch i.Severity {
	case rules.Critical:
		return "week"
	case rules.High:
		if i.Urgency() == soon {
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
