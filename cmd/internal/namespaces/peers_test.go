package namespaces

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"text/tabwriter"
	"time"
)

// peersVariable tells the copy of the test in the namespaces which program to
// test.
const peersVariable = "CAMPANILE_NAMESPACES_PEERS"

// TestBesideZonemasterAndDNSViz plants faults in real servers and lets
// zonemaster-cli, dnsviz and our program look for them, one after the other. It
// prints what each finds and sends: we find what they find, with at most half
// of zonemaster's questions.
func TestBesideZonemasterAndDNSViz(t *testing.T) {
	if program := os.Getenv(peersVariable); program != "" {
		besidePeers(t, raisePeers(t, program))
		return
	}
	requireTools(t)
	for _, tool := range [][2]string{
		{"zonemaster-cli", "zonemaster-cli"}, {"dnsviz", "dnsviz"}, {"named", "bind9"}, {"dnssec-signzone", "bind9-utils"}, {"dnssec-keygen", "bind9-utils"},
	} {
		if _, err := find(tool[0]); err != nil {
			unable(t, "install first: apt-get install -y --no-install-recommends "+tool[1])
		}
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var output bytes.Buffer
	command := exec.CommandContext(t.Context(), self, "-test.v", "-test.count=1", "-test.run=^"+t.Name()+"$", "-test.timeout="+remaining(t).String())
	command.Env = append(os.Environ(), peersVariable+"="+build(t))
	command.Stdout, command.Stderr = &output, &output
	command.SysProcAttr = namespaced()
	// The death signal comes when the thread ends that started the process.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := command.Start(); err != nil {
		unable(t, "this machine gives no namespaces: "+err.Error())
	}
	err = command.Wait()
	t.Log("\n" + output.String())
	if err != nil {
		t.Errorf("the test in the namespaces: %v", err)
	}
}

// peersTrial is one town and what each tool made of it.
type peersTrial struct {
	town                     peersTown
	zonemaster, dnsviz, ours peersRun
}

func besidePeers(t *testing.T, w *peersWorld) {
	t.Helper()
	start := time.Now()
	var trials []peersTrial
	for _, town := range peersTowns() {
		trials = append(trials, peersTrial{town, w.zonemaster(t, town.name), w.dnsviz(t, town.name), w.ours(t, town.name)})
	}
	t.Logf("\nplanted faults, and the word of each tool for them\n%s\nwhat each tool sent, resolver and caches empty for every town\n%s\n%.0f s in all",
		findTable(trials), costTable(trials), time.Since(start).Seconds())
	holdAgainstPeers(t, trials)
}

// holdAgainstPeers is what the comparison has to show.
func holdAgainstPeers(t *testing.T, trials []peersTrial) {
	t.Helper()
	theirs := map[string]int{}
	for _, trial := range trials {
		name := trial.town.name
		for _, f := range trial.town.faults {
			zonemaster, dnsviz := trial.zonemaster.says(f.zonemaster...), trial.dnsviz.says(f.dnsviz...)
			if zonemaster != "" {
				theirs["zonemaster-cli"]++
			}
			if dnsviz != "" {
				theirs["dnsviz"]++
			}
			if trial.ours.judges(f) == "" {
				t.Errorf("%s: %s: not found as %s (zonemaster-cli %q, dnsviz %q); rules that fail: %v", name, f.what, f.ours, zonemaster, dnsviz, trial.ours.words)
			}
		}
		if 2*trial.ours.sent() > trial.zonemaster.sent() {
			t.Errorf("%s: %d questions of ours, more than half of zonemaster's %d", name, trial.ours.sent(), trial.zonemaster.sent())
		}
	}
	// Peers that find nothing would make an empty comparison.
	if theirs["zonemaster-cli"] < 8 || theirs["dnsviz"] < 4 {
		t.Errorf("faults that the peers found: %v; have their words changed?", theirs)
	}
	for _, other := range trials {
		for _, f := range other.town.faults {
			if exemplary := trials[0]; exemplary.ours.says(f.ours) != "" {
				t.Errorf("%s: %s, though nothing of the kind is planted there", exemplary.town.name, f.ours)
			}
		}
	}
}

func findTable(trials []peersTrial) string {
	var text strings.Builder
	rows := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintln(rows, "town\tplanted\tstandard\tzonemaster-cli\tdnsviz\tcampanile")
	planted, found := 0, [3]int{}
	for _, trial := range trials {
		for _, f := range trial.town.faults {
			planted++
			words := [3]string{trial.zonemaster.says(f.zonemaster...), trial.dnsviz.says(f.dnsviz...), trial.ours.judges(f)}
			for i := range words {
				if words[i] != "" {
					found[i]++
				} else {
					words[i] = "-"
				}
			}
			fmt.Fprintf(rows, "%s\t%s\t%s\t%s\t%s\t%s\n", trial.town.name, f.what, f.standard, words[0], words[1], words[2])
		}
	}
	fmt.Fprintf(rows, "found\t%d\t\t%d\t%d\t%d\n", planted, found[0], found[1], found[2])
	_ = rows.Flush()
	return text.String()
}

// costTable shows UDP questions and TCP connections. Of ours, those in search of
// names and those of the resolver stand apart.
func costTable(trials []peersTrial) string {
	var text strings.Builder
	rows := tabwriter.NewWriter(&text, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(rows, "\tzonemaster\t\t\tdnsviz\t\t\tcampanile\t\t\tin search\tits resolver\tin search\t\ntown\tUDP\tTCP\ts\tUDP\tTCP\ts\tUDP\tTCP\ts\tof names\tfor the rest\tof names\t")
	sum := peersTrial{town: peersTown{name: "average"}}
	add := func(to *peersRun, r peersRun) {
		to.questions += r.questions
		to.streams += r.streams
		to.seconds += r.seconds
		to.inSearch += r.inSearch
		to.upstream += r.upstream
		to.forNames += r.forNames
	}
	for _, trial := range trials {
		add(&sum.zonemaster, trial.zonemaster)
		add(&sum.dnsviz, trial.dnsviz)
		add(&sum.ours, trial.ours)
		costRow(rows, trial, 1)
	}
	costRow(rows, sum, float64(len(trials)))
	_ = rows.Flush()
	return text.String()
}

func costRow(rows *tabwriter.Writer, trial peersTrial, of float64) {
	z, d, o := trial.zonemaster, trial.dnsviz, trial.ours
	fmt.Fprintf(rows, "%s\t", trial.town.name)
	for _, r := range []peersRun{z, d, o} {
		fmt.Fprintf(rows, "%.0f\t%.0f\t%.1f\t", float64(r.questions-r.inSearch)/of, float64(r.streams)/of, r.seconds/of)
	}
	fmt.Fprintf(rows, "%.0f\t%.0f\t%.0f\t\n", float64(o.inSearch)/of, float64(o.upstream-o.forNames)/of, float64(o.forNames)/of)
}
