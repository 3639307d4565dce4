package checks

import (
	"cmp"
	"slices"
	"strings"

	"campanile/collectors/evidence"
)

// ownTemplate fails a host at which a template matched that belongs to none of
// the rules: volunteers bring such templates along, and only their author knows
// what they look for. So all of them are named, not the first alone.
func ownTemplate(list []exposure) func(b *evidence.Bundle) []Finding {
	own := func(template string) bool {
		return !slices.ContainsFunc(list, func(e exposure) bool { return e.rule == ruleOf(template) })
	}
	return func(b *evidence.Bundle) []Finding {
		s := b.Services
		known := len(s.Templates) > 0 || s.Engine.State == evidence.Seen
		if s.State == evidence.Seen && known && !slices.ContainsFunc(s.Templates, own) {
			return notApplicable(b.Target.Domain)
		}
		return eachTried(b, func(host string, places []evidence.Tried) []Finding {
			if matches := matchesAt(b, host, own); len(matches) > 0 {
				return fail(host, ownFacts(host, matches))
			}
			return untouched(b, host, places, own, known)
		})
	}
}

// ownFacts names every match.
func ownFacts(host string, matches []evidence.Match) Facts {
	all := func(of func(m evidence.Match) string) string {
		var list []string
		for _, m := range matches {
			if value := of(m); value != "" {
				list = append(list, value)
			}
		}
		return cmp.Or(strings.Join(unique(list), ", "), "-")
	}
	return Facts{
		"host":     host,
		"url":      all(func(m evidence.Match) string { return m.URL }),
		"address":  all(func(m evidence.Match) string { return m.Address }),
		"template": all(func(m evidence.Match) string { return m.Template }),
		"extract":  all(func(m evidence.Match) string { return m.Extract }),
	}
}
