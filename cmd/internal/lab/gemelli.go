package lab

import "crypto/tls"

// gemello makes one of two towns that bought everything from the same shelf:
// names, site and mail share the supplier, and so do the faults.
func gemello(name, title, code, lacks string) town {
	origin := in(name)
	t := town{
		Town: Town{
			Domain: domain(origin), Name: title, Country: "it", Code: code,
			Personality: map[string]string{
				"it": "Ha comprato tutto dallo stesso fornitore del vicino: gli stessi server, gli stessi difetti.",
				"fr": "A tout acheté au même prestataire que sa voisine : mêmes serveurs, mêmes défauts.",
				"en": "Bought everything from its neighbour's supplier: the same servers, the same faults.",
			},
			Planted: []string{
				"dns-nameservers-one-network", "dns-caa-missing", "dns-ipv6-missing", "dns-nameserver-ipv6-missing", "dnssec-missing",
				"mail-dkim-not-seen", "mail-starttls-missing", "mail-mta-sts-missing",
				"tls-certificate-expiring", "tls-version-obsolete", "tls-version-modern-missing",
				"web-hsts-missing", "web-csp-missing", "web-nosniff-missing", "web-framing-allowed",
				"web-cookie-insecure", "web-security-txt-missing", "web-open-data-missing", "web-faq-missing",
				"accessibility-objectives-missing", "cookie-notice-missing",
			},
		},
		place: place{
			zone: zone{origin: origin, servers: []string{"ns1.tuttoincluso.test.", "ns2.tuttoincluso.test."}, records: `
@      IN A     203.0.113.40
www    IN CNAME web7.tuttoincluso.test.
@      IN MX    10 mx.tuttoincluso.test.
@      IN TXT   "v=spf1 include:_spf.tuttoincluso.test -all"
_dmarc IN TXT   "v=DMARC1; p=quarantine; rua=mailto:dmarc@tuttoincluso.test"
`},
			sites: []site{{
				hosts: []string{"@", "www"}, page: "portale.html", lacks: lacks, inner: innerPages(), pages: legalPages(),
				tls:     &identity{from: -80, to: 10, least: tls.VersionTLS10, most: tls.VersionTLS12},
				headers: map[string]string{"Server": "nginx"},
				cookies: []string{"portale_sessione=0123456789abcdef; path=/"},
			}},
		},
	}
	if lacks == "declaration" {
		t.Planted = append(t.Planted, "accessibility-declaration-missing")
	}
	return t
}
