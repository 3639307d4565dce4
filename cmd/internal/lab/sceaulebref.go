package lab

import "github.com/miekg/dns"

// sceaulebref signs its zone by hand, with a key as short as its patience.
func sceaulebref() town {
	const origin = "sceau-le-bref.campanile.test."
	s := goodSite("@", "www")
	s.page, s.inner = "commune.html", frenchPages()
	return town{
		Town: Town{
			Domain: domain(origin), Name: "Commune de Sceau-le-Bref", Country: "fr", Code: "2Z002",
			Personality: map[string]string{
				"it": "Firma il dominio a mano e con una chiave troppo corta; le firme scadono fra due giorni e nessuno ci pensa.",
				"fr": "Signe son domaine à la main et avec une clé trop courte ; les signatures expirent dans deux jours et personne n'y pense.",
				"en": "Signs its domain by hand and with a key that is too short; the signatures expire in two days and nobody thinks of it.",
			},
			Planted: []string{"dns-caa-missing", "dnssec-expiring", "dnssec-algorithm-weak", "mail-mta-sts-missing"},
		},
		place: place{
			zone: zone{origin: origin, algorithm: dns.RSASHA256, from: -28, to: 2, servers: []string{"ns1.nuvolette.test.", "ns2.nuvolette.test."}, records: `
@      IN A    192.0.2.160
@      IN AAAA 2001:db8:160::80
www    IN CNAME @
@      IN MX   10 mx.nuvolette.test.
@      IN TXT  "v=spf1 include:_spf.nuvolette.test -all"
_dmarc IN TXT  "v=DMARC1; p=quarantine; rua=mailto:dmarc@sceau-le-bref.campanile.test"
default._domainkey IN CNAME _dkim.nuvolette.test.
`},
			sites: []site{s},
		},
	}
}
