package lab

// fable is the French commune: much is in order, the accessibility mention and
// the declaration are not there.
func fable() town {
	const origin = "commune-de-fable.campanile.test."
	return town{
		Town: Town{
			Domain: domain(origin), Name: "Commune de Fable", Country: "fr", Code: "2Z001",
			Personality: map[string]string{
				"it": "È il Comune francese: quasi tutto in ordine, ma del sito non si dice se sia accessibile.",
				"fr": "C'est la commune française : presque tout est en ordre, mais le site ne dit pas s'il est accessible.",
				"en": "The French commune: nearly all in order, but the site does not say whether it is accessible.",
			},
			Planted: []string{
				"dns-caa-missing", "mail-dane-missing", "mail-mta-sts-missing", "web-csp-missing", "web-referrer-unsafe", "web-security-txt-missing",
				"accessibility-declaration-missing", "accessibility-mention-missing",
			},
		},
		place: place{
			zone: zone{origin: origin, algorithm: signed, hashed: true, servers: []string{"ns1.nuvolette.test.", "ns2.nuvolette.test."}, records: `
@      IN A     198.51.100.70
@      IN AAAA  2001:db8:70::80
www    IN CNAME @
mx     IN A     198.51.100.71
@      IN MX    10 mx
@      IN TXT   "v=spf1 mx -all"
_dmarc IN TXT   "v=DMARC1; p=quarantine; rua=mailto:dmarc@commune-de-fable.campanile.test"
default._domainkey IN CNAME _dkim.nuvolette.test.
`},
			exchanges: []exchange{{host: "mx", banner: "ESMTP", tls: &identity{}}},
			sites: []site{{
				hosts: []string{"@", "www"}, tls: &identity{}, page: "commune.html",
				lacks: "declaration", inner: frenchPages(), pages: frenchTexts(),
				headers: map[string]string{
					"Strict-Transport-Security": "max-age=31536000; includeSubDomains",
					"X-Content-Type-Options":    "nosniff",
					"X-Frame-Options":           "SAMEORIGIN",
					"Referrer-Policy":           "no-referrer-when-downgrade",
				},
				cookies: []string{"session=0123456789abcdef; Path=/; Secure; HttpOnly; SameSite=Lax"},
			}},
		},
	}
}

// frenchPages are those that the footer of the French model page leads to.
func frenchPages() map[string]string {
	return map[string]string{
		"/vie-municipale":     "Vie municipale",
		"/demarches":          "Démarches",
		"/plan-du-site":       "Plan du site",
		"/cookies":            "Gestion des cookies",
		"/schema-pluriannuel": "Schéma pluriannuel d'accessibilité",
	}
}

// frenchTexts are those whose text counts.
func frenchTexts() map[string]string {
	return map[string]string{
		"/accessibilite":        "accessibilite.html",
		"/mentions-legales":     "mentions.html",
		"/donnees-personnelles": "donnees.html",
	}
}
