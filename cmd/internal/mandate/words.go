package mandate

import (
	"bytes"
	"embed"
	"fmt"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"campanile/rules"
)

//go:embed words/*.yaml
var wordFiles embed.FS

// words are the texts of the letter in one language.
type words struct {
	language     rules.Language
	Title        string            `yaml:"title"`
	Lead         string            `yaml:"lead"`
	Labels       labels            `yaml:"labels"`
	Below        string            `yaml:"below"`
	Range        string            `yaml:"range"`
	Shared       string            `yaml:"shared"`
	Months       []string          `yaml:"months"`
	FirstOfMonth string            `yaml:"first_of_month"`
	Sections     []section         `yaml:"sections"`
	Signatures   []signature       `yaml:"signatures"`
	Foot         string            `yaml:"foot"`
	States       map[string]string `yaml:"states"`
	AskHost      []item            `yaml:"ask_host"`
}

type labels struct {
	Body      string `yaml:"body"`
	By        string `yaml:"by"`
	Domains   string `yaml:"domains"`
	Addresses string `yaml:"addresses"`
	Shared    string `yaml:"shared"`
	From      string `yaml:"from"`
	Until     string `yaml:"until"`
	Contact   string `yaml:"contact"`
}

// section is a part of the letter: paragraphs, a list, and what follows it.
type section struct {
	Key     string   `yaml:"key,omitempty"`  // done, never, stop: told on a terminal too
	When    string   `yaml:"when,omitempty"` // see Mandate.when
	Heading string   `yaml:"heading,omitempty"`
	Text    []string `yaml:"text,omitempty"`
	Items   []item   `yaml:"items,omitempty"`
	After   []string `yaml:"after,omitempty"`
}

// item is one line of a list; a rule of law has its key in law.yaml, and the
// country where it binds, if not everywhere in the Union.
type item struct {
	When    string `yaml:"when,omitempty"` // see Mandate.when
	Law     string `yaml:"law,omitempty"`
	Country string `yaml:"country,omitempty"`
	Text    string `yaml:"text"`
}

// UnmarshalYAML takes a plain text as an item without a law.
func (i *item) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		i.Text = node.Value
		return nil
	}
	type plainItem item
	return node.Decode((*plainItem)(i))
}

type signature struct {
	Who   string   `yaml:"who"`
	Lines []string `yaml:"lines"`
}

// wordsIn reads the words of a language. They are part of the program.
func wordsIn(language rules.Language) (words, error) {
	w := words{language: language}
	data, err := wordFiles.ReadFile("words/" + string(language) + ".yaml")
	if err != nil {
		return words{}, fmt.Errorf("no letter in %q; choose it, fr or en", language)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(&w); err != nil {
		return words{}, fmt.Errorf("words of the letter in %s: %w", language, err)
	}
	return w, nil
}

// date writes a day as the language does: 1° marzo, 1er mars, 1 March.
func (w words) date(day time.Time) string {
	number := strconv.Itoa(day.Day())
	if day.Day() == 1 {
		number = w.FirstOfMonth
	}
	return number + "\u00A0" + w.Months[day.Month()-1] + "\u00A0" + strconv.Itoa(day.Year())
}

// fill puts values into the braces of our own words, in one go: what a value
// holds is never filled again.
func (w words) fill(text string, pairs ...string) string {
	if w.language == rules.French {
		text = frenchSpaces.Replace(text)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// frenchSpaces keep punctuation on the line of its word.
var frenchSpaces = strings.NewReplacer(" :", "\u00A0:", " ;", "\u00A0;", " ?", "\u00A0?", " !", "\u00A0!", " »", "\u00A0»", "« ", "«\u00A0")

// list writes "a, b, c".
func list(items []string) string { return strings.Join(items, ", ") }
