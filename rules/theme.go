package rules

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// themeFiles holds the themes that the program ships with.
//
//go:embed themes/*.yaml
var themeFiles embed.FS

// Theme is a subject that the municipalities of a territory can talk about
// together, with the rules that belong to it.
type Theme struct {
	ID        string                `yaml:"id"`                 // the file name
	Families  []string              `yaml:"families,omitempty"` // whose rules belong here where no theme names them
	Rules     []string              `yaml:"rules,omitempty"`
	Name      map[Language]string   `yaml:"name"`
	Intro     map[Language]string   `yaml:"intro"`     // what it is about, for people who do not work with computers
	Limits    map[Language]string   `yaml:"limits"`    // what nobody can see of it from outside
	Questions map[Language][]string `yaml:"questions"` // to talk about
}

// ThemeIDs are the themes in the order of a workshop: those of the workshops of
// the Valli del Canavese.
var ThemeIDs = []string{"digital-transformation", "cybersecurity", "accessibility-communication", "open-data"}

// EmbeddedThemes loads the themes that the program ships with, for a set of
// rules.
func EmbeddedThemes(set *Set) ([]Theme, error) { return LoadThemes(themeFiles, set) }

// LoadThemes reads the folder themes strictly, in the order of ThemeIDs. Every
// rule of the set must belong to exactly one theme: what belongs to none would
// vanish from a workshop.
func LoadThemes(fsys fs.FS, set *Set) ([]Theme, error) {
	names, err := fs.Glob(fsys, "themes/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("rules: %w", err)
	}
	var themes []Theme
	var problems []error
	for _, name := range names {
		var t Theme
		if err := decodeFile(fsys, name, io.Discard, &t); err != nil {
			problems = append(problems, err)
			continue
		}
		problems = append(problems, named(name, t.validate(path.Base(name), set))...)
		themes = append(themes, t)
	}
	for _, id := range ThemeIDs {
		if !slices.Contains(names, "themes/"+id+".yaml") {
			problems = append(problems, fmt.Errorf("themes/%s.yaml: missing", id))
		}
	}
	if len(problems) == 0 {
		problems = append(problems, parted(themes, set)...)
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	slices.SortFunc(themes, func(a, b Theme) int { return slices.Index(ThemeIDs, a.ID) - slices.Index(ThemeIDs, b.ID) })
	return themes, nil
}

// Of reports whether a rule belongs to the theme, given all themes: one that a
// theme names belongs there, any other to the theme of its family.
func (t *Theme) Of(themes []Theme, r *Rule) bool {
	if slices.ContainsFunc(themes, func(other Theme) bool { return slices.Contains(other.Rules, r.ID) }) {
		return slices.Contains(t.Rules, r.ID)
	}
	return slices.Contains(t.Families, r.Family)
}

// parted lists the rules that belong to no theme or to several.
func parted(themes []Theme, set *Set) []error {
	var problems []error
	for _, r := range set.Rules {
		var in []string
		for i := range themes {
			if themes[i].Of(themes, r) {
				in = append(in, themes[i].ID)
			}
		}
		switch {
		case len(in) == 0:
			problems = append(problems, fmt.Errorf("themes: no theme has the rule %s; name it in one", r.ID))
		case len(in) > 1:
			problems = append(problems, fmt.Errorf("themes: %s have the rule %s; leave it in one", strings.Join(in, " and "), r.ID))
		}
	}
	return problems
}

// maxQuestions is how many questions people can talk about in one evening.
const maxQuestions = 5

// validate lists everything that is wrong with one theme.
func (t *Theme) validate(file string, set *Set) []error {
	var problems []error
	add := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	if t.ID+".yaml" != file {
		add("id: %q does not fit the file name", t.ID)
	}
	oneOf(add, "id", ThemeIDs, t.ID)
	oneOf(add, "families", Families, t.Families...)
	for i, id := range t.Rules {
		if _, ok := set.Rule(id); !ok {
			add("rules: there is no rule %q", id)
		}
		if slices.Index(t.Rules, id) < i {
			add("rules: %s stands there twice", id)
		}
	}
	inEveryLanguage(add, "name", t.Name)
	inEveryLanguage(add, "intro", t.Intro)
	inEveryLanguage(add, "limits", t.Limits)
	for language, questions := range t.Questions {
		oneOf(add, "questions", Languages, language)
		if n := len(questions); n == 0 || n > maxQuestions || n != len(t.Questions[Languages[0]]) {
			add("questions.%s: %d; give as many in each language, from 1 to %d", language, n, maxQuestions)
		}
		if slices.ContainsFunc(questions, func(q string) bool { return strings.TrimSpace(q) == "" }) {
			add("questions.%s: an empty one", language)
		}
	}
	for _, language := range Languages {
		if len(t.Questions[language]) == 0 {
			add("questions.%s: missing", language)
		}
	}
	return problems
}
