package checks

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFoldMakesLabelsComparable(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"ÀÁÂÄÃ Ç ÈÉÊË ÌÍÎÏ Ñ ÒÓÔÖ ÙÚÛÜ Ÿ Œ Æ ẞ":   "aaaaa c eeee iiii n oooo uuuu y oe ae ss",
		"a\u0300 e\u0301 u\u0308 n\u0303 c\u0327": "a e u n c",
		"l’uno l‘altro lʼaltro l`altro l´altro":   "l'uno l'altro l'altro l'altro l'altro",
		"non\u00a0conforme\u202f:\u2009oui":       "non conforme : oui",
		"acces\u00adsibilita\u200b":               "accessibilita",
		"  \t\n due   righe ":                     "due righe",
		"":                                        "",
	} {
		if diff := cmp.Diff(want, fold(text)); diff != "" {
			t.Errorf("%q (-want +got)\n%s", text, diff)
		}
	}
}
