package evidence

import "time"

// DNS holds every question that was put to the resolver and what came back, and
// what the name servers of the zone said when they were asked directly.
// Mail records are look-ups too: an SPF tree is the look-ups of its includes.
type DNS struct {
	Zone       string       `json:"zone,omitempty"`    // the apex of the zone that holds the domain; empty when it is not known or does not exist
	MadeUp     string       `json:"made_up,omitempty"` // a host name that nobody would make: an address at it is a wildcard's (RFC 4592)
	Lookups    []Lookup     `json:"lookups,omitempty"`
	Signed     Signed       `json:"signed,omitzero"`
	Delegation Delegation   `json:"delegation,omitzero"`
	Servers    []NameServer `json:"servers,omitempty"`
	References []Reference  `json:"references,omitempty"`
}

// Security is what DNSSEC validation from the trust anchor says of an answer
// (RFC 4035 section 4.3). Empty means that nobody validated it or that it
// could not be told (indeterminate).
type Security string

// The outcomes of validation that settle the question.
const (
	Secure    Security = "secure"   // a chain of signatures leads from the trust anchor to the answer
	Insecure  Security = "insecure" // a signed denial says that the zone, or one above, is not signed
	BogusData Security = "bogus"    // signatures should be there, and they do not fit
)

// Lookup is one DNS question (RFC 1035 section 4.1.2) and its answer.
type Lookup struct {
	Name string `json:"name"` // lower case, no final dot; the root is "."
	Type string `json:"type"` // mnemonic: A, MX, TXT ...
	Observation
	Rcode    string   `json:"rcode,omitempty"`    // NOERROR, NXDOMAIN, SERVFAIL ...
	Aliases  []string `json:"aliases,omitempty"`  // CNAME targets in the order followed
	Records  []string `json:"records,omitempty"`  // RDATA in presentation form (RFC 1035 section 5.1), sorted
	Security Security `json:"security,omitempty"` // of the records, or of the denial
	Reserved []string `json:"reserved,omitempty"` // addresses among the records that no public host can have (IANA special-purpose registries), sorted
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
// the zone of the domain: seen (every delegation has a DS), absent (a validated
// denial says that one has none: insecure), unknown (indeterminate: the
// resolver does not pass the proof on, or does not answer). Where the chain is
// there and does not hold, Fault says why (bogus).
type Signed struct {
	Observation
	Zone    string    `json:"zone,omitempty"`     // the zone where the chain ends or breaks
	Proof   string    `json:"proof,omitempty"`    // the record that proves it
	Fault   Fault     `json:"fault,omitempty"`    // why validation fails; empty when it holds
	FaultAt string    `json:"fault_at,omitempty"` // the records that it fails on: "comune.example MX"
	First   Signature `json:"first,omitzero"`     // of the signatures seen over the zone's own records, the one that expires first
}

// Fault is why signed data does not validate, in terms that somebody can act on.
type Fault string

// The faults of a signed zone.
const (
	FaultExpired     Fault = "signature-expired"       // RFC 4035 section 5.3.1
	FaultNotYet      Fault = "signature-not-yet-valid" // RFC 4035 section 5.3.1
	FaultWrong       Fault = "signature-wrong"         // the key does not verify the signature
	FaultNoSignature Fault = "signature-missing"       // records of a signed zone without an RRSIG
	FaultDSMismatch  Fault = "ds-mismatch"             // no DNSKEY fits the DS records of the parent
	FaultNoKeys      Fault = "keys-missing"            // the parent has DS records, the zone no DNSKEY
	FaultKeyMissing  Fault = "key-missing"             // the RRSIG names a key that the zone does not publish
	FaultDenial      Fault = "denial-wrong"            // NSEC or NSEC3 do not prove what the answer says
	FaultTooCostly   Fault = "too-costly"              // more keys, signatures or hashing than validators accept
)

// Signature is one RRSIG (RFC 4034 section 3).
type Signature struct {
	Name       string    `json:"name"`
	Type       string    `json:"type"` // of the records that it covers
	KeyTag     int       `json:"key_tag"`
	Algorithm  int       `json:"algorithm"` // IANA DNS security algorithm number
	Inception  time.Time `json:"inception"`
	Expiration time.Time `json:"expiration"`
}

// Delegation is what a name server of the parent zone says about the zone: its
// referral (RFC 1034 section 4.2.1). Seen means that a referral came.
type Delegation struct {
	Observation
	Parent      string   `json:"parent,omitempty"`      // the zone above
	Server      string   `json:"server,omitempty"`      // host and address asked
	NameServers []string `json:"nameservers,omitempty"` // the NS set of the parent, sorted
}

// NameServer is one address of a name server of the zone, asked directly. The
// observation is about the server: seen means that it answered something.
type NameServer struct {
	Host    string `json:"host"`
	Address string `json:"address"`
	Observation
	Rcode string `json:"rcode,omitempty"`
	// Authoritative says whether it answers for the zone with authority: seen,
	// or absent when it answered otherwise (a lame delegation, RFC 1912 section 2.8).
	Authoritative State  `json:"authoritative,omitempty"`
	Serial        int64  `json:"serial,omitempty"` // of the SOA record; 0: not told
	Again         int64  `json:"again,omitempty"`  // the serial at a second look, where the first ones differed
	Proof         string `json:"proof,omitempty"`  // the record that the authority was read from
	// Recursion says whether it resolved a foreign name for us.
	Recursion Observation `json:"recursion,omitzero"`
	// Transfer says whether it began to hand out the whole zone (AXFR, RFC
	// 5936); we hang up after the first message. It is the TCP question too.
	Transfer    Observation `json:"transfer,omitzero"`
	Transferred int         `json:"transferred,omitempty"` // records in that first message
}

// Reference is a name that a record of the municipality leads to.
type Reference struct {
	From        string `json:"from"` // owner of the record
	Type        string `json:"type"` // CNAME, MX, NS, or SPF for an include or redirect
	To          string `json:"to"`
	Registrable string `json:"registrable,omitempty"` // the part of To that somebody has to register; empty when To is below the municipality's own zone
	Claimable   string `json:"claimable,omitempty"`   // the hosting service at which anybody can claim a free name such as To
	Visit       bool   `json:"visit,omitempty"`       // at that service every name answers; only its page tells whether one is claimed
	Supplier    string `json:"supplier,omitempty"`    // the known supplier that To belongs to, by id of rules/suppliers
}
