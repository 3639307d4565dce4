package dashboard

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// Every page, in every language, as a reader by ear or by keyboard needs it. What
// only a browser can see is tested by one, elsewhere.
func TestPagesAreWellBuilt(t *testing.T) {
	t.Parallel()
	p := newPlace(t, nil)
	v := p.visitor()
	v.wants("a tick", v.post(p.path(p.hostile, "/checklist"), ticked(v, p)), http.StatusSeeOther)
	v.wants("a review", v.send("/towns", p.path(p.hostile, "/review"), url.Values{"by": {"Anna"}}), http.StatusSeeOther)
	wrong := v.formOf(p.path(p.hostile, "/checklist"), "accepted")
	for _, language := range []string{"it", "fr", "en"} {
		v.wants(language, v.send("/towns", "/language", url.Values{"to": {language}}), http.StatusSeeOther)
		for _, r := range p.ready.routes {
			if r.method != http.MethodGet || r.access == anyone || strings.Contains(r.path, ".") {
				continue
			}
			for _, body := range []int64{p.town, p.hostile, p.unseen} {
				checkPage(t, language, r.path, v.get(filled(r, body)))
			}
		}
		checkPage(t, language, "a form that was not taken", v.post(p.path(p.hostile, "/checklist"), wrong))
		checkPage(t, language, "a list of nothing", v.get("/towns?name=nobody"))
	}
	u := withAccounts(t)
	checkPage(t, "en", "/login", u.visitor().get("/login"))
	checkPage(t, "en", "a wrong password", u.visitor().send("/login", "/login", url.Values{"name": {"a"}, "password": {"b"}}))
	checkPage(t, "it", "/account", u.as(townName).get("/account"))
	checkPage(t, "it", "a wrong new password", func() got {
		w := u.as(townName)
		return w.send("/account", "/account", url.Values{"password": {"a"}, "new": {"b"}, "again": {"c"}})
	}())
}

func ticked(v *visitor, p *place) url.Values {
	form := v.formOf(p.path(p.hostile, "/checklist"), "accepted")
	form.Set("by", "Anna")
	form.Set("because", "because")
	form.Set("until", "2027-01-31")
	return form
}

// built is what a walk through a page gathers.
type built struct {
	ids, labelled, named, links []string
	refs                        []string // ids that something points to
	headings                    []string
	problems                    []string
}

func checkPage(t *testing.T, language, name string, g got) {
	t.Helper()
	if g.StatusCode >= 500 {
		t.Errorf("%s %s: %d", language, name, g.StatusCode)
		return
	}
	for _, problem := range problemsOf(t, language, g.text) {
		t.Errorf("%s %s: %s", language, name, problem)
	}
}

func problemsOf(t *testing.T, language, text string) []string {
	t.Helper()
	document, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	var b built
	for n := range document.Descendants() {
		if n.Type == html.ElementNode {
			b.look(n)
		}
	}
	b.conclude(language)
	return b.problems
}

// The same walk through a page with one mistake of every kind.
func TestMistakesAreFound(t *testing.T) {
	t.Parallel()
	const page = `<html lang="fr"><link rel="stylesheet" href="https://cdn.example/a.css"><body onload="a()"><h2>A</h2><h4 id="a">B</h4>
<p id="a" style="color: red"><a href="#nothing"></a><form method="post" action="/x"><input id="i"><label for="j">J</label></form>
<table><tr><th>H</th><td>D</td></tr></table><svg role="img"></svg><script>1</script></body></html>`
	got := strings.Join(problemsOf(t, "it", page), "\n")
	for _, want := range []string{
		"asks another server", "body has onload", "p has style", "an empty a", "without its token", "a th without scope", "does not name its column", "without headers",
		"a picture without a title", "there is a script", "another language", "the id a is there twice", "nothing has the id nothing", "the field i has no label", "headings out of order",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q was not found in:\n%s", want, got)
		}
	}
}

