package lab

// montebugia lets anybody send mail in its name.
func montebugia() town {
	origin := in("montebugia")
	return town{
		Town: Town{
			Domain: domain(origin), Name: "Comune di Montebugia", Country: "it", Code: "c_x006",
			Personality: map[string]string{
				"it": "Chiunque può spedire posta a nome del Sindaco, e le regole lo permettono.",
				"fr": "N'importe qui peut écrire au nom du maire, et les règles publiées l'autorisent.",
				"en": "Anybody can send mail as the mayor, and the published rules allow it.",
			},
			Planted: []string{
				"dns-caa-missing", "dnssec-missing",
				"mail-spf-permissive", "mail-dmarc-policy-none", "mail-dmarc-reports-missing", "mail-mta-sts-missing",
				"web-http-not-redirected", "web-csp-missing", "web-security-txt-missing", "privacy-notice-missing",
			},
		},
		place: place{
			zone: zone{origin: origin, servers: []string{"ns1.nuvolette.test.", "ns2.nuvolette.test."}, records: `
@      IN A   192.0.2.50
www    IN A   192.0.2.50
mx     IN A   192.0.2.51
@      IN MX  10 mx
@      IN TXT "v=spf1 mx +all"
@      IN TXT "verifica-del-sito=0123456789"
_dmarc IN TXT "v=DMARC1; p=none"
`},
			exchanges: []exchange{{host: "mx", banner: "ESMTP Postfix", tls: &identity{}}},
			sites: []site{{
				hosts: []string{"@", "www"}, tls: &identity{}, plain: same, page: "comune.html", lacks: "privacy", inner: innerPages(),
				headers: map[string]string{
					"Strict-Transport-Security": "max-age=31536000",
					"X-Content-Type-Options":    "nosniff",
					"X-Frame-Options":           "SAMEORIGIN",
				},
			}},
		},
	}
}

// castelfandonia changed its mail supplier and kept both rules; its site never
// learnt https.
func castelfandonia() town {
	origin := in("castelfandonia")
	return town{
		Town: Town{
			Domain: domain(origin), Name: "Comune di Castelfandonia", Country: "it", Code: "c_x007",
			Personality: map[string]string{
				"it": "Ha due regole SPF che si annullano a vicenda, e un sito senza lucchetto.",
				"fr": "A deux règles SPF qui s'annulent l'une l'autre, et un site sans cadenas.",
				"en": "Has two SPF rules that cancel each other, and a site without the padlock.",
			},
			Planted: []string{
				"dns-caa-missing", "dnssec-missing",
				"mail-spf-multiple", "mail-dmarc-missing", "mail-mta-sts-missing",
				"tls-missing", "web-http-not-redirected", "transparency-missing",
			},
		},
		place: place{
			zone: zone{origin: origin, servers: []string{"ns1.nuvolette.test.", "ns2.nuvolette.test."}, records: `
@      IN A   192.0.2.60
www    IN A   192.0.2.60
@      IN MX  10 mx.nuvolette.test.
@      IN TXT "v=spf1 include:_spf.tuttoincluso.test -all"
@      IN TXT "v=spf1 include:_spf.nuvolette.test -all"
`},
			sites: []site{{
				hosts: []string{"@", "www"}, plain: same, page: "comune.html", lacks: "transparency", inner: innerPages(),
				headers: wellGuarded(),
			}},
		},
	}
}
