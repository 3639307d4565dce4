package namespaces

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"campanile/collectors/records/headers"
)

// observatoryVariable tells the copy of the test in the namespaces which program
// to test.
const observatoryVariable = "CAMPANILE_NAMESPACES_OBSERVATORY"

// TestHeadersBesideTheObservatory lets nginx serve the sets of headers of
// observatory/sets.txt, each at a host of its own, and the HTTP Observatory scan
// every host. Our verdict is the same, test by test, but for what is listed and
// argued there; and it is the same by the evidence of a scan.
func TestHeadersBesideTheObservatory(t *testing.T) {
	if program := os.Getenv(observatoryVariable); program != "" {
		raiseObservatory(t, program).besideObservatory(t)
		return
	}
	requirePrograms(t, [][2]string{{"ip", "iproute2"}, {"nginx", "nginx-light"}, {"unbound", "unbound"}, {"node", "nodejs"}})
	if _, err := os.Stat(filepath.Join("observatory", "node_modules", "@mdn", "mdn-http-observatory")); err != nil {
		unable(t, `no HTTP Observatory: run "npm ci --ignore-scripts" in cmd/internal/namespaces/observatory`)
	}
	output, err := inNamespaces(t, "^TestHeadersBesideTheObservatory$", remaining(t), observatoryVariable+"="+build(t))
	t.Log("\n" + output)
	if err != nil {
		t.Errorf("the test in the namespaces: %v", err)
	}
}

// observatoryReport is a line of observatory/scan.js.
type observatoryReport struct {
	Host, Error, Grade string
	Score              int
	Tests              map[headers.Test]struct {
		Result   headers.Result
		Modifier int
		Pass     bool
	}
}

func (l *observatoryLab) besideObservatory(t *testing.T) {
	theirs, evidences := l.scanned(t), l.evidences(t)
	same, different, kept := 0, 0, 0
	for _, s := range l.sets {
		t.Run(s.name, func(t *testing.T) {
			report := theirs[s.host()]
			if report.Error != "" {
				t.Fatal("the Observatory: ", report.Error)
			}
			ours := headers.Judge(l.seen(t, s))
			s.holdScale(t, report)
			s.holdResults(t, report, ours)
			kept += s.holdEvidence(t, evidences[s.host()], ours)
		})
		same += len(headers.Tests()) - len(s.differs)
		different += len(s.differs)
	}
	t.Logf("%d sets of headers, %d results the same, %d different and argued; by the evidence of a scan %d of %d as by our own eyes",
		len(l.sets), same, different, kept, len(l.sets)*len(headers.Tests()))
}

// scanned runs the Observatory over all hosts.
func (l *observatoryLab) scanned(t *testing.T) map[string]observatoryReport {
	t.Helper()
	command := exec.CommandContext(t.Context(), "node", "scan.js")
	for _, s := range l.sets {
		command.Args = append(command.Args, s.host())
	}
	command.Dir, command.Env = "observatory", append(os.Environ(), "NODE_EXTRA_CA_CERTS="+l.authorities())
	var problems bytes.Buffer
	command.Stderr = &problems
	output, err := command.Output()
	if err != nil {
		t.Fatalf("the Observatory: %v\n%s", err, problems.String())
	}
	reports := map[string]observatoryReport{}
	for decoder := json.NewDecoder(bytes.NewReader(output)); decoder.More(); {
		var r observatoryReport
		if err := decoder.Decode(&r); err != nil {
			t.Fatal(err)
		}
		reports[r.Host] = r
	}
	if len(reports) != len(l.sets) {
		t.Fatalf("%d reports for %d sets", len(reports), len(l.sets))
	}
	return reports
}

// holdScale wants every code of theirs on our scale, for the same points and
// the same word, and the same sum.
func (s headerSet) holdScale(t *testing.T, theirs observatoryReport) {
	t.Helper()
	var results []headers.Result
	for test, said := range theirs.Tests {
		if r := said.Result; r.Test() != test || r.Modifier() != said.Modifier || r.Passes() != said.Pass {
			t.Errorf("%s %s: %s, %d, %v on our scale, and %d, %v on theirs", test, r, r.Test(), r.Modifier(), r.Passes(), said.Modifier, said.Pass)
		}
		results = append(results, said.Result)
	}
	score := headers.Score(results)
	if score != theirs.Score || headers.Grade(score) != theirs.Grade {
		t.Errorf("their results are %d, %s to us, and %d, %s to them", score, headers.Grade(score), theirs.Score, theirs.Grade)
	}
}

// holdResults compares test by test. A difference that is listed must be there,
// as it is listed.
func (s headerSet) holdResults(t *testing.T, theirs observatoryReport, ours headers.Report) {
	t.Helper()
	if len(ours.Open) > 0 || len(ours.Results) != len(theirs.Tests) {
		t.Errorf("%d results, %d of theirs, without %v", len(ours.Results), len(theirs.Tests), ours.Open)
	}
	differs := slices.Clone(s.differs)
	for _, r := range ours.Results {
		said := theirs.Tests[r.Test()].Result
		at := slices.IndexFunc(differs, func(d headerDifference) bool { return d.test == r.Test() })
		switch {
		case at < 0 && r != said:
			t.Errorf("not listed:\ndiffers %s %s %s", r.Test(), said, r)
		case at >= 0 && (differs[at].theirs != said || differs[at].ours != r):
			t.Errorf("listed as %s and %s, and it is %s and %s", differs[at].theirs, differs[at].ours, said, r)
		}
		if at >= 0 {
			differs = slices.Delete(differs, at, at+1)
		}
	}
	if len(differs) > 0 {
		t.Errorf("listed for tests that do not exist: %v", differs)
	}
	if len(s.differs) == 0 && (ours.Score != theirs.Score || ours.Grade != theirs.Grade) {
		t.Errorf("%d, %s, and the Observatory gives %d, %s", ours.Score, ours.Grade, theirs.Score, theirs.Grade)
	}
}
