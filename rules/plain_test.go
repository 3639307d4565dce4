package rules_test

import (
	"cmp"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"go.yaml.in/yaml/v3"

	"campanile/report/score"
	"campanile/rules"
)

// maxAverage is how many words a sentence of a text may have on average.
const maxAverage = 30

// jargon is the list of technical words that testdata/jargon.yaml holds.
type jargon struct {
	Jargon   map[rules.Language][]string `yaml:"jargon"`
	Everyday []string                    `yaml:"everyday"`
	Named    map[string][]string         `yaml:"named"`
}

func readJargon(t *testing.T) jargon {
	t.Helper()
	file, err := os.Open("testdata/jargon.yaml")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var list jargon
	decoder := yaml.NewDecoder(file)
	decoder.KnownFields(true)
	if err := decoder.Decode(&list); err != nil {
		t.Fatal(err)
	}
	return list
}

// place is one text of one rule in one language, by its path in the file.
type place struct {
	rule  *rules.Rule
	field string
	lang  rules.Language
	text  rules.Text
}

// places lists every text of a rule in every language: the usual one, those of
// countries and those of other kinds of the defect.
func places(rule *rules.Rule) []place {
	var list []place
	add := func(field string, texts map[rules.Language]rules.Text) {
		for _, language := range rules.Languages {
			list = append(list, place{rule, field + "." + string(language), language, texts[language]})
		}
	}
	add("text", rule.Text)
	for _, country := range slices.Sorted(maps.Keys(rule.CountryText)) {
		add("country_text."+country, rule.CountryText[country])
	}
	for _, v := range rule.Variants {
		add("variants."+v.Fact, v.Text)
	}
	return list
}

// forStaff are the parts of a text that staff read; the one to the supplier may
// use the words of the trade.
func (p place) forStaff() map[string]string {
	return map[string]string{
		"title": p.text.Title, "good": p.text.Good, "why": p.text.Why,
		"fix": strings.Join(p.text.Fix, "\n"), "verify": p.text.Verify,
	}
}

// TestNoJargonWithoutAnExplanation holds what staff read against the glossary.
func TestNoJargonWithoutAnExplanation(t *testing.T) {
	t.Parallel()
	set, err := score.Rules()
	if err != nil {
		t.Fatal(err)
	}
	words := readJargon(t)
	plain := map[rules.Language]*plainReader{}
	for _, language := range rules.Languages {
		plain[language] = newPlainReader(set, words, language)
	}
	for _, rule := range set.Rules {
		for _, each := range readByStaff(rule) {
			for _, word := range plain[each.language].unexplained(each.text, rule.ID) {
				t.Errorf("%s: %s: %q is neither plain nor in the glossary", rule.ID, each.field, word)
			}
		}
	}
}

// passage is a text that staff read, by its path in the file.
type passage struct {
	field    string
	language rules.Language
	text     string
}

// readByStaff lists all that staff read of a rule: its texts, and the words that
// stand in them for the value of a fact.
func readByStaff(rule *rules.Rule) []passage {
	var list []passage
	for _, p := range places(rule) {
		for part, text := range p.forStaff() {
			list = append(list, passage{p.field + "." + part, p.lang, text})
		}
	}
	texts := slices.Clone(list)
	for fact, values := range rule.Values {
		if !slices.ContainsFunc(texts, func(p passage) bool { return strings.Contains(p.text, "{"+fact+"}") }) {
			continue
		}
		for value, words := range values {
			for language, text := range words {
				list = append(list, passage{strings.Join([]string{"values", fact, value, string(language)}, "."), language, text})
			}
		}
	}
	return list
}

// TestTheGlossaryExplainsInPlainWords: a meaning that needs another technical
// word finds it in the glossary too.
func TestTheGlossaryExplainsInPlainWords(t *testing.T) {
	t.Parallel()
	set, err := score.Rules()
	if err != nil {
		t.Fatal(err)
	}
	words := readJargon(t)
	for _, language := range rules.Languages {
		plain := newPlainReader(set, words, language)
		terms := map[string]string{}
		for key, each := range set.Glossary {
			term := each[language]
			for _, word := range plain.unexplained(term.Meaning, "") {
				t.Errorf("glossary.yaml: %s.%s: %q is neither plain nor in the glossary", key, language, word)
			}
			for _, form := range append([]string{term.Term}, term.Forms...) {
				if other := terms[strings.ToLower(form)]; other != "" {
					t.Errorf("glossary.yaml: %s: %q is explained by %s and by %s", language, form, other, key)
				}
				terms[strings.ToLower(form)] = key
			}
			if average := perSentence(term.Meaning); average >= maxAverage {
				t.Errorf("glossary.yaml: %s.%s: %.1f words a sentence", key, language, average)
			}
		}
	}
}

