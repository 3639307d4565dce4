package dnssec

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/miekg/dns"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/dnstest"
)

// Ends of a gap that holds every hash.
var first, last = strings.Repeat("0", 32), strings.Repeat("V", 32)

// wide is an NSEC3 record that covers every name but by a miracle.
func wide(kind string) string { return first + ".test. 300 IN NSEC3 " + kind + " - " + last + " NS" }

// apexOf is the NSEC3 record at the name of test. itself; the closest encloser of what
// the zone does not have.
func apexOf(kind string) string {
	const zone = "test."
	fields := strings.Fields(kind)
	var rounds uint16
	_, _ = fmt.Sscan(fields[2], &rounds)
	hash := dns.HashName(zone, dns.SHA1, rounds, "")
	return hash + "." + zone + " 300 IN NSEC3 " + kind + " - " + hash[:30] + "VV NS SOA RRSIG DNSKEY NSEC3PARAM" // an almost empty gap
}

// exact is an NSEC3 record at the name itself.
func exact(name, types string) string {
	return dns.HashName(name, dns.SHA1, 0, "") + ".test. 300 IN NSEC3 1 0 0 - " + last + " " + types
}

func hashOf(name string) string { return strings.ToLower(dns.HashName(name, dns.SHA1, 0, "")) }

func secureZone(zone string) Verdict { return Verdict{Security: evidence.Secure, Zone: zone} }

func insecureZone(zone, proof string) Verdict {
	return Verdict{Security: evidence.Insecure, Zone: zone, Proof: proof}
}

func unknownZone(why evidence.Problem, zone string) Verdict {
	return Verdict{Problem: why, Zone: zone}
}

func bogusZone(fault evidence.Fault, zone, at string) Verdict {
	return Verdict{Security: evidence.BogusData, Fault: fault, Zone: zone, At: at}
}

type zoneCase struct {
	zone    string // default: comune.test
	arrange func(w *world)
	want    Verdict
	detail  string // a part of it
}

func (c zoneCase) run(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c.arrange(w)
	if c.zone == "" {
		c.zone = "comune.test"
	}
	got := w.validator().Zone(t.Context(), c.zone)
	options := []cmp.Option{cmpopts.IgnoreFields(Verdict{}, "Detail", "First")}
	if c.want.Proof == "" {
		options = append(options, cmpopts.IgnoreFields(Verdict{}, "Proof"))
	}
	if diff := cmp.Diff(c.want, got, options...); diff != "" {
		t.Errorf("verdict (-want +got), detail %q:\n%s", got.Detail, diff)
	}
	if !strings.Contains(got.Detail, c.detail) {
		t.Errorf("detail = %q, want it to say %q", got.Detail, c.detail)
	}
}

