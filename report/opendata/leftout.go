package opendata

import (
	"slices"
	"strings"

	"campanile/collectors/evidence"
	"campanile/rules"
)

// Why says why a rule is in no figure.
type Why string

// The reasons.
const (
	Service  Why = "service"  // a service open to the Internet
	Exposed  Why = "page"     // a page or file that should not be reachable
	Takeover Why = "takeover" // a name or server that others could take over
	Inside   Why = "inside"   // it describes the inner network or the list of names
	Attack   Why = "attack"   // a defect that can be used at once
)

// Reasons lists the reasons in order.
var Reasons = []Why{Service, Exposed, Takeover, Inside, Attack}

// leftOut are the rules outside the family of services that tell an attacker where
// to go, even as a count.
var leftOut = map[string]Why{
	"dns-host-forgotten":          Exposed,
	"dns-cname-dangling":          Takeover,
	"dns-delegation-mismatch":     Takeover, // a name server that is no longer one's own
	"dns-nameserver-unresponsive": Takeover,
	"domain-look-alike-official":  Takeover,
	"mail-mx-invalid":             Takeover,
	"mail-spf-invalid":            Takeover, // it may lead to a name that nobody has
	"mail-spf-void-lookups":       Takeover,
	"dns-address-private":         Inside,
	"dns-wildcard":                Inside,
	"dns-zone-transfer-open":      Inside,
	"dns-recursion-open":          Attack,
	"tls-compression":             Attack,
	"tls-heartbleed":              Attack,
	"tls-renegotiation-client":    Attack,
	"tls-renegotiation-insecure":  Attack,
	"web-form-insecure":           Attack,
	"web-software-outdated":       Attack,
	"web-version-disclosed":       Attack,
	"tls-certificate-key-weak":    Attack,
	"mail-dkim-key-weak":          Attack,
}

// LeftOut says why a rule is in no figure; ok is false for those that are in.
// Everything about services open to the Internet and pages that should not be
// reachable is left out, also what will be added to that family.
func LeftOut(family, rule string) (why Why, ok bool) {
	if why, ok := leftOut[rule]; ok {
		return why, true
	}
	return Service, family == string(evidence.ServicesFamily)
}

// Subjects lists what is counted: the themes, and the duties that bind a
// municipality, as far as rules are left for them.
func Subjects(set *rules.Set, themes []rules.Theme) []Subject {
	var list []Subject
	for i := range themes {
		s := Subject{ID: themes[i].ID, Kind: Theme, Name: themes[i].Name}
		for _, r := range set.Rules {
			if themes[i].Of(themes, r) {
				s.add(r)
			}
		}
		list = append(list, s)
	}
	first := len(list)
	for id, law := range set.Law {
		if !law.Binding {
			continue
		}
		s := Subject{ID: id, Kind: Duty, Name: map[rules.Language]string{}}
		for l, title := range law.Title {
			s.Name[l] = title
			if law.Article != "" {
				s.Name[l] += ", " + law.Article
			}
		}
		for _, r := range set.Rules {
			if slices.Contains(r.Law, id) {
				s.add(r)
			}
		}
		list = append(list, s)
	}
	slices.SortFunc(list[first:], func(a, b Subject) int { return strings.Compare(a.ID, b.ID) })
	return slices.DeleteFunc(list, func(s Subject) bool { return len(s.Rules) == 0 })
}

// add counts a rule, unless it is left out.
func (s *Subject) add(r *rules.Rule) {
	if _, out := LeftOut(r.Family, r.ID); !out {
		s.Rules = append(s.Rules, r.ID)
	}
}
