package ticks

import (
	"strings"

	"campanile/report"
	"campanile/report/checklist"
	"campanile/rules"
)

// kinds of rows in a table.
var kinds = []string{"town", "finding", "review"}

// columns of a table, in the order in which staff read them.
var columns = []string{
	"kind", "title", "subject", "state", "on", "until", "by", "because", "note", "rule", "first", "last", "fixed", "back", "taken", "evidence",
}

// inTable tells in which column the parts of the head stand.
var inTable = map[string]string{"domain": "subject", "name": "title"}

// states are the words for each state: as YAML has them, in every language, and
// what people tick with.
func states() map[checklist.State][]string {
	names := map[checklist.State][]string{
		checklist.Open:     {"", "-", "no", "☐"},
		checklist.Done:     {"x", "yes", "sì", "si", "oui", "✓", "✔", "☑", "☒", "true", "vero", "vrai"},
		checklist.Asked:    nil,
		checklist.Accepted: nil,
	}
	for state := range names {
		names[state] = append(names[state], string(state))
		for _, l := range rules.Languages {
			names[state] = append(names[state], folded(stateIn(report.WordsIn(l), state)))
		}
	}
	return names
}

// stateIn is the word for a state in a language.
func stateIn(w report.Words, state checklist.State) string {
	if state == checklist.Open {
		return w.Say("followup.file.state.open")
	}
	return w.Say("followup.file.state." + string(state))
}

// named finds what a word stands for: itself, or its translation in a language.
func named(group string, keys []string, text string) string {
	for _, key := range keys {
		if folded(text) == key {
			return key
		}
		for _, l := range rules.Languages {
			if folded(text) == folded(report.WordsIn(l).Say("followup.file."+group+"."+key)) {
				return key
			}
		}
	}
	return ""
}

func folded(text string) string { return strings.ToLower(strings.Join(strings.Fields(text), " ")) }
