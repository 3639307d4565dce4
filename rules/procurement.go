package rules

import (
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Procurement is a document for the public purchases of one country, whose
// requirements a letter to a supplier may cite.
type Procurement struct {
	ID           string              `yaml:"id"` // the file name
	Country      string              `yaml:"country"`
	Title        map[Language]string `yaml:"title"` // of the document, with its edition
	Read         Date                `yaml:"read"`  // when our notes on it were last gone through
	Link         string              `yaml:"link"`
	Source       string              `yaml:"source"` // primary, or secondary: known through another edition or a commentary
	Note         map[Language]string `yaml:"note"`   // what a reader must know of it; closes the letter
	Requirements []Requirement       `yaml:"requirements"`
}

// Requirement is one clause, in our words, with the findings of which it speaks.
type Requirement struct {
	ID    string              `yaml:"id"` // of the document: R32
	Text  map[Language]string `yaml:"text"`
	Rules []string            `yaml:"rules"`
}

// ProcurementIn gives the documents for the purchases of a country.
func (s *Set) ProcurementIn(country string) []*Procurement {
	var list []*Procurement
	for _, p := range s.Procurement {
		if p.Country == country {
			list = append(list, p)
		}
	}
	return list
}

// On gives the requirements that speak of a rule, in the document's order.
func (p *Procurement) On(rule string) []Requirement {
	return slices.DeleteFunc(slices.Clone(p.Requirements), func(r Requirement) bool { return !slices.Contains(r.Rules, rule) })
}

// loadProcurement reads one document from each file, in the order of their
// names, and holds it against the rules of the set.
func loadProcurement(fsys fs.FS, digest io.Writer, set *Set) ([]*Procurement, []error) {
	names, err := fs.Glob(fsys, "procurement/*.yaml")
	if err != nil {
		return nil, []error{fmt.Errorf("rules: %w", err)}
	}
	var list []*Procurement
	var problems []error
	for _, name := range names {
		p := &Procurement{}
		if err := decodeFile(fsys, name, digest, p); err != nil {
			problems = append(problems, err)
			continue
		}
		problems = append(problems, named(name, p.validate(path.Base(name), set))...)
		list = append(list, p)
	}
	return list, problems
}

// requirementForm is the number of a clause: it stands in letters as it is.
var requirementForm = regexp.MustCompile(`^[A-Z]{1,3}[1-9][0-9]{0,2}$`)

// validate lists everything that is wrong with one document.
func (p *Procurement) validate(file string, set *Set) []error {
	var problems []error
	add := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	if p.ID+".yaml" != file {
		add("id: %q does not fit the file name", p.ID)
	}
	oneOf(add, "country", Countries, p.Country)
	inEveryLanguage(add, "title", p.Title)
	inEveryLanguage(add, "note", p.Note)
	if p.Read.IsZero() {
		add("read: missing")
	}
	if !strings.HasPrefix(p.Link, "https://") {
		add("link: %q does not begin with https://", p.Link)
	}
	oneOf(add, "source", []string{"primary", "secondary"}, p.Source)
	if len(p.Requirements) == 0 {
		add("requirements: missing")
	}
	taken := map[string]bool{}
	for _, r := range p.Requirements {
		if taken[r.ID] {
			add("requirements: %s stands there twice", r.ID)
		}
		taken[r.ID] = true
		r.validate(add, set)
	}
	return problems
}

func (r Requirement) validate(add func(string, ...any), set *Set) {
	if !requirementForm.MatchString(r.ID) {
		add("requirements: %q is not a number such as R32", r.ID)
	}
	inEveryLanguage(add, r.ID+".text", r.Text)
	if len(r.Rules) == 0 {
		add("%s.rules: missing; name the findings of which it speaks", r.ID)
	}
	for i, id := range r.Rules {
		if rule, ok := set.Rule(id); !ok {
			add("%s.rules: no rule is called %q", r.ID, id)
		} else if !rule.hasLetter() {
			add("%s.rules: %s asks no supplier for anything", r.ID, id)
		}
		if slices.Contains(r.Rules[:i], id) {
			add("%s.rules: %s stands there twice", r.ID, id)
		}
	}
}

// hasLetter reports whether the rule asks a supplier for something.
func (r *Rule) hasLetter() bool {
	return slices.ContainsFunc(append(r.variantTexts(), r.Text), func(texts map[Language]Text) bool {
		return slices.ContainsFunc(Languages, func(l Language) bool { return strings.TrimSpace(texts[l].ToSupplier) != "" })
	})
}

func (r *Rule) variantTexts() []map[Language]Text {
	list := make([]map[Language]Text, len(r.Variants))
	for i, v := range r.Variants {
		list[i] = v.Text
	}
	return list
}
