package datagram_test

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"campanile/collectors/records/datagram"
)

// message packs a response to our question.
func message(tb testing.TB, change func(*dns.Msg), kind uint16, name string, records ...string) []byte {
	tb.Helper()
	query := new(dns.Msg).SetQuestion(name, kind)
	query.Id = token & 0xFFFF
	reply := new(dns.Msg).SetReply(query)
	for _, record := range records {
		rr, err := dns.NewRR(record)
		if err != nil {
			tb.Fatal(err)
		}
		reply.Answer = append(reply.Answer, rr)
	}
	change(reply)
	packed, err := reply.Pack()
	if err != nil {
		tb.Fatal(err)
	}
	return packed
}

func TestRecursionIsReadOutOfTheAnswer(t *testing.T) {
	t.Parallel()
	const found = "example.com. 60 IN A 192.0.2.1"
	for _, each := range []struct {
		name, want string
		records    []string
		change     func(*dns.Msg)
	}{
		{"fetched-for-us", "NOERROR yes", []string{found}, func(m *dns.Msg) { m.RecursionAvailable = true }},
		{"names-compare-without-case", "NOERROR yes", []string{"EXAMPLE.com. 60 IN A 192.0.2.1"}, func(m *dns.Msg) { m.RecursionAvailable = true }},
		{"refused", "REFUSED no", nil, func(m *dns.Msg) { m.RecursionAvailable, m.Rcode = true, dns.RcodeRefused }},
		{"not-offered", "NOERROR no", nil, func(*dns.Msg) {}},
		{"its-own-data-proves-nothing", "NOERROR ", []string{found}, func(m *dns.Msg) { m.RecursionAvailable, m.Authoritative = true, true }},
		{"failure-proves-nothing", "SERVFAIL ", nil, func(m *dns.Msg) { m.RecursionAvailable, m.Rcode = true, dns.RcodeServerFailure }},
		{"empty-answer-proves-nothing", "NOERROR ", nil, func(m *dns.Msg) { m.RecursionAvailable = true }},
		{"another-name-proves-nothing", "NOERROR ", []string{"portal.example. 60 IN A 192.0.2.1"}, func(m *dns.Msg) { m.RecursionAvailable = true }},
		{"unreadable-question", "FORMERR no", nil, func(m *dns.Msg) { m.Question, m.Rcode = nil, dns.RcodeFormatError }},
		{"rare-code", "11 no", nil, func(m *dns.Msg) { m.Rcode = 11 }},
		{"no-question-at-all", "none", nil, func(m *dns.Msg) { m.Question = nil }},
		{"another-question", "none", nil, func(m *dns.Msg) { m.Question[0].Name = "example.org." }},
		{"another-type", "none", nil, func(m *dns.Msg) { m.Question[0].Qtype = dns.TypeANY }},
		{"two-questions", "none", nil, func(m *dns.Msg) { m.Question = append(m.Question, m.Question[0]) }},
		{"a-query", "none", nil, func(m *dns.Msg) { m.Response = false }},
		{"a-notification", "none", nil, func(m *dns.Msg) { m.Opcode = dns.OpcodeNotify }},
	} {
		t.Run(each.name, func(t *testing.T) {
			t.Parallel()
			said, ok := find(t, "dns").Read(token, message(t, each.change, dns.TypeA, "example.com.", each.records...))
			got := fact(said, "rcode") + " " + fact(said, "recursion")
			if !ok {
				got = "none"
			}
			if got != each.want {
				t.Errorf("got %q, want %q", got, each.want)
			}
		})
	}
}

