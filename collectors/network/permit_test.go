package network_test

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"

	"campanile/collectors/network"
)

// The edges of the special-purpose registries (RFC 6890): the first and last
// address of a block, and the neighbours outside.
func TestOnlyTheGlobalInternetIsPermitted(t *testing.T) {
	t.Parallel()
	tests := map[string]string{ // address: the reason of the refusal, or "" when permitted
		"0.0.0.0":         "is reserved: this network, RFC 791",
		"0.255.255.255":   "is reserved: this network, RFC 791",
		"1.0.0.0":         "",
		"8.8.8.8":         "",
		"9.255.255.255":   "",
		"10.0.0.0":        "is reserved: private use, RFC 1918",
		"10.0.0.1":        "is reserved: private use, RFC 1918",
		"10.255.255.255":  "is reserved: private use, RFC 1918",
		"11.0.0.0":        "",
		"100.63.255.255":  "",
		"100.64.0.0":      "is reserved: shared address space, RFC 6598",
		"100.127.255.255": "is reserved: shared address space, RFC 6598",
		"100.128.0.0":     "",
		"126.255.255.255": "",
		"127.0.0.1":       "is reserved: loopback, RFC 1122",
		"127.255.255.255": "is reserved: loopback, RFC 1122",
		"128.0.0.0":       "",
		"169.253.255.255": "",
		"169.254.169.254": "is reserved: link local, RFC 3927",
		"169.255.0.0":     "",
		"172.15.255.255":  "",
		"172.16.0.0":      "is reserved: private use, RFC 1918",
		"172.31.255.255":  "is reserved: private use, RFC 1918",
		"172.32.0.0":      "",
		"191.255.255.255": "",
		"192.0.0.8":       "is reserved: IETF protocol assignments, RFC 6890",
		"192.0.0.9":       "",
		"192.0.0.10":      "",
		"192.0.0.11":      "is reserved: IETF protocol assignments, RFC 6890",
		"192.0.0.255":     "is reserved: IETF protocol assignments, RFC 6890",
		"192.0.1.0":       "",
		"192.0.2.1":       "is reserved: documentation (TEST-NET-1), RFC 5737",
		"192.0.3.0":       "",
		"192.31.196.1":    "",
		"192.88.99.1":     "is reserved: deprecated 6to4 relay anycast, RFC 7526",
		"192.168.0.1":     "is reserved: private use, RFC 1918",
		"192.169.0.0":     "",
		"198.17.255.255":  "",
		"198.18.0.0":      "is reserved: benchmarking, RFC 2544",
		"198.19.255.255":  "is reserved: benchmarking, RFC 2544",
		"198.20.0.0":      "",
		"198.51.100.1":    "is reserved: documentation (TEST-NET-2), RFC 5737",
		"203.0.113.1":     "is reserved: documentation (TEST-NET-3), RFC 5737",
		"223.255.255.255": "",
		"224.0.0.1":       "is reserved: multicast, RFC 5771",
		"239.255.255.255": "is reserved: multicast, RFC 5771",
		"240.0.0.1":       "is reserved: reserved, RFC 1112",
		"255.255.255.255": "is reserved: limited broadcast, RFC 8190",

		"::":                    "is reserved: outside global unicast, RFC 4291",
		"::1":                   "is reserved: outside global unicast, RFC 4291",
		"::10.0.0.1":            "is reserved: outside global unicast, RFC 4291",
		"::ffff:10.0.0.1":       "is reserved: private use, RFC 1918", // RFC 4291 section 2.5.5.2: the IPv4 address itself
		"::ffff:8.8.8.8":        "",
		"64:ff9b::a00:1":        "is reserved: private use, RFC 1918", // RFC 6052: 10.0.0.1 behind a translator
		"64:ff9b::7f00:1":       "is reserved: loopback, RFC 1122",
		"64:ff9b::808:808":      "",
		"64:ff9b:1::1":          "is reserved: local IPv4-IPv6 translation, RFC 8215",
		"64:ff9b:1::808:808":    "is reserved: local IPv4-IPv6 translation, RFC 8215",
		"64:ff9b:0:0:0:1:0:1":   "is reserved: outside global unicast, RFC 4291",
		"100::1":                "is reserved: discard only, RFC 6666",
		"100:0:0:1::1":          "is reserved: dummy prefix, RFC 9780",
		"1fff:ffff::":           "is reserved: outside global unicast, RFC 4291",
		"2000::":                "",
		"2001::1":               "is reserved: Teredo, RFC 4380",
		"2001:1::":              "is reserved: IETF protocol assignments, RFC 2928",
		"2001:1::1":             "",
		"2001:1::3":             "",
		"2001:1::4":             "is reserved: IETF protocol assignments, RFC 2928",
		"2001:2::1":             "is reserved: benchmarking, RFC 5180",
		"2001:2:1::":            "is reserved: IETF protocol assignments, RFC 2928",
		"2001:3::1":             "",
		"2001:4:112::1":         "",
		"2001:10::1":            "is reserved: deprecated ORCHID, RFC 4843",
		"2001:20::1":            "",
		"2001:1ff:ffff::1":      "is reserved: IETF protocol assignments, RFC 2928",
		"2001:200::1":           "",
		"2001:db7:ffff::1":      "",
		"2001:db8::1":           "is reserved: documentation, RFC 3849",
		"2001:db8:ffff::1":      "is reserved: documentation, RFC 3849",
		"2001:db9::1":           "",
		"2002::1":               "is reserved: 6to4, RFC 3056",
		"2002:808:808::1":       "is reserved: 6to4, RFC 3056",
		"2003::1":               "",
		"2606:4700::1":          "",
		"2620:4f:8000::1":       "",
		"3ffe:ffff::1":          "",
		"3fff::1":               "is reserved: documentation, RFC 9637",
		"3fff:fff:ffff::1":      "is reserved: documentation, RFC 9637",
		"3fff:1000::1":          "",
		"4000::1":               "is reserved: outside global unicast, RFC 4291",
		"5f00::1":               "is reserved: segment routing identifiers, RFC 9602",
		"fbff::1":               "is reserved: outside global unicast, RFC 4291",
		"fc00::1":               "is reserved: unique local, RFC 4193",
		"fdff:ffff::1":          "is reserved: unique local, RFC 4193",
		"fe80::1":               "is reserved: link local, RFC 4291",
		"fe80::1%eth0":          "has a zone",
		"2606:4700::1%eth0":     "has a zone",
		"fec0::1":               "is reserved: outside global unicast, RFC 4291", // site local, deprecated by RFC 3879
		"ff02::1":               "is reserved: multicast, RFC 4291",
		"ffff:ffff:ffff:ffff::": "is reserved: multicast, RFC 4291",
	}
	for text, why := range tests {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			err := network.Permit{}.Check(netip.MustParseAddr(text))
			checkRefusal(t, err, why)
			// In a lab every address is open, but for those who opted out.
			if err := (network.Permit{AllowReserved: true}).Check(netip.MustParseAddr(text)); err != nil {
				t.Errorf("with reserved addresses allowed: %v", err)
			}
		})
	}
}

