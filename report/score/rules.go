package score

import (
	"campanile/checks"
	"campanile/rules"
)

// Known is what the checks say of themselves, for the loader of the rules.
func Known() []rules.Known {
	known := make([]rules.Known, len(checks.All))
	for i, c := range checks.All {
		known[i] = rules.Known{ID: c.ID, Family: string(c.Family), Facts: c.Facts}
	}
	return known
}

// Rules loads the rules that the program ships with, held against the checks.
func Rules() (*rules.Set, error) { return rules.Embedded(Known()) }
