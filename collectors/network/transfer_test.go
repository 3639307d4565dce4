package network_test

import (
	"testing"

	"github.com/miekg/dns"

	"campanile/collectors/network"
)

const zoneSOA = "comune.example. 300 IN SOA ns1.comune.example. admin.comune.example. 1 2 3 4 5"

func TestTransferIsStoppedAtItsBeginning(t *testing.T) {
	t.Parallel()
	host := "www.comune.example. 300 IN A 192.0.2.1"
	tests := map[string]struct {
		answer  func(n int, kind string, query *dns.Msg) *dns.Msg
		records int
		rcode   int
		problem string
	}{
		"given":                        {always(reply(t, dns.RcodeSuccess, zoneSOA, host, host)), 3, dns.RcodeSuccess, ""},
		"refused":                      {always(reply(t, dns.RcodeRefused)), 0, dns.RcodeRefused, ""},
		"not-authoritative":            {always(reply(t, dns.RcodeNotAuth)), 0, dns.RcodeNotAuth, ""},
		"empty":                        {always(reply(t, dns.RcodeSuccess)), 0, dns.RcodeSuccess, ""},
		"one-record-and-silence":       {always(reply(t, dns.RcodeSuccess, zoneSOA)), 0, 0, "timeout"},
		"something-else-than-the-zone": {always(reply(t, dns.RcodeSuccess, host, host)), 0, 0, "malformed"},
		"silent":                       {always(silence), 0, 0, "timeout"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, test.answer)
			s := leading(server).Session()
			got := s.Transfer(t.Context(), nameServer, "Comune.Example")
			problem := ""
			if got.Err != nil {
				problem = network.Problem(got.Err)
			}
			if got.Records != test.records || got.Rcode != test.rcode || problem != test.problem {
				t.Errorf("got %+v, want %d records, code %d, problem %q", got, test.records, test.rcode, test.problem)
			}
			received := server.questions()
			if len(received) != 1 || received[0].Network != "tcp" || received[0].Query.Question[0].Qtype != dns.TypeAXFR {
				t.Errorf("received %+v, want one AXFR over TCP", received)
			}
			if sent := s.Sent(); sent.Connections != 1 || sent.Queries != 0 {
				t.Errorf("sent %+v, want one connection: it is the question", sent)
			}
		})
	}
}

// A server may send a zone one record at a time (RFC 5936 section 2.2).
func TestTransferOneRecordAMessage(t *testing.T) {
	t.Parallel()
	address := floodServer(t, func(query *dns.Msg, n int) *dns.Msg {
		line := zoneSOA
		if n > 0 {
			line = "www.comune.example. 300 IN A 192.0.2.1"
		}
		return reply(t, dns.RcodeSuccess, line)(query)
	})
	got := leading(&server{Address: address}).Session().Transfer(t.Context(), nameServer, "comune.example")
	if got.Err != nil || got.Records != 2 {
		t.Errorf("got %+v, want the two records of two messages", got)
	}
}

// Whoever hangs up after the SOA record has given no zone.
func TestTransferOfOneRecordAndNoMore(t *testing.T) {
	t.Parallel()
	address := floodServer(t, func(query *dns.Msg, n int) *dns.Msg {
		if n > 0 {
			return &dns.Msg{Question: []dns.Question{{Name: "not-to-be-packed"}}} // the server hangs up
		}
		return reply(t, dns.RcodeSuccess, zoneSOA)(query)
	})
	got := leading(&server{Address: address}).Session().Transfer(t.Context(), nameServer, "comune.example")
	if got.Err != nil || got.Records != 0 {
		t.Errorf("got %+v, want no record and no error", got)
	}
}
