package records

import "slices"

// The remarks on a discovery, in the order in which they are made.
const (
	// NoRecord: no record applies, to newer readers.
	NoRecord = "no-record"
	// SeveralRecords: a name on the way has several records; all are dropped.
	SeveralRecords = "several-records"
	// PolicyInvalid: p is missing or wrong, or sp or np is wrong.
	PolicyInvalid = "policy-invalid"
	// SubdomainPolicyWeak: existing names below the policy domain get less.
	SubdomainPolicyWeak = "subdomain-policy-weak"
	// MissingSubdomainPolicyWeak: names below it that do not exist get less
	// than those that do.
	MissingSubdomainPolicyWeak = "missing-subdomain-policy-weak"
	// TestingMode: t=y, one level less is applied than is written.
	TestingMode = "testing"
	// FoundAtParent: the record of a name above applies.
	FoundAtParent = "found-at-parent"
	// FoundAtSuffix: the record that applies is one of a public suffix (psd=y).
	FoundAtSuffix = "found-at-public-suffix"
	// NameMissing: the name does not exist, so np applies where there is one.
	NameMissing = "name-missing"
	// NotSeenByOlder: older readers apply no policy at all.
	NotSeenByOlder = "not-seen-by-older-readers"
	// OlderDiffer: older readers apply another policy, or to a part of the mail.
	OlderDiffer = "older-readers-differ"
	// NoReports: rua has no valid address.
	NoReports = "no-reports"
	// HistoricTags: pct, rf or ri, which RFC 9989 has done away with.
	HistoricTags = "historic-tags"
	// PSDMissing: the organizational domain does not say that it is one (psd=n),
	// so a record above it would take over for the names below it.
	PSDMissing = "psd-missing"
	// SubdomainsFollowParent: the name has a record of its own, but names below
	// it follow another one; sp and np of its record have no effect.
	SubdomainsFollowParent = "subdomains-follow-parent"
)

// remarks says what stands out, never from an answer that is missing.
func remarks(d DMARCDiscovery, walk dmarcWalk, applied dmarcFound, facts DMARCFacts) []string {
	there := d.FoundAt != ""
	inherited := there && applied.domain != d.Name
	older := d.Older.Problem == "" && d.Usable && d.Policy != NotKnown
	e := d.Effective
	all := []struct {
		holds bool
		word  string
	}{
		{d.Policy == NotApplied && !there, NoRecord},
		{walk.several, SeveralRecords},
		{there && !applied.record.valid(), PolicyInvalid},
		{weaker(e.Existing, e.Self), SubdomainPolicyWeak},
		{weaker(e.Missing, e.Existing), MissingSubdomainPolicyWeak},
		{d.Usable && applied.record.Testing, TestingMode},
		{inherited, FoundAtParent},
		{inherited && applied.record.PublicSuffix == "y", FoundAtSuffix},
		{inherited && facts.Missing, NameMissing},
		{older && !d.Older.Usable, NotSeenByOlder},
		{older && d.Older.Usable && (d.Older.Policy != d.Policy || d.Older.Percent < allMail), OlderDiffer},
		{d.Usable && len(applied.record.AggregateTo) == 0, NoReports},
		{there && hasHistoricTags(applied.text), HistoricTags},
		{d.Usable && applied.domain == d.OrganizationalDomain && (applied.record.PublicSuffix == "" || applied.record.PublicSuffix == "u"), PSDMissing},
		{there && !inherited && d.OrganizationalDomain != "" && d.OrganizationalDomain != d.Name, SubdomainsFollowParent},
	}
	list := []string{}
	for _, each := range all {
		if each.holds {
			list = append(list, each.word)
		}
	}
	return list
}

// weaker compares what readers do. No policy protects as little as none does,
// and what is not known is not compared.
func weaker(policy, than string) bool {
	strength := map[string]int{NotApplied: 1, "none": 1, "quarantine": 2, "reject": 3}
	return strength[policy] > 0 && strength[policy] < strength[than]
}

// hasHistoricTags reports a tag of RFC 7489 that RFC 9989 has no more.
func hasHistoricTags(text string) bool {
	return slices.ContainsFunc(dmarcTags(text), func(tag dmarcTag) bool {
		return tag.name == "pct" || tag.name == "rf" || tag.name == "ri"
	})
}