func TestWayDown(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]zoneCase{
		"every-delegation-has-a-ds": {arrange: func(*world) {}, want: secureZone("comune.test")},
		"nsec-shows-a-delegation-without-ds": {
			arrange: func(w *world) {
				w.deny("comune.test.", w.test.lines("comune.test. 300 IN NSEC z.test. NS RRSIG NSEC"))
			},
			want: insecureZone("comune.test", "NSEC at comune.test"),
		},
		"nsec3-shows-a-delegation-without-ds": {
			arrange: func(w *world) { w.deny("comune.test.", w.test.lines(exact("comune.test.", "NS"))) },
			want:    insecureZone("comune.test", "NSEC3 at "+hashOf("comune.test.")+".test"),
		},
		"opt-out-covers-the-delegation": {
			arrange: func(w *world) {
				w.deny("comune.test.", w.test.lines(apexOf("1 1 0"), wide("1 1 0")))
			},
			want: insecureZone("comune.test", "NSEC3 with opt-out at "+first+".test"),
		},
		"opt-out-above-the-delegation-names-the-delegation": {
			zone: "comune.valle.test",
			arrange: func(w *world) {
				w.AddLines("comune.valle.test." + soa)
				w.deny("valle.test.", w.test.lines(apexOf("1 1 0"), wide("1 1 0")))
			},
			want: insecureZone("comune.valle.test", "NSEC3 with opt-out at "+first+".test"),
		},
		"opt-out-covers-a-zone-above-the-domains": {
			zone: "comune.valle.monti.test",
			arrange: func(w *world) {
				w.AddLines("comune.valle.monti.test."+soa, "valle.monti.test."+soa)
				w.deny("monti.test.", w.test.lines(apexOf("1 1 0"), wide("1 1 0")))
			},
			want: insecureZone("valle.monti.test", "NSEC3 with opt-out at "+first+".test"),
		},
		"name-without-delegation-does-not-end-the-chain": {
			zone: "comune.valle.test",
			arrange: func(w *world) {
				w.child("comune.valle.test.")
				w.deny("valle.test.", w.test.lines("valle.test. 300 IN NSEC z.test. TXT RRSIG NSEC"))
			},
			want: secureZone("comune.valle.test"),
		},
		"empty-name-between-two-zones-does-not-end-the-chain": {
			zone: "comune.valle.test",
			arrange: func(w *world) {
				w.child("comune.valle.test.")
				w.deny("valle.test.", w.test.lines("comune.test. 300 IN NSEC comune.valle.test. NS DS RRSIG NSEC"))
			},
			want: secureZone("comune.valle.test"),
		},
		"name-inside-its-parents-zone-needs-no-ds-of-its-own": {
			zone:    "www.comune.test",
			arrange: func(*world) {},
			want:    secureZone("comune.test"),
		},
		"below-a-name-that-does-not-exist-nothing-is-asked": {
			zone: "x.none.comune.test",
			arrange: func(w *world) {
				w.deny("none.comune.test.", w.town.lines("comune.test. 300 IN NSEC www.comune.test. SOA NS RRSIG NSEC DNSKEY"))
				w.Say("x.none.comune.test. DS", dnstest.Reply{Rcode: dns.RcodeServerFailure})
			},
			want: secureZone("comune.test"),
		},
		"signed-alias-on-the-way-is-no-delegation": {
			zone: "comune.valle.test",
			arrange: func(w *world) {
				w.child("comune.valle.test.")
				w.Add(w.test.lines("valle.test. 300 IN CNAME elsewhere.test.")...)
			},
			want: secureZone("comune.valle.test"),
		},
		"alias-by-a-signed-dname-is-no-delegation": {
			zone: "valle.monti.test",
			arrange: func(w *world) {
				w.deny("monti.test.", w.test.lines("monti.test. 300 IN NSEC z.test. TXT RRSIG NSEC"))
				alias := append(w.test.lines("monti.test. 300 IN DNAME piani.test."), w.records("valle.monti.test. 300 IN CNAME valle.piani.test.")...)
				w.Say("valle.monti.test. DS", dnstest.Reply{Answer: alias})
			},
			want: secureZone("test"),
		},
		"dname-elsewhere-explains-no-alias": {
			zone: "comune.valle.test",
			arrange: func(w *world) {
				alias := append(w.test.lines("monti.test. 300 IN DNAME piani.test."), w.records("valle.test. 300 IN CNAME valle.piani.test.")...)
				w.Say("valle.test. DS", dnstest.Reply{Answer: alias})
			},
			want: bogusZone(evidence.FaultNoSignature, "test", "valle.test CNAME"),
		},
		"dname-to-another-place-explains-no-alias": {
			zone: "comune.valle.monti.test",
			arrange: func(w *world) {
				w.deny("monti.test.", w.test.lines("monti.test. 300 IN NSEC z.test. TXT RRSIG NSEC"))
				alias := append(w.test.lines("monti.test. 300 IN DNAME piani.test."), w.records("valle.monti.test. 300 IN CNAME valle.colli.test.")...)
				w.Say("valle.monti.test. DS", dnstest.Reply{Answer: alias})
			},
			want: bogusZone(evidence.FaultNoSignature, "test", "valle.monti.test CNAME"),
		},
		"broken-zone-below-a-denial-is-still-provably-unsigned": {
			arrange: func(w *world) {
				w.Say("comune.test. SOA", dnstest.Reply{Rcode: dns.RcodeServerFailure})
				w.Say("comune.test. DNSKEY", dnstest.Reply{Rcode: dns.RcodeServerFailure})
				w.deny("comune.test.", w.test.lines("comune.test. 300 IN NSEC z.test. NS RRSIG NSEC"))
			},
			want: insecureZone("comune.test", "NSEC at comune.test"),
		},
	} {
		t.Run(name, test.run)
	}
}