// checkRefusal holds an error of Permit against the end of its message.
func checkRefusal(t *testing.T, err error, why string) {
	t.Helper()
	switch {
	case why == "" && err != nil:
		t.Errorf("got %v, want permission", err)
	case why != "" && err == nil:
		t.Errorf("permitted, want refusal: %s", why)
	case why != "" && network.Problem(err) != "not-permitted":
		t.Errorf("problem %q, want not-permitted", network.Problem(err))
	case why != "" && !strings.HasSuffix(err.Error(), " "+why):
		t.Errorf("got %q, want ... %q", err, why)
	}
}

func TestWhoAskedToBeLeftAloneIsLeftAlone(t *testing.T) {
	t.Parallel()
	optOut := []netip.Prefix{
		netip.MustParsePrefix("8.8.8.0/24"),
		netip.MustParsePrefix("2606:4700::/32"),
		netip.MustParsePrefix("64:ff9b::101:0/112"),
		netip.MustParsePrefix("fe80::/10"),
	}
	const leave = "asked to be left alone"
	tests := map[string]struct {
		address string
		want    string
	}{
		"inside":                    {"8.8.8.8", leave},
		"last-address-inside":       {"8.8.8.255", leave},
		"beside":                    {"8.8.9.0", ""},
		"inside-ipv6":               {"2606:4700:ffff::1", leave},
		"beside-ipv6":               {"2606:4701::1", ""},
		"mapped":                    {"::ffff:8.8.8.8", leave},
		"behind-a-translator":       {"64:ff9b::808:808", leave},
		"the-translator-itself":     {"64:ff9b::101:1", leave},
		"another-behind-translator": {"64:ff9b::808:908", ""},
		"with-a-zone":               {"fe80::1%eth0", leave},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := netip.MustParseAddr(test.address)
			checkRefusal(t, network.Permit{OptOut: optOut}.Check(address), test.want)
			// A lab that allows reserved addresses still respects the list.
			checkRefusal(t, network.Permit{OptOut: optOut, AllowReserved: true}.Check(address), test.want)
		})
	}
}

