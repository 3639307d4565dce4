package engine_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
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
	"campanile/collectors/network"
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
		Requests:  6, Sent: 1800, Received: 45000,
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
		detail string
		kept   []evidence.Match
	}{
		"crash":           {"the engine broke off (exit status 3): out of luck", found},
		"killed":          {"the engine broke off (signal: killed)", found},
		"silent-end":      {"the engine ended before it was done", nil},
		"early-end":       {"the engine ended before it was done", found},
		"trouble":         {"the engine could not do it: template exposed-phpinfo did not load", nil},
		"garbage":         {`the engine speaks garbage: "<html>"`, found},
		"other-kind":      {`the engine speaks garbage: "{\"kind\":\"rumour\"}"`, found},
		"out-of-turn":     {`the engine speaks garbage: "match" out of its turn`, nil},
		"ready-twice":     {`the engine speaks garbage: "{\"kind\":\"ready\"`, found},
		"after-the-end":   {`the engine speaks garbage: "match" out of its turn`, nil},
		"endless-line":    {"the engine speaks garbage: a line without an end", nil},
		"flood":           {"the engine says more than there is to say", nil},
		"foreign-place":   {"the engine speaks garbage", nil},
		"foreign-address": {"the engine speaks garbage", nil},
		"foreign-id":      {"the engine speaks garbage", nil},
		"other-templates": {`the engine speaks garbage: template "exposed-phpinfo" was not ordered`, nil},
		"fewer-templates": {"the engine speaks garbage: 2 templates were ordered and 1 loaded", nil},
		"other-protocol":  {"the engine speaks protocol 2 and this program 1: install both from the same release", nil},
		"below-zero":      {"the engine speaks garbage: sums below zero", found},
		"deaf":            {"the engine ended before it was done", nil},
	}
	for part, test := range tests {
		t.Run(part, func(t *testing.T) {
			t.Parallel()
			o := order()
			if part == "deaf" { // more than fits into the pipe to a program that does not read
				o.Agent = strings.Repeat("x", 1<<20)
			}
			got := engine.Run(t.Context(), played(t, part), o, now)
			if e := got.Engine; e.State != evidence.Unknown || e.Problem != evidence.EngineFailed || !strings.HasPrefix(e.Detail, test.detail) {
				t.Errorf("got %s %s %q, want unknown engine-failed %q", e.State, e.Problem, e.Detail, test.detail)
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

// Where the budget of an address is spent the program does not start.
func TestNoConnectionIsLeft(t *testing.T) {
	t.Parallel()
	o := order()
	o.Connections = -1
	if got := engine.Run(t.Context(), played(t, "whole"), o, now); got.Engine.Problem != evidence.BudgetSpent || got.Matches != nil {
		t.Errorf("got %+v, want budget-spent", got)
	}
}

// A program for another kind of computer is there, and does not run.
func TestProgramThatDoesNotRun(t *testing.T) {
	t.Parallel()
	broken := filepath.Join(t.TempDir(), engine.Name)
	if err := os.WriteFile(broken, []byte("no program"), 0o700); err != nil {
		t.Fatal(err)
	}
	got := engine.Run(t.Context(), broken, order(), now)
	if e := got.Engine; e.Problem != evidence.EngineFailed || !strings.HasPrefix(e.Detail, "the engine did not start: ") {
		t.Errorf("got %+v, want engine-failed", e)
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
	if e := got.Engine; e.State != evidence.Unknown || e.Problem != evidence.EngineFailed || e.Detail != "the engine did not come to an end in its time and was ended" {
		t.Errorf("got %+v", e)
	}
	if err := grandchild.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := grandchild.Read(make([]byte, 1)); err == nil || os.IsTimeout(err) {
		t.Errorf("what the engine started is still there: %v", err)
	}
}

// A folder may hold two thousand templates with long names, and the engine says
// them all in one line.
func TestManyTemplates(t *testing.T) {
	t.Parallel()
	o := order()
	o.Templates = nil
	for i := range 2053 {
		o.Templates = append(o.Templates, engine.Template{ID: fmt.Sprintf("%s-%d", strings.Repeat("a", 240), i), Content: []byte("id: a")})
	}
	got := engine.Run(t.Context(), played(t, "all"), o, now)
	if got.Engine.State != evidence.Seen || len(got.Templates) != len(o.Templates) {
		t.Errorf("%+v, %d templates", got.Engine, len(got.Templates))
	}
}

// What the engine has started goes its own way and keeps the line open: nobody
// waits for it.
func TestNobodyWaitsForWhatTheEngineStarted(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	o := order()
	o.Templates = []engine.Template{{ID: "address", Content: []byte(listener.Addr().String())}}
	o.Deadline = 3 * time.Second
	result := make(chan engine.Result, 1)
	go func() { result <- engine.Run(t.Context(), played(t, "hang-apart"), o, now) }()
	grandchild, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer grandchild.Close() // which ends it
	select {
	case got := <-result:
		if e := got.Engine; e.Problem != evidence.EngineFailed || e.Sockets != 3 {
			t.Errorf("got %+v", e)
		}
	case <-time.After(20 * time.Second):
		t.Error("it is still waited for")
	}
}

// Whoever ends the scan in the middle has a reason, and it is no fault of the
// engine. What was sent until then is counted.
func TestStoppedInTheMiddle(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		cause error
		want  evidence.Problem
	}{
		"by-the-user":   {nil, evidence.Interrupted},
		"by-the-town":   {&network.Error{Problem: string(evidence.Stopped), Err: errors.New("the file campanile.stop is there")}, evidence.Stopped},
		"by-the-budget": {fmt.Errorf("the address: %w", &network.Error{Problem: string(evidence.BudgetSpent), Err: errors.New("spent")}), evidence.BudgetSpent},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer listener.Close()
			o := order()
			o.Templates = []engine.Template{{ID: "address", Content: []byte(listener.Addr().String())}}
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			result := make(chan engine.Result)
			go func() { result <- engine.Run(ctx, played(t, "hang"), o, now) }()
			grandchild, err := listener.Accept()
			if err != nil {
				t.Fatal(err)
			}
			defer grandchild.Close()
			cancel(test.cause)
			got := <-result
			if e := got.Engine; e.State != evidence.Unknown || e.Problem != test.want || e.Sockets != 3 || got.Requests != 2 {
				t.Errorf("got %+v, %d requests, want unknown %s with 3 sockets and 2 requests", e, got.Requests, test.want)
			}
		})
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
	plain.Request, plain.MaxBody, plain.PerSecond, plain.Connections, plain.AllowReserved = 10*time.Second, 256<<10, 5, 400, true
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
