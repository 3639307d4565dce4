package namespaces

import (
	"os"
	"testing"

	"campanile/collectors/evidence"
)

// What one municipality costs its name servers and resolver, with two name
// servers in two families and one mail exchanger: a promise that grows only with
// a reason. Two of the questions find the authority that keeps the list of revoked
// certificates. Two more are allowed, for an answer that got lost.
const (
	mostQueries     = 37
	mostNameQueries = 38
	mostToServers   = 2
)

// What it costs its site and the authority: connections. To each of the two
// addresses of the site go an ordinary handshake for each of its two names, in
// which the page is asked for at the first, and the hellos that tell what the
// server accepts, for one name alone; to the first also port 80 for each name, and
// for each page on a host of its own one connection to all that is asked beyond it.
// Requests are the four home pages, robots.txt, privacy notice and legal notes, and
// security.txt below both names.
const (
	mostToSite      = 28
	mostFromSite    = 9 // requests
	mostToAuthority = 1 // all names share the list
)

// testSent scans the exemplary town alone, so that no question is asked twice
// because an answer was late, and counts what was sent.
func (w *world) testSent(t *testing.T) {
	before := len(w.visits(t, w.Towns[0]))
	s := w.run(t, w.Towns[0], w.Resolver.V4)
	sent := s.bundle(t).Sent
	connections := func(servers ...address) int {
		sum := 0
		for _, server := range servers {
			sum += sent.ByAddress[server.V4].Connections + sent.ByAddress[server.V6].Connections
		}
		return sum
	}
	nameServers := connections(w.Root, w.TLD, w.SecondTLD, w.Leaf, w.SecondLeaf)
	site, authority := connections(w.Towns[0].Web), connections(w.Issuer)
	at := w.Towns[0].Web
	requests, counted := sent.ByAddress[at.V4].Requests+sent.ByAddress[at.V6].Requests, len(w.visits(t, w.Towns[0]))-before
	t.Logf("%d DNS questions and %d in search of names; TCP connections: %d to name servers, %d to the site with %d requests, %d to the authority",
		sent.DNSQueries, sent.NameQueries, nameServers, site, requests, authority)
	if requests != counted {
		t.Errorf("%d requests to the site by our own count, and %d in nginx's log", requests, counted)
	}
	for _, row := range []struct {
		what      string
		got, most int
	}{
		{"DNS questions", sent.DNSQueries, mostQueries + 2},
		{"DNS questions in search of names", sent.NameQueries, mostNameQueries + 2},
		{"TCP connections to name servers", nameServers, mostToServers + 2},
		{"TCP connections to the site", site, mostToSite + 2},
		{"requests to the site", requests, mostFromSite},
		{"TCP connections to the authority", authority, mostToAuthority},
	} {
		if row.got > row.most {
			t.Errorf("%d %s, want %d at most", row.got, row.what, row.most)
		}
	}
}

// bundle reads the evidence of the scan.
func (s *scan) bundle(t *testing.T) *evidence.Bundle {
	t.Helper()
	file, err := os.Open(s.evidence)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for b, err := range evidence.Read(file) {
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	t.Fatal("no evidence in " + s.evidence)
	return nil
}
