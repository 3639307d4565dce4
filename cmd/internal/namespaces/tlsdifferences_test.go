package namespaces

import (
	"slices"
	"testing"

	"campanile/collectors/records"
)

// tlsDifference is where nmap and sslscan together do not see what we see, and
// why we are right. The test holds us to each of them: a peer that learns it, or
// a list of ours that loses it, is a failure.
type tlsDifference struct {
	server string
	less   []string // lines of theirs that are not so
	more   []string // lines that they do not have
	order  string   // whose order of suites it is, where nmap says otherwise
	why    string
}

var tlsDifferences = []tlsDifference{
	{
		server: "go-default",
		more:   []string{"group SecP256r1MLKEM768", "group SecP384r1MLKEM1024", "group X25519MLKEM768"},
		why:    "sslscan 2.0.7 and nmap 7.93 know no post-quantum groups; crypto/tls of Go 1.26 has these three",
	},
	{
		server: "go-generous",
		more:   []string{"group SecP256r1MLKEM768", "group SecP384r1MLKEM1024", "group X25519MLKEM768"},
		why:    "as for go-default",
	},
	{
		server: "go-default", order: "server",
		why: "crypto/tls goes by an order of its own and lets the client choose between AES-GCM and ChaCha20 only, which is what nmap swaps",
	},
	{server: "go-generous", order: "server", why: "as for go-default"},
}

// apply corrects the lines of the peers.
func (d tlsDifference) apply(t *testing.T, lines []string) []string {
	t.Helper()
	for _, line := range d.less {
		at := slices.Index(lines, line)
		if at < 0 {
			t.Errorf("the peers no longer say %q (%s)", line, d.why)
			continue
		}
		lines = slices.Delete(lines, at, at+1)
	}
	for _, line := range d.more {
		if slices.Contains(lines, line) {
			t.Errorf("the peers say %q now, and it is listed as a difference (%s)", line, d.why)
			continue
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return lines
}

// holdOrder compares whose order of suites counts. Only nmap says it, and not
// where one of its hellos was late.
func (s tlsSight) holdOrder(t *testing.T, server string, theirs tlsSight) {
	t.Helper()
	want := theirs.order
	for _, d := range tlsDifferences {
		if d.server == server && d.order != "" {
			want = d.order
		}
	}
	if want != "" && s.order != want {
		t.Errorf("the order of suites is the %q's, want the %q's", s.order, want)
	}
}

// ofClass gives a suite of the class that was seen, "" where none was.
func (s tlsSight) ofClass(class string) string {
	for name := range s.suites {
		if suite, found := records.SuiteByName(name); found && suite.Class == class {
			return name
		}
	}
	return ""
}

func (s tlsSight) postQuantum() bool {
	for name := range s.groups {
		if group, _ := records.GroupByName(name); group.PostQuantum {
			return true
		}
	}
	return false
}
