package engine_test

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"campanile/cmd/internal/engine"
	"campanile/collectors/evidence"
)

// program is the real engine, where it has been built.
func program(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs("../../../bin/" + engine.Name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		without(t, "bin/campanile-nuclei is not built: run \"make build\"")
	}
	return path
}

// without leaves the test out; where all of them must run it fails, since a
// test that was left out looks like one that passed.
func without(t *testing.T, reason string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(reason)
	}
	t.Skip(reason)
}

const page = `id: %s
info: {name: A page, author: campanile, severity: high}
http:
  - method: GET
    path: [%s]
    max-size: 4096
    disable-cookie: true
    %s
    matchers-condition: and
    matchers:
      - {type: status, status: [200]}
      - {type: word, words: [proof of the fault]}
`

func template(id, paths, more string) engine.Template {
	return engine.Template{ID: id, Content: fmt.Appendf(nil, page, id, paths, more)}
}

// site is a server on loopback that writes down who asked for what.
type site struct {
	url      string
	mu       sync.Mutex
	requests []string
	agents   []string
}

func newSite(t *testing.T, handler http.HandlerFunc) *site {
	t.Helper()
	s := &site{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.requests = append(s.requests, r.Method+" "+r.Host[:strings.LastIndex(r.Host, ":")]+" "+r.URL.Path)
		s.agents = append(s.agents, r.UserAgent())
		s.mu.Unlock()
		handler(w, r)
	}))
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

func (s *site) port() string { return s.url[strings.LastIndex(s.url, ":"):] }

func (s *site) target() engine.Target {
	return engine.Target{URL: "http://www.comune.example" + s.port(), Address: netip.MustParseAddr("127.0.0.1")}
}

func realOrder(targets []engine.Target, templates ...engine.Template) engine.Order {
	return engine.Order{Templates: templates, Targets: targets, AllowReserved: true, Agent: "Campanile", PerSecond: 1000, Deadline: time.Minute, Request: 3 * time.Second}
}

func TestRealEngineFindsWhatIsThere(t *testing.T) {
	t.Parallel()
	path := program(t)
	faulty := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/second" {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write([]byte("proof of the fault"))
	})
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	shut := engine.Target{URL: "https://" + closed.Addr().String(), Address: netip.MustParseAddr("127.0.0.1")}
	closed.Close()
	got := engine.Run(t.Context(), path, realOrder([]engine.Target{faulty.target(), shut},
		template("exposed-two", "'{{BaseURL}}/first', '{{BaseURL}}/second'", ""),
		template("exposed-one", "'{{BaseURL}}/one'", ""),
		template("exposed-same", "'{{BaseURL}}/one'", ""),
	), now)
	if got.Engine.State != evidence.Seen || got.Engine.Version != "3.8.0" {
		t.Fatalf("engine %+v", got.Engine)
	}
	want := []evidence.Match{{Template: "exposed-two", URL: faulty.target().URL + "/second", Address: "127.0.0.1"}}
	if diff := cmp.Diff(want, got.Matches); diff != "" {
		t.Errorf("matches (-want +got):\n%s", diff)
	}
	// Two templates that ask the same cost one request.
	slices.Sort(faulty.requests)
	if diff := cmp.Diff([]string{"GET www.comune.example /first", "GET www.comune.example /one", "GET www.comune.example /second"}, faulty.requests); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	if !slices.Equal(slices.Compact(slices.Clone(faulty.agents)), []string{"Campanile"}) {
		t.Errorf("agents %q", faulty.agents)
	}
	var unchecked []string
	for _, u := range got.Unchecked {
		unchecked = append(unchecked, u.Template+" "+string(u.Problem)+" "+u.URL)
	}
	slices.Sort(unchecked)
	if diff := cmp.Diff([]string{"exposed-one refused " + shut.URL, "exposed-same refused " + shut.URL, "exposed-two refused " + shut.URL}, unchecked); diff != "" {
		t.Errorf("unchecked (-want +got):\n%s", diff)
	}
}

// One path matched, the next one hung: the match stands. On a server where the
// first path hangs and nothing matches, the template is unchecked.
func TestFailureBesideAMatch(t *testing.T) {
	t.Parallel()
	path := program(t)
	hang := func(matching string) *site {
		return newSite(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == matching {
				_, _ = w.Write([]byte("proof of the fault"))
				return
			}
			<-r.Context().Done()
		})
	}
	matching, silent := hang("/first"), hang("/none")
	o := realOrder([]engine.Target{matching.target(), silent.target()}, template("exposed-two", "'{{BaseURL}}/first', '{{BaseURL}}/second'", ""))
	o.Request = time.Second
	got := engine.Run(t.Context(), path, o, now)
	if len(got.Matches) != 1 || got.Matches[0].URL != matching.target().URL+"/first" {
		t.Errorf("matches %+v", got.Matches)
	}
	if len(got.Unchecked) != 1 || got.Unchecked[0].Problem != evidence.Timeout || got.Unchecked[0].URL != silent.target().URL {
		t.Errorf("unchecked %+v", got.Unchecked)
	}
}

