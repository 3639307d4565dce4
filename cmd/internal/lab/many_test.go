package lab

import (
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"campanile/cmd/internal/scan"
	"campanile/collectors/dnssec"
	"campanile/collectors/evidence"
	"campanile/collectors/tls"
)

func many(t *testing.T, n, addresses int) (*Many, Directory) {
	t.Helper()
	m, err := StartMany(t.Context(), time.Now, n, addresses)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { shut(t, m) })
	path := filepath.Join(t.TempDir(), "lab.json")
	if err := m.Directory().Write(path); err != nil {
		t.Fatal(err)
	}
	d, err := ReadDirectory(path)
	if err != nil {
		t.Fatal(err)
	}
	return m, d
}

// lookThrough scans towns as a worker in another process does: it knows the file and
// nothing else.
func lookThrough(t *testing.T, d Directory, targets []evidence.Target) []*evidence.Bundle {
	t.Helper()
	anchor, err := dnssec.ReadAnchor(strings.NewReader(d.Anchor))
	if err != nil {
		t.Fatal(err)
	}
	roots, err := tls.MozillaRoots([]byte(d.CA))
	if err != nil {
		t.Fatal(err)
	}
	world := Reach(d)
	world.Limits.AtOnce, world.Limits.PerSecond, world.Limits.MailSpacing = 2, 1000, time.Millisecond
	world.Limits.ServerPerSecond = 1000
	scanner := scan.Scanner{
		Network: world, Profile: evidence.Standard, Families: []evidence.Family{evidence.DNSFamily, evidence.MailFamily, evidence.TLSFamily, evidence.WebFamily},
		Roots: roots, Anchor: anchor, Tool: evidence.Tool{Name: "campanile", Version: "test"}, Timeout: time.Minute, Concurrency: 3, Suppliers: d.Suppliers,
	}
	bundles := make([]*evidence.Bundle, len(targets))
	err = scanner.Run(t.Context(), targets, func(i int, b *evidence.Bundle) error {
		bundles[i] = b
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return bundles
}

func TestManyTownsAreSeenFromAFile(t *testing.T) {
	t.Parallel()
	m, d := many(t, 12, 3)
	bundles := lookThrough(t, d, d.Towns)
	for i, b := range bundles {
		if got, want := b.Target.Domain, m.Targets()[i].Domain; got != want {
			t.Fatalf("%s stands where %s should", got, want)
		}
		for _, e := range b.Endpoints {
			if e.TLS.State != evidence.Seen {
				t.Errorf("%s: no handshake with %s: %s %s", b.Target.Domain, e.Name, e.TLS.Problem, e.TLS.Detail)
			}
		}
		if len(b.Sites) < 2 || b.Sites[0].HTTPS.State != evidence.Seen {
			t.Errorf("%s: no page was seen: %+v", b.Target.Domain, b.Sites)
		}
		if got := b.Supplier("dns").ID; !strings.HasPrefix(got, "casa00") {
			t.Errorf("%s: its names are at %q", b.Target.Domain, got)
		}
	}
	log := m.Log()
	for address, most := range MostAtOnce(connections(log)) {
		if most > 2 {
			t.Errorf("%s had %d connections at once", address, most)
		}
	}
	for _, want := range []string{"203.0.113.1:80", "203.0.113.3:443", "198.51.100.2:25", "192.0.2.2:53"} {
		if !slices.ContainsFunc(log, func(e Entry) bool { return e.To.String() == want }) {
			t.Errorf("nobody is in the log of %s", want)
		}
	}
}

// connections leaves questions to name servers out.
func connections(log []Entry) []Entry {
	return slices.DeleteFunc(slices.Clone(log), func(e Entry) bool { return e.To.Port() == 53 })
}

func TestAThousandTownsAreRaisedAtOnce(t *testing.T) {
	t.Parallel()
	began := time.Now()
	m, d := many(t, 1000, 60)
	t.Logf("raised in %s", time.Since(began))
	if len(d.Towns) != 1000 || len(d.Suppliers) != 60 {
		t.Errorf("%d towns at %d suppliers", len(d.Towns), len(d.Suppliers))
	}
	domains := map[string]bool{}
	for _, town := range d.Towns {
		domains[town.Domain] = true
		if !strings.HasSuffix(town.Domain, ".test") {
			t.Errorf("%s could be somebody's", town.Domain)
		}
	}
	if len(domains) != 1000 {
		t.Errorf("%d different names", len(domains))
	}
	last := lookThrough(t, d, d.Towns[999:])[0]
	if len(last.Sites) == 0 || last.Sites[0].HTTPS.State != evidence.Seen || !strings.Contains(last.Sites[0].HTTPS.Page.Title, "Borgo 1000") {
		t.Errorf("the last town was not seen: %+v", last.Sites)
	}
	if len(m.Log()) == 0 {
		t.Error("nobody came")
	}
}

func TestTheDirectoryLeadsToLoopbackOnly(t *testing.T) {
	t.Parallel()
	_, d := many(t, 1, 1)
	path := filepath.Join(t.TempDir(), "lab.json")
	d.TCP[netip.MustParseAddrPort("203.0.113.1:443")] = netip.MustParseAddrPort("198.51.100.9:443")
	if err := d.Write(path); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadDirectory(path); err == nil {
		t.Error("a listener that is not on loopback was taken")
	}
	if conn, err := Reach(d).Connect(t.Context(), "tcp", netip.MustParseAddrPort("203.0.113.1:443")); err == nil {
		shut(t, conn)
		t.Error("it was dialled")
	}
	if conn, err := Reach(d).Connect(t.Context(), "tcp", netip.MustParseAddrPort("203.0.113.77:443")); err == nil {
		shut(t, conn)
		t.Error("an address that nobody has was dialled")
	}
}

func TestALogIsCounted(t *testing.T) {
	t.Parallel()
	at, start := netip.MustParseAddrPort("203.0.113.1:443"), time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	second := func(s int) time.Time { return start.Add(time.Duration(s) * time.Second) }
	log := []Entry{
		{"tcp", at, second(0), second(2)},
		{"tcp", at, second(1), second(3)},
		{"tcp", at, second(2), second(9)}, // comes as the first leaves
		{"tcp", at, second(6), time.Time{}},
		{"tcp", netip.MustParseAddrPort("203.0.113.2:80"), second(1), second(2)},
	}
	if got := MostAtOnce(log)[at.Addr()]; got != 2 {
		t.Errorf("%d at once, want 2", got)
	}
	for span, want := range map[time.Duration]int{time.Second: 1, 2 * time.Second: 2, 5 * time.Second: 3, time.Minute: 4} {
		if got := MostWithin(log, span)[at.Addr()]; got != want {
			t.Errorf("%d within %s, want %d", got, span, want)
		}
	}
}

// Who has left is gone before the next one comes, though the server reads of it
// later.
func TestWhoHasLeftIsNotCounted(t *testing.T) {
	t.Parallel()
	m, d := many(t, 1, 1)
	world, at := Reach(d), netip.MustParseAddrPort("203.0.113.1:80")
	for range 200 {
		conn, err := world.Connect(t.Context(), "tcp", at)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Write([]byte("GET / HTTP/1.1\r\n")); err != nil {
			t.Fatal(err)
		}
		shut(t, conn)
	}
	if got := MostAtOnce(m.Log())[at.Addr()]; got > 1 {
		t.Errorf("%d at once, though one came after the other", got)
	}
}
