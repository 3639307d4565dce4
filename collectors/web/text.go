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
	case atom.Head, atom.Script, atom.Style, atom.Noscript, atom.Iframe, atom.Noframes, atom.Noembed, atom.Object, atom.Textarea, atom.Select, atom.Svg:
		return true
	default:
		return false
	}
}

// silent tells the elements whose text is not for readers even inside a link.
func silent(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Noscript:
		return true
	default:
		return inert(n)
	}
}

// inert tells a template, whose content a browser does not draw until a script
// asks for it (HTML standard, section 4.12.3). One that is a shadow root is drawn
// at once.
func inert(n *html.Node) bool {
	if n.DataAtom != atom.Template || n.Namespace != "" {
		return false
	}
	mode := strings.ToLower(attribute(n, "shadowrootmode"))
	return mode != "open" && mode != "closed"
}

func inTemplate(n *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if inert(n) {
			return true
		}
	}
	return false
}

// A page's text is one string in which blocks are parted by line breaks, and
// what <br> parts is by softBreak: a sentence may run across one of them.
const (
	lineBreak = "\n"
	softBreak = "\v"
)

// flow is a text as it flows in a page: the line breaks of its source are
// blanks, but for those of <pre>.
func flow(n *html.Node) string {
	if n.Parent != nil && n.Parent.DataAtom == atom.Pre {
		return n.Data
	}
	return strings.NewReplacer("\n", " ", "\r", " ", "\v", " ").Replace(n.Data)
}

// separator parts an element from what stands around it.
func separator(n *html.Node) string {
	switch {
	case n.Type != html.ElementNode || inline(n):
		return ""
	case n.DataAtom == atom.Br:
		return softBreak
	case n.DataAtom == atom.Img, n.DataAtom == atom.Button, n.DataAtom == atom.Input, n.DataAtom == atom.Svg, n.DataAtom == atom.Script:
		return " "
	}
	return lineBreak
}

// maxLines bounds the text of a page, in bytes.
const maxLines = 256<<10 + 1

// lines gives the text of a page with one line for each block, blanks folded.
func lines(text string) string {
	var out strings.Builder
	for block := range strings.SplitSeq(text, lineBreak) {
		for _, line := range unbroken(block) {
			if line = fold(line); out.Len()+len(line) >= maxLines {
				return out.String() + evidence.Clip(line, maxLines-out.Len())
			}
			out.WriteString(line)
			out.WriteByte('\n')
		}
	}
	return out.String()
}

// unbroken joins what one <br> parts, and cuts where two of them follow each
// other, as between blocks. An element writes its sign before and behind itself.
func unbroken(block string) []string {
	var list, parts []string
	for part := range strings.SplitSeq(block+softBreak+softBreak, softBreak+softBreak) {
		switch {
		case strings.TrimSpace(part) != "":
			parts = append(parts, part)
		case len(parts) > 0:
			list, parts = append(list, strings.Join(parts, " ")), nil
		}
	}
	return list
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
		case each.Type == html.TextNode && (each.Parent == n || !silent(each.Parent)):
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
	const blanks = " \n"
	if begin > 0 && !strings.Contains(blanks, text[begin-1:begin]) {
		if blank := strings.IndexAny(text[begin:end], blanks); blank >= 0 && blank < around {
			begin += blank + 1
		}
	}
	if end < len(text) && !strings.Contains(blanks, text[end:end+1]) {
		if blank := strings.LastIndexAny(text[begin:end], blanks); blank > 0 && end-begin-blank < around {
			end = begin + blank
		}
	}
	return strings.TrimSpace(strings.ToValidUTF8(text[begin:end], ""))
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
