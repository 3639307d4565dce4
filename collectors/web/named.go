package web

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"campanile/collectors/evidence"
)

// hostSet collects host names, each once, but for the page's own.
type hostSet struct {
	own   string
	known map[string]bool
	full  bool // there were more
}

func newHostSet(own string) *hostSet { return &hostSet{own: own, known: map[string]bool{}} }

func (s *hostSet) add(host string) {
	switch {
	case host == "", host == s.own, s.known[host]:
	case len(s.known) == evidence.MaxHosts:
		s.full = true
	default:
		s.known[host] = true
	}
}

func (s *hostSet) sorted() []string {
	var list []string
	for host := range s.known {
		list = append(list, host)
	}
	slices.Sort(list)
	return list
}

// runs reports whether a browser runs a script element (HTML standard, section
// 4.12.1.1). One of another type is data: so consent tools hold scripts back.
func runs(n *html.Node) bool {
	kind, ok := lookUp(n, "type")
	if language := attribute(n, "language"); (!ok || kind == "") && language != "" {
		kind = "text/" + language
	}
	switch strings.ToLower(strings.TrimSpace(kind)) {
	case "", "module",
		"text/javascript", "application/javascript", "application/x-javascript", "text/ecmascript", "application/ecmascript",
		"application/x-ecmascript", "text/x-ecmascript", "text/x-javascript", "text/jscript", "text/livescript",
		"text/javascript1.0", "text/javascript1.1", "text/javascript1.2", "text/javascript1.3", "text/javascript1.4", "text/javascript1.5":
		return true
	}
	return false
}

// named takes the hosts that a style inside the page names.
func (w *walker) named(style *html.Node) {
	hostsNamed(withoutComments(bodyText(style)), w.names)
}

// bodyText gives the source of a script or style, which is one text to the parser.
func bodyText(n *html.Node) string {
	var text strings.Builder
	for child := range n.ChildNodes() {
		if child.Type == html.TextNode {
			text.WriteString(child.Data)
		}
	}
	return text.String()
}

// withoutComments takes the comments out of a style (CSS Syntax section 4.3.2).
func withoutComments(style string) string {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(style, "/*")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		_, style, _ = strings.Cut(rest, "*/")
	}
}

// hostsNamed looks for «//host» behind a quote, a bracket or a scheme.
func hostsNamed(text string, found *hostSet) {
	for {
		before, rest, ok := strings.Cut(text, "//")
		if !ok {
			return
		}
		text = rest
		if beginsAddress(before) {
			found.add(hostAt(rest))
		}
	}
}

// beginsAddress looks at what stands before the two slashes.
func beginsAddress(before string) bool {
	if before == "" {
		return false
	}
	switch before[len(before)-1] {
	case '"', '\'', '`', '(', '=':
		return true
	case ':':
		lower := strings.ToLower(before[max(0, len(before)-6) : len(before)-1])
		return slices.ContainsFunc([]string{"http", "https", "ws", "wss"}, func(scheme string) bool { return strings.HasSuffix(lower, scheme) })
	}
	return false
}

// hostAt gives the host name with which a text begins, "" where it is none or
// goes on with something that is not known.
func hostAt(text string) string {
	const letters = "abcdefghijklmnopqrstuvwxyz"
	end := strings.IndexFunc(text[:min(len(text), 255)], func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '.'
	})
	if end < 0 {
		end = min(len(text), 255)
	}
	if end < len(text) && !strings.ContainsRune("/?#:;,\"'`)\\<> \t\r\n", rune(text[end])) {
		return ""
	}
	host := strings.ToLower(strings.TrimSuffix(text[:end], "."))
	labels := strings.Split(host, ".")
	for _, label := range labels {
		if label == "" || len(label) > 63 || strings.Trim(label, "-") != label {
			return ""
		}
	}
	top := labels[len(labels)-1]
	if len(labels) < 2 || len(host) > 253 || len(top) < 2 || strings.Trim(top, letters) != "" && !strings.HasPrefix(top, "xn--") {
		return ""
	}
	return host
}

// asks takes the host of an address that a browser asks for while it draws the
// page.
func (w *walker) asks(reference string) {
	if strings.TrimSpace(reference) == "" {
		return
	}
	if u, err := resolve(w.base, reference); err == nil && isWeb(u.Scheme) {
		w.hosts.add(hostOf(u))
	}
}

func hostOf(u *url.URL) string { return evidence.Clip(u.Hostname(), 253) }
