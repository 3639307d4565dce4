package web

import (
	"net/url"
	"path"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// maxOffered bounds the parts of one page that are worth a request.
const maxOffered = 2

// offered gives the documents that scripts bring as the page's footer, those on
// its own site, pieces of HTML before scripts.
func (w *walker) offered() []*url.URL {
	var pieces, scripts []*url.URL
	known := map[string]bool{w.at.String(): true}
	for _, reference := range w.footer.sources {
		u, err := resolve(w.base, reference)
		if err != nil || !isWeb(u.Scheme) || !onSameSite(u, w.at) {
			continue
		}
		u.Fragment, u.RawFragment = "", ""
		switch {
		case known[u.String()]:
		case path.Ext(u.Path) == ".js":
			scripts = append(scripts, u)
		default:
			pieces = append(pieces, u)
		}
		known[u.String()] = true
	}
	list := append(pieces, scripts...)
	return list[:min(len(list), maxOffered)]
}

// onSameSite compares hosts as visitors do, with or without www.
func onSameSite(a, b *url.URL) bool {
	return strings.TrimPrefix(a.Host, "www.") == strings.TrimPrefix(b.Host, "www.")
}

// partsNamed finds the addresses of footers that a script loads: $("#footer").
// load("/footer.html"), fetch("/parts/footer.php"), a script that is written.
func partsNamed(script string, list []phrase) []string {
	script = asciiLower(script)
	if !strings.Contains(script, "footer") {
		return nil
	}
	short := len(script) < maxShort
	var found []string
	for _, p := range list {
		switch {
		case strings.Contains(p.text, hole), len(p.text) > maxReference:
		case strings.Contains(p.text, "<"):
			found = append(found, sourcesIn(p.text)...)
		default:
			before := asciiLower(strings.TrimRight(p.before, " \t\r\n"))
			reference, _, _ := strings.Cut(strings.TrimSpace(p.text), " ") // behind a blank jQuery wants a selector
			if isPart(reference) || loads(before) && (short || strings.Contains(before, "footer")) && isPath(reference) {
				found = append(found, reference)
			}
		}
	}
	return found
}

// Bounds of the search for parts.
const (
	maxShort     = 1500 // bytes of a script all of which is about the footer, if some of it is
	maxReference = 300
)

// isPart tells the address of a document whose name says that it is a footer.
func isPart(reference string) bool {
	reference, _, _ = strings.Cut(reference, "?")
	base := strings.ToLower(path.Base(reference))
	return strings.Contains(base, "footer") && slices.Contains([]string{
		".js", ".htm", ".html", ".shtml", ".php", ".asp", ".aspx", ".jsp", ".inc", ".cgi", ".hbl",
	}, path.Ext(base))
}

// isPath tells an address from other strings.
func isPath(reference string) bool {
	return strings.HasPrefix(reference, "/") || strings.HasPrefix(reference, "./") || strings.HasPrefix(reference, "../") ||
		strings.HasPrefix(reference, "http") && strings.Contains(reference, "://")
}

// loads tells the calls that fetch what they are given.
func loads(before string) bool {
	for _, call := range []string{".load(", "fetch(", "$.get(", "jquery.get(", "axios.get(", "url:", `"get",`, `'get',`} {
		if strings.HasSuffix(before, call) {
			return true
		}
	}
	return false
}

// sourcesIn reads the scripts and frames of a footer in markup that a script
// writes.
func sourcesIn(markup string) []string {
	z := html.NewTokenizer(strings.NewReader(markup))
	var found []string
	for {
		switch z.Next() {
		case html.ErrorToken:
			return found
		case html.StartTagToken, html.SelfClosingTagToken:
			for _, a := range z.Token().Attr {
				if a.Key == "src" && isPart(a.Val) {
					found = append(found, a.Val)
				}
			}
		case html.TextToken, html.EndTagToken, html.CommentToken, html.DoctypeToken:
		}
	}
}
