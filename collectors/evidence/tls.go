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
	Version string `json:"version"` // SSL 3.0, TLS 1.0, TLS 1.1, TLS 1.2, TLS 1.3
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
	Certificates []Certificate `json:"certificates,omitempty"` // as presented, leaf first
	Trust        Trust         `json:"trust,omitzero"`
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
	Unparsed   string    `json:"unparsed,omitempty"` // why crypto/x509 refuses it
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
}
