package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/fetch"
)

// FuzzPage reads any bytes of any kind, as a page and as a part of one: what is
// kept must be good evidence, bounded by what came.
func FuzzPage(f *testing.F) {
	f.Add([]byte(words+`<footer>`+threeLinks+`</footer>`), "text/html")
	f.Add([]byte(`<base href="\\x"><a href="%zz">accessibilit`+"\xe0"), "text/html; charset=iso-8859-1")
	f.Add([]byte(`<meta http-equiv=refresh content="0;url=//x">`), "application/xhtml+xml")
	f.Add([]byte(`<div id=app></div><img srcset="//a.example/b 2x, c" style="background:url('//d.example')"><object data=e><form><input type=hidden name=f>`), "text/html")
	f.Add([]byte(`<script>$("#footer").load("/footer.html #a");var u="\x2f\u002fb.example/"+`+"`${a?`b`:'c'}`"+`/*'*/,r=/["']/</script>`), "text/html; charset=utf-8")
	f.Add([]byte(`document.write('<ul><li><a href="'+base+'/a">Privacy<\/a>' + "<a href='\/b'>Note<\/a>")`), "application/javascript")
	f.Fuzz(func(t *testing.T, body []byte, kind string) {
		at, err := url.Parse(home)
		if err != nil {
			t.Fatal(err)
		}
		answer := fetch.Answer{Status: 200, Header: http.Header{"Content-Type": {kind}}, Body: body}
		for _, r := range []reading{read(t.Context(), at, answer), readPart(t.Context(), at, answer)} {
			hold(t, r, len(body))
		}
	})
}

// hold checks what must be true of every reading.
func hold(t *testing.T, r reading, size int) {
	t.Helper()
	page := r.page
	if page == nil {
		return
	}
	keeps(t, evidence.Site{Host: "comune.example", HTTPS: evidence.Visit{Page: page}})
	for _, link := range page.Links {
		if link.URL != "" && link.Raw != "" {
			t.Errorf("an address and none: %+v", link)
		}
	}
	for _, host := range slices.Concat(page.Hosts, page.Named) {
		if host == "" || len(host) > 253 || !utf8.ValidString(host) {
			t.Errorf("the host %q", host)
		}
	}
	for _, host := range page.Named {
		if hostAt(host) != host || !strings.Contains(host, ".") {
			t.Errorf("%q is no host name", host)
		}
	}
	if len(r.parts) > maxOffered || len(r.parts) > 0 && page.Footer != evidence.Unknown {
		t.Errorf("footer %q, parts %v", page.Footer, r.parts)
	}
	if len(r.text) > maxLines+1 || page.Words > size {
		t.Errorf("%d bytes of text, %d words from %d bytes", len(r.text), page.Words, size)
	}
}

// keeps checks that the evidence of a site can be written and read again.
func keeps(t *testing.T, site evidence.Site) {
	t.Helper()
	bundle := evidence.Bundle{
		Schema: evidence.Schema, Target: evidence.Target{Domain: "comune.example"}, Taken: time.Unix(1, 0), Profile: evidence.Passive, Sites: []evidence.Site{site},
	}
	line, err := evidence.Marshal(&bundle)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := evidence.Unmarshal(line); err != nil || len(line) > evidence.MaxLine/8 {
		t.Errorf("%d bytes of evidence, %v", len(line), err)
	}
}

// FuzzPhrases reads any script: it ends, and writes no more than there is.
func FuzzPhrases(f *testing.F) {
	f.Add(`a = 'b' + "c" + d + 'e'; f(` + "`g${h}i${`j${k}`}`" + `)`)
	f.Add(`return /[/'"]/.test(a) / b / c; // "d` + "\n/* 'e */ 'f\\\r\n\\u{67}\\x68\\")
	f.Add("`${`${`${")
	f.Fuzz(func(t *testing.T, script string) {
		list, _ := phrases(script)
		total := 0
		for _, p := range list {
			total += len(p.text)
		}
		if len(list) > maxPhrases || total > 4*len(script)+len(hole) {
			t.Errorf("%d phrases of %d bytes from %d bytes", len(list), total, len(script))
		}
	})
}
