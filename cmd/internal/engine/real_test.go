package engine_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
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
		t.Skip("bin/campanile-nuclei is not built: run \"make build\"")
	}
	return path
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
	if len(victim.requests) > 0 || len(leading.requests) > 8 {
		t.Errorf("the victim was asked %q, the server %q", victim.requests, leading.requests)
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

// Five connections to one address in a second, whatever the templates want.
func TestPaceIsHeld(t *testing.T) {
	t.Parallel()
	path := program(t)
	var connections atomic.Int32
	begun := time.Now()
	server := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		connections.Add(1)
		http.NotFound(w, r)
	})
	var list []engine.Template
	for i := range 8 {
		list = append(list, template(fmt.Sprintf("exposed-%d", i), fmt.Sprintf("'{{BaseURL}}/%d'", i), ""))
	}
	o := realOrder([]engine.Target{server.target(), {URL: "http://127.0.0.1" + server.port(), Address: netip.MustParseAddr("127.0.0.1")}}, list...)
	o.PerSecond = 5
	got := engine.Run(t.Context(), path, o, now)
	if got.Engine.State != evidence.Seen || got.Engine.Sockets != 16 || connections.Load() != 16 {
		t.Errorf("%+v, %d connections arrived", got.Engine, connections.Load())
	}
	if took := time.Since(begun); took < 15*200*time.Millisecond {
		t.Errorf("16 connections within %v", took)
	}
}

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
	greeting := engine.Template{ID: "exposed-greeting", Content: []byte("id: exposed-greeting\ninfo: {name: x, author: x, severity: low}\ntcp:\n  - host: ['{{Hostname}}']\n    read-size: 512\n    matchers:\n      - {type: word, words: ['220 ftp']}\n")}
	target := engine.Target{URL: "tcp://" + listener.Addr().String(), Address: netip.MustParseAddr("127.0.0.1")}
	got := engine.Run(t.Context(), path, realOrder([]engine.Target{target}, greeting, template("exposed-page", "'{{BaseURL}}/'", "")), now)
	if len(got.Matches) != 1 || got.Matches[0].URL != target.URL || got.Engine.Sockets != 1 {
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
	if got.Engine.Problem != evidence.Timeout || time.Since(begun) > 10*time.Second {
		t.Errorf("got %+v after %v", got.Engine, time.Since(begun))
	}
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

var (
	started = regexp.MustCompile(`^\d+\s+execve(at)?\(`)
	written = regexp.MustCompile(`^\d+\s+(openat|open|mkdir|mkdirat|rename|renameat2?|unlink|unlinkat|symlinkat|linkat|truncate|creat)\((.*)`)
	dialled = regexp.MustCompile(`^\d+\s+(connect|sendto|sendmsg|bind)\(\d+.*sa_family=(AF_INET6?|AF_[A-Z]+)(.*)`)
	quoted  = regexp.MustCompile(`"([^"]*)"`)
)

// Nothing outside its folder is written, no program is executed, and no socket
// leads anywhere but to the targets.
func TestTraceOfTheEngine(t *testing.T) {
	t.Parallel()
	path := program(t)
	if runtime.GOOS != "linux" {
		t.Skip("strace is a program of Linux")
	}
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is not installed: apt-get install strace")
	}
	server := newSite(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("proof of the fault")) })
	log := filepath.Join(t.TempDir(), "trace")
	wrapper := filepath.Join(t.TempDir(), engine.Name)
	script := fmt.Sprintf("#!/bin/sh\nexec %s -f -qq -s 4096 -o %s %s \"$@\"\n", strace, log, path)
	if err := os.WriteFile(wrapper, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	got := engine.Run(t.Context(), wrapper, realOrder([]engine.Target{server.target()}, template("exposed-one", "'{{BaseURL}}/one'", "")), now)
	if got.Engine.State != evidence.Seen || len(got.Matches) != 1 {
		if strings.Contains(got.Engine.Detail, "ptrace") || strings.Contains(got.Engine.Detail, "PTRACE") {
			t.Skip("this place forbids to trace programs")
		}
		t.Fatalf("got %+v", got)
	}
	file, err := os.Open(log)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	breaches, lines := traced(file, strings.TrimPrefix(server.port(), ":"))
	if diff := cmp.Diff([]string(nil), breaches); diff != "" || lines < 100 {
		t.Errorf("%d lines, breaches (-want +got):\n%s", lines, diff)
	}
}

