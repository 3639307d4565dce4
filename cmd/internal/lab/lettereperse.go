package lab

// lettereperse moved its mail to a new server and left every promise about it as
// it was: who believes the promises cannot deliver.
func lettereperse() town {
	origin := in("lettereperse")
	s := goodSite("@", "www")
	policy := goodSite("mta-sts")
	policy.files = map[string]string{"/.well-known/mta-sts.txt": letterepersePolicy}
	return town{
		Town: Town{
			Domain: domain(origin), Name: "Comune di Lettereperse", Country: "it", Code: "c_x015",
			Personality: map[string]string{
				"it": "Ha cambiato server di posta ma ha lasciato in vigore le promesse del vecchio: chi le prende sul serio non consegna più niente.",
				"fr": "A changé de serveur de messagerie et laissé en place les promesses de l'ancien : qui les prend au sérieux ne remet plus rien.",
				"en": "Changed its mail server and left the old one's promises standing: whoever takes them seriously delivers nothing.",
			},
			Planted: []string{
				"dns-caa-missing", "mail-mx-invalid", "mail-spf-invalid", "mail-tls-certificate-invalid", "mail-dane-invalid",
				"mail-mta-sts-invalid", "mail-tlsrpt-missing",
			},
		},
		place: place{
			zone: zone{origin: origin, algorithm: signed, servers: []string{"ns1.nuvolette.test.", "ns2.nuvolette.test."}, records: `
@      IN A    198.51.100.150
@      IN AAAA 2001:db8:150::80
www    IN A    198.51.100.150
www    IN AAAA 2001:db8:150::80
mx     IN A    198.51.100.151
mx     IN AAAA 2001:db8:150::25
@      IN MX   10 mx
@      IN MX   20 mx2.tuttoincluso.test.
@      IN TXT  "v=spf1 mx ip4:203.0.113.325 -all"
_dmarc IN TXT  "v=DMARC1; p=reject; rua=mailto:dmarc@comune.lettereperse.campanile.test"
default._domainkey IN TXT ( "v=DKIM1; k=rsa; p=" ` + dkimKey + ` )
_25._tcp.mx IN TLSA 3 1 1 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff
_mta-sts IN TXT "v=STSv1; id=20190101000000Z"
mta-sts IN A   198.51.100.150
`},
			exchanges: []exchange{{host: "mx", banner: "ESMTP", tls: &identity{names: []string{"mx2.tuttoincluso.test"}}}},
			sites:     []site{s, policy},
		},
	}
}

const letterepersePolicy = `version: STSv1
mode: enforce
mx: mx2.tuttoincluso.test
max_age: 604800
`
