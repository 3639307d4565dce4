package lab

// serraturavecchia built a new site and put it behind the server of 2008, with
// everything that was switched on then.
func serraturavecchia() town {
	origin := in("serraturavecchia")
	s := goodSite("@", "www")
	s.tls = &identity{rsa: short(), sha1: true, relic: lockOf2008()}
	s.headers["Server"] = "Apache/2.2.9 (Unix) mod_ssl/2.2.9 OpenSSL/0.9.8g"
	return town{
		Town: Town{
			Domain: domain(origin), Name: "Comune di Serraturavecchia", Country: "it", Code: "c_x016",
			Personality: map[string]string{
				"it": "Il sito è nuovo, il server che lo consegna è del 2008: la serratura c'è, ma si apre con le chiavi di allora.",
				"fr": "Le site est neuf, le serveur qui le distribue date de 2008 : la serrure est là, mais elle s'ouvre avec les clés de l'époque.",
				"en": "The site is new, the server that delivers it is from 2008: there is a lock, but the keys of that time still open it.",
			},
			Planted: []string{
				"dns-caa-missing", "dnssec-missing", "mail-mta-sts-missing",
				"tls-certificate-key-weak", "tls-certificate-signature-weak", "tls-version-obsolete", "tls-version-modern-missing",
				"tls-cipher-weak", "tls-key-exchange-weak", "tls-compression", "tls-renegotiation-insecure",
				"web-software-outdated", "web-version-disclosed",
			},
			// A signature with SHA-1 proves nothing, for or against the authority.
			Unknown: []string{"tls-certificate-untrusted", "tls-certificate-chain-incomplete", "tls-name-inconsistent"},
		},
		place: place{
			zone: zone{origin: origin, servers: []string{"ns1.nuvolette.test.", "ns2.nuvolette.test."}, records: `
@      IN A    198.51.100.180
@      IN AAAA 2001:db8:180::80
www    IN A    198.51.100.180
www    IN AAAA 2001:db8:180::80
@      IN MX   10 mx.nuvolette.test.
@      IN TXT  "v=spf1 include:_spf.nuvolette.test -all"
_dmarc IN TXT  "v=DMARC1; p=reject; rua=mailto:dmarc@comune.serraturavecchia.campanile.test"
default._domainkey IN CNAME _dkim.nuvolette.test.
`},
			sites: []site{s},
		},
	}
}
