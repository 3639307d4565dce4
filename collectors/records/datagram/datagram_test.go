package datagram_test

import (
	"bytes"
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/collectors/records/datagram"
	"campanile/collectors/records/services"
)

// token is in every answer below.
const token = 0x0102030405060708

func find(tb testing.TB, service string) datagram.Protocol {
	tb.Helper()
	p, ok := datagram.Find(service)
	if !ok {
		tb.Fatalf("no protocol %q", service)
	}
	return p
}

func unhex(tb testing.TB, text string) []byte {
	tb.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

const gateway = "HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=120\r\n" +
	"ST: urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\n" +
	"USN: uuid:00000000-0000-4000-8000-000000000001::urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\nEXT:\r\n" +
	"SERVER: Debian/12 UPnP/1.1 MiniUPnPd/2.3.1\r\nLOCATION: http://192.0.2.77:5000/rootDesc.xml\r\n\r\n"

// answers are what servers of Debian 12 say to our questions: ipmi_sim, snmpd,
// miniupnpd, memcached, slapd (over TCP, which is the same message), unbound and
// ntpsec.
func answers(tb testing.TB) map[string][]byte {
	tb.Helper()
	return map[string][]byte{
		datagram.IPMI: unhex(tb, "0600ff07 000000000000000000 10 811c63 202038000197060300000000e7"),
		datagram.SNMP: unhex(tb, "30710201033011020445060708020300ffe30401000201030421301f041180001f888047bbee06300803"+
			"6b000000000201010201060400040004003036041180001f888047bbee063008036b000000000400a81f0204450607080201000201003011300f060a2b060106030f01010400410102"),
		datagram.UPnP:      []byte(gateway),
		datagram.Memcached: unhex(tb, "0708000000010000 56455253494f4e20312e362e31380d0a"),
		datagram.CLDAP:     unhex(tb, "300c0204450607086404 04003000"),
		datagram.DNS:       unhex(tb, "070881800001000100000000 076578616d706c6503636f6d0000010001 c00c0001000100000e100004c0000201"),
		datagram.MDNS: unhex(tb, "070884000001000100000000 095f7365727669636573075f646e732d7364045f756470056c6f63616c00000c0001"+
			"c00c000c00010000000a00140c5f776f726b73746174696f6e045f746370c023"),
		datagram.NTP: unhex(tb, "240200e80000000000000004c0000205 0000000000000000 0102030405060708 eead86b63d39e326eead86b63d415dcb"),
	}
}

func TestAnswersOfRealServersAreRecognised(t *testing.T) {
	t.Parallel()
	want := map[string]datagram.Said{
		datagram.IPMI: {Service: "ipmi", Facts: []datagram.Fact{
			{Name: "protocol", Value: "IPMI 2.0"}, {Name: "anonymous", Value: "no"}, {Name: "authentication", Value: "none md2 md5 password"},
		}},
		datagram.SNMP: {Service: "snmp", Product: "Net-SNMP", Facts: []datagram.Fact{{Name: "protocol", Value: "SNMPv3"}}},
		datagram.UPnP: {
			Service: "upnp", Product: "MiniUPnPd", Version: "2.3.1", Greeting: "Debian/12 UPnP/1.1 MiniUPnPd/2.3.1",
			Facts: []datagram.Fact{{Name: "device", Value: "InternetGatewayDevice"}},
		},
		datagram.Memcached: {Service: "memcached", Product: "memcached", Version: "1.6.18", Greeting: "VERSION 1.6.18"},
		datagram.CLDAP:     {Service: "cldap"},
		datagram.DNS:       {Service: "dns", Facts: []datagram.Fact{{Name: "rcode", Value: "NOERROR"}, {Name: "recursion", Value: "yes"}}},
		datagram.MDNS:      {Service: "mdns", Facts: []datagram.Fact{{Name: "services", Value: "_workstation._tcp"}}},
		datagram.NTP:       {Service: "ntp", Facts: []datagram.Fact{{Name: "protocol", Value: "NTPv4"}, {Name: "stratum", Value: "2"}}},
	}
	for service, answer := range answers(t) {
		got, ok := find(t, service).Read(token, answer)
		if diff := cmp.Diff(want[service], got); diff != "" || !ok {
			t.Errorf("%s: %v (-want +got):\n%s", service, ok, diff)
		}
	}
	if len(want) != len(datagram.Protocols()) {
		t.Errorf("%d protocols, %d are tested", len(datagram.Protocols()), len(want))
	}
}

// An answer to one protocol is an answer to no other: what a service is never
// depends on the port at which it was asked.
func TestNoAnswerIsTakenForThatOfAnotherProtocol(t *testing.T) {
	t.Parallel()
	for service, answer := range answers(t) {
		for _, other := range datagram.Protocols() {
			if got, ok := other.Read(token, answer); ok && got.Service != service {
				t.Errorf("an answer in %s is taken for %s", service, got.Service)
			}
		}
	}
}

func TestEchoIsNoAnswer(t *testing.T) {
	t.Parallel()
	for _, asked := range datagram.Protocols() {
		for _, reader := range datagram.Protocols() {
			if got, ok := reader.Read(token, asked.Question(token)); ok {
				t.Errorf("the question of %s, sent back, is taken for %+v", asked.Service, got)
			}
		}
	}
}

// Somebody who did not hear the question cannot answer it. SSDP has no place for
// a token.
func TestAnswerToAnotherQuestionIsNone(t *testing.T) {
	t.Parallel()
	for service, answer := range answers(t) {
		_, ok := find(t, service).Read(token+1, answer)
		if ok != (service == datagram.UPnP) {
			t.Errorf("%s: an answer with another token is taken: %v", service, ok)
		}
	}
}

func TestCutAnswersAreNoneOrTheSame(t *testing.T) {
	t.Parallel()
	for service, answer := range answers(t) {
		for n := range answer {
			if got, ok := find(t, service).Read(token, answer[:n]); ok && got.Service != service {
				t.Errorf("%s cut to %d bytes is taken for %+v", service, n, got)
			}
		}
		if _, ok := find(t, service).Read(token, nil); ok {
			t.Errorf("%s: nothing is taken for an answer", service)
		}
	}
}

// What must never leave, for each service, in the bytes that do.
func TestQuestionsHoldNothingForbidden(t *testing.T) {
	t.Parallel()
	for _, p := range datagram.Protocols() {
		q := p.Question(token)
		if len(q) > 100 {
			t.Errorf("%s: %d bytes, want a small datagram", p.Service, len(q))
		}
		// No community, no user, no command that changes or lists.
		for _, word := range []string{"public", "private", "admin", "root", "user", "pass", "stats", "get ", "set ", "flush", "POST", "SOAP", "SUBSCRIBE", "AddPort"} {
			if bytes.Contains(bytes.ToLower(q), []byte(strings.ToLower(word))) {
				t.Errorf("%s: the question holds %q", p.Service, word)
			}
		}
	}
	q := func(service string) []byte { return find(t, service).Question(token) }
	for _, each := range []struct {
		rule string
		ok   bool
	}{
		{"ntp: mode 3, never 6 or 7", q("ntp")[0] == 0x23 && len(q("ntp")) == 48},
		{"dns: type A, never ANY or AXFR, one question", bytes.HasSuffix(q("dns"), []byte{0, 0, 1, 0, 1}) && q("dns")[5] == 1 && len(q("dns")) == 29},
		{"dns: a plain query with RD", q("dns")[2] == 1 && q("dns")[3] == 0},
		{"mdns: type PTR, no RD", bytes.HasSuffix(q("mdns"), []byte{0, 0, 12, 0, 1}) && q("mdns")[2] == 0},
		{"ipmi: session-less, Get Channel Authentication Capabilities, never RAKP", bytes.Equal(q("ipmi")[4:13], make([]byte, 9)) && q("ipmi")[19] == 0x38 && len(q("ipmi")) == 23},
		{"snmp: version 3, reportable, no user, a get without variables", bytes.Equal(q("snmp")[2:5], []byte{2, 1, 3}) &&
			bytes.HasSuffix(q("snmp"), []byte{0x30, 0}) && bytes.Contains(q("snmp"), unhex(t, "0401040201030410300e040002010002010004000400040030140400 0400a0"))},
		{"cldap: a search of the base, never a bind", q("cldap")[8] == 0x63 && bytes.Equal(q("cldap")[10:15], []byte{4, 0, 10, 1, 0})},
		{"memcached: version and nothing else", string(q("memcached")[8:]) == "version\r\n"},
		{"upnp: a search, one second to answer", bytes.HasPrefix(q("upnp"), []byte("M-SEARCH * HTTP/1.1\r\n")) && bytes.Contains(q("upnp"), []byte("\r\nMX: 1\r\n"))},
	} {
		if !each.ok {
			t.Errorf("broken: %s", each.rule)
		}
	}
}

// What evidence names over UDP, the list of services knows, with its transport.
func TestEveryServiceOverUDPIsListed(t *testing.T) {
	t.Parallel()
	for _, p := range datagram.Protocols() {
		listed := slices.ContainsFunc(services.At("udp", p.Port), func(s services.Service) bool {
			return s.ID == p.Service && s.Asked && !s.Untouched && !s.Consent
		})
		if _, known := services.ByID(p.Service); !known || !listed {
			t.Errorf("%s at port %d is not in services.csv", p.Service, p.Port)
		}
	}
	for id, class := range map[string]string{
		"snmp": "snmp", "ipmi": "management-controller", "upnp": "router-admin", "cldap": "directory", "memcached": "cache", "dns": "", "mdns": "", "ntp": "",
	} {
		if got := services.Class(id); got != class {
			t.Errorf("class of %s: %q, want %q", id, got, class)
		}
	}
}

func TestServiceThatNobodyAsksIsNotFound(t *testing.T) {
	t.Parallel()
	if _, ok := datagram.Find("chargen"); ok {
		t.Error("chargen was found")
	}
}
