package lab

// pontespezzato has its pieces, but they do not fit together.
func pontespezzato() town {
	origin := in("pontespezzato")
	return town{
		Town: Town{
			Domain: domain(origin), Name: "Comune di Pontespezzato", Country: "it", Code: "c_x010",
			Personality: map[string]string{
				"it": "I pezzi ci sono, ma non combaciano: catena di certificati spezzata, www con il nome di un altro, delega e regola SPF che portano nel vuoto.",
				"fr": "Les morceaux sont là mais ne s'assemblent pas : chaîne de certificats rompue, www au nom d'un autre, délégation et SPF qui mènent dans le vide.",
				"en": "The pieces are there but do not fit: a broken certificate chain, www with another's name, a delegation and an SPF rule that lead into the void.",
			},
			Planted: []string{
				"dns-delegation-mismatch", "dns-cname-dangling", "dns-caa-missing", "dns-ipv6-missing", "dnssec-missing",
				"mail-spf-too-many-lookups", "mail-spf-void-lookups", "mail-mta-sts-missing",
				"tls-certificate-chain-incomplete", "tls-certificate-wrong-host", "tls-name-inconsistent",
			},
		},
		place: place{
			zone: zone{origin: origin, servers: []string{"ns1.nuvolette.test.", "ns2.nuvolette.test."}, above: []string{"ns1.nuvolette.test.", "ns1.tuttoincluso.test."}, records: `
@      IN A   198.51.100.100
www    IN A   198.51.100.101
@      IN MX  10 mx.nuvolette.test.
; the supplier has taken the page away
servizi IN CNAME ponte.nuvolette.test.
; 1 a, 1 mx, 3 servers that are gone, 6 includes that hold 5 more: 16 look-ups
@      IN TXT ( "v=spf1 a mx a:pilone1.nuvolette.test a:pilone2.nuvolette.test a:pilone3.nuvolette.test "
                "include:_spf.nuvolette.test include:protocollo.fornitori.test include:tributi.fornitori.test "
                "include:notizie.fornitori.test include:biblioteca.fornitori.test include:mensa.fornitori.test -all" )
_dmarc IN TXT "v=DMARC1; p=quarantine; rua=mailto:dmarc@comune.pontespezzato.campanile.test"
default._domainkey IN CNAME _dkim.nuvolette.test.
`},
			sites: []site{
				bridge("@", &identity{alone: true}),
				bridge("www", &identity{names: []string{"pannello.nuvolette.test"}}),
			},
		},
	}
}

// bridge is one half of the site; the certificate is all that is wrong.
func bridge(host string, tls *identity) site {
	half := goodSite(host)
	half.tls = tls
	return half
}
