package scan

import (
	"context"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"campanile/cmd/internal/mandate"
	"campanile/collectors/evidence"
	"campanile/collectors/network"
)

func TestOneMunicipalityAtATimeLooksAtAnAddress(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		one, other := netip.MustParseAddr("192.0.2.10"), netip.MustParseAddr("192.0.2.11")
		var all turns
		leave, ok := all.enter(t.Context(), one)
		if !ok {
			t.Fatal("the first waits")
		}
		if leave, ok := all.enter(t.Context(), other); !ok {
			t.Error("another address waits")
		} else {
			leave()
		}
		impatient, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, ok := all.enter(impatient, one); ok {
			t.Error("two at a time")
		}
		time.AfterFunc(time.Minute, leave)
		begun := time.Now()
		if leave, ok := all.enter(t.Context(), one); !ok || time.Since(begun) != time.Minute {
			t.Errorf("%v after %v", ok, time.Since(begun))
		} else {
			leave()
		}
	})
}

func TestPaceIsThatOfTheUserAndOfTheLetter(t *testing.T) {
	t.Parallel()
	for rate, want := range map[int]int{0: 5, 1: 1, 5: 5, 50: 5} {
		l := look{Scanner: Scanner{Network: &network.Network{Limits: network.Limits{PerSecond: rate}}}}
		if got := l.pace(); got != want {
			t.Errorf("rate %d: %d a second, want %d", rate, got, want)
		}
	}
}

// Where a name leads that asked to be left alone, nobody knocks, whatever the
// mandate says.
func TestNamesThatAskedToBeLeftAlone(t *testing.T) {
	t.Parallel()
	lookup := func(name, kind, address string, aliases ...string) evidence.Lookup {
		return evidence.Lookup{Name: name, Type: kind, Observation: evidence.Observation{State: evidence.Seen}, Records: []string{address}, Aliases: aliases}
	}
	l := look{
		Scanner: Scanner{
			Network: &network.Network{Permit: network.Permit{AllowReserved: true}},
			Mandate: &mandate.Mandate{
				File: "mandate.yaml", Domains: []string{"comune.example"}, Addresses: []netip.Prefix{netip.MustParsePrefix("192.0.2.8/29"), netip.MustParsePrefix("2001:db8::/64")},
				From: time.Now().AddDate(0, 0, -1), Until: time.Now().AddDate(0, 0, 1),
			},
			LeftAlone: func(name string) bool { return name == "posta.comune.example" || name == "mx.valle.example" },
		},
		b: &evidence.Bundle{Target: evidence.Target{Domain: "comune.example"}},
	}
	l.session = l.Network.Session()
	l.b.DNS.Lookups = []evidence.Lookup{
		lookup("comune.example", "A", "192.0.2.9"),
		lookup("posta.comune.example", "A", "192.0.2.10"),
		lookup("posta.comune.example", "AAAA", "2001:db8::10"),
		lookup("webmail.comune.example", "A", "192.0.2.11", "posta.comune.example."),
		lookup("mx.valle.example", "A", "192.0.2.12"),
	}
	refused := map[string]bool{}
	for _, p := range l.places() {
		refused[p.address.String()] = p.refused.Problem == evidence.NotPermitted
	}
	for address, want := range map[string]bool{
		"192.0.2.8": false, "192.0.2.9": false, "192.0.2.10": true, "192.0.2.11": true, "192.0.2.12": true, "192.0.2.13": false, "2001:db8::10": true,
	} {
		if got, known := refused[address]; !known || got != want {
			t.Errorf("%s: refused %v, known %v; want %v", address, got, known, want)
		}
	}
}

// Who asks in the middle ends the look at an address at once, and so does the last
// day of the mandate, whatever the timers of a computer say that slept.
func TestWhatEndsALookInTheMiddle(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		leftAlone string
		asleep    time.Duration
		want      evidence.Problem
	}{
		"a name that leads there": {"posta.comune.example", 0, evidence.NotPermitted},
		"the domain":              {"comune.example", 0, evidence.NotPermitted},
		"the end of the mandate":  {"", 72 * time.Hour, evidence.NoMandate},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				begun := time.Now()
				later := func() bool { return time.Since(begun) > time.Minute }
				l := look{
					Scanner: Scanner{
						Network: &network.Network{Permit: network.Permit{AllowReserved: true}, Now: func() time.Time {
							if later() {
								return time.Now().Add(tt.asleep)
							}
							return time.Now()
						}},
						Mandate:   &mandate.Mandate{From: begun.AddDate(0, 0, -1), Until: begun.AddDate(0, 0, 1)},
						LeftAlone: func(name string) bool { return name == tt.leftAlone && later() },
					},
					b: &evidence.Bundle{Target: evidence.Target{Domain: "comune.example"}},
				}
				l.session = l.Network.Session()
				ctx, over := l.whileWelcome(t.Context(), place{address: netip.MustParseAddr("192.0.2.10"), leads: []string{"posta.comune.example"}})
				defer over()
				<-ctx.Done()
				if took := time.Since(begun); took > time.Minute+time.Second || network.Problem(context.Cause(ctx)) != string(tt.want) {
					t.Errorf("%v after %v", context.Cause(ctx), took)
				}
			})
		})
	}
}

// A zone can hold names that no URL can.
func TestNamesThatNoURLHolds(t *testing.T) {
	t.Parallel()
	host := evidence.Host{Address: "192.0.2.10", Ports: []evidence.Port{{Number: 80, Transport: "tcp", Service: "http"}}}
	p := place{address: netip.MustParseAddr("192.0.2.10"), names: []string{`a\032b.comune.example`, "x/../y.comune.example", "www.comune.example"}}
	got := targetsOf(host, p)
	if len(got) != 1 || got[0].URL != "http://www.comune.example" {
		t.Errorf("got %+v", got)
	}
}

// What is more than is looked at is told, and never left out in silence.
func TestMoreAddressesThanAreLookedAt(t *testing.T) {
	t.Parallel()
	var many []netip.Addr
	for address := netip.MustParseAddr("192.0.2.1"); len(many) < MostPlaces+6; address = address.Next() {
		many = append(many, address)
	}
	l := look{
		Scanner: Scanner{
			Network: &network.Network{Permit: network.Permit{AllowReserved: true}}, Addresses: many,
			Mandate: &mandate.Mandate{
				Domains: []string{"comune.example"}, Addresses: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")},
				From: time.Now().AddDate(0, 0, -1), Until: time.Now().AddDate(0, 0, 1),
			},
		},
		b: &evidence.Bundle{Target: evidence.Target{Domain: "comune.example"}},
	}
	l.session = l.Network.Session()
	over := 0
	for _, p := range l.places() {
		if p.refused.Problem == evidence.TooMany {
			over++
		}
	}
	if over != 6 {
		t.Errorf("%d addresses are said to be too many, want 6", over)
	}
}
