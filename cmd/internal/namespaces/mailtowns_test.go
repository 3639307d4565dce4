package namespaces

// mailTowns have faults of their mail before all.
func mailTowns() []*town {
	return []*town{
		{
			Domain:   "comune.doppio.example",
			Exchange: "mx-alias.fornitore.example",
			SPF:      []string{"v=spf1 mx ipv4:192.0.2.25 -all"},
			DMARC: []string{
				"v=DMARC1; p=reject; rua=mailto:dmarc@comune.doppio.example",
				"v=DMARC1; p=none; rua=mailto:dmarc@comune.doppio.example",
			},
			Fails: []string{"mail-mx-invalid", "mail-spf-invalid", "mail-dmarc-multiple"},
			Facts: []string{"mail-mx-invalid reason=alias"},
		},
		{
			Domain:   "comune.muto.example",
			Exchange: "mx-muto.fornitore.example",
			SPF:      []string{"v=spf1 ptr -all"},
			DMARC:    []string{"v=DMARC1; p=rejct"},
			Flags:    []string{"--mail-control", "mx.fornitore.example"},
			Fails:    []string{"mail-mx-unreachable", "mail-spf-ptr", "mail-dmarc-invalid"},
			// Nobody there shows a certificate.
			Unknown: []string{"mail-starttls-missing", "mail-tls-obsolete", "mail-tls-cipher-weak", "mail-tls-certificate-invalid", "mail-dane-invalid"},
		},
		{
			Domain:   "comune.vecchio.example",
			Exchange: "mx-vecchio.fornitore.example",
			SPF:      []string{"v=spf1 a:uno.comune.vecchio.example a:due.comune.vecchio.example a:tre.comune.vecchio.example mx -all"},
			DMARC:    []string{"v=DMARC1; p=reject; sp=none; rua=mailto:dmarc@comune.vecchio.example"},
			Fails: []string{
				"mail-spf-void-lookups", "mail-dmarc-subdomains-weak",
				"mail-tls-obsolete", "mail-tls-cipher-weak", "mail-reverse-dns-missing",
			},
			Facts: []string{"mail-spf-void-lookups count=3", "mail-tls-obsolete oldest=TLS 1.0", "mail-reverse-dns-missing reason=missing"},
		},
		{
			Domain:        "comune.errato.example",
			Exchange:      "mx-errato.fornitore.example",
			DMARC:         []string{"v=DMARC1; p=reject; t=y; rua=mailto:dmarc@fornitore.example"},
			WithoutTLSRPT: true,
			Fails: []string{
				"mail-tls-certificate-invalid", "mail-dane-missing", "mail-tlsrpt-missing",
				"mail-dmarc-partial", "mail-dmarc-reports-refused", "mail-reverse-dns-missing",
			},
			Facts: []string{
				"mail-tls-certificate-invalid reason=wrong-name", "mail-tls-certificate-invalid matters=mta-sts",
				"mail-dmarc-partial reason=testing", "mail-reverse-dns-missing reason=not-confirmed",
			},
		},
		{
			Domain:     "comune.fissato.example",
			Exchange:   "mx-fissato.fornitore.example",
			PolicyMode: "testing",
			Fails:      []string{"mail-dane-invalid", "mail-mta-sts-testing"},
			Facts:      []string{"mail-dane-invalid reason=no-match"},
		},
		{
			Domain:    "comune.escluso.example",
			PolicyMX:  "altro.fornitore.example",
			Mailboxes: "ufficio@altrove.example",
			Fails:     []string{"mail-mta-sts-invalid", "mail-address-other-domain"},
			Facts:     []string{"mail-mta-sts-invalid reason=mx-not-listed"},
		},
		{
			Domain:        "comune.silenzioso.example",
			WithoutMX:     true,
			WithoutMTASTS: true,
			SPF:           []string{"v=spf1 -all"},
			DMARC:         []string{"v=DMARC1; p=quarantine; rua=mailto:dmarc@comune.silenzioso.example"},
			Fails:         []string{"mail-domain-unused-open"},
			Facts:         []string{"mail-domain-unused-open missing=dmarc"},
		},
	}
}
