package rules

import "slices"

// Known is what a check says of itself: the rule files are held against it.
type Known struct {
	ID     string
	Family string
	Facts  []string // placeholders that every failing finding fills
}

// Set is a loaded, complete and checked collection of rules.
type Set struct {
	Rules     []*Rule // by family in the order of Families, then by id
	Law       map[string]Law
	Glossary  map[string]map[Language]Term
	Grades    []Grade
	Suppliers []Supplier // by id
	Platforms []Platform // by id
	// Guidelines are published demands on TLS servers, by id.
	Guidelines []*Guideline
	Schemes    []*Scheme // by id
	// Procurement holds documents for public purchases, by id.
	Procurement []*Procurement
	Digest      string // "sha256:…" over all files: which words and weights a report used
}

// Families is the order of the folders in every report.
var Families = []string{"dns", "mail", "tls", "web", "services"}

// Rule gives a rule by its id.
func (s *Set) Rule(id string) (*Rule, bool) {
	i := slices.IndexFunc(s.Rules, func(r *Rule) bool { return r.ID == id })
	if i < 0 {
		return nil, false
	}
	return s.Rules[i], true
}

// Law is an act, guideline or standard that asks for something.
type Law struct {
	Country string              `yaml:"country"`
	Title   map[Language]string `yaml:"title"`
	Article string              `yaml:"article,omitempty"`
	Link    string              `yaml:"link"`
	Since   Date                `yaml:"since,omitempty"`
	Until   Date                `yaml:"until,omitempty"`
	Read    Date                `yaml:"read"`    // when our notes on the text were last gone through
	Binding bool                `yaml:"binding"` // a duty for a small municipality, or a recommendation
	Source  string              `yaml:"source"`  // primary, or secondary: known through commentary only
}

// Term is a technical word in plain language.
type Term struct {
	Term    string   `yaml:"term"`
	Forms   []string `yaml:"forms,omitempty"` // plurals and synonyms that the texts use
	Meaning string   `yaml:"meaning"`
}

// Grade is one row of the table of grades, best first. The first row whose
// limits are kept is the grade.
type Grade struct {
	Grade  string           `yaml:"grade"`
	AtMost map[Severity]int `yaml:"at_most"` // failures allowed; a severity left out is not limited
}
