package namespaces

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"campanile/collectors/evidence"
)

// peersRun is what one tool said of one town, and what it sent.
type peersRun struct {
	words     []string // tags, codes, rules that fail
	unsettled []string // of ours, rules that cannot tell
	questions int      // UDP packets to port 53
	streams   int      // TCP connections to port 53
	seconds   float64

	inSearch int // of the questions, those in search of further names
	upstream int // the resolver's own, with an empty cache
	forNames int // of those, for the search
}

// sent is everything that counts: the questions, one for each connection, and
// nothing in search of names.
func (r peersRun) sent() int { return r.questions + r.streams - r.inSearch }

// measure runs a tool and counts the packets that it sends.
func (w *peersWorld) measure(t *testing.T, domain string, run func() []string) peersRun {
	t.Helper()
	var r peersRun
	start := time.Now()
	passed := w.tap.during(t, func() {
		r.words = run()
		r.seconds = time.Since(start).Seconds()
	})
	for _, p := range passed {
		switch {
		case p.from == w.upstream:
			r.upstream++
			if inSearch(p, domain) {
				r.forNames++
			}
		case p.from.String() == w.open.V4 && p.to != p.from:
			// the open server, for strangers
		case p.tcp:
			r.streams++
		default:
			r.questions++
		}
	}
	return r
}

// inSearch reports a question for a host of the domain that none of its records
// names: those of this test name hosts of the supplier only.
func inSearch(p packet, domain string) bool {
	label, below := strings.CutSuffix(p.name, "."+domain+".")
	return below && label != "www" && !strings.Contains(label, "_") && (p.kind == dns.TypeA || p.kind == dns.TypeAAAA)
}

// zonemaster gives the tags of its messages.
func (w *peersWorld) zonemaster(t *testing.T, domain string) peersRun {
	t.Helper()
	return w.measure(t, domain, func() []string {
		output := w.peer(t, nil, "zonemaster-cli", "--hints", "root.hints", "--no-ipv6", "--level", "INFO", "--raw", "--show-testcase", "--no-progress", domain)
		var tags []string
		for line := range strings.Lines(string(output)) {
			if fields := strings.Fields(line); len(fields) > 3 {
				tags = append(tags, fields[3])
			}
		}
		return tags
	})
}

var dnsvizCodes = regexp.MustCompile(`\b[EW]:([A-Z0-9_]+)`)

// dnsviz gives the codes of its errors and warnings.
func (w *peersWorld) dnsviz(t *testing.T, domain string) peersRun {
	t.Helper()
	return w.measure(t, domain, func() []string {
		w.peer(t, nil, "dnsviz", "probe", "-4", "-A", "-a", ".", "-x", ".:a.root.test="+w.Root.V4, domain, "-o", "probe.json")
		probe, err := os.ReadFile(filepath.Join(w.Dir, "probe.json"))
		if err != nil {
			t.Fatal(err)
		}
		var codes []string
		for _, found := range dnsvizCodes.FindAllSubmatch(w.peer(t, probe, "dnsviz", "print", "-t", "root.key"), -1) {
			codes = append(codes, string(found[1]))
		}
		return codes
	})
}

func (w *peersWorld) peer(t *testing.T, input []byte, name string, arguments ...string) []byte {
	t.Helper()
	command := exec.CommandContext(t.Context(), name, arguments...)
	command.Dir = w.Dir
	command.Stdin = bytes.NewReader(input)
	var complaints bytes.Buffer
	command.Stderr = &complaints
	output, err := command.Output()
	// Their exit codes speak of the zone too.
	if len(output) == 0 && err != nil {
		t.Fatalf("%s: %v\n%s", command, err, complaints.Bytes())
	}
	return output
}

// ours gives the rules that fail. The resolver starts again, so that it knows
// nothing beforehand, as the others know nothing.
func (w *peersWorld) ours(t *testing.T, domain string) peersRun {
	t.Helper()
	w.unbound.stop(t)
	w.unbound.start(t)
	file := filepath.Join(w.Dir, domain+".jsonl")
	var s scan
	r := w.measure(t, domain, func() []string {
		output := w.campanile(t, nil, "scan", domain, "--country", "it", "--only", "dns,mail", "--resolver", w.Resolver.V4,
			"--trust-anchor", w.anchor(), "--allow-reserved", "--format", "json", "--evidence", file)
		if err := json.Unmarshal(output, &s); err != nil {
			t.Fatalf("%v:\n%s", err, output)
		}
		return rules(s.Findings, is("fail"))
	})
	line, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.LastIndex(bytes.TrimSpace(line), []byte("\n"))
	b, err := evidence.Unmarshal(bytes.TrimSpace(line[at+1:]))
	if err != nil {
		t.Fatal(err)
	}
	r.inSearch, r.unsettled = b.Sent.NameQueries, rules(s.Findings, is("inconclusive"))
	if counted := b.Sent.DNSQueries + b.Sent.NameQueries; counted != r.questions {
		t.Errorf("%s: the evidence counts %d questions, and %d were on the wire", domain, counted, r.questions)
	}
	return r
}

// judges gives our word for a fault.
func (r peersRun) judges(f peersFault) string {
	switch {
	case !f.silent:
		return r.says(f.ours)
	case slices.Contains(r.unsettled, f.ours):
		return f.ours + " (inconclusive)"
	}
	return ""
}

// says gives the first of the words that the tool said.
func (r peersRun) says(words ...string) string {
	for _, word := range words {
		if slices.Contains(r.words, word) {
			return word
		}
	}
	return ""
}
