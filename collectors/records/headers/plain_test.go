package headers_test

import (
	"fmt"
	"strings"
	"testing"

	"campanile/collectors/records/headers"
)

// plain writes what was read.
func plain(h headers.HSTS) string {
	text := fmt.Sprintf("max-age=%d", h.MaxAge)
	if h.IncludeSubDomains {
		text += "; includeSubDomains"
	}
	if h.Preload {
		text += "; preload"
	}
	return text
}

// holdPolicy fails where a policy holds what cannot be in one, and writes it.
func holdPolicy(t *testing.T, p headers.Policy, source string) string {
	t.Helper()
	var text []string
	seen := map[string]bool{}
	for _, d := range p.Directives {
		if d.Name == "" || seen[d.Name] || d.Name != strings.ToLower(d.Name) {
			t.Errorf("directive %q", d.Name)
		}
		seen[d.Name] = true
		for _, word := range append([]string{d.Name}, d.Values...) {
			if word == "" || strings.ContainsAny(word, "; \t\n\f\r") || !strings.Contains(strings.ToLower(source), strings.ToLower(word)) {
				t.Errorf("word %q", word)
			}
		}
		text = append(text, strings.Join(append([]string{d.Name}, d.Values...), " "))
	}
	return strings.Join(text, "; ")
}

// asHeaders leaves out the commas, which part policies in a header and not in a
// meta element; a word with one matches no host either way.
func asHeaders(written []string) []string {
	var lines []string
	for _, text := range written {
		lines = append(lines, strings.ReplaceAll(text, ",", "&"))
	}
	return lines
}

// narrower reports whether the first leaves nothing open that the second does not.
func narrower(a, b headers.Openings) bool {
	for _, pair := range [][2]bool{
		{a.InlineScripts, b.InlineScripts},
		{a.AnyScripts, b.AnyScripts},
		{a.AnyObjects, b.AnyObjects},
		{a.Eval, b.Eval},
		{a.Styles, b.Styles},
		{a.AnyBase, b.AnyBase},
		{a.AnyForms, b.AnyForms},
		{a.AnyFrames, b.AnyFrames},
	} {
		if pair[0] && !pair[1] {
			return false
		}
	}
	return true
}
