package engine_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"campanile/cmd/internal/engine"
	"campanile/collectors/evidence"
)

// TestMain lets the test program play the engine: it is started under a name
// that says what becomes of it.
func TestMain(m *testing.M) {
	if part, ok := strings.CutPrefix(filepath.Base(os.Args[0]), "played-"); ok {
		os.Exit(play(part))
	}
	goleak.VerifyTestMain(m)
}

// played is an engine that behaves as its name says.
func played(t *testing.T, part string) string {
	t.Helper()
	own, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), "played-"+part)
	if err := os.Symlink(own, program); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	return program
}

func now() time.Time { return time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC) }

func order() engine.Order {
	return engine.Order{
		Templates: []engine.Template{{ID: "exposed-environment-file"}, {ID: "exposed-version-control"}},
		Targets: []engine.Target{
			{URL: "https://www.comune.example:443", Address: netip.MustParseAddr("198.51.100.7")},
			{URL: "tcp://198.51.100.7:2121", Address: netip.MustParseAddr("198.51.100.7")},
		},
		Agent: "Campanile", AtOnce: 2, Deadline: time.Minute,
	}
}

// found is what was found before the engine came to its end, well or not.
var found = []evidence.Match{{Template: "exposed-version-control", URL: "https://www.comune.example:443/.git/HEAD", Address: "198.51.100.7"}}

