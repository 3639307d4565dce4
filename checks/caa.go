package checks

import (
	"strings"

	"campanile/collectors/evidence"
	"campanile/collectors/records"
)

// climb gives the set of CAA records that counts for a name: the first that is
// met on the way to the top (RFC 8659 section 3). Where a look-up failed, the
// climb ends there.
func climb(b *evidence.Bundle, name string) evidence.Lookup {
	caa := b.DNS.Lookup(name, "CAA")
	for caa.State == evidence.Absent && strings.Contains(parent(name), ".") && !ofRegistry(b, parent(name)) {
		name = parent(name)
		caa = b.DNS.Lookup(name, "CAA")
	}
	return caa
}

// ofRegistry reports a name that nobody asked for because it stands between the
// zone and the top level that delegates it: such a name is the registry's, which
// keeps no CAA records for its customers.
func ofRegistry(b *evidence.Bundle, name string) bool {
	d := b.DNS.Delegation
	return b.DNS.Lookup(name, "CAA").State == evidence.NotAsked && d.State == evidence.Seen &&
		d.Parent != "" && !strings.Contains(d.Parent, ".") && !within(name, b.DNS.Zone)
}

func parent(name string) string {
	_, rest, _ := strings.Cut(name, ".")
	return rest
}

// caaMissing fails a domain for which no CAA record is found by climbing from
// the name to the top.
func caaMissing(b *evidence.Bundle) []Finding {
	return eachCAA(b, func(caa evidence.Lookup) []Finding {
		if caa.State == evidence.Absent {
			return fail(b.Target.Domain, nil)
		}
		return pass(b.Target.Domain, Facts{"found_at": caa.Name})
	})
}

// eachCAA judges what the climb from the domain found, or that it found nothing.
func eachCAA(b *evidence.Bundle, judge func(evidence.Lookup) []Finding) []Finding {
	domain := b.Target.Domain
	if lookUp(b, domain, "CAA").NXDomain() {
		return notApplicable(domain)
	}
	caa := climb(b, domain)
	if !caa.Known() {
		return unknown(domain, "dns CAA "+caa.Name, caa.Observation)
	}
	return judge(caa)
}

// caaInvalid fails a domain whose CAA records authorities cannot read, or whose
// records shut out the authority that issued the certificate in use: it will not
// be able to renew it.
func caaInvalid(b *evidence.Bundle) []Finding {
	return eachCAA(b, func(caa evidence.Lookup) []Finding {
		domain := b.Target.Domain
		if caa.State == evidence.Absent {
			return notApplicable(domain)
		}
		for _, rdata := range caa.Records {
			if malformedCAA(rdata) {
				return fail(domain, Facts{"record": rdata, "reason": "malformed", "issuer": "-"})
			}
		}
		if b.Asked(evidence.TLSFamily) {
			return liveIssuers(b)
		}
		return pass(domain, Facts{"found_at": caa.Name})
	})
}

// malformedCAA recognises a record that authorities must take for a refusal
// because they cannot read it.
func malformedCAA(rdata string) bool {
	record, err := records.ParseCAA(rdata)
	// RFC 8659 section 4.5: what is critical and unknown forbids to everybody.
	unknown := record.Critical && record.Tag != "issue" && record.Tag != "issuewild" &&
		!records.CAAAllows([]records.CAA{record}, false, nil)
	return err != nil || unknown
}

// liveIssuers holds the certificates in use against the CAA records. One that is
// shut out decides; all of them must be known for a pass.
func liveIssuers(b *evidence.Bundle) []Finding {
	domain := b.Target.Domain
	names, by := webNames(b)
	var gaps []Finding
	if len(names) == 0 {
		gaps = noEndpoint(b)
	}
	for _, name := range names {
		for _, e := range by[name] {
			facts, what, open := liveIssuer(b, e)
			switch {
			case facts != nil:
				return fail(domain, facts)
			case open.State != evidence.Seen && !withoutTLS(b, name):
				gaps = append(gaps, unknown(domain, what, open)...)
			}
		}
	}
	for _, gap := range gaps {
		if gap.Outcome == Inconclusive {
			return []Finding{gap}
		}
	}
	return pass(domain, nil)
}

// liveIssuer gives the facts of a certificate that the records forbid, else what
// was asked about it and whether the answer is known. A certificate that no public
// authority stands behind never asked for permission.
func liveIssuer(b *evidence.Bundle, e evidence.Endpoint) (facts Facts, what string, o evidence.Observation) {
	what = "tls " + e.Name + ":443"
	switch {
	case e.TLS.State == evidence.Absent:
		return nil, what, sound()
	case e.TLS.State != evidence.Seen:
		return nil, what, handshake(e)
	case e.TLS.Trust.State == evidence.Absent:
		return nil, what, sound()
	case e.TLS.Trust.State != evidence.Seen:
		return nil, what, e.TLS.Trust.Observation
	case len(e.TLS.Certificates) == 0:
		return nil, what, garbled
	}
	leaf := e.TLS.Certificates[0]
	identifiers := records.CAAIdentifiers(leaf.Issuer)
	if identifiers == nil {
		return nil, what, evidence.Observation{State: evidence.Unknown, Problem: evidence.DependsOnOther}
	}
	caa := forbidding(b, leaf.Names, identifiers)
	if caa.State == evidence.Seen {
		return Facts{"record": strings.Join(caa.Records, ", "), "reason": "forbids-issuer", "issuer": issuerOf(leaf)}, "", defect()
	}
	if caa.Name != "" {
		return nil, "dns CAA " + caa.Name, caa.Observation
	}
	return nil, what, sound()
}

// forbidding gives the records that shut an authority out for one of the names of
// its certificate, else a look-up that is not known and may hold such records.
func forbidding(b *evidence.Bundle, names, identifiers []string) evidence.Lookup {
	var gap evidence.Lookup
	for _, name := range names {
		base, wildcard := strings.CutPrefix(name, "*.")
		switch caa, judged := countsFor(b, base); {
		case !judged || caa.State == evidence.Absent:
		case caa.State != evidence.Seen:
			gap = caa
		case !records.CAAAllows(parseCAA(caa.Records), wildcard, identifiers):
			return caa
		}
	}
	return gap
}

// countsFor gives the records that count for a name of the domain. A name below
// it that was not asked for may have records of its own, also through an alias:
// nothing is said about it.
func countsFor(b *evidence.Bundle, name string) (caa evidence.Lookup, judged bool) {
	if !within(name, b.Target.Domain) || !wasAsked(b, name, "CAA") {
		return evidence.Lookup{}, false
	}
	return climb(b, name), true
}

// within reports whether a name is the domain or below it.
func within(name, domain string) bool {
	return name == domain || strings.HasSuffix(name, "."+domain)
}

func parseCAA(rdata []string) []records.CAA {
	list := make([]records.CAA, len(rdata))
	for i, text := range rdata {
		// RFC 8659 section 4.2: what cannot be read still counts, as a refusal.
		list[i], _ = records.ParseCAA(text)
	}
	return list
}
