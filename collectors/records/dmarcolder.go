package records

import "strconv"

// DMARCOlder is what a reader does that knows RFC 7489 only: the Public Suffix
// List and pct, but neither np, nor psd, nor t.
type DMARCOlder struct {
	Usable  bool   `json:"usable"`
	Policy  string `json:"policy"`
	Percent int    `json:"percent"` // the share of mail that the policy is for
	Problem string `json:"problem,omitempty"`
}

const allMail = 100 // percent

// olderReaders follows RFC 7489 section 6.6.3.
func olderReaders(facts DMARCFacts, answers map[string]DMARCAnswer) DMARCOlder {
	notApplied := DMARCOlder{Policy: NotApplied, Percent: allMail}
	for i, domain := range olderDomains(facts) {
		answer, ok := answers[dmarcLabel+domain]
		if !ok {
			answer.Problem = notAsked
		}
		if answer.Problem != "" {
			return DMARCOlder{Policy: NotKnown, Percent: allMail, Problem: answer.Problem}
		}
		switch text, count := answer.record(); {
		case count == 1:
			return olderPolicy(text, i == 0)
		case count > 1:
			// Step 5: with several records discovery ends; the organization is not asked.
			return notApplied
		}
	}
	return notApplied
}

// olderDomains are the names that such a reader looks at: the name, and its
// organizational domain by the list where that is another.
func olderDomains(facts DMARCFacts) []string {
	if facts.Registered == "" || facts.Registered == facts.Name {
		return []string{facts.Name}
	}
	return []string{facts.Name, facts.Registered}
}

// OlderQuery gives the question that older readers ask after a name without a
// record, with _dmarc.; empty when there is none.
func (f DMARCFacts) OlderQuery() string {
	domains := olderDomains(f)
	if len(domains) == 1 {
		return ""
	}
	return dmarcLabel + domains[1]
}

// olderPolicy reads a record as RFC 7489 section 6.3 does.
func olderPolicy(text string, own bool) DMARCOlder {
	var record DMARC
	for _, tag := range dmarcTags(text) {
		switch tag.name {
		case "p", "sp", "pct", "rua":
			record.set(tag.name, tag.value)
		}
	}
	older := DMARCOlder{Usable: true, Policy: record.Effective(own), Percent: record.percent()}
	// Section 6.6.3 step 6, as RFC 9989 section 4.10.1: without a valid policy an
	// address for reports makes it p=none.
	if !record.valid() && len(record.AggregateTo) == 0 {
		older.Usable, older.Policy = false, NotApplied
	}
	return older
}

// percent reads pct (RFC 7489 section 6.3); what is no number of 0 to 100 counts
// as not given.
func (r DMARC) percent() int {
	share, err := strconv.ParseUint(r.Percent, 10, 8)
	if err != nil || share > allMail {
		return allMail
	}
	return int(share)
}
