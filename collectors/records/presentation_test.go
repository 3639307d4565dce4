package records_test

import (
	"crypto"
	_ "crypto/sha256"
	_ "crypto/sha512"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"campanile/collectors/records"
)

// rdata packs a record and prints it as the collectors do: what is read here is
// what the evidence holds.
func rdata(t *testing.T, rr dns.RR) string {
	t.Helper()
	wire := make([]byte, dns.Len(rr)+1)
	end, err := dns.PackRR(rr, wire, 0, nil, false)
	if err != nil {
		t.Fatal(err)
	}
	back, _, err := dns.UnpackRR(wire[:end], 0)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimPrefix(back.String(), back.Header().String())
}

func header(kind uint16) dns.RR_Header {
	return dns.RR_Header{Name: "comune.example.", Rrtype: kind, Class: dns.ClassINET, Ttl: 300}
}

// Values of any bytes come back as they were, whatever the printer escapes; but
// for backslashes, which the library takes for its own.
func TestPrintedCAA(t *testing.T) {
	t.Parallel()
	for _, value := range []string{"ca.example", ";", "", "ca.example; a=b", `quotes " inside`, "città", "\x00\x01\xff", "a\tb"} {
		got, _ := records.ParseCAA(rdata(t, &dns.CAA{Hdr: header(dns.TypeCAA), Flag: 128, Tag: "Issue", Value: printed(value)}))
		if diff := cmp.Diff(records.CAA{Critical: true, Flags: 128, Tag: "issue", Value: value}, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// printed writes a value as the library keeps it, with its escapes.
func printed(value string) string {
	text := quote(value)
	if text == "" {
		return ""
	}
	return text[len(` "`) : len(text)-1]
}

func TestPrintedKeys(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		algorithm uint8
		bits      int
	}{
		{dns.RSASHA1, 1024}, {dns.RSASHA256, 2048}, {dns.RSASHA512, 1280}, {dns.ECDSAP256SHA256, 256}, {dns.ECDSAP384SHA384, 384}, {dns.ED25519, 256},
	} {
		key := &dns.DNSKEY{Hdr: header(dns.TypeDNSKEY), Flags: 257, Protocol: 3, Algorithm: test.algorithm}
		if _, err := key.Generate(test.bits); err != nil {
			t.Fatal(err)
		}
		got, err := records.ParseDNSKEY(rdata(t, key))
		if diff := cmp.Diff(records.DNSKEY{Flags: 257, Algorithm: test.algorithm, Bits: test.bits}, got); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
		for _, kind := range []uint8{dns.SHA1, dns.SHA256, dns.SHA384} {
			got, err := records.ParseDS(rdata(t, key.ToDS(kind)))
			if diff := cmp.Diff(records.DS{KeyTag: key.KeyTag(), Algorithm: test.algorithm, DigestType: kind}, got); diff != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		}
	}
}

func TestPrintedTLSA(t *testing.T) {
	t.Parallel()
	for matching, hash := range map[uint8]crypto.Hash{1: crypto.SHA256, 2: crypto.SHA512} {
		digest := hash.New().Sum(nil)
		got, err := records.ParseTLSA(rdata(t, &dns.TLSA{Hdr: header(dns.TypeTLSA), Usage: 3, Selector: 1, MatchingType: matching, Certificate: hex.EncodeToString(digest)}))
		if diff := cmp.Diff(records.TLSA{Usage: 3, Selector: 1, Matching: matching, Data: digest}, got); diff != "" || err != nil || !got.Usable() {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	}
}

func TestReverseNamesAreThoseOfTheLibrary(t *testing.T) {
	t.Parallel()
	for _, c := range readCases(t, "../../testdata/records/reverse.txt") {
		if want, err := dns.ReverseAddr(c.record); err == nil && toldReverse(c.record)+"." != want {
			t.Errorf("%s: got %s, want %s", c.record, toldReverse(c.record), want)
		}
	}
}
