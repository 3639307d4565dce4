package dnssec

import (
	"fmt"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"campanile/collectors/internal/dnstest"
)

// denialOf reads records of comune.test. as if their signatures held.
func denialOf(tb testing.TB, lines ...string) *denial {
	tb.Helper()
	d := &denial{zone: "comune.test."}
	var hashes []*dns.NSEC3
	for _, rr := range dnstest.Records(tb, lines...) {
		switch rr := rr.(type) {
		case *dns.NSEC:
			d.nsec = append(d.nsec, newGap(rr))
		case *dns.NSEC3:
			if readable(rr) {
				d.iterations = max(d.iterations, rr.Iterations)
				hashes = append(hashes, rr)
			}
		}
	}
	d.nsec3 = newHashed(d.zone, hashes)
	return d
}

// at3 is an NSEC3 record at the name, with an almost empty gap after it.
func at3(name, types string) string {
	hash := dns.HashName(name, dns.SHA1, 0, "")
	return fmt.Sprintf("%s.comune.test. 300 IN NSEC3 1 0 0 - %s %s", hash, shift(hash, 1), types)
}

// over3 is an NSEC3 record whose gap holds the hash of the name alone.
func over3(name string, flags int) string {
	hash := dns.HashName(name, dns.SHA1, 0, "")
	return fmt.Sprintf("%s.comune.test. 300 IN NSEC3 1 %d 0 - %s A", shift(hash, -1), flags, shift(hash, 1))
}

// shift gives the hash a little before or after.
func shift(hash string, by int) string {
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUV"
	list := []byte(hash)
	for i := len(list) - 1; i >= 0; i-- {
		value := strings.IndexByte(digits, list[i]) + by
		list[i] = digits[(value+32)%32]
		if value >= 0 && value < 32 {
			break
		}
	}
	return string(list)
}

