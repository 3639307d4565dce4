package namespaces

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"campanile/collectors/evidence"
)

// The copy of the test in the namespaces learns from its environment which
// program to test, whether Postfix can run, and where a table of costs goes in
// place of the comparison.
const (
	tlsVariable      = "CAMPANILE_NAMESPACES_TLS"
	tlsMailVariable  = "CAMPANILE_NAMESPACES_TLS_MAIL"
	tlsTableVariable = "CAMPANILE_NAMESPACES_TLS_TABLE"
)

// TestTLSBesidePeers lets nmap, sslscan and our program list what real TLS
// servers accept, and holds our list against theirs, our certificate facts
// against those of OpenSSL, and our connections against what was promised, as a
// proxy before each server counts them.
func TestTLSBesidePeers(t *testing.T) {
	if program := os.Getenv(tlsVariable); program != "" {
		if table := os.Getenv(tlsTableVariable); table != "" {
			write(t, table, []byte(raiseTLS(t, program, false, slices.Collect(maps.Keys(promised))...).costTable(t)))
			return
		}
		raiseTLS(t, program, os.Getenv(tlsMailVariable) != "").besidePeers(t)
		return
	}
	mail := requireTools(t)
	requirePrograms(t, neededBesideTLS)
	output, err := inNamespaces(t, "^TestTLSBesidePeers$", remaining(t), tlsEnvironment(build(t), mail)...)
	t.Log("\n" + output)
	if err != nil {
		t.Errorf("the test in the namespaces: %v", err)
	}
}

func tlsEnvironment(program string, mail bool) []string {
	environment := []string{tlsVariable + "=" + program}
	if mail {
		environment = append(environment, tlsMailVariable+"=yes")
	}
	return environment
}

// inNamespaces starts one of these tests again in namespaces of its own and
// gives what it wrote.
func inNamespaces(t testing.TB, name string, limit time.Duration, environment ...string) (string, error) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var output bytes.Buffer
	command := exec.CommandContext(t.Context(), self, "-test.v", "-test.count=1", "-test.parallel=6", "-test.run="+name, "-test.timeout="+limit.String())
	command.Env = append(os.Environ(), environment...)
	command.Stdout, command.Stderr = &output, &output
	command.SysProcAttr = namespaced()
	// The death signal comes when the thread ends that started the process.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := command.Start(); err != nil {
		unable(t, "this machine gives no namespaces: "+err.Error())
	}
	err = command.Wait()
	return output.String(), err
}

// promise is the most connections that a server may cost.
type promise struct{ grade, full int }

// promised are the limits of the three nginx, as the proxy counts.
var promised = map[string]promise{
	"nginx-intermediate": {grade: 10, full: 25},
	"nginx-modern":       {grade: 8, full: 25},
	"nginx-old":          {grade: 80, full: 80},
}

// besidePeers holds every server against the peers, one tool at a time at each.
func (l *tlsLab) besidePeers(t *testing.T) {
	t.Helper()
	for _, s := range l.servers {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			var theirs tlsSight
			var full, grade *evidence.Bundle
			peers := s.proxy.during(t, 0, func() { theirs = l.sslscan(t, s).with(l.nmap(t, s)) })
			fullCount := s.proxy.during(t, 0, func() { full = l.tlsScan(t, s, evidence.FullDepth, "--rate", "1000") })
			gradeCount := s.proxy.during(t, 0, func() { grade = l.tlsScan(t, s, evidence.GradeDepth) })
			s.holdCount(t, full, fullCount, promised[s.name].full)
			s.holdCount(t, grade, gradeCount, promised[s.name].grade)
			ours := s.holdFull(t, full, theirs)
			l.compareCertificates(t, s, endpoint(t, s, full))
			s.holdGrade(t, grade, ours)
			t.Logf("%d suites, %d groups; connections: nmap and sslscan %s, ours at full depth %s, at grade depth %s",
				len(ours.suites), len(ours.groups), peers, fullCount, gradeCount)
		})
	}
}

func (c tlsCount) String() string { return fmt.Sprintf("%d (%d at once)", c.connections, c.atOnce) }

