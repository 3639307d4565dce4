package namespaces

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

// leafZones are the zones below the two top levels.
func leafZones() []signedZone {
	hashed := []string{"-3", "-"} // RFC 9276 section 3.1: no salt, no more iterations
	sub := "sub.@ 3600 IN NS ns.@\n"
	links := `to-secure.@ IN CNAME www.nsec3.test.
to-insecure.@ IN CNAME www.insecure.test.
to-expired.@ IN CNAME www.expired.test.
to-nodata.@ IN CNAME www.nsec3.test.
to-nothing.@ IN CNAME nessuno.nsec3.test.
to-wildcard.@ IN CNAME any.star.nsec3.test.
moved.@ IN DNAME nsec3.test.
gone.@ IN DNAME insecure.test.
`
	return []signedZone{
		{name: "nsec.test.", more: links},
		{name: "nsec3.test.", options: hashed, algorithm: "RSASHA256", more: sub},
		{name: "optout.test.", options: []string{"-3", "-", "-A"}, more: sub},
		{name: "ed25519.test.", algorithm: "ED25519", options: hashed},
		{name: "p384.test.", algorithm: "ECDSAP384SHA384"},
		{name: "rsa512.test.", algorithm: "RSASHA512", options: hashed},
		{name: "sha1.test.", algorithm: "NSEC3RSASHA1", options: hashed},
		{name: "nsec.example.", ldns: []string{}},
		{name: "nsec3.example.", ldns: []string{"-n", "-t", "0"}},
		{name: "insecure.test.", unsigned: true, more: "to-secure.@ IN CNAME www.nsec.test.\n"},
		{name: "insecure.example.", unsigned: true},
		{name: "signedwithoutds.test.", ds: func([]string) []string { return nil }},
		{name: "sub.nsec3.test.", unsigned: true, ds: func([]string) []string { return nil }},
		{name: "sub.optout.test.", unsigned: true, ds: func([]string) []string { return nil }},

		{name: "expired.test.", options: []string{"-s", "20240101000000", "-e", "20240201000000"}},
		{name: "future.test.", options: []string{"-s", "now+10000000", "-e", "now+20000000"}},
		{name: "stale.test.", spoil: stale},
		{name: "wrongds.test.", ds: func(ds []string) []string { return otherDigest(ds) }},
		{name: "wrongds.example.", ldns: []string{}, ds: func(ds []string) []string { return otherDigest(ds) }},
		{name: "nokeys.test.", unsigned: true, ds: func([]string) []string { return madeUpDS("nokeys.test.", 13, 2) }},
		{name: "missing.test.", spoil: without(dns.TypeMX)},
		{name: "forged.test.", spoil: forged},
		{name: "zskgone.test.", spoil: zskGone},
		{name: "badnsec.test.", more: "www.@ IN TXT \"gone\"\n", spoil: forgotten},
		{name: "badnsec3.test.", options: hashed, more: "www.@ IN TXT \"gone\"\n", spoil: forgotten},
		{name: "unsigneddenial.test.", spoil: without(dns.TypeNSEC, dns.TypeSOA)},

		{name: "unknown.test.", ds: func([]string) []string { return madeUpDS("unknown.test.", 200, 2) }},
		{name: "digest.test.", ds: func([]string) []string { return madeUpDS("digest.test.", 13, 3) }},
		{name: "many.test.", ldns: []string{"-n", "-t", "200"}, more: sub},
		{name: "sub.many.test.", unsigned: true, ds: func([]string) []string { return nil }},
	}
}

func madeUpDS(zone string, algorithm, digest int) []string {
	return []string{fmt.Sprintf("%s 3600 IN DS 4711 %d %d %s", zone, algorithm, digest, strings.Repeat("ab", 32))}
}

// otherDigest leaves a DS record the tag of its key, and not its digest.
func otherDigest(ds []string) []string {
	var list []string
	for _, line := range ds {
		fields := strings.Fields(line)
		digest := fields[len(fields)-1]
		list = append(list, strings.Replace(line, digest, strings.Repeat("ab", len(digest)/2), 1))
	}
	return list
}

// without leaves out the signatures over some types.
func without(covered ...uint16) spoiler {
	return func(t *testing.T, _ signedZone, _ string, signed []dns.RR) []dns.RR {
		var list []dns.RR
		for _, rr := range signed {
			sig, ok := rr.(*dns.RRSIG)
			if ok && slices.Contains(covered, sig.TypeCovered) {
				continue
			}
			list = append(list, rr)
		}
		if len(list) == len(signed) {
			t.Error("nothing was left out")
		}
		return list
	}
}

// forged changes a record under its signature.
func forged(_ *testing.T, _ signedZone, _ string, signed []dns.RR) []dns.RR {
	for _, rr := range signed {
		if mx, ok := rr.(*dns.MX); ok {
			mx.Preference++
		}
	}
	return signed
}

// forgotten leaves out a record that the denial still lists.
func forgotten(_ *testing.T, _ signedZone, _ string, signed []dns.RR) []dns.RR {
	var list []dns.RR
	for _, rr := range signed {
		sig, ok := rr.(*dns.RRSIG)
		gone := rr.Header().Rrtype == dns.TypeTXT || ok && sig.TypeCovered == dns.TypeTXT
		if !gone || !strings.HasPrefix(rr.Header().Name, "www.") {
			list = append(list, rr)
		}
	}
	return list
}

// stale gives one record set a signature of the same key that has expired.
func stale(t *testing.T, z signedZone, file string, signed []dns.RR) []dns.RR {
	z.options = []string{"-s", "20240101000000", "-e", "20240201000000"}
	old := z.again(t, file)
	isOfMX := func(rr dns.RR) bool {
		sig, ok := rr.(*dns.RRSIG)
		return ok && sig.TypeCovered == dns.TypeMX
	}
	list := slices.DeleteFunc(signed, isOfMX)
	for _, rr := range old {
		if isOfMX(rr) {
			list = append(list, rr)
		}
	}
	return list
}

// zskGone serves the key set of after a rollover with the signatures of before.
func zskGone(t *testing.T, z signedZone, file string, signed []dns.RR) []dns.RR {
	dir := filepath.Dir(file)
	keys, err := filepath.Glob(filepath.Join(dir, "K"+z.name+"+*.key"))
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range keys {
		if content, err := os.ReadFile(key); err == nil && strings.Contains(string(content), "DNSKEY 256 ") {
			_ = os.Remove(key)
			_ = os.Remove(strings.TrimSuffix(key, ".key") + ".private")
		}
	}
	tool(t, dir, "dnssec-keygen", "-q", "-a", "ECDSAP256SHA256", z.name)
	isOfKeys := func(rr dns.RR) bool {
		sig, ok := rr.(*dns.RRSIG)
		return rr.Header().Rrtype == dns.TypeDNSKEY || ok && sig.TypeCovered == dns.TypeDNSKEY
	}
	list := slices.DeleteFunc(signed, isOfKeys)
	for _, rr := range z.again(t, file) {
		if isOfKeys(rr) {
			list = append(list, rr)
		}
	}
	return list
}

// again signs the zone once more, with the keys that are there now.
func (z signedZone) again(t *testing.T, file string) []dns.RR {
	t.Helper()
	before := strings.TrimSuffix(file, ".signed")
	arguments := slices.Concat([]string{"-q", "-S", "-P", "-O", "full"}, z.options, []string{"-o", z.name, "-f", before + ".again", before})
	tool(t, filepath.Dir(file), "dnssec-signzone", arguments...)
	return parseFile(t, before+".again")
}