// The server leads to another address, to another port and to another name; a
// template that slipped in past the lint would follow.
func TestNobodyElseIsAsked(t *testing.T) {
	t.Parallel()
	path := program(t)
	victim := newSite(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("proof of the fault")) })
	leading := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/port":
			http.Redirect(w, r, "http://www.comune.example"+victim.port()+"/", http.StatusFound)
		case "/name":
			http.Redirect(w, r, "http://other.example"+r.Host[strings.LastIndex(r.Host, ":"):]+"/proof", http.StatusFound)
		case "/loopback":
			http.Redirect(w, r, "http://127.0.0.1"+victim.port()+"/", http.StatusFound)
		case "/metadata":
			http.Redirect(w, r, "http://169.254.169.254/latest/", http.StatusFound)
		case "/here":
			http.Redirect(w, r, "/proof", http.StatusFound)
		case "/circle":
			http.Redirect(w, r, "/circle", http.StatusFound)
		case "/proof":
			_, _ = w.Write([]byte("proof of the fault"))
		}
	})
	got := engine.Run(t.Context(), path, realOrder([]engine.Target{leading.target()},
		template("exposed-port", "'{{BaseURL}}/port'", "host-redirects: true\n    max-redirects: 2"),
		template("exposed-name", "'{{BaseURL}}/name'", "host-redirects: true\n    max-redirects: 2"),
		template("exposed-loopback", "'{{BaseURL}}/loopback'", "host-redirects: true\n    max-redirects: 2"),
		template("exposed-metadata", "'{{BaseURL}}/metadata'", "host-redirects: true\n    max-redirects: 2"),
		template("exposed-circle", "'{{BaseURL}}/circle'", "host-redirects: true\n    max-redirects: 2"),
		template("exposed-here", "'{{BaseURL}}/here'", "host-redirects: true\n    max-redirects: 2"),
		template("exposed-still", "'{{BaseURL}}/here'", ""),
	), now)
	var matched []string
	for _, m := range got.Matches {
		matched = append(matched, m.Template)
	}
	if diff := cmp.Diff([]string{"exposed-here"}, matched); diff != "" || got.Engine.State != evidence.Seen {
		t.Errorf("%+v, matched (-want +got):\n%s", got.Engine, diff)
	}
	if len(victim.requests) > 0 || len(leading.requests) > 10 || got.Engine.Sockets != len(leading.requests) {
		t.Errorf("the victim was asked %q, the server %q, by %d connections", victim.requests, leading.requests, got.Engine.Sockets)
	}
	anywhere := engine.Run(t.Context(), path, realOrder([]engine.Target{leading.target()}, template("exposed-port", "'{{BaseURL}}/port'", "redirects: true")), now)
	if !strings.Contains(anywhere.Engine.Detail, "template exposed-port does more than read") || len(victim.requests) > 0 {
		t.Errorf("got %+v, the victim was asked %q", anywhere.Engine, victim.requests)
	}
}

func TestReservedAddressesAreRefusedByTheEngineToo(t *testing.T) {
	t.Parallel()
	path := program(t)
	for _, text := range []string{"127.0.0.1", "10.1.2.3", "192.168.1.1", "169.254.1.1", "100.64.0.1", "192.0.2.1", "0.0.0.0", "255.255.255.255", "224.0.0.1", "::1", "fe80::1", "fd00::1", "2001:db8::1", "64:ff9b::7f00:1", "::ffff:127.0.0.1", "2002:7f00:1::1"} {
		o := realOrder([]engine.Target{{URL: "http://www.comune.example:80", Address: netip.MustParseAddr(text)}}, template("exposed-one", "'{{BaseURL}}/one'", ""))
		o.AllowReserved = false
		got := engine.Run(t.Context(), path, o, now)
		if !strings.HasSuffix(got.Engine.Detail, "is a reserved address") || got.Engine.State != evidence.Unknown {
			t.Errorf("%s: got %+v", text, got.Engine)
		}
	}
}

// slack is what a busy computer may shift the arrival of a connection.
const slack = 150 * time.Millisecond

