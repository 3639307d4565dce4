package services

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"campanile/collectors/evidence"
	"campanile/collectors/network"
	"campanile/collectors/records/services"
)

// everyPort is the curated list.
func everyPort() []uint16 { return services.Ports("tcp") }

func drop(uint16, int) error { return context.DeadlineExceeded }

func TestFirewallThatDropsEverythingIsNoVerdict(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &town{firewall: drop}
		begun := time.Now()
		host, sent := w.look(t, everyPort()...)
		n := len(everyPort())
		if host.State != evidence.Unknown || host.Problem != evidence.Timeout || host.Silent != n || host.Asked != n || len(host.Ports) > 0 || host.Tarpit {
			t.Errorf("%+v", host)
		}
		took := time.Since(begun)
		t.Logf("%d ports, %d connections, %v", n, sent.Connections, took)
		if took > 125*time.Second || sent.Connections != 1+2*n { // a decoy, and each port twice
			t.Errorf("%d connections in %v", sent.Connections, took)
		}
	})
}

func TestHostThatRefusesEverythingWasSeen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		host, sent := (&town{}).look(t, everyPort()...)
		want := evidence.Host{Address: "192.0.2.10", Observation: evidence.SeenAt(now()), Asked: len(everyPort()), Ports: []evidence.Port{}}
		if diff := cmp.Diff(want, host); diff != "" {
			t.Error("-want +got:\n" + diff)
		}
		t.Logf("%d connections, %v", sent.Connections, time.Since(begun))
	})
}

func TestFirewallWithOneDoorIsNoRateLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &town{
			serve: map[uint16]func(net.Conn){22: greets("SSH-1.5-old\n")},
			firewall: func(port uint16, _ int) error {
				if port != 22 {
					return context.DeadlineExceeded
				}
				return nil
			},
		}
		begun := time.Now()
		host, sent := w.look(t, everyPort()...)
		if host.State != evidence.Seen || host.Silent != len(everyPort())-1 || host.Asked != len(everyPort()) || len(host.Ports) != 1 || host.Ports[0].Service != "ssh" {
			t.Errorf("%+v", host)
		}
		took := time.Since(begun)
		t.Logf("%d connections, %v", sent.Connections, took)
		if diff := cmp.Diff([]uint16{445, 139, 135}, host.Filtered); diff != "" { // in order of risk
			t.Error("-want +got:\n" + diff)
		}
		if took > 140*time.Second || sent.Connections > 300 {
			t.Errorf("%d connections in %v", sent.Connections, took)
		}
	})
}

// A knock is one packet, which may be lost: who was silent is asked once more,
// when all others have been.
func TestPortThatWasSilentOnceIsKnockedAtAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		lost := map[uint16]int{3389: 1, 6379: 2, 1433: 1}
		w := &town{serve: map[uint16]func(net.Conn){3389: waits("\x03\x00", rdpConfirm), 6379: greets("-NOAUTH x\r\n")}}
		w.firewall = func(port uint16, _ int) error {
			if lost[port]--; lost[port] >= 0 {
				return context.DeadlineExceeded
			}
			return nil
		}
		host, _ := w.look(t, everyPort()...)
		if host.State != evidence.Seen || host.Silent != 1 || host.Asked != len(everyPort()) || len(host.Ports) != 1 || host.Ports[0].Service != "rdp" {
			t.Errorf("%+v", host)
		}
		const decoy, witness, interviews = 1, 1, 1
		knocks := w.ports[decoy : len(w.ports)-witness-interviews]
		again := slices.Sorted(slices.Values(knocks[len(everyPort()):]))
		if diff := cmp.Diff([]uint16{1433, 3389, 6379}, again); diff != "" {
			t.Errorf("second knocks (-want +got):\n%s", diff)
		}
	})
}

// One lost packet to the port that tells whether we are shut out is no reason to
// stop.
func TestOneLostPacketShutsNobodyOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		visits := 0
		w := &town{serve: map[uint16]func(net.Conn){3389: greets("SSH-1.5-old\n")}}
		w.firewall = func(port uint16, _ int) error {
			if port != 3389 {
				return context.DeadlineExceeded
			}
			if visits++; visits%2 == 0 {
				return context.DeadlineExceeded
			}
			return nil
		}
		host, _ := w.look(t, everyPort()...)
		if host.State != evidence.Seen || host.Silent != len(everyPort())-1 {
			t.Errorf("%+v", host)
		}
	})
}

