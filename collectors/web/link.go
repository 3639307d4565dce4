package web

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"campanile/collectors/evidence"
)

// Bounds of one link, and of the links that are looked at.
const (
	maxLabel  = 500  // bytes
	maxInside = 1000 // elements and texts
	maxParts  = 20   // texts that make the label
	maxSeen   = 20 * evidence.MaxLinks
	maxNested = 4 // links inside each other, which HTML has none of and a drawing may
)

// link keeps one anchor with everything that names it.
func (w *walker) link(n *html.Node, place string) {
	href, ok := lookUp(n, "href")
	if !ok && n.Namespace == "svg" {
		href, ok = lookUpIn(n, "xlink", "href") // SVG 1.1 section 17.1
	}
	if !ok && scripted(n) {
		href, ok = "javascript:", true
	}
	if !ok || len(w.page.Links) == maxSeen {
		return
	}
	if w.linked == maxNested {
		w.page.Truncated = true
		return
	}
	l := evidence.Link{Text: evidence.Clip(w.labelOf(n), maxLabel), Place: place, Mark: evidence.Clip(attribute(n, "data-element"), 100)}
	u, err := resolve(w.base, href)
	href = strings.TrimSpace(href)
	switch {
	case err != nil, href == "", strings.HasPrefix(href, "#"), u.Scheme == "javascript", u.Scheme == "data":
		l.Raw = evidence.Clip(href, 200)
	default:
		l.URL = evidence.Clip(u.String(), evidence.MaxText)
	}
	if !w.fits(l.Text, l.URL, l.Raw, l.Mark) {
		return
	}
	w.page.Links = append(w.page.Links, l)
	if place == inFooter && l.URL != "" {
		w.footer.links++
	}
}

// scripted tells an anchor without an address that a script follows when somebody
// presses it: where to is not known.
func scripted(n *html.Node) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool {
		switch a.Key {
		case "onclick", "ng-click", "@click", "v-on:click", "x-on:click", "(click)", "wire:click", "ng-href", ":href", "v-bind:href", "[href]",
			"routerlink", "[routerlink]", "ui-sref", "data-href", "data-url", "data-link":
			return true
		}
		return a.Key == "role" && (a.Val == "link" || a.Val == "button")
	})
}

func lookUp(n *html.Node, name string) (value string, ok bool) { return lookUpIn(n, "", name) }

func lookUpIn(n *html.Node, space, name string) (value string, ok bool) {
	i := slices.IndexFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name && a.Namespace == space })
	if i < 0 {
		return "", false
	}
	return n.Attr[i].Val, true
}

// isLabel tells an anchor whose text is the label of a link from a place in the
// page, and from one that nobody closed: the parser draws it over whole paragraphs.
func isLabel(n *html.Node) bool {
	_, leads := lookUp(n, "href")
	return leads && len(fold(textOf(n))) <= maxLabelText
}

// maxLabelText is how long a label may be and not be a text, in bytes.
const maxLabelText = 200

// maxLabels bounds the elements elsewhere that make the label of a link.
const maxLabels = 4

// labelledBy joins the texts of the elements that aria-labelledby names. Each is
// read once, however many links it names.
func (w *walker) labelledBy(n *html.Node) string {
	var parts []string
	for id := range strings.FieldsSeq(attribute(n, "aria-labelledby")) {
		other := w.ids[id]
		if other == nil || len(parts) == maxLabels {
			continue
		}
		label, known := w.labels[id]
		if !known {
			label = evidence.Clip(fold(textOf(other)+" "+attribute(other, "aria-label")), maxLabel)
			w.labels[id] = label
		}
		parts = append(parts, label)
	}
	return strings.Join(parts, " ")
}

// labelOf joins the text of a link, what it says to a screen reader, its title
// and the texts of its images.
func (w *walker) labelOf(n *html.Node) string {
	parts := []string{textOf(n), w.labelledBy(n), attribute(n, "aria-label"), attribute(n, "title"), attribute(n, "alt")}
	inside := 0
	for each := range n.Descendants() {
		if inside++; inside > maxInside || len(parts) > maxParts {
			break
		}
		switch each.DataAtom {
		case atom.Img:
			parts = append(parts, attribute(each, "alt"), attribute(each, "title"))
		case atom.Svg, atom.Span, atom.I:
			parts = append(parts, attribute(each, "aria-label"))
		default:
		}
	}
	var label []string
	for _, part := range parts {
		part = evidence.Clip(fold(part), maxLabel)
		// The same words again add nothing.
		if part != "" && !slices.ContainsFunc(label, func(known string) bool { return strings.Contains(known, part) }) {
			label = append(label, part)
		}
	}
	return strings.Join(label, " ")
}
