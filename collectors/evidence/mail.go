package evidence

// Mail holds what the mail exchangers and the policy host said. The records
// (SPF, DMARC, MTA-STS, TLS-RPT, DKIM, TLSA) are in DNS.Lookups.
type Mail struct {
	Exchanges []Exchange `json:"exchanges,omitempty"`
	Policy    Policy     `json:"policy,omitzero"`
	Selectors []Selector `json:"selectors,omitempty"` // DKIM selectors that were asked for
	Control   Control    `json:"control,omitzero"`
}

// Selector is a DKIM selector (RFC 6376 section 3.1) that was asked for; the
// answer is the look-up of <name>._domainkey.<domain>.
type Selector struct {
	Name   string `json:"name"`
	Source string `json:"source"` // the supplier whose it is, or "generic"
}

// Control says whether port 25 is open from this vantage point: a server that is
// known to take mail was dialled. Without it a silent MX proves nothing.
type Control struct {
	Host    string `json:"host,omitempty"`
	Address string `json:"address,omitempty"`
	Observation
}

// Exchange is one MX host (RFC 5321 section 5.1).
type Exchange struct {
	Host       string      `json:"host"`
	Preference int         `json:"preference"`
	Addresses  Observation `json:"addresses"` // whether the host has an address at all
	Servers    []Server    `json:"servers,omitempty"`
}

// Server is one SMTP server at one address. The observation is about the SMTP
// session: seen means that it greeted us with 220 and answered EHLO.
type Server struct {
	Address string `json:"address"`
	Observation
	Banner     string      `json:"banner,omitempty"`     // first line of the greeting, clipped
	Extensions []string    `json:"extensions,omitempty"` // EHLO keywords (RFC 5321 section 4.1.1.1), upper case, sorted
	StartTLS   Observation `json:"starttls,omitzero"`    // offered (RFC 3207)
	TLS        Handshake   `json:"tls,omitzero"`         // after STARTTLS
	// Offers are versions asked for one at a time after STARTTLS.
	Offers []VersionOffer `json:"offers,omitempty"`
	// Weak is the answer to a hello that offers nothing but suites that no
	// server should accept.
	Weak    SuiteOffer `json:"weak,omitzero"`
	Accepts Accepts    `json:"accepts,omitzero"` // every suite and group, at full depth
	DANE    DANE       `json:"dane,omitzero"`
	Reverse Reverse    `json:"reverse,omitzero"`
	Tries   int        `json:"tries,omitempty"` // connections tried, where the first failed; 0 where the server then took one and turned us away
}

// SuiteOffer says whether a server accepts one of a group of cipher suites.
type SuiteOffer struct {
	Observation
	Suite string `json:"suite,omitempty"` // the one it took, IANA name
	Class string `json:"class,omitempty"` // null, anonymous, export, des, rc4, 3des or static-key
}

// DANE says whether the chain presented after STARTTLS fits the TLSA records of
// the host (RFC 7672): seen (one matches), absent (signed, usable records are
// there and none matches), "" where there are none or they are not signed.
type DANE struct {
	Observation
	Record string `json:"record,omitempty"` // the one that matches, else the first usable one
	Reason string `json:"reason,omitempty"` // for absent: no-match, wrong-name, expired
}

// Reverse says whether the address of a mail server has a name (PTR) that leads
// back to it: seen, or absent with the names that do not.
type Reverse struct {
	Observation
	Names []string `json:"names,omitempty"`
}

// Policy is the MTA-STS policy file (RFC 8461 section 3.3).
type Policy struct {
	Observation
	URL         string `json:"url,omitempty"`
	Status      int    `json:"status,omitempty"`
	ContentType string `json:"content_type,omitempty"`
	Body        string `json:"body,omitempty"` // at most MaxPolicy bytes
	// TLS is the handshake with the policy host: its certificate has to be valid
	// (RFC 8461 section 3.3).
	TLS Handshake `json:"tls,omitzero"`
}