// holdFull holds our list of full depth against that of the peers.
func (s *tlsServer) holdFull(t *testing.T, b *evidence.Bundle, theirs tlsSight) tlsSight {
	t.Helper()
	e := endpoint(t, s, b)
	ours := sightOf(t, e.Offers, e.Accepts)
	if diff := cmp.Diff(theirs.but(t, s.name), ours.lines()); diff != "" {
		t.Errorf("what is accepted (-nmap and sslscan +ours):\n%s", diff)
	}
	ours.holdVersions(t, theirs)
	ours.holdOrder(t, s.name, theirs)
	return ours
}

// holdVersions holds us to a version at which the peers saw each suite too. We
// need not name all of them: a suite that one version took is not asked for at
// another.
func (s tlsSight) holdVersions(t *testing.T, theirs tlsSight) {
	t.Helper()
	for suite, versions := range s.suites {
		for _, version := range versions {
			if known := theirs.suites[suite]; known != nil && !slices.Contains(known, version) {
				t.Errorf("%s at %s, and the peers saw it at %v", suite, version, known)
			}
		}
	}
}

// holdCount holds a scan against its promise, if there is one, and its own count
// against the proxy's.
func (s *tlsServer) holdCount(t *testing.T, b *evidence.Bundle, count tlsCount, limit int) {
	t.Helper()
	if limit > 0 && count.connections > limit {
		t.Errorf("%d connections, want %d at most", count.connections, limit)
	}
	together := 2
	if s.mail {
		together = 1
	}
	if count.atOnce > together {
		t.Errorf("%d connections at once, want %d at most", count.atOnce, together)
	}
	if counted := b.Sent.ByAddress[s.front.V4].Connections; counted != count.connections {
		t.Errorf("the evidence counts %d connections, and %d came", counted, count.connections)
	}
}

// holdGrade holds the answers of grade depth against the list of full depth:
// what one knows the other must not deny.
func (s *tlsServer) holdGrade(t *testing.T, b *evidence.Bundle, full tlsSight) {
	t.Helper()
	e := endpoint(t, s, b)
	for _, o := range e.Offers {
		if agrees(o.Observation, full.versions[o.Version]) {
			continue
		}
		t.Errorf("at grade depth %s is %s %s, and the full list has it: %v", o.Version, o.State, o.Problem, full.versions[o.Version])
	}
	for _, weak := range e.Accepts.Weak {
		if suite := full.ofClass(weak.Class); !agrees(weak.Observation, suite != "") || weak.Suite != "" && full.suites[weak.Suite] == nil {
			t.Errorf("at grade depth %s is %s %s with %q, and the full list has %q", weak.Class, weak.State, weak.Problem, weak.Suite, suite)
		}
	}
	// One suite is asked for, and OpenSSL's own choice of a prime goes by the suite.
	if d := e.Accepts.DH; !agrees(d.Observation, full.dh > 0) || d.Bits > 0 && d.Bits < full.dh {
		t.Errorf("at grade depth finite-field Diffie-Hellman is %s %s with %d bits, and at full depth it has %d", d.State, d.Problem, d.Bits, full.dh)
	}
	if p := e.Accepts.PostQuantum; !agrees(p.Observation, full.postQuantum()) {
		t.Errorf("at grade depth a post-quantum group is %s %s, and the full list has one: %v", p.State, p.Problem, full.postQuantum())
	}
}

// agrees reports whether an answer, where there is one, is that of the full list.
func agrees(o evidence.Observation, listed bool) bool {
	switch o.State {
	case evidence.Seen:
		return listed
	case evidence.Absent:
		return !listed
	case evidence.NotAsked:
		return true
	default:
		return false
	}
}

// host is the name that the peers are given.
func (s *tlsServer) host() string { return s.domain() }

// but gives what the peers saw, corrected where they are wrong.
func (s tlsSight) but(t *testing.T, server string) []string {
	t.Helper()
	lines := s.lines()
	for _, d := range tlsDifferences {
		if d.server != server {
			continue
		}
		lines = d.apply(t, lines)
	}
	return lines
}
