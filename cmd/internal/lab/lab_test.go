package lab

import (
	"io"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// The last test is that every lab raised here left nothing behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var someDay = time.Date(2026, time.November, 22, 10, 30, 0, 0, time.UTC)

func raised(t *testing.T) *Lab {
	t.Helper()
	return raisedOn(t, someDay)
}

func raisedOn(t *testing.T, day time.Time) *Lab {
	t.Helper()
	l, err := Start(t.Context(), day)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { shut(t, l) })
	return l
}

func shut(t *testing.T, it io.Closer) {
	t.Helper()
	if err := it.Close(); err != nil {
		t.Error(err)
	}
}

func TestTownsAreToldApart(t *testing.T) {
	t.Parallel()
	domains, codes := map[string]bool{}, map[string]bool{}
	for _, town := range slices.Concat(territory(), behindTheHill()) {
		if domains[town.Domain] || codes[town.Code] {
			t.Errorf("%s or its code %s stands twice", town.Domain, town.Code)
		}
		domains[town.Domain], codes[town.Code] = true, true
		if !strings.HasSuffix(town.Domain, ".campanile.test") || town.Domain+"." != town.zone.origin {
			t.Errorf("%s is not the town's zone in the lab", town.Domain)
		}
		for _, language := range []string{"it", "fr", "en"} {
			if town.Personality[language] == "" {
				t.Errorf("%s says nothing of itself in %s", town.Domain, language)
			}
		}
		for _, rule := range town.Unknown {
			if slices.Contains(town.Planted, rule) {
				t.Errorf("%s: %s cannot both fail and be unknown", town.Domain, rule)
			}
		}
	}
}

func TestTheFirstTownIsExemplary(t *testing.T) {
	t.Parallel()
	if first := territory()[0]; len(first.Planted)+len(first.Unknown) > 0 {
		t.Errorf("%s has planted faults %q and unknowns %q", first.Domain, first.Planted, first.Unknown)
	}
}

// Documentation ranges (RFC 5737, RFC 3849) belong to nobody: even a program
// that dialled them past the lab would reach no one.
func TestAllAddressesAreFictional(t *testing.T) {
	t.Parallel()
	l := raised(t)
	fictional := []netip.Prefix{
		netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.51.100.0/24"),
		netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("2001:db8::/32"),
		netip.MustParsePrefix("127.0.0.1/32"), // a town's slip; the lab dials nothing there either
	}
	for _, table := range l.tree {
		for _, owner := range table.owners {
			for _, address := range l.tree.addresses(owner) {
				if !slices.ContainsFunc(fictional, func(p netip.Prefix) bool { return p.Contains(address) }) {
					t.Errorf("%s has the address %s", owner, address)
				}
			}
		}
	}
}

func TestCloseEndsConnectionsInUse(t *testing.T) {
	t.Parallel()
	l := raised(t)
	session := l.Network().Session()
	var open []io.Reader
	for _, address := range []string{"192.0.2.90:443", "192.0.2.92:25", "192.0.2.10:80", "192.0.2.11:25"} {
		conn, err := session.Dial(t.Context(), netip.MustParseAddrPort(address))
		if err != nil {
			t.Fatal(err)
		}
		defer shut(t, conn)
		open = append(open, conn)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	for i, conn := range open {
		buffer := make([]byte, 1<<20)
		for {
			if _, err := conn.Read(buffer); err != nil {
				if strings.Contains(err.Error(), "timeout") {
					t.Errorf("connection %d is still open", i)
				}
				break
			}
		}
	}
	if err := l.Close(); err != nil {
		t.Errorf("closing twice: %v", err)
	}
}
