package web

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"campanile/collectors/evidence"
	"campanile/collectors/records/duties"
)

// The places of a page, as evidence.Link names them.
const (
	inHeader = "header"
	inNav    = "nav"
	inMain   = "main"
	inFooter = "footer"
)

// walker goes through a page once, from the top, and fills the evidence.
type walker struct {
	at       *url.URL // where the page stands
	base     *url.URL
	page     *evidence.Page
	text     strings.Builder       // what a reader sees
	prose    strings.Builder       // the same without links, menus, header and footer, which stand on every page of a site
	linked   int                   // anchors around the place of the walk
	whole    nodes                 // elements that hold the page's main part, so that they are no footer
	top      nodes                 // elements that hold a heading of the page, so that no class makes them one
	ids      map[string]*html.Node // elements by their id, the first of each
	labels   map[string]string     // by id, of the elements that name a link
	kept     map[string]bool       // addresses, each with its kind
	room     int                   // bytes of addresses and labels that may still be kept
	footer   footerSigns
	forms    formsRead
	hosts    *hostSet // that a browser asks, besides those of scripts, styles and frames
	names    *hostSet // that scripts and styles inside the page name
	refresh  *url.URL
	scripted bool
	hasMain  bool // there is an element for the main part
	awaits   bool // what there is waits for a script to fill it
}

type nodes map[*html.Node]bool

// hold marks an element and everything around it; what is marked already has all
// around it marked.
func (s nodes) hold(n *html.Node) {
	for ; n != nil && !s[n]; n = n.Parent {
		s[n] = true
	}
}

func newWalker(at *url.URL, page *evidence.Page, document *html.Node) *walker {
	w := &walker{
		at: at, base: at, page: page, room: maxKept,
		whole: nodes{}, top: nodes{}, ids: map[string]*html.Node{}, labels: map[string]string{}, kept: map[string]bool{},
		forms: formsRead{kept: map[*html.Node]int{}}, hosts: newHostSet(hostOf(at)), names: newHostSet(hostOf(at)),
	}
	based := false
	for n := range document.Descendants() {
		if id := attribute(n, "id"); id != "" && w.ids[id] == nil {
			w.ids[id] = n
		}
		switch {
		case n.DataAtom == atom.Base && !based && attribute(n, "href") != "" && !inTemplate(n):
			// Only the first one counts (HTML standard, section 4.2.3).
			if u, err := resolve(at, attribute(n, "href")); err == nil && isWeb(u.Scheme) {
				w.base, based = u, true
			}
		case n.DataAtom == atom.Main, attribute(n, "role") == "main":
			w.hasMain = true
			w.whole.hold(n)
		case n.DataAtom == atom.Body, n.DataAtom == atom.Frameset:
			w.whole.hold(n)
		case n.DataAtom == atom.H1, n.DataAtom == atom.Header:
			w.top.hold(n)
		}
	}
	return w
}

// walk visits a node and what it contains. The parser nests at most 512 deep.
func (w *walker) walk(n *html.Node, place string, hidden bool) {
	switch n.Type {
	case html.TextNode:
		if !hidden {
			w.say(flow(n), place)
		}
		return
	case html.ElementNode:
		if inert(n) {
			w.footer.template(w, n)
			return
		}
		place = w.placeOf(n, place)
		hidden = hidden || unseen(n)
		w.element(n, place)
	case html.ErrorNode, html.DocumentNode, html.CommentNode, html.DoctypeNode, html.RawNode:
	}
	w.inside(n, place, hidden)
}

// inside visits what a node contains.
func (w *walker) inside(n *html.Node, place string, hidden bool) {
	w.say(separator(n), place)
	around := w.forms.around
	switch n.DataAtom {
	case atom.Form:
		w.form(n)
	case atom.A:
		if w.linked < maxNested && isLabel(n) {
			w.linked++
			defer func() { w.linked-- }()
		}
	default:
	}
	for child := range n.ChildNodes() {
		w.walk(child, place, hidden)
	}
	w.forms.around = around
	w.say(separator(n), place)
}

// say adds to the text of the page.
func (w *walker) say(text, place string) {
	w.text.WriteString(text)
	if w.linked == 0 && (place == "" || place == inMain) {
		w.prose.WriteString(text)
	}
}

// placeOf says in which part of the page the element stands. What is inside a
// footer stays there, whatever it is called.
func (w *walker) placeOf(n *html.Node, around string) string {
	role := attribute(n, "role")
	switch {
	case around == inFooter, w.isFooter(n):
		return inFooter
	case n.DataAtom == atom.Header, role == "banner":
		return inHeader
	case n.DataAtom == atom.Nav, role == "navigation":
		return inNav
	case n.DataAtom == atom.Main, role == "main":
		return inMain
	}
	return around
}

