package namespaces

import (
	"strings"

	"campanile/collectors/evidence"
)

// signedCase is one question, and what is to be said of its answer.
type signedCase struct {
	name, kind string
	want       evidence.Security
	fault      evidence.Fault
	at         string // the records at fault, where it matters
}

// signedCases goes through the zones of dnssectree_test.go.
func signedCases() []signedCase {
	const (
		secure   = evidence.Secure
		insecure = evidence.Insecure
		bogus    = evidence.BogusData
	)
	list := []signedCase{
		{name: "test", kind: "SOA", want: secure},
		{name: "example", kind: "NS", want: secure},
		{name: "nessuno", kind: "A", want: secure}, // no such top level
	}
	for _, zone := range []string{"nsec.test", "nsec3.test", "optout.test", "ed25519.test", "p384.test", "rsa512.test", "sha1.test", "nsec.example", "nsec3.example"} {
		list = append(list, ordinary(zone)...)
	}
	return append(list, []signedCase{
		// A denial with opt-out is a denial of signed data.
		{name: "nessuno.test", kind: "A", want: secure},
		{name: "nessuno.example", kind: "A", want: secure},
		// Delegations without DS, denied by opt-out and by NSEC.
		{name: "insecure.test", kind: "MX", want: insecure},
		{name: "www.insecure.test", kind: "A", want: insecure},
		{name: "nessuno.insecure.test", kind: "A", want: insecure},
		{name: "insecure.example", kind: "MX", want: insecure},
		{name: "insecure.test", kind: "DS", want: secure},
		{name: "insecure.example", kind: "DS", want: secure},
		{name: "sub.optout.test", kind: "A", want: insecure},
		{name: "sub.nsec3.test", kind: "A", want: insecure},
		{name: "signedwithoutds.test", kind: "MX", want: insecure},
		// Aliases across zones.
		{name: "to-secure.nsec.test", kind: "A", want: secure},
		{name: "to-insecure.nsec.test", kind: "A", want: insecure},
		{name: "to-expired.nsec.test", kind: "A", want: bogus, fault: evidence.FaultExpired, at: "expired.test DNSKEY"},
		{name: "to-nodata.nsec.test", kind: "MX", want: secure},
		{name: "to-nothing.nsec.test", kind: "A", want: secure},
		{name: "to-wildcard.nsec.test", kind: "A", want: secure},
		{name: "to-secure.insecure.test", kind: "A", want: insecure},
		{name: "www.moved.nsec.test", kind: "A", want: secure},
		{name: "www.gone.nsec.test", kind: "A", want: insecure},
		{name: "nessuno.moved.nsec.test", kind: "A", want: secure},
		// Faults.
		{name: "expired.test", kind: "MX", want: bogus, fault: evidence.FaultExpired, at: "expired.test DNSKEY"},
		{name: "future.test", kind: "MX", want: bogus, fault: evidence.FaultNotYet, at: "future.test DNSKEY"},
		{name: "stale.test", kind: "MX", want: bogus, fault: evidence.FaultExpired, at: "stale.test MX"},
		{name: "wrongds.test", kind: "MX", want: bogus, fault: evidence.FaultDSMismatch, at: "wrongds.test DNSKEY"},
		{name: "wrongds.example", kind: "MX", want: bogus, fault: evidence.FaultDSMismatch, at: "wrongds.example DNSKEY"},
		{name: "nokeys.test", kind: "MX", want: bogus, fault: evidence.FaultNoKeys, at: "nokeys.test DNSKEY"},
		{name: "missing.test", kind: "MX", want: bogus, fault: evidence.FaultNoSignature, at: "missing.test MX"},
		{name: "missing.test", kind: "SOA", want: secure},
		{name: "forged.test", kind: "MX", want: bogus, fault: evidence.FaultWrong, at: "forged.test MX"},
		{name: "zskgone.test", kind: "MX", want: bogus, fault: evidence.FaultKeyMissing, at: "zskgone.test MX"},
		{name: "www.badnsec3.test", kind: "TXT", want: bogus, fault: evidence.FaultDenial, at: "www.badnsec3.test TXT"},
		{name: "www.badnsec.test", kind: "TXT", want: bogus, fault: evidence.FaultDenial, at: "www.badnsec.test TXT"},
		{name: "www.unsigneddenial.test", kind: "TXT", want: bogus, fault: evidence.FaultNoSignature},
		// Policy.
		{name: "unknown.test", kind: "MX", want: insecure}, // algorithm 200
		{name: "digest.test", kind: "MX", want: insecure},  // digest type 3
		{name: "many.test", kind: "MX", want: secure},      // NSEC3 with more than 150 iterations
		{name: "nessuno.many.test", kind: "A", want: insecure},
		{name: "many.test", kind: "TXT", want: insecure},
		{name: "sub.many.test", kind: "A", want: insecure},
	}...)
}

// ordinary are the questions that every sound zone answers.
func ordinary(zone string) []signedCase {
	list := []signedCase{
		{name: zone, kind: "SOA"},
		{name: zone, kind: "MX"},
		{name: zone, kind: "DNSKEY"},
		{name: zone, kind: "DS"},
		{name: "www." + zone, kind: "A"},
		{name: "www." + zone, kind: "TXT"},           // no data
		{name: "nessuno." + zone, kind: "A"},         // no such name
		{name: "x.nessuno." + zone, kind: "A"},       // further down
		{name: "deep." + zone, kind: "A"},            // nothing but names below
		{name: "any.star." + zone, kind: "A"},        // by a wildcard
		{name: "a.b.star." + zone, kind: "A"},        // two labels for one
		{name: "any.star." + zone, kind: "MX"},       // the wildcard has none
		{name: "*.star." + zone, kind: "A"},          // the wildcard itself
		{name: "here.star." + zone, kind: "A"},       // a name beside the wildcard
		{name: "x.here.star." + zone, kind: "A"},     // below it the wildcard says nothing
		{name: "alias.star2." + zone, kind: "A"},     // a wildcard that is an alias
		{name: "alias.star2." + zone, kind: "MX"},    // and its target has no such record
		{name: "to-www." + zone, kind: "A"},          // an alias in the zone
		{name: "to-www." + zone, kind: "CNAME"},      // itself
		{name: "_25._tcp.www." + zone, kind: "TLSA"}, // no such name, with underscores
	}
	for i := range list {
		list[i].want = evidence.Secure
		// With opt-out, an unsigned zone might stand before a wildcard.
		star := strings.Contains(list[i].name, ".star") && list[i].kind == "A" && !strings.Contains(list[i].name, "here.") && !strings.HasPrefix(list[i].name, "*")
		if zone == "optout.test" && (star || strings.HasPrefix(list[i].name, "alias.")) {
			list[i].want = evidence.Insecure
		}
	}
	return list
}