func TestAnswersOfAWholeRun(t *testing.T) {
	t.Parallel()
	got := engine.Run(t.Context(), played(t, "whole"), order(), now)
	want := engine.Result{
		Engine:    evidence.Engine{Observation: evidence.SeenAt(now()), Version: "3.8.0", Sockets: 7},
		Matches:   found,
		Templates: []string{"exposed-environment-file", "exposed-version-control"},
		Unchecked: []engine.Unchecked{{
			Template: "exposed-environment-file", URL: "https://www.comune.example", Address: "198.51.100.7",
			Problem: evidence.Timeout, Detail: "context deadline exceeded",
		}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Whatever becomes of the engine, the scan has its reason and keeps what was
// found until then.
func TestWhatBecomesOfTheEngine(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		problem evidence.Problem
		detail  string
		kept    []evidence.Match
	}{
		"crash":           {evidence.Closed, "the engine broke off (exit status 3): out of luck", found},
		"killed":          {evidence.Closed, "the engine broke off (signal: killed)", found},
		"silent-end":      {evidence.Closed, "the engine ended before it was done", nil},
		"early-end":       {evidence.Closed, "the engine ended before it was done", found},
		"trouble":         {evidence.Closed, "the engine could not do it: template exposed-phpinfo did not load", nil},
		"garbage":         {evidence.Malformed, `the engine speaks garbage: "<html>"`, found},
		"other-kind":      {evidence.Malformed, `the engine speaks garbage: "{\"kind\":\"rumour\"}"`, found},
		"out-of-turn":     {evidence.Malformed, `the engine speaks garbage: "match" out of its turn`, nil},
		"ready-twice":     {evidence.Malformed, `the engine speaks garbage: "{\"kind\":\"ready\"`, found},
		"after-the-end":   {evidence.Malformed, `the engine speaks garbage: "match" out of its turn`, nil},
		"endless-line":    {evidence.Malformed, "the engine speaks garbage: a line without an end", nil},
		"flood":           {evidence.TooLarge, "the engine says more than there is to say", nil},
		"foreign-place":   {evidence.Malformed, "the engine speaks garbage", nil},
		"foreign-address": {evidence.Malformed, "the engine speaks garbage", nil},
		"foreign-id":      {evidence.Malformed, "the engine speaks garbage", nil},
		"other-templates": {evidence.Malformed, `the engine speaks garbage: template "exposed-phpinfo" was not ordered`, nil},
		"fewer-templates": {evidence.Malformed, "the engine speaks garbage: 2 templates were ordered and 1 loaded", nil},
		"other-protocol":  {evidence.Closed, "the engine speaks protocol 2 and this program 1: install both from the same release", nil},
		"deaf":            {evidence.Closed, "the engine ended before it was done", nil},
	}
	for part, test := range tests {
		t.Run(part, func(t *testing.T) {
			t.Parallel()
			o := order()
			if part == "deaf" { // more than fits into the pipe to a program that does not read
				o.Agent = strings.Repeat("x", 1<<20)
			}
			got := engine.Run(t.Context(), played(t, part), o, now)
			if e := got.Engine; e.State != evidence.Unknown || e.Problem != test.problem || !strings.HasPrefix(e.Detail, test.detail) {
				t.Errorf("got %s %s %q, want unknown %s %q", e.State, e.Problem, e.Detail, test.problem, test.detail)
			}
			if part == "flood" || part == "after-the-end" {
				return
			}
			if diff := cmp.Diff(test.kept, got.Matches); diff != "" {
				t.Errorf("kept (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAbsentEngineIsUnknown(t *testing.T) {
	t.Parallel()
	unusable := filepath.Join(t.TempDir(), engine.Name)
	if err := os.WriteFile(unusable, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, program := range map[string]string{"not-found": "", "removed": filepath.Join(t.TempDir(), engine.Name), "not-executable": unusable} {
		got := engine.Run(t.Context(), program, order(), now)
		if got.Engine.State != evidence.Unknown || got.Engine.Problem != evidence.EngineAbsent || got.Templates != nil {
			t.Errorf("%s: got %+v, want unknown engine-absent", name, got)
		}
	}
}

// The engine hangs and has started another program: both are ended, in time.
func TestHangingEngineIsEndedWithAllThatItStarted(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	o := order()
	o.Templates = []engine.Template{{ID: "address", Content: []byte(listener.Addr().String())}}
	o.Deadline = 3 * time.Second
	result := make(chan engine.Result)
	go func() { result <- engine.Run(t.Context(), played(t, "hang"), o, now) }()
	grandchild, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer grandchild.Close()
	got := <-result
	if e := got.Engine; e.State != evidence.Unknown || e.Problem != evidence.Timeout || e.Detail != "the engine did not come to an end in its time and was ended" {
		t.Errorf("got %+v", e)
	}
	if err := grandchild.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := grandchild.Read(make([]byte, 1)); err == nil || os.IsTimeout(err) {
		t.Errorf("what the engine started is still there: %v", err)
	}
}

func TestStoppedInTheMiddle(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	o := order()
	o.Templates = []engine.Template{{ID: "address", Content: []byte(listener.Addr().String())}}
	ctx, cancel := context.WithCancel(t.Context())
	result := make(chan engine.Result)
	go func() { result <- engine.Run(ctx, played(t, "hang"), o, now) }()
	grandchild, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer grandchild.Close()
	cancel()
	if e := (<-result).Engine; e.State != evidence.Unknown || e.Problem != evidence.Interrupted {
		t.Errorf("got %+v, want unknown interrupted", e)
	}
}

// The engine learns nothing of this computer, and its folder is gone afterwards.
func TestSurroundingsOfTheEngine(t *testing.T) {
	t.Parallel()
	folder, err := engine.Version(t.Context(), played(t, "environment"))
	if err != nil || !strings.HasPrefix(filepath.Base(folder), "campanile-engine-") {
		t.Fatalf("got %q, %v", folder, err)
	}
	if _, err := os.Stat(folder); !os.IsNotExist(err) {
		t.Errorf("%s is still there: %v", folder, err)
	}
}

func TestVersion(t *testing.T) {
	t.Parallel()
	for part, want := range map[string]string{"version": "nuclei v3.8.0", "silent-end": "", "crash": ""} {
		got, err := engine.Version(t.Context(), played(t, part))
		if got != want && part == "version" || (err == nil) != (part == "version") {
			t.Errorf("%s: got %q, %v", part, got, err)
		}
	}
	if _, err := engine.Version(t.Context(), ""); err == nil {
		t.Error("no program has a version")
	}
}

// The samples keep this program and the engine together; the engine's own tests
// read the same files.
func TestOrderIsThatOfTheSample(t *testing.T) {
	t.Parallel()
	plain := order()
	plain.Request, plain.MaxBody, plain.PerSecond, plain.AllowReserved = 10*time.Second, 256<<10, 5, true
	small := engine.Order{
		Templates: []engine.Template{{ID: "exposed-phpinfo"}}, PerSecond: 1, AtOnce: 1, Request: time.Second, MaxBody: 1,
		Targets: []engine.Target{{URL: "http://[::1]:8080", Address: netip.IPv6Loopback()}},
	}
	for name, o := range map[string]engine.Order{"order.jsonl": plain, "order-small.jsonl": small} {
		want, err := os.ReadFile(filepath.Join("../../../testdata/engine", name))
		if err != nil {
			t.Fatal(err)
		}
		got, err := o.Lines("/tmp/campanile-engine/templates")
		if diff := cmp.Diff(string(want), string(got)); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
	}
}

func TestEveryFieldOfTheAnswersIsUnderstood(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("../../../testdata/engine/answer*.jsonl")
	if err != nil || len(paths) < 3 {
		t.Fatalf("%d samples, %v", len(paths), err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for line := range bytes.Lines(text) {
			got, err := engine.Rewrite(line)
			if diff := cmp.Diff(strings.TrimSpace(string(line)), string(got)); err != nil || diff != "" {
				t.Errorf("%s: %v (-want +got):\n%s", path, err, diff)
			}
		}
	}
}

// Whatever the engine says, nothing gets into the evidence that was not ordered.
func FuzzAnswers(f *testing.F) {
	paths, err := filepath.Glob("../../../testdata/engine/answer*.jsonl")
	if err != nil || len(paths) < 3 {
		f.Fatalf("%d samples, %v", len(paths), err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got := engine.Hear(order(), text)
		for _, m := range got.Matches {
			if m.Template != "exposed-environment-file" && m.Template != "exposed-version-control" || m.Address != "198.51.100.7" || len(m.Extract) > evidence.MaxDetail {
				t.Errorf("got %+v", m)
			}
		}
		if len(got.Matches) > 4 || len(got.Unchecked) > 4 {
			t.Errorf("%d matches and %d unchecked of 2 templates on 2 targets", len(got.Matches), len(got.Unchecked))
		}
		if _, err := json.Marshal(got); err != nil {
			t.Error(err)
		}
	})
}
