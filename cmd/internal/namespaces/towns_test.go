package namespaces

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// town is one municipality. The zero value of every field is the exemplary
// way; a field that is set plants a fault.
type town struct {
	Domain string
	French bool
	Web    address // set by its place in the table

	OneNameServer bool
	Unsigned      bool
	WithoutCAA    bool

	Exchange      string   // the MX host; mx.fornitore.example
	SPF           []string // one SPF record, which ends in -all
	Includes      int      // SPF records that the SPF record includes, one by one
	DMARC         string   // p=reject, with reports
	WithoutDMARC  bool
	WithoutSPF    bool
	WithoutMTASTS bool

	Certificate  certificate // valid for 90 days, 10 of them gone
	Protocols    string      // TLSv1.2 TLSv1.3
	Ciphers      string      // HIGH:!aNULL
	WithoutHTTPS bool        // nothing listens on port 443

	ServesHTTP     bool // port 80 shows the page and does not redirect
	WithoutHeaders bool
	Cookie         string // Secure, HttpOnly
	WithoutLinks   bool   // the footer leads to no declaration, privacy notice or transparency section
	HomeNotFound   bool
	WithoutContact bool // no security.txt

	// Fails are the rules that must find a fault; no other rule may.
	Fails []string
	// Unknown are the rules that cannot tell, for the reason beside them; no
	// other rule may be inconclusive.
	Unknown []string
}

const day = 24 * time.Hour

// exemplary is the town in which everything is right.
const exemplary = "comune.example"

// towns are the municipalities, each with what is wrong there.
func towns() []*town {
	list := []*town{
		{
			Domain:   exemplary,
			Exchange: "mx." + exemplary,
		},
		{
			Domain:        "comune.scaduto.example",
			OneNameServer: true,
			Unsigned:      true,
			WithoutCAA:    true,
			Certificate:   certificate{Age: 91 * day, Life: 90 * day},
			Fails:         []string{"dns-nameserver-single", "dnssec-missing", "dns-caa-missing", "tls-certificate-expired"},
		},
		{
			Domain:       "comune.altronome.example",
			WithoutSPF:   true,
			WithoutDMARC: true,
			Certificate:  certificate{Names: []string{"altro.fornitore.example"}},
			ServesHTTP:   true,
			Fails:        []string{"mail-spf-missing", "mail-dmarc-missing", "tls-certificate-wrong-host", "web-http-not-redirected"},
		},
		{
			Domain:      "comune.autofirmato.example",
			SPF:         []string{"v=spf1 mx -all", "v=spf1 ip4:192.0.2.25 -all"},
			DMARC:       "v=DMARC1; p=none; rua=mailto:dmarc@comune.autofirmato.example",
			Certificate: certificate{SelfSigned: true},
			Protocols:   "TLSv1.2",
			Fails:       []string{"mail-spf-multiple", "mail-dmarc-policy-none", "tls-certificate-untrusted", "tls-version-modern-missing"},
		},
		{
			Domain:      "commune.chaine.example",
			French:      true,
			Includes:    10,
			DMARC:       "v=DMARC1; p=reject",
			Certificate: certificate{Age: 80 * day, Alone: true},
			Fails:       []string{"mail-spf-too-many-lookups", "mail-dmarc-reports-missing", "tls-certificate-chain-incomplete", "tls-certificate-expiring"},
		},
		{
			Domain:         "comune.antico.example",
			Exchange:       "mx-chiaro.fornitore.example",
			SPF:            []string{"v=spf1 mx +all"},
			WithoutMTASTS:  true,
			Certificate:    certificate{RSA: true},
			Protocols:      "TLSv1 TLSv1.1 TLSv1.2 TLSv1.3",
			Ciphers:        "ALL:!aNULL:!eNULL:@SECLEVEL=0",
			WithoutHeaders: true,
			Cookie:         "sessione=1; Path=/",
			Fails: []string{
				"mail-spf-permissive", "mail-starttls-missing", "mail-mta-sts-missing", "tls-version-obsolete",
				"web-hsts-missing", "web-csp-missing", "web-nosniff-missing", "web-framing-allowed", "web-cookie-insecure",
			},
		},
		{
			Domain:       "comune.inchiaro.example",
			WithoutHTTPS: true,
			ServesHTTP:   true,
			Fails:        []string{"tls-missing", "web-http-not-redirected"},
		},
		{
			Domain:       "commune.muette.example",
			French:       true,
			WithoutLinks: true,
			Fails:        []string{"accessibility-declaration-missing", "privacy-notice-missing"},
		},
		{
			Domain:         "comune.vuoto.example",
			WithoutLinks:   true,
			WithoutContact: true,
			Fails:          []string{"accessibility-declaration-missing", "privacy-notice-missing", "transparency-missing", "web-security-txt-missing"},
		},
		{
			Domain:       "comune.introvabile.example",
			HomeNotFound: true,
			Fails:        []string{"web-unreachable"},
			// There is no page to read them from.
			Unknown: []string{
				"web-csp-missing", "web-nosniff-missing", "web-framing-allowed",
				"accessibility-declaration-missing", "privacy-notice-missing", "transparency-missing",
			},
		},
	}
	for i, town := range list {
		town.Web = host(3, 10+i)
		town.fill()
	}
	return list
}

// fill gives each field that the table leaves out the exemplary value.
func (t *town) fill() {
	or := func(value *string, fallback string) {
		if *value == "" {
			*value = fallback
		}
	}
	or(&t.Exchange, "mx.fornitore.example")
	if !t.WithoutDMARC {
		or(&t.DMARC, "v=DMARC1; p=reject; rua=mailto:dmarc@"+t.Domain)
	}
	or(&t.Protocols, "TLSv1.2 TLSv1.3")
	or(&t.Ciphers, "HIGH:!aNULL")
	or(&t.Cookie, "sessione=1; Path=/; Secure; HttpOnly; SameSite=Lax")
	if t.SPF == nil && !t.WithoutSPF {
		t.SPF = []string{"v=spf1 mx" + t.includes() + " -all"}
	}
	if t.Certificate.Names == nil {
		t.Certificate.Names = []string{t.Domain, "www." + t.Domain}
	}
	t.Certificate.fill()
	slices.Sort(t.Fails)
	slices.Sort(t.Unknown)
}

func (t *town) includes() string {
	var terms strings.Builder
	for i := range t.Includes {
		fmt.Fprintf(&terms, " include:_%d.%s", i, t.Domain)
	}
	return terms.String()
}

// OwnExchange reports whether the mail server has a name inside the zone.
func (t *town) OwnExchange() bool { return t.Exchange == "mx."+t.Domain }

// Country is the one whose rules apply.
func (t *town) Country() string {
	if t.French {
		return "fr"
	}
	return "it"
}
