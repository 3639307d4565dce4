package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/fetch"
)

func TestPartsOfAPage(t *testing.T) {
	t.Parallel()
	const html, script = "https://www.comune.example/footer.html", "https://www.comune.example/Footer_js.js"
	for name, each := range map[string]struct {
		html string
		want []string
	}{
		"script-of-that-name":         {words + `<script src="/Footer_js.js?v=3"></script>`, []string{script + "?v=3"}},
		"linkfooter":                  {words + `<script src="linkfooter.js"></script>`, []string{home + "linkfooter.js"}},
		"jquery-loads-it":             {words + `<script>$(function(){ $("#footer").load("/footer.html"); });</script>`, []string{html}},
		"jquery-loads-a-piece-of-it":  {words + `<script>$("#footer").load('/footer.html #contenuto');</script>`, []string{html}},
		"jquery-loads-another-name":   {words + `<script>$("#footer").load("/parti/piede");</script>`, []string{"https://www.comune.example/parti/piede"}},
		"fetch-loads-it":              {words + `<script>fetch("/parti/footer.php").then(r => r.text())</script>`, []string{"https://www.comune.example/parti/footer.php"}},
		"fetch-loads-another-name":    {words + `<script>fetch('/api/piede').then(r => footer.innerHTML = r)</script>`, []string{"https://www.comune.example/api/piede"}},
		"old-request":                 {words + `<script>x.open("GET", "../footer.html"); footer.innerHTML = x.responseText</script>`, []string{html}},
		"attribute":                   {words + `<div data-include="/footer.html"></div>`, []string{html}},
		"w3-attribute":                {words + `<div w3-include-html="/footer.html"></div>`, []string{html}},
		"attribute-of-the-footer":     {words + `<footer hx-get="/pezzi/42" hx-trigger="load"></footer>`, []string{"https://www.comune.example/pezzi/42"}},
		"attribute-of-something-else": {words + `<div hx-get="/pezzi/42"></div>`, nil},
		"frame":                       {words + `<iframe src="/footer.html"></iframe>`, []string{html}},
		"own-element":                 {words + `<site-footer src="/footer.html"></site-footer>`, []string{html}},
		"script-that-is-written":      {words + `<script>document.write('<script src="/Footer_js.js"><\/script>')</script>`, []string{script}},
		"pieces-before-scripts":       {words + `<script src="/Footer_js.js"></script><div data-include="/footer.html"></div><script src="/footer2.js"></script>`, []string{html, script}},
		"twice":                       {words + `<script src="/Footer_js.js"></script><script src="Footer_js.js"></script><script src="/Footer_js.js"></script>`, []string{script, home + "Footer_js.js"}},
		"without-www":                 {words + `<script src="https://comune.example/footer.js"></script>`, []string{"https://comune.example/footer.js"}},
		"another-site":                {words + `<script src="https://cdn.example/footer.js"></script>`, nil},
		"another-scheme":              {words + `<script>$("#footer").load("file:///etc/footer.html")</script>`, nil},
		"the-page-itself":             {words + `<script>$("#footer").load("/it/")</script>`, nil},
		"address-that-is-computed":    {words + `<script>$("#footer").load(base + "/footer.html")</script>`, nil},
		"picture":                     {words + `<script>footer.src = "/img/footer.png"; var a = "footer"</script>`, nil},
		"commented-out":               {words + `<script>// $("#footer").load("/footer.html")` + "\n" + `/* fetch('/footer.html') */</script>`, nil},
		"footer-that-was-read":        {words + `<footer>` + threeLinks + `</footer><script src="/Footer_js.js"></script>`, nil},
		"script-that-is-held-back":    {words + `<script type="text/plain" src="/footer.html"></script>`, []string{html}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := pageOf(t, each.html)
			if diff := cmp.Diff(each.want, addresses(got.parts)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			if each.want != nil && got.page.Footer != evidence.Unknown {
				t.Errorf("the footer is %q", got.page.Footer)
			}
		})
	}
}

