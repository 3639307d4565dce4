package checks

import (
	"strconv"
	"strings"

	"campanile/collectors/evidence"
	"campanile/collectors/records"
)

// spfMissing fails a domain that can be written from (it has MX or an address)
// and publishes no SPF record (RFC 7208 section 3).
func spfMissing(b *evidence.Bundle) []Finding {
	if ended := unused(b); ended != nil {
		return ended
	}
	domain := b.Target.Domain
	txt := b.DNS.Lookup(domain, "TXT")
	if !txt.Known() {
		return unknown(domain, "dns TXT "+domain, txt.Observation)
	}
	if len(records.SPFRecords(txt.Records)) == 0 {
		return fail(domain, nil)
	}
	return pass(domain, nil)
}

// unused settles whether anybody writes from the domain: it has an MX or an
// address record. A null MX is not one (RFC 7505 section 3). The findings
// returned end the check when nobody does, or when that is not known.
func unused(b *evidence.Bundle) []Finding {
	domain := b.Target.Domain
	var open evidence.Lookup
	for _, kind := range []string{"MX", "A", "AAAA"} {
		l := b.DNS.Lookup(domain, kind)
		switch {
		case l.State == evidence.Seen && !nullMX(l.Records):
			return nil
		case !l.Known() && open.Name == "":
			open = l
		}
	}
	if open.Name != "" {
		return unknown(domain, "dns "+open.Type+" "+domain, open.Observation)
	}
	return notApplicable(domain)
}

// spfMultiple fails a domain with more than one SPF record: receivers then use
// none of them (RFC 7208 section 4.5).
func spfMultiple(b *evidence.Bundle) []Finding {
	domain := b.Target.Domain
	txt := b.DNS.Lookup(domain, "TXT")
	if !txt.Known() {
		return unknown(domain, "dns TXT "+domain, txt.Observation)
	}
	switch found := records.SPFRecords(txt.Records); len(found) {
	case 0:
		return notApplicable(domain)
	case 1:
		return pass(domain, nil)
	default:
		return fail(domain, Facts{"count": strconv.Itoa(len(found)), "records": strings.Join(found, " | ")})
	}
}
