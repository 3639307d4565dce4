package lab

// segnapostopievano moved its site under a name that is not its own, and never filled in the link.
func segnapostopievano() town {
	origin := in("segnapostopievano")
	s := site{hosts: []string{"@", "www"}, tls: &identity{}, headers: wellGuarded(), redirect: "https://www.pievano-in-rete.test/"}
	return town{
		Town: Town{
			Domain: domain(origin), Name: "Comune di Segnaposto Pievano", Country: "it", Code: "c_x023",
			Personality: map[string]string{
				"it": "Il sito sta sotto un nome che non dice di chi è, e il collegamento alla dichiarazione di accessibilità è quello del modello, mai compilato.",
				"fr": "Le site est à une adresse qui ne dit pas à qui il appartient, et le lien vers la déclaration d'accessibilité est celui du modèle, jamais rempli.",
				"en": "The site stands under a name that does not say whose it is, and the link to the accessibility declaration is that of the template, never filled in.",
			},
			Planted: []string{
				"dns-caa-missing", "dnssec-missing", "mail-mta-sts-missing",
				"web-redirect-other-domain", "accessibility-declaration-placeholder", "web-security-txt-missing",
			},
		},
		place: place{
			zone: zone{origin: origin, servers: []string{"ns1.nuvolette.test.", "ns2.nuvolette.test."}, records: `
@      IN A    198.51.100.213
@      IN AAAA 2001:db8:213::80
www    IN A    198.51.100.213
www    IN AAAA 2001:db8:213::80
@      IN MX   10 mx.nuvolette.test.
@      IN TXT  "v=spf1 include:_spf.nuvolette.test -all"
_dmarc IN TXT  "v=DMARC1; p=reject; rua=mailto:dmarc@comune.segnapostopievano.campanile.test"
default._domainkey IN CNAME _dkim.nuvolette.test.
`},
			sites: []site{s},
		},
	}
}
