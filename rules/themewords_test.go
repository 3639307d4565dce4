package rules_test

import (
	"testing"

	"campanile/report/score"
	"campanile/rules"
)

// People who do not work with computers read a theme aloud to each other.
func TestThemesSpeakPlainlyAndShortly(t *testing.T) {
	t.Parallel()
	set, err := score.Rules()
	if err != nil {
		t.Fatal(err)
	}
	themes, err := rules.EmbeddedThemes(set)
	if err != nil {
		t.Fatal(err)
	}
	words := readJargon(t)
	for _, language := range rules.Languages {
		plain := newPlainReader(set, words, language)
		for _, theme := range themes {
			texts := append([]string{theme.Name[language], theme.Intro[language], theme.Limits[language]}, theme.Questions[language]...)
			for _, text := range texts {
				for _, word := range plain.unexplained(text, theme.ID) {
					t.Errorf("%s %s: %q is neither plain nor in the glossary", language, theme.ID, word)
				}
				for _, sentence := range sentences(text) {
					if n := countWords(sentence); n > 40 {
						t.Errorf("%s %s: %d words in %q", language, theme.ID, n, sentence)
					}
				}
			}
		}
	}
}

// The themes are those of the workshops, and each has something to talk about
// that a scan can see.
func TestEveryThemeHasRules(t *testing.T) {
	t.Parallel()
	set, err := score.Rules()
	if err != nil {
		t.Fatal(err)
	}
	themes, err := rules.EmbeddedThemes(set)
	if err != nil {
		t.Fatal(err)
	}
	for i, id := range rules.ThemeIDs {
		count := 0
		for _, rule := range set.Rules {
			if themes[i].Of(themes, rule) {
				count++
			}
		}
		if themes[i].ID != id || count < 3 {
			t.Errorf("theme %d is %s with %d rules", i, themes[i].ID, count)
		}
	}
}
