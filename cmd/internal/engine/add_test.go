package engine_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"campanile/cmd/internal/engine"
	"campanile/collectors/evidence"
)

const version, file, web = "exposed-version-control", "exposed-environment-file", "https://www.comune.example"

func targets(address string, urls ...string) engine.Order {
	var o engine.Order
	for _, u := range urls {
		o.Targets = append(o.Targets, engine.Target{URL: u, Address: netip.MustParseAddr(address)})
	}
	return o
}

// The same fault over HTTP and over HTTPS is two: a redirect on one of them
// closes only one.
func TestEvidenceOfAWholeRun(t *testing.T) {
	t.Parallel()
	seen := evidence.SeenAt(now())
	o := targets("198.51.100.7", web+":443", "http://www.comune.example:80", "http://www.comune.example:8080")
	got := evidence.Services{}
	engine.Add(&got, o, engine.Result{
		Engine: evidence.Engine{Observation: seen, Version: "3.8.0", Sockets: 7}, Templates: []string{version, file},
		Matches: []evidence.Match{
			{Template: version, URL: web + ":443/.git/HEAD", Address: "198.51.100.7"},
			{Template: version, URL: web + ":443/.git/HEAD", Address: "198.51.100.7"},
			{Template: version, URL: "http://www.comune.example:80/.git/HEAD", Address: "198.51.100.7"},
		},
		Unchecked: []engine.Unchecked{{Template: file, URL: "http://www.comune.example:8080", Address: "198.51.100.7", Problem: evidence.Timeout, Detail: "no answer"}},
	})
	want := evidence.Services{
		Engine: evidence.Engine{Observation: seen, Version: "3.8.0", Sockets: 7}, Templates: []string{file, version},
		Tried: []evidence.Tried{
			{URL: "http://www.comune.example", Address: "198.51.100.7", Observation: seen},
			{URL: "http://www.comune.example:8080", Address: "198.51.100.7", Observation: seen},
			{URL: web, Address: "198.51.100.7", Observation: seen},
		},
		Untried: []evidence.Untried{{Template: file, URL: "http://www.comune.example:8080", Address: "198.51.100.7", Observation: evidence.UnknownAt(now(), evidence.Timeout, "no answer")}},
		Exposed: []evidence.Match{
			{Template: version, URL: "http://www.comune.example/.git/HEAD", Address: "198.51.100.7"},
			{Template: version, URL: web + "/.git/HEAD", Address: "198.51.100.7"},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The engine broke off at the second address: what it found stands, and only
// that address is unknown.
func TestEvidenceOfSeveralOrders(t *testing.T) {
	t.Parallel()
	var got evidence.Services
	broken := evidence.UnknownAt(now(), evidence.EngineFailed, "the engine broke off")
	stopped := evidence.UnknownAt(now().Add(time.Hour), evidence.Stopped, "the scan was ended")
	for _, run := range []struct {
		address string
		became  evidence.Observation
	}{{"198.51.100.7", evidence.SeenAt(now())}, {"2001:db8::7", broken}, {"198.51.100.8", stopped}} {
		engine.Add(&got, targets(run.address, web), engine.Result{
			Engine: evidence.Engine{Observation: run.became, Version: "3.8.0", Sockets: 2}, Templates: []string{version},
			Matches: []evidence.Match{{Template: version, URL: web + "/.git/HEAD", Address: run.address}},
		})
	}
	if diff := cmp.Diff(evidence.Engine{Observation: broken, Version: "3.8.0", Sockets: 6}, got.Engine); diff != "" {
		t.Errorf("engine (-want +got):\n%s", diff)
	}
	want := []evidence.Tried{
		{URL: web, Address: "198.51.100.7", Observation: evidence.SeenAt(now())},
		{URL: web, Address: "198.51.100.8", Observation: stopped},
		{URL: web, Address: "2001:db8::7", Observation: broken},
	}
	if diff := cmp.Diff(want, got.Tried); diff != "" || len(got.Exposed) != 3 || len(got.Templates) != 1 {
		t.Errorf("%d matches, %v, tried (-want +got):\n%s", len(got.Exposed), got.Templates, diff)
	}
}

// At one address no connection was left: that is about the address, and not
// about the engine.
func TestEvidenceWhereTheBudgetWasSpent(t *testing.T) {
	t.Parallel()
	spent, seen := evidence.UnknownAt(now(), evidence.BudgetSpent, "no connection was left"), evidence.SeenAt(now())
	for name, list := range map[string][]evidence.Observation{"first": {spent, seen}, "last": {seen, spent}} {
		var got evidence.Services
		for i, o := range list {
			engine.Add(&got, targets(fmt.Sprintf("198.51.100.%d", i), web), engine.Result{Engine: evidence.Engine{Observation: o}})
		}
		if got.Engine.State != evidence.Seen || len(got.Tried) != 2 || got.Tried[0].State == got.Tried[1].State {
			t.Errorf("%s: engine %+v, tried %+v", name, got.Engine, got.Tried)
		}
	}
}

func TestEvidenceWithoutAnEngine(t *testing.T) {
	t.Parallel()
	var got evidence.Services
	o := targets("198.51.100.7", web)
	result := engine.Run(t.Context(), "", o, now)
	engine.Add(&got, o, result)
	if len(got.Tried) != 1 || got.Tried[0].Problem != evidence.EngineAbsent || got.Engine.Problem != evidence.EngineAbsent {
		t.Errorf("got %+v, want engine-absent", got)
	}
}

// What has no room leaves no gap that looks like a pass.
func TestEvidenceThatIsFull(t *testing.T) {
	t.Parallel()
	seen := evidence.Engine{Observation: evidence.SeenAt(now())}
	tests := map[string]struct {
		full   evidence.Services
		result engine.Result
	}{
		"untried": {
			evidence.Services{Untried: make([]evidence.Untried, evidence.MaxUntried)},
			engine.Result{Engine: seen, Unchecked: []engine.Unchecked{{Template: file, URL: web, Address: "198.51.100.7", Problem: evidence.Timeout}}},
		},
		"matches": {
			evidence.Services{Exposed: make([]evidence.Match, evidence.MaxMatches)},
			engine.Result{Engine: seen, Matches: []evidence.Match{{Template: file, URL: web + "/.env", Address: "198.51.100.7"}}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := test.full
			engine.Add(&got, targets("198.51.100.7", web), test.result)
			if len(got.Tried) != 1 || got.Tried[0].Problem != evidence.TooMany {
				t.Errorf("tried %+v, want unknown too-many", got.Tried)
			}
			if len(got.Untried) > evidence.MaxUntried || len(got.Exposed) > evidence.MaxMatches {
				t.Errorf("%d untried, %d matches", len(got.Untried), len(got.Exposed))
			}
		})
	}
	got := evidence.Services{Tried: make([]evidence.Tried, evidence.MaxTried)}
	engine.Add(&got, targets("198.51.100.7", web), engine.Result{Engine: seen})
	if len(got.Tried) != evidence.MaxTried {
		t.Errorf("%d places", len(got.Tried))
	}
}

// A port that goes without saying is said to the program and to nobody else.
func TestUsualPorts(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ plain, ported string }{
		{"https://www.comune.example", "https://www.comune.example:443"},
		{"http://www.comune.example", "http://www.comune.example:80"},
		{"http://[2001:db8::7]", "http://[2001:db8::7]:80"},
		{"https://[2001:db8::7]:8443", "https://[2001:db8::7]:8443"},
		{"http://www.comune.example:443", "http://www.comune.example:443"},
		{"tcp://198.51.100.7:21", "tcp://198.51.100.7:21"},
	} {
		o := engine.Order{Templates: []engine.Template{{ID: file}}, Targets: []engine.Target{{URL: test.plain, Address: netip.MustParseAddr("198.51.100.7")}}}
		lines, err := o.Lines("/x")
		if err != nil || !strings.Contains(string(lines), `"url":"`+test.ported+`"`) {
			t.Errorf("%s: %v, %s", test.plain, err, lines)
		}
		var got evidence.Services
		engine.Add(&got, targets("198.51.100.7", test.ported), engine.Result{Matches: []evidence.Match{{Template: file, URL: test.ported + "/.env?a=b#c", Address: "198.51.100.7"}}})
		if got.Tried[0].URL != test.plain || len(got.Exposed) != 1 || got.Exposed[0].URL != test.plain+"/.env?a=b#c" {
			t.Errorf("got %+v, %+v, want %s", got.Tried, got.Exposed, test.plain)
		}
	}
}
