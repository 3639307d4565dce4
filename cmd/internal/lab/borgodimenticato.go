package lab

import (
	"crypto/tls"

	"campanile/collectors/evidence"
)

// borgodimenticato was set up in 2012 and has been left alone since 2016.
func borgodimenticato() town {
	origin := in("borgodimenticato")
	return town{
		Town: Town{
			Domain: domain(origin), Name: "Comune di Borgodimenticato", Country: "it", Code: "c_x002",
			Personality: map[string]string{
				"it": "Dal 2016 nessuno tocca più il sito, la posta e il dominio.",
				"fr": "Depuis 2016, plus personne ne touche au site, à la messagerie ni au nom de domaine.",
				"en": "Nobody has touched the site, the mail and the domain since 2016.",
			},
			Mailboxes: []evidence.Mailbox{{Address: "borgodimenticato@postaperta.test", Provider: "PostAperta"}},
			Planted: []string{
				"dns-nameserver-single", "dns-cname-dangling", "dns-caa-missing", "dns-ipv6-missing", "dnssec-missing",
				"mail-spf-missing", "mail-dmarc-missing", "mail-dkim-not-seen", "mail-starttls-missing", "mail-mta-sts-missing",
				"mail-reverse-dns-missing", "mail-address-generic",
				"tls-certificate-expired", "tls-certificate-untrusted", "tls-version-obsolete", "tls-version-modern-missing",
				"web-http-not-redirected", "web-hsts-missing", "web-csp-missing", "web-nosniff-missing", "web-framing-allowed",
				"web-cookie-insecure", "web-security-txt-missing",
				"web-software-outdated", "web-version-disclosed", "web-open-data-missing", "web-faq-missing", "web-licence-missing",
				"accessibility-declaration-missing", "accessibility-objectives-missing",
				"privacy-notice-missing", "cookie-notice-missing", "transparency-missing",
			},
		},
		place: place{
			zone: zone{origin: origin, servers: []string{"ns." + origin}, records: `
@   IN A  198.51.100.20
www IN A  198.51.100.20
ns  IN A  198.51.100.22
mx  IN A  198.51.100.21
@   IN MX 10 mx
; nobody renewed the name that it leads to, so anybody may have it
biblioteca IN CNAME www.biblioteche-in-rete.test.
`},
			nameless:  []string{"mx." + origin},
			exchanges: []exchange{{host: "mx", banner: "ESMTP Sendmail 8.13.8/8.13.8"}},
			sites: []site{{
				hosts: []string{"@", "www"}, plain: same, page: "vecchio.html",
				tls: &identity{issuer: byItself, from: -4000, to: -3635, least: tls.VersionTLS10, most: tls.VersionTLS10},
				headers: map[string]string{
					"Server":       "Apache/2.2.15 (CentOS)",
					"X-Powered-By": "PHP/5.3.3",
				},
				cookies: []string{"PHPSESSID=0123456789abcdef; path=/"},
			}},
		},
	}
}
