package checks

import (
	"math/bits"
	"slices"
	"strconv"
	"strings"

	"campanile/collectors/evidence"
	"campanile/collectors/records"
)

// spfMissing fails a domain that can be written from (it has MX or an address)
// and publishes no SPF record (RFC 7208 section 3).
func spfMissing(b *evidence.Bundle) []Finding {
	domain := b.Target.Domain
	if used := inUse(b); used.State == evidence.Absent {
		return notApplicable(domain)
	} else if used.State != evidence.Seen {
		return unknown(domain, "dns MX "+domain, used)
	}
	txt := b.DNS.Lookup(domain, "TXT")
	if !txt.Known() {
		return unknown(domain, "dns TXT "+domain, txt.Observation)
	}
	if len(records.SPFRecords(txt.Records)) == 0 {
		return fail(domain, Facts{})
	}
	return pass(domain, Facts{})
}

// inUse says whether the domain has an MX or an address record.
func inUse(b *evidence.Bundle) evidence.Observation {
	settled := evidence.Observation{State: evidence.Absent}
	for _, kind := range []string{"MX", "A", "AAAA"} {
		l := b.DNS.Lookup(b.Target.Domain, kind)
		switch l.State {
		case evidence.Seen:
			return l.Observation
		case evidence.Absent:
		case evidence.NotAsked, evidence.Unknown:
			settled = l.Observation
		}
	}
	return settled
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
		return pass(domain, Facts{})
	default:
		return fail(domain, Facts{"count": strconv.Itoa(len(found)), "records": strings.Join(found, " | ")})
	}
}

// oneSPF gives the only SPF record of a domain. Where there is none, several or
// an unknown number, it gives the findings that end the check instead.
func oneSPF(b *evidence.Bundle) (text string, ended []Finding) {
	domain := b.Target.Domain
	txt := b.DNS.Lookup(domain, "TXT")
	if !txt.Known() {
		return "", unknown(domain, "dns TXT "+domain, txt.Observation)
	}
	found := records.SPFRecords(txt.Records)
	if len(found) != 1 {
		return "", notApplicable(domain)
	}
	return found[0], nil
}

// maxSPFLookups is the number of terms that may ask the DNS during one
// evaluation (RFC 7208 section 4.6.4).
const maxSPFLookups = 10

// spfTooManyLookups counts the terms that ask the DNS, through every include
// and redirect, as a receiver would in the worst case.
func spfTooManyLookups(b *evidence.Bundle) []Finding {
	text, ended := oneSPF(b)
	if ended != nil {
		return ended
	}
	domain := b.Target.Domain
	count := spfCount{dns: &b.DNS}
	count.walk(text, []string{domain})
	facts := Facts{"lookups": strconv.Itoa(count.lookups), "offender": count.offender}
	switch {
	case count.lookups > maxSPFLookups:
		return fail(domain, facts)
	case count.gap.State != evidence.NotAsked || count.gap.Problem != "":
		return unknown(domain, count.gapAt, count.gap)
	}
	return pass(domain, Facts{"lookups": facts["lookups"]})
}

// spfCount adds up the look-ups of a record tree that was gathered before.
type spfCount struct {
	dns      *evidence.DNS
	lookups  int
	offender string               // the term at which the limit is passed
	gap      evidence.Observation // the first record that is not known
	gapAt    string
}

// enough ends the count of a tree that grows out of all proportion.
const enough = 1000

// walk counts one record; path holds the names on the way to it, which ends
// loops.
func (c *spfCount) walk(text string, path []string) {
	record, _ := records.ParseSPF(text)
	for _, term := range record.Terms {
		if !term.Asks() || term.Name == "redirect" && !record.Redirects() {
			continue
		}
		if c.lookups++; c.lookups == maxSPFLookups+1 {
			c.offender = term.Raw
		}
		if target := term.Follows(); target != "" && c.lookups < enough && !slices.Contains(path, target) {
			c.follow(target, path)
		}
	}
}

func (c *spfCount) follow(target string, path []string) {
	txt := c.dns.Lookup(target, "TXT")
	if !txt.Known() {
		if c.gapAt == "" {
			c.gap, c.gapAt = evidence.Observation{State: evidence.Unknown, Problem: problemOf(txt.Observation)}, "dns TXT "+target
		}
		return
	}
	if found := records.SPFRecords(txt.Records); len(found) == 1 {
		c.walk(found[0], append(path[:len(path):len(path)], target))
	}
}

// manyAddresses is the number of IPv4 addresses above which a record protects
// nobody: a whole /12.
const manyAddresses = 1 << 20

// spfPermissive fails a record that lets strangers write in the domain's name:
// "+all", "?all", no end at all, or a network of more than 2^20 addresses.
func spfPermissive(b *evidence.Bundle) []Finding {
	text, ended := oneSPF(b)
	if ended != nil {
		return ended
	}
	domain := b.Target.Domain
	record, err := records.ParseSPF(text)
	if err != nil {
		// RFC 7208 section 4.6: a syntax error anywhere is permerror; such a
		// record admits nobody, and mail-spf-invalid speaks of it.
		return notApplicable(domain)
	}
	if reason := permissive(record); reason != "" {
		return fail(domain, Facts{"record": text, "reason": reason})
	}
	return spfPermissiveBelow(b, text, record)
}

// permissive gives the reason why a record is too open by its own terms.
func permissive(record records.SPF) string {
	qualifier, hasAll := record.All()
	switch {
	case hasAll && qualifier == '+':
		return "plus-all"
	case hasAll && qualifier == '?':
		return "neutral-all"
	case !hasAll && redirectOf(record) == "":
		return "no-all"
	case addressesOf(record) > manyAddresses:
		return "too-many-addresses"
	}
	return ""
}

func redirectOf(record records.SPF) string {
	for _, term := range record.Terms {
		if term.Name == "redirect" {
			return term.Value
		}
	}
	return ""
}

// addressesOf adds up the IPv4 networks that the record names itself.
func addressesOf(record records.SPF) uint64 {
	var sum uint64
	for _, term := range record.Terms {
		if term.Name == "ip4" && term.Qualifier == '+' {
			size := uint64(1) << (32 - term.Bits4)
			if total, carry := bits.Add64(sum, size, 0); carry == 0 {
				sum = total
			}
		}
	}
	return sum
}

// spfPermissiveBelow looks where the record leads: the redirect takes its
// place, and an include that ends in "+all" opens it to everybody.
func spfPermissiveBelow(b *evidence.Bundle, text string, record records.SPF) []Finding {
	domain := b.Target.Domain
	for _, term := range record.Terms {
		if term.Name != "include" && term.Name != "redirect" || term.Name == "redirect" && !record.Redirects() {
			continue
		}
		if term.Follows() == "" {
			continue // a macro: which record it is depends on the message
		}
		txt := b.DNS.Lookup(term.Follows(), "TXT")
		if !txt.Known() {
			return unknown(domain, "dns TXT "+term.Follows(), txt.Observation)
		}
		for _, found := range records.SPFRecords(txt.Records) {
			below, _ := records.ParseSPF(found)
			reason := permissive(below)
			if reason == "plus-all" || reason != "" && term.Name == "redirect" {
				return fail(domain, Facts{"record": text, "reason": reason})
			}
		}
	}
	return pass(domain, Facts{})
}
