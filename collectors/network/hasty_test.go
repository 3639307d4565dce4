package network_test

import (
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"campanile/collectors/network"
)

func TestHastySessionWaitsLessAndCountsTheSame(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := network.Network{Connect: hang, Permit: allowAll, Limits: network.Limits{Dial: 5 * time.Second, PerAddress: 2}}
		s := n.Session()
		hasty := s.Hasty(900 * time.Millisecond)
		start := s.Now()
		if _, err := hasty.Dial(t.Context(), webServer); network.Problem(err) != "timeout" || s.Now().Sub(start) != 900*time.Millisecond {
			t.Errorf("%v after %v, want a timeout after 900ms", err, s.Now().Sub(start))
		}
		start = s.Now()
		if _, err := s.Dial(t.Context(), webServer); network.Problem(err) != "timeout" || s.Now().Sub(start) != 5*time.Second {
			t.Errorf("%v after %v: the first session has become hasty", err, s.Now().Sub(start))
		}
		if _, err := hasty.Dial(t.Context(), webServer); network.Problem(err) != "budget-spent" {
			t.Errorf("%v, want the budget of both spent", err)
		}
		if diff := cmp.Diff(s.Sent(), hasty.Sent(), addresses); diff != "" || s.Sent().Connections != 2 {
			t.Errorf("two counts (-session +hasty):\n%s", diff)
		}
	})
}

func TestHastySessionIsNeverMorePatient(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := network.Network{Connect: hang, Permit: allowAll, Limits: network.Limits{Dial: time.Second}}
		s := n.Session()
		start := s.Now()
		_, err := s.Hasty(time.Minute).Dial(t.Context(), webServer)
		if network.Problem(err) != "timeout" || s.Now().Sub(start) != time.Second {
			t.Errorf("%v after %v, want a timeout after 1s", err, s.Now().Sub(start))
		}
	})
}

func TestWhatAChildProgramSentIsCounted(t *testing.T) {
	t.Parallel()
	n := network.Network{Connect: hang, Permit: allowAll, Limits: network.Limits{PerAddress: 10}}
	s := n.Session()
	address := netip.MustParseAddr("192.0.2.80")
	s.Count(netip.AddrFrom16(address.As16()), 3, 5, 700, 9000)
	s.Count(address, 7, 0, 1, 2)
	want := network.Sent{
		Connections: 10, Requests: 5, Bytes: 701, Received: 9002,
		ByAddress: map[netip.Addr]network.SentTo{address: {Connections: 10, Requests: 5, Bytes: 701}},
	}
	if diff := cmp.Diff(want, s.Sent(), addresses); diff != "" {
		t.Errorf("sent (-want +got):\n%s", diff)
	}
	if _, err := s.Dial(t.Context(), netip.AddrPortFrom(address, 443)); network.Problem(err) != "budget-spent" {
		t.Errorf("%v: what the child sent is not part of the budget", err)
	}
	if got := n.Session().Sent(); got.Connections != 0 {
		t.Errorf("another target has %+v", got)
	}
}

// addresses compares them by value.
var addresses = cmp.Comparer(func(a, b netip.Addr) bool { return a == b })
