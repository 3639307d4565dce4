package robots_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"campanile/collectors/records/robots"
)

const agent = "campanile"

func TestAllows(t *testing.T) {
	t.Parallel()
	const shop = "User-agent: *\nDisallow: /carrello\nAllow: /carrello/aiuto\n"
	for name, each := range map[string]struct {
		text string
		path string
		want bool
	}{
		"nothing-is-said":               {"", "/", true},
		"a-page-in-its-place":           {"<!doctype html>\n<p>Disallow: /\n", "/", true},
		"everything-is-closed":          {"User-agent: *\nDisallow: /", "/privacy", false},
		"the-file-itself-is-open":       {"User-agent: *\nDisallow: /", "/robots.txt", true},
		"nothing-is-closed":             {"User-agent: *\nDisallow:", "/privacy", true},
		"longest-match":                 {shop, "/carrello/aiuto?x=1", true},
		"shorter-match":                 {shop, "/carrello/1", false},
		"no-match":                      {shop, "/privacy", true},
		"order-does-not-count":          {"User-agent: *\nAllow: /a/b\nDisallow: /a", "/a/b", true},
		"allow-wins-a-tie":              {"User-agent: *\nAllow: /a\nDisallow: /a", "/a", true},
		"allow-wins-a-tie-behind":       {"User-agent: *\nDisallow: /a\nAllow: /a", "/a", true},
		"a-tie-of-two-shapes":           {"User-agent: *\nDisallow: /a*\nAllow: /aa", "/aa", true},
		"our-group-counts-alone":        {"User-agent: *\nDisallow: /\n\nUser-agent: campanile\nDisallow: /intranet", "/privacy", true},
		"our-group-closes":              {"User-agent: Campanile\nDisallow: /\n\nUser-agent: *\nAllow: /", "/privacy", false},
		"our-group-without-rules":       {"User-agent: *\nDisallow: /\n\nUser-agent: campanile\n", "/privacy", true},
		"with-a-version":                {"User-agent: Campanile/1.0\nDisallow: /", "/", false},
		"another-name":                  {"User-agent: campanile-mirror\nDisallow: /", "/", true},
		"a-shorter-name":                {"User-agent: camp\nDisallow: /", "/", true},
		"of-several":                    {"User-agent: altro\nUser-agent: campanile\nDisallow: /", "/", false},
		"groups-are-merged":             {"User-agent: campanile\nDisallow: /a\n\nUser-agent: *\nDisallow: /c\n\nUser-agent: campanile\nDisallow: /b", "/b", false},
		"groups-are-merged-the-first":   {"User-agent: campanile\nDisallow: /a\n\nUser-agent: *\nDisallow: /c\n\nUser-agent: campanile\nDisallow: /b", "/a", false},
		"groups-for-all-are-merged":     {"User-agent: *\nDisallow: /a\nUser-agent: altro\nDisallow: /b\nUser-agent: *\nDisallow: /c", "/a", false},
		"a-sitemap-ends-no-group":       {"User-agent: campanile\nSitemap: https://comune.example/s.xml\nUser-agent: altro\nDisallow: /", "/", false},
		"a-delay-ends-no-group":         {"User-agent: *\nCrawl-delay: 10\nDisallow: /a", "/a", false},
		"a-blank-line-ends-no-group":    {"User-agent: *\n\nDisallow: /a", "/a", false},
		"a-rule-before-any-group":       {"Disallow: /\nUser-agent: altro\nDisallow: /", "/", true},
		"case-of-keys":                  {"USER-AGENT: *\nDISALLOW: /a", "/a", false},
		"case-of-paths":                 {"User-agent: *\nDisallow: /A", "/a", true},
		"blanks":                        {" User-agent : * \n\tDisallow :\t/a ", "/a", false},
		"comments":                      {"User-agent: * # tutti\nDisallow: /a # questa\n#Disallow: /b", "/a", false},
		"a-comment-is-no-rule":          {"User-agent: *\n#Disallow: /b", "/b", true},
		"carriage-returns":              {"User-agent: *\rDisallow: /a\r", "/a", false},
		"windows-line-ends":             {"User-agent: *\r\nDisallow: /a\r\n", "/a", false},
		"byte-order-mark":               {"\ufeffUser-agent: *\nDisallow: /a", "/a", false},
		"wildcard":                      {"User-agent: *\nDisallow: /*/interno", "/it/interno/1", false},
		"wildcard-that-is-not-there":    {"User-agent: *\nDisallow: /*/interno", "/interno", true},
		"several-wildcards":             {"User-agent: *\nDisallow: /a*b*c", "/a-b-b-c-d", false},
		"wildcards-in-a-row":            {"User-agent: *\nDisallow: /a**c", "/abc", false},
		"end":                           {"User-agent: *\nDisallow: /*.pdf$", "/modulo.pdf", false},
		"end-with-a-query":              {"User-agent: *\nDisallow: /*.pdf$", "/modulo.pdf?v=2", true},
		"end-without-a-wildcard":        {"User-agent: *\nDisallow: /a$", "/ab", true},
		"end-that-comes-twice":          {"User-agent: *\nDisallow: /*a$", "/aba", false},
		"end-of-anything":               {"User-agent: *\nDisallow: /a*$", "/abc", false},
		"the-overlap-is-no-match":       {"User-agent: *\nDisallow: /ab*ba$", "/aba", true},
		"dollar-in-the-middle":          {"User-agent: *\nDisallow: /a$b", "/a$b", false},
		"star-in-the-path":              {"User-agent: *\nDisallow: /a%2Ab", "/a*b", false},
		"dollar-that-is-encoded":        {"User-agent: *\nDisallow: /a%24", "/a$b", false},
		"encoded-letters":               {"User-agent: *\nDisallow: /foo/bar/%62%61%7A", "/foo/bar/baz", false},
		"encoded-letters-of-the-path":   {"User-agent: *\nDisallow: /foo/bar/baz", "/foo/bar/%62%61%7a", false},
		"letters-outside-ascii":         {"User-agent: *\nDisallow: /città", "/citt%c3%a0/1", false},
		"letters-outside-ascii-encoded": {"User-agent: *\nDisallow: /citt%C3%A0", "/città", false},
		"an-address-in-a-query":         {"User-agent: *\nDisallow: /foo/bar?baz=https://foo.bar", "/foo/bar?baz=https%3A%2F%2Ffoo.bar", false},
		"an-encoded-slash-is-no-slash":  {"User-agent: *\nDisallow: /a/b", "/a%2Fb", true},
		"a-stray-percent-sign":          {"User-agent: *\nDisallow: /100%", "/100%", false},
		"a-blank-in-the-pattern":        {"User-agent: *\nDisallow: /a b", "/a%20b", false},
		"a-query":                       {"User-agent: *\nDisallow: /*?", "/pagina?id=1", false},
		"no-query":                      {"User-agent: *\nDisallow: /*?", "/pagina", true},
		"a-path-without-a-slash":        {"User-agent: *\nDisallow: /a", "a", false},
		"behind-the-bound":              {"User-agent: *\n" + strings.Repeat("#\n", robots.MaxText/2) + "Disallow: /", "/", true},
		"cut-at-the-bound":              {"User-agent: *\n" + strings.Repeat("#", robots.MaxText-len("User-agent: *\n\nDisallow: /")) + "\nDisallow: /riservato", "/", true},
		"just-before-the-bound":         {"User-agent: *\n" + strings.Repeat("#\n", robots.MaxText/4) + "Disallow: /", "/", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := robots.Parse(each.text).Allows(agent, each.path); got != each.want {
				t.Errorf("%s: got %t, want %t", each.path, got, each.want)
			}
		})
	}
}

