package checks

import (
	"campanile/collectors/evidence"
	"campanile/collectors/records"
)

// oneSPF gives what the only SPF record of a domain adds up to. Where there is
// none, several or an unknown number, it gives the findings that end the check
// instead.
func oneSPF(b *evidence.Bundle) (analysis records.SPFAnalysis, ended []Finding) {
	domain := b.Target.Domain
	txt := b.DNS.Lookup(domain, "TXT")
	if !txt.Known() {
		return analysis, unknown(domain, "dns TXT "+domain, txt.Observation)
	}
	analysis = records.AnalyseSPF(domain, gathered(&b.DNS), spfSuppliers(&b.DNS))
	if analysis.Root == nil {
		return analysis, notApplicable(domain)
	}
	return analysis, nil
}

// gathered answers from the look-ups of the evidence.
func gathered(dns *evidence.DNS) records.SPFLookup {
	type question struct{ name, kind string }
	answers := make(map[question]evidence.Lookup, len(dns.Lookups))
	for _, l := range dns.Lookups {
		if q := (question{l.Name, l.Type}); answers[q].Name == "" {
			answers[q] = l
		}
	}
	return func(name, kind string) records.SPFAnswer {
		l := answers[question{name, kind}]
		if l.State == evidence.Absent {
			l.Records = nil
		}
		return records.SPFAnswer{Known: l.Known(), Problem: string(l.Problem), Records: l.Records}
	}
}

// spfSuppliers lists the known suppliers by the names that the collector found
// to be theirs.
func spfSuppliers(dns *evidence.DNS) []records.Supplier {
	var list []records.Supplier
	for _, reference := range dns.References {
		if reference.Type == "SPF" && reference.Supplier != "" {
			list = append(list, records.Supplier{ID: reference.Supplier, SPF: []string{reference.To}})
		}
	}
	return list
}

// soundSPF is the verdict on a tree that shows no defect. A record that is not
// known might hold it; on what receivers refuse to read, mail-spf-invalid
// speaks; and the gap given, if there is one, leaves it open.
func soundSPF(domain string, a records.SPFAnalysis, gap records.SPFGap, facts Facts) []Finding {
	whole, missing := a.RecordGap()
	switch {
	case missing:
		return unknownPart(domain, a, whole)
	case a.Cut:
		return unknown(domain, "spf "+domain, evidence.Observation{Problem: evidence.TooMany})
	case len(a.Faults) > 0:
		return notApplicable(domain)
	case gap.Owner != "":
		return unknownPart(domain, a, gap)
	}
	return pass(domain, facts)
}

// unknownPart names the part of a tree that is not known, and why.
func unknownPart(domain string, a records.SPFAnalysis, gap records.SPFGap) []Finding {
	problem := evidence.Problem(gap.Problem)
	switch {
	case gap.Name == "":
		return unknown(domain, "spf "+cutShort(gap.Term), evidence.Observation{Problem: evidence.DependsOnOther})
	case problem == "" && a.Lookups > records.MaxSPFLookups:
		problem = evidence.TooMany // the collector follows no such tree to its end
	}
	return unknown(domain, "dns "+gap.Type+" "+cutShort(gap.Name), evidence.Observation{Problem: problem})
}

// cutShort cuts what a stranger wrote to a length that people read.
func cutShort(text string) string { return evidence.Clip(text, evidence.MaxDetail) }

// spfTerm names a term, and its record where that is not the domain's own.
func spfTerm(domain string, at records.SPFPlace) string {
	if at.Owner == domain {
		return cutShort(at.Term)
	}
	return cutShort(at.Term) + " (" + cutShort(at.Owner) + ")"
}
