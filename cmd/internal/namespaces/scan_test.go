package namespaces

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// scan is what one run of the program said.
type scan struct {
	output   []byte
	evidence string // the file
	Findings []finding
}

// finding is as much of a finding as the tests compare.
type finding struct {
	Rule    string
	Subject string
	Outcome string
	Facts   map[string]string
}

// without gives the findings that the filter does not admit, and leaves the
// facts out: some count what was seen on the way.
func (s *scan) without(filter func(finding) bool) []finding {
	var list []finding
	for _, f := range s.Findings {
		if !filter(f) {
			f.Facts = nil
			list = append(list, f)
		}
	}
	return list
}

// run scans a town as a user would, asking the resolver at the address.
func (w *world) run(t *testing.T, town *town, resolver string, more ...string) *scan {
	t.Helper()
	file, err := os.CreateTemp(w.Dir, town.Domain+"-*.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	w.runs.Add(1)
	s := &scan{evidence: file.Name()}
	list := s.evidence + ".csv"
	write(t, list, []byte(town.Inventory()))
	arguments := []string{
		"scan", "@" + list, "--resolver", resolver, "--ca", w.authorities(),
		"--trust-anchor", w.anchor(), "--format", "json", "--evidence", s.evidence,
	}
	s.output = w.campanile(t, nil, slices.Concat(arguments, town.Flags, more)...)
	if err := json.Unmarshal(s.output, s); err != nil {
		t.Fatalf("%v:\n%s", err, s.output)
	}
	if len(s.Findings) == 0 {
		t.Fatalf("no findings:\n%s", s.output)
	}
	return s
}

// campanile runs the program under test and gives what it prints.
func (w *world) campanile(t *testing.T, attr *syscall.SysProcAttr, arguments ...string) []byte {
	t.Helper()
	home := t.TempDir()
	command := exec.CommandContext(t.Context(), w.program, arguments...)
	command.Dir = home
	command.Env = []string{"HOME=" + home, "TMPDIR=" + home, "PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8"}
	command.SysProcAttr = attr
	var complaints bytes.Buffer
	command.Stderr = &complaints
	output, err := command.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(command.Args, " "), err, complaints.Bytes())
	}
	return output
}

// testJudge gives each verdict again from the kept evidence, in a namespace
// that has not even a loopback interface that is up.
func (w *world) testJudge(t *testing.T) {
	for i, town := range w.Towns {
		t.Run(town.Domain, func(t *testing.T) {
			t.Parallel()
			s := w.scans[i]
			if s == nil {
				t.Fatal("no scan to judge again; run the whole test")
			}
			again := w.campanile(t, &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}, "judge", s.evidence, "--format", "json")
			if !bytes.Equal(findings(t, s.output), findings(t, again)) {
				t.Error("the findings are not the same bytes")
			}
			lines := func(document []byte) []string { return strings.Split(string(document), "\n") }
			if diff := cmp.Diff(lines(s.output), lines(again)); diff != "" {
				t.Errorf("the document (-scan +judge):\n%s", diff)
			}
		})
	}
}

// findings gives the member of the document as it is written.
func findings(t *testing.T, document []byte) []byte {
	t.Helper()
	var members map[string]json.RawMessage
	if err := json.Unmarshal(document, &members); err != nil {
		t.Fatal(err)
	}
	return members["findings"]
}
