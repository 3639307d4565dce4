package checks

import (
	"strings"

	"campanile/collectors/evidence"
	"campanile/collectors/records"
)

// dmarcFound is the record that receivers use for the domain.
type dmarcFound struct {
	text  string
	at    string // the name it stands at, without _dmarc.
	own   bool   // at the domain itself, not at a parent
	state evidence.Observation
	asked string
}

// findDMARC walks the tree of RFC 9989 section 4.10: the domain, then its
// parents. Several records at one name are all dropped.
func findDMARC(b *evidence.Bundle) dmarcFound {
	best := dmarcFound{state: evidence.Observation{State: evidence.Absent}}
	var below string // the name asked before
	for i, name := range records.DMARCNames(b.Target.Domain) {
		txt := b.DNS.Lookup(name, "TXT")
		if !txt.Known() {
			return dmarcFound{state: txt.Observation, asked: "dns TXT " + name}
		}
		name = strings.TrimPrefix(name, "_dmarc.")
		if found := records.DMARCRecords(txt.Records); len(found) == 1 {
			this := dmarcFound{text: found[0], at: name, own: i == 0, state: txt.Observation}
			record, _ := records.ParseDMARC(this.text)
			// Sections 4.10.1 and 4.10.2: first comes the domain's own record, then
			// that of the organization. The organization is where psd=n stands, or
			// one label below psd=y, or else the shortest name with a record.
			switch {
			case i == 0, record.PublicSuffix == "n":
				return this
			case record.PublicSuffix == "y" && best.at == below:
				return best
			case record.PublicSuffix == "y":
				return this
			}
			best = this
		}
		below = name
	}
	return best
}

// dmarcMissing fails a domain that can be written from and for which receivers
// find no DMARC record, on the domain or by tree walk.
func dmarcMissing(b *evidence.Bundle) []Finding {
	if ended := unused(b); ended != nil {
		return ended
	}
	domain := b.Target.Domain
	found := findDMARC(b)
	switch found.state.State {
	case evidence.Seen:
		return pass(domain, Facts{"found_at": found.at})
	case evidence.Absent:
		return fail(domain, nil)
	case evidence.NotAsked, evidence.Unknown:
	}
	return unknown(domain, found.asked, found.state)
}

// dmarcPolicyNone fails a record by which receivers only watch: p=none, nothing
// valid, or testing mode over quarantine (RFC 9989 sections 4.7 and 4.10.1).
func dmarcPolicyNone(b *evidence.Bundle) []Finding {
	return withDMARC(b, func(domain string, found dmarcFound, record records.DMARC) []Finding {
		policy := record.Effective(found.own)
		if policy == "none" {
			return fail(domain, Facts{"policy": policy, "found_at": found.at, "record": found.text})
		}
		return pass(domain, Facts{"policy": policy, "found_at": found.at})
	})
}

// dmarcReportsMissing fails a record without an address for aggregate reports:
// nobody would learn that the domain is being forged (RFC 9990).
func dmarcReportsMissing(b *evidence.Bundle) []Finding {
	return withDMARC(b, func(domain string, found dmarcFound, record records.DMARC) []Finding {
		if len(record.AggregateTo) == 0 {
			return fail(domain, Facts{"found_at": found.at, "record": found.text})
		}
		return pass(domain, Facts{"found_at": found.at})
	})
}

// withDMARC judges the record in use; where there is none, mail-dmarc-missing
// speaks.
func withDMARC(b *evidence.Bundle, judge func(string, dmarcFound, records.DMARC) []Finding) []Finding {
	domain := b.Target.Domain
	found := findDMARC(b)
	switch found.state.State {
	case evidence.Absent:
		return notApplicable(domain)
	case evidence.NotAsked, evidence.Unknown:
		return unknown(domain, found.asked, found.state)
	case evidence.Seen:
	}
	record, _ := records.ParseDMARC(found.text) // an unusable record protects as little as p=none
	return judge(domain, found, record)
}