// An entry that comes while the scan runs counts for the next connection and the
// next datagram, for those that wait for their turn already too.
func TestWhoAsksInTheMiddleIsLeftAloneAtOnce(t *testing.T) {
	t.Parallel()
	for name, send := range map[string]func(context.Context, *network.Session) error{
		"connection": func(ctx context.Context, s *network.Session) error {
			conn, err := s.Dial(ctx, webServer)
			if err == nil {
				conn.Close()
			}
			return err
		},
		"datagram": func(ctx context.Context, s *network.Session) error {
			_, err := s.Exchange(ctx, webServer, []byte("?"), 1, func([]byte) bool { return true })
			return err
		},
		"name-server": func(ctx context.Context, s *network.Session) error {
			return s.AskServer(ctx, webServer.Addr(), network.Query{Name: "comune.example", Type: dns.TypeA, Anew: true}).Err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var left atomic.Bool
				var dialled atomic.Int32
				n := network.Network{Connect: func(context.Context, string, netip.AddrPort) (net.Conn, error) {
					dialled.Add(1)
					return nil, syscall.ECONNREFUSED
				}}
				n.Limits = network.Limits{PerSecond: 1, ServerPerSecond: 5}
				n.Permit = network.Permit{AllowReserved: true, LeftAlone: func(a netip.Addr) bool { return left.Load() && a == webServer.Addr() }}
				s := n.Session()
				for range 5 { // the share of five seconds, or of one
					if got := network.Problem(send(t.Context(), s)); got != "refused" {
						t.Fatalf("problem %q before anybody asked", got)
					}
				}
				time.AfterFunc(time.Second/2, func() { left.Store(true) })
				checkRefusal(t, send(t.Context(), s), "asked to be left alone")
				checkRefusal(t, send(t.Context(), s), "asked to be left alone")
				if got := dialled.Load(); got != 5 {
					t.Errorf("%d times it was dialled, want 5", got)
				}
				if sent := s.Sent(); sent.Connections+sent.Queries != 5 {
					t.Errorf("sent %+v, want five", sent)
				}
			})
		})
	}
}

func TestMappedAndTranslatedAddressesAreLeftAloneToo(t *testing.T) {
	t.Parallel()
	alone := network.Permit{LeftAlone: func(a netip.Addr) bool { return a == netip.MustParseAddr("8.8.8.8") }}
	for address, want := range map[string]string{
		"8.8.8.8": "asked to be left alone", "::ffff:8.8.8.8": "asked to be left alone", "64:ff9b::808:808": "asked to be left alone", "8.8.8.9": "",
	} {
		checkRefusal(t, alone.Check(netip.MustParseAddr(address)), want)
	}
}

func TestNoAddressIsNotPermitted(t *testing.T) {
	t.Parallel()
	for _, allow := range []bool{false, true} {
		checkRefusal(t, network.Permit{AllowReserved: allow}.Check(netip.Addr{}), "is not an address")
	}
}

func TestAddressesOutOfPlace(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]struct{ public, lab bool }{
		"127.0.0.1":   {true, true},
		"::1":         {true, true},
		"169.254.1.1": {true, true},
		"0.0.0.0":     {true, true},
		"10.0.0.1":    {true, false},
		"192.0.2.1":   {true, false},
		"9.9.9.9":     {false, false},
	} {
		at := netip.MustParseAddr(address)
		if got := (network.Permit{}).Misplaced(at); got != want.public {
			t.Errorf("%s in public: %v", address, got)
		}
		if got := (network.Permit{AllowReserved: true}).Misplaced(at); got != want.lab {
			t.Errorf("%s in a lab: %v", address, got)
		}
	}
}