func TestWhatIsNoVerdictOnTheZone(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]zoneCase{
		"timeout-is-no-verdict": {
			arrange: func(w *world) { w.Say("comune.test. DS", dnstest.Reply{Silent: true}) },
			want:    unknownZone(evidence.Timeout, "test"),
		},
		"servfail-is-no-verdict": {
			arrange: func(w *world) { w.Say("test. DS", dnstest.Reply{Rcode: dns.RcodeServerFailure}) },
			want:    unknownZone(evidence.ServFail, "."),
		},
		"servfail-for-the-keys-is-no-verdict": {
			arrange: func(w *world) { w.Say("comune.test. DNSKEY", dnstest.Reply{Rcode: dns.RcodeServerFailure}) },
			want:    unknownZone(evidence.ServFail, "comune.test"),
		},
		"resolver-that-drops-signatures-of-the-root": {
			arrange: func(w *world) { w.Say(". DNSKEY", dnstest.Reply{Answer: []dns.RR{w.root.key}}) },
			want:    unknownZone(evidence.NoDNSSEC, "."), detail: "without a signature",
		},
		"resolver-that-knows-no-keys-of-the-root": {
			arrange: func(w *world) { w.Say(". DNSKEY", dnstest.Reply{}) },
			want:    unknownZone(evidence.NoDNSSEC, "."), detail: "no keys",
		},
		"resolver-that-drops-signatures-of-the-top-level": {
			arrange: func(w *world) { w.Say("test. DS", dnstest.Reply{Answer: w.records(w.test.ds())}) },
			want:    unknownZone(evidence.NoDNSSEC, "."), detail: "without a signature",
		},
		"resolver-that-denies-the-top-level-without-proof": {
			arrange: func(w *world) { w.deny("test.", w.records("."+soa)) },
			want:    unknownZone(evidence.NoDNSSEC, "."), detail: "without a signed proof",
		},
		"resolver-that-drops-the-authority-section": {
			arrange: func(w *world) { w.deny("comune.test.", nil) },
			want:    unknownZone(evidence.NoDNSSEC, "test"), detail: "without a signed proof",
		},
		"keys-of-another-root": {
			arrange: func(w *world) { w.Say(". DNSKEY", dnstest.Reply{Answer: w.signer(".").keys()}) },
			want:    unknownZone(evidence.Bogus, "."), detail: "in the trust anchor",
		},
		"root-key-signed-by-a-stranger": {
			arrange: func(w *world) {
				stranger := w.signer(".")
				set := []dns.RR{w.root.key, stranger.key}
				w.Say(". DNSKEY", dnstest.Reply{Answer: append(set, stranger.signature(set...))})
			},
			want: unknownZone(evidence.Bogus, "."), detail: "did not sign",
		},
		"root-signature-expired-is-our-clock-or-worse": {
			arrange: func(w *world) {
				w.Say(". DNSKEY", dnstest.Reply{Answer: w.root.within(-2*time.Hour, -time.Second).keys()})
			},
			want: unknownZone(evidence.Bogus, "."), detail: "to 20261122095959",
		},
		"root-signature-forged": {
			arrange: func(w *world) {
				another := dns.Copy(w.root.key).(*dns.DNSKEY)
				another.Flags = dns.ZONE
				sig := w.root.signature(w.root.key)
				w.Say(". DNSKEY", dnstest.Reply{Answer: []dns.RR{w.root.key, another, sig}})
			},
			want: unknownZone(evidence.Bogus, "."), detail: "does not verify",
		},
		"key-that-the-library-cannot-use": {
			arrange: func(w *world) {
				weak := dnstest.Records(w.tb, "comune.test. 300 IN DNSKEY 257 3 8 "+base64.StdEncoding.EncodeToString([]byte("\x03\x01\x00\x01"+strings.Repeat("x", 64))))[0].(*dns.DNSKEY)
				w.Say("comune.test. DS", dnstest.Reply{Answer: w.test.set(weak.ToDS(dns.SHA256).String())})
				sig := w.town.signature(weak)
				sig.Algorithm, sig.KeyTag = weak.Algorithm, weak.KeyTag()
				w.Say("comune.test. DNSKEY", dnstest.Reply{Answer: []dns.RR{weak, sig}})
			},
			want: unknownZone(evidence.Unreadable, "comune.test"), detail: "of a size",
		},
	} {
		t.Run(name, test.run)
	}
}

