package rules

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Platform is how a product for the sites of municipalities is recognised. Its
// fields are those of records.Platform.
type Platform struct {
	ID        string   `yaml:"id"`                  // the file name
	Name      string   `yaml:"name"`                // as people know it
	Countries []string `yaml:"countries,omitempty"` // it, fr ... where it is found; empty: anywhere
	Use       string   `yaml:"use"`                 // site, transparency or services
	Company   Company  `yaml:"company,omitempty"`
	Definite  Traits   `yaml:"definite,omitempty"` // what only this product has
	Habits    Traits   `yaml:"habits,omitempty"`   // what it usually has, but what may survive a change of product
}

// Company is the maker of a platform, and the words of a page that name it.
type Company struct {
	Name  string   `yaml:"name"`
	Marks []string `yaml:"marks"`
}

// Traits are what a page of a product shows, in lower case.
type Traits struct {
	Generators []string `yaml:"generators,omitempty"` // in the generator meta element
	Authors    []string `yaml:"authors,omitempty"`    // in the author meta element
	Headers    []string `yaml:"headers,omitempty"`    // header lines, "server: prodotto": the value begins so
	Assets     []string `yaml:"assets,omitempty"`     // patterns of hosts of scripts, styles, frames and images
	Hosts      []string `yaml:"hosts,omitempty"`      // patterns of hosts on which it serves whole sites, or portals
	Paths      []string `yaml:"paths,omitempty"`      // in the addresses of scripts and styles
	Links      []string `yaml:"links,omitempty"`      // in the addresses of links
	Cookies    []string `yaml:"cookies,omitempty"`    // names of cookies begin so
	Fields     []string `yaml:"fields,omitempty"`     // in the names of hidden form fields
	Backslash  bool     `yaml:"backslash,omitempty"`  // addresses are written with backslashes
}

// PlatformUses are what a platform can be for a municipality.
var PlatformUses = []string{"site", "transparency", "services"}

// EmbeddedPlatforms loads the platforms that the program ships with, alone.
func EmbeddedPlatforms() ([]Platform, error) {
	platforms, problems := loadPlatforms(files, io.Discard)
	return platforms, errors.Join(problems...)
}

// loadPlatforms reads one platform from each file, in the order of their names.
func loadPlatforms(fsys fs.FS, digest io.Writer) ([]Platform, []error) {
	names, err := fs.Glob(fsys, "platforms/*.yaml")
	if err != nil {
		return nil, []error{fmt.Errorf("rules: %w", err)}
	}
	var list []Platform
	var problems []error
	taken := map[string]string{}
	for _, name := range names {
		var p Platform
		if err := decodeFile(fsys, name, digest, &p); err != nil {
			problems = append(problems, err)
			continue
		}
		problems = append(problems, named(name, p.validate(path.Base(name), taken))...)
		list = append(list, p)
	}
	return list, problems
}

// validate lists everything that is wrong with one platform. Taken remembers
// which file has which definite trait: it would tell two products as one.
func (p *Platform) validate(file string, taken map[string]string) []error {
	var problems []error
	add := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	if p.ID+".yaml" != file {
		add("id: %q does not fit the file name", p.ID)
	}
	if !supplierForm.MatchString(p.ID) {
		add("id: %q is not lower-case words with hyphens", p.ID)
	}
	if p.Name == "" {
		add("name: missing")
	}
	oneOf(add, "use", PlatformUses, p.Use)
	if (p.Company.Name == "") != (len(p.Company.Marks) == 0) {
		add("company: a name needs marks, and marks a name")
	}
	definite, habits := p.Definite.fields("definite."), p.Habits.fields("habits.")
	some := slices.ContainsFunc(slices.Concat(definite, habits), func(f field) bool { return len(f.values) > 0 })
	portal := p.Use != "site"
	switch {
	case portal && len(p.Definite.Hosts) == 0:
		add("definite.hosts: missing; a portal is recognised by its hosts alone")
	case !some && !p.Habits.Backslash && !p.Definite.Backslash:
		add("nothing to recognise it by; give definite or habits")
	}
	for _, f := range slices.Concat(p.general(), definite, habits) {
		f.validate(add, file, taken)
	}
	return problems
}

func (p *Platform) general() []field {
	return []field{
		{"countries", p.Countries, "a country code such as it", countryForm.MatchString, false},
		{"company.marks", p.Company.Marks, "a word of four letters at least, in lower case", isMark, false},
	}
}

// fields lists the traits; the definite ones tell a product from all others.
func (t *Traits) fields(prefix string) []field {
	const pattern, mark = `a host name such as cdn.prodotto.example or "*.prodotto.example"`, "a text of four letters at least, in lower case"
	only := prefix == "definite."
	return []field{
		{prefix + "generators", t.Generators, mark, isMark, only},
		{prefix + "authors", t.Authors, mark, isMark, only},
		{prefix + "headers", t.Headers, `a header line in lower case such as "server: prodotto"`, isHeaderMark, only},
		{prefix + "assets", t.Assets, pattern, patternForm.MatchString, only},
		{prefix + "hosts", t.Hosts, pattern, patternForm.MatchString, only},
		{prefix + "paths", t.Paths, mark, isMark, only},
		{prefix + "links", t.Links, mark, isMark, only},
		{prefix + "cookies", t.Cookies, mark, isMark, only},
		{prefix + "fields", t.Fields, mark, isMark, only},
	}
}

func isMark(text string) bool {
	return len(text) >= 4 && text == strings.ToLower(text) && text == strings.TrimSpace(text)
}

// isHeaderMark wants the name to end in a colon or a hyphen, so that a line
// cannot begin so by chance.
func isHeaderMark(text string) bool { return isMark(text) && strings.ContainsAny(text, ":-") }
