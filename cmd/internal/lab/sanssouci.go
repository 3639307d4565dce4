package lab

// sanssouci says nothing to anybody: no mention, no publisher, no notice.
func sanssouci() town {
	const origin = "sans-souci-le-haut.campanile.test."
	s := goodSite("@", "www")
	s.page, s.inner, s.pages = "souci.html", frenchPages(), map[string]string{"/accessibilite": "accessibilite-ancienne.html"}
	return town{
		Town: Town{
			Domain: domain(origin), Name: "Commune de Sans-Souci", Country: "fr", Code: "2Z004",
			Personality: map[string]string{
				"it": "Pensa che un sito basti metterlo in linea: non dice chi lo pubblica, che cosa fa dei dati e quanto è accessibile, se non in una pagina del 2021.",
				"fr": "Pense qu'il suffit de mettre un site en ligne : il ne dit ni qui le publie, ni ce qu'il fait des données, ni s'il est accessible, sauf dans une page de 2021.",
				"en": "Thinks that putting a site online is enough: it does not say who publishes it, what becomes of data or how accessible it is, but for a page of 2021.",
			},
			Planted: []string{
				"dns-caa-missing", "dnssec-missing", "mail-mta-sts-missing",
				"accessibility-declaration-outdated", "accessibility-mention-missing", "privacy-notice-missing",
				"legal-notice-missing", "web-open-data-missing",
			},
		},
		place: place{
			zone: zone{origin: origin, servers: []string{"ns1.nuvolette.test.", "ns2.nuvolette.test."}, records: `
@      IN A    198.51.100.214
@      IN AAAA 2001:db8:214::80
www    IN A    198.51.100.214
www    IN AAAA 2001:db8:214::80
@      IN MX   10 mx.nuvolette.test.
@      IN TXT  "v=spf1 include:_spf.nuvolette.test -all"
_dmarc IN TXT  "v=DMARC1; p=reject; rua=mailto:dmarc@sans-souci-le-haut.campanile.test"
default._domainkey IN CNAME _dkim.nuvolette.test.
`},
			sites: []site{s},
		},
	}
}
