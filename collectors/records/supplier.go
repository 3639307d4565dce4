package records

import "strings"

// Supplier is how a company that serves municipalities is recognised. Patterns
// are host names in lower case; "*.fornitore.example" stands for every name below
// and for the name itself.
type Supplier struct {
	ID        string   // one word, lower case
	Name      string   // as people know it
	Countries []string // it, fr ... where it is found; empty: anywhere
	Roles     []string // mail, gateway, pec, dns, web
	MX        []string // patterns of mail exchangers
	SPF       []string // patterns of names that SPF records include
	NS        []string // patterns of name servers
	CNAME     []string // patterns of names that aliases lead to
	Networks  []string // address ranges in CIDR form
	ASNs      []uint32 // autonomous systems
	Selectors []string // DKIM selectors that its customers publish
	Claimable []string // patterns of names at which anybody can claim a free one
	Unclaimed []string // what its pages say at such a name while nobody has claimed it
	Consumer  []string // domains of mailboxes that anybody can open
	PEC       []string // domains of certified mailboxes that many bodies share
}

// MatchesHost reports whether the host fits one of the patterns, and which.
func MatchesHost(patterns []string, host string) (pattern string, ok bool) {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	for _, pattern := range patterns {
		base, wild := strings.CutPrefix(pattern, "*.")
		if host == base || wild && strings.HasSuffix(host, "."+base) {
			return pattern, true
		}
	}
	return "", false
}
