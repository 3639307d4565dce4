package lab

import "crypto/tls"

// montebugia lets anybody send mail in its name.
func montebugia() town {
	origin := in("montebugia")
	return town{
		Town: Town{
			Domain: domain(origin), Name: "Comune di Montebugia", Country: "it", Code: "c_x006",
			Personality: map[string]string{
				"it": "Chiunque può spedire posta a nome del Sindaco, e le regole lo permettono; rispondono perfino i nomi inventati.",
				"fr": "N'importe qui peut écrire au nom du maire, et les règles publiées l'autorisent ; même les noms inventés y existent.",
				"en": "Anybody can send mail as the mayor, and the published rules allow it; even names that somebody made up exist.",
			},
			Planted: []string{
				"dns-wildcard", "dns-caa-missing", "dns-ipv6-missing", "dnssec-missing",
				"mail-spf-permissive", "mail-spf-ptr", "mail-dmarc-policy-none", "mail-dmarc-reports-missing",
				"mail-tls-obsolete", "mail-tls-cipher-weak", "mail-mta-sts-missing",
				"web-http-not-redirected", "web-csp-missing", "web-security-txt-missing", "privacy-notice-missing",
			},
			// Its wildcard denies no name, so that keys may stand under any.
			Unknown: []string{"mail-dkim-not-seen", "mail-dkim-key-weak"},
		},
		place: place{
			zone: zone{origin: origin, servers: []string{"ns1.nuvolette.test.", "ns2.nuvolette.test."}, records: `
@      IN A   192.0.2.50
www    IN A   192.0.2.50
mx     IN A   192.0.2.51
@      IN MX  10 mx
*      IN A   192.0.2.50
@      IN TXT "v=spf1 ptr mx +all"
@      IN TXT "verifica-del-sito=0123456789"
_dmarc IN TXT "v=DMARC1; p=none"
`},
			exchanges: []exchange{{host: "mx", banner: "ESMTP Postfix", tls: &identity{least: tls.VersionTLS10, most: tls.VersionTLS12, rsa: long(), static: true}}},
			sites: []site{{
				hosts: []string{"@", "www"}, tls: &identity{}, plain: same, page: "comune.html", lacks: "privacy", inner: innerPages(), pages: legalPages(),
				headers: map[string]string{
					"Strict-Transport-Security": "max-age=31536000",
					"X-Content-Type-Options":    "nosniff",
					"X-Frame-Options":           "SAMEORIGIN",
				},
			}},
		},
	}
}

// castelfandonia changed its mail supplier and kept the rules of both, let its old
// name go, and never taught its site https.
func castelfandonia() town {
	origin := in("castelfandonia")
	return town{
		Town: Town{
			Domain: domain(origin), Name: "Comune di Castelfandonia", Country: "it", Code: "c_x007",
			Personality: map[string]string{
				"it": "Ha due regole SPF e due DMARC che si annullano a vicenda, un sito senza lucchetto e un vecchio nome che ora vende pentole.",
				"fr": "A deux règles SPF et deux règles DMARC qui s'annulent, un site sans cadenas et un ancien nom qui vend désormais des casseroles.",
				"en": "Has two SPF and two DMARC rules that cancel each other, a site without the padlock, and an old name that sells pots and pans now.",
			},
			Former: []string{"comunedicastelfandonia.test"},
			Planted: []string{
				"dns-caa-missing", "dns-ipv6-missing", "dnssec-missing", "domain-look-alike-official",
				"mail-spf-multiple", "mail-dmarc-multiple", "mail-dkim-not-seen", "mail-mta-sts-missing",
				"tls-missing", "transparency-missing",
			},
		},
		place: place{
			zone: zone{origin: origin, servers: []string{"ns1.nuvolette.test.", "ns2.nuvolette.test."}, records: `
@      IN A   192.0.2.60
www    IN A   192.0.2.60
@      IN MX  10 mx.nuvolette.test.
@      IN TXT "v=spf1 include:_spf.tuttoincluso.test -all"
@      IN TXT "v=spf1 include:_spf.nuvolette.test -all"
_dmarc IN TXT "v=DMARC1; p=none; rua=mailto:dmarc@comune.castelfandonia.campanile.test"
_dmarc IN TXT "v=DMARC1; p=reject; rua=mailto:dmarc@comune.castelfandonia.campanile.test"
`},
			sites: []site{{
				hosts: []string{"@", "www"}, plain: same, page: "comune.html", lacks: "transparency", inner: innerPages(), pages: legalPages(),
				headers: wellGuarded(),
			}},
		},
	}
}
