package lab

// soffittadelweb keeps in its attic the site of 2012, and everything that was said then.
func soffittadelweb() town {
	origin := in("soffittadelweb")
	s := goodSite("@")
	s.page = "soffitta.html"
	s.pages["/accessibilita"] = "dichiarazione-vecchia.html"
	s.inner["/sportello-telematico"] = "Sportello telematico"
	s.headers["Server"] = "Apache/2.2.22 (Unix)"
	s.headers["X-Powered-By"] = "PHP/5.3.10"
	s.headers["Strict-Transport-Security"] = "max-age=86400"
	s.headers["Content-Security-Policy"] = "default-src 'self' 'unsafe-inline' *; frame-ancestors 'none'"
	s.headers["Referrer-Policy"] = "unsafe-url"
	s.files = map[string]string{"/.well-known/security.txt": "Contact: sicurezza@{domain}\nExpires: 2020-01-01T00:00:00Z\n"}
	return town{
		Town: Town{
			Domain: domain(origin), Name: "Comune di Soffitta del Web", Country: "it", Code: "c_x021",
			Personality: map[string]string{
				"it": "Il sito è quello del 2012, con i programmi del 2012; la dichiarazione di accessibilità dice due cose opposte e www non l'ha mai creato nessuno.",
				"fr": "Le site est celui de 2012, avec les programmes de 2012 ; la déclaration d'accessibilité dit deux choses contraires et personne n'a jamais créé le nom en www.",
				"en": "The site is the one of 2012, with the programs of 2012; the accessibility declaration says two opposite things, and nobody ever made the name with www.",
			},
			Planted: []string{
				"dns-caa-missing", "dnssec-missing", "mail-mta-sts-missing",
				"web-name-missing", "web-hsts-short", "web-csp-unsafe",
				"web-referrer-unsafe", "web-software-outdated", "web-version-disclosed",
				"web-security-txt-invalid", "web-security-txt-expired", "accessibility-declaration-not-official",
				"accessibility-declaration-outdated", "accessibility-declaration-contradictory", "accessibility-objectives-missing",
				"accessibility-feedback-missing",
			},
		},
		place: place{
			zone: zone{origin: origin, servers: []string{"ns1.nuvolette.test.", "ns2.nuvolette.test."}, records: `
@      IN A    198.51.100.211
@      IN AAAA 2001:db8:211::80
@      IN MX   10 mx.nuvolette.test.
@      IN TXT  "v=spf1 include:_spf.nuvolette.test -all"
_dmarc IN TXT  "v=DMARC1; p=reject; rua=mailto:dmarc@comune.soffittadelweb.campanile.test"
default._domainkey IN CNAME _dkim.nuvolette.test.
`},
			sites: []site{s},
		},
	}
}
