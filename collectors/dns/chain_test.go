package dns

import (
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

// exact is an NSEC3 record at the name itself.
func exact(name, types string) string {
	return dns.HashName(name, dns.SHA1, 0, "") + ".test. 300 IN NSEC3 1 0 0 - " + last + " " + types
}

// soa makes a name the start of a zone.
const soa = " 300 IN SOA ns.example. admin.example. 1 7200 3600 1209600 300"

func TestChain(t *testing.T) {
	t.Parallel()
	unknown := func(why evidence.Problem, zone string) evidence.Signed {
		return evidence.Signed{Observation: evidence.Observation{State: evidence.Unknown, Problem: why, At: now}, Zone: zone}
	}
	absent := func(zone, proof string) evidence.Signed {
		return evidence.Signed{Observation: evidence.AbsentAt(now), Zone: zone, Proof: proof}
	}
	for name, test := range map[string]struct {
		domain  string // default: comune.test
		arrange func(w *world)
		want    evidence.Signed
		detail  string // a part of it
	}{
		"every-delegation-has-a-ds": {
			arrange: func(*world) {},
			want:    evidence.Signed{Observation: evidence.SeenAt(now), Zone: "comune.test"},
		},
		"nsec-shows-a-delegation-without-ds": {
			arrange: func(w *world) {
				w.deny("comune.test.", w.test.lines("comune.test. 300 IN NSEC z.test. NS RRSIG NSEC"))
			},
			want: absent("comune.test", "NSEC at comune.test"),
		},
		"nsec3-shows-a-delegation-without-ds": {
			arrange: func(w *world) {
				w.deny("comune.test.", w.test.lines(exact("comune.test.", "NS")))
			},
			want: absent("comune.test", "NSEC3 at "+strings.ToLower(dns.HashName("comune.test.", dns.SHA1, 0, ""))+".test"),
		},
		"opt-out-covers-the-delegation": {
			arrange: func(w *world) {
				w.deny("comune.test.", w.test.lines(wide("1 1 0")))
			},
			want: absent("comune.test", "NSEC3 with opt-out at "+first+".test"),
		},
		"opt-out-above-the-delegation-names-the-delegation": {
			domain: "comune.valle.test",
			arrange: func(w *world) {
				w.AddLines("comune.valle.test." + soa)
				w.deny("valle.test.", w.test.lines(wide("1 1 0")))
			},
			want: absent("comune.valle.test", "NSEC3 with opt-out at "+first+".test"),
		},
		"opt-out-covers-a-zone-above-the-domains": {
			domain: "comune.valle.monti.test",
			arrange: func(w *world) {
				const soa = "" + soa
				w.AddLines("comune.valle.monti.test."+soa, "valle.monti.test."+soa)
				w.deny("monti.test.", w.test.lines(wide("1 1 0")))
			},
			want: absent("valle.monti.test", "NSEC3 with opt-out at "+first+".test"),
		},
		"name-without-delegation-does-not-end-the-chain": {
			domain: "comune.valle.test",
			arrange: func(w *world) {
				below := w.signer("comune.valle.test.")
				w.Add(w.test.lines(below.ds())...)
				w.AddLines("comune.valle.test." + soa)
				w.deny("valle.test.", w.test.lines("valle.test. 300 IN NSEC z.test. TXT RRSIG NSEC"))
			},
			want: evidence.Signed{Observation: evidence.SeenAt(now), Zone: "comune.valle.test"},
		},
		"empty-name-between-two-zones-does-not-end-the-chain": {
			domain: "comune.valle.test",
			arrange: func(w *world) {
				below := w.signer("comune.valle.test.")
				w.Add(w.test.lines(below.ds())...)
				w.AddLines("comune.valle.test." + soa)
				w.deny("valle.test.", w.test.lines("comune.test. 300 IN NSEC comune.valle.test. NS DS RRSIG NSEC"))
			},
			want: evidence.Signed{Observation: evidence.SeenAt(now), Zone: "comune.valle.test"},
		},
		"domain-inside-its-parents-zone-needs-no-ds-of-its-own": {
			domain:  "ufficio.comune.test",
			arrange: func(w *world) { w.Add(w.town.lines("ufficio.comune.test. 300 IN TXT \"x\"")...) },
			want:    evidence.Signed{Observation: evidence.SeenAt(now), Zone: "comune.test"},
		},
		"signed-alias-on-the-way-is-no-delegation": {
			domain: "comune.valle.test",
			arrange: func(w *world) {
				below := w.signer("comune.valle.test.")
				w.Add(w.test.lines(below.ds(), "valle.test. 300 IN CNAME elsewhere.test.")...)
				w.AddLines("comune.valle.test." + soa)
			},
			want: evidence.Signed{Observation: evidence.SeenAt(now), Zone: "comune.valle.test"},
		},
		"alias-by-a-signed-dname-is-no-delegation": {
			domain: "comune.valle.monti.test",
			arrange: func(w *world) {
				w.AddLines("comune.valle.monti.test." + soa)
				w.deny("monti.test.", w.test.lines("monti.test. 300 IN NSEC z.test. DNAME RRSIG NSEC"))
				alias := append(w.test.lines("monti.test. 300 IN DNAME piani.test."), w.records("valle.monti.test. 300 IN CNAME valle.piani.test.")...)
				w.Say("valle.monti.test. DS", dnstest.Reply{Answer: alias})
				w.Say("comune.valle.monti.test. DS", dnstest.Reply{Rcode: dns.RcodeServerFailure})
			},
			want: unknown(evidence.ServFail, "test"),
		},
		"dname-elsewhere-explains-no-alias": {
			domain: "comune.valle.test",
			arrange: func(w *world) {
				w.AddLines("comune.valle.test." + soa)
				alias := append(w.test.lines("monti.test. 300 IN DNAME piani.test."), w.records("valle.test. 300 IN CNAME valle.piani.test.")...)
				w.Say("valle.test. DS", dnstest.Reply{Answer: alias})
			},
			want: unknown(evidence.NoDNSSEC, "test"), detail: "alias",
		},
		"unsigned-alias-on-the-way-proves-nothing": {
			domain: "comune.valle.test",
			arrange: func(w *world) {
				w.AddLines("valle.test. 300 IN CNAME elsewhere.test.", "elsewhere.test. 300 IN DS 1 13 2 "+strings.Repeat("00", 32),
					"comune.valle.test."+soa)
			},
			want: unknown(evidence.NoDNSSEC, "test"), detail: "alias",
		},
		"timeout-is-no-verdict": {
			arrange: func(w *world) { w.Say("comune.test. DS", dnstest.Reply{Silent: true}) },
			want:    unknown(evidence.Timeout, "test"),
		},
		"servfail-is-no-verdict": {
			arrange: func(w *world) { w.Say("test. DS", dnstest.Reply{Rcode: dns.RcodeServerFailure}) },
			want:    unknown(evidence.ServFail, "."),
		},
		"resolver-that-drops-signatures-of-the-root": {
			arrange: func(w *world) { w.Say(". DNSKEY", dnstest.Reply{Answer: []dns.RR{w.root.key}}) },
			want:    unknown(evidence.NoDNSSEC, "."), detail: "without a signature",
		},
		"resolver-that-knows-no-keys-of-the-root": {
			arrange: func(w *world) { w.Say(". DNSKEY", dnstest.Reply{}) },
			want:    unknown(evidence.NoDNSSEC, "."), detail: "no keys",
		},
		"keys-of-another-root": {
			arrange: func(w *world) {
				w.Say(". DNSKEY", dnstest.Reply{Answer: w.signer(".").keys()})
			},
			want: unknown(evidence.Bogus, "."), detail: "in the trust anchor",
		},
		"root-key-signed-by-a-stranger": {
			arrange: func(w *world) {
				stranger := w.signer(".")
				set := []dns.RR{w.root.key, stranger.key}
				w.Say(". DNSKEY", dnstest.Reply{Answer: append(set, stranger.signature(set...))})
			},
			want: unknown(evidence.Bogus, "."), detail: "no signature",
		},
		"root-signature-expired": {
			arrange: func(w *world) {
				w.root.until = now.Add(-time.Second)
				w.Say(". DNSKEY", dnstest.Reply{Answer: w.root.keys()})
			},
			want: unknown(evidence.Bogus, "."), detail: "to 20261122095959",
		},
		"root-signature-forged": {
			arrange: func(w *world) {
				another := dns.Copy(w.root.key).(*dns.DNSKEY)
				another.Flags = dns.ZONE
				sig := w.root.signature(w.root.key)
				w.Say(". DNSKEY", dnstest.Reply{Answer: []dns.RR{w.root.key, another, sig}})
			},
			want: unknown(evidence.Bogus, "."), detail: "does not verify",
		},
		"root-with-signatures-without-end": {
			arrange: func(w *world) {
				w.root.until = now.Add(-time.Second)
				answer := w.root.keys()
				for range maxVerifications {
					answer = append(answer, dns.Copy(answer[1]))
				}
				w.Say(". DNSKEY", dnstest.Reply{Answer: answer})
			},
			want: unknown(evidence.Bogus, "."), detail: "more than 16",
		},
		"ds-without-its-signature": {
			arrange: func(w *world) {
				w.Say("comune.test. DS", dnstest.Reply{Answer: w.records(w.town.ds())})
			},
			want: unknown(evidence.NoDNSSEC, "test"), detail: "come without a signature",
		},
		"ds-signed-by-the-zone-itself": {
			arrange: func(w *world) {
				w.Say("comune.test. DS", dnstest.Reply{Answer: w.town.lines(w.town.ds())})
			},
			want: unknown(evidence.NoDNSSEC, "test"), detail: "come without a signature",
		},
		"denial-without-signatures": {
			arrange: func(w *world) {
				w.deny("comune.test.", w.records("comune.test. 300 IN NSEC z.test. NS RRSIG NSEC"))
			},
			want: unknown(evidence.NoDNSSEC, "test"), detail: "without a signed proof",
		},
		"denial-by-the-zone-below": {
			arrange: func(w *world) {
				w.deny("comune.test.", w.town.lines("comune.test. 300 IN NSEC www.comune.test. NS SOA RRSIG NSEC DNSKEY"))
			},
			want: unknown(evidence.NoDNSSEC, "test"), detail: "without a signed proof",
		},
		"denial-of-the-zone-below-in-the-parents-hand": {
			arrange: func(w *world) {
				w.deny("comune.test.", w.test.lines("comune.test. 300 IN NSEC www.comune.test. NS SOA RRSIG NSEC DNSKEY"))
			},
			want: unknown(evidence.NoDNSSEC, "test"), detail: "without a signed proof",
		},
		"nsec3-about-another-name": {
			arrange: func(w *world) {
				w.deny("comune.test.", w.test.lines(strings.Replace(wide("1 1 0"), last, first[:31]+"1", 1)))
			},
			want: unknown(evidence.NoDNSSEC, "test"),
		},
		"record-at-the-name-says-more-than-one-around-it": {
			arrange: func(w *world) {
				w.deny("comune.test.", w.test.lines(wide("1 0 0"), exact("comune.test.", "NS")))
			},
			want: absent("comune.test", "NSEC3 at "+strings.ToLower(dns.HashName("comune.test.", dns.SHA1, 0, ""))+".test"),
		},
		"denial-about-another-name": {
			arrange: func(w *world) {
				w.deny("comune.test.", w.test.lines("borgo.test. 300 IN NSEC castello.test. NS RRSIG NSEC"))
			},
			want: unknown(evidence.NoDNSSEC, "test"),
		},
		"denial-that-contradicts-itself": {
			arrange: func(w *world) {
				w.deny("comune.test.", w.test.lines("comune.test. 300 IN NSEC z.test. NS DS RRSIG NSEC"))
			},
			want: unknown(evidence.Bogus, "test"), detail: "has DS records",
		},
		"zone-that-its-parent-does-not-know": {
			arrange: func(w *world) {
				w.deny("comune.test.", w.test.lines("comune.test. 300 IN NSEC z.test. TXT RRSIG NSEC"))
			},
			want: unknown(evidence.Bogus, "test"), detail: "is no zone",
		},
		"nsec-says-that-the-zone-does-not-exist": {
			arrange: func(w *world) {
				w.deny("comune.test.", w.test.lines("borgo.test. 300 IN NSEC z.test. NS RRSIG NSEC"))
			},
			want: unknown(evidence.Malformed, "test"), detail: "does not exist",
		},
		"nsec3-without-opt-out-says-that-the-zone-does-not-exist": {
			arrange: func(w *world) {
				w.deny("comune.test.", w.test.lines(wide("1 0 0")))
			},
			want: unknown(evidence.Malformed, "test"), detail: "does not exist",
		},
		"nxdomain-with-proof-contradicts-the-zone": {
			arrange: func(w *world) {
				w.Say("comune.test. DS", dnstest.Reply{
					Rcode:     dns.RcodeNameError,
					Authority: w.test.lines("borgo.test. 300 IN NSEC z.test. NS RRSIG NSEC"),
				})
			},
			want: unknown(evidence.Malformed, "test"), detail: "does not exist",
		},
		"nxdomain-with-opt-out-contradicts-the-zone": {
			arrange: func(w *world) {
				w.Say("comune.test. DS", dnstest.Reply{Rcode: dns.RcodeNameError, Authority: w.test.lines(wide("1 1 0"))})
			},
			want: unknown(evidence.Malformed, "test"), detail: "does not exist",
		},
		"record-at-a-dname-denies-nothing-below-it": {
			domain: "comune.valle.test",
			arrange: func(w *world) {
				w.AddLines("comune.valle.test." + soa)
				w.deny("valle.test.", w.test.lines("valle.test. 300 IN NSEC z.test. DNAME RRSIG NSEC"))
				w.deny("comune.valle.test.", w.test.lines("valle.test. 300 IN NSEC z.test. DNAME RRSIG NSEC"))
			},
			want: unknown(evidence.NoDNSSEC, "test"),
		},
		"nxdomain-without-proof": {
			arrange: func(w *world) {
				w.Say("comune.test. DS", dnstest.Reply{Rcode: dns.RcodeNameError})
			},
			want: unknown(evidence.NoDNSSEC, "test"),
		},
		"record-of-the-parent-side-denies-nothing-below-it": {
			domain: "comune.valle.test",
			arrange: func(w *world) {
				w.AddLines("comune.valle.test." + soa)
				w.deny("valle.test.", w.test.lines("valle.test. 300 IN NSEC z.test. TXT RRSIG NSEC"))
				w.deny("comune.valle.test.", w.test.lines("valle.test. 300 IN NSEC z.test. NS RRSIG NSEC"))
			},
			want: unknown(evidence.NoDNSSEC, "test"),
		},
		"nsec3-that-costs-too-much": {
			arrange: func(w *world) {
				w.deny("comune.test.", w.test.lines(wide("1 1 65535")))
			},
			want: unknown(evidence.TooMany, "test"), detail: "150 times",
		},
		"nsec3-of-an-unknown-kind-says-nothing": {
			arrange: func(w *world) {
				w.deny("comune.test.", w.test.lines(last+".test. 300 IN NSEC3 7 1 0 - "+first+" NS"))
			},
			want: unknown(evidence.NoDNSSEC, "test"),
		},
		"broken-zone-below-a-denial-is-still-provably-unsigned": {
			arrange: func(w *world) {
				w.Say("comune.test. SOA", dnstest.Reply{Rcode: dns.RcodeServerFailure})
				w.deny("comune.test.", w.test.lines("comune.test. 300 IN NSEC z.test. NS RRSIG NSEC"))
			},
			want: absent("comune.test", "NSEC at comune.test"),
		},
		"domain-that-does-not-exist-has-no-chain": {
			domain:  "nowhere.test",
			arrange: func(*world) {},
			want:    evidence.Signed{Observation: evidence.Observation{Problem: evidence.DependsOnOther}}, detail: "does not exist",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			test.arrange(w)
			if test.domain == "" {
				test.domain = "comune.test"
			}
			got := Collect(t.Context(), session(t, w.Server), Request{Domain: test.domain, Anchor: w.root.anchor()}).Signed
			options := []cmp.Option{cmpopts.IgnoreFields(evidence.Observation{}, "Detail")}
			if test.want.State == evidence.Seen {
				options = append(options, cmpopts.IgnoreFields(evidence.Signed{}, "Proof"))
			}
			if diff := cmp.Diff(test.want, got, options...); diff != "" {
				t.Errorf("signed (-want +got), detail %q:\n%s", got.Detail, diff)
			}
			if !strings.Contains(got.Detail, test.detail) {
				t.Errorf("detail = %q, want it to say %q", got.Detail, test.detail)
			}
		})
	}
}

func TestChainSaysWhichRecordProvesIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	got := Collect(t.Context(), session(t, w.Server), Request{Domain: "comune.test", Anchor: w.root.anchor()}).Signed
	if want := "DS " + strings.Fields(w.town.ds())[4] + " at comune.test"; got.Proof != want {
		t.Errorf("proof = %q, want %q", got.Proof, want)
	}
}

func TestWithoutAnchorTheChainIsNotAsked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	got := Collect(t.Context(), session(t, w.Server), Request{Domain: "comune.test"})
	want := evidence.Skipped(evidence.NoDNSSEC, "no trust anchor was given")
	if diff := cmp.Diff(want, got.Signed.Observation); diff != "" {
		t.Errorf("signed (-want +got):\n%s", diff)
	}
	if l := got.Lookup(".", "DNSKEY"); l.State != evidence.NotAsked {
		t.Errorf("the keys of the root were asked for: %v", l)
	}
}

func TestAnchorMayBeAKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	got := Collect(t.Context(), session(t, w.Server), Request{Domain: "comune.test", Anchor: mustRead(t, w.root.key.String())}).Signed
	if got.State != evidence.Seen {
		t.Errorf("signed = %+v, want seen", got)
	}
}

func TestRevokedKeyIsNoAnchor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.root.key.Flags |= dns.REVOKE
	// The parent of nobody cannot refuse a DS of a revoked key: only its flags tell.
	anchor := w.root.anchor()
	w.Say(". DNSKEY", dnstest.Reply{Answer: w.root.keys()})
	got := Collect(t.Context(), session(t, w.Server), Request{Domain: "comune.test", Anchor: anchor}).Signed
	if got.Problem != evidence.Bogus || !strings.Contains(got.Detail, "in the trust anchor") {
		t.Errorf("signed = %+v, want bogus", got)
	}
}
