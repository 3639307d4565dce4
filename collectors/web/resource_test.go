package web

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/collectors/evidence"
)

func TestHostsThatABrowserAsks(t *testing.T) {
	t.Parallel()
	for name, each := range map[string]struct {
		html string
		want []string
	}{
		"image":                        {`<img src="//img.example/a.png">`, []string{"img.example"}},
		"own-host":                     {`<img src="/a.png"><img src="https://WWW.comune.example/b.png">`, nil},
		"own-domain-without-www":       {`<img src="https://comune.example/a.png">`, []string{"comune.example"}},
		"port-and-case":                {`<img src="HTTPS://IMG.example:8443/a.png">`, []string{"img.example"}},
		"sorted-and-once":              {`<img src="//b.example/1"><img src="//a.example/2"><img src="//b.example/3">`, []string{"a.example", "b.example"}},
		"srcset":                       {`<img srcset="//a.example/1,2.png 1x, //b.example/x 2x,//c.example/y">`, []string{"a.example", "b.example", "c.example"}},
		"srcset-without-sizes":         {`<picture><source srcset="//a.example/1, //b.example/2"></picture>`, []string{"a.example", "b.example"}},
		"media":                        {`<video src="//a.example/v" poster="//b.example/p"><track src="//c.example/t"></video><audio><source src="//d.example/s"></audio>`, []string{"a.example", "b.example", "c.example", "d.example"}},
		"objects":                      {`<object data="//a.example/o"></object><embed src="//b.example/e">`, []string{"a.example", "b.example"}},
		"button-of-an-image":           {`<input type="IMAGE" src="//a.example/i"><input type="text" src="//b.example/i">`, []string{"a.example"}},
		"hints":                        {`<link rel="preconnect" href="//a.example"><link rel="DNS-Prefetch" href="//b.example"><link rel="preload" imagesrcset="//c.example/1 1x" href="//d.example/f"><link rel="shortcut icon" href="//e.example/i">`, []string{"a.example", "b.example", "c.example", "d.example", "e.example"}},
		"links-that-ask-for-nothing":   {`<link rel="canonical" href="//a.example/"><link rel="alternate" href="//b.example/"><a href="//c.example/">x</a>`, nil},
		"style-attribute":              {`<p style="background: url('//a.example/b.png'), URL( //c.example/d )">x</p>`, []string{"a.example", "c.example"}},
		"background":                   {`<body background="//a.example/b.png">`, []string{"a.example"}},
		"svg":                          {`<svg><image href="//a.example/1"/><image xlink:href="//b.example/2"/></svg>`, []string{"a.example", "b.example"}},
		"held-back":                    {`<img data-src="//a.example/1"><iframe data-src="//b.example/2"></iframe>`, nil},
		"not-drawn":                    {`<template><img src="//a.example/1"></template><noscript><img src="//b.example/2"></noscript><!-- <img src="//c.example/3"> -->`, nil},
		"in-the-page-itself":           {`<img src="data:image/png;base64,//a.example/"><img src="blob:https://a.example/x">`, nil},
		"scripts-and-frames-elsewhere": {`<script src="//a.example/s.js"></script><link rel="stylesheet" href="//b.example/c.css"><iframe src="//c.example/f"></iframe>`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(each.want, pageOf(t, each.html).page.Hosts); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestHostsThatScriptsName(t *testing.T) {
	t.Parallel()
	for name, each := range map[string]struct {
		html string
		want []string
	}{
		"tag-manager":                 {`<script>(function(w,d,s){j.src='https://tag.misure.example/gtm.js?id='+i;})(window,document,'script');</script>`, []string{"tag.misure.example"}},
		"without-a-scheme":            {`<script>var u="//Statistiche.example/"; t(u+'m.php')</script>`, []string{"statistiche.example"}},
		"escaped-slashes":             {`<script>var c = {"u":"https:\/\/cdn.example\/x.js"}</script>`, []string{"cdn.example"}},
		"template":                    {"<script>fetch(`https://api.example/v1/${id}`); g(`${a ? 'https://b.example/' : ''}`)</script>", []string{"api.example", "b.example"}},
		"markup-that-is-written":      {`<script>document.write("<img src='//px.example/1.gif'><script src=https://s.example/x.js><\/script>")</script>`, []string{"px.example", "s.example"}},
		"module":                      {`<script type="module">import a from "https://esm.example/a.js"</script>`, []string{"esm.example"}},
		"socket":                      {`<script>new WebSocket('wss://chat.example/ws')</script>`, []string{"chat.example"}},
		"comments":                    {"<script>// s.src='https://a.example/x.js'\n/* 'https://b.example/' */ var c = 1 // \"//d.example/\"</script>", nil},
		"held-back-until-consent":     {`<script type="text/plain" data-categoria="statistiche">s.src='https://a.example/x.js'</script>`, nil},
		"data":                        {`<script type="application/ld+json">{"sameAs":["https://sociale.example/comune"]}</script>`, nil},
		"host-that-is-computed":       {`<script>s.src='https://www.' + n + '.example/x.js'; t.src="https://" + h + "/"; u.src = 'https://cdn' + 1 + '.example/'</script>`, nil},
		"host-put-together":           {`<script>s.src='https://sta' + 'ts.example/x.js'</script>`, []string{"stats.example"}},
		"not-an-address":              {`<script>a = '1//2.3'; b = "//"; c = 'http://'; d = "https://localhost/"; e = '//a_b.example/'; f = 'foo://bar.example'; g = "http://-x.example/"; h = 'http://127.0.0.1/'</script>`, nil},
		"own-host":                    {`<script>var u = "https://www.comune.example/api"</script>`, nil},
		"name-and-password":           {`<script>var u = "https://anna@posta.example/"</script>`, nil},
		"style":                       {`<style>@import url(https://caratteri.example/css?f=A); @import "//b.example/c.css"; a{background:url( 'http://d.example/e.png')} /* url(//f.example) */</style>`, []string{"b.example", "caratteri.example", "d.example"}},
		"accents":                     {`<script>var u = "https://città.example/"</script>`, nil},
		"quote-in-a-pattern":          {`<script>a.replace(/"/g, ''); b = 'https://c.example/'; d = x / y / z; e = "//f.example/g"</script>`, []string{"c.example", "f.example"}},
		"quote-and-slash-in-a-class":  {`<script>a.split(/[/']/); b = 'https://c.example/'; e = "//f.example/g"</script>`, []string{"c.example", "f.example"}},
		"apostrophe-in-a-broken-line": {"<script>non e' una stringa\nvar u = 'https://c.example/'</script>", []string{"c.example"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(each.want, pageOf(t, each.html).page.Named); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestManyHostsAreBounded(t *testing.T) {
	t.Parallel()
	var body strings.Builder
	for i := range 2 * evidence.MaxHosts {
		fmt.Fprintf(&body, `<img src="//a%[1]d.example/"><script>u="//b%[1]d.example/"</script>`, i)
	}
	if got := pageOf(t, body.String()).page; len(got.Hosts) != evidence.MaxHosts || len(got.Named) != evidence.MaxHosts {
		t.Errorf("%d and %d hosts", len(got.Hosts), len(got.Named))
	}
}

// A script of a type that no browser runs is data: it loads nothing.
func TestScriptsThatNoBrowserRuns(t *testing.T) {
	t.Parallel()
	for kind, want := range map[string]int{
		``: 1, `type=""`: 1, `type="text/javascript"`: 1, `type=" Application/JavaScript "`: 1, `type="module"`: 1, `language="JavaScript1.2"`: 1,
		`type="text/plain"`: 0, `type="text/x-template"`: 0, `type="application/json"`: 0, `language="vbscript"`: 0,
	} {
		got := pageOf(t, words+`<script `+kind+` src="//a.example/s.js"></script><script `+kind+`>var a</script>`)
		if len(got.page.Scripts) != want || got.page.Inline != want || got.scripted != (want > 0) {
			t.Errorf("%s: got %d scripts, %d in the page, %v", kind, len(got.page.Scripts), got.page.Inline, got.scripted)
		}
	}
}

func TestFramesAndObjects(t *testing.T) {
	t.Parallel()
	got := pageOf(t, `<iframe src="http://a.example/"></iframe><object data="http://b.example/o"></object><embed src="http://c.example/e"><object></object>`).page.Frames
	if diff := cmp.Diff([]string{"http://a.example/", "http://b.example/o", "http://c.example/e"}, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestBackslash(t *testing.T) {
	t.Parallel()
	for html, want := range map[string]bool{
		`<script src="js\menu.js"></script>`:                   true,
		`<link rel="stylesheet" href="\css\stile.css">`:        true,
		`<script src="/js/menu.js"></script><a href="\a">x`:    false,
		`<link rel="icon" href="\icona.png">`:                  false,
		`<script type="text/plain" src="js\menu.js"></script>`: false,
	} {
		if got := pageOf(t, html).page.Backslash; got != want {
			t.Errorf("%s: got %v", html, got)
		}
	}
}

func TestForms(t *testing.T) {
	t.Parallel()
	const action = "https://www.comune.example/a"
	for name, each := range map[string]struct {
		html string
		want []evidence.Form
	}{
		"to-the-page-whatever-the-base":  {`<base href="http://altrove.example/"><form></form>`, []evidence.Form{{Action: home}}},
		"password":                       {`<form action="/a" method=post><p><input type=PASSWORD name=p></p></form>`, []evidence.Form{{Action: action, Method: "post", Password: true}}},
		"hidden":                         {`<form action="/a"><input type=hidden name="__VIEWSTATE" value="x"><input type="hidden" name="__VIEWSTATE"><input type=hidden><input name=q></form>`, []evidence.Form{{Action: action, Hidden: []string{"__VIEWSTATE"}}}},
		"token-of-this-visit":            {`<form action="/a"><input type=hidden name="0123456789abcdef0123456789abcdef" value=1></form>`, []evidence.Form{{Action: action, Hidden: []string{"hex-32"}}}},
		"outside-of-the-form":            {`<form id=f action="/a"></form><p>x</p><input form=f type=password>`, []evidence.Form{{Action: action, Password: true}}},
		"form-in-a-table":                {`<table><form action="/a"><tr><td><input type=password></td></tr></form></table>`, []evidence.Form{{Action: action, Password: true}}},
		"two-forms":                      {`<form action="/a"><input type=password></form><form action="/a"></form>`, []evidence.Form{{Action: action, Password: true}, {Action: action}}},
		"no-form":                        {`<input type=password><input form=nowhere type=hidden name=a>`, nil},
		"behind-a-form":                  {`<form action="/a"><input name=q></form><input type=password>`, []evidence.Form{{Action: action}}},
		"behind-an-empty-and-a-full-one": {`<form action="/a"></form><form action="/a"><input name=q></form><input type=password>`, []evidence.Form{{Action: action}, {Action: action}}},
		"form-that-cannot-be-read":       {`<form action="http://[::1"><input type=password></form>`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(each.want, pageOf(t, each.html).page.Forms); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
	t.Run("bounded", func(t *testing.T) {
		t.Parallel()
		var body strings.Builder
		for i := range 2 * evidence.MaxHidden {
			fmt.Fprintf(&body, `<input type=hidden name=n%d>`, i)
		}
		if got := pageOf(t, `<form>`+body.String()).page.Forms[0].Hidden; len(got) != evidence.MaxHidden {
			t.Errorf("%d names", len(got))
		}
	})
}

// What stands on every page of a site, its menus and its footer, says nothing of
// what this page speaks of.
func TestTopicsAreThoseOfThePageItself(t *testing.T) {
	t.Parallel()
	const about = "Titolare del trattamento dei dati personali è il Comune."
	for name, each := range map[string]struct {
		html string
		want []string
	}{
		"in-the-main-part":      {`<main><p>` + about + `</p></main>`, []string{"personal-data"}},
		"without-a-main-part":   {`<div><p>` + about + `</p></div>`, []string{"personal-data"}},
		"across-elements":       {`<p>Titolare del <b>trat</b>tamento</p>`, []string{"personal-data"}},
		"publisher":             {`<h2>Directeur de la publication</h2>`, []string{"publisher"}},
		"in-the-footer":         {`<footer>` + about + `</footer>`, nil},
		"in-the-menu":           {`<nav>` + about + `</nav>`, nil},
		"in-a-link":             {`<p><a href="/d">Données personnelles</a></p>`, nil},
		"behind-a-place":        {`<a name="top"><p>` + about + `</p>`, []string{"personal-data"}},
		"link-nobody-closed":    {`<a href="/d"><p>` + strings.Repeat("Il Comune informa. ", 10) + about + `</p>`, []string{"personal-data"}},
		"in-the-article-header": {`<article><header>Comune</header><p>` + about + `</p></article>`, []string{"personal-data"}},
		"nobody-sees-it":        {`<script>"` + about + `"</script><template>` + about + `</template>`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(each.want, pageOf(t, each.html).page.Topics); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// A page that is nothing before its script has run is no page without links.
func TestPageThatWaitsForItsScript(t *testing.T) {
	t.Parallel()
	const script = `<script src="/app.js"></script>`
	some := "<p>" + strings.Repeat("Questo sito usa cookie tecnici. ", 10) + "</p>"
	for name, each := range map[string]struct {
		html string
		want string
	}{
		"empty-root":                    {some + `<div id="root"></div>` + script, "script-only"},
		"loading-sign":                  {some + `<app-root>Caricamento in corso</app-root>` + script, "script-only"},
		"noscript-that-says-so":         {some + `<noscript>You need to enable JavaScript to run this app.</noscript>` + script, "script-only"},
		"noscript-in-italian":           {some + `<noscript>Questo sito richiede JavaScript.</noscript>` + script, "script-only"},
		"noscript-with-a-picture":       {some + `<noscript><img src="//px.example/1.gif"></noscript>` + script, ""},
		"root-that-was-filled":          {`<div id="root">` + some + `</div>` + script, ""},
		"root-in-a-long-page":           {some + some + some + `<div id="app"></div>` + script, ""},
		"root-and-a-footer":             {some + `<div id="app"></div><footer>` + threeLinks + `</footer>` + script, ""},
		"root-without-a-script":         {some + `<div id="root"></div>`, ""},
		"data-is-no-script":             {some + `<div id="root"></div><script type="application/json">{}</script>`, ""},
		"few-words-and-a-script":        {`<p>Comune</p>` + script, "script-only"},
		"few-words-and-data-of-scripts": {`<p>Comune</p><script type="application/ld+json">{}</script>`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := pageOf(t, each.html)
			got := barrier(fetchAnswer(each.html), r)
			if got != each.want || each.want != "" && r.page.Footer != evidence.Unknown {
				t.Errorf("got %q, footer %q", got, r.page.Footer)
			}
		})
	}
}
