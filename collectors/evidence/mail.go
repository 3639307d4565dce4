package evidence

// Mail holds what the mail exchangers and the policy host said. The records
// (SPF, DMARC, MTA-STS, TLS-RPT, DKIM, TLSA) are in DNS.Lookups.
type Mail struct {
	Exchanges []Exchange `json:"exchanges,omitempty"`
	Policy    Policy     `json:"policy,omitzero"`
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
}

// Policy is the MTA-STS policy file (RFC 8461 section 3.3).
type Policy struct {
	Observation
	URL         string `json:"url,omitempty"`
	Status      int    `json:"status,omitempty"`
	ContentType string `json:"content_type,omitempty"`
	Body        string `json:"body,omitempty"` // at most MaxPolicy bytes
}
