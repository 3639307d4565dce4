package checks

import (
	"slices"

	"campanile/collectors/evidence"
	"campanile/collectors/records"
)

// unusedOpen fails a domain without mail that does not say so: its SPF record
// must refuse every server, and DMARC ask to reject. Without that, anybody can
// write in its name.
func unusedOpen(b *evidence.Bundle) []Finding {
	domain := b.Target.Domain
	mx, txt := b.DNS.Lookup(domain, "MX"), b.DNS.Lookup(domain, "TXT")
	switch {
	case !mx.Known():
		return unknown(domain, "dns MX "+domain, mx.Observation)
	case mx.NXDomain(), mx.State == evidence.Seen && !nullMX(mx.Records):
		return notApplicable(domain)
	case !txt.Known():
		return unknown(domain, "dns TXT "+domain, txt.Observation)
	}
	closed := refusesAll(txt.Records)
	if !closed {
		switch key := signingKey(b); {
		case namesSenders(txt.Records), key.State == evidence.Seen:
			return notApplicable(domain) // it receives nothing, yet it writes
		case !key.Known():
			return unknown(domain, "dns TXT "+key.Name, key.Observation)
		}
	}
	found := findDMARC(b)
	switch {
	case found.state.Known():
		return unusedVerdict(domain, closed, found.rejects())
	case !closed:
		return fail(domain, Facts{"missing": "spf"})
	}
	return unknown(domain, found.asked, found.state)
}

func unusedVerdict(domain string, closed, rejects bool) []Finding {
	switch {
	case closed && rejects:
		return pass(domain, nil)
	case closed:
		return fail(domain, Facts{"missing": "dmarc"})
	case rejects:
		return fail(domain, Facts{"missing": "spf"})
	}
	return fail(domain, Facts{"missing": "both"})
}

// rejects reports whether receivers reject what only pretends to come from the
// domain.
func (f dmarcFound) rejects() bool {
	record, err := records.ParseDMARC(f.text)
	return err == nil && record.Effective(f.own) == "reject"
}

// refusesAll reports whether the only SPF record is "v=spf1 -all": no server may
// write in the name of the domain.
func refusesAll(rdata []string) bool {
	found := records.SPFRecords(rdata)
	if len(found) != 1 {
		return false
	}
	record, err := records.ParseSPF(found[0])
	// RFC 7208 section 5.1: what stands behind "all" is never tested; a modifier
	// other than redirect admits nobody.
	first := slices.IndexFunc(record.Terms, func(t records.SPFTerm) bool { return t.Qualifier != 0 })
	return err == nil && first >= 0 && record.Terms[first].Name == "all" && record.Terms[first].Qualifier == '-'
}

// signingKey gives a DKIM key with which somebody signs what is written from the
// domain; where there is none, a look-up that is absent, or the first one that is
// not known.
func signingKey(b *evidence.Bundle) evidence.Lookup {
	keys, wild := keyRecords(b)
	open := wild.Lookup
	for _, k := range keys {
		if k.signs() && wild.Known() && wild.text == "" {
			return k.Lookup
		}
		if open.Known() && !k.Known() {
			open = k.Lookup
		}
	}
	if open.Known() {
		open.State = evidence.Absent // what a wildcard answers is nobody's key
	}
	return open
}

// namesSenders reports whether an SPF record, be it one of several, admits servers
// by name or address: somebody writes from the domain.
func namesSenders(rdata []string) bool {
	return slices.ContainsFunc(records.SPFRecords(rdata), admitsSomebody)
}

func admitsSomebody(text string) bool {
	record, _ := records.ParseSPF(text)
	return slices.ContainsFunc(record.Terms, func(t records.SPFTerm) bool {
		switch t.Name {
		case "include", "a", "ip4", "ip6", "exists", "redirect":
			return t.Qualifier == '+' || t.Name == "redirect"
		}
		return false // "mx" admits nobody where there is none, and "all" is not somebody
	})
}
