package evidence

import "time"

// Endpoint is one TLS server: a name asked for at one address and port.
type Endpoint struct {
	Name    string         `json:"name"`
	Address string         `json:"address"`
	Port    int            `json:"port"`
	Connect Observation    `json:"connect"`          // the TCP connection
	TLS     Handshake      `json:"tls,omitzero"`     // one ordinary handshake
	Offers  []VersionOffer `json:"offers,omitempty"` // versions asked for one at a time
	Accepts Accepts        `json:"accepts,omitzero"` // what else it accepts
	// Second is the certificate for the other kind of key, where the server has
	// one for RSA and one for ECDSA: seen with it, absent where it has none. It is
	// read from a handshake that we end after the server's first words.
	Second Handshake `json:"second,omitzero"`
}

// Offer gives the answer for one version, or the zero value (not asked).
func (e Endpoint) Offer(version string) VersionOffer {
	for _, o := range e.Offers {
		if o.Version == version {
			return o
		}
	}
	return VersionOffer{Version: version}
}

// VersionOffer says whether a server accepts one protocol version. Only an
// alert proves absence; a reset or silence does not.
type VersionOffer struct {
	Version string `json:"version"` // SSL 2.0, SSL 3.0, TLS 1.0, TLS 1.1, TLS 1.2, TLS 1.3
	Observation
}

// Handshake is one full TLS handshake.
type Handshake struct {
	Observation
	Version      string        `json:"version,omitempty"`
	Suite        string        `json:"suite,omitempty"` // IANA name
	Group        string        `json:"group,omitempty"`
	ALPN         string        `json:"alpn,omitempty"`
	Stapled      bool          `json:"stapled,omitempty"`      // an OCSP response came along
	Staple       Staple        `json:"staple,omitzero"`        // what it says
	SCTs         int           `json:"scts,omitempty"`         // logs of certificate transparency with a signed timestamp (RFC 6962), in the certificate, the handshake or the staple
	Certificates []Certificate `json:"certificates,omitempty"` // as presented, leaf first
	Trust        Trust         `json:"trust,omitzero"`
	Revoked      Revocation    `json:"revoked,omitzero"` // the leaf
}

// Certificate is one certificate as presented, parsed as far as checks need.
type Certificate struct {
	SHA256     string    `json:"sha256"`
	DER        []byte    `json:"der,omitempty"` // at most MaxCertificate bytes
	Subject    string    `json:"subject,omitempty"`
	Issuer     string    `json:"issuer,omitempty"`
	Serial     string    `json:"serial,omitempty"`
	NotBefore  time.Time `json:"not_before,omitzero"`
	NotAfter   time.Time `json:"not_after,omitzero"`
	Names      []string  `json:"names,omitempty"` // DNS and IP subject alternative names, sorted
	Key        string    `json:"key,omitempty"`   // RSA, ECDSA, Ed25519
	KeyBits    int       `json:"key_bits,omitempty"`
	Signature  string    `json:"signature,omitempty"`
	SelfSigned bool      `json:"self_signed,omitempty"`
	// Unparsed says why crypto/x509 refuses it; the facts above are then a more
	// tolerant reader's, as far as it got.
	Unparsed string `json:"unparsed,omitempty"`
	// Curve is the IANA name of an ECDSA key's curve.
	Curve string `json:"curve,omitempty"`
	// KeyFault names a key that is weak whatever its length: exponent (RSA, 1 or
	// even), even, fermat (primes too near), roca (CVE-2017-15361), debian
	// (CVE-2008-0166), small-factor.
	KeyFault   string `json:"key_fault,omitempty"`
	MustStaple bool   `json:"must_staple,omitempty"` // RFC 7633
	// Lints are the errors of form that zlint finds, by its names: those of the
	// standards for every certificate, those of the CA/Browser Forum for public
	// ones. At most MaxLints, sorted; of the leaf only.
	Lints []string `json:"lints,omitempty"`
}

// Trust says whether a chain leads from the presented certificates to a trusted
// root, leaving time and name aside: each property is judged alone, so that
// "expired" never hides "wrong name".
type Trust struct {
	Observation          // seen: a chain exists; absent: none can
	Reason      string   `json:"reason,omitempty"`  // self-signed, unknown-authority, not-for-servers, constraint, malformed
	Fetched     []string `json:"fetched,omitempty"` // intermediates the server should have sent, by address
	Match       State    `json:"match,omitempty"`   // the leaf is valid for the name asked for (RFC 9525)
	Roots       string   `json:"roots,omitempty"`   // the set of authorities used
	// Until is the first expiry in the chain that lasts longest: before the
	// leaf's own where an intermediate or root ends sooner.
	Until time.Time `json:"until,omitzero"`
	// Public says that the root belongs to the embedded set, and not to the
	// authorities that were given to this scan.
	Public bool `json:"public,omitempty"`
}
