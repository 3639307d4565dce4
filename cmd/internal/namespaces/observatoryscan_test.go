package namespaces

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"campanile/collectors/evidence"
	"campanile/collectors/records/headers"
	"campanile/report/scheme"
	ruleset "campanile/rules" // a function of these tests has its name
)

// observatoryResolver is where Unbound answers for the hosts of the sets.
const observatoryResolver = "127.0.0.1:5300"

// configureNames lets Unbound know the hosts by heart.
func (l *observatoryLab) configureNames(t *testing.T) *server {
	t.Helper()
	at, port, err := net.SplitHostPort(observatoryResolver)
	if err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf(`server:
  username: ""
  chroot: ""
  pidfile: ""
  do-daemonize: no
  use-syslog: no
  interface: %s@%s
  access-control: 127.0.0.0/8 allow
  module-config: "iterator"
  local-zone: "osservatorio.example." static
`, at, port)
	for i, s := range l.sets {
		text += fmt.Sprintf("  local-data: %q\n", s.host()+". A "+setAddress(i))
	}
	config := filepath.Join(l.Dir, "unbound.conf")
	write(t, config, []byte(text+"remote-control:\n  control-enable: no\n"))
	return l.server("Unbound", observatoryResolver, "unbound", "-d", "-c", config)
}

// evidences scans all hosts with the program and gives what it kept of each.
func (l *observatoryLab) evidences(t *testing.T) map[string]*evidence.Bundle {
	t.Helper()
	list, kept := filepath.Join(l.Dir, "hosts.csv"), filepath.Join(l.Dir, "hosts.jsonl")
	var domains strings.Builder
	for _, s := range l.sets {
		domains.WriteString(s.host() + "\n")
	}
	write(t, list, []byte(domains.String()))
	l.campanile(t, nil, "scan", "@"+list, "--country", "it", "--only", "web,tls", "--resolver", observatoryResolver, "--ca", l.authorities(),
		"--allow-reserved", "--rate", "1000", "--concurrency", "8", "--format", "json", "--out", l.Dir+"/reports/", "--evidence", kept)
	file, err := os.Open(kept)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	bundles := map[string]*evidence.Bundle{}
	for b, err := range evidence.Read(file) {
		if err != nil {
			t.Fatal(err)
		}
		bundles[b.Target.Domain] = b
	}
	return bundles
}

// holdEvidence wants of a scan's evidence the results that our own eyes gave. Open
// are the one test for which it asks nothing, and those that the set lists. It
// gives how many came out so.
func (s headerSet) holdEvidence(t *testing.T, b *evidence.Bundle, ours headers.Report) int {
	t.Helper()
	if b == nil {
		t.Fatal("no evidence")
	}
	graded := s.graded(t, b)
	same := 0
	for _, criterion := range graded.Criteria {
		var want headers.Result
		for _, r := range ours.Results {
			if r.Test() == headers.Test(criterion.ID) && r.Test() != headers.SharingTest && s.open[r.Test()] == "" {
				want = r
			}
		}
		if criterion.Result != string(want) {
			t.Errorf("%s of the scan: %q, and our own eyes say %q", criterion.ID, criterion.Result, want)
			continue
		}
		same++
	}
	if len(graded.Criteria) != len(headers.Tests()) {
		t.Errorf("%d tests of the scan, want %d", len(graded.Criteria), len(headers.Tests()))
	}
	return same
}

// graded is the host on the scale of the Observatory, as reports have it.
func (s headerSet) graded(t *testing.T, b *evidence.Bundle) scheme.Assessment {
	t.Helper()
	schemes, err := ruleset.EmbeddedSchemes()
	if err != nil {
		t.Fatal(err)
	}
	for _, each := range schemes {
		if each.ID != "http-observatory" {
			continue
		}
		for _, assessment := range scheme.Of(each, b, nil) {
			if assessment.Host == s.host() {
				return assessment
			}
		}
	}
	t.Fatal("the scan has no such grade")
	return scheme.Assessment{}
}
