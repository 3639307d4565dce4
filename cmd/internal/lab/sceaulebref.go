package lab

import "github.com/miekg/dns"

// sceaulebref signs its zone by hand, with a key as short as its patience.
func sceaulebref() town {
	const origin = "sceau-le-bref.campanile.test."
	s := goodSite("@", "www")
	s.page, s.inner, s.pages = "commune.html", frenchPages(), frenchTexts()
	// RFC 5280 appendix A.1 leaves a common name 64 characters.
	s.tls = &identity{subject: "Commune de Sceau-le-Bref, secrétariat de mairie, certificat du site Internet"}
	return town{
		Town: Town{
			Domain: domain(origin), Name: "Commune de Sceau-le-Bref", Country: "fr", Code: "2Z002",
			Personality: map[string]string{
				"it": "Firma il dominio a mano e con una chiave troppo corta; le firme scadono fra due giorni e nessuno ci pensa. Anche il certificato l'ha compilato a mano, con un nome che non ci sta.",
				"fr": "Signe son domaine à la main et avec une clé trop courte ; les signatures expirent dans deux jours et personne n'y pense. Le certificat aussi est rempli à la main, avec un nom qui n'y tient pas.",
				"en": "Signs its domain by hand and with a key that is too short; the signatures expire in two days and nobody thinks of it. The certificate was filled in by hand too, with a name that does not fit.",
			},
			Planted: []string{"dns-caa-missing", "dnssec-expiring", "dnssec-algorithm-weak", "mail-mta-sts-missing", "tls-certificate-malformed"},
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
