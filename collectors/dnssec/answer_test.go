package dnssec

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/miekg/dns"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/dnstest"
)

type answerCase struct {
	question string // default: www.comune.test. A
	arrange  func(w *world) dnstest.Reply
	want     Verdict
	detail   string
}

func (c answerCase) run(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if c.question == "" {
		c.question = "www.comune.test. A"
	}
	w.Say(c.question, c.arrange(w))
	name, kind, _ := strings.Cut(c.question, " ")
	s := session(t, w.Server)
	got := New(s, w.root.anchor()).Validate(t.Context(), s.Ask(t.Context(), name, dns.StringToType[kind]))
	if diff := cmp.Diff(c.want, got, cmpopts.IgnoreFields(Verdict{}, "Detail", "First", "Proof")); diff != "" {
		t.Errorf("verdict (-want +got), detail %q:\n%s", got.Detail, diff)
	}
	if !strings.Contains(got.Detail, c.detail) {
		t.Errorf("detail = %q, want it to say %q", got.Detail, c.detail)
	}
}

const www = "www.comune.test. 300 IN A 192.0.2.1"

func TestRecords(t *testing.T) {
	t.Parallel()
	secure := secureZone("comune.test")
	bogus := func(fault evidence.Fault) Verdict { return bogusZone(fault, "comune.test", "www.comune.test A") }
	for name, test := range map[string]answerCase{
		"signed": {
			arrange: func(w *world) dnstest.Reply { return dnstest.Reply{Answer: w.town.set(www)} },
			want:    secure,
		},
		"several-records": {
			arrange: func(w *world) dnstest.Reply {
				return dnstest.Reply{Answer: w.town.set("www.comune.test. 300 IN A 192.0.2.9", www, "WWW.comune.TEST. 300 IN A 192.0.2.3")}
			},
			want: secure,
		},
		"lowered-time-to-live": {
			arrange: func(w *world) dnstest.Reply {
				set := w.town.set(www)
				set[0].Header().Ttl = 17
				return dnstest.Reply{Answer: set}
			},
			want: secure,
		},
		"not-signed": {
			arrange: func(w *world) dnstest.Reply { return dnstest.Reply{Answer: w.records(www)} },
			want:    bogus(evidence.FaultNoSignature),
		},
		"not-signed-and-the-denial-of-ds-does-not-come": {
			arrange: func(w *world) dnstest.Reply {
				w.Say("www.comune.test. DS", dnstest.Reply{Rcode: dns.RcodeServerFailure})
				return dnstest.Reply{Answer: w.records(www)}
			},
			want: unknownZone(evidence.ServFail, "comune.test"),
		},
		"not-signed-below-a-delegation-without-ds": {
			arrange: func(w *world) dnstest.Reply {
				w.deny("www.comune.test.", w.town.lines("www.comune.test. 300 IN NSEC comune.test. NS RRSIG NSEC"))
				return dnstest.Reply{Answer: w.records(www)}
			},
			want: Verdict{Security: evidence.Insecure, Zone: "www.comune.test"},
		},
		"signed-by-a-zone-above-a-delegation-without-ds": {
			arrange: func(w *world) dnstest.Reply {
				w.deny("www.comune.test.", w.town.lines("www.comune.test. 300 IN NSEC comune.test. NS RRSIG NSEC"))
				return dnstest.Reply{Answer: w.town.within(-2*time.Hour, -time.Hour).set(www)}
			},
			want: Verdict{Security: evidence.Insecure, Zone: "www.comune.test"},
		},
		"expired": {
			arrange: func(w *world) dnstest.Reply {
				return dnstest.Reply{Answer: w.town.within(-2*time.Hour, -time.Second).set(www)}
			},
			want: bogus(evidence.FaultExpired), detail: "to 20261122095959, now is 20261122100000",
		},
		"last-second": {
			arrange: func(w *world) dnstest.Reply { return dnstest.Reply{Answer: w.town.within(-time.Hour, 0).set(www)} },
			want:    secure,
		},
		"not-yet": {
			arrange: func(w *world) dnstest.Reply {
				return dnstest.Reply{Answer: w.town.within(time.Second, time.Hour).set(www)}
			},
			want: bogus(evidence.FaultNotYet),
		},
		"expired-beside-one-that-holds": {
			arrange: func(w *world) dnstest.Reply {
				set := w.town.set(www)
				return dnstest.Reply{Answer: append(set, w.town.within(-2*time.Hour, -time.Hour).signature(set[0]))}
			},
			want: secure,
		},
		"changed-under-the-signature": {
			arrange: func(w *world) dnstest.Reply {
				set := w.town.set(www)
				set[0].(*dns.A).A[3]++
				return dnstest.Reply{Answer: set}
			},
			want: bogus(evidence.FaultWrong),
		},
		"one-record-more": {
			arrange: func(w *world) dnstest.Reply {
				return dnstest.Reply{Answer: append(w.town.set(www), w.records("www.comune.test. 300 IN A 192.0.2.66")...)}
			},
			want: bogus(evidence.FaultWrong),
		},
		"one-record-more-of-another-class": {
			arrange: func(w *world) dnstest.Reply {
				return dnstest.Reply{Answer: append(w.town.set(www), w.records("www.comune.test. 300 CH A 192.0.2.66")...)}
			},
			want: bogus(evidence.FaultWrong),
		},
		"signed-by-a-key-that-is-gone": {
			arrange: func(w *world) dnstest.Reply { return dnstest.Reply{Answer: w.signer("comune.test.").set(www)} },
			want:    bogus(evidence.FaultKeyMissing),
		},
		"signed-by-the-zone-above": {
			arrange: func(w *world) dnstest.Reply { return dnstest.Reply{Answer: w.test.set(www)} },
			want:    secureZone("test"), // which may do without the delegation, so nothing is forged
		},
		"signed-by-another-zone": {
			arrange: func(w *world) dnstest.Reply { return dnstest.Reply{Answer: w.signer("borgo.test.").set(www)} },
			want:    bogus(evidence.FaultWrong),
		},
		"signed-in-an-algorithm-that-the-delegation-does-not-name": {
			arrange: func(w *world) dnstest.Reply {
				set := w.town.set(www)
				set[1].(*dns.RRSIG).Algorithm = 200
				return dnstest.Reply{Answer: set}
			},
			want: bogus(evidence.FaultNoSignature), detail: "algorithm 200",
		},
		"more-labels-than-the-name": {
			arrange: func(w *world) dnstest.Reply {
				set := w.town.set(www)
				set[1].(*dns.RRSIG).Labels = 9
				return dnstest.Reply{Answer: set}
			},
			want: bogus(evidence.FaultWrong),
		},
		"name-with-very-many-labels": {
			question: strings.Repeat("a.", 60) + "comune.test. A",
			arrange: func(w *world) dnstest.Reply {
				return dnstest.Reply{Answer: w.records(strings.Repeat("a.", 60) + "comune.test. 300 IN A 192.0.2.1")}
			},
			want: unknownZone(evidence.TooMany, "."),
		},
		"servfail-is-no-verdict": {
			arrange: func(*world) dnstest.Reply { return dnstest.Reply{Rcode: dns.RcodeServerFailure} },
			want:    unknownZone(evidence.ServFail, ""),
		},
	} {
		t.Run(name, test.run)
	}
}

