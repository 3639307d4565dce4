package web

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// resource takes the hosts of images, media and hints to connect. What a script
// brings later, such as data-src, is not asked by the page itself: consent tools
// hold things back that way.
func (w *walker) resource(n *html.Node) {
	switch n.DataAtom {
	case atom.Img, atom.Source, atom.Audio, atom.Video, atom.Track, atom.Embed:
		w.asks(attribute(n, "src"))
		w.asks(attribute(n, "poster"))
		w.asksSet(attribute(n, "srcset"))
	case atom.Input:
		if strings.EqualFold(attribute(n, "type"), "image") {
			w.asks(attribute(n, "src"))
		}
	case atom.Object:
		w.asks(attribute(n, "data"))
	case atom.Image:
		w.asks(attribute(n, "href"))
		if href, ok := lookUpIn(n, "xlink", "href"); ok {
			w.asks(href)
		}
	case atom.Link:
		if connects(n) {
			w.asks(attribute(n, "href"))
			w.asksSet(attribute(n, "imagesrcset"))
		}
	default:
	}
	w.asks(attribute(n, "background")) // of a body or a table (HTML standard, section 16.2)
	w.styled(attribute(n, "style"))
}

// connects tells the links that a browser acts on by itself, besides style
// sheets (HTML standard, section 4.6.8).
func connects(n *html.Node) bool {
	for word := range strings.FieldsSeq(strings.ToLower(attribute(n, "rel"))) {
		if slices.Contains([]string{
			"preconnect", "dns-prefetch", "preload", "modulepreload", "prefetch", "prerender", "icon", "apple-touch-icon", "manifest",
		}, word) {
			return true
		}
	}
	return false
}

// maxCandidates bounds the addresses of one srcset.
const maxCandidates = 50

// asksSet reads a srcset (HTML standard, section 4.8.4.4): addresses, each with
// its size, parted by commas, which addresses may hold too.
func (w *walker) asksSet(set string) {
	const blanks = " \t\r\n\f"
	for range maxCandidates {
		set = strings.TrimLeft(set, blanks+",")
		if set == "" {
			return
		}
		end := strings.IndexAny(set, blanks)
		if end < 0 {
			end = len(set)
		}
		address := set[:end]
		set = set[end:]
		if bare := strings.TrimRight(address, ","); bare != address {
			w.asks(bare)
			continue
		}
		w.asks(address)
		_, set, _ = strings.Cut(set, ",")
	}
}

// styled takes the hosts of a style attribute: url(...).
func (w *walker) styled(style string) {
	if !strings.Contains(style, "//") {
		return
	}
	lower := asciiLower(style)
	for range maxCandidates {
		at := strings.Index(lower, "url(")
		if at < 0 {
			return
		}
		lower, style = lower[at+4:], style[at+4:]
		address, _, _ := strings.Cut(style, ")")
		w.asks(strings.Trim(address, " \t\r\n\"'"))
	}
}
