package checks

import (
	"strconv"
	"strings"

	"campanile/collectors/evidence"
	"campanile/collectors/records"
)

// dmarcMultiple fails a name with several DMARC records: receivers drop all of
// them (RFC 9989 section 4.10 step 2). The name is the domain's own, or the first
// one above it that has records.
func dmarcMultiple(b *evidence.Bundle) []Finding {
	domain := b.Target.Domain
	for _, name := range records.DMARCNames(domain) {
		txt := b.DNS.Lookup(name, "TXT")
		if !txt.Known() {
			return unknown(domain, "dns TXT "+name, txt.Observation)
		}
		at := strings.TrimPrefix(name, "_dmarc.")
		switch n := len(records.DMARCRecords(txt.Records)); {
		case n > 1:
			return fail(domain, Facts{"count": strconv.Itoa(n), "found_at": at})
		case n == 1:
			return pass(domain, Facts{"found_at": at})
		}
	}
	return notApplicable(domain)
}

// dmarcInvalid fails a record that is meant as DMARC and that receivers must
// ignore: what stands at the domain's own name, else the record that the tree
// walk finds.
func dmarcInvalid(b *evidence.Bundle) []Finding {
	domain := b.Target.Domain
	txt := b.DNS.Lookup("_dmarc."+domain, "TXT")
	if !txt.Known() {
		return unknown(domain, "dns TXT "+txt.Name, txt.Observation)
	}
	switch own := records.DMARCRecords(txt.Records); {
	case len(own) > 1:
		return notApplicable(domain) // mail-dmarc-multiple speaks
	case len(own) == 0:
		for _, text := range records.Texts(txt.Records) {
			if reason := misspelt(text); reason != "" {
				return fail(domain, Facts{"record": text, "found_at": domain, "reason": reason})
			}
		}
	}
	found := findDMARC(b)
	switch {
	case !found.state.Known():
		return unknown(domain, found.asked, found.state)
	case found.state.State == evidence.Absent:
		return notApplicable(domain) // mail-dmarc-missing speaks
	// RFC 9989 section 4.10.1: neither a valid policy nor an address for reports.
	case !found.usable():
		return fail(domain, Facts{"record": found.text, "found_at": found.at, "reason": "policy"})
	}
	return pass(domain, Facts{"found_at": found.at})
}

// misspelt says why receivers do not take a text for a DMARC record although it
// was meant as one; it is empty for any other text. RFC 9989 section 4.8: v comes
// first and is DMARC1, in capitals, and a semicolon follows.
func misspelt(text string) string {
	plain := strings.NewReplacer(" ", "", "\t", "", `"`, "", `\`, "", "'", "").Replace(text)
	lower := strings.ToLower(plain)
	rest, first := strings.CutPrefix(plain, "v=DMARC1")
	switch {
	case first && (rest == "" || !isDigit(rest[0])):
		return "syntax"
	case strings.Contains(lower, "v=dmarc"), strings.HasPrefix(lower, "dmarc1"), strings.HasPrefix(lower, "v:dmarc"):
		return "version"
	case strings.HasPrefix(lower, "p=none"), strings.HasPrefix(lower, "p=quarantine"), strings.HasPrefix(lower, "p=reject"):
		return "version"
	}
	return ""
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
