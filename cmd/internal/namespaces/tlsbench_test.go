package namespaces

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"campanile/collectors/evidence"
)

// longWay is what a packet takes in one direction where a round trip takes 30 ms.
const longWay = 15 * time.Millisecond

// tlsPatience is how many seconds one tool may take at one server.
const tlsPatience = 200

// BenchmarkTLSBesidePeers prints what testssl.sh, sslscan, nmap and our program
// cost three nginx that are 30 ms away, one tool after the other in one run.
// testssl.sh, which takes minutes, looks at the first only.
func BenchmarkTLSBesidePeers(b *testing.B) {
	if os.Getuid() != 0 {
		b.Skip("the comparison of costs was not run: it needs root")
	}
	requireTools(b)
	requirePrograms(b, neededBesideTLS)
	program := build(b)
	for b.Loop() {
		table := filepath.Join(b.TempDir(), "table")
		const limit = 9 * time.Minute
		output, err := inNamespaces(b, "^TestTLSBesidePeers$", limit, append(tlsEnvironment(program, false), tlsTableVariable+"="+table)...)
		if err != nil {
			b.Fatalf("the comparison in the namespaces: %v\n%s", err, output)
		}
		text, err := os.ReadFile(table)
		if err != nil {
			b.Fatal(err)
		}
		// A benchmark's log ends after ten lines.
		fmt.Fprintf(os.Stdout, "\n%s", text)
	}
}

// tlsTool is one way to look at a server.
type tlsTool struct {
	name  string
	slow  bool // looks at the first server only
	looks func(t *testing.T, s *tlsServer)
}

func (l *tlsLab) tlsTools() []tlsTool {
	ours := func(depth string, more ...string) func(t *testing.T, s *tlsServer) {
		return func(t *testing.T, s *tlsServer) {
			t.Helper()
			l.tlsScan(t, s, depth, more...)
		}
	}
	return []tlsTool{
		{"campanile --tls grade", false, ours(evidence.GradeDepth)},
		{"campanile --tls full", false, ours(evidence.FullDepth)},
		{"campanile --tls full --rate 50", false, ours(evidence.FullDepth, "--rate", "50")},
		{"sslscan", false, func(t *testing.T, s *tlsServer) { l.sslscan(t, s) }},
		{"nmap ssl-enum-ciphers", false, func(t *testing.T, s *tlsServer) { l.nmap(t, s) }},
		{"testssl.sh", true, func(t *testing.T, s *tlsServer) {
			t.Helper()
			// It runs thousands of small programs, which takes a busy machine long.
			l.tlsPeer(t, "timeout", strconv.Itoa(tlsPatience), "testssl", "--quiet", "--warnings", "off", "--color", "0", "--ip", s.front.V4, s.host()+":"+s.port())
		}},
	}
}

// costTable runs every tool at every server. The ratios are to ours at full
// depth, which asks what the peers ask.
func (l *tlsLab) costTable(t *testing.T) string {
	t.Helper()
	var text strings.Builder
	rows := tabwriter.NewWriter(&text, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(rows, "server\ttool\tconnections\tmost at once\tseconds\tof them at the server\tconnections to ours\tseconds to ours\t")
	for i, s := range l.servers {
		counts := map[string]tlsCount{}
		for _, tool := range l.tlsTools() {
			if tool.slow && i > 0 {
				continue
			}
			counts[tool.name] = s.proxy.during(t, longWay, func() { tool.looks(t, s) })
		}
		ours := counts["campanile --tls full"]
		for _, tool := range l.tlsTools() {
			c, found := counts[tool.name]
			if !found {
				continue
			}
			name := tool.name
			if c.seconds >= tlsPatience {
				name += " (given up)"
			}
			fmt.Fprintf(rows, "%s\t%s\t%d\t%d\t%.2f\t%.2f\t%.1f\t%.1f\t\n", s.name, name, c.connections, c.atOnce, c.seconds, c.visit,
				float64(c.connections)/float64(ours.connections), c.seconds/ours.seconds)
		}
	}
	_ = rows.Flush()
	return text.String()
}
