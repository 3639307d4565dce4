package web

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// littleText is how many words a page that waits for its script may have: the
// text of a cookie banner, a loading sign.
const littleText = 100

// mounts are the elements into which frameworks draw a page.
var mounts = []string{"root", "app", "app-root", "react-root", "__next", "__nuxt", "svelte", "q-app", "ember-app"}

// isMount tells an element that waits to be filled by a script: one that such a
// framework uses, with nothing to read in it.
func isMount(n *html.Node) bool {
	if !slices.Contains(mounts, attribute(n, "id")) && n.Data != "app-root" {
		return false
	}
	return len(strings.Fields(textOf(n))) <= loadingWords
}

// loadingWords are «Caricamento in corso, attendere prego».
const loadingWords = 6

// wantsScript tells a text for browsers without scripts that says: nothing goes
// without.
func wantsScript(text string) bool {
	text = strings.ToLower(text)
	if !strings.Contains(text, "javascript") {
		return false
	}
	return slices.ContainsFunc([]string{
		"enable", "turn on", "abilita", "attiva", "active", "necessari", "nécessaire", "need", "require", "richiede", "doesn't work", "aktivier", "habilit",
	}, func(word string) bool { return strings.Contains(text, word) })
}
