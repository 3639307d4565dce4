package evidence

// Depths of the questions to a TLS server.
const (
	GradeDepth = "grade" // all that lowers a grade (the default)
	FullDepth  = "full"  // every suite and every group
)

// Accepts says what a server takes besides what the ordinary handshake showed.
// It is asked with hellos of our own, which end before either side computes a
// key. The zero value means that nothing was asked.
//
// Where a server speaks neither TLS 1.2 nor anything older, the questions that
// only those versions have (Weak to ClientRenegotiation, but not PostQuantum)
// were not asked and have the zero value: see Endpoint.Offers.
type Accepts struct {
	Depth string `json:"depth,omitempty"`
	// Shared is the name at whose visit the questions were asked, where another
	// name of the same server had its visit before.
	Shared string `json:"shared,omitempty"`
	Hellos int    `json:"hellos,omitempty"` // connections that the questions took, the versions included

	// Weak has one answer for each class of suites that no server should accept
	// (RFC 9325 section 4.1), in the order of WeakClasses.
	Weak []SuiteOffer `json:"weak,omitempty"`
	// PhaseOut is a suite that is not weak but on its way out: CBC mode or
	// finite-field Diffie-Hellman (RFC 9325 section 4.1). Its class is cbc or dhe.
	PhaseOut SuiteOffer  `json:"phase_out,omitzero"`
	Order    SuiteOrder  `json:"order,omitzero"`
	DH       FiniteField `json:"dh,omitzero"`
	// Curve says whether a curve of less than 224 bits is accepted.
	Curve   GroupOffer `json:"curve,omitzero"`
	Signing Signing    `json:"signing,omitzero"`
	// SHA1 says whether the server signs its key exchange with SHA-1 when it is
	// offered nothing else; asked at full depth.
	SHA1 Observation `json:"sha1,omitzero"`

	Compression         Observation `json:"compression,omitzero"`            // RFC 3749; seen: the server compresses
	SecureRenegotiation Observation `json:"secure_renegotiation,omitzero"`   // RFC 5746
	MasterSecret        Observation `json:"extended_master_secret,omitzero"` // RFC 7627
	Heartbeat           Observation `json:"heartbeat,omitzero"`              // RFC 6520, the extension
	// Heartbleed is seen where the server answered a malformed heartbeat with
	// more than it was sent (CVE-2014-0160); asked in profile full only.
	Heartbleed Observation `json:"heartbleed,omitzero"`
	// ClientRenegotiation is seen where the server let us begin a second handshake
	// within the first (RFC 5246 section 7.4.1.1); asked in profile full only.
	ClientRenegotiation Observation `json:"client_renegotiation,omitzero"`

	PostQuantum GroupOffer `json:"post_quantum,omitzero"` // a hybrid group with ML-KEM

	// Suites and Groups are everything that is accepted, at full depth. The
	// observations say whether the lists are whole (seen) or what was lost.
	Suites     []AcceptedSuite `json:"suites,omitempty"`
	SuitesDone Observation     `json:"suites_done,omitzero"`
	Groups     []string        `json:"groups,omitempty"` // IANA names, in the order of the registry
	GroupsDone Observation     `json:"groups_done,omitzero"`
}

// WeakClasses are the classes of weak suites, the worst first.
var WeakClasses = []string{"null", "anonymous", "export", "des", "rc4", "3des", "static-key"}

// AcceptedSuite is a suite that a server took, with the newest version at which
// it was seen to.
type AcceptedSuite struct {
	Suite   string `json:"suite"` // IANA name
	Version string `json:"version"`
}

// SuiteOrder says whether the server takes a sound suite where it could (seen),
// or prefers one that is on its way out (absent) although it knows better.
type SuiteOrder struct {
	Observation
	Preferred string `json:"preferred,omitempty"` // what it took when all were offered, the sound ones first
	Good      string `json:"good,omitempty"`      // what it took when only sound ones were offered
	// Server says whether the server goes by its own order (seen) or by the
	// client's (absent); asked at full depth.
	Server State `json:"server,omitempty"`
}

// FiniteField is the group in which a server does finite-field Diffie-Hellman:
// seen, or absent where it accepts no such suite.
type FiniteField struct {
	Observation
	Suite string `json:"suite,omitempty"`
	Bits  int    `json:"bits,omitempty"`
	// Known is the name of a group that many servers share (ffdhe2048, modp1024 ...).
	Known string `json:"known,omitempty"`
	// Prime is the SHA-256 of the prime, big-endian without leading zeros.
	Prime     string `json:"prime,omitempty"`
	Generator string `json:"generator,omitempty"` // decimal, where it is short
}

// GroupOffer says whether a server accepts one of several groups.
type GroupOffer struct {
	Observation
	Group string `json:"group,omitempty"` // the one it took, IANA name
}

// Signing is how a server signs its key exchange up to TLS 1.2: seen where it
// uses SHA-2 or better, absent where it knows only SHA-1 or MD5 although better
// was offered.
type Signing struct {
	Observation
	Scheme string `json:"scheme,omitempty"` // IANA name
}

// Revocation says whether a certificate was revoked by its authority (RFC 5280
// section 5): seen where it was, absent where a valid answer says that it was
// not. It is not asked where the certificate names no list and the server staples
// no answer.
type Revocation struct {
	Observation
	Source string `json:"source,omitempty"` // staple (RFC 6066 section 8) or crl (RFC 5280 section 5)
	On     string `json:"on,omitempty"`     // the day of revocation, 2006-01-02
	Reason string `json:"reason,omitempty"` // RFC 5280 section 5.3.1, keyCompromise and the like
	URL    string `json:"url,omitempty"`    // of the list
}

// Staple is the OCSP response that came along with a handshake (RFC 6066 section
// 8): seen where it is valid for the certificate at the time, absent where none
// came, unknown where it cannot be used.
type Staple struct {
	Observation
	Status string `json:"status,omitempty"` // good, revoked or unknown (RFC 6960 section 2.2)
}
