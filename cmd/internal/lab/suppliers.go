package lab

import "campanile/collectors/records"

// Suppliers are the firms of the lab, as a scan recognises them.
func (l *Lab) Suppliers() []records.Supplier {
	return []records.Supplier{
		{
			ID: "nuvolette", Name: "Nuvolette", Roles: []string{"mail", "dns"},
			MX: []string{"*.nuvolette.test"}, SPF: []string{"_spf.nuvolette.test"}, NS: []string{"*.nuvolette.test"},
			Selectors: []string{"default"}, Claimable: []string{"*.pagine.nuvolette.test"},
		},
		{
			ID: "tuttoincluso", Name: "TuttoIncluso", Countries: []string{"it"}, Roles: []string{"mail", "dns", "web"},
			MX: []string{"*.tuttoincluso.test"}, SPF: []string{"_spf.tuttoincluso.test"}, NS: []string{"*.tuttoincluso.test"},
			CNAME: []string{"*.tuttoincluso.test"}, Networks: []string{"203.0.113.24/29", "203.0.113.40/32"},
		},
		{ID: "postaperta", Name: "PostAperta", Consumer: []string{"postaperta.test"}},
	}
}

// MailControl is a host that takes mail, for scans that want to know whether
// port 25 is open from where they stand.
func (l *Lab) MailControl() string { return "mx.nuvolette.test" }

const (
	caHost = "ca.campanile.test."

	labServers = "ns1.campanile.test."
	labSecond  = "ns2.campanile.test."
)

// suppliers are the zones above the towns, and the firms that several towns
// share.
func suppliers() []place {
	return append(above(), allInclusive(), clouds(), brokers(), stranger(), namedElsewhere())
}

// above are the zones above the towns, from the root down.
func above() []place {
	top := []string{labServers, labSecond}
	return []place{
		{zone: zone{origin: ".", algorithm: signed, servers: top}},
		{zone: zone{origin: "arpa.", algorithm: signed, servers: top}},
		{zone: zone{origin: "in-addr.arpa.", algorithm: signed, servers: top}},
		{zone: zone{origin: "ip6.arpa.", algorithm: signed, servers: top}},
		{zone: zone{origin: "test.", algorithm: signed, hashed: true, servers: top}},
		{zone: zone{origin: "campanile.test.", algorithm: signed, servers: top, records: `
ns1     IN A    192.0.2.1
ns1     IN AAAA 2001:db8:1::53
ns2     IN A    198.51.100.1
ns2     IN AAAA 2001:db8:2::53
ca      IN A    192.0.2.8
; the union of the valleys takes the reports of towns without mail (RFC 9990)
comune.isolachenonce.campanile.test._report._dmarc IN TXT "v=DMARC1"
`}},
	}
}

// namedElsewhere is the name under which a town keeps its site; it belongs to whoever
// made it.
func namedElsewhere() place {
	const origin = "pievano-in-rete.test."
	s := goodSite("www")
	s.lacks = "filled declaration"
	return place{
		zone: zone{origin: origin, servers: []string{"ns1.nuvolette.test.", "ns2.nuvolette.test."}, records: `
www IN A   198.51.100.215
@   IN MX  0 .
@   IN TXT "v=spf1 -all"
`},
		sites: []site{s},
	}
}

// stranger registered a name that a town let go, and sells something else there.
func stranger() place {
	const origin = "comunedicastelfandonia.test."
	return place{
		zone: zone{origin: origin, servers: []string{"ns1." + origin, "ns2." + origin}, records: `
@   IN A   198.51.100.200
ns1 IN A   198.51.100.201
ns2 IN A   203.0.113.201
@   IN MX  0 .
@   IN TXT "v=spf1 -all"
`},
		sites: []site{{hosts: []string{"@"}, tls: &identity{}, plain: same, page: "straniero.html"}},
	}
}

