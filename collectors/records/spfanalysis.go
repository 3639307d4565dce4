package records

import "strings"

// The limits of RFC 7208 section 4.6.4 that a record can break by itself.
const (
	MaxSPFLookups     = 10 // terms that ask the DNS
	MaxSPFVoidLookups = 2  // terms that ask in vain
	MaxSPFExchangers  = 10 // hosts of the MX records of one name
)

// SPFAnswer is what is known of one DNS question.
type SPFAnswer struct {
	Known   bool     // the DNS answered, and be it with a no
	Problem string   // why it is not known, in the words of whoever answers
	Records []string // RDATA in presentation form; none is an authoritative no
}

// SPFLookup gives what is known about a name (lower case, no final dot). The
// kind is TXT, MX, A or AAAA.
type SPFLookup func(name, kind string) SPFAnswer

// SPFAnalysis is what a record adds up to with everything that it includes and
// redirects to, whoever sends: the worst case of an evaluation. Every evaluation
// counts, so a record that is included twice is there twice.
type SPFAnalysis struct {
	Root       *SPFBranch   // nil where no record can be evaluated: none, several or not known
	Lookups    int          // terms that ask the DNS; a loop counts until the limit ends it
	Offender   SPFPlace     // the term that passes MaxSPFLookups; zero where none does
	Voids      []SPFVoid    // terms that ask in vain, each evaluation once
	VoidAtMost int          // their number if every gap but those of records turns out void
	Faults     []SPFFault   // why receivers answer permerror
	Crowded    []SPFCrowd   // "mx" terms with more than MaxSPFExchangers hosts: permerror too
	Pointers   []SPFPlace   // "ptr" terms, which nobody should publish (section 5.5)
	Open       string       // why everybody gets in: plus-all, neutral-all or no-all
	Networks   []SPFNetwork // who may send; the same network stands there once for each supplier
	All        SPFAmount    // addresses of all networks
	Outside    SPFAmount    // of those that come through no known supplier
	Gaps       []SPFGap     // what is not known
	Cut        bool         // the tree is larger than what is followed here; the rest is not known
}

// SPFPlace is where a term stands.
type SPFPlace struct {
	Term  string   // as written
	Owner string   // name of the record
	Text  string   // the record; empty where there are several
	Path  []string // records on the way there: the domain first, the owner last
}

// SPFBranch is one record at one place in the tree.
type SPFBranch struct {
	Owner    string
	Path     []string // as in SPFPlace
	Text     string
	Supplier string    // known supplier that it belongs to, by ID
	Steps    []SPFStep // its terms, in the order in which they are written
	Lookups  int       // what it costs, with everything below
}

// SPFStep is one term at one place in the tree.
type SPFStep struct {
	SPFTerm
	Err    error      // why it breaks the grammar
	Dead   bool       // never tested: it stands behind "all", or redirects beside one
	Macro  bool       // what it asks for depends on the message
	Cost   int        // look-ups, its own and those of what it leads to
	Void   bool       // it asks in vain
	Target string     // the name that it asks about, where that is certain
	Below  *SPFBranch // the record that it leads to
}

// SPFReason says why receivers answer permerror.
type SPFReason string

// The reasons, with their clause of RFC 7208.
const (
	SPFSyntax           SPFReason = "syntax"                  // section 4.6
	SPFUnknownMechanism SPFReason = "unknown-mechanism"       // section 4.6.2
	SPFIncludeOfNone    SPFReason = "include-without-record"  // section 5.2
	SPFRedirectToNone   SPFReason = "redirect-without-record" // section 6.1
	SPFIncludeOfSeveral SPFReason = "include-several-records" // section 4.5, behind an include or a redirect
	SPFSeveral          SPFReason = "several-records"         // section 4.5, at the domain itself
	SPFLoop             SPFReason = "loop"                    // section 4.6.4: it ends at the limit
)

// SPFFault is a reason and the term that gives it. Where the domain itself has
// several records there is no term.
type SPFFault struct {
	SPFPlace
	Reason SPFReason
	Detail string // in English
}

// SPFVoid is a term that asks for something that does not exist. A and AAAA of
// a name are one look-up: it is in vain when both are empty. An "mx" is when
// there is no MX, or when one of the hosts has no address.
type SPFVoid struct {
	SPFPlace
	Name string // what does not exist
}

// SPFCrowd is an "mx" term that leads to too many hosts.
type SPFCrowd struct {
	SPFPlace
	Hosts int
}

// SPFGap is something that is not known.
type SPFGap struct {
	SPFPlace
	Name    string // question without an answer; empty for a redirect that depends on the message
	Type    string
	Problem string // that of the SPFAnswer
	Hides   uint64 // how many IPv4 addresses outside known suppliers may be there; not for TXT
	Void    bool   // whether the term may turn out to be void; not for TXT
}

// ofRecord reports whether a whole record is missing from the picture.
func (g SPFGap) ofRecord() bool { return g.Type == "TXT" || g.Type == "" }

// RecordGap gives the first gap that may hide anything at all.
func (a SPFAnalysis) RecordGap() (gap SPFGap, found bool) {
	for _, gap := range a.Gaps {
		if gap.ofRecord() {
			return gap, true
		}
	}
	return SPFGap{}, false
}

// OutsideAtMost is the number of IPv4 addresses outside known suppliers if every
// gap but those of records is as large as the DNS allows.
func (a SPFAnalysis) OutsideAtMost() uint64 {
	sum := a.Outside.IPv4
	for _, gap := range a.Gaps {
		sum += gap.Hides
	}
	return sum
}

// AnalyseSPF adds up the record of a domain. It asks only what the caller's
// look-up gives, and comes to an end whatever that says: it looks at no more
// than maxSPFWork terms and addresses.
func AnalyseSPF(domain string, lookup SPFLookup, suppliers []Supplier) SPFAnalysis {
	w := &spfWalk{
		lookup: lookup, suppliers: suppliers,
		answers: map[spfQuestion]SPFAnswer{}, texts: map[string]spfText{}, known: map[spfRange]bool{},
	}
	w.Root = w.enter(nil, spfName(domain), spfPlace{admits: true, ends: true})
	w.All, w.Outside = amount(w.Networks, false), amount(w.Networks, true)
	return w.SPFAnalysis
}

// spfName is a name as answers are kept under.
func spfName(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }
