package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/fetch"
)

const home = "https://www.comune.example/it/"

// pageOf reads a page served as UTF-8.
func pageOf(t *testing.T, body string) reading {
	t.Helper()
	return pageAs(t, []byte(body), "text/html; charset=utf-8")
}

func pageAs(t *testing.T, body []byte, kind string) reading {
	t.Helper()
	at, err := url.Parse(home)
	if err != nil {
		t.Fatal(err)
	}
	return read(t.Context(), at, fetch.Answer{Status: 200, Header: http.Header{"Content-Type": {kind}}, Body: body})
}

// words are enough for a page to be one.
var words = "<p>" + strings.Repeat("Il Comune informa i cittadini. ", 10) + "</p>"

const threeLinks = `<a href="/privacy">Privacy</a> <a href="/note-legali">Note legali</a> <a href="/mappa">Mappa del sito</a>`

func TestPage(t *testing.T) {
	t.Parallel()
	got := pageOf(t, `<!doctype html><html lang="it"><head>
		<title> Comune di
		 Esempio </title>
		<meta name="generator" content="Portale 3.1"><meta name="Referrer" content="No-Referrer">
		<meta http-equiv="Content-Security-Policy" content="default-src 'self'; script-src 'nonce-abc123'">
		<link rel="preload stylesheet" href="/stile.css"><link rel="icon" href="/icona.png">
		<script src="//cdn.example/jquery.js"></script><script src="//cdn.example/jquery.js"></script><script>var a = 1</script></head><body>
		<header><a href="/">Home</a><nav><a href="novita">Novità</a></nav></header>
		<main><h1>Benvenuti</h1>`+words+`<a href="/avviso">Avviso</a>
		<form action="cerca" method="POST"></form><form></form><iframe src="https://mappe.example/m"></iframe><iframe src="about:blank"></iframe></main>
		<footer>`+threeLinks+`</footer></body></html>`)
	got.page.SHA256 = ""
	want := &evidence.Page{
		Bytes: got.page.Bytes, Charset: "utf-8", Language: "it", Title: "Comune di Esempio", Generator: "Portale 3.1",
		Words: got.page.Words, Footer: evidence.Seen, Policies: []string{"default-src 'self'; script-src 'nonce-x'"}, Referrers: []string{"No-Referrer"}, Inline: 1,
		Links: []evidence.Link{
			{URL: "https://www.comune.example/", Text: "Home", Place: "header"},
			{URL: "https://www.comune.example/it/novita", Text: "Novità", Place: "nav"},
			{URL: "https://www.comune.example/avviso", Text: "Avviso", Place: "main"},
			{URL: "https://www.comune.example/privacy", Text: "Privacy", Place: "footer"},
			{URL: "https://www.comune.example/note-legali", Text: "Note legali", Place: "footer"},
			{URL: "https://www.comune.example/mappa", Text: "Mappa del sito", Place: "footer"},
		},
		Scripts: []evidence.Script{{URL: "https://cdn.example/jquery.js", Raw: "//cdn.example/jquery.js"}},
		Styles:  []string{"https://www.comune.example/stile.css"},
		Frames:  []string{"https://mappe.example/m"},
		Forms:   []evidence.Form{{Action: "https://www.comune.example/it/cerca", Method: "post"}, {Action: "https://www.comune.example/it/"}},
	}
	if diff := cmp.Diff(want, got.page); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestLinks(t *testing.T) {
	t.Parallel()
	for name, each := range map[string]struct {
		html string
		want evidence.Link
	}{
		"marked-as-the-model-has-it":     {`<a href="https://form.agid.gov.it/view/x" data-element="accessibility-link">Dichiarazione di accessibilità</a>`, evidence.Link{URL: "https://form.agid.gov.it/view/x", Text: "Dichiarazione di accessibilità", Mark: "accessibility-link"}},
		"single-quotes":                  {`<a data-element='accessibility-link' href='/d'>D</a>`, evidence.Link{URL: "https://www.comune.example/d", Text: "D", Mark: "accessibility-link"}},
		"hidden-words-count":             {`<a href="/d"><span class="visually-hidden">Dichiarazione</span> <b>di</b> accessibili<i>tà</i></a>`, evidence.Link{URL: "https://www.comune.example/d", Text: "Dichiarazione di accessibilità"}},
		"what-a-screen-reader-says":      {`<a href="/d" aria-label="Dichiarazione di accessibilità" title="AgID"><img src="a.png" alt="Comune"></a>`, evidence.Link{URL: "https://www.comune.example/d", Text: "Dichiarazione di accessibilità AgID Comune"}},
		"the-same-words-once":            {`<a href="/d" title="Privacy">Privacy <img alt="Privacy"></a>`, evidence.Link{URL: "https://www.comune.example/d", Text: "Privacy"}},
		"blanks-that-do-not-break":       {"<a href=\"/d\">Accessibilité\u00a0:\u202fnon\n conforme</a>", evidence.Link{URL: "https://www.comune.example/d", Text: "Accessibilité : non conforme"}},
		"nowhere":                        {`<a href="#">Accessibilità</a>`, evidence.Link{Raw: "#", Text: "Accessibilità"}},
		"pressed":                        {`<a class="link" onclick="apri(3)">Privacy</a>`, evidence.Link{Raw: "javascript:", Text: "Privacy"}},
		"of-an-application":              {`<a routerLink="/privacy">Privacy</a>`, evidence.Link{Raw: "javascript:", Text: "Privacy"}},
		"place-in-the-page":              {`<a href="#footer">Vai al piè di pagina</a>`, evidence.Link{Raw: "#footer", Text: "Vai al piè di pagina"}},
		"script":                         {`<a href="javascript:toggleToolbar()">Accessibilità</a>`, evidence.Link{Raw: "javascript:toggleToolbar()", Text: "Accessibilità"}},
		"script-in-disguise":             {"<a href=\" java\nscript:void(0) \">x</a>", evidence.Link{Raw: "java\nscript:void(0)", Text: "x"}},
		"empty":                          {`<a href="">x</a>`, evidence.Link{Text: "x"}},
		"backslashes":                    {`<a href="\servizi\albo?a=\b">x</a>`, evidence.Link{URL: `https://www.comune.example/servizi/albo?a=\b`, Text: "x"}},
		"line-break-inside":              {"<a href=\"/pri\n\tvacy\">x</a>", evidence.Link{URL: "https://www.comune.example/privacy", Text: "x"}},
		"accent-in-the-host":             {`<a href="https://www.città.example/a">x</a>`, evidence.Link{URL: "https://www.xn--citt-3na.example/a", Text: "x"}},
		"blank-and-accent-in-the-query":  {`<a href="/pagina?titolo=note legali&amp;a=è'">x</a>`, evidence.Link{URL: "https://www.comune.example/pagina?titolo=note%20legali&a=%C3%A8%27", Text: "x"}},
		"stray-percent":                  {`<a href="/sconto-10%-oggi">x</a>`, evidence.Link{URL: "https://www.comune.example/sconto-10%25-oggi", Text: "x"}},
		"name-and-password":              {`<a href="https://anna:segreto@www.comune.example/">x</a>`, evidence.Link{URL: "https://www.comune.example/", Text: "x"}},
		"route-of-an-application":        {`<a href="/#/privacy">x</a>`, evidence.Link{URL: "https://www.comune.example/#/privacy", Text: "x"}},
		"mailbox":                        {`<a href="mailto:protocollo@comune.example">Scrivi</a>`, evidence.Link{URL: "mailto:protocollo@comune.example", Text: "Scrivi"}},
		"host-that-is-none":              {`<a href="http://[::1">x</a>`, evidence.Link{Raw: "http://[::1", Text: "x"}},
		"image-map":                      {`<map><area href="/albo" alt="Albo pretorio"></map>`, evidence.Link{URL: "https://www.comune.example/albo", Text: "Albo pretorio"}},
		"navigation-inside-the-footer":   {`<footer><nav><a href="/d">D</a></nav></footer>`, evidence.Link{URL: "https://www.comune.example/d", Text: "D", Place: "footer"}},
		"footer-by-class":                {`<div class="row it-footer-main"><a href="/d">D</a></div>`, evidence.Link{URL: "https://www.comune.example/d", Text: "D", Place: "footer"}},
		"footer-by-id":                   {`<div id="Footer_Wrapper"><a href="/d">D</a></div>`, evidence.Link{URL: "https://www.comune.example/d", Text: "D", Place: "footer"}},
		"footer-by-role":                 {`<div role="contentinfo"><a href="/d">D</a></div>`, evidence.Link{URL: "https://www.comune.example/d", Text: "D", Place: "footer"}},
		"above-the-footer":               {`<div class="section-prefooter"><a href="/d">D</a></div>`, evidence.Link{URL: "https://www.comune.example/d", Text: "D"}},
		"foot-of-a-card":                 {`<div class="card-footer"><a href="/d">D</a></div>`, evidence.Link{URL: "https://www.comune.example/d", Text: "D"}},
		"foot-of-an-article":             {`<article><footer><a href="/d">D</a></footer></article>`, evidence.Link{URL: "https://www.comune.example/d", Text: "D"}},
		"page-with-a-class-about-footer": {`<div class="page-footer-fixed"><main><a href="/d">D</a></main></div>`, evidence.Link{URL: "https://www.comune.example/d", Text: "D", Place: "main"}},
		"style-inside":                   {`<a href="/d"><style>.a{b:c}</style><script>var x</script>D</a>`, evidence.Link{URL: "https://www.comune.example/d", Text: "D"}},
		"labelled-by-another-element":    {`<h2 id="t">Dichiarazione</h2><b id="u" aria-label="AgID"></b><a href="/d" aria-labelledby="t u nowhere">D</a>`, evidence.Link{URL: "https://www.comune.example/d", Text: "D Dichiarazione AgID"}},
		"drawn-in-svg":                   {`<svg><a xlink:href="/d"><text>D</text></a></svg>`, evidence.Link{URL: "https://www.comune.example/d", Text: "D"}},
		"drawn-in-svg-the-newer-way":     {`<svg><a href="/d" xlink:href="/e"><title>D</title></a></svg>`, evidence.Link{URL: "https://www.comune.example/d", Text: "D"}},
		"in-a-shadow-root":               {`<x-y><template shadowrootmode="open"><a href="/d">D</a></template></x-y>`, evidence.Link{URL: "https://www.comune.example/d", Text: "D"}},
		"heading-below-such-a-class":     {`<div class="footer-at-bottom"><h1>T</h1><a href="/d">D</a></div>`, evidence.Link{URL: "https://www.comune.example/d", Text: "D"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := pageOf(t, each.html)
			if diff := cmp.Diff([]evidence.Link{each.want}, got.page.Links); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// What a browser with scripts does not draw is not there for visitors.
func TestLinksThatNobodySees(t *testing.T) {
	t.Parallel()
	for name, html := range map[string]string{
		"template":             `<template><a href="/d">D</a></template>`,
		"template-in-template": `<template><div><template shadowrootmode="open"><a href="/d">D</a></template></div></template>`,
		"noscript":             `<noscript><a href="/d">D</a></noscript>`,
		"comment":              `<!-- <a href="/d">D</a> -->`,
		"text-of-a-script":     `<script>document.write('<a href="/d">D</a>')</script>`,
		"text-area":            `<textarea><a href="/d">D</a></textarea>`,
		"not-svg":              `<a xlink:href="/d">D</a>`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := pageOf(t, html).page.Links; len(got) > 0 {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestTextInLines(t *testing.T) {
	t.Parallel()
	for name, each := range map[string]struct{ html, want string }{
		"blocks":             {`<h2>Stato</h2><p>Il sito è <b>parzialmente</b> conforme.</p>`, "Stato\nIl sito è parzialmente conforme.\n"},
		"source-lines":       {"<p>Il\r\n sito\n\tè</p>", "Il sito è\n"},
		"one-break":          {`<p>parzialmente<br>conforme</p>`, "parzialmente conforme\n"},
		"two-breaks":         {`Stato<br><br>Conforme`, "Stato\nConforme\n"},
		"two-breaks-apart":   {"Stato<br>\n<br />Conforme", "Stato\nConforme\n"},
		"cells":              {`<table><tr><th>Data</th><td>1/2/2024</td></tr></table>`, "Data\n1/2/2024\n"},
		"preformatted":       {"<pre>uno\ndue</pre>", "uno\ndue\n"},
		"link-in-a-sentence": {`<p>Scrivere a <a href="mailto:a@b.example">a@b.example</a>.</p>`, "Scrivere a a@b.example.\n"},
		"unseen":             {`<p>a</p><script>b</script><style>c</style><template>d</template><noscript>e</noscript>`, "a\n"},
		"blanks-that-are-no": {"<p>a\u00a0b\vc</p>", "a b c\n"},
		"nothing":            {`<p> </p>`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := pageOf(t, each.html).text; got != each.want {
				t.Errorf("got %q, want %q", got, each.want)
			}
		})
	}
	t.Run("bounded", func(t *testing.T) {
		t.Parallel()
		for _, part := range []string{"<p>parola</p>", "à"} {
			if got := pageOf(t, strings.Repeat(part, maxLines)).text; len(got) > maxLines+1 || !utf8.ValidString(got) {
				t.Errorf("%d bytes", len(got))
			}
		}
	})
}

func TestBaseElement(t *testing.T) {
	t.Parallel()
	got := pageOf(t, `<base href="https://altro.example/x/"><base href="https://terzo.example/"><a href="y">y</a><form></form>`)
	if got.page.Links[0].URL != "https://altro.example/x/y" {
		t.Errorf("got %s", got.page.Links[0].URL)
	}
	got = pageOf(t, `<template><base href="https://altro.example/"></template><a href="y">y</a>`)
	if got.page.Links[0].URL != "https://www.comune.example/it/y" {
		t.Errorf("a base that no browser heeds gives %s", got.page.Links[0].URL)
	}
}

func TestFooter(t *testing.T) {
	t.Parallel()
	for name, each := range map[string]struct {
		html string
		want evidence.State
	}{
		"three-links":                          {words + `<footer>` + threeLinks + `</footer>`, evidence.Seen},
		"one-link":                             {words + `<footer><a href="/privacy">Privacy</a></footer>`, evidence.Seen},
		"three-links-and-a-script-of-its-name": {words + `<footer>` + threeLinks + `</footer><script src="/js/footer.min.js"></script>`, evidence.Seen},
		"no-footer":                            {words + `<a href="/privacy">Privacy</a>`, evidence.Absent},
		"footer-without-links":                 {words + `<footer>Comune di Esempio</footer>`, evidence.Absent},
		"footer-with-dead-links":               {words + `<footer><a href="#">Privacy</a></footer>`, evidence.Absent},
		"script-brings-it":                     {words + `<div id="piede"></div><script src="/js/Footer_js.js?v=3"></script>`, evidence.Unknown},
		"linkfooter":                           {words + `<script src="linkfooter.js"></script>`, evidence.Unknown},
		"jquery-loads-it":                      {words + `<div id="footer"></div><script>$("#footer").load("/footer.html");</script>`, evidence.Unknown},
		"fetch-loads-it":                       {words + `<div id="footer"></div><script>fetch('/api/piede').then(r => footer.innerHTML = r)</script>`, evidence.Unknown},
		"one-link-and-a-script-brings-more":    {words + `<footer><a href="/crediti">Crediti</a></footer><script src="/footer.js"></script>`, evidence.Unknown},
		"attribute-brings-it":                  {words + `<div data-include="/parti/footer.html"></div>`, evidence.Unknown},
		"own-element":                          {words + `<comune-footer></comune-footer>`, evidence.Unknown},
		"frame":                                {words + `<iframe src="/footer.html"></iframe>`, evidence.Unknown},
		"frameset":                             {`<frameset><frame src="/menu.html"><frame src="/corpo.html"></frameset>`, evidence.Unknown},
		"splash-page":                          {`<a href="/home">Entra</a>`, evidence.Unknown},
		"application":                          {`<div id="root"></div><script src="/app.js"></script>`, evidence.Unknown},
		"only-the-foot-of-cards":               {words + `<div class="card-footer">` + threeLinks + `</div>`, evidence.Absent},
		"template-waits":                       {words + `<template><footer>` + threeLinks + `</footer></template>`, evidence.Unknown},
		"template-of-that-name":                {words + `<template id="footer-tpl">` + threeLinks + `</template>`, evidence.Unknown},
		"template-of-a-card":                   {words + `<template><div class="card-footer">` + threeLinks + `</div></template>`, evidence.Absent},
		"shadow-root":                          {words + `<x-y><template shadowrootmode="closed"><footer>` + threeLinks + `</footer></template></x-y>`, evidence.Seen},
		"script-that-only-speaks-of-it":        {words + `<script>var footerHeight = 3;</script>`, evidence.Absent},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := pageOf(t, each.html); got.page.Footer != each.want {
				t.Errorf("got %q, want %q", got.page.Footer, each.want)
			}
		})
	}
	t.Run("cut-before-the-footer", func(t *testing.T) {
		t.Parallel()
		at, _ := url.Parse(home)
		got := read(t.Context(), at, fetch.Answer{Header: http.Header{"Content-Type": {"text/html"}}, Body: []byte(words), Cut: true})
		if got.page.Footer != evidence.Unknown || !got.page.Truncated {
			t.Errorf("got %+v", got.page)
		}
	})
}

func TestCharsets(t *testing.T) {
	t.Parallel()
	const body = `<html><head><title>Novità</title></head><body>` + `<a href="/d">Dichiarazione di accessibilità</a>` + `</body></html>`
	latin, err := charmap.ISO8859_1.NewEncoder().String(body)
	if err != nil {
		t.Fatal(err)
	}
	for name, each := range map[string]struct {
		body    string
		kind    string
		charset string
	}{
		"utf-8-by-header":             {body, "text/html; charset=UTF-8", "utf-8"},
		"latin-1-by-header":           {latin, "text/html; charset=ISO-8859-1", "windows-1252"},
		"latin-1-by-meta":             {strings.Replace(latin, "<head>", `<head><meta charset="iso-8859-1">`, 1), "text/html", "windows-1252"},
		"latin-1-by-nothing":          {latin, "text/html", "windows-1252"},
		"utf-8-by-nothing":            {body, "text/html", "utf-8"},
		"utf-8-after-a-kilobyte":      {strings.Replace(body, "<head><title>Novità</title>", "<head><script>"+strings.Repeat("// ", 500)+"</script><title>Novità</title>", 1), "text/html", "utf-8"},
		"late-meta":                   {strings.Replace(latin, "<head>", "<head><script>"+strings.Repeat("// ", 500)+`</script><meta charset="iso-8859-15">`, 1), "text/html", "iso-8859-15"},
		"late-meta-the-older-way":     {strings.Replace(latin, "<head>", "<head><!--"+strings.Repeat("x ", 900)+`--><meta http-equiv="Content-Type" content="text/html; charset=ISO-8859-1">`, 1), "text/html", "windows-1252"},
		"meta-in-a-script-is-no-meta": {strings.Replace(latin, "<head>", "<head><script>"+strings.Repeat("// ", 500)+`'<meta charset="utf-8">'</script>`, 1), "text/html", "windows-1252"},
		"header-before-meta":          {strings.Replace(body, "<head>", `<head><meta charset="iso-8859-1">`, 1), "text/html; charset=utf-8", "utf-8"},
		"xml-declaration":             {`<?xml version="1.0" encoding='ISO-8859-15'?>` + latin, "application/xhtml+xml", "iso-8859-15"},
		"xml-declaration-before-meta": {`<?xml version="1.0" encoding="utf-8"?>` + strings.Repeat(" ", 1100) + strings.Replace(body, "<head>", `<head><meta charset="latin1">`, 1), "text/html", "utf-8"},
		"byte-order-mark":             {"\ufeff" + strings.Replace(body, "<head>", `<head><meta charset="latin1">`, 1), "text/html", "utf-8"},
		"utf-16-that-is-none":         {strings.Replace(body, "<head>", `<head><meta charset="utf-16">`, 1), "text/html", "utf-8"},
		"unknown-name":                {strings.Replace(latin, "<head>", `<head><meta charset="italiano">`, 1), "text/html", "windows-1252"},
		"odd-content-type":            {body, `text/html; charset="utf-8`, "utf-8"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := pageAs(t, []byte(each.body), each.kind).page
			if got == nil || got.Title != "Novità" || got.Links[0].Text != "Dichiarazione di accessibilità" || got.Charset != each.charset {
				t.Errorf("got %+v", got)
			}
		})
	}
	// The bytes are not those of the declared set: the words are what they are.
	for name, each := range map[string]struct{ body, kind, charset string }{
		"a-lie-does-no-harm":    {latin, "text/html; charset=utf-8", "utf-8"},
		"nor-does-the-other":    {body, "text/html; charset=iso-8859-1", "windows-1252"},
		"a-footer-of-its-own":   {strings.Replace(latin, "<body>", "<body>Città", 1), "text/html; charset=utf-8", "utf-8"},
		"cut-in-the-middle":     {latin + "\xc3", "text/html; charset=utf-8", "utf-8"},
		"another-kind-of-latin": {body, "text/html; charset=iso-8859-15", "iso-8859-15"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := pageAs(t, []byte(each.body), each.kind)
			if label := got.page.Links[0].Text; label != "Dichiarazione di accessibilità" || got.page.Charset != each.charset || strings.Contains(got.text, "\uFFFD") {
				t.Errorf("got %q in %s", label, got.page.Charset)
			}
		})
	}
	t.Run("utf-16-that-nothing-tells", func(t *testing.T) {
		t.Parallel()
		text, err := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder().String(words + body)
		if err != nil {
			t.Fatal(err)
		}
		if got := pageAs(t, []byte(text), "text/html").page; !got.Truncated || got.Footer != evidence.Unknown {
			t.Errorf("truncated %t, footer %q", got.Truncated, got.Footer)
		}
	})
}

func TestMentions(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("parola ", 100)
	for name, each := range map[string]struct {
		html string
		want []string
	}{
		"three-ways":                {`<p>Accessibilité&nbsp;: partiellement<br>conforme</p>`, []string{"Accessibilité : partiellement conforme"}},
		"across-elements":           {`<p>Access<b>ibil</b>ità: <a href="/d">dichiarazione</a></p>`, []string{"Accessibilità: dichiarazione"}},
		"none":                      {`<p>Il Comune</p>`, nil},
		"not-in-scripts":            {`<script>var accessibilita = 1</script><style>.accessibilita{}</style><template>accessibilità</template>`, nil},
		"only-the-words-around":     {long + "ACCESSIBILITÀ " + long, []string{strings.TrimSpace(long[:7*17]) + " ACCESSIBILITÀ " + strings.TrimSpace(long[:7*16])}},
		"blocks-part-words":         {`<li>accessibil</li><li>ità</li>`, []string{"accessibil\nità"}},
		"close-together-count-once": {`accessibilità accessibilità`, []string{"accessibilità accessibilità"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(each.want, pageOf(t, each.html).page.Mentions); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
	t.Run("at-most-twenty", func(t *testing.T) {
		t.Parallel()
		got := pageOf(t, strings.Repeat("accessibilità "+strings.Repeat("altro ", 60), 50)).page.Mentions
		if len(got) != maxMentions {
			t.Errorf("%d mentions", len(got))
		}
	})
	t.Run("no-character-is-cut", func(t *testing.T) {
		t.Parallel()
		for _, mention := range pageOf(t, strings.Repeat("à", 500)+"accessibilità"+strings.Repeat("é", 500)).page.Mentions {
			if strings.Contains(mention, "\uFFFD") || len(mention) > evidence.MaxMention {
				t.Errorf("%q", mention)
			}
		}
	})
}

func TestRefresh(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]string{
		"0;url=/home":                    "https://www.comune.example/home",
		"0; URL='/home'":                 "https://www.comune.example/home",
		"5, url = \"nuovo/\"":            "https://www.comune.example/it/nuovo/",
		"0;https://nuovo.example/a#b":    "https://nuovo.example/a",
		"300;url=/home":                  "",
		"60":                             "",
		"0;url=":                         "",
		"subito;url=/home":               "",
		"0;url=javascript:alert(1)":      "",
		"0;url=file:///etc/passwd":       "",
		"-1;url=/home":                   "",
		"1e300;url=/home":                "",
		"0;url=http://[::1":              "",
		"0;url=http://anna:x@b.example/": "http://b.example/",
	} {
		got := ""
		if r := pageOf(t, fmt.Sprintf(`<meta http-equiv="Refresh" content='%s'>`, strings.ReplaceAll(content, "'", "&#39;"))); r.refresh != nil {
			got = r.refresh.String()
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", content, got, want)
		}
	}
	if r := pageOf(t, `<noscript><meta http-equiv="refresh" content="0;url=/senza-script"></noscript>`); r.refresh != nil {
		t.Errorf("a page for browsers without scripts was followed: %s", r.refresh)
	}
}

func TestEndlessPageKeepsItsFooter(t *testing.T) {
	t.Parallel()
	var body strings.Builder
	for i := range 3 * evidence.MaxLinks {
		fmt.Fprintf(&body, `<a href="/%d">%d</a> `, i, i)
	}
	got := pageOf(t, body.String()+`<footer>`+threeLinks+`</footer>`).page
	if len(got.Links) != evidence.MaxLinks || got.Links[len(got.Links)-1].URL != "https://www.comune.example/mappa" {
		t.Errorf("%d links, the last is %+v", len(got.Links), got.Links[len(got.Links)-1])
	}
}

// Of more than is kept nobody can say that something is missing, and evidence
// that holds too much could not be written.
func TestPageWithMoreThanIsKept(t *testing.T) {
	t.Parallel()
	for name, each := range map[string]struct {
		piece string
		most  int
	}{
		"links":   {`<a href="/%d">Avviso</a>`, evidence.MaxLinks},
		"scripts": {`<script src="/%d"></script>`, evidence.MaxLinks},
		"styles":  {`<link rel="stylesheet" href="/%d">`, evidence.MaxLinks},
		"frames":  {`<iframe src="/%d"></iframe>`, evidence.MaxLinks},
		"hosts":   {`<img src="//a%d.example/">`, evidence.MaxHosts},
		"named":   {`<style>a{b:url(//a%d.example/)}</style>`, evidence.MaxHosts},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, more := range []int{0, 1} {
				var body strings.Builder
				body.WriteString(words)
				for i := range each.most + more {
					fmt.Fprintf(&body, each.piece, i)
				}
				r := pageOf(t, body.String())
				hold(t, r, body.Len())
				if r.page.Truncated != (more > 0) {
					t.Errorf("%d more: truncated %t", more, r.page.Truncated)
				}
			}
		})
	}
}

// A long base makes a long address of every short link; what is kept must fit
// into the evidence all the same.
func TestPageThatUnfoldsIsCut(t *testing.T) {
	t.Parallel()
	var body strings.Builder
	body.WriteString(`<base href="https://comune.example/` + strings.Repeat("a", 3900) + `/">` + words)
	for i := range evidence.MaxLinks {
		fmt.Fprintf(&body, `<a href="%[1]d">x</a><script src="%[1]d"></script><iframe src="%[1]d"></iframe><form action="%[1]d"></form>`, i)
	}
	got := pageOf(t, body.String()).page
	line, err := json.Marshal(got)
	if err != nil || len(line) > 2*maxKept || !got.Truncated {
		t.Errorf("%d bytes are kept, truncated %v, %v", len(line), got.Truncated, err)
	}
}

// Links inside each other are read up to a depth, beyond which the page is not
// wholly read: each would cost as much as all that it holds.
func TestLinksInsideEachOther(t *testing.T) {
	t.Parallel()
	for depth := 1; depth <= 6; depth++ {
		got := pageOf(t, words+"<svg>"+strings.Repeat("<a href=x><text>D</text>", depth)+"</svg>").page
		if len(got.Links) != min(depth, maxNested) || got.Truncated != (depth > maxNested) {
			t.Errorf("%d deep: %d links, truncated %t", depth, len(got.Links), got.Truncated)
		}
	}
}

func TestHostilePagesEndSoon(t *testing.T) {
	t.Parallel()
	fill := func(part string) []byte { return bytes.Repeat([]byte(part), maxBody/4/len(part)) }
	for name, body := range map[string][]byte{
		"nested":            fill("<div>"),
		"nested-footers":    fill(`<div class="footer">`),
		"formatting":        fill("<b><i><a href=x>"),
		"tables":            fill("<table><tr><td><a href=y>"),
		"attributes":        append([]byte("<a "), fill(`a=b `)...),
		"scripts":           fill(`<script src=a></script>`),
		"one-long-word":     fill("a"),
		"accessibilities":   fill("accessibilità "),
		"open-tag":          append([]byte(`<a href="`), fill("a")...),
		"entities":          fill("&amp;&Aacute;&#x1F600;"),
		"images-in-a-link":  append([]byte("<a href=/x>"), fill(`<img alt="a b">`)...),
		"select":            fill("<select><option><p>"),
		"nul-bytes":         fill("\x00"),
		"svg-and-math":      fill("<svg><math><a href=x><desc>"),
		"links-in-drawings": fill("<svg>" + strings.Repeat("<a href=x>", 400) + "</svg>"),
		"unclosed-comments": fill("<!--"),
		"line-breaks":       fill("a<br>"),
		"blocks":            fill("<p>a"),
		"labelled":          append([]byte(`<p id="t">`+strings.Repeat("parola ", 2000)+`</p>`), fill(`<a href=/x aria-labelledby="t t t t">`)...),
		"templates":         fill(`<template><footer><a href=x>`),
		"late-metas":        fill(`<meta charset="none">`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := pageAs(t, body, "text/html") // the test's own timeout tells the rest
			if got.page == nil || len(got.page.Links) > evidence.MaxLinks || got.page.Footer == evidence.Absent && got.page.Words < fewWords {
				t.Errorf("got %+v", got.page)
			}
		})
	}
}
