package scan_test

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"campanile/cmd/internal/lab"
	"campanile/cmd/internal/mandate"
	"campanile/cmd/internal/scan"
	"campanile/collectors/evidence"
)

// Where the mandate does not allow it, no port is knocked at, and the evidence
// says why.
func TestNoPortIsAskedWithoutPermission(t *testing.T) {
	t.Parallel()
	territory, err := lab.Start(t.Context(), noon)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = territory.Close() })
	town := territory.Towns()[0].Target()
	everywhere := []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")}
	good := mandate.Mandate{
		File: "mandate.yaml", Body: "Comune", Domains: []string{town.Domain}, Addresses: everywhere, By: "A", Role: "Sindaco",
		From: noon.AddDate(0, 0, -1), Until: noon.AddDate(0, 0, 1), Contact: "ufficio@" + town.Domain,
	}
	for name, tt := range map[string]struct {
		change  func(*scan.Scanner, *mandate.Mandate)
		problem evidence.Problem
		hosts   bool // the reason stands with each address
	}{
		"another-profile": {func(s *scan.Scanner, _ *mandate.Mandate) { s.Profile = evidence.Standard }, evidence.NotInProfile, false},
		"no-mandate":      {func(s *scan.Scanner, _ *mandate.Mandate) { s.Mandate = nil }, evidence.NoMandate, false},
		"another-town":    {func(_ *scan.Scanner, m *mandate.Mandate) { m.Domains = []string{"comune.altrove.example"} }, evidence.NotPermitted, false},
		"expired":         {func(_ *scan.Scanner, m *mandate.Mandate) { m.Until = noon.AddDate(0, 0, -1) }, evidence.NoMandate, false},
		"not-begun":       {func(_ *scan.Scanner, m *mandate.Mandate) { m.From = noon.AddDate(0, 0, 1) }, evidence.NoMandate, false},
		"other-addresses": {func(_ *scan.Scanner, m *mandate.Mandate) {
			m.Addresses = []netip.Prefix{netip.MustParsePrefix("240.0.0.0/24")}
		}, evidence.NotPermitted, true},
		"left-alone": {func(s *scan.Scanner, _ *mandate.Mandate) {
			s.Network.Permit.LeftAlone = func(netip.Addr) bool { return true }
		}, evidence.NotPermitted, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := good
			scanner := scan.Scanner{
				Network: territory.Network(), Profile: evidence.Full, Families: []evidence.Family{evidence.ServicesFamily}, Mandate: &m,
				Tool: evidence.Tool{Name: "campanile", Version: "test"}, Timeout: time.Minute, Concurrency: 1,
			}
			tt.change(&scanner, &m)
			b := scanner.Collect(t.Context(), town)
			if b.Sent.Connections != 0 || b.Sent.Requests != 0 {
				t.Errorf("%d connections, %d requests; want none", b.Sent.Connections, b.Sent.Requests)
			}
			if !tt.hosts {
				if b.Services.Problem != tt.problem || len(b.Services.Hosts) > 0 {
					t.Errorf("%+v; want %s", b.Services, tt.problem)
				}
				return
			}
			if len(b.Services.Hosts) == 0 {
				t.Fatal("no host")
			}
			for _, host := range b.Services.Hosts {
				if host.State != evidence.Unknown || host.Problem != tt.problem {
					t.Errorf("%s: %+v; want %s", host.Address, host.Observation, tt.problem)
				}
			}
		})
	}
}

func TestAddressesOfAMandate(t *testing.T) {
	t.Parallel()
	m := &mandate.Mandate{
		Addresses: []netip.Prefix{netip.MustParsePrefix("192.0.2.10/32"), netip.MustParsePrefix("198.51.100.4/30"), netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("2001:db8::/64")},
		Shared:    []mandate.SharedHost{{Address: netip.MustParseAddr("192.0.2.99")}},
	}
	var got []string
	for _, address := range scan.Listed(m) {
		got = append(got, address.String())
	}
	want := "[192.0.2.10 198.51.100.4 198.51.100.5 198.51.100.6 198.51.100.7 192.0.2.99]"
	if text := fmt.Sprint(got); text != want {
		t.Errorf("got %s, want %s", text, want)
	}
}
