package rules

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Countries are the ones whose law the rules know.
var Countries = []string{"it", "fr", "eu"}

// Common are the placeholders that every text may use; a report fills them.
var Common = []string{"domain", "subject", "name", "supplier", "report_mailbox", "date"}

var (
	idForm      = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)+$`)
	placeholder = regexp.MustCompile(`\{([a-z_]+)\}`)
	itemForm    = regexp.MustCompile(`^[1-9]\d?\.\d{1,2}$`)
)

// validate lists everything that is wrong with one rule.
func (r *Rule) validate(file string, law map[string]Law, known []Known) []error {
	var problems []error
	add := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	if r.ID+".yaml" != file {
		add("id: %q does not fit the file name", r.ID)
	}
	if !idForm.MatchString(r.ID) {
		add("id: %q is not lower-case words with hyphens", r.ID)
	}
	if len(r.Countries) == 0 {
		add("countries: missing")
	}
	oneOf(add, "countries", Countries, r.Countries...)
	oneOf(add, "severity", Severities, r.Severity)
	oneOf(add, "actor", Actors, r.Actor)
	oneOf(add, "effort", Efforts, r.Effort)
	for _, key := range r.Law {
		if _, ok := law[key]; !ok {
			add("law: %q is not in law.yaml", key)
		}
	}
	r.validateDMA(add)
	facts, ok := factsOf(known, r.ID)
	if !ok {
		add("id: no check is called %q; write one in checks/ and list it in checks.All", r.ID)
		return problems
	}
	r.validateRaise(add, facts)
	r.validateVariants(add, facts)
	r.validateValues(add, facts)
	validateTexts(add, "text", r.Text, facts)
	for country, texts := range r.CountryText {
		oneOf(add, "country_text", Countries, country)
		validateTexts(add, "country_text."+country, texts, facts)
	}
	return problems
}

func oneOf[T ~string](add func(string, ...any), field string, allowed []T, values ...T) {
	for _, value := range values {
		if value == "" {
			add("%s: missing", field)
		} else if !slices.Contains(allowed, value) {
			add("%s: %q is none of %s", field, value, list(allowed))
		}
	}
}

func list[T ~string](values []T) string {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = string(v)
	}
	return strings.Join(words, ", ")
}

func (r *Rule) validateDMA(add func(string, ...any)) {
	for _, d := range r.DMA {
		switch {
		case !itemForm.MatchString(d.Item):
			add("dma: item %q is not a number such as 8.2", d.Item)
		case d.Fail != "" && d.Fail != "contradicts":
			add("dma: fail %q; a failure can only say contradicts", d.Fail)
		case d.Pass != "" && d.Pass != "supports":
			add("dma: pass %q; a pass can only say supports", d.Pass)
		}
	}
}

func (r *Rule) validateRaise(add func(string, ...any), facts []string) {
	for _, raise := range r.Raise {
		oneOf(add, "raise.to", Severities, raise.To)
		if !slices.Contains(facts, raise.Fact) {
			add("raise: the check fills no fact %q", raise.Fact)
		}
		if len(raise.Values) == 0 {
			add("raise: values: missing")
		}
	}
}

func (r *Rule) validateVariants(add func(string, ...any), facts []string) {
	for i, v := range r.Variants {
		field := fmt.Sprintf("variants[%d]", i)
		if !slices.Contains(facts, v.Fact) {
			add("%s: the check fills no fact %q", field, v.Fact)
		}
		if len(v.Values) == 0 {
			add("%s: values: missing", field)
		}
		if v.Severity != "" {
			oneOf(add, field+".severity", Severities, v.Severity)
		}
		validateTexts(add, field+".text", v.Text, facts)
	}
}

func (r *Rule) validateValues(add func(string, ...any), facts []string) {
	for fact, values := range r.Values {
		if !slices.Contains(facts, fact) {
			add("values: the check fills no fact %q", fact)
		}
		for value, words := range values {
			for _, language := range Languages {
				if strings.TrimSpace(words[language]) == "" {
					add("values.%s.%s.%s: missing", fact, value, language)
				}
			}
			for language := range words {
				if !slices.Contains(Languages, language) {
					add("values.%s.%s.%s: not a language of the reports (%s)", fact, value, language, list(Languages))
				}
			}
		}
	}
}

func factsOf(known []Known, id string) ([]string, bool) {
	i := position(known, id)
	if i < 0 {
		return nil, false
	}
	return known[i].Facts, true
}

func validateTexts(add func(string, ...any), field string, texts map[Language]Text, facts []string) {
	for _, language := range Languages {
		text, ok := texts[language]
		if !ok {
			add("%s.%s: missing; every text exists in %s", field, language, list(Languages))
			continue
		}
		text.validate(func(format string, args ...any) {
			add("%s.%s."+format, append([]any{field, language}, args...)...)
		}, facts)
	}
	for language := range texts {
		if !slices.Contains(Languages, language) {
			add("%s.%s: not a language of the reports (%s)", field, language, list(Languages))
		}
	}
}

// validate checks one text; to_supplier may be empty where staff do it alone,
// and good where a pass is not worth a sentence.
func (t Text) validate(add func(string, ...any), facts []string) {
	for _, part := range []struct{ field, text string }{{"title", t.Title}, {"why", t.Why}, {"verify", t.Verify}} {
		if strings.TrimSpace(part.text) == "" {
			add("%s: missing", part.field)
		}
	}
	if len(t.Fix) == 0 {
		add("fix: missing")
	}
	for _, text := range append([]string{t.Title, t.Good, t.Why, t.ToSupplier, t.Verify}, t.Fix...) {
		for _, match := range placeholder.FindAllStringSubmatch(text, -1) {
			if !slices.Contains(Common, match[1]) && !slices.Contains(facts, match[1]) {
				add("{%s}: no fact fills this placeholder (the check gives: %s)", match[1], strings.Join(append(slices.Clone(facts), Common...), ", "))
			}
		}
	}
}

// validateWords checks law, glossary and grades.
func (s *Set) validateWords() []error {
	var problems []error
	for key, law := range s.Law {
		for _, language := range Languages {
			if law.Title[language] == "" {
				problems = append(problems, fmt.Errorf("law.yaml: %s: title.%s: missing", key, language))
			}
		}
		if !strings.HasPrefix(law.Link, "https://") {
			problems = append(problems, fmt.Errorf("law.yaml: %s: link: %q does not begin with https://", key, law.Link))
		}
		if law.Read.IsZero() {
			problems = append(problems, fmt.Errorf("law.yaml: %s: read: missing", key))
		}
	}
	for key, terms := range s.Glossary {
		for _, language := range Languages {
			if terms[language].Term == "" || terms[language].Meaning == "" {
				problems = append(problems, fmt.Errorf("glossary.yaml: %s: %s: term or meaning missing", key, language))
			}
		}
	}
	if len(s.Grades) == 0 || len(s.Grades[len(s.Grades)-1].AtMost) != 0 {
		problems = append(problems, errors.New("grades.yaml: the last grade must have no limit, so that every municipality has one"))
	}
	slices.SortFunc(problems, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return problems
}
