package namespaces

// dnsTowns have faults of their zones and name servers before all.
func dnsTowns() []*town {
	return []*town{
		{
			Domain: "comune.zoppo.example",
			Lame:   true,
			DMARC:  []string{"v=DMARC1; p=reject; pct=50; rua=mailto:dmarc@comune.zoppo.example"},
			Fails:  []string{"dns-nameserver-unresponsive", "mail-dmarc-partial"},
			Facts:  []string{"dns-nameserver-unresponsive nameservers=ns2.fornitore.example", "mail-dmarc-partial percent=50"},
		},
		{
			Domain:      "comune.vicino.example",
			NameServers: []string{"ns1", "ns-vicino"},
			GivenAway:   true,
			CAA:         `0 issue "autorita.example"`,
			Fails:       []string{"dns-nameservers-one-network", "dns-zone-transfer-open", "dns-caa-invalid"},
			Facts:       []string{"dns-caa-invalid reason=forbids-issuer"},
		},
		{
			Domain:      "comune.diviso.example",
			NameServers: []string{"ns1", "ns2", "ns-vicino"},
			Delegated:   []string{"ns1", "ns2"},
			CAA:         `128 futuro "altro"`,
			Fails:       []string{"dns-delegation-mismatch", "dns-caa-invalid"},
			Facts:       []string{"dns-caa-invalid reason=malformed"},
		},
		{
			Domain:  "comune.indietro.example",
			Behind:  true,
			Records: []string{"intranet IN A 10.20.30.40"},
			Fails:   []string{"dns-soa-serial-mismatch", "dns-address-private"},
		},
		{
			Domain:      "comune.aperto.example",
			NameServers: []string{"ns1", "ns-aperto"},
			Records:     []string{"* IN A 192.52.193.200"},
			Fails:       []string{"dns-recursion-open", "dns-wildcard"},
			Facts:       []string{"dns-recursion-open nameservers=ns-aperto.fornitore.example"},
		},
		{
			Domain:      "comune.pendente.example",
			NameServers: []string{"ns1", "ns-quattro"},
			OldHost:     true,
			Records: []string{
				"servizi IN CNAME comune.fallito.example.",
				"sportello IN CNAME comune-pendente.azurewebsites.net.",
				"albo IN CNAME albo.fornitore.example.",
			},
			Fails: []string{"dns-cname-dangling", "dns-host-forgotten", "dns-nameserver-ipv6-missing"},
			Facts: []string{
				"dns-cname-dangling registrable=fallito.example",
				"dns-cname-dangling level=registrable", "dns-cname-dangling level=claimable", "dns-cname-dangling level=broken",
			},
		},
		{
			Domain:     "comune.guasto.example",
			Signatures: validity{-40 * day, -10 * day},
			Fails:      []string{"dnssec-invalid"},
			Facts:      []string{"dnssec-invalid reason=signature-expired"},
			// Senders cannot trust records that do not validate.
			Unknown: []string{"mail-dane-invalid"},
		},
		{
			Domain:     "comune.stanco.example",
			Signatures: validity{-28 * day, day * 3 / 2},
			ShortKey:   true,
			Fails:      []string{"dnssec-expiring", "dnssec-algorithm-weak"},
		},
		{
			Domain:    "comune.censito.example",
			Mailboxes: "ufficio.inventato@gmail.com",
			Former:    "comune-censito.example",
			Fails:     []string{"domain-look-alike-official", "mail-address-generic"},
		},
	}
}
