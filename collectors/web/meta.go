package web

import (
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/html"

	"campanile/collectors/evidence"
)

// maxMetas bounds the elements of one kind.
const maxMetas = 20

// meta keeps the elements that state something about the page.
func (w *walker) meta(n *html.Node) {
	content := strings.TrimSpace(attribute(n, "content"))
	switch strings.ToLower(attribute(n, "name")) {
	case "generator":
		if w.page.Generator == "" {
			w.page.Generator = evidence.Clip(fold(content), 300)
		}
	case "author":
		if w.page.Author == "" {
			w.page.Author = evidence.Clip(fold(content), 300)
		}
	case "referrer":
		if len(w.page.Referrers) < maxMetas {
			w.page.Referrers = append(w.page.Referrers, evidence.Clip(content, 100))
		}
	}
	switch strings.ToLower(attribute(n, "http-equiv")) {
	case "content-security-policy":
		if len(w.page.Policies) < maxMetas {
			w.page.Policies = append(w.page.Policies, evidence.Clip(withoutNonce(content), evidence.MaxText))
		}
	case "refresh":
		if w.refresh == nil {
			w.refresh = w.refreshTo(content)
		}
	}
}

// soon is the longest wait, in seconds, after which a page that sends its
// visitor on counts as a redirect.
const soon = 10

// refreshTo reads «5; url=/home» (HTML standard, section 4.2.5.3). A page that
// only loads itself anew leads nowhere.
func (w *walker) refreshTo(content string) *url.URL {
	wait, rest, found := strings.Cut(content, ";")
	if !found {
		wait, rest, found = strings.Cut(content, ",")
	}
	seconds, err := strconv.ParseFloat(strings.TrimSpace(wait), 64)
	if !found || err != nil || seconds < 0 || seconds > soon {
		return nil
	}
	rest = strings.TrimSpace(rest)
	if key, value, ok := strings.Cut(rest, "="); ok && strings.EqualFold(strings.TrimSpace(key), "url") {
		rest = strings.TrimSpace(value)
	}
	rest = strings.Trim(rest, `"'`)
	if rest == "" {
		return nil
	}
	u, err := resolve(w.base, rest)
	if err != nil || !isWeb(u.Scheme) {
		return nil
	}
	u.Fragment, u.RawFragment = "", ""
	if len(u.String()) > evidence.MaxText {
		return nil // no address that anybody would ask for
	}
	return u
}