// element takes what checks need from one element.
func (w *walker) element(n *html.Node, place string) {
	switch n.DataAtom {
	case atom.Html:
		w.page.Language = evidence.Clip(strings.TrimSpace(attribute(n, "lang")), 64)
	case atom.Title:
		if w.page.Title == "" && n.Namespace == "" {
			w.page.Title = evidence.Clip(fold(textOf(n)), 500)
		}
	case atom.Meta:
		w.meta(n)
	case atom.A, atom.Area:
		w.link(n, place)
	case atom.Script:
		w.script(n)
	case atom.Link:
		if slices.Contains(strings.Fields(strings.ToLower(attribute(n, "rel"))), "stylesheet") {
			w.page.Styles = w.add("style", w.page.Styles, attribute(n, "href"))
			w.backslash(attribute(n, "href"))
		}
	case atom.Iframe, atom.Frame:
		w.page.Frames = w.add("frame", w.page.Frames, attribute(n, "src"))
		w.footer.hint(attribute(n, "src"))
	case atom.Object:
		w.page.Frames = w.add("frame", w.page.Frames, attribute(n, "data"))
	case atom.Embed:
		w.page.Frames = w.add("frame", w.page.Frames, attribute(n, "src"))
	case atom.Style:
		w.named(n)
	case atom.Noscript:
		w.awaits = w.awaits || wantsScript(bodyText(n))
	case atom.Input:
		w.field(n)
	default:
		w.footer.custom(n)
	}
	w.resource(n)
	w.footer.included(w, n)
	w.awaits = w.awaits || isMount(n)
}

// backslash notes an address as some products for towns write it.
func (w *walker) backslash(reference string) {
	w.page.Backslash = w.page.Backslash || strings.Contains(reference, `\`)
}

// add keeps an address of the web once, made absolute.
func (w *walker) add(kind string, list []string, reference string) []string {
	if strings.TrimSpace(reference) == "" {
		return list
	}
	u, err := resolve(w.base, reference)
	if err != nil || !isWeb(u.Scheme) {
		return list
	}
	address := evidence.Clip(u.String(), evidence.MaxText)
	if w.kept[kind+" "+address] {
		return list
	}
	if len(list) == evidence.MaxLinks || !w.fits(address) {
		w.page.Truncated = true
		return list
	}
	w.kept[kind+" "+address] = true
	return append(list, address)
}

// maxKept bounds what is kept of one page, in bytes of addresses and labels: a
// long <base> makes a long address of every short link.
const maxKept = 512 << 10

// fits takes the room that texts need. A page without room for them is not
// wholly read.
func (w *walker) fits(texts ...string) bool {
	for _, text := range texts {
		w.room -= len(text)
	}
	w.page.Truncated = w.page.Truncated || w.room < 0
	return w.room >= 0
}

// script keeps a script's address, or reads what stands in the page itself.
func (w *walker) script(n *html.Node) {
	source := attribute(n, "src")
	w.footer.hint(source)
	if source == "" {
		w.footer.inline(bodyText(n))
	}
	if !runs(n) {
		return
	}
	w.scripted = true
	w.backslash(source)
	for _, address := range w.add("script", nil, source) {
		script := evidence.Script{URL: address, Integrity: evidence.Clip(attribute(n, "integrity"), evidence.MaxText)}
		if source != address {
			script.Raw = evidence.Clip(source, evidence.MaxText)
		}
		if len(w.page.Scripts) == evidence.MaxLinks || !w.fits(script.Raw, script.Integrity) {
			w.page.Truncated = true
			break
		}
		w.page.Scripts = append(w.page.Scripts, script)
	}
	if source == "" {
		w.page.Inline++
		w.inlineScript(bodyText(n))
	}
}

// inlineScript reads what a script inside the page names, without running it.
func (w *walker) inlineScript(script string) {
	list, _ := phrases(script)
	for _, p := range list {
		hostsNamed(`"`+p.text, w.names)
	}
	w.footer.found(partsNamed(script, list))
}

// finish sums up what only the whole page tells.
func (w *walker) finish() reading {
	visible := fold(w.text.String())
	w.page.Words = len(strings.Fields(visible))
	w.page.Mentions = mentions(lines(w.text.String())) // a line break parts two items of a list
	// What is left out may be what somebody looks for.
	w.page.Truncated = w.page.Truncated || len(w.page.Links) > evidence.MaxLinks || w.hosts.full || w.names.full
	w.page.Links = middleOut(w.page.Links)
	w.page.Hosts, w.page.Named = w.hosts.sorted(), w.names.sorted()
	awaits := w.scripted && w.awaits && w.page.Words < littleText && w.footer.links < enough
	w.footer.brought = w.footer.brought || awaits
	w.page.Footer = w.footer.state(w.page)
	r := reading{page: w.page, refresh: w.refresh, scripted: w.scripted, awaits: awaits, text: lines(w.text.String())}
	r.page.Topics = duties.Topics(lines(w.prose.String()))
	if w.page.Footer == evidence.Unknown {
		r.parts = w.offered()
	}
	return r
}

// middleOut drops links from the middle of an endless list: a footer stands at
// the end.
func middleOut(links []evidence.Link) []evidence.Link {
	if len(links) <= evidence.MaxLinks {
		return links
	}
	const half = evidence.MaxLinks / 2
	return slices.Concat(links[:half], links[len(links)-half:])
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name && a.Namespace == "" {
			return a.Val
		}
	}
	return ""
}