// TestTheListOfJargonIsInUse: a name that no rule uses any more leaves the list
// of exceptions.
func TestTheListOfJargonIsInUse(t *testing.T) {
	t.Parallel()
	set, err := score.Rules()
	if err != nil {
		t.Fatal(err)
	}
	for name, ids := range readJargon(t).Named {
		for _, id := range ids {
			rule, ok := set.Rule(id)
			if !ok {
				t.Errorf("jargon.yaml: named: %s: no rule %s", name, id)
				continue
			}
			used := slices.ContainsFunc(readByStaff(rule), func(p passage) bool { return anyOf([]string{name}).MatchString(p.text) })
			if !used {
				t.Errorf("jargon.yaml: named: %s does not say %q", id, name)
			}
		}
	}
}

// plainReader knows the words of one language that need no explanation.
type plainReader struct {
	explained *regexp.Regexp // terms of the glossary
	jargon    *regexp.Regexp
	everyday  []string
	named     map[string][]string
}

func newPlainReader(set *rules.Set, words jargon, language rules.Language) *plainReader {
	var terms []string
	for _, each := range set.Glossary {
		terms = append(append(terms, each[language].Term), each[language].Forms...)
	}
	return &plainReader{anyOf(terms), anyOf(words.Jargon[language]), words.Everyday, words.Named}
}

// anyOf matches one of the words, the longest first, with what stands before it.
func anyOf(words []string) *regexp.Regexp {
	words = slices.Clone(words)
	slices.SortFunc(words, func(a, b string) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), strings.Compare(a, b))
	})
	for i, word := range words {
		words[i] = regexp.QuoteMeta(word)
	}
	return regexp.MustCompile(`(?i)(^|[^\pL\pN])(` + strings.Join(words, "|") + `)($|[^\pL\pN])`)
}

var (
	placeholders = regexp.MustCompile(`\{[a-z_]+\}`)
	// A command, an address or a name of the DNS is typed, not read.
	typed   = regexp.MustCompile(`(campanile [a-z]+ [^»”"]*)|(https?://\S+)|(\S*[_/]\S*)|(\b[\w-]+(\.[\w-]+)+\b)`)
	acronym = regexp.MustCompile(`[\pL\pN]([\pL\pN.-]*[\pL\pN])?`)
)

// unexplained lists the technical words of a text that nobody explains.
func (r *plainReader) unexplained(text, rule string) []string {
	text = placeholders.ReplaceAllString(text, " ")
	commands := strings.Join(typed.FindAllString(text, -1), " ")
	for r.explained.MatchString(text) {
		text = r.explained.ReplaceAllString(text, "$1 $3")
	}
	text = typed.ReplaceAllString(text, " ")
	allowed := func(word string) bool {
		return slices.Contains(r.everyday, word) || slices.ContainsFunc(slices.Sorted(maps.Keys(r.named)), func(name string) bool {
			return strings.Contains(name, word) && slices.Contains(r.named[name], rule)
		})
	}
	var found []string
	for _, match := range r.jargon.FindAllStringSubmatch(text, -1) {
		found = append(found, match[2])
	}
	for _, word := range acronym.FindAllString(text, -1) {
		if capitals(word) >= 2 && !strings.Contains(commands, word) {
			found = append(found, word)
		}
	}
	return slices.DeleteFunc(found, allowed)
}

func capitals(word string) int {
	return strings.Count(strings.Map(func(r rune) rune {
		if unicode.IsUpper(r) {
			return 'A'
		}
		return 'a'
	}, word), "A")
}

// TestEachLanguageHasItsOwnWords: a part that reads the same in two languages was
// copied and not translated.
func TestEachLanguageHasItsOwnWords(t *testing.T) {
	t.Parallel()
	set, err := score.Rules()
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range set.Rules {
		seen := map[string]string{}
		for _, p := range places(rule) {
			parts := p.forStaff()
			parts["to_supplier"] = p.text.ToSupplier
			for part, text := range parts {
				key := strings.TrimSpace(text)
				if other := seen[key]; key != "" && other != "" && !strings.HasSuffix(other, string(p.lang)) {
					t.Errorf("%s: %s.%s: the same words as in %s", rule.ID, p.field, part, other)
				}
				seen[key] = p.field
			}
		}
	}
}
