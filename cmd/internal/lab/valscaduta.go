package lab

// valscaduta is in order but for the certificate, which ended yesterday.
func valscaduta() town {
	origin := in("valscaduta")
	return town{
		Town: Town{
			Domain: domain(origin), Name: "Comune di Valscaduta", Country: "it", Code: "c_x005",
			Personality: map[string]string{
				"it": "Il certificato del sito è scaduto ieri e nessuno se n'è accorto.",
				"fr": "Le certificat du site a expiré hier et personne ne s'en est aperçu.",
				"en": "The site's certificate expired yesterday and nobody noticed.",
			},
			Planted: []string{"dns-caa-missing", "dnssec-missing", "mail-mta-sts-missing", "tls-certificate-expired", "tls-post-quantum-missing"},
		},
		place: place{
			zone: zone{origin: origin, servers: []string{"ns1.nuvolette.test.", "ns2.nuvolette.test."}, records: `
@      IN A    192.0.2.30
@      IN AAAA 2001:db8:30::80
www    IN A    192.0.2.30
www    IN AAAA 2001:db8:30::80
@      IN MX   10 mx.nuvolette.test.
@      IN TXT  "v=spf1 include:_spf.nuvolette.test -all"
_dmarc IN TXT  "v=DMARC1; p=reject; rua=mailto:dmarc@comune.valscaduta.campanile.test"
default._domainkey IN CNAME _dkim.nuvolette.test.
`},
			sites: []site{{
				hosts: []string{"@", "www"}, tls: &identity{from: -91, to: -1, classic: true}, page: "comune.html", inner: innerPages(), pages: legalPages(),
				headers: wellGuarded(), files: map[string]string{"/.well-known/security.txt": securityTxt},
			}},
		},
	}
}
