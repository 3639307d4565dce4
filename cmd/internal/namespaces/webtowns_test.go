package namespaces

// webTowns are the exemplary town, and those with faults of the web and of TLS
// before all.
func webTowns() []*town {
	return []*town{
		{
			Domain:   exemplary,
			Exchange: "mx." + exemplary,
			GoTLS:    true,
		},
		{
			Domain:      "comune.scaduto.example",
			NameServers: []string{"ns1"},
			Unsigned:    true,
			WithoutCAA:  true,
			Certificate: certificate{Age: 91 * day, Life: 90 * day},
			Fails:       []string{"dns-nameserver-single", "dnssec-missing", "dns-caa-missing", "tls-certificate-expired"},
		},
		{
			Domain:       "comune.altronome.example",
			WithoutSPF:   true,
			WithoutDMARC: true,
			WithoutDKIM:  true,
			Certificate:  certificate{Names: []string{"altro.fornitore.example"}},
			ServesHTTP:   true,
			Fails: []string{
				"mail-spf-missing", "mail-dmarc-missing", "mail-dkim-not-seen",
				"tls-certificate-wrong-host", "web-http-not-redirected",
			},
		},
		{
			Domain:      "comune.autofirmato.example",
			SPF:         []string{"v=spf1 mx -all", "v=spf1 ip4:192.0.2.25 -all"},
			DMARC:       []string{"v=DMARC1; p=none; rua=mailto:dmarc@comune.autofirmato.example"},
			ShortDKIM:   true,
			Certificate: certificate{SelfSigned: true},
			Protocols:   "TLSv1.2",
			Fails: []string{
				"mail-spf-multiple", "mail-dmarc-policy-none", "mail-dkim-key-weak",
				"tls-certificate-untrusted", "tls-version-modern-missing",
			},
			Facts: []string{"mail-dkim-key-weak strength=under-2048"},
		},
		{
			Domain:      "commune.chaine.example",
			French:      true,
			Includes:    10,
			DMARC:       []string{"v=DMARC1; p=reject"},
			Certificate: certificate{Age: 80 * day, Alone: true},
			Fails:       []string{"mail-spf-too-many-lookups", "mail-dmarc-reports-missing", "tls-certificate-chain-incomplete", "tls-certificate-expiring"},
		},
		{
			Domain:         "comune.antico.example",
			Exchange:       "mx-chiaro.fornitore.example",
			SPF:            []string{"v=spf1 mx +all"},
			WithoutMTASTS:  true,
			Certificate:    certificate{RSA: true},
			Protocols:      "TLSv1 TLSv1.1 TLSv1.2 TLSv1.3",
			Ciphers:        "ALL:COMPLEMENTOFALL:@SECLEVEL=0",
			WithoutHeaders: true,
			Cookie:         "sessione=1; Path=/",
			Fails: []string{
				"mail-spf-permissive", "mail-starttls-missing", "mail-dane-missing", "mail-mta-sts-missing", "tls-version-obsolete", "tls-cipher-weak",
				"web-hsts-missing", "web-csp-missing", "web-nosniff-missing", "web-framing-allowed", "web-cookie-insecure",
			},
			Facts: []string{"tls-version-obsolete oldest=TLS 1.0", "tls-cipher-weak class=null"},
		},
		{
			Domain:       "comune.inchiaro.example",
			WithoutHTTPS: true,
			ServesHTTP:   true,
			Fails:        []string{"tls-missing"},
			// The page came over IPv4, and encryption is refused over both.
			Unknown: []string{"dns-ipv6-missing"},
		},
		{
			Domain:      "commune.muette.example",
			French:      true,
			Lacks:       []string{"declaration", "privacy"},
			WithoutIPv6: true,
			Fails:       []string{"accessibility-declaration-missing", "accessibility-mention-missing", "privacy-notice-missing", "dns-ipv6-missing"},
		},
		{
			Domain:         "comune.vuoto.example",
			Lacks:          []string{"declaration", "privacy", "transparency"},
			WithoutContact: true,
			Fails:          []string{"accessibility-declaration-missing", "privacy-notice-missing", "transparency-missing", "web-security-txt-missing"},
		},
		{
			Domain: "comune.introvabile.example",
			Start:  "return 404",
			Fails:  []string{"web-unreachable"},
			// There is no page to read them from.
			Unknown: []string{
				"accessibility-declaration-missing", "accessibility-declaration-not-official", "accessibility-declaration-placeholder",
				"accessibility-declaration-outdated", "accessibility-declaration-contradictory",
				"accessibility-objectives-missing", "accessibility-feedback-missing",
				"privacy-notice-missing", "cookie-notice-missing", "transparency-missing",
				"web-open-data-missing", "web-forms-paper-only", "web-faq-missing", "web-licence-missing",
			},
		},
	}
}
