package dns

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/dnstest"
)

// valley puts the town at comune.valle.test, with the delegation in the zone
// above.
func valley(t *testing.T) (*world, Request) {
	t.Helper()
	w := newWorld(t)
	w.resolver.AddLines("comune.valle.test."+soaData, "comune.valle.test. 300 IN NS ns2.fornitore.example.")
	w.second.AddLines("comune.valle.test." + soaData)
	w.second.Serves("comune.valle.test.")
	return w, Request{Domain: "comune.valle.test"}
}

// The name between a town and the top level is another one for each town. Where
// no zone starts there, nothing is asked about it: not for its servers, and not
// for the CAA records that a registry does not keep.
func TestNothingIsAskedAboutTheNameBetween(t *testing.T) {
	t.Parallel()
	w, request := valley(t)
	w.parent.AddLines("comune.valle.test. 300 IN NS ns2.fornitore.example.")
	got := Collect(t.Context(), w.network.Session(), request)
	if d := got.Delegation; d.State != evidence.Seen || d.Parent != "test" {
		t.Errorf("delegation = %+v, want test's", d)
	}
	between := slices.DeleteFunc(w.resolver.Asked(), func(q string) bool { return !strings.HasPrefix(q, "valle.test. ") })
	if len(between) > 0 {
		t.Errorf("asked %q", between)
	}
}

func TestZoneBetweenIsFoundByItsReferral(t *testing.T) {
	t.Parallel()
	w, request := valley(t)
	at := netip.MustParseAddr("198.51.100.7")
	between := dnstest.NewAuthority(t, []string{"valle.test."}, "valle.test."+soaData, "valle.test. 300 IN NS ns.valle.test.",
		"comune.valle.test. 300 IN NS ns2.fornitore.example.")
	w.reach[at] = between.Listen(t)
	w.parent.AddLines("valle.test. 300 IN NS ns.valle.test.")
	w.resolver.AddLines("valle.test."+soaData, "valle.test. 300 IN NS ns.valle.test.", "ns.valle.test. 300 IN A "+at.String())
	for range 2 {
		got := Collect(t.Context(), w.network.Session(), request)
		if d := got.Delegation; d.State != evidence.Seen || d.Parent != "valle.test" || len(d.NameServers) != 1 {
			t.Errorf("delegation = %+v, want valle.test's", d)
		}
		// The valley may have CAA records for its towns.
		if l := got.Lookup("valle.test", "CAA"); l.State != evidence.Absent {
			t.Errorf("CAA of the valley = %+v, want absent", l)
		}
	}
	// The second town knows the valley already.
	if diff := cmp.Diff([]string{"comune.valle.test. NS"}, w.parent.Received()); diff != "" {
		t.Errorf("the top level was asked (-want +got):\n%s", diff)
	}
}

// A zone between whose name servers nobody can tell leaves the delegation open.
func TestZoneBetweenThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	w, request := valley(t)
	w.parent.AddLines("valle.test. 300 IN NS ns.valle.test.")
	w.resolver.Say("valle.test. NS", dnstest.Reply{Silent: true})
	if d := Collect(t.Context(), w.network.Session(), request).Delegation; d.State != evidence.Unknown || d.Parent != "valle.test" {
		t.Errorf("delegation = %+v, want unknown", d)
	}
}