func addresses(list []*url.URL) []string {
	var texts []string
	for _, u := range list {
		texts = append(texts, u.String())
	}
	return texts
}

func partOf(t *testing.T, body, kind string) reading {
	t.Helper()
	at, err := url.Parse(home)
	if err != nil {
		t.Fatal(err)
	}
	return readPart(t.Context(), at, fetch.Answer{Status: 200, Header: http.Header{"Content-Type": {kind}}, Body: []byte(body)})
}

func TestParts(t *testing.T) {
	t.Parallel()
	const (
		js    = "application/javascript"
		htm   = "text/html; charset=utf-8"
		three = "Privacy https://www.comune.example/privacy\nNote legali https://www.comune.example/note-legali\nMappa del sito https://www.comune.example/mappa\n"
	)
	for name, each := range map[string]struct {
		body, kind string
		footer     evidence.State
		want       string
	}{
		"piece-of-html":              {`<div>` + threeLinks + `</div>`, htm, evidence.Seen, three},
		"piece-with-one-link":        {`<p>Crediti: <a href="/privacy">Privacy</a></p>`, htm, evidence.Unknown, "Privacy https://www.comune.example/privacy\n"},
		"piece-without-a-tag-before": {`Comune di Esempio ` + threeLinks, htm, evidence.Seen, three},
		"piece-without-links":        {`<p>Piazza del Municipio 1</p>`, htm, evidence.Unknown, ""},
		"piece-that-brings-another":  {`<p><a href="/privacy">Privacy</a></p><script src="/footer2.js"></script>`, htm, evidence.Unknown, "Privacy https://www.comune.example/privacy\n"},
		"error-without-a-heading":    {`<p>Errore 404: la pagina richiesta non esiste. <a href="/privacy">Privacy</a></p>`, htm, evidence.Unknown, "Privacy https://www.comune.example/privacy\n"},
		"page-of-its-own":            {`<header><a href="/">Home</a></header><main><h1>Pagina non trovata</h1></main>`, htm, evidence.Unknown, "Home https://www.comune.example/\n"},
		"written":                    {`document.write('` + threeLinks + `');`, js, evidence.Seen, three},
		"written-in-lines":           {"document.write('<a href=\"/privacy\">');\ndocument.write('Privacy');\ndocument.writeln(\"</a> <a href='/note-legali'>Note legali</a>\");document.write('<a href=/mappa>Mappa del sito</a>')", js, evidence.Seen, three},
		"put-together":               {"var h = '<a href=\"/privacy\">' +\n\t'Privacy' + \"</a>\"; h += '<a href=\"/note-legali\">Note legali<\\/a>'; h += '<a href=\"/mappa\">Mappa ' + /* qui */ 'del sito</a>';", js, evidence.Seen, three},
		"template":                   {"footer.innerHTML = `<ul>\n<li>" + threeLinks + "</li></ul>`;", js, evidence.Seen, three},
		"escapes":                    {`f.innerHTML = "\x3ca href=\"\/privacy\"\u003ePrivacy\u{3c}/a>` + `<a href='/note-legali'>Note\` + "\n" + ` legali</a><a href='/mappa'>Mappa\ndel\tsito</a>"`, js, evidence.Seen, three},
		"data-of-a-script":           {`{"html": "<a href=\"\/privacy\">Privacy<\/a><a href='/note-legali'>Note legali</a><a href='/mappa'>Mappa del sito</a>"}`, "application/json", evidence.Seen, three},
		"year-of-the-clock":          {`document.write('` + threeLinks + ` &copy; ' + new Date().getFullYear() + ' Comune');`, js, evidence.Seen, three},
		"year-at-the-end":            {`document.write('` + threeLinks + ` &copy; ' + new Date().getFullYear()); f('a')`, js, evidence.Seen, three},
		"script-served-as-html":      {`document.write('` + threeLinks + `');`, htm, evidence.Seen, three},
		"html-served-as-script":      {`<p>` + threeLinks + `</p>`, js, evidence.Seen, three},
		"two-links":                  {`document.write('<a href="/a">A</a><a href="/b">B</a>')`, js, evidence.Unknown, "A https://www.comune.example/a\nB https://www.comune.example/b\n"},
		"address-that-is-computed":   {`document.write('` + threeLinks + `<a href="' + base + '/d">D</a>')`, js, evidence.Unknown, three},
		"label-that-is-computed":     {`document.write('` + threeLinks + `<a href="/d">' + t('label') + '</a>')`, js, evidence.Unknown, three},
		"value-in-a-template":        {"document.write(`" + threeLinks + "<ul>${ menu.map(m => `<li><a href=\"${m.u}\">${m.t}</a></li>`) }</ul>`)", js, evidence.Unknown, three},
		"elements-made-by-calls":     {`document.write('` + threeLinks + `'); var a = document.createElement('a'); a.href = '/d';`, js, evidence.Unknown, three},
		"commented-out":              {"// document.write('<a href=\"/x\">X</a>')\n/* '<a href=\"/y\">Y</a>' */ var q = /['\"]<a/; document.write('" + threeLinks + "')", js, evidence.Seen, three},
		"only-behaviour":             {`window.addEventListener('scroll', function () { footer.classList.add('fisso') })`, js, evidence.Unknown, ""},
		"captcha-in-a-script":        {`var captcha = 'no';`, js, evidence.Unknown, ""},
		"picture":                    {"\x89PNG\r\n\x1a\n\x00\x00", "image/png", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := partOf(t, each.body, each.kind)
			if got.page == nil {
				if each.footer != "" {
					t.Fatal("no page")
				}
				return
			}
			said := ""
			for _, l := range got.page.Links {
				said += l.Text + " " + l.URL + "\n"
			}
			if diff := cmp.Diff(each.want, said); diff != "" || got.page.Footer != each.footer {
				t.Errorf("footer %q, -want +got\n%s", got.page.Footer, diff)
			}
			if b := barrier(fetchAnswer(each.body), got); b != "" {
				t.Errorf("the barrier %q", b)
			}
		})
	}
}