// Five connections to one address in a second, whatever the templates want and
// however many names lead there.
func TestPaceIsHeld(t *testing.T) {
	t.Parallel()
	path := program(t)
	var mu sync.Mutex
	var arrivals []time.Time
	server := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		arrivals = append(arrivals, time.Now())
		mu.Unlock()
		http.NotFound(w, r)
	})
	var list []engine.Template
	for i := range 8 {
		list = append(list, template(fmt.Sprintf("exposed-%d", i), fmt.Sprintf("'{{BaseURL}}/%d'", i), ""))
	}
	o := realOrder([]engine.Target{server.target(), {URL: "http://127.0.0.1" + server.port(), Address: netip.MustParseAddr("127.0.0.1")}}, list...)
	o.PerSecond = 0 // the default is five
	got := engine.Run(t.Context(), path, o, now)
	if got.Engine.State != evidence.Seen || got.Engine.Sockets != 16 || len(arrivals) != 16 {
		t.Fatalf("%+v, %d connections arrived", got.Engine, len(arrivals))
	}
	slices.SortFunc(arrivals, time.Time.Compare)
	if took := arrivals[15].Sub(arrivals[0]); took < 15*200*time.Millisecond-slack {
		t.Errorf("16 connections within %v", took)
	}
	// Evenly, and not in bursts: a second holds five, and one more at its edge.
	for i := range len(arrivals) - 6 {
		if took := arrivals[i+6].Sub(arrivals[i]); took < 6*200*time.Millisecond-slack {
			t.Errorf("seven connections within %v", took)
		}
	}
}

var greetingTemplate = engine.Template{ID: "exposed-greeting", Content: []byte("id: exposed-greeting\ninfo: {name: x, author: x, severity: low}\ntcp:\n  - host: ['{{Hostname}}']\n    read-size: 512\n    matchers:\n      - {type: word, words: ['220 ftp']}\n")}

func TestGreetingIsReadAndNothingSaid(t *testing.T) {
	t.Parallel()
	path := program(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	said := make(chan int, 1)
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		_, _ = conn.Write([]byte("220 ftp.comune.example ready\r\n"))
		n, _ := conn.Read(make([]byte, 1))
		said <- n
	}()
	target := engine.Target{URL: "tcp://" + listener.Addr().String(), Address: netip.MustParseAddr("127.0.0.1")}
	got := engine.Run(t.Context(), path, realOrder([]engine.Target{target}, greetingTemplate, template("exposed-page", "'{{BaseURL}}/'", "")), now)
	if len(got.Matches) != 1 || got.Matches[0].URL != target.URL || got.Engine.Sockets != 1 || got.Received != 30 || got.Sent != 0 {
		t.Errorf("got %+v", got)
	}
	if n := <-said; n != 0 {
		t.Errorf("it said %d bytes", n)
	}
}

func TestRealEngineIsEndedInTime(t *testing.T) {
	t.Parallel()
	path := program(t)
	var open atomic.Int32
	hanging := newSite(t, func(_ http.ResponseWriter, r *http.Request) {
		open.Add(1)
		<-r.Context().Done()
		open.Add(-1)
	})
	o := realOrder([]engine.Target{hanging.target()}, template("exposed-one", "'{{BaseURL}}/one'", ""))
	o.Request, o.Deadline = 30*time.Second, 3*time.Second
	begun := time.Now()
	got := engine.Run(t.Context(), path, o, now)
	if got.Engine.Problem != evidence.EngineFailed || !strings.HasSuffix(got.Engine.Detail, "in its time and was ended") || time.Since(begun) > 10*time.Second {
		t.Errorf("got %+v after %v", got.Engine, time.Since(begun))
	}
}

// What goes beyond the budget of the address is unchecked, with that reason.
func TestBudgetIsKept(t *testing.T) {
	t.Parallel()
	path := program(t)
	server := newSite(t, func(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) })
	var list []engine.Template
	for i := range 8 {
		list = append(list, template(fmt.Sprintf("exposed-%d", i), fmt.Sprintf("'{{BaseURL}}/%d'", i), ""))
	}
	o := realOrder([]engine.Target{server.target()}, list...)
	o.Connections = 3
	got := engine.Run(t.Context(), path, o, now)
	if got.Engine.State != evidence.Seen || got.Engine.Sockets != 3 || len(server.requests) != 3 || len(got.Unchecked) != 5 {
		t.Errorf("%+v, %d requests arrived, %d templates unchecked, want 3, 3 and 5", got.Engine, len(server.requests), len(got.Unchecked))
	}
	for _, u := range got.Unchecked {
		if u.Problem != evidence.BudgetSpent {
			t.Errorf("%+v, want budget-spent", u)
		}
	}
}

