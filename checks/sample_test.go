package checks_test

import (
	"slices"
	"testing"
	"time"

	"campanile/checks"
	"campanile/collectors/evidence"
)

// TestTheSampleHasEveryVerdict keeps the sample rich: a property that holds of
// poor evidence proves little.
func TestTheSampleHasEveryVerdict(t *testing.T) {
	t.Parallel()
	findings := slices.Concat(checks.Judge(sample()), checks.Judge(signedTown()), checks.Judge(mailTown()), checks.Judge(maillessTown()),
		checks.Judge(ownWords()), checks.Judge(filed()), checks.Judge(mairie()),
		checks.Judge(paperTown()), checks.Judge(noticeTown()), checks.Judge(servicesTown()), checks.Judge(triedTown()))
	for _, check := range checks.All {
		settled := func(f checks.Finding) bool {
			return f.Rule == check.ID && (f.Outcome == checks.Pass || f.Outcome == checks.Fail)
		}
		if !slices.ContainsFunc(findings, settled) {
			t.Errorf("%s neither passes nor fails", check.ID)
		}
	}
}

func seen() evidence.Observation   { return evidence.Observation{State: evidence.Seen} }
func absent() evidence.Observation { return evidence.Observation{State: evidence.Absent} }

func found(name, kind string, records ...string) evidence.Lookup {
	return evidence.Lookup{Name: name, Type: kind, Observation: seen(), Rcode: "NOERROR", Records: records}
}

func none(name, kind string) evidence.Lookup {
	return evidence.Lookup{Name: name, Type: kind, Observation: absent(), Rcode: "NOERROR"}
}

// sample is a town whose bare name works well and whose www is neglected; its
// page and its certificate differ between the two only in what is theirs.
func sample() *evidence.Bundle {
	b := defaultBundle()
	b.Names = []evidence.Name{{Name: "www.comune.example", Source: "www"}, {Name: "mx.comune.example", Source: "mx"}}
	b.DNS = evidence.DNS{
		Zone:   "comune.example",
		MadeUp: "campanile-3f2a9c01.comune.example",
		Lookups: []evidence.Lookup{
			found("comune.example", "A", "192.0.2.10"),
			found("comune.example", "AAAA", "2001:db8::10"),
			none("comune.example", "CAA"),
			found("comune.example", "MX", "10 mx.comune.example."),
			found("comune.example", "NS", "ns1.provider.example.", "ns2.provider.example."),
			found("ns1.provider.example", "A", "192.0.2.53"),
			found("ns1.provider.example", "AAAA", "2001:db8:1::53"),
			found("ns2.provider.example", "A", "192.0.2.54"),
			none("ns2.provider.example", "AAAA"),
			none("campanile-3f2a9c01.comune.example", "A"),
			none("campanile-3f2a9c01.comune.example", "AAAA"),
			found("old.comune.example", "A", "192.0.2.99"),
			gone("theatre.comune.example", "A", "www.theatre.example"),
			gone("www.theatre.example", "A"),
			gone("theatre.example", "NS"),
			found("comune.example", "TXT", `"v=spf1 mx include:_spf.provider.example -all"`),
			found("_spf.provider.example", "TXT", `"v=spf1 include:_more.provider.example ?all"`),
			found("_more.provider.example", "TXT", `"v=spf1 ip4:192.0.2.0/24 -all"`),
			none("_dmarc.comune.example", "TXT"),
			found("_dmarc.example", "TXT", `"v=DMARC1; p=none"`),
			none("_mta-sts.comune.example", "TXT"),
			none("_25._tcp.mx.comune.example", "TLSA"),
			found("www.comune.example", "A", "192.0.2.11"),
			none("www.comune.example", "AAAA"),
		},
		Signed:     evidence.Signed{Observation: absent(), Zone: "example", Proof: "example. NSEC"},
		Delegation: evidence.Delegation{Observation: seen(), Parent: "example", NameServers: []string{"ns1.provider.example", "ns3.provider.example"}},
		Servers: []evidence.NameServer{
			nameServer("ns1.provider.example", "192.0.2.53", 2, evidence.Seen),
			nameServer("ns2.provider.example", "192.0.2.54", 1, evidence.Seen),
			nameServer("ns3.provider.example", "192.0.2.55", 0, evidence.Absent),
		},
		References: []evidence.Reference{
			{From: "theatre.comune.example", Type: "CNAME", To: "www.theatre.example", Registrable: "theatre.example"},
			{From: "comune.example", Type: "NS", To: "ns1.provider.example", Registrable: "provider.example"},
		},
	}
	b.Mail.Exchanges = []evidence.Exchange{{Host: "mx.comune.example", Preference: 10, Addresses: seen(), Servers: []evidence.Server{
		{Address: "192.0.2.25", Observation: seen(), StartTLS: seen()},
		{Address: "192.0.2.26", Observation: seen(), StartTLS: absent()},
	}}}
	b.Endpoints = []evidence.Endpoint{
		sawAll(endpoint("comune.example", "192.0.2.10", time.Hour, absent(), evidence.Seen), false),
		sawAll(endpoint("comune.example", "2001:db8::10", 60*24*time.Hour, seen(), evidence.Seen), false),
		sawAll(endpoint("www.comune.example", "192.0.2.11", -time.Hour, seen(), evidence.Absent), true),
	}
	b.Sites = []evidence.Site{site("comune.example"), site("www.comune.example")}
	return b
}

func endpoint(name, address string, left time.Duration, trust evidence.Observation, match evidence.State) evidence.Endpoint {
	taken := defaultBundle().Taken
	return evidence.Endpoint{
		Name: name, Address: address, Port: 443, Connect: seen(),
		TLS: evidence.Handshake{
			Observation: seen(),
			Version:     "TLS 1.2",
			Certificates: []evidence.Certificate{{
				SHA256: "00", Subject: "CN=" + name, Issuer: "CN=Example CA", Names: []string{name},
				NotBefore: taken.Add(left - 90*24*time.Hour), NotAfter: taken.Add(left),
			}},
			Trust: evidence.Trust{Observation: trust, Reason: "self-signed", Match: match},
		},
		Offers: []evidence.VersionOffer{
			{Version: "SSL 3.0", Observation: absent()},
			{Version: "TLS 1.0", Observation: absent()},
			{Version: "TLS 1.1", Observation: seen()},
		},
	}
}

func site(host string) evidence.Site {
	page := func(scheme string) evidence.Visit {
		address := scheme + "://" + host + "/"
		return evidence.Visit{
			URL: address, Observation: seen(), Attempts: 1,
			Hops: []evidence.Hop{{URL: address, Address: "192.0.2.10", Status: 200, Headers: []evidence.Header{
				{Name: "content-security-policy", Value: "default-src 'self'"}, {Name: "strict-transport-security", Value: "max-age=600"},
			}}},
			Cookies: []evidence.Cookie{{URL: address, Name: "PHPSESSID", Secure: true}},
			Page: &evidence.Page{SHA256: "00", Words: 100, Footer: evidence.Seen, Links: []evidence.Link{
				{URL: address + "privacy", Text: "Informativa privacy", Place: "footer"},
			}, Forms: []evidence.Form{{Action: address + "cerca", Method: "get"}}},
		}
	}
	return evidence.Site{
		Host: host, Addresses: seen(), HTTP: page("http"), HTTPS: page("https"),
		SecurityTxt: evidence.Visit{
			URL: "https://" + host + "/.well-known/security.txt", Observation: seen(), Attempts: 1,
			Hops: []evidence.Hop{{URL: "https://" + host + "/.well-known/security.txt", Status: 404}},
		},
	}
}
