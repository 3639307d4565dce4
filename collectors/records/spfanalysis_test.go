package records_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"campanile/collectors/records"
)

var updateSPF = flag.Bool("update-spf", false, "write what the analysis says into testdata/records")

const spfCases = "../../testdata/records/spf-analysis.txtar"

// TestSPFAnalysis reads pairs of a zone and what the record of comune.example
// adds up to there.
func TestSPFAnalysis(t *testing.T) {
	t.Parallel()
	archive, err := txtar.ParseFile(spfCases)
	if err != nil {
		t.Fatal(err)
	}
	if len(archive.Files) < 2*60 {
		t.Errorf("%d situations; at least 60 hold the analysis", len(archive.Files)/2)
	}
	names := map[string]bool{}
	for i := 0; i+1 < len(archive.Files); i += 2 {
		name, _ := strings.CutSuffix(archive.Files[i].Name, "/zone")
		if archive.Files[i+1].Name != name+"/analysis" || names[name] {
			t.Fatalf("%s: want pairs of NAME/zone and NAME/analysis, each once", archive.Files[i].Name)
		}
		names[name] = true
		t.Run(name, func(t *testing.T) {
			zone, suppliers := readZone(t, string(archive.Files[i].Data))
			got := toldSPF(records.AnalyseSPF("comune.example", zone.lookup, suppliers)) + "\n"
			if *updateSPF {
				archive.Files[i+1].Data = []byte(got)
				return
			}
			want := strings.TrimSpace(string(archive.Files[i+1].Data)) + "\n\n"
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
	if *updateSPF {
		if err := os.WriteFile(spfCases, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// spfZone answers from its lines; what it does not know does not exist.
type spfZone struct {
	answers map[string]records.SPFAnswer
	asked   int
}

func (z *spfZone) lookup(name, kind string) records.SPFAnswer {
	z.asked++
	if answer, ok := z.answers[name+" "+kind]; ok {
		return answer
	}
	return records.SPFAnswer{Known: true}
}

// readZone reads lines such as "comune.example TXT v=spf1 -all"; "?timeout" in
// place of the data is a question without an answer, and "supplier ID PATTERN"
// makes a known supplier.
func readZone(tb testing.TB, text string) (*spfZone, []records.Supplier) {
	tb.Helper()
	zone := &spfZone{answers: map[string]records.SPFAnswer{}}
	var suppliers []records.Supplier
	for line := range strings.Lines(text) {
		if line = strings.TrimRight(line, "\n"); line == "" {
			continue
		}
		parts := strings.SplitN(line, " ", 3)
		if len(parts) != 3 {
			tb.Fatalf("%q is no record", line)
		}
		if parts[0] == "supplier" {
			suppliers = append(suppliers, records.Supplier{ID: parts[1], SPF: strings.Fields(parts[2])})
			continue
		}
		key := parts[0] + " " + parts[1]
		answer := zone.answers[key]
		problem, isGap := strings.CutPrefix(parts[2], "?")
		answer.Known, answer.Problem = !isGap, problem
		if data := parts[2]; !isGap {
			if parts[1] == "TXT" && !strings.HasPrefix(data, `"`) {
				data = quote(data)
			}
			answer.Records = append(answer.Records, data)
		}
		zone.answers[key] = answer
	}
	return zone, suppliers
}

// toldSPF says everything about an analysis, a thing a line.
func toldSPF(a records.SPFAnalysis) string {
	var lines []string
	say := func(format string, values ...any) { lines = append(lines, fmt.Sprintf(format, values...)) }
	of := func(p records.SPFPlace) string { return p.Term + " in " + strings.Join(p.Path, " > ") }
	say("lookups %d", a.Lookups)
	if a.Offender.Term != "" {
		say("past the limit at %s", of(a.Offender))
	}
	for _, step := range stepsOf(a.Root) {
		say("%s", step)
	}
	for _, void := range a.Voids {
		say("void %s by %s", void.Name, of(void.SPFPlace))
	}
	if a.VoidAtMost != len(a.Voids) {
		say("void at most %d", a.VoidAtMost)
	}
	for _, fault := range a.Faults {
		say("fault %s: %s, %s", fault.Reason, of(fault.SPFPlace), fault.Detail)
	}
	for _, crowd := range a.Crowded {
		say("%d hosts of %s", crowd.Hosts, of(crowd.SPFPlace))
	}
	for _, at := range a.Pointers {
		say("pointer %s", of(at))
	}
	if a.Open != "" {
		say("open %s", a.Open)
	}
	for _, network := range a.Networks {
		say("%s by %s%s", network.Prefix, of(network.SPFPlace), strings.TrimSuffix(", supplier "+network.Supplier, ", supplier "))
	}
	say("admits %d + %.6g, of these outside %d + %.6g", a.All.IPv4, a.All.IPv6, a.Outside.IPv4, a.Outside.IPv6)
	for _, gap := range a.Gaps {
		say("gap %q %s by %s, hides %d, void %t", gap.Problem, strings.TrimSpace(gap.Type+" "+gap.Name), of(gap.SPFPlace), gap.Hides, gap.Void)
	}
	if a.Cut {
		say("cut")
	}
	return strings.Join(lines, "\n") + "\n"
}

// stepsOf lists what is remarkable about the terms of a tree.
func stepsOf(branch *records.SPFBranch) []string {
	if branch == nil {
		return []string{"no record"}
	}
	var list []string
	for _, step := range branch.Steps {
		var words []string
		note := func(holds bool, word string) {
			if holds {
				words = append(words, word)
			}
		}
		note(step.Err != nil, "broken")
		note(step.Dead, "dead")
		note(step.Macro, "depends on the message")
		note(step.Void, "void")
		note(step.Cost > 1, fmt.Sprintf("costs %d", step.Cost))
		note(step.Below != nil && step.Below.Supplier != "", "of a supplier")
		if len(words) > 0 {
			list = append(list, fmt.Sprintf("%s in %s: %s", step.Raw, branch.Owner, strings.Join(words, ", ")))
		}
		if step.Below != nil {
			list = append(list, stepsOf(step.Below)...)
		}
	}
	return list
}

// Trees that nobody could evaluate come to an end soon, and within few
// questions.
func TestSPFAnalysisIsBounded(t *testing.T) {
	t.Parallel()
	fan := func(width int) records.SPFLookup {
		return func(name, kind string) records.SPFAnswer {
			if kind != "TXT" {
				return records.SPFAnswer{Known: true}
			}
			var text strings.Builder
			text.WriteString("v=spf1")
			for i := range width {
				fmt.Fprintf(&text, " include:%d.%s a:%d.%s", i, name[max(0, len(name)-200):], i, name[max(0, len(name)-200):])
			}
			return records.SPFAnswer{Known: true, Records: []string{quote(text.String())}}
		}
	}
	same := func(text string) records.SPFLookup {
		return func(string, string) records.SPFAnswer {
			return records.SPFAnswer{Known: true, Records: []string{quote("v=spf1 " + text)}}
		}
	}
	for name, lookup := range map[string]records.SPFLookup{
		"two-at-each-place":          fan(2),
		"hundred-at-each-place":      fan(100),
		"chain":                      fan(1),
		"thousands-of-terms":         same(strings.Repeat("a ", 30_000)),
		"thousands-of-errors":        same(strings.Repeat("? ", 30_000)),
		"thousands-of-loops":         same(strings.Repeat("include:comune.example ", 3000)),
		"thousands-of-own-addresses": same(strings.Repeat("ip4:192.0.2.1 ", 4500)),
		"nothing-known":              func(string, string) records.SPFAnswer { return records.SPFAnswer{Problem: "timeout"} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asked, begin := 0, time.Now()
			a := records.AnalyseSPF("comune.example", func(name, kind string) records.SPFAnswer {
				asked++
				return lookup(name, kind)
			}, nil)
			if asked > 3000 {
				t.Errorf("%d questions", asked)
			}
			if took := time.Since(begin); took > time.Minute {
				t.Errorf("it took %v", took)
			}
			if terms := countTerms(a.Root); terms > 50_000 {
				t.Errorf("%d terms are kept", terms)
			}
			if name != "nothing-known" && !a.Cut && len(a.Faults) == 0 {
				t.Error("the end is taken for the whole")
			}
		})
	}
}

func countTerms(branch *records.SPFBranch) int {
	if branch == nil {
		return 0
	}
	n := len(branch.Steps)
	for _, step := range branch.Steps {
		n += countTerms(step.Below)
	}
	return n
}

// FuzzAnalyseSPF: whatever stands in the DNS, the analysis ends soon, says the
// same the second time, and its numbers fit together.
func FuzzAnalyseSPF(f *testing.F) {
	f.Add("v=spf1 a mx/24 include:a.example redirect=b.example", "v=spf1 ip4:192.0.2.0/24 include:b.example -all", "v=spf1 exists:a.example ptr ?all", "10 mx.example.", "192.0.2.1", byte(0))
	f.Add("v=spf1 include:a.example include:a.example -all", "v=spf1 include:a.example ip6:2001:db8::/32 +all", "", "0 .", "2001:db8::1", byte(3))
	f.Add("v=spf1 include:%{d}.a.example -all redirect=a.example moo=%", "v=spf1 redirect=comune.example", "v=spf1 -all", "", "x", byte(9))
	f.Fuzz(func(t *testing.T, own, first, second, mx, address string, gaps byte) {
		asked := 0
		lookup := func(name, kind string) records.SPFAnswer {
			asked++
			if gaps>>(len(name)%8)&1 == 1 && name != "comune.example" {
				return records.SPFAnswer{Problem: "timeout"}
			}
			answer := records.SPFAnswer{Known: true}
			switch {
			case kind == "MX":
				answer.Records = []string{mx}
			case kind != "TXT":
				answer.Records = []string{address}
			case name == "comune.example":
				answer.Records = []string{quote(own)}
			case len(name)%2 == 0:
				answer.Records = []string{quote(first)}
			default:
				answer.Records = []string{quote(second)}
			}
			return answer
		}
		suppliers := []records.Supplier{{ID: "one", SPF: []string{"*.a.example"}}}
		a := records.AnalyseSPF("comune.example", lookup, suppliers)
		if asked > 20_000 {
			t.Errorf("%d questions", asked)
		}
		if a.Lookups < 0 || a.Root != nil && a.Root.Lookups != a.Lookups || a.Root == nil && a.Lookups != 0 {
			t.Errorf("%d look-ups, %+v", a.Lookups, a.Root)
		}
		if (a.Offender.Term != "") != (a.Lookups > records.MaxSPFLookups) {
			t.Errorf("offender %+v of %d look-ups", a.Offender, a.Lookups)
		}
		if len(a.Voids) > a.Lookups || a.VoidAtMost < len(a.Voids) || a.VoidAtMost > a.Lookups {
			t.Errorf("%d to %d void look-ups of %d", len(a.Voids), a.VoidAtMost, a.Lookups)
		}
		if a.All.IPv4 > 1<<32 || a.Outside.IPv4 > a.All.IPv4 || a.Outside.IPv6 > a.All.IPv6 || a.OutsideAtMost() < a.Outside.IPv4 {
			t.Errorf("%+v, outside %+v", a.All, a.Outside)
		}
		if a.Open == "plus-all" && a.All.IPv4 != 1<<32 && !a.Cut {
			t.Errorf("everybody is %d", a.All.IPv4)
		}
		if again := records.AnalyseSPF("comune.example", lookup, suppliers); toldSPF(again) != toldSPF(a) {
			t.Error("it says something else the second time")
		}
	})
}
