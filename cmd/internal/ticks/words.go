package ticks

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"campanile/cmd/internal/mistake"
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

// states are what each word for a state means: as YAML has it, in every
// language, and what people tick with.
var states = sync.OnceValue(func() map[string]checklist.State {
	means := map[string]checklist.State{"": checklist.Open}
	for _, word := range []string{"-", "no", "☐"} {
		means[word] = checklist.Open
	}
	for _, word := range []string{"x", "yes", "sì", "si", "oui", "✓", "✔", "☑", "☒", "true", "vero", "vrai"} {
		means[word] = checklist.Done
	}
	for _, state := range []checklist.State{checklist.Open, checklist.Done, checklist.Asked, checklist.Accepted} {
		means[string(state)] = state
		for _, l := range rules.Languages {
			means[folded(stateIn(report.WordsIn(l), state))] = state
		}
	}
	return means
})

// stateIn is the word for a state in a language.
func stateIn(w report.Words, state checklist.State) string {
	if state == checklist.Open {
		return w.Say("followup.file.state.open")
	}
	return w.Say("followup.file.state." + string(state))
}

// names are the words for the columns and for the kinds of rows, in every
// language, with what they stand for.
var names = sync.OnceValue(func() map[string]string {
	known := map[string]string{}
	for group, keys := range map[string][]string{"column": columns, "kind": kinds} {
		for _, key := range keys {
			known[group+":"+key] = key
			for _, l := range rules.Languages {
				known[group+":"+folded(report.WordsIn(l).Say("followup.file."+group+"."+key))] = key
			}
		}
	}
	return known
})

// languageOf tells in which language the program has written a file: by most of
// the names of its columns, or by the first line of its comments.
func languageOf(name string, data []byte) rules.Language {
	r := &reader{List: mistake.List{Name: name}}
	switch strings.ToLower(filepath.Ext(name)) {
	case ".csv":
		_ = r.csv(data) // what is wrong with the file is told where it is read
	case ".xlsx":
		_ = r.xlsx(data)
	}
	var found rules.Language
	most := 0
	for _, l := range rules.Languages {
		w, n := report.WordsIn(l), 0
		for _, column := range columns {
			if word := folded(w.Say("followup.file.column." + column)); slices.ContainsFunc(r.head, func(cell string) bool { return folded(cell) == word }) {
				n++
			}
		}
		first, _, _ := strings.Cut(w.Say("followup.file.preamble"), "\n")
		if r.head == nil && bytes.HasPrefix(data, []byte("# "+strings.TrimSpace(first)+"\n")) {
			n = 1
		}
		if n > most {
			found, most = l, n
		}
	}
	return found
}

// named finds the column or the kind that a word stands for.
func named(group, text string) string { return names()[group+":"+folded(text)] }

func folded(text string) string { return strings.ToLower(strings.Join(strings.Fields(text), " ")) }