func fact(said datagram.Said, name string) string {
	for _, f := range said.Facts {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}

func TestNameServerOnThePortOfMulticastIsNoResponder(t *testing.T) {
	t.Parallel()
	const name = "_services._dns-sd._udp.local."
	read := func(change func(*dns.Msg), records ...string) string {
		said, ok := find(t, "mdns").Read(token, message(t, change, dns.TypePTR, name, records...))
		if !ok {
			return "none"
		}
		return said.Service + " " + fact(said, "services")
	}
	pointer := name + " 10 IN PTR _ipp._tcp.local."
	got := []string{
		read(func(m *dns.Msg) { m.Authoritative, m.Compress = true, true }, pointer),
		read(func(m *dns.Msg) { m.Authoritative, m.Question = true, nil }, pointer),
		read(func(*dns.Msg) {}, pointer),
		read(func(m *dns.Msg) { m.Rcode = dns.RcodeNameError }),
		read(func(m *dns.Msg) { m.Question = nil }),
	}
	want := []string{"mdns _ipp._tcp", "mdns _ipp._tcp", "dns ", "dns ", "none"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNamesThatLeadInACircleAreNoNames(t *testing.T) {
	t.Parallel()
	head := unhex(t, "0708 8180 0001 0000 0000 0000")
	for _, name := range []string{"c00c", "01 61 c00c", "c0ff", "ff", "40", "3f6162", "c0"} {
		packet := append(append([]byte{}, head...), unhex(t, name+"00010001")...)
		if said, ok := find(t, "dns").Read(token, packet); ok {
			t.Errorf("%s is read as %+v", name, said)
		}
	}
	long := append(append([]byte{}, head...), bytes.Repeat([]byte{1, 'a'}, 400)...)
	if _, ok := find(t, "dns").Read(token, append(long, 0, 0, 1, 0, 1)); ok {
		t.Error("a name of 800 bytes is read")
	}
}

func TestServerLinesOfUPnP(t *testing.T) {
	t.Parallel()
	for server, want := range map[string][2]string{
		"Linux/3.14, UPnP/1.0, Portable SDK for UPnP devices/1.6.19": {"Portable SDK for UPnP devices", "1.6.19"},
		"Linux UPnP/1.0 Cam 7/2.1 (build 8)":                         {"Cam 7", "2.1"},
		"Linux/2.6 UPnP/1.0 miniupnpd":                               {"miniupnpd", ""},
		"UPnP/1.0":                                                   {"UPnP/1.0", ""},
		"Box, made by nobody":                                        {"Box, made by nobody", ""},
		"\x1b[31mred\u202E\xff/1 UPnP/1.0 x\x00y/2":                  {"xy", "2"},
		"": {"", ""},
	} {
		answer := strings.Replace(gateway, "Debian/12 UPnP/1.1 MiniUPnPd/2.3.1", server, 1)
		got, ok := find(t, "upnp").Read(token, []byte(answer))
		if diff := cmp.Diff(want, [2]string{got.Product, got.Version}); diff != "" || !ok {
			t.Errorf("%q: %v (-want +got):\n%s", server, ok, diff)
		}
	}
}

func TestPagesAndNoticesAreNoAnswerToASearch(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]string{
		"a-web-page":        "HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: text/html\r\n\r\n<h1>ST: USN: upnp</h1>",
		"an-error":          strings.Replace(gateway, "200 OK", "404 Not Found", 1),
		"a-notice":          strings.Replace(gateway, "HTTP/1.1 200 OK", "NOTIFY * HTTP/1.1", 1),
		"no-unique-name":    strings.Replace(gateway, "USN", "X-USN", 1),
		"too-many-headers":  "HTTP/1.1 200 OK\r\n" + strings.Repeat("A: b\r\n", 40) + strings.SplitN(gateway, "\r\n", 2)[1],
		"no-search-target":  strings.Replace(gateway, "\r\nST:", "\r\nNT:", 1),
		"one-line-only":     "HTTP/1.1 200 OK",
		"bytes-of-any-kind": "\xff\xfe\x00",
	} {
		if got, ok := find(t, "upnp").Read(token, []byte(answer)); ok {
			t.Errorf("%s is taken for %+v", name, got)
		}
	}
}

func TestClockAnswersOfOtherModesAreNone(t *testing.T) {
	t.Parallel()
	good := answers(t)["ntp"]
	for name, change := range map[string]func([]byte){
		"client": func(b []byte) { b[0] = 0x23 }, "control": func(b []byte) { b[0] = 0x26 }, "private": func(b []byte) { b[0] = 0x27 },
		"version-0": func(b []byte) { b[0] = 0x04 }, "version-7": func(b []byte) { b[0] = 0x3C },
	} {
		bad := bytes.Clone(good)
		change(bad)
		if _, ok := find(t, "ntp").Read(token, bad); ok {
			t.Errorf("%s is taken for an answer", name)
		}
	}
	unwilling := bytes.Clone(good)
	unwilling[1] = 0
	copy(unwilling[12:], "RATE")
	said, ok := find(t, "ntp").Read(token, unwilling)
	if got := fact(said, "kiss"); !ok || got != "RATE" {
		t.Errorf("kiss %q, %v; want RATE", got, ok)
	}
}

func TestManagementControllersThatTellLess(t *testing.T) {
	t.Parallel()
	packet := func(message ...byte) []byte {
		return append(append([]byte{6, 0, 0xFF, 7}, append(make([]byte, 9), byte(len(message)))...), message...)
	}
	head := []byte{0x81, 0x1C, 0x63}
	seal := func(body ...byte) []byte {
		var sum byte
		for _, b := range body {
			sum -= b
		}
		return packet(append(append([]byte{}, head...), append(body, sum)...)...)
	}
	p := find(t, "ipmi")
	older, ok := p.Read(token, seal(0x20, 0x20, 0x38, 0, 1, 0x04, 0x01, 0, 0x7C, 0x2A, 0, 0))
	want := datagram.Said{Service: "ipmi", Product: "Supermicro", Facts: []datagram.Fact{
		{Name: "protocol", Value: "IPMI 1.5"}, {Name: "anonymous", Value: "yes"}, {Name: "authentication", Value: "md5"},
	}}
	if diff := cmp.Diff(want, older); diff != "" || !ok {
		t.Errorf("older controller: %v (-want +got):\n%s", ok, diff)
	}
	unwilling, ok := p.Read(token, seal(0x20, 0x20, 0x38, 0xCC))
	if !ok || fact(unwilling, "completion") != "204" {
		t.Errorf("unwilling controller: %+v, %v", unwilling, ok)
	}
	bad := seal(0x20, 0x20, 0x38, 0xCC)
	bad[len(bad)-1]++
	acknowledged := seal(0x20, 0x20, 0x38, 0xCC)
	acknowledged[3] = 0x87
	for name, answer := range map[string][]byte{
		"wrong-checksum": bad, "acknowledgement": acknowledged, "another-command": seal(0x20, 0x20, 0x39, 0), "too-short": packet(head...),
	} {
		if said, ok := p.Read(token, answer); ok {
			t.Errorf("%s is taken for %+v", name, said)
		}
	}
}

// tlv writes one element with a length of four bytes, as Active Directory does.
func tlv(tag byte, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	return append(binary.BigEndian.AppendUint32([]byte{tag, 0x84}, uint32(len(body))), body...)
}

func attribute(name string, values ...string) []byte {
	var set [][]byte
	for _, value := range values {
		set = append(set, tlv(4, []byte(value)))
	}
	return tlv(0x30, tlv(4, []byte(name)), tlv(0x31, set...))
}

func TestDirectoriesNameTheirMaker(t *testing.T) {
	t.Parallel()
	id := unhex(t, "0204 45060708")
	entry := func(attributes ...[]byte) []byte {
		return tlv(0x30, id, tlv(0x64, tlv(4), tlv(0x30, attributes...)))
	}
	done := func(code ...byte) []byte { return tlv(0x30, id, tlv(0x65, tlv(0x0A, code), tlv(4), tlv(4))) }
	for _, each := range []struct {
		name   string
		answer []byte
		want   string
	}{
		{"domain-controller", append(entry(attribute("supportedCapabilities", "1.2.840.113556.1.4.800", "1.2.840.113556.1.4.1670")), done(0)...), "Active Directory/"},
		{"application-directory", entry(attribute("SUPPORTEDCAPABILITIES", "1.2.840.113556.1.4.1851")), "Active Directory Lightweight Directory Services/"},
		{"maker-names-itself", entry(attribute("supportedCapabilities", "1.2.840.113556.1.4.800"), attribute("vendorName", "Example Directory"), attribute("vendorVersion", "4\x1b.2")), "Example Directory/4.2"},
		{"other-attributes-are-not-kept", entry(attribute("dnsHostName", "dc1.inner.test")), "/"},
		{"broken-attribute-is-passed-over", entry(tlv(2, []byte{1}), attribute("vendorName", "Example")), "Example/"},
		{"no-entry-for-strangers", done(50), "/50"},
		{"result-of-no-number", done(), "none"},
		{"a-bind-response", tlv(0x30, id, tlv(0x61, tlv(0x0A, []byte{0}))), "none"},
		{"longer-than-it-is", []byte{0x30, 0x84, 0x7F, 0xFF, 0xFF, 0xFF, 2, 4}, "none"},
		{"indefinite-length", []byte{0x30, 0x80, 2, 4, 0x45, 6, 7, 8, 0x64, 4, 4, 0, 0x30, 0, 0, 0}, "none"},
	} {
		t.Run(each.name, func(t *testing.T) {
			t.Parallel()
			said, ok := find(t, "cldap").Read(token, each.answer)
			got := said.Product + "/" + said.Version + fact(said, "result")
			if !ok {
				got = "none"
			}
			if got != each.want {
				t.Errorf("got %q, want %q", got, each.want)
			}
		})
	}
}

func TestAgentsThatHideTheirMaker(t *testing.T) {
	t.Parallel()
	good := answers(t)["snmp"]
	other := bytes.ReplaceAll(good, unhex(t, "80001f88"), unhex(t, "80ffffff"))
	said, ok := find(t, "snmp").Read(token, other)
	if !ok || said.Product != "" {
		t.Errorf("unknown maker: %+v, %v", said, ok)
	}
	for name, change := range map[string]func([]byte){
		"version-2":    func(b []byte) { b[4] = 1 },
		"a-request":    func(b []byte) { b[bytes.IndexByte(b, 0xA8)] = 0xA0 },
		"a-trap":       func(b []byte) { b[bytes.IndexByte(b, 0xA8)] = 0xA7 },
		"another-form": func(b []byte) { b[0] = 0x31 },
	} {
		bad := bytes.Clone(good)
		change(bad)
		if got, ok := find(t, "snmp").Read(token, bad); ok {
			t.Errorf("%s is taken for %+v", name, got)
		}
	}
}

func TestVersionOfMemcachedIsOneLine(t *testing.T) {
	t.Parallel()
	head := unhex(t, "0708000000010000")
	for _, body := range []string{"ERROR\r\n", "VERSION 1.6", "VERSION 1\r\nSTAT x\r\n", "version\r\n", "STAT pid 1\r\n", "VERSION 1\n"} {
		if got, ok := find(t, "memcached").Read(token, append(bytes.Clone(head), body...)); ok {
			t.Errorf("%q is taken for %+v", body, got)
		}
	}
}
