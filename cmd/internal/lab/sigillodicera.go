package lab

// sigillodicera switched the old versions of its load balancer off and thought
// that this was all.
func sigillodicera() town {
	origin := in("sigillodicera")
	s := goodSite("@", "www")
	s.tls = &identity{rsa: long(), listed: true, relic: balancerOf2013()}
	return town{
		Town: Town{
			Domain: domain(origin), Name: "Comune di Sigillodicera", Country: "it", Code: "c_x017",
			Personality: map[string]string{
				"it": "Ha spento le versioni vecchie e si è fermato lì: l'apparecchio del 2013 davanti al sito sceglie ancora il peggio e firma con un sigillo che si imita.",
				"fr": "A désactivé les anciennes versions et s'est arrêté là : l'appareil de 2013 devant le site choisit toujours le pire et signe d'un sceau qui s'imite.",
				"en": "Switched off the old versions and left it at that: the box of 2013 in front of the site still chooses the worst and signs with a seal that can be imitated.",
			},
			Planted: []string{
				"dns-caa-missing", "dnssec-missing", "mail-mta-sts-missing",
				"tls-version-modern-missing", "tls-cipher-order", "tls-signature-hash-weak",
				"tls-extended-master-secret-missing",
			},
		},
		place: place{
			zone: zone{origin: origin, servers: []string{"ns1.nuvolette.test.", "ns2.nuvolette.test."}, records: `
@      IN A    203.0.113.190
@      IN AAAA 2001:db8:190::80
www    IN A    203.0.113.190
www    IN AAAA 2001:db8:190::80
@      IN MX   10 mx.nuvolette.test.
@      IN TXT  "v=spf1 include:_spf.nuvolette.test -all"
_dmarc IN TXT  "v=DMARC1; p=reject; rua=mailto:dmarc@comune.sigillodicera.campanile.test"
default._domainkey IN CNAME _dkim.nuvolette.test.
`},
			sites: []site{s},
		},
	}
}