// A file that is made to be slow is not.
func TestHostileFiles(t *testing.T) {
	t.Parallel()
	path := "/" + strings.Repeat("a", 4000) + "b"
	for name, line := range map[string]string{
		"wildcards":      "Disallow: " + strings.Repeat("*a", 5000) + "c$\n",
		"short-patterns": "Disallow: *ab\n",
		"long-patterns":  "Disallow: /" + strings.Repeat("a", 4000) + "c\n",
		"groups":         "User-agent: campanile\nDisallow: *c\n",
		"agents":         "User-agent: campanile\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			rules := robots.Parse("User-agent: *\n" + strings.Repeat(line, robots.MaxText/len(line)))
			rules.Allows(agent, path)
			if took := time.Since(began); took > 20*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"", "User-agent: *\nDisallow: /", "\ufeffuser-agent:campanile\rallow:/a*b$\n#x", "User-agent: *\nDisallow: /%e3%83%84?a=b:c$d", "Allow: %\nUser-agent: campanile/2",
	} {
		f.Add(seed, "/città?q=1")
	}
	f.Fuzz(func(t *testing.T, text, path string) {
		rules := robots.Parse(text)
		if !rules.Allows(agent, "/robots.txt") {
			t.Error("the file itself is closed")
		}
		if rules.Allows(agent, path) != rules.Allows("CAMPANILE", path) {
			t.Error("the case of the name counts")
		}
		// RFC 9309 section 2.2.2: how a letter is written does not count.
		if !strings.Contains(path, "%") && rules.Allows(agent, path) != rules.Allows(agent, encoded(path)) {
			t.Errorf("%q is not %q", path, encoded(path))
		}
		closed := "User-agent: *\nDisallow: /"
		if open := strings.TrimPrefix(path, "/") == "robots.txt"; robots.Parse(closed).Allows(agent, path) != open {
			t.Errorf("%q: open is not %t", path, open)
		}
		if wider := robots.Parse(closed + "\n" + text); wider.Allows(agent, path) && !strings.Contains(text, ":") {
			t.Errorf("%q opens %q", text, path)
		}
	})
}

// encoded writes every letter of a path as %XX.
func encoded(path string) string {
	var b strings.Builder
	for _, c := range []byte(path) {
		if c >= 'a' && c <= 'z' {
			fmt.Fprintf(&b, "%%%02x", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}
