package lab

// tuttilosanno has no secrets: its name servers tell everything to everybody.
func tuttilosanno() town {
	origin := in("tuttilosanno")
	s := goodSite("@", "www")
	s.tls = &identity{listed: true, revoked: true}
	return town{
		Town: Town{
			Domain: domain(origin), Name: "Comune di Tuttilosanno", Country: "it", Code: "c_x013",
			Personality: map[string]string{
				"it": "Non ha segreti: i suoi server dei nomi consegnano a chiunque l'elenco dei computer, compresi quelli interni al municipio, e la chiave del sito la conosce chi la vuole: il certificato è revocato ed è ancora lì.",
				"fr": "N'a pas de secrets : ses serveurs de noms remettent à n'importe qui la liste des ordinateurs, même ceux de la maison, et la clé du site est connue de qui veut : le certificat est révoqué et toujours en place.",
				"en": "Has no secrets: its name servers hand anybody the list of its computers, those inside the house included, and whoever likes knows the key of its site: the certificate is revoked and still in place.",
			},
			Planted: []string{
				"dns-zone-transfer-open", "dns-recursion-open", "dns-cname-dangling", "dns-address-private", "dns-caa-invalid", "dnssec-missing",
				"mail-dmarc-invalid", "mail-mta-sts-missing", "tls-certificate-revoked",
			},
		},
		place: place{
			zone: zone{origin: origin, servers: []string{"ns1." + origin, "ns2." + origin}, records: `
@      IN A    198.51.100.130
@      IN AAAA 2001:db8:130::80
www    IN A    198.51.100.130
www    IN AAAA 2001:db8:130::80
ns1    IN A    198.51.100.131
ns1    IN AAAA 2001:db8:130::53
ns2    IN A    203.0.113.131
ns2    IN AAAA 2001:db8:131::53
; whoever looks for the intranet finds their own computer
intranet IN A  127.0.0.1
; the page was given back, and its name can be had for the asking
portale IN CNAME tuttilosanno.pagine.nuvolette.test.
@      IN CAA  0 issue "ca.campanile.test; conto=?;"
@      IN MX   10 mx.nuvolette.test.
@      IN TXT  "v=spf1 include:_spf.nuvolette.test -all"
_dmarc IN TXT  "v=DMARC1; p=rifiuta"
default._domainkey IN CNAME _dkim.nuvolette.test.
`},
			habits: map[string]habit{"ns1." + origin: generous, "ns2." + origin: generous},
			sites:  []site{s},
		},
	}
}