// traced gives the lines of a trace that must not be in it. The first program
// and the one connection are the engine itself and its target.
func traced(log io.Reader, port string) ([]string, int) {
	var breaches []string
	lines, programs, connections := 0, 0, 0
	scanner := bufio.NewScanner(log)
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() {
		line := scanner.Text()
		lines++
		bad := writesElsewhere(line)
		if started.MatchString(line) {
			programs++
			bad = bad || programs > 1
		}
		if m := dialled.FindStringSubmatch(line); m != nil {
			connections++
			bad = bad || connections > 1 || !strings.Contains(m[3], "htons("+port+")") || !strings.Contains(m[3], `inet_addr("127.0.0.1")`)
		}
		if bad {
			breaches = append(breaches, line)
		}
	}
	return breaches, lines
}

// writesElsewhere reports a line that opens for writing, makes or removes
// something outside the engine's folder. A relative name is below a folder that
// was opened before.
func writesElsewhere(line string) bool {
	m := written.FindStringSubmatch(line)
	if m == nil || strings.HasPrefix(m[1], "open") && !strings.Contains(m[2], "O_WRONLY") && !strings.Contains(m[2], "O_RDWR") && !strings.Contains(m[2], "O_CREAT") {
		return false
	}
	where := quoted.FindStringSubmatch(m[2])
	if where == nil {
		return true
	}
	own := filepath.Join(os.TempDir(), "campanile-engine-")
	return strings.HasPrefix(where[1], "/") && where[1] != "/dev/null" && !strings.HasPrefix(where[1], own)
}

// The same judgement over a trace with one breach of every kind.
func TestBreachesInATraceAreFound(t *testing.T) {
	t.Parallel()
	own := filepath.Join(os.TempDir(), "campanile-engine-1")
	harmless := `7 execve("/opt/campanile-nuclei", ["campanile-nuclei"], 0x7ff /* 13 vars */) = 0
7 openat(AT_FDCWD, "/etc/machine-id", O_RDONLY|O_CLOEXEC) = 3
7 openat(AT_FDCWD, "` + own + `/home/x", O_WRONLY|O_CREAT, 0644) = 3
7 unlinkat(11, "LOCK", 0) = 0
7 socket(AF_INET6, SOCK_DGRAM|SOCK_CLOEXEC, IPPROTO_IP) = -1 EACCES (Permission denied)
7 connect(3, {sa_family=AF_INET, sin_port=htons(8080), sin_addr=inet_addr("127.0.0.1")}, 16) = 0
`
	breaches := []string{
		`8 execve("/usr/bin/openssl", ["openssl", "version"], 0x7ff /* 20 vars */) = 0`,
		`7 openat(AT_FDCWD, "/root/.config/nuclei/x", O_RDWR|O_CREAT|O_CLOEXEC, 0644) = 3`,
		`7 mkdirat(AT_FDCWD, "/root/.cache/goimports", 0755) = 0`,
		`7 unlink("/root/test123") = 0`,
		`7 connect(3, {sa_family=AF_INET6, sin6_port=htons(53), inet_pton(AF_INET6, "2001:4860:4860::8888", &sin6_addr)}, 28) = 0`,
		`7 sendto(3, "x", 1, 0, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("1.1.1.1")}, 16) = 1`,
		`7 connect(4, {sa_family=AF_INET, sin_port=htons(8080), sin_addr=inet_addr("127.0.0.1")}, 16) = 0`,
	}
	got, lines := traced(strings.NewReader(harmless+strings.Join(breaches, "\n")), "8080")
	if diff := cmp.Diff(breaches, got); diff != "" || lines != 6+len(breaches) {
		t.Errorf("(-want +got):\n%s", diff)
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
	if e := got.Engine; e.State != evidence.Unknown || e.Problem != evidence.Closed || !strings.Contains(e.Detail, "memory") {
		t.Errorf("got %+v", e)
	}
}