// allInclusive sells small towns everything from one shelf, with the same
// faults for each of them.
func allInclusive() place {
	const origin = "tuttoincluso.test."
	return place{
		zone: zone{origin: origin, servers: []string{"ns1." + origin, "ns2." + origin}, records: `
ns1  IN A 203.0.113.1
ns2  IN A 203.0.113.2
web7 IN A 203.0.113.40
mx   IN A 203.0.113.25
@    IN MX 10 mx
@    IN TXT "v=spf1 mx -all"
_spf IN TXT "v=spf1 ip4:203.0.113.24/29 -all"
comune.gemellodisopra.campanile.test._report._dmarc IN TXT "v=DMARC1"
comune.gemellodisotto.campanile.test._report._dmarc IN TXT "v=DMARC1"
`},
		exchanges: []exchange{{host: "mx", banner: "ESMTP TuttoIncluso"}},
	}
}

// clouds hosts names and mail decently.
func clouds() place {
	const origin = "nuvolette.test."
	return place{
		zone: zone{origin: origin, servers: []string{"ns1." + origin, "ns2." + origin}, records: `
ns1  IN A    198.51.100.2
ns1  IN AAAA 2001:db8:6::53
ns2  IN A    203.0.113.3
ns2  IN AAAA 2001:db8:7::53
mx   IN A    198.51.100.25
@    IN MX   10 mx
@    IN TXT  "v=spf1 mx -all"
_spf IN TXT  "v=spf1 ip4:198.51.100.24/29 -all"
_dkim IN TXT ( "v=DKIM1; k=rsa; p=" ` + dkimKey + ` )
`},
		exchanges: []exchange{{host: "mx", banner: "ESMTP Nuvolette", tls: &identity{}}},
	}
}

// brokers are the many services that send mail in a town's name.
func brokers() place {
	const origin = "fornitori.test."
	return place{zone: zone{origin: origin, servers: []string{"ns1.nuvolette.test.", "ns2.nuvolette.test."}, records: `
protocollo  IN TXT "v=spf1 include:a.protocollo.fornitori.test include:b.protocollo.fornitori.test -all"
a.protocollo IN TXT "v=spf1 ip4:203.0.113.128/28 -all"
b.protocollo IN TXT "v=spf1 ip4:203.0.113.144/28 -all"
tributi     IN TXT "v=spf1 include:a.tributi.fornitori.test include:b.tributi.fornitori.test -all"
a.tributi   IN TXT "v=spf1 ip4:203.0.113.160/28 -all"
b.tributi   IN TXT "v=spf1 ip4:203.0.113.176/28 -all"
notizie     IN TXT "v=spf1 include:a.notizie.fornitori.test -all"
a.notizie   IN TXT "v=spf1 ip4:203.0.113.192/28 -all"
biblioteca  IN TXT "v=spf1 ip4:203.0.113.208/28 -all"
mensa       IN TXT "v=spf1 ip4:203.0.113.224/28 -all"
`}}
}

// dkimKey is a public key of 2048 bits; its private half was thrown away.
const dkimKey = `"MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAzR5+EY/vzYr0waLdSch9ayn41Wo01oti1KGFAcqLfysBmjRUc2fljep1GFzLCtXHALnW4aHoKGspA/ydpDDm6PzjvtJ2Bx/W7/YkL3LG4rq+" ` +
	`"WwUfTeMa9PuXqNnr1emSZD1qCKO91d/8ndokz4AkkBoe5MdU9/2pgJ8GEqg3ScHVYMqBQh3lm2aUkdsyV9qoEu0X4Y0GSLJ2FaHMaJdDd1V00g9Tz1RNO5r4wdNOUIupeyfC7y8gx/Ny/mIjpTq44FRQ" ` +
	`"LAv1q8Qt0OjlqEie9OmxSAkaVfW/z4VTaeTdX9ICR7Mc0tqHJAYuC7wkV0lXxAGGA3fVkvVaQa6lKgpX4QIDAQAB"`
