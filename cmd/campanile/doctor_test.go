package main

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	mdns "github.com/miekg/dns"

	"campanile/cmd/internal/lab"
	"campanile/collectors/dnssec"
	"campanile/collectors/network"
	"campanile/report"
)

// states gives the state of each capability.
func states(list []report.Capability) map[string]report.Condition {
	found := map[string]report.Condition{}
	for _, c := range list {
		found[c.ID] = c.State
	}
	return found
}

func TestDoctorLooksAtEveryCapability(t *testing.T) {
	t.Parallel()
	var ids []string
	for _, c := range (place{world: &network.Network{}}).examine(t.Context()) {
		ids = append(ids, c.ID)
	}
	if diff := cmp.Diff(report.Capabilities, ids); diff != "" {
		t.Errorf("capabilities (-want +got):\n%s", diff)
	}
}

func TestDoctorInASoundPlace(t *testing.T) {
	t.Parallel()
	l, err := lab.Start(t.Context(), time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	anchor, err := dnssec.ReadAnchor(strings.NewReader(l.Anchor()))
	if err != nil {
		t.Fatal(err)
	}
	here := place{world: l.Network(), anchor: anchor, control: exchangerOf(t, l), engine: "/opt/campanile-nuclei"}
	got := states(here.examine(t.Context()))
	for _, id := range []string{"resolver", "resolver-tcp", "dnssec-data", "dnssec-validation", "anchor", "clock", "port25", "engine"} {
		if got[id] != report.Works {
			t.Errorf("%s: %s, want works", id, got[id])
		}
	}
	late := l.Network()
	late.Now = func() time.Time { return time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC) }
	here.world = late
	if got := states(here.examine(t.Context())); got["clock"] != report.Fails || got["anchor"] == report.Works {
		t.Errorf("clock %s, anchor %s; want a clock that is wrong", got["clock"], got["anchor"])
	}
}

// exchangerOf finds a mail server of the exemplary town.
func exchangerOf(t *testing.T, l *lab.Lab) string {
	t.Helper()
	answer := l.Network().Session().Ask(t.Context(), l.Towns()[0].Domain, mdns.TypeMX)
	if len(answer.Records) == 0 {
		t.Fatalf("no MX: %v", answer.Err)
	}
	return strings.TrimSuffix(answer.Records[0].(*mdns.MX).Mx, ".")
}

// A box on the way that answers every question on port 53 is no open way out.
func TestAnswerInPlaceOfTheRootIsNoWayOut(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		authority bool
		want      report.Condition
	}{
		"the-server-itself": {true, report.Works},
		"a-box-on-the-way":  {false, report.Fails},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := rootOn(t, test.authority)
			world := &network.Network{
				Permit: network.Permit{AllowReserved: true},
				Connect: func(ctx context.Context, kind string, _ netip.AddrPort) (net.Conn, error) {
					return dial(ctx, kind, at)
				},
			}
			for _, overTCP := range []bool{false, true} {
				got := direct(t.Context(), world.Session(), "port53", netip.MustParseAddr("192.0.2.1"), overTCP)
				if got.State != test.want {
					t.Errorf("over TCP %v: %+v, want %s", overTCP, got, test.want)
				}
			}
		})
	}
}

// samePort opens one port for both; somebody else may hold one of them.
func samePort(t *testing.T) (net.Listener, net.PacketConn) {
	t.Helper()
	for range 20 {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		if packets, err := net.ListenPacket("udp", listener.Addr().String()); err == nil {
			return listener, packets
		}
		_ = listener.Close()
	}
	t.Fatal("no port is free for both UDP and TCP")
	return nil, nil
}

// rootOn serves the SOA record of a root on loopback, by UDP and TCP.
func rootOn(t *testing.T, authority bool) netip.AddrPort {
	t.Helper()
	listener, packets := samePort(t)
	handler := mdns.HandlerFunc(func(w mdns.ResponseWriter, query *mdns.Msg) {
		message := new(mdns.Msg).SetReply(query)
		message.Authoritative = authority
		_ = w.WriteMsg(message)
	})
	for _, server := range []*mdns.Server{{Listener: listener, Handler: handler}, {PacketConn: packets, Handler: handler}} {
		started, ended := make(chan struct{}), make(chan struct{})
		server.NotifyStartedFunc = func() { close(started) }
		go func() {
			defer close(ended)
			_ = server.ActivateAndServe()
		}()
		<-started
		t.Cleanup(func() {
			_ = server.Shutdown()
			<-ended
		})
	}
	return netip.MustParseAddrPort(listener.Addr().String())
}