// child is a signed zone below test., with its DS record.
func (w *world) child(zone string) {
	below := w.signer(zone)
	w.Add(below.keys()...)
	w.Add(w.test.lines(below.ds())...)
	w.AddLines(zone + soa)
}

func TestBrokenWay(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]zoneCase{
		"ds-without-its-signature": {
			arrange: func(w *world) { w.Say("comune.test. DS", dnstest.Reply{Answer: w.records(w.town.ds())}) },
			want:    bogusZone(evidence.FaultNoSignature, "test", "comune.test DS"),
		},
		"ds-signed-by-the-zone-itself": {
			arrange: func(w *world) { w.Say("comune.test. DS", dnstest.Reply{Answer: w.town.lines(w.town.ds())}) },
			want:    bogusZone(evidence.FaultWrong, "test", "comune.test DS"), detail: `of "comune.test"`,
		},
		"ds-made-by-a-wildcard": {
			arrange: func(w *world) { w.Say("comune.test. DS", dnstest.Reply{Answer: w.test.star("test.", w.town.ds())}) },
			want:    bogusZone(evidence.FaultWrong, "test", "comune.test DS"), detail: "wildcard",
		},
		"denial-without-signatures": {
			arrange: func(w *world) {
				w.deny("comune.test.", w.records("comune.test. 300 IN NSEC z.test. NS RRSIG NSEC"))
			},
			want: bogusZone(evidence.FaultNoSignature, "test", "comune.test NSEC"),
		},
		"denial-by-the-zone-below": {
			arrange: func(w *world) {
				w.deny("comune.test.", w.town.lines("comune.test. 300 IN NSEC www.comune.test. NS SOA RRSIG NSEC DNSKEY"))
			},
			want: bogusZone(evidence.FaultWrong, "test", "comune.test NSEC"),
		},
		"denial-of-the-zone-below-in-the-parents-hand": {
			arrange: func(w *world) {
				w.deny("comune.test.", w.test.lines("comune.test. 300 IN NSEC www.comune.test. NS SOA RRSIG NSEC DNSKEY"))
			},
			want: bogusZone(evidence.FaultDenial, "test", "comune.test DS"),
		},
		"denial-made-by-a-wildcard": {
			arrange: func(w *world) {
				w.deny("comune.test.", w.test.star("test.", "comune.test. 300 IN NSEC z.test. NS RRSIG NSEC"))
			},
			want: bogusZone(evidence.FaultWrong, "test", "comune.test NSEC"), detail: "wildcard",
		},
		"nsec3-about-another-name": {
			arrange: func(w *world) {
				w.deny("comune.test.", w.test.lines(apexOf("1 1 0"), strings.Replace(wide("1 1 0"), last, first[:31]+"1", 1)))
			},
			want: bogusZone(evidence.FaultDenial, "test", "comune.test DS"),
		},
		"nsec3-without-the-closest-encloser": {
			arrange: func(w *world) { w.deny("comune.test.", w.test.lines(wide("1 1 0"))) },
			want:    bogusZone(evidence.FaultDenial, "test", "comune.test DS"),
		},
		"denial-about-another-name": {
			arrange: func(w *world) {
				w.deny("comune.test.", w.test.lines("borgo.test. 300 IN NSEC castello.test. NS RRSIG NSEC"))
			},
			want: bogusZone(evidence.FaultDenial, "test", "comune.test DS"),
		},
		"denial-that-contradicts-itself": {
			arrange: func(w *world) {
				w.deny("comune.test.", w.test.lines("comune.test. 300 IN NSEC z.test. NS DS RRSIG NSEC"))
			},
			want: bogusZone(evidence.FaultDenial, "test", "comune.test DS"), detail: "does not say",
		},
		"record-of-the-parent-side-denies-nothing-below-it": {
			zone: "comune.valle.test",
			arrange: func(w *world) {
				w.deny("valle.test.", w.test.lines("valle.test. 300 IN NSEC z.test. TXT RRSIG NSEC"))
				w.deny("comune.valle.test.", w.test.lines("valle.test. 300 IN NSEC z.test. NS RRSIG NSEC"))
			},
			want: bogusZone(evidence.FaultDenial, "test", "comune.valle.test DS"),
		},
		"record-of-another-zone-denies-nothing-here": {
			arrange: func(w *world) {
				w.deny("comune.test.", w.root.lines("comune.test. 300 IN NSEC z.test. NS RRSIG NSEC"))
			},
			want: bogusZone(evidence.FaultWrong, "test", "comune.test NSEC"),
		},
		"nsec3-of-an-unknown-kind-says-nothing": {
			arrange: func(w *world) {
				w.deny("comune.test.", w.test.lines(last+".test. 300 IN NSEC3 7 1 0 - "+first+" NS"))
			},
			want: bogusZone(evidence.FaultDenial, "test", "comune.test DS"),
		},
		"parent-has-ds-and-the-zone-no-keys": {
			arrange: func(w *world) { w.Say("comune.test. DNSKEY", dnstest.Reply{}) },
			want:    bogusZone(evidence.FaultNoKeys, "comune.test", "comune.test DNSKEY"),
		},
		"keys-without-a-signature": {
			arrange: func(w *world) { w.Say("comune.test. DNSKEY", dnstest.Reply{Answer: []dns.RR{w.town.key}}) },
			want:    bogusZone(evidence.FaultNoSignature, "comune.test", "comune.test DNSKEY"),
		},
		"keys-that-the-ds-does-not-name": {
			arrange: func(w *world) { w.Say("comune.test. DNSKEY", dnstest.Reply{Answer: w.signer("comune.test.").keys()}) },
			want:    bogusZone(evidence.FaultDSMismatch, "comune.test", "comune.test DNSKEY"),
		},
		"named-key-did-not-sign": {
			arrange: func(w *world) {
				other := w.signer("comune.test.")
				set := []dns.RR{w.town.key, other.key}
				w.Say("comune.test. DNSKEY", dnstest.Reply{Answer: append(set, other.signature(set...))})
			},
			want: bogusZone(evidence.FaultDSMismatch, "comune.test", "comune.test DNSKEY"), detail: "did not sign",
		},
		"revoked-key": {
			arrange: func(w *world) {
				w.town.key.Flags |= dns.REVOKE
				w.Say("comune.test. DS", dnstest.Reply{Answer: w.test.set(w.town.ds())})
				w.Say("comune.test. DNSKEY", dnstest.Reply{Answer: w.town.keys()})
			},
			want: bogusZone(evidence.FaultNoKeys, "comune.test", "comune.test DNSKEY"),
		},
		"signature-over-the-keys-expired": {
			arrange: func(w *world) {
				w.Say("comune.test. DNSKEY", dnstest.Reply{Answer: w.town.within(-48*time.Hour, -time.Hour).keys()})
			},
			want: bogusZone(evidence.FaultExpired, "comune.test", "comune.test DNSKEY"), detail: "to 20261122090000",
		},
	} {
		t.Run(name, test.run)
	}
}

