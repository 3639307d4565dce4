package rules

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
)

// Scheme is a published way to grade a site or a body that others use: shown
// beside our own summary, so that figures can be compared. What it says follows
// from the verdicts of rules, or from the headers of the home page.
type Scheme struct {
	ID        string              `yaml:"id"` // the file name
	Name      map[Language]string `yaml:"name"`
	Short     map[Language]string `yaml:"short"` // the same for a narrow column
	Countries []string            `yaml:"countries"`
	Edition   string              `yaml:"edition,omitempty"` // as its authors call it
	Read      Date                `yaml:"read"`              // when our notes on it were last gone through
	Link      string              `yaml:"link"`
	Source    string              `yaml:"source"` // primary, or secondary: known through commentary
	Note      map[Language]string `yaml:"note"`   // how it is read here

	// Per is what it grades: each home host (host), or the body as a whole (body).
	Per string `yaml:"per"`

	// One of the three: classes of which each site is in one, criteria that are
	// kept or not, or the tests that records/headers makes, with words for each.
	Classes  []Class     `yaml:"classes,omitempty"` // best first
	Criteria []Criterion `yaml:"criteria,omitempty"`
	Tests    []Criterion `yaml:"tests,omitempty"`

	Groups  []Group  `yaml:"groups,omitempty"`  // of criteria
	Figures *Figures `yaml:"figures,omitempty"` // of classes
}

// Class is one of the classes of a scheme. A site is in the worst one of which a
// condition holds; in the best one, which has none, where none does.
type Class struct {
	ID    string              `yaml:"id"`
	Words map[Language]string `yaml:"words"` // what a site of the class is called
	Any   []Condition         `yaml:"any,omitempty"`
}

// Criterion is one demand of a scheme.
type Criterion struct {
	ID    string              `yaml:"id"` // its number or name there
	Words map[Language]string `yaml:"words"`
	// Advised says that it is a recommendation there.
	Advised bool        `yaml:"advised,omitempty"`
	Fails   []Condition `yaml:"fails,omitempty"`   // any of them: not kept
	Open    []Condition `yaml:"open,omitempty"`    // any of them: it cannot be told whether it is kept
	Without []Condition `yaml:"without,omitempty"` // any of them: the scheme leaves it out
	// Beyond is what no look from outside tells, of Beyonds: such a criterion is
	// never kept for certain.
	Beyond string `yaml:"beyond,omitempty"`
}

// Beyonds are the reasons why a look from outside cannot confirm a criterion.
var Beyonds = []string{"inventory", "browser", "location"}

// Group is kept where all its criteria are.
type Group struct {
	ID       string              `yaml:"id"`
	Words    map[Language]string `yaml:"words"`
	Criteria []string            `yaml:"criteria"`
}

// Condition holds where a rule has a verdict such as it says, or where the
// evidence shows something for which there is no rule.
type Condition struct {
	Rule    string   `yaml:"rule,omitempty"`
	Outcome string   `yaml:"outcome,omitempty"` // fail where it is left out
	Fact    string   `yaml:"fact,omitempty"`    // a fact of the finding, with one of the values; {domain} stands for the body's
	Values  []string `yaml:"values,omitempty"`
	// On limits the verdicts that count to one subject: the domain, or the front,
	// which is the host of the home page. In a scheme for hosts it is the host.
	On   string      `yaml:"on,omitempty"`
	And  []Condition `yaml:"and,omitempty"` // these hold too
	Sees string      `yaml:"sees,omitempty"`
}

// Outcomes are the verdicts that a condition may ask for.
var Outcomes = []string{"fail", "pass", "not-applicable"}

// Sights are what a condition may look for in the evidence itself. A site that
// is left in clear stays on http for whoever begins there.
var Sights = []string{"left-in-clear"}

// HeaderTests are the tests of headers that a scheme may take over, by the names
// of the HTTP Observatory.
var HeaderTests = []string{
	"content-security-policy", "cookies", "cross-origin-resource-sharing", "redirection", "referrer-policy",
	"strict-transport-security", "subresource-integrity", "x-content-type-options", "x-frame-options", "cross-origin-resource-policy",
}

// Figures are what the authors of a scheme published: how many sites were in each
// class. They are shown as a reference and count for nothing.
type Figures struct {
	Caption map[Language]string `yaml:"caption"`
	Rows    []Figure            `yaml:"rows"`
}

// Figure is one round of measurement. What our sources do not tell is left out.
type Figure struct {
	Year   int            `yaml:"year"`
	Sites  int            `yaml:"sites,omitempty"`  // that were measured
	Share  map[string]int `yaml:"share"`            // per cent, by class
	Number map[string]int `yaml:"number,omitempty"` // of sites, by class
	Link   string         `yaml:"link"`             // where it is told
}

// AppliesIn reports whether the scheme belongs to a country.
func (s *Scheme) AppliesIn(country string) bool { return slices.Contains(s.Countries, country) }

// loadSchemes reads one scheme from each file, in the order of their names.
func loadSchemes(fsys fs.FS, digest io.Writer, set *Set, known []Known) ([]*Scheme, []error) {
	names, err := fs.Glob(fsys, "schemes/*.yaml")
	if err != nil {
		return nil, []error{fmt.Errorf("rules: %w", err)}
	}
	var list []*Scheme
	var problems []error
	for _, name := range names {
		s := &Scheme{}
		if err := decodeFile(fsys, name, digest, s); err != nil {
			problems = append(problems, err)
			continue
		}
		problems = append(problems, named(name, s.validate(path.Base(name), set, known))...)
		list = append(list, s)
	}
	return list, problems
}

// EmbeddedSchemes loads the schemes that the program ships with, alone: whether
// the rules that they name exist is not asked.
func EmbeddedSchemes() ([]*Scheme, error) {
	list, problems := loadSchemes(files, io.Discard, nil, nil)
	return list, errors.Join(problems...)
}
