package lab

import "github.com/miekg/dns"

// selvastregata lies, stalls and floods; nothing of it may turn into a verdict
// that nobody measured.
func selvastregata() town {
	origin := in("selvastregata")
	ask := func(name string, kind uint16) dns.Question {
		return dns.Question{Name: name, Qtype: kind, Qclass: dns.ClassINET}
	}
	return town{
		Town: Town{
			Domain: domain(origin), Name: "Comune di Selvastregata", Country: "it", Code: "c_x009",
			Personality: map[string]string{
				"it": "Server stregati che mentono, si bloccano e non finiscono mai: si può dire solo che non si sa.",
				"fr": "Des serveurs ensorcelés qui mentent, se figent et n'en finissent pas : on peut seulement dire qu'on ne sait pas.",
				"en": "Bewitched servers that lie, stall and never end: all one can say is that one does not know.",
			},
			Unknown: []string{
				"dns-nameserver-unresponsive", "dns-nameserver-single", "dns-nameservers-one-network", "dns-delegation-mismatch",
				"dns-caa-missing", "dns-caa-invalid", "dns-ipv6-missing", "dns-nameserver-ipv6-missing",
				"dnssec-missing", "dnssec-invalid", "dnssec-expiring", "dnssec-algorithm-weak",
				"mail-mx-unreachable", "mail-spf-missing", "mail-spf-multiple", "mail-spf-invalid", "mail-spf-too-many-lookups",
				"mail-spf-void-lookups", "mail-spf-permissive", "mail-spf-ptr",
				"mail-dmarc-missing", "mail-dmarc-multiple", "mail-dmarc-invalid", "mail-dmarc-policy-none", "mail-dmarc-partial",
				"mail-dmarc-subdomains-weak", "mail-dmarc-reports-missing", "mail-dmarc-reports-refused", "mail-dkim-not-seen", "mail-dkim-key-weak",
				"mail-starttls-missing", "mail-tls-obsolete", "mail-tls-cipher-weak", "mail-tls-certificate-invalid",
				"mail-dane-invalid", "mail-dane-missing", "mail-mta-sts-missing", "mail-mta-sts-invalid", "mail-mta-sts-testing",
				"mail-tlsrpt-missing", "mail-reverse-dns-missing",
				"tls-missing", "tls-certificate-expired", "tls-certificate-expiring", "tls-certificate-wrong-host",
				"tls-certificate-untrusted", "tls-certificate-chain-incomplete", "tls-certificate-not-yet-valid", "tls-certificate-key-weak",
				"tls-certificate-signature-weak", "tls-certificate-revoked", "tls-certificate-malformed",
				"tls-version-obsolete", "tls-version-modern-missing", "tls-cipher-weak", "tls-cipher-order", "tls-key-exchange-weak",
				"tls-signature-hash-weak", "tls-compression", "tls-renegotiation-insecure", "tls-heartbleed",
				"tls-extended-master-secret-missing", "tls-post-quantum-missing", "tls-name-inconsistent",
				"web-http-not-redirected", "web-hsts-missing", "web-csp-missing", "web-nosniff-missing", "web-framing-allowed",
				"web-cookie-insecure", "web-security-txt-missing",
				"accessibility-declaration-missing", "privacy-notice-missing", "transparency-missing",
			},
		},
		place: place{
			zone: zone{origin: origin, algorithm: signed, servers: []string{"ns1.nuvolette.test.", "ns2.nuvolette.test."}, records: `
@   IN A  192.0.2.90
www IN A  192.0.2.91
mx1 IN A  192.0.2.92
mx2 IN A  192.0.2.93
mx3 IN A  192.0.2.94
mx4 IN A  192.0.2.95
@   IN MX 10 mx1
@   IN MX 20 mx2
@   IN MX 30 mx3
@   IN MX 40 mx4
`},
			// Those that cost time stand where others cost time too.
			faults: map[dns.Question]fault{
				ask(origin, dns.TypeNS):                      servfail,
				ask(origin, dns.TypeDS):                      servfail,
				ask(origin, dns.TypeDNSKEY):                  servfail,
				ask(origin, dns.TypeTXT):                     servfail,
				ask(origin, dns.TypeAAAA):                    servfail,
				ask(origin, dns.TypeCAA):                     refuse,
				ask("_dmarc."+origin, dns.TypeTXT):           refuse,
				ask("_mta-sts."+origin, dns.TypeTXT):         servfail,
				ask("_25._tcp.mx1."+origin, dns.TypeTLSA):    refuse,
				ask("_domainkey."+origin, dns.TypeTXT):       garbage,
				ask("92.2.0.192.in-addr.arpa.", dns.TypePTR): silence,
				ask("93.2.0.192.in-addr.arpa.", dns.TypePTR): elsewhere,
			},
			oddities: []oddity{
				{host: "@", port: 80, speak: endlessHeaders},
				{host: "@", port: 443, speak: stall},
				{host: "www", port: 80, speak: circle},
				{host: "mx1", port: 25, speak: endlessLine},
				{host: "mx2", port: 25, speak: endlessReply},
				{host: "mx3", port: 25, dropped: true},
				{host: "mx4", port: 25, speak: busy},
			},
			sites: []site{
				// Its footer is drawn by a script, and its title is a trap for terminals.
				{
					hosts: []string{"www"}, tls: &identity{}, plain: closed, page: "selva.html",
					headers: bewitched(),
				},
			},
		},
	}
}

// bewitched are good headers with a trap among them.
func bewitched() map[string]string {
	headers := wellGuarded()
	headers["Server"] = "<script>alert(1)</script>"
	return headers
}
