package checks_test

import (
	"time"

	"campanile/collectors/evidence"
)

// gone is the answer that a name does not exist, or that the last of its aliases
// does not.
func gone(name, kind string, aliases ...string) evidence.Lookup {
	return evidence.Lookup{Name: name, Type: kind, Observation: absent(), Rcode: "NXDOMAIN", Aliases: aliases}
}

// nameServer is one that refuses nothing: it hands out the zone and resolves
// foreign names, like many that were set up once and forgotten.
func nameServer(host, address string, serial int64, authority evidence.State) evidence.NameServer {
	return evidence.NameServer{
		Host: host, Address: address, Observation: seen(), Rcode: "NOERROR", Authoritative: authority,
		Serial: serial, Again: serial, Recursion: seen(), Transfer: seen(), Transferred: 12,
	}
}

// signedTown is a town under its reserved name whose zone is signed, with short
// keys and a signature that ends tomorrow, and which gave up an older name. Its
// name is made up: the checks do not judge those under .example.
func signedTown() *evidence.Bundle {
	const domain, former = "comune.paese-che-non-esiste.to.it", "paese-che-non-esiste.it"
	b := defaultBundle()
	b.Target = evidence.Target{Domain: domain, Country: "it", Code: "c_x000", Former: []string{former}}
	b.Families = []evidence.Family{evidence.DNSFamily, evidence.TLSFamily}
	b.Names = []evidence.Name{{Name: domain, Source: "given"}}
	b.DNS = evidence.DNS{
		Zone: domain,
		Lookups: []evidence.Lookup{
			found(domain, "A", "192.0.2.10"),
			none(domain, "AAAA"),
			found(domain, "NS", "ns1.provider.example.", "ns2.provider.example."),
			found(domain, "CAA", `0 issue "ca.example"`),
			found(domain, "DS", "12345 13 1 0000000000000000000000000000000000000000"),
			none(domain, "DNSKEY"),
			found(former, "A", "203.0.113.66"),
			none(former, "AAAA"),
			found(former, "NS", "ns1.elsewhere.example."),
		},
		Signed: evidence.Signed{Observation: seen(), Zone: domain, Proof: "DS 12345", First: evidence.Signature{
			Name: domain, Type: "SOA", KeyTag: 12345, Algorithm: 13,
			Inception: b.Taken.Add(-29 * 24 * time.Hour), Expiration: b.Taken.Add(24 * time.Hour),
		}},
	}
	leaf := endpoint(domain, "192.0.2.10", 30*24*time.Hour, seen(), evidence.Seen)
	leaf.TLS.Certificates[0].Issuer = "CN=R11,O=Let's Encrypt,C=US"
	b.Endpoints = []evidence.Endpoint{leaf}
	return b
}
