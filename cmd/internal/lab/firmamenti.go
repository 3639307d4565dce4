package lab

import "campanile/collectors/evidence"

// firmamenti signed its zone once, and nobody signed it again: whoever checks
// finds no town any more. It has no mail of its own.
func firmamenti() town {
	origin := in("firmamenti")
	return town{
		Town: Town{
			Domain: domain(origin), Name: "Comune di Firmamenti", Country: "it", Code: "c_x014",
			Personality: map[string]string{
				"it": "Le firme del dominio ci sono ma sono scadute, e chi le controlla non trova più il Comune; la posta se la fa mandare altrove.",
				"fr": "Les signatures du domaine sont là mais ont expiré, et qui les vérifie ne trouve plus la commune ; son courrier, elle le fait envoyer ailleurs.",
				"en": "The signatures of the domain are there but have expired, and whoever checks them finds the town no more; it has its mail sent elsewhere.",
			},
			Mailboxes: []evidence.Mailbox{{Address: "protocollo.firmamenti@valli-unite.test"}},
			Planted:   []string{"dns-caa-missing", "dnssec-invalid", "mail-domain-unused-open", "mail-address-other-domain"},
		},
		place: place{
			zone: zone{origin: origin, algorithm: signed, from: -33, to: -3, servers: []string{"ns1.nuvolette.test.", "ns2.nuvolette.test."}, records: `
@      IN A    203.0.113.140
@      IN AAAA 2001:db8:140::80
www    IN A    203.0.113.140
www    IN AAAA 2001:db8:140::80
@      IN TXT  "v=spf1 -all"
_dmarc IN TXT  "v=DMARC1; p=quarantine; rua=mailto:dmarc@campanile.test"
`},
			sites: []site{goodSite("@", "www")},
		},
	}
}
