package evidence_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"campanile/collectors/evidence"
)

func TestObservationIsDatedInWholeSecondsOfUTC(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 22, 11, 0, 0, 999, time.FixedZone("CET", 3600))
	want := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	for _, o := range []evidence.Observation{evidence.SeenAt(at), evidence.AbsentAt(at), evidence.UnknownAt(at, evidence.Timeout, "")} {
		if o.At != want { // the zone counts too
			t.Errorf("%s at %v, want %v", o.State, o.At, want)
		}
	}
}

func TestOnlySeenAndAbsentSettleAQuestion(t *testing.T) {
	t.Parallel()
	at := time.Now()
	tests := map[string]struct {
		o    evidence.Observation
		want bool
	}{
		"not-asked": {evidence.Observation{}, false},
		"skipped":   {evidence.Skipped(evidence.NotInProfile, ""), false},
		"seen":      {evidence.SeenAt(at), true},
		"absent":    {evidence.AbsentAt(at), true},
		"unknown":   {evidence.UnknownAt(at, evidence.Timeout, ""), false},
	}
	for name, test := range tests {
		if got := test.o.Known(); got != test.want {
			t.Errorf("%s: known %v, want %v", name, got, test.want)
		}
	}
}

func TestDetailIsClipped(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("è", evidence.MaxDetail)
	for _, o := range []evidence.Observation{
		evidence.UnknownAt(time.Now(), evidence.Malformed, long),
		evidence.Skipped(evidence.NotPermitted, long),
	} {
		if want := strings.Repeat("è", evidence.MaxDetail/2); o.Detail != want {
			t.Errorf("detail of %d bytes, want %d", len(o.Detail), len(want))
		}
	}
}

func TestClip(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text  string
		limit int
		want  string
	}{
		"fits":                        {"città", 6, "città"},
		"in-the-middle-of-a-letter":   {"città", 5, "citt"},
		"between-letters":             {"città", 4, "citt"},
		"nothing-left":                {"è", 1, ""},
		"to-nothing":                  {"abc", 0, ""},
		"empty":                       {"", 0, ""},
		"not-text":                    {"a\xff\xfeb", 10, "a\uFFFDb"},
		"not-text-and-too-long":       {"a\xffbcdef", 5, "a\uFFFDb"},
		"the-replacement-is-not-half": {"ab\xff", 4, "ab"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := evidence.Clip(test.text, test.limit)
			if got != test.want || len(got) > test.limit || !utf8.ValidString(got) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// NXDOMAIN behind an alias is about its target (RFC 6604 section 3).
func TestNameExistsUnlessDenied(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		l    evidence.Lookup
		want bool
	}{
		"denied":           {evidence.Lookup{Observation: evidence.Observation{State: evidence.Absent}, Rcode: "NXDOMAIN"}, true},
		"no-such-record":   {evidence.Lookup{Observation: evidence.Observation{State: evidence.Absent}, Rcode: "NOERROR"}, false},
		"alias-to-nowhere": {evidence.Lookup{Observation: evidence.Observation{State: evidence.Absent}, Rcode: "NXDOMAIN", Aliases: []string{"gone.example"}}, false},
		"not-asked":        {evidence.Lookup{}, false},
		"timeout":          {evidence.Lookup{Observation: evidence.Observation{State: evidence.Unknown}, Rcode: "NXDOMAIN"}, false},
	}
	for name, test := range tests {
		if got := test.l.NXDomain(); got != test.want {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}

func TestWhatWasNotAskedIsNotAsked(t *testing.T) {
	t.Parallel()
	b := sample(t)
	if got := b.DNS.Lookup("comune.esempio.example", "MX").Records; len(got) != 2 {
		t.Errorf("MX records %q", got)
	}
	want := evidence.Lookup{Name: "comune.esempio.example", Type: "LOC"}
	if diff := cmp.Diff(want, b.DNS.Lookup("comune.esempio.example", "LOC")); diff != "" {
		t.Errorf("look-up (-want +got):\n%s", diff)
	}
	if got := b.Endpoints[0].Offer("TLS 1.2").State; got != evidence.Seen {
		t.Errorf("TLS 1.2 is %q", got)
	}
	if diff := cmp.Diff(evidence.VersionOffer{Version: "SSL 3.0"}, b.Endpoints[0].Offer("SSL 3.0")); diff != "" {
		t.Errorf("offer (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(evidence.Hop{}, b.Sites[0].HTTP.Last()); diff != "" {
		t.Errorf("hop (-want +got):\n%s", diff)
	}
	if !b.Asked(evidence.MailFamily) || (&evidence.Bundle{}).Asked(evidence.MailFamily) {
		t.Error("the families asked for are not told apart")
	}
}
