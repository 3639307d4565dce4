package lab

import "github.com/miekg/dns"

// roccafinta does everything right; no rule may fail here.
func roccafinta() town {
	origin := in("roccafinta")
	return town{
		Town: Town{
			Domain: domain(origin), Name: "Comune di Roccafinta", Country: "it", Code: "c_x001",
			Own: []string{
				"192.0.2.10/31", "192.0.2.12/31", "192.0.2.14", "198.51.100.11", "203.0.113.12",
				"2001:db8:10::80", "2001:db8:10::81", "2001:db8:10::25", "2001:db8:11::25", "2001:db8:12::53", "2001:db8:13::53",
			},
			Personality: map[string]string{
				"it": "Fa tutto come si deve: è il Comune a cui gli altri possono guardare.",
				"fr": "Fait tout comme il faut : c'est la commune que les autres peuvent prendre en exemple.",
				"en": "Does everything as it should: the one that the others can look to.",
			},
		},
		place: place{
			zone: zone{
				origin: origin, algorithm: dns.ED25519,
				servers: []string{"ns1." + origin, "ns2." + origin},
				records: roccafintaRecords,
			},
			exchanges: []exchange{
				{host: "mx1", banner: "ESMTP", tls: &identity{}, dane: true},
				{host: "mx2", banner: "ESMTP", tls: &identity{}, dane: true},
			},
			oddities: []oddity{{host: "ufficio", port: 22, speak: secureShell(false)}},
			sites: []site{
				{
					hosts: []string{"@"}, tls: &identity{}, page: "comune.html", inner: innerPages(), pages: legalPages(),
					headers: wellGuarded(), files: map[string]string{"/.well-known/security.txt": securityTxt},
					cookies: []string{"preferenze=; Path=/; Secure; HttpOnly; SameSite=Lax"},
				},
				{hosts: []string{"www"}, tls: &identity{}, headers: wellGuarded(), redirect: "https://" + domain(origin) + "/"},
				{hosts: []string{"mta-sts"}, tls: &identity{}, page: "interna.html", files: map[string]string{"/.well-known/mta-sts.txt": roccafintaPolicy}},
			},
		},
	}
}

const roccafintaRecords = `
@       IN A    192.0.2.10
@       IN AAAA 2001:db8:10::80
www     IN A    192.0.2.10
www     IN AAAA 2001:db8:10::80
@       IN MX   10 mx1
@       IN MX   20 mx2
mx1     IN A    192.0.2.11
mx1     IN AAAA 2001:db8:10::25
mx2     IN A    198.51.100.11
mx2     IN AAAA 2001:db8:11::25
ns1     IN A    192.0.2.12
ns1     IN AAAA 2001:db8:12::53
ns2     IN A    203.0.113.12
ns2     IN AAAA 2001:db8:13::53
@       IN CAA  0 issue "ca.campanile.test"
@       IN CAA  0 issuewild ";"
@       IN CAA  0 iodef "mailto:sicurezza@comune.roccafinta.campanile.test"
@       IN TXT  "v=spf1 mx -all"
_dmarc  IN TXT  "v=DMARC1; p=reject; sp=reject; np=reject; rua=mailto:dmarc@comune.roccafinta.campanile.test"
default._domainkey IN TXT ( "v=DKIM1; k=rsa; p=" ` + dkimKey + ` )
_mta-sts IN TXT "v=STSv1; id=20260101000000Z"
mta-sts IN A    192.0.2.13
mta-sts IN AAAA 2001:db8:10::81
ufficio IN A    192.0.2.14
_smtp._tls IN TXT "v=TLSRPTv1; rua=mailto:tlsrpt@comune.roccafinta.campanile.test"
`

const roccafintaPolicy = `version: STSv1
mode: enforce
mx: mx1.comune.roccafinta.campanile.test
mx: mx2.comune.roccafinta.campanile.test
max_age: 2592000
`
