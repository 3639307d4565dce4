package evidence

// DNS holds every question that was put to the resolver and what came back.
// Mail records are look-ups too: an SPF tree is the look-ups of its includes.
type DNS struct {
	Zone    string   `json:"zone,omitempty"` // the apex of the zone that holds the domain; empty when it is not known or does not exist
	Lookups []Lookup `json:"lookups,omitempty"`
	Signed  Signed   `json:"signed,omitzero"`
}

// Lookup is one DNS question (RFC 1035 section 4.1.2) and its answer.
type Lookup struct {
	Name string `json:"name"` // lower case, no final dot; the root is "."
	Type string `json:"type"` // mnemonic: A, MX, TXT ...
	Observation
	Rcode   string   `json:"rcode,omitempty"`   // NOERROR, NXDOMAIN, SERVFAIL ...
	Aliases []string `json:"aliases,omitempty"` // CNAME targets in the order followed
	Records []string `json:"records,omitempty"` // RDATA in presentation form (RFC 1035 section 5.1), sorted
	Signed  bool     `json:"signed,omitempty"`  // an RRSIG came with the records or with the denial
}

// NXDomain reports whether the name does not exist at all (RFC 8020), which is
// more than having no record of the type asked for. Behind an alias the answer
// is about the target; the name itself exists (RFC 6604 section 3).
func (l Lookup) NXDomain() bool {
	return l.State == Absent && l.Rcode == "NXDOMAIN" && len(l.Aliases) == 0
}

// Lookup gives the answer to a question, or the zero Lookup (not asked).
func (d *DNS) Lookup(name, kind string) Lookup {
	for _, l := range d.Lookups {
		if l.Name == name && l.Type == kind {
			return l
		}
	}
	return Lookup{Name: name, Type: kind}
}

// Signed says whether the chain of DS records leads from the trust anchor to
// the domain: seen (every delegation has a DS), absent (a signed denial says
// that one has none), unknown (the resolver does not pass the proof on).
type Signed struct {
	Observation
	Zone  string `json:"zone,omitempty"`  // the zone where the chain ends
	Proof string `json:"proof,omitempty"` // the record that proves it
}
