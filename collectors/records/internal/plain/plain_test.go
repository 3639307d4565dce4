package plain_test

import (
	"testing"

	"campanile/collectors/records/internal/plain"
)

func TestWhatReadsTheSameIsTheSame(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Società  d’Arte":           " societa d arte ",
		"Données\u00a0personnelles": " donnees personnelles ",
		"Cafe\u0301":                " cafe ",
		"Stra\u00dfe":               " strasse ",
		"Mentions l&eacute;gales":   " mentions legales ",
		"CC-BY 4.0":                 " cc by 4 0 ",
		"c_l219":                    " c l 219 ",
		"ﬁne œuvre ＡＢＣ":             " fine oeuvre abc ",
		"a\u00adb\u200bc":           " abc ",
		"\xff!":                     "  ",
		"":                          "  ",
	} {
		if got := plain.Words(plain.Text(text)); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestWholeWordsAreFound(t *testing.T) {
	t.Parallel()
	words := plain.Words("protezione civile e dati personali")
	for phrase, want := range map[string]bool{"dati personali": true, "dati": true, "protezione": true, "personal": false, "ati": false, "civile dati": false} {
		if got := plain.Contains(words, phrase); got != want {
			t.Errorf("%q whole: %v", phrase, got)
		}
	}
	for stem, want := range map[string]bool{"personal": true, "prote": true, "ersonali": false, "dati": true} {
		if got := plain.Begins(words, stem); got != want {
			t.Errorf("%q: %v", stem, got)
		}
	}
	if plain.Contains("", "dati") || plain.Begins("", "dati") || plain.Contains(plain.Words("")) {
		t.Error("something in nothing")
	}
}
