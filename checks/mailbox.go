package checks

import (
	"strings"

	"campanile/collectors/evidence"
)

// eachMailbox judges the official addresses of the inventory, for a domain that
// exists. Certified mail is a service of its own, at whatever provider.
func eachMailbox(b *evidence.Bundle, judge func(m evidence.Mailbox, domain string) []Finding) []Finding {
	domain := b.Target.Domain
	var findings []Finding
	for _, m := range b.Target.Mailboxes {
		at := strings.LastIndexByte(m.Address, '@')
		if at > 0 && at < len(m.Address)-1 && !m.PEC {
			findings = append(findings, judge(m, strings.ToLower(m.Address[at+1:]))...)
		}
	}
	switch exists := existence(b, domain); {
	case findings == nil || exists.State == evidence.Absent:
		return notApplicable(domain)
	case exists.State != evidence.Seen:
		return unknown(domain, "dns A "+domain, exists)
	}
	return findings
}

// addressGeneric fails an official address at a consumer provider, where anybody
// can open one that looks like it.
func addressGeneric(b *evidence.Bundle) []Finding {
	return eachMailbox(b, func(m evidence.Mailbox, _ string) []Finding {
		if m.Provider != "" {
			return fail(m.Address, Facts{"address": m.Address, "provider": m.Provider})
		}
		return pass(m.Address, Facts{"address": m.Address})
	})
}

// addressOtherDomain fails an official address outside the domain of the site,
// below it, or above it: the zone of the institution that it belongs to.
func addressOtherDomain(b *evidence.Bundle) []Finding {
	return eachMailbox(b, func(m evidence.Mailbox, domain string) []Finding {
		switch {
		case m.Provider != "":
			return notApplicable(m.Address) // mail-address-generic speaks
		case within(domain, b.Target.Domain), strings.Contains(domain, ".") && within(b.Target.Domain, domain):
			return pass(m.Address, Facts{"address": m.Address})
		}
		return fail(m.Address, Facts{"address": m.Address, "address_domain": domain})
	})
}
