package checks

import (
	"cmp"
	"slices"

	"campanile/collectors/evidence"
)

// levels of a dangling reference, the worst first: a name that anybody can
// register, a name that anybody can claim at a hosting service, a dead end.
var levels = []string{"registrable", "claimable", "broken"}

// cnameDangling fails a record that leads to a name which does not exist. Only
// the first two levels let a stranger take the town's place.
func cnameDangling(b *evidence.Bundle) []Finding {
	domain := b.Target.Domain
	list := slices.DeleteFunc(slices.Clone(b.DNS.References), func(r evidence.Reference) bool {
		return r.Registrable == "" && othersFinding(r)
	})
	failures, open := followed(b, list)
	failing := slices.ContainsFunc(failures, func(f Finding) bool { return f.Subject == domain })
	switch {
	case open != nil && !failing:
		return append(failures, open...)
	case failures != nil:
		return failures
	case len(list) > 0:
		return pass(domain, nil)
	case len(b.DNS.References) > 0, existence(b, domain).State == evidence.Absent:
		return notApplicable(domain) // nothing leads out of the zone
	}
	return unknown(domain, "dns CNAME "+domain, evidence.Observation{})
}

// followed gives the findings on what leads nowhere, the worst first, and the
// first target of which that is not known.
func followed(b *evidence.Bundle, list []evidence.Reference) (failures, open []Finding) {
	for _, level := range levels {
		for _, r := range list {
			found, o := danglingLevel(b, r)
			switch {
			case found == level:
				failures = addReference(failures, r, level)
			case found == "" && o.State != evidence.Seen && open == nil:
				open = unknown(b.Target.Domain, "dns "+cmp.Or(o.Detail, "A "+r.To), o)
			}
		}
	}
	return failures, open
}

// addReference adds the finding on the owner of a record; of several the worst
// was added first.
func addReference(failures []Finding, r evidence.Reference, level string) []Finding {
	if slices.ContainsFunc(failures, func(f Finding) bool { return f.Subject == r.From }) {
		return failures
	}
	return append(failures, fail(r.From, Facts{
		"from": r.From, "type": r.Type, "target": r.To, "registrable": cmp.Or(r.Registrable, "-"),
		"service": cmp.Or(r.Claimable, "-"), "level": level,
	})...)
}

// danglingLevel gives the level of a reference that leads nowhere, or what is
// known of one that does not.
func danglingLevel(b *evidence.Bundle, r evidence.Reference) (level string, o evidence.Observation) {
	to, owner := existence(b, r.To), standing(b, r.Registrable)
	nowhere := to.State == evidence.Absent
	switch {
	case to.State == evidence.Seen && r.Visit:
		return unclaimed(b, r)
	case to.State == evidence.Seen:
		return "", to
	case owner.State == evidence.Absent && (nowhere || to == evidence.Observation{}):
		// RFC 8020: below a name that does not exist there is nothing.
		return "registrable", defect()
	case othersFinding(r) && owner.State != evidence.Absent:
		return "", owner
	case nowhere && r.Claimable != "":
		return "claimable", defect()
	case nowhere:
		return "broken", defect()
	}
	return "", to
}

// unclaimed judges a name at a service where every name answers: its page tells
// whether anybody has claimed it.
func unclaimed(b *evidence.Bundle, r evidence.Reference) (level string, o evidence.Observation) {
	o = evidence.Observation{State: evidence.Unknown, Problem: evidence.NotInProfile, Detail: "CNAME " + r.From}
	site := siteOf(b, r.From)
	for _, v := range []evidence.Visit{site.HTTPS, site.HTTP} {
		came, there := answered(v), hostOf(v.Last().URL) == r.From
		switch {
		case came.State != evidence.Seen:
			if v.URL != "" && o.State != evidence.Seen {
				o.Problem = problemOf(came)
			}
		case there && v.Unclaimed == r.Claimable:
			return "claimable", defect()
		case isPage(v) || !there: // whoever sends visitors on has claimed the name
			o = came
		case o.State != evidence.Seen:
			o.Problem = evidence.Unreadable // an error in other words than we know
		}
	}
	return "", o
}

// standing says whether the part of a name that somebody has to register exists;
// what lies in the municipality's own zone is nobody else's.
func standing(b *evidence.Bundle, registrable string) evidence.Observation {
	if registrable == "" {
		return sound()
	}
	return existence(b, registrable)
}

// othersFinding reports whether a merely broken target is told by another rule:
// mail-mx-invalid, dns-nameserver-unresponsive or mail-spf-invalid. A free name at
// a hosting service sends no mail, so an SPF record cannot be claimed either.
func othersFinding(r evidence.Reference) bool {
	return r.Type == "SPF" || r.Type != "CNAME" && r.Claimable == ""
}
