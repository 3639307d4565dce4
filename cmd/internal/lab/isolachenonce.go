package lab

// isolachenonce has a name and nothing behind it.
func isolachenonce() town {
	origin := in("isolachenonce")
	return town{
		Town: Town{
			Domain: domain(origin), Name: "Comune di Isolachenonce", Country: "it", Code: "c_x011",
			Personality: map[string]string{
				"it": "Il dominio esiste, il sito no: il nome non porta a nessun indirizzo.",
				"fr": "Le domaine existe, le site non : le nom ne mène à aucune adresse.",
				"en": "The domain exists, the site does not: the name leads to no address.",
			},
			Planted: []string{"dns-caa-missing", "dnssec-missing", "web-unreachable"},
		},
		place: place{
			zone: zone{origin: origin, servers: []string{"ns1.nuvolette.test.", "ns2.nuvolette.test."}, records: `
@      IN TXT "v=spf1 -all"
_dmarc IN TXT "v=DMARC1; p=reject; rua=mailto:dmarc@campanile.test"
`},
		},
	}
}
