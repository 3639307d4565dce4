package checks

import (
	"cmp"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"campanile/collectors/evidence"
)

// mixedContent fails a page on https that brings scripts, styles, frames or
// plug-ins over http: browsers block them, and old ones run what anybody on the
// way has put in their place (Mixed Content section 3.2). Images are left out:
// browsers ask for them on https by themselves (section 4.1).
func mixedContent(b *evidence.Bundle) []Finding {
	return eachRead(b, func(host string, page evidence.Visit) []Finding {
		facts := Facts{"host": host, "url": page.Last().URL}
		clear := inClear(page.Page)
		switch {
		case !isSecure(page):
			return notApplicable(host)
		case upgrades(page):
			return pass(host, facts)
		case len(clear) > 0 && policyCut(page):
			return unread(host) // what is missing of it may ask for https
		case len(clear) > 0:
			facts["count"] = strconv.Itoa(len(clear))
			facts["resources"] = strings.Join(clear[:min(3, len(clear))], ", ")
			return fail(host, facts)
		case page.Page.Truncated:
			return unread(host)
		}
		return pass(host, facts)
	})
}

// inClear lists what a browser loads over http and obeys, each once.
func inClear(p *evidence.Page) []string {
	var list []string
	for _, script := range p.Scripts {
		list = append(list, script.URL)
	}
	list = slices.Concat(list, p.Styles, p.Frames)
	list = slices.DeleteFunc(list, func(address string) bool { return !goesInClear(address) })
	return unique(list)
}

// formInsecure fails a page on https with a form that sends what people type
// over http: what they write, be it a search, can be read on the way.
func formInsecure(b *evidence.Bundle) []Finding {
	return eachRead(b, func(host string, page evidence.Visit) []Finding {
		facts := Facts{"host": host, "url": page.Last().URL}
		var clear []evidence.Form
		for _, form := range page.Page.Forms {
			// HTML standard section 4.10.21.3: a form of a dialogue sends nothing.
			if goesInClear(form.Action) && !strings.EqualFold(form.Method, "dialog") {
				clear = append(clear, form)
			}
		}
		switch {
		case !isSecure(page):
			return notApplicable(host)
		case upgrades(page):
			return pass(host, facts)
		case len(clear) > 0 && policyCut(page):
			return unread(host)
		case len(clear) > 0:
			facts["action"] = slices.MinFunc(clear, byHarm).Action
			return fail(host, facts)
		case page.Page.Truncated:
			return unread(host)
		case len(page.Page.Forms) == 0:
			return notApplicable(host)
		}
		return pass(host, facts)
	})
}

// byHarm puts first the form whose content matters most: one that asks for a
// password, then one that posts.
func byHarm(x, y evidence.Form) int {
	harm := func(f evidence.Form) int {
		switch {
		case f.Password:
			return 0
		case strings.EqualFold(f.Method, "POST"):
			return 1
		}
		return 2
	}
	return cmp.Compare(harm(x), harm(y))
}

// isSecure reports whether the visitor ends on https.
func isSecure(page evidence.Visit) bool { return schemeOf(page.Last().URL) == "https" }

// goesInClear recognises an address that is asked for over http, but for those
// of the visitor's own machine (Secure Contexts section 3.1).
func goesInClear(address string) bool {
	host := hostOf(address)
	ip, _ := netip.ParseAddr(host)
	return schemeOf(address) == "http" && host != "localhost" && !strings.HasSuffix(host, ".localhost") && !ip.IsLoopback()
}

func schemeOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Scheme // in lower case
}
