package records

// What a reader of DMARC does with mail that only pretends to come from a name;
// besides these there are the three words of the records: none, quarantine and
// reject.
const (
	// NotApplied means that no usable record applies.
	NotApplied = "not-applied"
	// NotKnown means that an answer is missing on which the policy depends.
	NotKnown = "unknown"
)

// DMARCFacts are the answers from which policies follow for mail from one name.
type DMARCFacts struct {
	Name string // lower case, without a final dot
	// Answers are those to the questions of the tree walk and of older readers.
	Answers []DMARCAnswer
	// Registered is the organizational domain by the Public Suffix List, which
	// older readers go by; empty when the name has none.
	Registered string
	// Missing says that the name does not exist at all (NXDOMAIN), and
	// MissingProblem why that is not known.
	Missing        bool
	MissingProblem string
}

// DMARCDiscovery says which policy applies to mail from a name (RFC 9989
// section 4.10), and what readers of RFC 7489 make of it. It is a public
// contract: the names in JSON stay.
type DMARCDiscovery struct {
	Name    string   `json:"name"`
	FoundAt string   `json:"found_at"` // with _dmarc.; empty when no record applies
	Record  string   `json:"record"`
	Usable  bool     `json:"usable"`
	Queries []string `json:"queries"` // of the tree walk, in order
	// PolicyDomain is where the record stands that applies to the name.
	PolicyDomain string `json:"policy_domain"`
	// OrganizationalDomain is empty when the walk broke off before it was known.
	OrganizationalDomain string `json:"organizational_domain"`
	// Policy is what happens to mail from the name itself.
	Policy    string         `json:"policy"`
	Effective DMARCEffective `json:"effective"`
	Older     DMARCOlder     `json:"older_readers"`
	Remarks   []string       `json:"remarks"`
	// Problem is why something above is not known, and ProblemAt which question
	// got no answer.
	Problem   string `json:"problem,omitempty"`
	ProblemAt string `json:"problem_at,omitempty"`
}

// DMARCEffective is what happens to mail from the policy domain and from names
// below it that have no record of their own.
type DMARCEffective struct {
	Self     string `json:"self"`
	Existing string `json:"existing_subdomain"`
	Missing  string `json:"missing_subdomain"`
}

// DiscoverDMARC decides from the answers alone.
func DiscoverDMARC(facts DMARCFacts) DMARCDiscovery {
	answers := map[string]DMARCAnswer{}
	for _, a := range facts.Answers {
		answers[a.Name] = a
	}
	walk := walkDMARC(facts.Name, answers)
	d := DMARCDiscovery{
		Name: facts.Name, Queries: walk.queries, OrganizationalDomain: walk.organization(),
		Older: olderReaders(facts, answers), Problem: walk.problem, ProblemAt: walk.at,
	}
	applied, there, known := walk.governing()
	switch {
	case there:
		d.apply(applied, facts, answers)
	case known:
		d.Policy, d.Effective = NotApplied, DMARCEffective{NotApplied, NotApplied, NotApplied}
	default:
		d.Policy, d.Effective = NotKnown, DMARCEffective{NotKnown, NotKnown, NotKnown}
	}
	d.Remarks = remarks(d, walk, applied, facts)
	return d
}

// apply fills in what follows from the record that applies to the name.
func (d *DMARCDiscovery) apply(applied dmarcFound, facts DMARCFacts, answers map[string]DMARCAnswer) {
	d.FoundAt, d.Record, d.Usable, d.PolicyDomain = dmarcLabel+applied.domain, applied.text, applied.usable, applied.domain
	below := walkBelow(applied.domain, answers)
	d.Effective = effective(applied, below)
	if d.Problem == "" {
		// A name of eight labels with psd may end the walk before those above it,
		// which names below follow, are asked about.
		d.Problem, d.ProblemAt = below.problem, below.at
	}
	if applied.domain == d.Name {
		// Section 4.10.1: a record of its own speaks by p alone.
		d.Policy = d.Effective.Self
		return
	}
	existing, missing := applied.policyFor(false, false), applied.policyFor(false, true)
	switch {
	case existing == missing:
		d.Policy = existing
	case facts.MissingProblem != "":
		d.Policy, d.Problem, d.ProblemAt = NotKnown, facts.MissingProblem, d.Name
	case facts.Missing:
		d.Policy = missing
	default:
		d.Policy = existing
	}
}

// effective looks at the policy domain from below: names under it follow its
// organization, which need not be itself (RFC 9989 section 4.7, sp).
func effective(applied dmarcFound, below dmarcWalk) DMARCEffective {
	e := DMARCEffective{applied.policyFor(true, false), NotApplied, NotApplied}
	switch above, there, known := below.governing(); {
	case !known:
		e.Existing, e.Missing = NotKnown, NotKnown
	case there:
		e.Existing, e.Missing = above.policyFor(false, false), above.policyFor(false, true)
	}
	return e
}
