package checks

import (
	"cmp"
	"slices"

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

// usable reports whether receivers follow the record.
func (f dmarcFound) usable() bool {
	_, err := records.ParseDMARC(f.text)
	return err == nil
}

// findDMARC finds the record that applies to the domain: its own, else that of
// its organization, else that of the public suffix (RFC 9989 section 4.10.1).
func findDMARC(b *evidence.Bundle) dmarcFound {
	facts := records.DMARCFacts{Name: b.Target.Domain}
	for _, name := range records.DMARCNames(b.Target.Domain) {
		txt := b.DNS.Lookup(name, "TXT")
		answer := records.DMARCAnswer{Name: name, Records: txt.Records}
		if !txt.Known() {
			answer.Problem = cmp.Or(string(txt.Problem), string(evidence.Interrupted))
		}
		facts.Answers = append(facts.Answers, answer)
	}
	d := records.DiscoverDMARC(facts)
	switch {
	case d.FoundAt != "":
		return dmarcFound{text: d.Record, at: d.PolicyDomain, own: d.PolicyDomain == d.Name, state: b.DNS.Lookup(d.FoundAt, "TXT").Observation}
	case d.Policy == records.NotKnown:
		return dmarcFound{state: b.DNS.Lookup(d.ProblemAt, "TXT").Observation, asked: "dns TXT " + d.ProblemAt}
	}
	return dmarcFound{state: evidence.Observation{State: evidence.Absent}}
}

// dmarcMissing fails a domain that can be written from and for which receivers
// find no DMARC record, on the domain or by tree walk. Where there are records
// that they pass over, mail-dmarc-multiple and mail-dmarc-invalid speak.
func dmarcMissing(b *evidence.Bundle) []Finding {
	if ended := unused(b); ended != nil {
		return ended
	}
	domain := b.Target.Domain
	found := findDMARC(b)
	switch {
	case !found.state.Known():
		return unknown(domain, found.asked, found.state)
	case found.usable():
		return pass(domain, Facts{"found_at": found.at})
	case fails(dmarcMultiple(b)), fails(dmarcInvalid(b)):
		return notApplicable(domain)
	}
	return fail(domain, misplaced(b))
}

func fails(findings []Finding) bool {
	return slices.ContainsFunc(findings, func(f Finding) bool { return f.Outcome == Fail })
}

// misplaced tells of a record at the name itself, where nobody looks for it.
func misplaced(b *evidence.Bundle) Facts {
	domain := b.Target.Domain
	if len(records.DMARCRecords(b.DNS.Lookup(domain, "TXT").Records)) == 0 {
		return nil
	}
	return Facts{"misplaced_at": domain}
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

// withDMARC judges the record in use; where there is none, or one that receivers
// ignore, mail-dmarc-missing and mail-dmarc-invalid speak.
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
	record, err := records.ParseDMARC(found.text)
	if err != nil {
		return notApplicable(domain)
	}
	return judge(domain, found, record)
}
