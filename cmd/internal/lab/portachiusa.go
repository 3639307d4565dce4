package lab

import "net/http"

// portachiusa stands behind a firewall that sends strangers' programs away:
// names and mail can be judged, the pages cannot.
func portachiusa() town {
	origin := in("portachiusa")
	return town{
		Town: Town{
			Domain: domain(origin), Name: "Comune di Portachiusa", Country: "it", Code: "c_x008",
			Personality: map[string]string{
				"it": "Un firewall risponde «vietato» a ogni visita automatica: del sito non si può dire nulla.",
				"fr": "Un pare-feu répond « interdit » à toute visite automatique : on ne peut rien dire du site.",
				"en": "A firewall answers \"forbidden\" to every automatic visit: nothing can be said of the site.",
			},
			Unknown: []string{
				"web-unreachable", "web-http-not-redirected", "web-hsts-missing", "web-csp-missing", "web-nosniff-missing",
				"web-framing-allowed", "web-cookie-insecure", "web-security-txt-missing",
				"accessibility-declaration-missing", "privacy-notice-missing", "transparency-missing",
			},
		},
		place: place{
			zone: zone{origin: origin, algorithm: signed, servers: []string{"ns1.nuvolette.test.", "ns2.nuvolette.test."}, records: `
@      IN A    203.0.113.80
@      IN AAAA 2001:db8:80::80
www    IN A    203.0.113.80
www    IN AAAA 2001:db8:80::80
mx     IN A   203.0.113.81
@      IN MX  10 mx
@      IN CAA 0 issue "ca.campanile.test"
@      IN TXT "v=spf1 mx -all"
_dmarc IN TXT "v=DMARC1; p=reject; rua=mailto:dmarc@comune.portachiusa.campanile.test"
_smtp._tls IN TXT "v=TLSRPTv1; rua=mailto:tlsrpt@comune.portachiusa.campanile.test"
default._domainkey IN CNAME _dkim.nuvolette.test.
`},
			exchanges: []exchange{{host: "mx", banner: "ESMTP", tls: &identity{}, dane: true}},
			sites: []site{{
				hosts: []string{"@", "www"}, tls: &identity{}, plain: same, page: "blocco.html", status: http.StatusForbidden,
				headers: map[string]string{"Server": "portone"},
			}},
		},
	}
}