// Who shuts us out while we knock for the second time has not been silent twice.
func TestAddressThatShutsUsOutInTheEndIsRateLimited(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		half := everyPort()[:40]
		w := &town{serve: map[uint16]func(net.Conn){3389: greets("SSH-1.5-old\n")}}
		w.firewall = func(port uint16, count int) error {
			if count > 150 || port != 3389 && slices.Contains(half, port) {
				return context.DeadlineExceeded
			}
			return nil
		}
		host, _ := w.look(t, everyPort()...)
		if host.State != evidence.Unknown || host.Problem != evidence.RateLimited || host.Silent == 0 || host.Silent >= 39 || host.Asked != len(everyPort()) {
			t.Errorf("%+v", host)
		}
	})
}

// Most guards refuse a guest whom they shut out, and do not drop what he sends.
func TestAddressThatRefusesUsInTheMiddleIsRateLimited(t *testing.T) {
	t.Parallel()
	for name, guard := range map[string]struct {
		open  func(port uint16, count int) bool // after the guard awoke
		state evidence.State
	}{
		"every port":    {func(uint16, int) bool { return false }, evidence.Unknown},
		"another port":  {func(port uint16, _ int) bool { return port != 3389 }, evidence.Seen},
		"not for long":  {func(_ uint16, count int) bool { return count > 60 }, evidence.Seen},
		"only at first": {func(_ uint16, count int) bool { return count < 120 }, evidence.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := &town{serve: map[uint16]func(net.Conn){3389: greets("SSH-1.5-old\n"), 445: greets("SSH-1.5-old\n"), 80: greets("SSH-1.5-old\n")}}
				w.firewall = func(port uint16, count int) error {
					if count > 30 && !guard.open(port, count) {
						return refusal()
					}
					return nil
				}
				host, _ := w.look(t, everyPort()...)
				if host.State != guard.state || host.State == evidence.Unknown && host.Problem != evidence.RateLimited {
					t.Errorf("%+v", host)
				}
			})
		})
	}
}

func TestAddressThatAnswersEveryPortIsATarpit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &town{serve: map[uint16]func(net.Conn){}}
		for port := range 1 << 16 {
			w.serve[uint16(port)] = greets("SSH-2.0-everything\r\n")
		}
		host, sent := w.look(t, everyPort()...)
		want := evidence.Host{Address: "192.0.2.10", Observation: evidence.SeenAt(now()), Tarpit: true, Asked: decoys}
		if diff := cmp.Diff(want, host); diff != "" {
			t.Error("-want +got:\n" + diff)
		}
		if sent.Connections != decoys || sent.Bytes != 0 {
			t.Errorf("sent %+v", sent)
		}
	})
}

func TestMoreThanAHundredOpenPortsAreATarpit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &town{serve: map[uint16]func(net.Conn){}}
		for _, port := range everyPort() {
			w.serve[port] = silent
		}
		host, sent := w.look(t, everyPort()...)
		if !host.Tarpit || len(host.Ports) > 0 || host.Asked > manyOpen+portion || sent.Bytes != 0 {
			t.Errorf("%+v, %d bytes", host, sent.Bytes)
		}
	})
}

func TestAddressThatShutsUsOutIsRateLimited(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &town{firewall: func(_ uint16, count int) error {
			if count > 30 {
				return context.DeadlineExceeded
			}
			return nil
		}}
		begun := time.Now()
		host, sent := w.look(t, everyPort()...)
		if host.State != evidence.Unknown || host.Problem != evidence.RateLimited || host.Asked != 36 || host.Silent != 0 {
			t.Errorf("%+v", host)
		}
		t.Logf("%d connections, %v, %s", sent.Connections, time.Since(begun), host.Detail)
	})
}

func TestAddressThatRecoversIsAskedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var until time.Time
		w := &town{firewall: func(_ uint16, count int) error {
			if count == 31 {
				until = time.Now().Add(20 * time.Second)
			}
			if time.Now().Before(until) {
				return context.DeadlineExceeded
			}
			return nil
		}}
		host, _ := w.look(t, everyPort()...)
		if host.State != evidence.Seen || host.Silent != 0 || host.Asked != len(everyPort()) {
			t.Errorf("%+v", host)
		}
	})
}