func TestDenials(t *testing.T) {
	t.Parallel()
	const apexTypes = "NS SOA RRSIG NSEC DNSKEY"
	apex := "comune.test. 300 IN NSEC mail.comune.test. " + apexTypes
	apex3 := at3("comune.test.", "NS SOA RRSIG DNSKEY NSEC3PARAM")
	for name, test := range map[string]struct {
		records  []string
		name     string
		kind     uint16 // default: A
		nxdomain bool
		want     meaning
	}{
		"nsec-no-such-name":                         {[]string{apex}, "borgo.comune.test.", 0, true, proven},
		"nsec-no-such-name-further-down":            {[]string{apex}, "a.b.borgo.comune.test.", 0, true, proven},
		"nsec-name-missing-and-the-wildcard-open":   {[]string{"mail.comune.test. 300 IN NSEC www.comune.test. A"}, "nord.comune.test.", 0, true, unproven},
		"nsec-no-such-name-after-the-last":          {[]string{apex, "www.comune.test. 300 IN NSEC comune.test. A"}, "zona.comune.test.", 0, true, proven},
		"nsec-the-wildcard-exists":                  {[]string{"comune.test. 300 IN NSEC *.comune.test. SOA NS", "*.comune.test. 300 IN NSEC mail.comune.test. A"}, "borgo.comune.test.", 0, true, unproven},
		"nsec-the-name-exists":                      {[]string{"www.comune.test. 300 IN NSEC comune.test. A"}, "www.comune.test.", 0, true, unproven},
		"nsec-no-data":                              {[]string{"www.comune.test. 300 IN NSEC comune.test. AAAA"}, "www.comune.test.", 0, false, proven},
		"nsec-there-is-data":                        {[]string{"www.comune.test. 300 IN NSEC comune.test. A"}, "www.comune.test.", 0, false, unproven},
		"nsec-there-is-an-alias":                    {[]string{"www.comune.test. 300 IN NSEC comune.test. CNAME"}, "www.comune.test.", 0, false, unproven},
		"nsec-no-data-at-an-empty-name":             {[]string{"comune.test. 300 IN NSEC a.deep.comune.test. SOA NS"}, "deep.comune.test.", 0, false, proven},
		"nsec-an-empty-name-exists":                 {[]string{"comune.test. 300 IN NSEC a.deep.comune.test. SOA NS"}, "deep.comune.test.", 0, true, unproven},
		"nsec-no-data-by-a-wildcard":                {[]string{"*.comune.test. 300 IN NSEC mail.comune.test. AAAA"}, "borgo.comune.test.", 0, false, proven},
		"nsec-data-by-a-wildcard":                   {[]string{"*.comune.test. 300 IN NSEC mail.comune.test. A"}, "borgo.comune.test.", 0, false, unproven},
		"nsec-no-data-claimed-of-a-missing-name":    {[]string{apex}, "borgo.comune.test.", 0, false, unproven},
		"nsec-of-the-parents-side-of-a-delegation":  {[]string{"sub.comune.test. 300 IN NSEC www.comune.test. NS"}, "sub.comune.test.", 0, false, unproven},
		"nsec-of-the-parents-side-denies-ds":        {[]string{"sub.comune.test. 300 IN NSEC www.comune.test. NS"}, "sub.comune.test.", dns.TypeDS, false, proven},
		"nsec-of-the-childs-side-denies-no-ds":      {[]string{apex}, "comune.test.", dns.TypeDS, false, unproven},
		"nsec-at-a-delegation-denies-nothing-below": {[]string{apex, "sub.comune.test. 300 IN NSEC www.comune.test. NS"}, "a.sub.comune.test.", 0, true, unproven},
		"nsec-at-a-dname-denies-nothing-below":      {[]string{apex, "old.comune.test. 300 IN NSEC www.comune.test. DNAME"}, "a.old.comune.test.", 0, true, unproven},
		"nsec-that-leads-out-of-the-zone":           {[]string{"comune.test. 300 IN NSEC zona.test. SOA NS"}, "borgo.comune.test.", 0, true, unproven},
		"nsec-about-other-names":                    {[]string{"mail.comune.test. 300 IN NSEC nord.comune.test. A"}, "www.comune.test.", 0, true, unproven},
		"nsec-made-on-the-fly":                      {[]string{"borgo.comune.test. 300 IN NSEC \\000.borgo.comune.test. RRSIG NSEC TYPE128"}, "borgo.comune.test.", 0, true, proven},
		"nothing-at-all":                            {nil, "borgo.comune.test.", 0, true, unproven},

		"nsec3-no-such-name":                  {[]string{apex3, over3("borgo.comune.test.", 0), over3("*.comune.test.", 0)}, "borgo.comune.test.", 0, true, proven},
		"nsec3-no-such-name-further-down":     {[]string{apex3, over3("borgo.comune.test.", 0), over3("*.comune.test.", 0)}, "a.b.borgo.comune.test.", 0, true, proven},
		"nsec3-without-the-closest-encloser":  {[]string{over3("borgo.comune.test.", 0), over3("*.comune.test.", 0)}, "borgo.comune.test.", 0, true, unproven},
		"nsec3-without-the-next-closer":       {[]string{apex3, over3("*.comune.test.", 0)}, "borgo.comune.test.", 0, true, unproven},
		"nsec3-without-the-wildcard":          {[]string{apex3, over3("borgo.comune.test.", 0)}, "borgo.comune.test.", 0, true, unproven},
		"nsec3-the-name-exists":               {[]string{at3("www.comune.test.", "A")}, "www.comune.test.", 0, true, unproven},
		"nsec3-no-data":                       {[]string{at3("www.comune.test.", "AAAA")}, "www.comune.test.", 0, false, proven},
		"nsec3-no-data-at-an-empty-name":      {[]string{at3("deep.comune.test.", "")}, "deep.comune.test.", 0, false, proven},
		"nsec3-there-is-data":                 {[]string{at3("www.comune.test.", "A")}, "www.comune.test.", 0, false, unproven},
		"nsec3-there-is-an-alias":             {[]string{at3("www.comune.test.", "CNAME")}, "www.comune.test.", 0, false, unproven},
		"nsec3-no-data-by-a-wildcard":         {[]string{apex3, over3("borgo.comune.test.", 0), at3("*.comune.test.", "AAAA")}, "borgo.comune.test.", 0, false, proven},
		"nsec3-data-by-a-wildcard":            {[]string{apex3, over3("borgo.comune.test.", 0), at3("*.comune.test.", "A")}, "borgo.comune.test.", 0, false, unproven},
		"nsec3-opt-out-denies-ds":             {[]string{apex3, over3("sub.comune.test.", 1)}, "sub.comune.test.", dns.TypeDS, false, proven},
		"nsec3-without-opt-out-denies-no-ds":  {[]string{apex3, over3("sub.comune.test.", 0)}, "sub.comune.test.", dns.TypeDS, false, unproven},
		"nsec3-opt-out-wants-the-wildcard":    {[]string{apex3, over3("borgo.comune.test.", 1)}, "borgo.comune.test.", 0, true, unproven},
		"nsec3-at-a-delegation-above":         {[]string{apex3, at3("sub.comune.test.", "NS"), over3("a.sub.comune.test.", 0), over3("*.sub.comune.test.", 0)}, "a.sub.comune.test.", 0, true, unproven},
		"nsec3-at-a-dname-above":              {[]string{apex3, at3("old.comune.test.", "DNAME"), over3("a.old.comune.test.", 0), over3("*.old.comune.test.", 0)}, "a.old.comune.test.", 0, true, unproven},
		"nsec3-that-hashes-too-often":         {[]string{strings.Replace(apex3, " 0 -", " 151 -", 1)}, "borgo.comune.test.", 0, true, overIterated},
		"nsec3-of-an-unknown-hash":            {[]string{strings.Replace(at3("www.comune.test.", "AAAA"), "NSEC3 1 ", "NSEC3 2 ", 1)}, "www.comune.test.", 0, false, unproven},
		"nsec3-of-unknown-flags":              {[]string{strings.Replace(at3("www.comune.test.", "AAAA"), "NSEC3 1 0", "NSEC3 1 2", 1)}, "www.comune.test.", 0, false, unproven},
		"nsec3-of-a-zone-below":               {[]string{strings.Replace(at3("www.comune.test.", "AAAA"), ".comune", ".sub.comune", 1)}, "www.comune.test.", 0, false, unproven},
		"nsec3-of-a-name-with-too-many-parts": {[]string{apex3}, strings.Repeat("a.", maxHashes+1) + "comune.test.", 0, true, tooLong},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if test.kind == 0 {
				test.kind = dns.TypeA
			}
			got, record := denialOf(t, test.records...).denies(test.name, test.kind, test.nxdomain)
			if got != test.want {
				t.Errorf("meaning = %d (%s), want %d", got, record, test.want)
			}
		})
	}
}

// TestHashingIsBounded counts the hashes for names that are long on purpose
// (CVE-2023-50868).
func TestHashingIsBounded(t *testing.T) {
	t.Parallel()
	d := denialOf(t, strings.Replace(at3("comune.test.", "SOA NS"), " 0 -", " 150 -", 1))
	d.denies(strings.Repeat("a.", 100)+"comune.test.", dns.TypeA, true)
	if len(d.nsec3.known) > maxHashes {
		t.Errorf("%d names hashed, want at most %d", len(d.nsec3.known), maxHashes)
	}
}
