package lab

// altrocampanile copied the footer of the next village, and sends visitors back to http.
func altrocampanile() town {
	origin := in("altrocampanile")
	s := goodSite("@")
	s.lacks, s.plain = "own declaration", same
	www := site{hosts: []string{"www"}, tls: &identity{}, headers: wellGuarded(), plain: same, redirect: "http://" + domain(origin) + "/"}
	return town{
		Town: Town{
			Domain: domain(origin), Name: "Comune di Altrocampanile", Country: "it", Code: "c_x022",
			Personality: map[string]string{
				"it": "Ha copiato il piè di pagina dal paese vicino, dichiarazione di accessibilità compresa; e chi scrive www torna indietro senza lucchetto.",
				"fr": "A copié le pied de page de la commune voisine, déclaration d'accessibilité comprise ; et qui tape www repart sans cadenas.",
				"en": "Copied the footer of the next village, accessibility declaration and all; and who types www is sent back without the lock.",
			},
			Planted: []string{
				"dns-caa-missing", "dnssec-missing", "mail-mta-sts-missing",
				"web-http-not-redirected", "web-https-downgraded", "accessibility-declaration-other-body",
			},
		},
		place: place{
			zone: zone{origin: origin, servers: []string{"ns1.nuvolette.test.", "ns2.nuvolette.test."}, records: `
@      IN A    198.51.100.212
@      IN AAAA 2001:db8:212::80
www    IN A    198.51.100.212
www    IN AAAA 2001:db8:212::80
@      IN MX   10 mx.nuvolette.test.
@      IN TXT  "v=spf1 include:_spf.nuvolette.test -all"
_dmarc IN TXT  "v=DMARC1; p=reject; rua=mailto:dmarc@comune.altrocampanile.campanile.test"
default._domainkey IN CNAME _dkim.nuvolette.test.
`},
			sites: []site{s, www},
		},
	}
}
