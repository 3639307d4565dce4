package checks

import (
	"slices"
	"strings"

	"campanile/collectors/evidence"
	"campanile/collectors/records/headers"
)

const policyHeader = "content-security-policy"

// cspMissing fails a page without a content security policy, in the header or
// in a meta element (CSP Level 3 section 3). A report-only policy stops nothing.
func cspMissing(b *evidence.Bundle) []Finding {
	return eachRead(b, func(host string, page evidence.Visit) []Finding {
		switch {
		case len(policiesOf(page)) > 0:
			return pass(host, Facts{"host": host})
		case halfRead(page):
			return unread(host) // it may stand in what is missing
		}
		return fail(host, Facts{"host": host})
	})
}

// cspUnsafe fails a page whose policies still let in what they are there to
// stop: scripts that somebody wrote into the page or that come from anywhere, and
// plug-ins and a base element that do the same by another way.
func cspUnsafe(b *evidence.Bundle) []Finding {
	return eachRead(b, func(host string, page evidence.Visit) []Finding {
		policies := policiesOf(page)
		open := strings.Join(openings(policies), ", ")
		switch {
		// What is missing may be a further source in a line, or a further policy.
		case policyCut(page), halfRead(page) && open != "":
			return unread(host)
		case len(policies) == 0:
			return notApplicable(host)
		case open == "":
			return pass(host, Facts{"host": host})
		}
		return fail(host, Facts{"host": host, "openings": open})
	})
}

// policiesOf gives the policies that browsers obey on a page.
func policiesOf(page evidence.Visit) []headers.Policy {
	return slices.Concat(headers.ParseCSP(page.Last().Values(policyHeader)), headers.ParseMetaCSP(page.Page.Policies))
}

// halfRead reports whether a policy, or a part of one, may stand in what was not
// read or kept.
func halfRead(page evidence.Visit) bool { return page.Page.Truncated || policyCut(page) }

// policyCut reports whether only the beginning of a policy was kept.
func policyCut(page evidence.Visit) bool {
	return cut(page.Last(), policyHeader) || slices.ContainsFunc(page.Page.Policies, func(content string) bool {
		return len(content) > evidence.MaxText-4 // cut before a character that did not fit
	})
}

// openings names what a set of policies leaves open, the worst first; without
// any policy all of it is.
func openings(policies []headers.Policy) []string {
	open := headers.Open(policies)
	var list []string
	for _, each := range []struct {
		open bool
		code string
	}{
		{open.InlineScripts, "inline-scripts"},
		{open.AnyScripts, "any-scripts"},
		{open.AnyObjects, "any-objects"},
		{open.AnyBase, "any-base"},
	} {
		if each.open {
			list = append(list, each.code)
		}
	}
	return list
}

// upgrades reports whether a policy makes browsers load everything, and send every
// form, over https, whatever the page says (Upgrade Insecure Requests section 4.1).
// In a meta element it must stand in the head, before what it is to change: a part
// of the page that was not read holds none that matters.
func upgrades(page evidence.Visit) bool {
	return slices.ContainsFunc(policiesOf(page), func(p headers.Policy) bool {
		_, found := p.Values("upgrade-insecure-requests")
		return found
	})
}
