package checks

import (
	"net/url"
	"slices"
	"strconv"

	"campanile/collectors/evidence"
	"campanile/collectors/records/software"
)

// toldBy leaves to the rule of a class of services what the probe of a port found
// itself: a panel that says what it is, and whose page a template knows too. What
// else the class has at the address does not speak for the page.
func toldBy(class string) func(b *evidence.Bundle, at door) bool {
	shows := ofClass(class)
	return func(b *evidence.Bundle, at door) bool {
		for _, h := range b.Services.Hosts {
			same := func(p evidence.Port) bool {
				return p.Transport == "tcp" && (at.port == 0 || at.port == p.Number) && shows(p).State == evidence.Absent
			}
			if h.Address == at.address && !h.Tarpit && slices.ContainsFunc(h.Ports, same) {
				return true
			}
		}
		return false
	}
}

// portOf gives the port of an address of the web (RFC 9110 section 4.2).
func portOf(address string) uint16 {
	u, err := url.Parse(address)
	if err != nil {
		return 0
	}
	switch port, err := strconv.ParseUint(u.Port(), 10, 16); {
	case err == nil:
		return uint16(port)
	case u.Scheme == "http":
		return 80
	}
	return 443
}

// versionTold leaves a site that states the version of its program to
// web-software-outdated: what a site says of itself is newer than a file that came
// with its first version.
func versionTold(b *evidence.Bundle, at door) bool {
	states := func(each saying) bool {
		support, _ := each.Support(b.Taken)
		return each.Kind == software.CMS && support != software.CannotTell
	}
	found := eachStating(b, func(s evidence.Site, _ evidence.Visit, said []saying) []Finding {
		if slices.ContainsFunc(said, states) {
			return pass(s.Host, nil)
		}
		return notApplicable(s.Host)
	})
	return b.Asked(evidence.WebFamily) && slices.ContainsFunc(found, func(f Finding) bool { return f.Subject == at.host && f.Outcome == Pass })
}

// contactTold leaves a site that was seen to web-security-txt-missing, unless just
// the question for the file was lost there: one file of the town's own site is
// enough (RFC 9116 section 3).
func contactTold(b *evidence.Bundle, at door) bool {
	site := siteOf(b, at.host)
	seen := answered(site.HTTPS).State == evidence.Seen || answered(site.HTTP).State == evidence.Seen
	return b.Asked(evidence.WebFamily) && seen && site.SecurityTxt.State != evidence.Unknown
}
