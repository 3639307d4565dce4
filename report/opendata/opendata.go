// Package opendata turns the results of a territory into figures that may be
// published: how many municipalities stand how, by month, by province or
// department and by size. It is pure.
//
// It must not name a municipality or a host: what it works from holds no such
// name. Every figure is about at least five municipalities, and so is every
// difference of figures. What tells an attacker where to go is left out before
// anything is counted: see LeftOut.
package opendata

import (
	"time"

	"campanile/collectors/evidence"
	"campanile/rules"
)

// Least is the number of municipalities that every figure is about at least.
const Least = 5

// Input is what the figures are made from.
type Input struct {
	Territory string         // its name: "Valli di Esempio"
	Language  rules.Language // of names and descriptions; the dictionary has all
	Issued    time.Time
	Tool      evidence.Tool
	Rules     string // their digest
	Publisher Publisher
	Licence   Licence           // zero: CC BY 4.0
	Address   string            // where the files will lie, with the slash at its end; empty: beside one another
	Areas     map[string]string // names of provinces and departments by code, such as IT-TO; may be empty
	Months    []time.Time       // the moments that are counted at, oldest first: see Months
	Grades    []string          // best first
	Subjects  []Subject
	Towns     []Town
}

// Publisher is who answers for the data.
type Publisher struct {
	Name       string
	Identifier string // in a register of public bodies; may be empty
	Homepage   string // may be empty
	Mail       string // may be empty
}

// Licence says what others may do with the data.
type Licence struct {
	Name, Version string
	Address       string
}

// attribution is the licence where none is named.
var attribution = Licence{"Creative Commons Attribution 4.0 International (CC BY 4.0)", "4.0", "https://creativecommons.org/licenses/by/4.0/"}

// Town is one municipality. It has no name.
type Town struct {
	Country    string
	Area       string // code of the province or department: TO, 13
	Population int    // 0: not known
	Months     []Standing
	Filled     bool    // a form on digital maturity is there
	Points     float64 // its overall points
}

// Standing is how a municipality stood at the end of a month.
type Standing struct {
	Looked bool
	Grade  string  // empty: too little could be measured
	States []State // one for each of Input.Subjects; what is not there does not apply
}

// State is how a municipality stands to a subject.
type State int

// The states. What could not be measured is neither for nor against.
const (
	NotApplicable State = iota
	NotMeasured
	Met
	NotMet
)

// Subject is a duty or a theme: several rules that are counted as one.
type Subject struct {
	ID    string
	Kind  string // duty, theme
	Name  map[rules.Language]string
	Rules []string // none of those that are left out
}

// The kinds of subjects.
const (
	Duty  = "duty"
	Theme = "theme"
)

// Months are the moments that figures are counted at: the ends of so many months
// before, and now.
func Months(now time.Time, before int) []time.Time {
	now = now.UTC()
	list := make([]time.Time, 0, before+1)
	for n := before - 1; n >= 0; n-- {
		list = append(list, time.Date(now.Year(), now.Month()-time.Month(n), 1, 0, 0, 0, 0, time.UTC).Add(-time.Second))
	}
	return append(list, now)
}
