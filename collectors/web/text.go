package web

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"campanile/collectors/evidence"
)

// unseen tells the elements whose text no reader sees.
func unseen(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Head, atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Iframe, atom.Noframes, atom.Noembed, atom.Object, atom.Textarea, atom.Select, atom.Svg:
		return true
	default:
		return false
	}
}

// inline tells the elements that do not part words: «Accessi<b>bilità</b>».
func inline(n *html.Node) bool {
	switch n.DataAtom {
	case atom.A, atom.Abbr, atom.B, atom.Bdi, atom.Bdo, atom.Big, atom.Cite, atom.Code, atom.Del, atom.Dfn, atom.Em, atom.Font, atom.I, atom.Ins,
		atom.Label, atom.Mark, atom.Q, atom.S, atom.Small, atom.Span, atom.Strike, atom.Strong, atom.Sub, atom.Sup, atom.Time, atom.Tt, atom.U, atom.Wbr:
		return true
	default:
		return false
	}
}

// fold makes every run of blanks, the ones that do not break among them, one
// space.
func fold(text string) string { return strings.Join(strings.Fields(text), " ") }

// textOf gives the text inside an element.
func textOf(n *html.Node) string {
	var text strings.Builder
	inside := 0
	for each := range n.Descendants() {
		if inside++; inside > maxInside {
			break
		}
		switch {
		case each.Type == html.TextNode:
			text.WriteString(each.Data)
		case each.Type == html.ElementNode && !inline(each):
			text.WriteByte(' ')
		}
	}
	return text.String()
}

// Bounds of the mentions.
const (
	maxMentions = 20
	around      = 120 // bytes kept before and after the word
)

// mentions cuts out the text around words such as accessibilità, accessibilité
// and accessibility. Passages do not overlap.
func mentions(text string) []string {
	const stem = "accessibil"
	lower := asciiLower(text)
	var list []string
	for from := 0; len(list) < maxMentions; {
		at := strings.Index(lower[from:], stem)
		if at < 0 {
			break
		}
		at += from
		begin, end := max(from, at-around), min(len(text), at+len(stem)+around)
		list = append(list, evidence.Clip(wholeWords(text, begin, end), evidence.MaxMention))
		from = end
	}
	return list
}

// wholeWords cuts a passage at blanks, or at least between characters.
func wholeWords(text string, begin, end int) string {
	if begin > 0 && text[begin-1] != ' ' {
		if blank := strings.IndexByte(text[begin:end], ' '); blank >= 0 && blank < around {
			begin += blank + 1
		}
	}
	if end < len(text) && text[end] != ' ' {
		if blank := strings.LastIndexByte(text[begin:end], ' '); blank > 0 && end-begin-blank < around {
			end = begin + blank
		}
	}
	return strings.ToValidUTF8(text[begin:end], "")
}

// asciiLower lowers A to Z and nothing else, so that places in the text stay.
func asciiLower(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, text)
}