func of(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

func (b *built) wrong(text string) { b.problems = append(b.problems, text) }

func (b *built) look(n *html.Node) {
	if id := of(n, "id"); id != "" {
		b.ids = append(b.ids, id)
	}
	for _, a := range n.Attr {
		switch {
		case strings.HasPrefix(a.Key, "on"), a.Key == "style":
			b.wrong(n.Data + " has " + a.Key)
		case a.Key == "aria-labelledby", a.Key == "aria-describedby":
			b.refs = append(b.refs, strings.Fields(a.Val)...)
		case a.Key == "src", a.Key == "action", n.Data == "link" && a.Key == "href":
			if !strings.HasPrefix(a.Val, "/") || strings.HasPrefix(a.Val, "//") {
				b.wrong(n.Data + " asks another server: " + a.Val)
			}
		}
	}
	switch n.Data {
	case "script", "style", "iframe", "object", "embed", "base":
		b.wrong("there is a " + n.Data)
	case "html":
		b.named = append(b.named, "lang="+of(n, "lang"))
	case "h1", "h2", "h3", "h4", "h5", "h6":
		b.headings = append(b.headings, n.Data)
	case "label":
		b.labelled = append(b.labelled, of(n, "for"))
	case "input", "select", "textarea":
		if of(n, "type") != "hidden" {
			b.links = append(b.links, of(n, "id"))
		}
	case "a", "button", "summary", "th", "caption", "legend":
		if words(n) == "" && of(n, "aria-label") == "" {
			b.wrong("an empty " + n.Data)
		}
		if href := of(n, "href"); strings.HasPrefix(href, "#") {
			b.refs = append(b.refs, href[1:])
		}
		if n.Data == "th" && of(n, "scope") == "" {
			b.wrong("a th without scope: " + words(n))
		}
	case "table":
		b.table(n)
	case "svg":
		if of(n, "role") == "img" && !has(n, "aria-labelledby") && words(n) == "" {
			b.wrong("a picture without a title")
		}
	case "form":
		if of(n, "method") == "post" && !contains(n, "csrf") {
			b.wrong("a form without its token: " + of(n, "action"))
		}
	}
}

func (b *built) table(n *html.Node) {
	heads, caption := 0, false
	for d := range n.Descendants() {
		heads += map[bool]int{true: 1}[d.Data == "th" && of(d, "scope") == "col"]
		caption = caption || d.Data == "caption"
		if d.Data == "td" && of(d, "data-label") == "" {
			b.wrong("a cell that does not name its column on a telephone: " + words(d))
		}
	}
	if heads == 0 || !caption {
		b.wrong("a table without headers or caption")
	}
}

func words(n *html.Node) string {
	var text strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			text.WriteString(d.Data)
		}
	}
	return strings.TrimSpace(text.String())
}

func contains(n *html.Node, name string) bool {
	for d := range n.Descendants() {
		if of(d, "name") == name {
			return true
		}
	}
	return false
}

// conclude says what only the whole page shows.
func (b *built) conclude(language string) {
	if !slices.Contains(b.named, "lang="+language) {
		b.wrong("the page is in another language")
	}
	sorted := slices.Sorted(slices.Values(b.ids))
	for i := 1; i < len(sorted); i++ {
		if sorted[i] == sorted[i-1] {
			b.wrong("the id " + sorted[i] + " is there twice")
		}
	}
	for _, ref := range b.refs {
		if !slices.Contains(b.ids, ref) {
			b.wrong("nothing has the id " + ref)
		}
	}
	for _, id := range b.links {
		if id == "" || !slices.Contains(b.labelled, id) {
			b.wrong("the field " + id + " has no label")
		}
	}
	level := byte('0')
	for i, h := range b.headings {
		if i == 0 && h != "h1" || i > 0 && h == "h1" || h[1] > level+1 {
			b.wrong("headings out of order: " + strings.Join(b.headings, " "))
			break
		}
		level = h[1]
	}
	if len(b.headings) == 0 {
		b.wrong("no heading")
	}
}
