package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/net/html"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/fetch"
)

// readPart reads a document that a script brings into a page, such as its footer.
// The address is the page's: relative links of the part are. What is a script is
// read as data and never run: the markup in its strings is what it would write.
// The page of the reading is nil where the answer is no text.
func readPart(ctx context.Context, at *url.URL, answer fetch.Answer) reading {
	ctx, cancel := context.WithTimeout(ctx, readTime)
	defer cancel()
	switch {
	case isMarkup(answer):
		return readMarkup(ctx, at, answer)
	case isText(answer):
		return readScript(ctx, at, answer)
	}
	return reading{}
}

// isMarkup tells a piece of HTML from a script: no script begins with a tag, and
// a script may be served as HTML.
func isMarkup(answer fetch.Answer) bool {
	body := beginning(answer)
	return isText(answer) && bytes.HasPrefix(body, []byte("<")) || isHTML(answer) && !isCode(body)
}

func beginning(answer fetch.Answer) []byte {
	return bytes.TrimSpace(bytes.TrimPrefix(answer.Body[:min(len(answer.Body), 1024)], []byte("\ufeff")))
}

// isCode goes by the words with which scripts that write something begin.
func isCode(body []byte) bool {
	for _, word := range []string{
		"document.", "window.", "var ", "let ", "const ", "function", "(function", "!function", "$(", "$.", "jQuery", "//", "/*", `"use strict"`, "'use strict'",
	} {
		if bytes.HasPrefix(body, []byte(word)) {
			return true
		}
	}
	return false
}

// isText tells scripts, markup and data of a script from images and archives.
func isText(answer fetch.Answer) bool {
	declared, _, _ := strings.Cut(strings.ToLower(answer.Header.Get("Content-Type")), ";")
	for _, word := range []string{"text/", "javascript", "ecmascript", "json", "xml"} {
		if strings.Contains(declared, word) {
			return true
		}
	}
	return strings.HasPrefix(http.DetectContentType(answer.Body), "text/")
}

// readMarkup reads a piece of HTML. Unless it is a page with a head or a main part
// of its own, all of it belongs to the footer.
func readMarkup(ctx context.Context, at *url.URL, answer fetch.Answer) reading {
	page, body := pageOfAnswer(answer)
	document, err := html.Parse(stoppable{ctx, body})
	if err != nil {
		return unreadable(page)
	}
	w := newWalker(at, page, document)
	place := ""
	if len(w.top) == 0 && !w.hasMain {
		place = inFooter
	}
	w.walk(document, place, false)
	return w.finishPart(true)
}

// readScript reads the markup in the strings of a script.
func readScript(ctx context.Context, at *url.URL, answer fetch.Answer) reading {
	page, body := pageOfAnswer(answer)
	source, _ := io.ReadAll(body) // bounded: decoding makes at most three bytes of one
	script := string(source)
	list, whole := phrases(script)
	markup, complete := written(list)
	document, err := html.Parse(stoppable{ctx, strings.NewReader(markup)})
	if err != nil {
		return unreadable(page)
	}
	w := newWalker(at, page, document)
	w.walk(document, inFooter, false)
	w.footer.found(partsNamed(script, list))
	return w.finishPart(whole && complete)
}

// pageOfAnswer begins the evidence of a page, and gives its text in UTF-8.
func pageOfAnswer(answer fetch.Answer) (*evidence.Page, io.Reader) {
	sum := sha256.Sum256(answer.Body)
	page := &evidence.Page{SHA256: hex.EncodeToString(sum[:]), Bytes: len(answer.Body), Truncated: answer.Cut}
	coding, name := encodingOf(answer.Body, answer.Header.Get("Content-Type"))
	page.Charset = name
	if !strings.HasPrefix(name, "utf-16") && bytes.Count(answer.Body, []byte{0}) > len(answer.Body)/manyZeros {
		page.Truncated = true // UTF-16 that nothing tells, or no text at all
	}
	return page, meant(answer.Body, coding, name)
}

// manyZeros is the share of bytes of nothing, one in so many, that no text has.
const manyZeros = 10

// unreadable is a page that is nested deeper than browsers care to draw, or made
// to be slow.
func unreadable(page *evidence.Page) reading {
	page.Truncated, page.Footer = true, evidence.Unknown
	return reading{page: page}
}

// finishPart sums up a part. Whether it is the footer can be told only where all
// of it was read.
func (w *walker) finishPart(complete bool) reading {
	r := w.finish()
	r.part, r.scripted, r.refresh = true, false, nil
	// Fewer links may be those of a page that says, in place of the part, that
	// there is none.
	if w.footer.links < enough || !complete || w.page.Truncated || w.footer.brought {
		w.page.Footer = evidence.Unknown
	}
	r.page.Links = known(r.page.Links)
	r.parts = w.offered()
	return r
}

// known leaves out the links of which a script makes a part.
func known(links []evidence.Link) []evidence.Link {
	var list []evidence.Link
	for _, l := range links {
		if !strings.Contains(l.Text+l.Raw+l.URL, hole) && !strings.Contains(strings.ToLower(l.URL), holeInAddress) {
			list = append(list, l)
		}
	}
	return list
}

// holeInAddress is the hole as addresses have it.
const holeInAddress = "%ee%80%80"

// written joins what a script writes as markup, in its order. It tells whether
// nothing is missing: no value of the script's own, no element made by calls.
func written(list []phrase) (markup string, complete bool) {
	var text strings.Builder
	complete = true
	for _, p := range list {
		before := strings.TrimRight(p.before, " \t\r\n")
		switch {
		case p.nested:
		case strings.HasSuffix(before, "createElement(") && strings.EqualFold(p.text, "a"):
			complete = false
		case strings.Contains(p.text, "<"), writes(before):
			text.WriteString(p.text)
			complete = complete && !strings.Contains(p.text, hole)
		}
	}
	return text.String(), complete
}

// writes tells the code behind which a string becomes a piece of the page.
func writes(before string) bool {
	for _, end := range []string{".write(", ".writeln(", "innerHTML=", "innerHTML =", "+=", ".html(", ".append("} {
		if strings.HasSuffix(before, end) {
			return true
		}
	}
	return false
}
