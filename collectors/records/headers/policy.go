package headers

import (
	"slices"
	"strings"
)

// shortestPolicy is what the Observatory wants of a line at least, in bytes: no
// directive with a name has less.
const shortestPolicy = 6

// ContentPolicy judges the policies of a page: the lines of the header, the
// contents of its meta elements, and the lines of the header that only reports.
// On https, sources of unencrypted content count against it.
func ContentPolicy(header, meta, reportOnly []string, https bool) Result {
	policies := append(ParseCSP(header), ParseMetaCSP(meta)...)
	switch {
	case slices.ContainsFunc(slices.Concat(header, meta), tooShort) || slices.ContainsFunc(policies, Policy.refused):
		return PolicyInvalid
	// CSP Level 3 section 3.2: a policy that only reports stops nothing.
	case len(policies) == 0 && strings.TrimSpace(strings.Join(reportOnly, "")) != "":
		return PolicyReportOnly
	case len(policies) == 0:
		return PolicyMissing
	case slices.ContainsFunc(policies, Policy.deadlocked):
		return PolicyInvalid
	}
	result := judgePolicies(policies, https)
	if result.Passes() && slices.ContainsFunc(policies, func(p Policy) bool { return len(p.Repeated) > 0 }) {
		return PolicyRepeatedReport
	}
	return result
}

func tooShort(line string) bool { return len(strings.TrimSpace(line)) < shortestPolicy }

// refused reports whether a directive stands in a policy twice. Browsers take the
// first; the Observatory wants people to notice, but for the two of reports.
func (p Policy) refused() bool {
	return slices.ContainsFunc(p.Repeated, func(name string) bool { return name != "report-uri" && name != "report-to" })
}

// judgePolicies finds the worst that is left open, in the Observatory's order.
func judgePolicies(policies []Policy, https bool) Result {
	o := Open(policies)
	switch {
	case o.InlineScripts || o.AnyScripts || o.AnyObjects:
		return PolicyUnsafeInline
	case https && namesClear(policies, false):
		return PolicyInsecureScheme
	case o.Eval:
		return PolicyUnsafeEval
	case https && namesClear(policies, true):
		return PolicyInsecurePassive
	case o.Styles:
		return PolicyUnsafeStyle
	case slices.ContainsFunc(policies, Policy.nothingByDefault):
		return PolicyNoUnsafeDefaultNone
	}
	return PolicyNoUnsafe
}

// namesClear reports whether a policy names a source of unencrypted content that
// no other policy shuts out: of images and media (passive), or of anything else.
func namesClear(policies []Policy, passive bool) bool {
	lists := []string{
		"default-src", "script-src", "script-src-elem", "script-src-attr", "style-src", "style-src-elem", "style-src-attr",
		"object-src", "connect-src", "font-src", "frame-src", "child-src", "worker-src", "manifest-src", "prefetch-src",
		"base-uri", "form-action", "frame-ancestors",
	}
	if passive {
		lists = []string{"img-src", "media-src"}
	}
	return slices.ContainsFunc(lists, func(name string) bool {
		names := func(p Policy) bool { return p.namesClear(name, passive) }
		shuts := func(p Policy) bool { return !p.admitsClear(name) }
		return slices.ContainsFunc(policies, names) && !slices.ContainsFunc(policies, shuts)
	})
}

// namesClear reports whether a directive has a source of unencrypted content. The
// list of images and media may be that of everything.
func (p Policy) namesClear(name string, passive bool) bool {
	list, found := p.Values(name)
	if passive {
		list, found = p.Sources(name)
	}
	return found && slices.ContainsFunc(list, inClear)
}

// admitsClear reports whether a policy lets unencrypted content of a kind in.
func (p Policy) admitsClear(name string) bool {
	return p.allows(name, func(list []string) bool {
		return slices.ContainsFunc(list, func(s string) bool { return s == "*" || inClear(s) }) && !dynamic(name, list)
	})
}

// dynamic reports whether no host and no scheme counts in a list, as it is of
// scripts and has 'strict-dynamic'.
func dynamic(name string, list []string) bool {
	return strings.HasPrefix(name, "script-src") && holds(list, "'strict-dynamic'")
}
