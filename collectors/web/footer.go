package web

import (
	"path"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"campanile/collectors/evidence"
)

// footerSigns collects what is known of the footer: links that were read in it,
// and hints that a script brings it. Some products for municipalities send a
// page without a footer and fetch /footer.html or linkfooter.js afterwards.
type footerSigns struct {
	links   int
	brought bool
	sources []string // from where, as written
}

// enough is how many links a footer must have to be the whole one when a script
// may bring another.
const enough = 3

// state says whether the footer was read.
func (f *footerSigns) state(page *evidence.Page) evidence.State {
	switch {
	case f.links >= enough, f.links > 0 && !f.brought:
		return evidence.Seen
	case f.brought, page.Truncated, page.Words < fewWords:
		return evidence.Unknown
	}
	return evidence.Absent
}

// hint looks at the name of a file that the page loads.
func (f *footerSigns) hint(source string) {
	name, _, _ := strings.Cut(source, "?")
	f.brought = f.brought || strings.Contains(strings.ToLower(path.Base(name)), "footer")
	if isPart(source) {
		f.found([]string{source})
	}
}

// maxSources bounds the sources that are looked at.
const maxSources = 20

// found keeps where a footer comes from.
func (f *footerSigns) found(sources []string) {
	f.brought = f.brought || len(sources) > 0
	f.sources = append(f.sources, sources[:min(len(sources), maxSources-len(f.sources))]...)
}

// inline looks for a script that loads a footer.
func (f *footerSigns) inline(script string) {
	script = strings.ToLower(script)
	if f.brought || !strings.Contains(script, "footer") {
		return
	}
	for _, mark := range []string{
		"footer.htm", "footer.php", "footer.asp", "footer.js", "footer_js", "linkfooter", "loadfooter", "getfooter", "renderfooter",
	} {
		f.brought = f.brought || strings.Contains(script, mark)
	}
	for _, call := range []string{".load(", "fetch(", "$.get(", "xmlhttprequest", "insertadjacenthtml", "document.write"} {
		f.brought = f.brought || strings.Contains(script, call)
	}
}

// custom looks for an element of the page's own making, <site-footer>: a script
// fills it.
func (f *footerSigns) custom(n *html.Node) {
	if n.DataAtom == 0 && strings.Contains(n.Data, "-") && strings.Contains(n.Data, "footer") && n.FirstChild == nil {
		f.brought = true
		if source := attribute(n, "src"); source != "" {
			f.found([]string{source})
		}
	}
}

// template looks for a footer that waits for a script to be drawn.
func (f *footerSigns) template(w *walker, n *html.Node) {
	f.brought = f.brought || namesFooter(attribute(n, "id")) || namesFooter(attribute(n, "class"))
	inside := 0
	for each := range n.Descendants() {
		if inside++; inside > maxInside || f.brought {
			return
		}
		f.brought = each.Type == html.ElementNode && w.isFooter(each)
	}
}

// included looks for attributes by which small libraries fetch a part: one that
// is named so, or one for an element that is.
func (f *footerSigns) included(w *walker, n *html.Node) {
	for _, a := range n.Attr {
		switch a.Key {
		case "data-include", "w3-include-html", "include-html", "data-load", "hx-get", "data-src":
			f.hint(a.Val)
			if a.Key != "data-src" && a.Val != "" && !isPart(a.Val) && w.isFooter(n) {
				f.found([]string{a.Val})
			}
		}
	}
}

// isFooter recognises the footer by its element, its role, or a name such as
// it-footer, fr-footer or footer_wrapper. What holds the page's main part is
// the page, whatever its class says; what belongs to an article is its own.
func (w *walker) isFooter(n *html.Node) bool {
	named := !w.top[n] && (namesFooter(attribute(n, "id")) || namesFooter(attribute(n, "class")))
	if !named && n.DataAtom != atom.Footer && attribute(n, "role") != "contentinfo" {
		return false
	}
	return !w.whole[n] && !ofArticle(n)
}

func ofArticle(n *html.Node) bool {
	for ; n != nil; n = n.Parent {
		switch n.DataAtom {
		case atom.Article, atom.Blockquote, atom.Figure, atom.Dialog:
			return true
		default:
		}
	}
	return false
}

// namesFooter looks for a word with footer in it that does not mean the foot of
// something smaller, what stands above it, or the lack of one.
func namesFooter(names string) bool {
	for name := range strings.FieldsSeq(strings.ToLower(names)) {
		if !strings.Contains(name, "footer") {
			continue
		}
		other := false
		for _, word := range []string{
			"card", "modal", "panel", "offcanvas", "entry", "post", "article", "table", "dialog", "popup", "comment", "cookie", "banner",
			"sticky", "no-", "has-", "with-", "prefooter", "pre-footer", "pre_footer", "before-footer", "above-footer",
		} {
			other = other || strings.Contains(name, word)
		}
		if !other {
			return true
		}
	}
	return false
}
