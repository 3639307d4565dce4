package evidence_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"campanile/collectors/evidence"
)

func TestBoundsOfABundle(t *testing.T) {
	t.Parallel()
	text := func(n int) string { return strings.Repeat("x", n) }
	tests := map[string]struct {
		fill func(b *evidence.Bundle, n int)
		most int
		want string // with one more
	}{
		"lookups": {
			func(b *evidence.Bundle, n int) { b.DNS.Lookups = make([]evidence.Lookup, n) },
			evidence.MaxLookups, "look-ups: 4097, at most 4096 are read",
		},
		"records": {
			func(b *evidence.Bundle, n int) { b.DNS.Lookups[2].Records = make([]string, n) },
			evidence.MaxRecords, "dns comune.esempio.example MX: records: 1025, at most 1024 are read",
		},
		"record": {
			func(b *evidence.Bundle, n int) { b.DNS.Lookups[2].Records[0] = text(n) },
			evidence.MaxRecord, "dns comune.esempio.example MX: bytes of a record: 278529, at most 278528 are read",
		},
		"detail": {
			func(b *evidence.Bundle, n int) { b.DNS.Signed.Detail = text(n) },
			evidence.MaxDetail, "dns signed: bytes of detail: 301, at most 300 are read",
		},
		"policy": {
			func(b *evidence.Bundle, n int) { b.Mail.Policy.Body = text(n) },
			evidence.MaxPolicy, "mail policy: bytes: 65537, at most 65536 are read",
		},
		"endpoints": {
			func(b *evidence.Bundle, n int) { b.Endpoints = make([]evidence.Endpoint, n) },
			evidence.MaxEndpoints, "endpoints: 1025, at most 1024 are read",
		},
		"chain": {
			func(b *evidence.Bundle, n int) { b.Endpoints[0].TLS.Certificates = make([]evidence.Certificate, n) },
			evidence.MaxChain, "endpoint www.comune.esempio.example 192.0.2.80:443: certificates: 17, at most 16 are read",
		},
		"certificate": {
			func(b *evidence.Bundle, n int) {
				b.Mail.Exchanges[0].Servers[0].TLS.Certificates[1].DER = make([]byte, n)
			},
			evidence.MaxCertificate, "mail mail.comune.esempio.example 192.0.2.25: bytes of a certificate: 65537, at most 65536 are read",
		},
		"sites": {
			func(b *evidence.Bundle, n int) { b.Sites = make([]evidence.Site, n) },
			evidence.MaxSites, "sites: 257, at most 256 are read",
		},
		"hops": {
			func(b *evidence.Bundle, n int) { b.Sites[1].HTTP.Hops = make([]evidence.Hop, n) },
			evidence.MaxHops, "site www.comune.esempio.example http://www.comune.esempio.example/: hops: 17, at most 16 are read",
		},
		"text": {
			func(b *evidence.Bundle, n int) { b.Sites[1].SecurityTxt.Text = text(n) },
			evidence.MaxPolicy, "site www.comune.esempio.example https://www.comune.esempio.example/.well-known/security.txt: bytes of text: 65537, at most 65536 are read",
		},
		"links": {
			func(b *evidence.Bundle, n int) { b.Sites[1].HTTPS.Page.Links = make([]evidence.Link, n) },
			evidence.MaxLinks, "site www.comune.esempio.example https://www.comune.esempio.example/: parts of the page: 2001, at most 2000 are read",
		},
		"forms": {
			func(b *evidence.Bundle, n int) { b.Sites[1].HTTPS.Page.Forms = make([]evidence.Form, n) },
			evidence.MaxLinks, "site www.comune.esempio.example https://www.comune.esempio.example/: parts of the page: 2001, at most 2000 are read",
		},
		"mention": {
			func(b *evidence.Bundle, n int) { b.Sites[1].HTTPS.Page.Mentions[0] = text(n) },
			evidence.MaxMention, "site www.comune.esempio.example https://www.comune.esempio.example/: bytes of a mention: 401, at most 400 are read",
		},
		"hosts": {
			func(b *evidence.Bundle, n int) { b.Services.Hosts = make([]evidence.Host, n) },
			evidence.MaxPlaces, "services: hosts: 257, at most 256 are read",
		},
		"templates": {
			func(b *evidence.Bundle, n int) { b.Services.Templates = make([]string, n) },
			evidence.MaxTemplates, "services: templates: 2101, at most 2100 are read",
		},
		"places-tried": {
			func(b *evidence.Bundle, n int) { b.Services.Tried = make([]evidence.Tried, n) },
			evidence.MaxTried, "services: places tried: 1025, at most 1024 are read",
		},
		"templates-untried": {
			func(b *evidence.Bundle, n int) { b.Services.Untried = make([]evidence.Untried, n) },
			evidence.MaxUntried, "services: templates untried: 65537, at most 65536 are read",
		},
		"matches": {
			func(b *evidence.Bundle, n int) { b.Services.Exposed = make([]evidence.Match, n) },
			evidence.MaxMatches, "services: matches: 4097, at most 4096 are read",
		},
		"open-ports": {
			func(b *evidence.Bundle, n int) {
				b.Services.Hosts[0].Ports = slices.Repeat(b.Services.Hosts[0].Ports[:1], n)
			},
			evidence.MaxPorts, "host 192.0.2.10: ports: 257, at most 256 are read",
		},
		"datagrams": {
			func(b *evidence.Bundle, n int) { b.Services.Hosts[0].Datagrams = make([]evidence.Datagram, n) },
			evidence.MaxFacts, "host 192.0.2.10: datagrams: 65, at most 64 are read",
		},
		"facts-of-a-port": {
			func(b *evidence.Bundle, n int) { b.Services.Hosts[0].Ports[0].Facts = make([]evidence.Fact, n) },
			evidence.MaxFacts, "host 192.0.2.10 tcp 22: facts: 65, at most 64 are read",
		},
		"greeting": {
			func(b *evidence.Bundle, n int) { b.Services.Hosts[0].Ports[0].Greeting = text(n) },
			evidence.MaxDetail, "host 192.0.2.10 tcp 22: bytes of the greeting: 301, at most 300 are read",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := sample(t)
			test.fill(b, test.most)
			if err := b.Validate(); err != nil {
				t.Errorf("just at the bound: %v", err)
			}
			test.fill(b, test.most+1)
			if err := b.Validate(); err == nil || err.Error() != test.want {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
}

// Every observation and every state, wherever it stands, is held to the rules:
// one that is not would be a hole in strict reading.
func TestEveryObservationIsChecked(t *testing.T) {
	t.Parallel()
	b, visited := sample(t), map[string]bool{}
	walk(reflect.ValueOf(b), "bundle", func(v reflect.Value, path string) {
		switch v.Type() {
		case reflect.TypeFor[evidence.Observation]():
			old := v.Interface()
			v.Set(reflect.ValueOf(evidence.Observation{State: evidence.Unknown}))
			if err := b.Validate(); err == nil || !strings.HasSuffix(err.Error(), "unknown without a problem") {
				t.Errorf("%s: an unknown without a problem passes: %v", path, err)
			}
			v.Set(reflect.ValueOf(old))
		case reflect.TypeFor[evidence.State]():
			old := v.String()
			v.SetString("maybe")
			if err := b.Validate(); err == nil || !strings.HasSuffix(err.Error(), `unknown state "maybe"`) {
				t.Errorf("%s: an unknown state passes: %v", path, err)
			}
			v.SetString(old)
		default:
			return
		}
		visited[path] = true
	})
	if len(visited) < 30 {
		t.Errorf("only %d places were visited", len(visited))
	}
	if err := b.Validate(); err != nil {
		t.Errorf("the sample was not put back: %v", err)
	}
}

// A port has one of two transports, and a file that tells of a third is not ours.
func TestOnlyTCPAndUDPArePorts(t *testing.T) {
	t.Parallel()
	for transport, want := range map[string]string{
		"tcp": "", "udp": "",
		"":     "host 192.0.2.10  22: neither tcp nor udp",
		"TCP":  "host 192.0.2.10 TCP 22: neither tcp nor udp",
		"sctp": "host 192.0.2.10 sctp 22: neither tcp nor udp",
	} {
		b := sample(t)
		b.Services.Hosts[0].Ports[0].Transport = transport
		got := ""
		if err := b.Validate(); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", transport, got, want)
		}
	}
}

func TestEveryProblemIsListedOnce(t *testing.T) {
	t.Parallel()
	seen := map[evidence.Problem]bool{}
	for _, p := range evidence.Problems {
		if seen[p] || p == "" || string(p) != strings.ToLower(string(p)) || strings.ContainsAny(string(p), " _") {
			t.Errorf("problem %q", p)
		}
		seen[p] = true
	}
	if !slices.Contains(evidence.Problems, evidence.Firewall) {
		t.Error("a problem is missing")
	}
}