func TestWildcardsAndAliases(t *testing.T) {
	t.Parallel()
	secure := secureZone("comune.test")
	gap := "comune.test. 300 IN NSEC xyz.comune.test. NS SOA RRSIG NSEC DNSKEY"
	elsewhere := func(w *world) *signer {
		other := w.signer("borgo.test.")
		w.Add(other.keys()...)
		w.Add(w.test.lines(other.ds())...)
		return other
	}
	for name, test := range map[string]answerCase{
		"wildcard-where-the-name-does-not-exist": {
			arrange: func(w *world) dnstest.Reply {
				return dnstest.Reply{Answer: w.town.star("comune.test.", www), Authority: w.town.lines(gap)}
			},
			want: secure,
		},
		"wildcard-without-denial-of-the-name": {
			arrange: func(w *world) dnstest.Reply { return dnstest.Reply{Answer: w.town.star("comune.test.", www)} },
			want:    bogusZone(evidence.FaultDenial, "comune.test", "www.comune.test A"),
		},
		"wildcard-where-the-name-exists": {
			arrange: func(w *world) dnstest.Reply {
				return dnstest.Reply{
					Answer:    w.town.star("comune.test.", www),
					Authority: w.town.lines("www.comune.test. 300 IN NSEC comune.test. A RRSIG NSEC"),
				}
			},
			want: bogusZone(evidence.FaultDenial, "comune.test", "www.comune.test A"),
		},
		"wildcard-where-a-nearer-name-exists": {
			question: "a.www.comune.test. A",
			arrange: func(w *world) dnstest.Reply {
				return dnstest.Reply{
					Answer:    w.town.star("comune.test.", "a.www.comune.test. 300 IN A 192.0.2.1"),
					Authority: w.town.lines("www.comune.test. 300 IN NSEC comune.test. A RRSIG NSEC"),
				}
			},
			want: bogusZone(evidence.FaultDenial, "comune.test", "a.www.comune.test A"),
		},
		"wildcard-with-an-expired-denial": {
			arrange: func(w *world) dnstest.Reply {
				return dnstest.Reply{
					Answer:    w.town.star("comune.test.", www),
					Authority: w.town.within(-2*time.Hour, -time.Hour).lines(gap),
				}
			},
			want: bogusZone(evidence.FaultExpired, "comune.test", "comune.test NSEC"),
		},
		"alias-in-the-zone": {
			arrange: func(w *world) dnstest.Reply {
				return dnstest.Reply{Answer: w.town.lines("www.comune.test. 300 IN CNAME web.comune.test.", "web.comune.test. 300 IN A 192.0.2.1")}
			},
			want: secure,
		},
		"alias-into-another-signed-zone": {
			arrange: func(w *world) dnstest.Reply {
				return dnstest.Reply{Answer: append(w.town.lines("www.comune.test. 300 IN CNAME web.borgo.test."),
					elsewhere(w).lines("web.borgo.test. 300 IN A 192.0.2.1")...)}
			},
			want: secure,
		},
		"alias-into-an-unsigned-zone": {
			arrange: func(w *world) dnstest.Reply {
				w.deny("borgo.test.", w.test.lines("borgo.test. 300 IN NSEC z.test. NS RRSIG NSEC"))
				return dnstest.Reply{Answer: append(w.town.lines("www.comune.test. 300 IN CNAME web.borgo.test."),
					w.records("web.borgo.test. 300 IN A 192.0.2.1")...)}
			},
			want: Verdict{Security: evidence.Insecure, Zone: "borgo.test"},
		},
		"alias-into-a-broken-zone": {
			arrange: func(w *world) dnstest.Reply {
				return dnstest.Reply{Answer: append(w.town.lines("www.comune.test. 300 IN CNAME web.borgo.test."),
					elsewhere(w).within(-2*time.Hour, -time.Hour).lines("web.borgo.test. 300 IN A 192.0.2.1")...)}
			},
			want: bogusZone(evidence.FaultExpired, "borgo.test", "web.borgo.test A"),
		},
		"unsigned-alias": {
			arrange: func(w *world) dnstest.Reply {
				return dnstest.Reply{Answer: append(w.records("www.comune.test. 300 IN CNAME web.comune.test."),
					w.town.lines("web.comune.test. 300 IN A 192.0.2.1")...)}
			},
			want: bogusZone(evidence.FaultNoSignature, "comune.test", "www.comune.test CNAME"),
		},
		"alias-by-a-dname": {
			question: "www.vecchio.comune.test. A",
			arrange: func(w *world) dnstest.Reply {
				return dnstest.Reply{Answer: slices.Concat(
					w.town.lines("vecchio.comune.test. 300 IN DNAME comune.test."),
					w.records("www.vecchio.comune.test. 300 IN CNAME www.comune.test."),
					w.town.lines(www),
				)}
			},
			want: secure,
		},
		"alias-that-its-dname-does-not-give": {
			question: "www.vecchio.comune.test. A",
			arrange: func(w *world) dnstest.Reply {
				w.deny("vecchio.comune.test.", w.town.lines("vecchio.comune.test. 300 IN NSEC www.comune.test. DNAME RRSIG NSEC"))
				return dnstest.Reply{Answer: slices.Concat(
					w.town.lines("vecchio.comune.test. 300 IN DNAME comune.test."),
					w.records("www.vecchio.comune.test. 300 IN CNAME mail.comune.test."),
					w.town.lines("mail.comune.test. 300 IN A 192.0.2.1"),
				)}
			},
			want: bogusZone(evidence.FaultNoSignature, "comune.test", "www.vecchio.comune.test CNAME"),
		},
		"expired-dname": {
			question: "www.vecchio.comune.test. A",
			arrange: func(w *world) dnstest.Reply {
				w.deny("vecchio.comune.test.", w.town.lines("vecchio.comune.test. 300 IN NSEC www.comune.test. DNAME RRSIG NSEC"))
				return dnstest.Reply{Answer: slices.Concat(
					w.town.within(-2*time.Hour, -time.Hour).lines("vecchio.comune.test. 300 IN DNAME comune.test."),
					w.records("www.vecchio.comune.test. 300 IN CNAME www.comune.test."),
					w.town.lines(www),
				)}
			},
			want: bogusZone(evidence.FaultExpired, "comune.test", "vecchio.comune.test DNAME"),
		},
		"alias-to-a-name-that-is-denied": {
			arrange: func(w *world) dnstest.Reply {
				return dnstest.Reply{
					Rcode:     dns.RcodeNameError,
					Answer:    w.town.lines("www.comune.test. 300 IN CNAME borgo.test."),
					Authority: w.test.lines("test. 300 IN NSEC comune.test. NS SOA RRSIG NSEC DNSKEY"),
				}
			},
			want: secure,
		},
	} {
		t.Run(name, test.run)
	}
}

