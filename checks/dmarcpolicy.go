package checks

import (
	"slices"
	"strconv"
	"strings"

	"campanile/collectors/evidence"
	"campanile/collectors/records"
)

// asWritten is the record without its testing mode: what it will be.
func asWritten(record records.DMARC) records.DMARC {
	record.Testing = false
	return record
}

// dmarcPartial fails a policy that is not for all mail: testing mode takes one
// level off (RFC 9989 section 4.7, tag t), and older readers apply pct to a part
// only (RFC 7489 section 6.3).
func dmarcPartial(b *evidence.Bundle) []Finding {
	return withDMARC(b, func(domain string, found dmarcFound, record records.DMARC) []Finding {
		if asWritten(record).Effective(found.own) == "none" {
			return notApplicable(domain) // mail-dmarc-policy-none speaks
		}
		share := percent(record)
		facts := Facts{"record": found.text, "found_at": found.at, "percent": strconv.Itoa(share)}
		switch {
		case record.Testing:
			facts["reason"] = "testing"
		case share < 100:
			facts["reason"] = "percent"
		default:
			return pass(domain, Facts{"found_at": found.at})
		}
		return fail(domain, facts)
	})
}

// percent reads pct; what is no number of 0 to 100 counts as not given.
func percent(record records.DMARC) int {
	share, err := strconv.ParseUint(record.Percent, 10, 8)
	if err != nil || share > 100 {
		return 100
	}
	return int(share)
}

// dmarcSubdomainsWeak fails a record that does less for names below the domain,
// whether they exist (sp) or not (np), than for the domain (RFC 9989 section
// 4.7): forgers take the weaker one.
func dmarcSubdomainsWeak(b *evidence.Bundle) []Finding {
	return withDMARC(b, func(domain string, found dmarcFound, record records.DMARC) []Finding {
		record = asWritten(record)
		policy, below := record.Effective(found.own), record.Effective(false)
		if missing := record.EffectiveForMissing(); strength(missing) < strength(below) {
			below = missing
		}
		switch {
		case policy == "none":
			return notApplicable(domain) // mail-dmarc-policy-none speaks
		case strength(below) < strength(policy):
			return fail(domain, Facts{"record": found.text, "found_at": found.at, "policy": policy, "subdomain_policy": below})
		}
		return pass(domain, Facts{"found_at": found.at})
	})
}

func strength(policy string) int {
	return slices.Index([]string{"none", "quarantine", "reject"}, policy)
}

// dmarcReportsRefused fails a record that sends reports to somebody who does not
// agree to get them: reporters then send none (RFC 9990 section 4).
func dmarcReportsRefused(b *evidence.Bundle) []Finding {
	return withDMARC(b, func(domain string, found dmarcFound, record records.DMARC) []Finding {
		if len(record.AggregateTo) == 0 {
			return notApplicable(domain) // mail-dmarc-reports-missing speaks
		}
		var open evidence.Lookup
		for _, target := range reportDomains(record) {
			agreed := agreement(b, found.at, target)
			switch {
			case agreed.State == evidence.Absent:
				return fail(domain, Facts{"record": found.text, "target": target, "expected": agreementName(found.at, target)})
			case !agreed.Known() && open.Name == "":
				open = agreed
			}
		}
		if open.Name != "" {
			return unknown(domain, "dns TXT "+open.Name, open.Observation)
		}
		return pass(domain, Facts{"found_at": found.at})
	})
}

// reportDomains lists the domains of the mailboxes that get aggregate reports.
func reportDomains(record records.DMARC) []string {
	var list []string
	for _, uri := range record.AggregateTo {
		scheme, rest, _ := strings.Cut(uri, ":")
		if !strings.EqualFold(scheme, "mailto") {
			continue
		}
		box, _, _ := strings.Cut(rest, "?")
		_, domain, _ := strings.Cut(box, "@")
		domain, _, _ = strings.Cut(domain, "!") // an old form: a limit of size
		if domain = strings.ToLower(strings.TrimSuffix(domain, ".")); domain != "" {
			list = append(list, domain)
		}
	}
	return list
}

// agreementName is where a domain says that it wants the reports of another one.
func agreementName(domain, target string) string { return domain + "._report._dmarc." + target }

// agreement says whether the target takes the reports: seen, or absent where it
// does not say so, or what is not known.
func agreement(b *evidence.Bundle, domain, target string) evidence.Lookup {
	names := []string{agreementName(domain, target), agreementName("*", target)}
	asked := slices.ContainsFunc(names, func(name string) bool { return wasAsked(b, name, "TXT") })
	// RFC 9990 section 4: within one organization nobody has to agree. Where it
	// ends the collector knows, who asks only strangers.
	if within(target, domain) || !asked && kin(target, domain) {
		return evidence.Lookup{Observation: sound()}
	}
	result := evidence.Lookup{Observation: defect()}
	for _, name := range names {
		l := b.DNS.Lookup(name, "TXT")
		switch {
		case l.State == evidence.Seen && len(records.DMARCRecords(l.Records)) > 0:
			return l
		case !l.Known() && result.Known():
			result = l
		}
	}
	return result
}

// kin reports whether two names have their last two labels in common: less than
// that is no organization.
func kin(a, b string) bool {
	first, second := strings.Split(a, "."), strings.Split(b, ".")
	n, m := len(first), len(second)
	return n > 1 && m > 1 && first[n-1] == second[m-1] && first[n-2] == second[m-2]
}
