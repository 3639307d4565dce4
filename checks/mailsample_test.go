package checks_test

import (
	"strings"
	"time"

	"campanile/collectors/evidence"
)

// dkimKey is an RSA key of 1024 bits.
const dkimKey = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDU8jzQw+yopIUNYAfn2A39CuaUmWcLLXHIcKnowLcBNGjWM4yIGxr00YlgcRqtOPoWsafm" +
	"3ZwnKPQ4xvmOYEVrLl0uR+umJn9JDthRvfNA8AHCyU2sjzSG15len2Y2177Zn6oBi1BzJx9h2ikpraKcAhsRPzmEOFOXXh9R7FAWsQIDAQAB"

// mailTown is a town with something of everything that mail can have: DANE,
// MTA-STS, keys, reports, and mailboxes here and there.
func mailTown() *evidence.Bundle {
	b := defaultBundle()
	b.Target.Mailboxes = []evidence.Mailbox{
		{Address: "protocollo@comune.example"},
		{Address: "comune.valchiara@freemail.test", Provider: "Freemail"},
		{Address: "comune@pec.provider.example", PEC: true},
	}
	tlsa := found("_25._tcp.mx.comune.example", "TLSA", "3 1 1 "+strings.Repeat("ab", 32))
	tlsa.Security = evidence.Secure
	b.DNS = evidence.DNS{Zone: "comune.example", Lookups: []evidence.Lookup{
		found("comune.example", "MX", "10 mx.comune.example."),
		found("comune.example", "A", "192.0.2.10"),
		found("comune.example", "TXT", `"v=spf1 mx -all"`),
		found("mx.comune.example", "A", "192.0.2.25"),
		found("mx.comune.example", "AAAA", "2001:db8::25"),
		tlsa,
		found("_dmarc.comune.example", "TXT", `"v=DMARC1; p=quarantine; sp=none; pct=50; rua=mailto:dmarc@reports.test"`),
		none("comune.example._report._dmarc.reports.test", "TXT"),
		none("*._report._dmarc.reports.test", "TXT"),
		found("_mta-sts.comune.example", "TXT", `"v=STSv1; id=20261101"`),
		found("mta-sts.comune.example", "A", "192.0.2.10"),
		none("mta-sts.comune.example", "AAAA"),
		none("_smtp._tls.comune.example", "TXT"),
		none("_domainkey.comune.example", "TXT"),
		none("no-such-selector._domainkey.comune.example", "TXT"),
		found("s1._domainkey.comune.example", "TXT", `"v=DKIM1; k=rsa; p=`+dkimKey+`"`),
		none("s2._domainkey.comune.example", "TXT"),
	}}
	b.Mail = evidence.Mail{
		Selectors: []evidence.Selector{{Name: "no-such-selector", Source: "made-up"}, {Name: "s1", Source: "generic"}, {Name: "s2", Source: "generic"}},
		Control:   evidence.Control{Host: "control.test", Address: "198.51.100.25", Observation: seen()},
		Policy: evidence.Policy{
			Observation: seen(), URL: "https://mta-sts.comune.example/.well-known/mta-sts.txt", Status: 200, ContentType: "text/plain",
			Body: "version: STSv1\nmode: testing\nmx: mx.comune.example\nmax_age: 604800\n",
			TLS:  endpoint("mta-sts.comune.example", "192.0.2.10", 60*24*time.Hour, seen(), evidence.Seen).TLS,
		},
		Exchanges: []evidence.Exchange{{Host: "mx.comune.example", Preference: 10, Addresses: seen(), Servers: []evidence.Server{
			mailServer("192.0.2.25", evidence.Seen), mailServer("2001:db8::25", evidence.Absent),
		}}},
	}
	return b
}

// mailServer is a server that fits its TLSA record and has a name that leads
// back, or neither.
func mailServer(address string, good evidence.State) evidence.Server {
	e := endpoint("mx.comune.example", address, 60*24*time.Hour, seen(), good)
	return evidence.Server{
		Address: address, Observation: seen(), StartTLS: seen(), TLS: e.TLS, Offers: e.Offers,
		Weak:    evidence.SuiteOffer{Observation: seen(), Suite: "TLS_RSA_WITH_AES_128_CBC_SHA", Class: "static-key"},
		DANE:    evidence.DANE{Observation: evidence.Observation{State: good}, Record: "3 1 1 " + strings.Repeat("ab", 32), Reason: "no-match"},
		Reverse: evidence.Reverse{Observation: evidence.Observation{State: good}, Names: []string{"mx.comune.example"}},
	}
}

// silentTown is a town none of whose mail servers answers, from a place where
// others do.
func silentTown() *evidence.Bundle {
	b := defaultBundle()
	b.DNS.Lookups = []evidence.Lookup{found("comune.example", "MX", "10 mx.comune.example.")}
	silence := evidence.Observation{State: evidence.Unknown, Problem: evidence.Timeout}
	b.Mail = evidence.Mail{
		Control: evidence.Control{Host: "control.test", Address: "198.51.100.25", Observation: seen()},
		Exchanges: []evidence.Exchange{{Host: "mx.comune.example", Preference: 10, Addresses: seen(), Servers: []evidence.Server{
			{Address: "192.0.2.25", Observation: silence, Tries: 2},
		}}},
	}
	return b
}

// maillessTown is a town whose domain has no mail, and does not say so.
func maillessTown() *evidence.Bundle {
	b := defaultBundle()
	b.DNS.Lookups = []evidence.Lookup{
		none("comune.example", "MX"),
		found("comune.example", "A", "192.0.2.10"),
		none("comune.example", "AAAA"),
		none("comune.example", "TXT"),
		none("_dmarc.comune.example", "TXT"),
		none("_dmarc.example", "TXT"),
	}
	return b
}