func TestAlgorithmsOfTheDelegation(t *testing.T) {
	t.Parallel()
	const digest = " 2 " + zeros
	for name, test := range map[string]zoneCase{
		"unknown-algorithm-is-unsigned": {
			arrange: func(w *world) {
				w.Say("comune.test. DS", dnstest.Reply{Answer: w.test.set("comune.test. 300 IN DS 1 200" + digest)})
			},
			want: insecureZone("comune.test", "DS 1 at comune.test"), detail: "algorithm 200",
		},
		"unknown-digest-is-unsigned": {
			arrange: func(w *world) {
				w.Say("comune.test. DS", dnstest.Reply{Answer: w.test.set("comune.test. 300 IN DS 1 13 3 " + zeros)})
			},
			want: insecureZone("comune.test", "DS 1 at comune.test"), detail: "digest type 3",
		},
		"unknown-algorithm-beside-a-known-one": {
			arrange: func(w *world) {
				w.Say("comune.test. DS", dnstest.Reply{Answer: w.test.set("comune.test. 300 IN DS 1 200"+digest, w.town.ds())})
			},
			want: secureZone("comune.test"),
		},
		"sha-1-alone": {
			arrange: func(w *world) {
				w.Say("comune.test. DS", dnstest.Reply{Answer: w.test.set(w.town.key.ToDS(dns.SHA1).String())})
			},
			want: secureZone("comune.test"),
		},
		"sha-1-is-ignored-beside-sha-256": {
			arrange: func(w *world) {
				w.Say("comune.test. DS", dnstest.Reply{Answer: w.test.set(w.town.key.ToDS(dns.SHA1).String(), "comune.test. 300 IN DS 1 13"+digest)})
			},
			want: bogusZone(evidence.FaultDSMismatch, "comune.test", "comune.test DNSKEY"),
		},
		"sha-384": {
			arrange: func(w *world) {
				w.Say("comune.test. DS", dnstest.Reply{Answer: w.test.set(w.town.key.ToDS(dns.SHA384).String())})
			},
			want: secureZone("comune.test"),
		},
		"more-hashing-than-validators-do": {
			arrange: func(w *world) { w.deny("comune.test.", w.test.lines(wide("1 1 151"))) },
			want:    Verdict{Security: evidence.Insecure, Zone: "comune.test"}, detail: "151 times",
		},
		"as-much-hashing-as-validators-do": {
			arrange: func(w *world) {
				w.deny("comune.test.", w.test.lines(apexOf("1 1 150"), wide("1 1 150")))
			},
			want: Verdict{Security: evidence.Insecure, Zone: "comune.test"}, detail: "RFC 9276 asks for none",
		},
	} {
		t.Run(name, test.run)
	}
	for _, algorithm := range []struct {
		number uint8
		bits   int
	}{{5, 1024}, {7, 1024}, {8, 1024}, {10, 1024}, {13, 256}, {14, 384}, {15, 256}} {
		test := zoneCase{
			arrange: func(w *world) {
				town := newSignerOf(w.tb, "comune.test.", algorithm.number, algorithm.bits)
				w.Say("comune.test. DS", dnstest.Reply{Answer: w.test.set(town.ds())})
				w.Say("comune.test. DNSKEY", dnstest.Reply{Answer: town.keys()})
			},
			want: secureZone("comune.test"),
		}
		t.Run(fmt.Sprintf("algorithm-%d-is-verified", algorithm.number), test.run)
	}
}
