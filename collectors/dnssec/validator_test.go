package dnssec

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/dnstest"
)

// TestTooMuchWork bounds what a zone can ask of us (CVE-2023-50387): keys of
// one tag, signatures, and DS records.
func TestTooMuchWork(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]zoneCase{
		"signatures-without-end": {
			arrange: func(w *world) {
				answer := w.town.keys()
				answer[1].(*dns.RRSIG).Signature = w.root.keys()[1].(*dns.RRSIG).Signature
				for range maxVerifications {
					answer = append(answer, dns.Copy(answer[1]))
				}
				w.Say("comune.test. DNSKEY", dnstest.Reply{Answer: answer})
			},
			want: bogusZone(evidence.FaultTooCostly, "comune.test", "comune.test DNSKEY"),
		},
		"ds-records-without-end": {
			arrange: func(w *world) {
				lines := []string{}
				for i := range maxDigests + 1 {
					lines = append(lines, fmt.Sprintf("comune.test. 300 IN DS %d 13 2 %064x", w.town.key.KeyTag(), i))
				}
				w.Say("comune.test. DS", dnstest.Reply{Answer: w.test.set(lines...)})
			},
			want: bogusZone(evidence.FaultTooCostly, "comune.test", "comune.test DNSKEY"),
		},
	} {
		t.Run(name, test.run)
	}
}

func TestZoneSaysWhichRecordProvesIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	got := w.validator().Zone(t.Context(), "comune.test")
	if want := "DS " + strings.Fields(w.town.ds())[4] + " at comune.test"; got.Proof != want {
		t.Errorf("proof = %q, want %q", got.Proof, want)
	}
	want := evidence.Signature{
		Name: "comune.test", Type: "DNSKEY", KeyTag: int(w.town.key.KeyTag()), Algorithm: 13,
		Inception: w.town.from, Expiration: w.town.until,
	}
	if diff := cmp.Diff(want, got.First); diff != "" {
		t.Errorf("first signature (-want +got):\n%s", diff)
	}
}

func TestWithoutAnchorNothingIsAsked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := New(session(t, w.Server), Anchor{})
	if v != nil || v.Zone(t.Context(), "comune.test") != (Verdict{}) || v.Lookups() != nil {
		t.Errorf("a validator without an anchor: %+v", v)
	}
	if asked := w.Asked(); len(asked) > 0 {
		t.Errorf("asked %v", asked)
	}
}

func TestAnchorMayBeAKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	got := New(session(t, w.Server), mustRead(t, w.root.key.String())).Zone(t.Context(), "comune.test")
	if got.Security != evidence.Secure {
		t.Errorf("verdict = %+v, want secure", got)
	}
}

func TestRevokedKeyIsNoAnchor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.root.key.Flags |= dns.REVOKE
	// The parent of nobody cannot refuse a DS of a revoked key: only its flags tell.
	v := w.validator()
	w.Say(". DNSKEY", dnstest.Reply{Answer: w.root.keys()})
	if got := v.Zone(t.Context(), "comune.test"); got.Security != "" {
		t.Errorf("verdict = %+v, want none", got)
	}
}

// TestNothingIsAskedTwice counts the questions: one for DS and one for DNSKEY a
// zone, and none below a zone that is not signed.
func TestNothingIsAskedTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.deny("borgo.test.", w.test.lines("borgo.test. 300 IN NSEC comune.test. NS RRSIG NSEC"))
	v := w.validator()
	for range 2 {
		v.Zone(t.Context(), "comune.test")
		v.Zone(t.Context(), "a.b.c.borgo.test")
	}
	want := []string{". DNSKEY", "borgo.test. DS", "comune.test. DNSKEY", "comune.test. DS", "test. DNSKEY", "test. DS"}
	if diff := cmp.Diff(want, w.Asked()); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
	var got []string
	for _, l := range v.Lookups() {
		got = append(got, fmt.Sprint(l.Name, " ", l.Type, " ", l.State, " ", l.Security))
	}
	want = []string{
		". DNSKEY seen secure", "borgo.test DS absent secure", "comune.test DNSKEY seen secure",
		"comune.test DS seen secure", "test DNSKEY seen secure", "test DS seen secure",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("look-ups (-want +got):\n%s", diff)
	}
}

// TestSeveralAtOnce is for the race detector; all get the same verdict.
func TestSeveralAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.validator()
	got := make([]Verdict, 16)
	var running sync.WaitGroup
	for i := range got {
		running.Go(func() { got[i] = v.Zone(t.Context(), "comune.test") })
	}
	running.Wait()
	for _, each := range got {
		if each.Security != evidence.Secure || each != got[0] {
			t.Errorf("verdict = %+v, want %+v", each, got[0])
		}
	}
}
