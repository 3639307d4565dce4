package main

import (
	"context"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	mdns "github.com/miekg/dns"

	"campanile/cmd/internal/engine"
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
	here := place{world: l.Network(), anchor: anchor, control: exchangerOf(t, l), engine: engineThat(t, "echo nuclei v3.8.0")}
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

// engineThat is a program that does what the line says.
func engineThat(t *testing.T, line string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), engine.Name)
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+line+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// An engine that is there and does not run is none.
func TestDoctorAsksTheEngine(t *testing.T) {
	t.Parallel()
	missing := filepath.Join(t.TempDir(), engine.Name)
	for name, test := range map[string]struct {
		program string
		want    report.Condition
		detail  string
	}{
		"works":     {engineThat(t, "echo nuclei v3.8.0"), report.Works, "campanile-nuclei: nuclei v3.8.0"},
		"not-found": {"", report.Fails, ""},
		"removed":   {missing, report.Fails, "no such file or directory"},
		"crashes":   {engineThat(t, "echo out of luck >&2; exit 3"), report.Fails, "the engine broke off (exit status 3): out of luck"},
		"mute":      {engineThat(t, "exit 0"), report.Fails, "the engine speaks garbage"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := place{engine: test.program}.scanEngine(t.Context())
			if got.State != test.want || !strings.HasSuffix(got.Detail, test.detail) || len(got.Detail) > 0 != (test.program != "") {
				t.Errorf("got %+v, want %s %q", got, test.want, test.detail)
			}
		})
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
