package lab

// vocidiscordi has four name servers, and as many stories.
func vocidiscordi() town {
	origin := in("vocidiscordi")
	return town{
		Town: Town{
			Domain: domain(origin), Name: "Comune di Vocidiscordi", Country: "it", Code: "c_x012",
			Personality: map[string]string{
				"it": "Dei suoi quattro server dei nomi uno dice una cosa, uno ne dice un'altra, uno non ne sa niente e uno tace; alla porta della posta non apre nessuno.",
				"fr": "De ses quatre serveurs de noms, l'un dit une chose, l'autre une autre, le troisième n'est au courant de rien et le dernier se tait ; à la porte du courrier, personne n'ouvre.",
				"en": "Of its four name servers one says this, one says that, one has never heard of it and one is silent; at the door of its mail nobody opens.",
			},
			Planted: []string{
				"dns-nameserver-unresponsive", "dns-soa-serial-mismatch", "dns-caa-missing", "dnssec-missing",
				"mail-mx-unreachable", "mail-mta-sts-missing",
			},
			Unknown: []string{"dns-zone-transfer-open", "dns-recursion-open", "mail-starttls-missing", "mail-tls-obsolete", "mail-tls-cipher-weak", "mail-tls-certificate-invalid"},
		},
		place: place{
			zone: zone{origin: origin, servers: []string{"ns1." + origin, "ns2." + origin, "ns3." + origin, "ns4." + origin}, records: `
@      IN A    192.0.2.120
@      IN AAAA 2001:db8:120::80
www    IN A    192.0.2.120
www    IN AAAA 2001:db8:120::80
ns1    IN A    192.0.2.121
ns1    IN AAAA 2001:db8:120::53
ns2    IN A    198.51.100.121
ns2    IN AAAA 2001:db8:121::53
ns3    IN A    203.0.113.121
ns4    IN A    203.0.113.122
mx     IN A    192.0.2.122
@      IN MX   10 mx
@      IN TXT  "v=spf1 mx -all"
_dmarc IN TXT  "v=DMARC1; p=reject; rua=mailto:dmarc@comune.vocidiscordi.campanile.test"
default._domainkey IN CNAME _dkim.nuvolette.test.
`},
			habits: map[string]habit{"ns2." + origin: late, "ns3." + origin: lame, "ns4." + origin: mute},
			sites:  []site{goodSite("@", "www")},
		},
	}
}