func TestPartThatLeadsOn(t *testing.T) {
	t.Parallel()
	got := partOf(t, `$("#footer").load("/footer.html")`, "text/javascript")
	if diff := cmp.Diff([]string{"https://www.comune.example/footer.html"}, addresses(got.parts)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestPartIsCut(t *testing.T) {
	t.Parallel()
	at, _ := url.Parse(home)
	answer := fetch.Answer{Status: 200, Header: http.Header{"Content-Type": {"text/javascript"}}, Body: []byte(`document.write('` + threeLinks + `');`), Cut: true}
	if got := readPart(t.Context(), at, answer); got.page.Footer != evidence.Unknown || len(got.page.Links) != 3 {
		t.Errorf("got %+v", got.page)
	}
}

// A part made to be slow ends soon all the same.
func TestHostilePartsEndSoon(t *testing.T) {
	t.Parallel()
	fill := func(part string) string { return strings.Repeat(part, maxBody/len(part)) }
	for name, body := range map[string]string{
		"short-strings":        fill(`'<'`),
		"added-strings":        fill(`'<a href=x>'+`),
		"patterns-without-end": fill(`=/[`),
		"templates":            fill("`${"),
		"templates-closed":     fill("`${`a`}`"),
		"escapes":              `"` + fill(`\u{`),
		"broken-strings":       fill("'\n"),
		"comments":             fill("/*"),
		"addresses":            fill(`"//a.example`),
		"footers":              fill(`"/footer.html",`),
		"footers-written":      fill(`'<script src=/footer.js>',`),
		"loads":                fill(`.load("/a footer")`),
		"braces":               "`${" + fill("{"),
		"nested":               "document.write('" + fill("<div>"),
		"anchors":              "document.write('" + fill("<a href=x>"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			hold(t, partOf(t, body, "text/javascript"), len(body))
			hold(t, pageOf(t, words+"<script>"+body+"</script>"), len(body)+len(words))
		})
	}
}

func fetchAnswer(body string) fetch.Answer {
	return fetch.Answer{Status: http.StatusOK, Body: []byte(body)}
}