// TestManyAliasesWithManySignatures stays within the bounds on work: each link
// is in order, and there are too many signatures over all.
func TestManyAliasesWithManySignatures(t *testing.T) {
	test := answerCase{
		question: "a0.comune.test. A",
		arrange: func(w *world) dnstest.Reply {
			var answer []dns.RR
			for i := range 12 {
				line := fmt.Sprintf("a%d.comune.test. 300 IN CNAME a%d.comune.test.", i, i+1)
				set := w.town.set(line)
				// Broken signatures that expire later are tried first.
				broken := w.town.within(-time.Hour, 8*24*time.Hour).signature(w.records("x.comune.test. 300 IN CNAME y.")...)
				broken.Hdr.Name, broken.Labels = set[0].Header().Name, 3
				for range 10 {
					answer = append(answer, dns.Copy(broken))
				}
				answer = append(answer, set...)
			}
			return dnstest.Reply{Answer: append(answer, w.town.set("a12.comune.test. 300 IN A 192.0.2.1")...)}
		},
		want: unknownZone(evidence.TooMany, "comune.test"),
	}
	test.run(t)
}

// TestFirstIsTheEarliestOfWhatHolds looks at the date that a zone breaks on.
func TestFirstIsTheEarliestOfWhatHolds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	set := w.town.within(-time.Hour, 30*24*time.Hour).set("www.comune.test. 300 IN CNAME web.comune.test.")
	set = append(set, w.town.within(-time.Hour, 48*time.Hour).signature(set[0])) // of before, and no longer needed
	end := w.town.within(-time.Hour, 72*time.Hour).set("web.comune.test. 300 IN A 192.0.2.1")
	w.Say("www.comune.test. A", dnstest.Reply{Answer: append(set, end...)})
	s := session(t, w.Server)
	got := New(s, w.root.anchor()).Validate(t.Context(), s.Ask(t.Context(), "www.comune.test", dns.TypeA)).First
	want := evidence.Signature{
		Name: "web.comune.test", Type: "A", KeyTag: int(w.town.key.KeyTag()), Algorithm: 13,
		Inception: now.Add(-time.Hour), Expiration: now.Add(72 * time.Hour),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("first (-want +got):\n%s", diff)
	}
}
