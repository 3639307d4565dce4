package lab

// plisenattente began everything and finished nothing: all of it is on trial.
func plisenattente() town {
	const origin = "plis-en-attente.campanile.test."
	s := goodSite("@", "www", "test")
	s.page, s.inner, s.pages = "commune.html", frenchPages(), frenchTexts()
	s.tls = &identity{from: 2, to: 92}
	policy := goodSite("mta-sts")
	policy.files = map[string]string{"/.well-known/mta-sts.txt": plisEnAttentePolicy}
	return town{
		Town: Town{
			Domain: domain(origin), Name: "Commune de Plis-en-Attente", Country: "fr", Code: "2Z003",
			Personality: map[string]string{
				"it": "Ha cominciato tutto e non ha finito niente: da anni la protezione della posta è in prova, il sito di prova è ancora in linea e il certificato varrà solo da dopodomani.",
				"fr": "A tout commencé et rien achevé : la protection du courrier est à l'essai depuis des années, le site d'essai est toujours en ligne et le certificat ne vaudra qu'après-demain.",
				"en": "Began everything and finished nothing: its mail protection has been on trial for years, the trial site is still online, and the certificate will be valid the day after tomorrow.",
			},
			Planted: []string{
				"dns-caa-missing", "dnssec-missing", "dns-host-forgotten",
				"mail-dmarc-partial", "mail-dmarc-subdomains-weak", "mail-dmarc-reports-refused", "mail-dkim-key-weak", "mail-mta-sts-testing",
				"tls-certificate-not-yet-valid",
			},
		},
		place: place{
			zone: zone{origin: origin, servers: []string{"ns1.nuvolette.test.", "ns2.nuvolette.test."}, records: `
@       IN A    203.0.113.170
@       IN AAAA 2001:db8:170::80
www     IN CNAME @
test    IN A    203.0.113.170
mta-sts IN A    203.0.113.170
@       IN MX   10 mx.nuvolette.test.
@       IN TXT  "v=spf1 include:_spf.nuvolette.test -all"
_dmarc  IN TXT  "v=DMARC1; p=quarantine; sp=none; pct=10; rua=mailto:rapports@nuvolette.test"
default._domainkey IN TXT ( "v=DKIM1; k=rsa; p=" ` + shortDKIMKey + ` )
_mta-sts   IN TXT "v=STSv1; id=20210914000000Z"
_smtp._tls IN TXT "v=TLSRPTv1; rua=mailto:tlsrpt@plis-en-attente.campanile.test"
`},
			sites: []site{s, policy},
		},
	}
}

const plisEnAttentePolicy = `version: STSv1
mode: testing
mx: mx.nuvolette.test
max_age: 86400
`

// shortDKIMKey is a public key of 1024 bits; its private half was thrown away.
const shortDKIMKey = `"MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDBaklv5Nl9aQ1lf84A8bZDhh09nPzhBw7R+sD9P+LI++9VvKKSG2s5m9ukGNVAwuCc861GnNkzTua8Mj/zdBpx" ` +
	`"HtE+dPtA+gs61+i8EiIcUBvUHKxXG5oaN9IjhpSWXxiFN37j157lgxNbuMotJGgVwHp+20yS8o3NiEK6bBR28QIDAQAB"`