// After three failures in a row a server is left alone, and what was not tried
// has the reason of the failures.
func TestServerThatFailsIsLeftAlone(t *testing.T) {
	t.Parallel()
	path := program(t)
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	shut := engine.Target{URL: "http://www.comune.example:" + strconv.Itoa(closed.Addr().(*net.TCPAddr).Port), Address: netip.MustParseAddr("127.0.0.1")}
	closed.Close()
	hanging := newSite(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	var list []engine.Template
	for i := range 6 {
		list = append(list, template(fmt.Sprintf("exposed-%d", i), fmt.Sprintf("'{{BaseURL}}/%d'", i), ""))
	}
	for want, target := range map[evidence.Problem]engine.Target{evidence.Refused: shut, evidence.Timeout: hanging.target()} {
		t.Run(string(want), func(t *testing.T) {
			t.Parallel()
			o := realOrder([]engine.Target{target}, list...)
			o.Request = time.Second
			got := engine.Run(t.Context(), path, o, now)
			if got.Engine.State != evidence.Seen || len(got.Unchecked) != 6 || got.Engine.Sockets > 3 {
				t.Errorf("got %+v, %d templates unchecked, want 6 with 3 connections at most", got.Engine, len(got.Unchecked))
			}
			for _, u := range got.Unchecked {
				if u.Problem != want {
					t.Errorf("%+v, want %s", u, want)
				}
			}
		})
	}
}

// Somebody kills it in the middle: what it had found until then stands, what it
// had sent until then is counted, and the reason is said.
func TestRealEngineKilledInTheMiddle(t *testing.T) {
	t.Parallel()
	path := program(t)
	if runtime.GOOS == "windows" {
		t.Skip("the test needs a shell")
	}
	folder := t.TempDir()
	wrapper, number := filepath.Join(folder, engine.Name), filepath.Join(folder, "number")
	if err := os.WriteFile(wrapper, fmt.Appendf(nil, "#!/bin/sh\necho $$ > %s\nexec %s\n", number, path), 0o700); err != nil {
		t.Fatal(err)
	}
	killed := make(chan error, 1)
	server := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/a" {
			_, _ = w.Write([]byte("proof of the fault"))
			return
		}
		killed <- kill(number)
		<-r.Context().Done()
	})
	// One after the other, in the order of their ids.
	o := realOrder([]engine.Target{server.target()}, template("exposed-a", "'{{BaseURL}}/a'", ""), template("exposed-b", "'{{BaseURL}}/b'", ""))
	got := engine.Run(t.Context(), wrapper, o, now)
	if err := <-killed; err != nil {
		t.Fatal(err)
	}
	if e := got.Engine; e.Problem != evidence.EngineFailed || !strings.HasPrefix(e.Detail, "the engine broke off (signal: killed)") || e.Sockets != 1 || got.Requests != 1 || got.Sent == 0 {
		t.Errorf("got %+v", got)
	}
	if len(got.Matches) != 1 || got.Matches[0].Template != "exposed-a" {
		t.Errorf("kept %+v", got.Matches)
	}
	var found evidence.Services
	engine.Add(&found, o, got)
	if len(found.Tried) != 1 || found.Tried[0].Problem != evidence.EngineFailed || len(found.Exposed) != 1 {
		t.Errorf("evidence %+v", found)
	}
}

// kill ends the program whose number is in a file.
func kill(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	id, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return err
	}
	process, err := os.FindProcess(id)
	if err != nil {
		return err
	}
	return process.Kill()
}

// By hand it does nothing and leaves nothing behind.
func TestStartedByHand(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	command := exec.CommandContext(t.Context(), program(t), "--help")
	command.Env = []string{"HOME=" + home, "PATH=" + os.Getenv("PATH")}
	output, err := command.CombinedOutput()
	if err == nil || !strings.HasPrefix(string(output), "campanile-nuclei is started by campanile") {
		t.Errorf("%v: %s", err, output)
	}
	if left, err := os.ReadDir(home); err != nil || len(left) > 0 {
		t.Errorf("it left %v, %v", left, err)
	}
}

// More memory than it may have ends the engine, and not the scan.
func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	path := program(t)
	if runtime.GOOS != "linux" {
		t.Skip("the bound is one of Linux")
	}
	server := newSite(t, func(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) })
	o := realOrder([]engine.Target{server.target()}, template("exposed-one", "'{{BaseURL}}/one'", ""))
	o.Memory = 16 << 20
	got := engine.Run(t.Context(), path, o, now)
	if e := got.Engine; e.State != evidence.Unknown || e.Problem != evidence.EngineFailed || !strings.Contains(e.Detail, "memory") {
		t.Errorf("got %+v", e)
	}
}