func TestPaceIsHeldAndEveryConnectionCounted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &town{serve: map[uint16]func(net.Conn){3389: waits("\x03\x00", rdpConfirm), 4444: greets("?"), 9999: silent}}
		_, sent := w.look(t, append(everyPort()[:40:40], 4444, 9999)...)
		if sent.Connections != len(w.came) || sent.ByAddress[address].Connections != len(w.came) {
			t.Errorf("%d connections counted, %d came", sent.Connections, len(w.came))
		}
		for i := range w.came[1:] {
			if gap := w.came[i+1].Sub(w.came[i]); gap < 200*time.Millisecond {
				t.Fatalf("connection %d came %v after the one before", i+1, gap)
			}
		}
	})
}

func TestGreatestRiskIsAskedFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &town{}
		s := w.network().Session()
		Collect(t.Context(), s, Request{Targets: []Target{{Address: address}}, AtOnce: 1})
		if diff := cmp.Diff(everyPort(), w.ports[1:]); diff != "" { // after the first decoy
			t.Error("-want +got:\n" + diff)
		}
	})
}

func TestBudgetAndPermissionEndTheLook(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change  func(*town, *network.Network)
		problem evidence.Problem
		asked   int
	}{
		"budget": {func(_ *town, n *network.Network) { n.Limits.PerAddress = 10 }, evidence.BudgetSpent, 9},
		"permit": {func(_ *town, n *network.Network) { n.Permit = network.Permit{} }, evidence.NotPermitted, 0},
		"opt-out": {func(_ *town, n *network.Network) {
			n.Permit.OptOut = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
		}, evidence.NotPermitted, 0},
		"opt-out in the middle": {func(w *town, n *network.Network) {
			n.Permit.LeftAlone = func(netip.Addr) bool {
				w.mu.Lock()
				defer w.mu.Unlock()
				return len(w.came) >= 10
			}
		}, evidence.NotPermitted, 9},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := &town{}
				n := w.network()
				tt.change(w, n)
				s := n.Session()
				host := Collect(t.Context(), s, Request{Targets: []Target{{Address: address}}})[0]
				if host.State != evidence.Unknown || host.Problem != tt.problem || host.Asked != tt.asked {
					t.Errorf("%+v", host)
				}
				if sent := s.Sent().Connections; sent != len(w.came) || tt.asked == 0 && sent > 0 {
					t.Errorf("%d connections, %d came", sent, len(w.came))
				}
			})
		})
	}
}

func TestStopIsHonouredInTheMiddle(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		cause error
		want  evidence.Problem
	}{
		"by the stop file":  {&network.Error{Problem: string(evidence.Stopped), Err: context.Canceled}, evidence.Stopped},
		"by the deadline":   {nil, evidence.Interrupted},
		"by another reason": {context.Canceled, evidence.Interrupted},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancelCause(t.Context())
				w := &town{firewall: func(_ uint16, count int) error {
					if count == 20 {
						cancel(tt.cause)
					}
					return nil
				}}
				s := w.network().Session()
				host := Collect(ctx, s, Request{Targets: []Target{{Address: address}}})[0]
				if host.State != evidence.Unknown || host.Problem != tt.want || len(w.came) > 21 {
					t.Errorf("%+v after %d connections", host, len(w.came))
				}
			})
		})
	}
}

func TestDecoysAreTheSameEachTimeAndMeanNothing(t *testing.T) {
	t.Parallel()
	seen := map[uint16]bool{}
	for i := range 200 {
		v := &visit{address: netip.AddrFrom4([4]byte{203, 0, 113, byte(i)}), request: Request{Ports: everyPort()}}
		list := v.decoys()
		if diff := cmp.Diff(list, v.decoys()); diff != "" || len(list) != decoys {
			t.Fatal("two times, two lists:\n" + diff)
		}
		for _, port := range list {
			seen[port] = true
			if port < 20000 || slices.Contains(everyPort(), port) {
				t.Errorf("port %d is no decoy", port)
			}
		}
	}
	if len(seen) < 300 {
		t.Errorf("only %d decoys for 200 addresses", len(seen))
	}
}
