package namespaces

import (
	"os"
	"testing"

	"campanile/collectors/evidence"
)

// What one municipality costs its name servers and resolver, with two name
// servers in two families and one mail exchanger: a promise that grows only with
// a reason. Two more are allowed, for an answer that got lost.
const (
	mostQueries     = 35
	mostNameQueries = 38
	mostToServers   = 2
)

// testSent scans the exemplary town alone, so that no question is asked twice
// because an answer was late, and counts what was sent.
func (w *world) testSent(t *testing.T) {
	s := w.run(t, w.Towns[0], w.Resolver.V4)
	sent := s.bundle(t).Sent
	connections := 0
	for _, server := range []address{w.Root, w.TLD, w.SecondTLD, w.Leaf, w.SecondLeaf} {
		connections += sent.ByAddress[server.V4].Connections + sent.ByAddress[server.V6].Connections
	}
	t.Logf("%d DNS questions and %d in search of names, %d TCP connections to name servers", sent.DNSQueries, sent.NameQueries, connections)
	for _, row := range []struct {
		what      string
		got, most int
	}{
		{"DNS questions", sent.DNSQueries, mostQueries + 2},
		{"DNS questions in search of names", sent.NameQueries, mostNameQueries + 2},
		{"TCP connections to name servers", connections, mostToServers + 2},
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
