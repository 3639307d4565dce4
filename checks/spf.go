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

// oneSPF gives the only SPF record of a domain with what it adds up to. Where
// there is none, several or an unknown number, it gives the findings that end
// the check instead.
func oneSPF(b *evidence.Bundle) (text string, tree spfTree, ended []Finding) {
	domain := b.Target.Domain
	txt := b.DNS.Lookup(domain, "TXT")
	if !txt.Known() {
		return "", tree, unknown(domain, "dns TXT "+domain, txt.Observation)
	}
	found := records.SPFRecords(txt.Records)
	if len(found) != 1 {
		return "", tree, notApplicable(domain)
	}
	tree.dns = &b.DNS
	tree.walk(found[0], spfPlace{path: []string{domain}, admits: true, ends: true})
	return found[0], tree, nil
}

// spfTooManyLookups counts the terms that ask the DNS, through every include
// and redirect, as a receiver would in the worst case.
func spfTooManyLookups(b *evidence.Bundle) []Finding {
	_, tree, ended := oneSPF(b)
	if ended != nil {
		return ended
	}
	lookups := strconv.Itoa(tree.lookups)
	if tree.lookups > maxSPFLookups {
		return fail(b.Target.Domain, Facts{"lookups": lookups, "offender": tree.offender})
	}
	return tree.sound(b.Target.Domain, Facts{"lookups": lookups})
}

// spfPermissive fails a record that lets strangers write in the domain's name:
// "+all", "?all", no end at all, or networks of more than 2^20 addresses.
func spfPermissive(b *evidence.Bundle) []Finding {
	text, tree, ended := oneSPF(b)
	switch {
	case ended != nil:
		return ended
	case tree.open != "":
		return fail(b.Target.Domain, Facts{"record": text, "reason": tree.open})
	}
	return tree.sound(b.Target.Domain, nil)
}
