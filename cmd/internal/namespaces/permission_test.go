package namespaces

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"

	"campanile/collectors/evidence"
)

// permissionVariable tells the copy of the test in the namespaces which program
// to test.
const permissionVariable = "CAMPANILE_NAMESPACES_PERMISSION"

// neededForPermission are the programs that stand in the way of a scan, or beside it.
var neededForPermission = [][2]string{{"apache2", "apache2-bin"}, {"ip", "iproute2"}, {"nft", "nftables"}, {"nginx", "nginx-light"}, {"nmap", "nmap"}, {"openssl", "openssl"}, {"php-cgi", "php-cgi"}, {"sshd", "openssh-server"}}

// TestPermission scans under a mandate as a user would: what is refused sends
// nothing, and whatever stands in the way ends with the right words in a bounded
// time.
func TestPermission(t *testing.T) {
	if program := os.Getenv(permissionVariable); program != "" {
		testPermission(t, program)
		return
	}
	t.Parallel() // most of it is waiting
	requirePrograms(t, neededForPermission)
	if os.Getuid() != 0 {
		unable(t, "a firewall needs root")
	}
	engine, err := filepath.Abs("../../../bin/campanile-nuclei")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(engine); err != nil {
		unable(t, "bin/campanile-nuclei is not built: run \"make build\"")
	}
	program := build(t)
	if err := os.Link(engine, filepath.Join(filepath.Dir(program), filepath.Base(engine))); err != nil {
		tool(t, ".", "cp", engine, filepath.Dir(program))
	}
	output, err := inNamespaces(t, pattern(t.Name()), remaining(t), permissionVariable+"="+program)
	t.Log("\n" + output)
	if err != nil {
		t.Errorf("the test in the namespaces: %v", err)
	}
}

func testPermission(t *testing.T, program string) {
	t.Helper()
	start := time.Now()
	h := openHall(t, program)
	defer func() { t.Logf("%.0f s in all", time.Since(start).Seconds()) }()
	t.Run("refused", h.testRefused)
	t.Run("side-by-side", func(t *testing.T) { // each at addresses of its own
		for name, test := range map[string]func(*testing.T){
			"reserved": h.testReserved, "obstacles": h.testObstacles, "exposed": h.testExposed, "stopped": h.testStopped, "engine": h.testEngine,
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				test(t)
			})
		}
	})
	t.Run("cost", h.testCost) // alone, as it is timed
}

// hall is the lab of this test: a town hall whose name leads wherever a case
// wants it to, and the scanner.
type hall struct {
	*world
	program string
	scanner netip.Addr
}

const borgo = "comune.borgo.example"

// The addresses of the hall.
var (
	webHost   = host(3, 10).V4 // everything that a web server should not show
	neatHost  = host(3, 11).V4 // a web server that shows its pages, and SSH
	dropHost  = host(3, 12).V4 // behind a firewall that drops everything
	trapHost  = host(3, 13).V4 // that answers at every port
	limitHost = host(3, 14).V4 // behind a firewall that shuts out who comes too often
	otherHost = host(3, 15).V4 // of somebody else
	plainHost = host(3, 16).V4 // a web server, for a look while the engine fails
	emptyHost = host(3, 17).V4 // at which nothing is open
	quietHost = host(3, 18).V4 // another such
	askedHost = host(3, 53).V4 // the resolver
)

func openHall(t *testing.T, program string) *hall {
	t.Helper()
	h := &hall{world: &world{Dir: t.TempDir(), keys: map[string]string{}}, program: program, scanner: netip.MustParseAddr(host(3, 250).V4)}
	if err := os.Chmod(filepath.Dir(h.Dir), 0o755); err != nil { // the servers are other users
		t.Fatal(err)
	}
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		t.Fatal("making the mounts private: ", err)
	}
	if err := syscall.Mount("campanile", "/run", "tmpfs", 0, "mode=755"); err != nil {
		t.Fatal("mounting over /run: ", err)
	}
	script := "link set lo up\naddr add " + h.scanner.String() + "/32 dev lo\naddr add 10.20.30.40/32 dev lo\naddr add 169.254.7.7/32 dev lo\n"
	for _, at := range []string{webHost, neatHost, dropHost, trapHost, limitHost, otherHost, plainHost, emptyHost, quietHost, askedHost} {
		// What the program sends comes from the scanner, so that it can be told apart.
		script += "addr add " + at + "/32 dev lo\nroute replace local " + at + " dev lo table local src " + h.scanner.String() + "\n"
	}
	write(t, filepath.Join(h.Dir, "network"), []byte(script))
	tool(t, h.Dir, "ip", "-batch", filepath.Join(h.Dir, "network"))
	h.resolve(t)
	h.serveWeb(t)
	return h
}

// resolve runs a small resolver: every name of the hall leads to the addresses
// that its first label spells, nothing else exists.
func (h *hall) resolve(t *testing.T) {
	t.Helper()
	handler := dns.HandlerFunc(func(w dns.ResponseWriter, query *dns.Msg) {
		reply := new(dns.Msg).SetReply(query)
		reply.RecursionAvailable = true
		if q := query.Question[0]; q.Qtype == dns.TypeA {
			for _, at := range leadsTo(q.Name) {
				reply.Answer = append(reply.Answer, &dns.A{Hdr: dns.RR_Header{Name: q.Name, Rrtype: dns.TypeA, Class: dns.ClassINET, Ttl: 60}, A: at.AsSlice()})
			}
		}
		_ = w.WriteMsg(reply)
	})
	for _, network := range []string{"udp", "tcp"} {
		up, ended := make(chan struct{}), make(chan struct{})
		server := &dns.Server{Addr: askedHost + ":53", Net: network, Handler: handler, NotifyStartedFunc: func() { close(up) }}
		go func() {
			defer close(ended)
			_ = server.ListenAndServe()
		}()
		<-up
		t.Cleanup(func() {
			_ = server.Shutdown()
			<-ended
		})
	}
}

// leadsTo reads the addresses of "a-192-0-2-1.a-10-0-0-1.comune.example": a town
// is named by where it leads.
func leadsTo(name string) (list []netip.Addr) {
	for _, label := range dns.SplitDomainName(name) {
		at, err := netip.ParseAddr(strings.ReplaceAll(strings.TrimPrefix(label, "a-"), "-", "."))
		if err == nil && strings.HasPrefix(label, "a-") && !strings.HasPrefix(name, "www.") {
			list = append(list, at)
		}
	}
	return list
}

// town is the name of a town that leads to the addresses.
func leading(addresses ...string) string {
	name := borgo
	for _, at := range addresses {
		name = "a-" + strings.ReplaceAll(at, ".", "-") + "." + name
	}
	return name
}

// mandateFor writes a mandate over all names of the hall.
func (h *hall) mandateFor(t *testing.T, change map[string]string, addresses ...string) string {
	t.Helper()
	fields := map[string]string{
		"body": "Comune di Borgo", "domains": "[" + borgo + "]", "addresses": "[" + strings.Join(addresses, ", ") + "]", "authorised_by": "Prima Cittadina",
		"role": "Sindaca", "from": time.Now().AddDate(0, 0, -1).Format(time.DateOnly), "until": time.Now().AddDate(0, 0, 1).Format(time.DateOnly), "contact": "ufficio@" + borgo,
	}
	maps.Copy(fields, change)
	var text strings.Builder
	for key, value := range fields {
		fmt.Fprintf(&text, "%s: %s\n", key, value)
	}
	file, err := os.CreateTemp(h.Dir, "mandate-*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteString(text.String()); err != nil || file.Close() != nil {
		t.Fatal("writing the mandate: ", err)
	}
	return file.Name()
}

// outing is one run of the program and what left for its sake.
type outing struct {
	code    int
	stderr  string
	took    time.Duration
	memory  int64 // greatest resident set of the program and its children, bytes
	packets []departure
	bundle  *evidence.Bundle
	scan    *scan
}

// scan runs the program as a user would, on the services alone.
func (h *hall) scan(t *testing.T, arguments ...string) outing {
	t.Helper()
	return h.scanWith(t, h.program, nil, arguments...)
}

// scanWith runs some copy of the program; while is called when it has begun.
func (h *hall) scanWith(t *testing.T, program string, while func(dir string), arguments ...string) outing {
	t.Helper()
	dir := t.TempDir()
	kept := filepath.Join(dir, "evidence.jsonl")
	command := exec.CommandContext(t.Context(), program, append([]string{
		"scan", "--profile", "full", "--only", "services", "--resolver", askedHost, "--format", "json", "--evidence", kept, "--country", "it",
	}, arguments...)...)
	var stdout, stderr bytes.Buffer
	command.Dir, command.Stdout, command.Stderr = dir, &stdout, &stderr
	wire := listenOn(t, h.scanner)
	start := time.Now()
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	if while != nil {
		while(dir)
	}
	_ = command.Wait() // the exit code is what is looked at
	o := outing{code: command.ProcessState.ExitCode(), stderr: stderr.String(), took: time.Since(start), packets: wire.end(t)}
	if usage, ok := command.ProcessState.SysUsage().(*syscall.Rusage); ok {
		o.memory = usage.Maxrss << 10
	}
	if stdout.Len() > 0 {
		o.scan = &scan{output: stdout.Bytes(), evidence: kept}
		if err := json.Unmarshal(stdout.Bytes(), o.scan); err != nil {
			t.Fatalf("%v\n%s", err, stdout.String())
		}
		o.bundle = o.scan.bundle(t)
	}
	return o
}

// went lists where packets went besides the resolver.
func (o outing) went() (places []string) {
	for _, p := range o.packets {
		if place := p.to.Addr().String(); place != askedHost && !slices.Contains(places, place) {
			places = append(places, place)
		}
	}
	return places
}

// desktop gives the verdict on a remote desktop at an address, which stands for
// all that ports tell, and its problem.
func (o outing) desktop(address string) string {
	for _, f := range o.scan.Findings {
		if f.Rule == "service-remote-desktop-exposed" && f.Subject == address {
			return strings.TrimSpace(f.Outcome + " " + f.Facts["problem"])
		}
	}
	return "no finding"
}

// testRefused holds every way to be refused against the wire: nothing leaves, not
// even a question for a name.
func (h *hall) testRefused(t *testing.T) {
	good := h.mandateFor(t, nil, neatHost)
	yesterday := time.Now().AddDate(0, 0, -1).Format(time.DateOnly)
	for name, tt := range map[string]struct {
		arguments []string
		says      string
	}{
		"without-a-mandate": {[]string{leading(neatHost)}, `make one with "campanile mandate new"`},
		"expired": {
			[]string{leading(neatHost), "--mandate", h.mandateFor(t, map[string]string{"from": "2020-01-01", "until": "2020-02-01"}, neatHost)},
			`authorised until 2020-02-01, today is ` + time.Now().Format(time.DateOnly) + `; ask for a new letter`,
		},
		"over-since-midnight": {[]string{leading(neatHost), "--mandate", h.mandateFor(t, map[string]string{"until": yesterday}, neatHost)}, "authorised until " + yesterday},
		"not-begun":           {[]string{leading(neatHost), "--mandate", h.mandateFor(t, map[string]string{"from": "2999-01-01", "until": "2999-02-01"}, neatHost)}, "authorised from 2999-01-01"},
		"name-outside":        {[]string{"comune.altrove.example", "--mandate", good}, "comune.altrove.example is outside it"},
		"one-of-two-outside":  {[]string{leading(neatHost), "comune.altrove.example", "--mandate", good}, "comune.altrove.example is outside it"},
		"address-outside":     {[]string{leading(neatHost), "--mandate", good, "--addresses", otherHost}, otherHost + " is not among its addresses"},
		"loopback":            {[]string{leading(neatHost), "--mandate", good, "--addresses", "127.0.0.1"}, "no public host can have it"},
		"no-such-mandate":     {[]string{leading(neatHost), "--mandate", "nowhere.yaml"}, "nowhere.yaml"},
		"asked-to-be-left":    {[]string{leading(neatHost), "--mandate", good, "--opt-out", h.list(t, borgo)}, "asked to be left alone"},
	} {
		t.Run(name, func(t *testing.T) {
			o := h.scan(t, tt.arguments...)
			if o.code != 2 || !strings.Contains(o.stderr, tt.says) {
				t.Errorf("exit code %d, want 2 and %q:\n%s", o.code, tt.says, o.stderr)
			}
			// The end of a connection by which the test looked whether a server is up
			// may still be under way.
			if i := slices.IndexFunc(o.packets, func(p departure) bool { return p.syn || p.udp || len(p.payload) > 0 }); i >= 0 {
				t.Errorf("%d packets left: %+v", len(o.packets), o.packets[i])
			}
		})
	}
}

// list writes an opt-out list.
func (h *hall) list(t *testing.T, lines ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "left-alone.txt")
	write(t, path, []byte(strings.Join(lines, "\n")+"\n"))
	return path
}

// testReserved leads names to where no public host can be, and to where the
// mandate does not reach.
func (h *hall) testReserved(t *testing.T) {
	for name, tt := range map[string]struct {
		address string
		mandate []string
		more    []string
		problem evidence.Problem
	}{
		"loopback":     {"127.0.0.1", []string{"127.0.0.1"}, nil, evidence.NotPermitted},
		"private":      {"10.20.30.40", []string{"10.20.30.40"}, nil, evidence.NotPermitted},
		"link-local":   {"169.254.7.7", []string{"169.254.7.7"}, nil, evidence.NotPermitted},
		"of-others":    {otherHost, []string{emptyHost}, []string{"--addresses", emptyHost}, ""},
		"opted-out":    {otherHost, []string{otherHost}, []string{"--opt-out", h.list(t, otherHost)}, evidence.NotPermitted},
		"outside-only": {otherHost, []string{host(3, 64).V4 + "/26"}, nil, evidence.NotPermitted},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := h.scan(t, append([]string{leading(tt.address), "--mandate", h.mandateFor(t, nil, tt.mandate...)}, tt.more...)...)
			if o.code != 0 || o.bundle == nil {
				t.Fatalf("exit code %d\n%s", o.code, o.stderr)
			}
			if places := o.went(); slices.Contains(places, tt.address) {
				t.Errorf("packets went to %v", places)
			}
			for _, h := range o.bundle.Services.Hosts {
				if h.Address == tt.address && h.Problem != tt.problem {
					t.Errorf("%s: %+v", h.Address, h.Observation)
				}
			}
			if tt.problem == "" {
				return
			}
			if got := o.desktop(tt.address); got != "inconclusive "+string(tt.problem) {
				t.Errorf("remote desktop: %s", got)
			}
		})
	}
	t.Run("allowed-inside-an-intranet", func(t *testing.T) {
		t.Parallel()
		o := h.scan(t, leading("10.20.30.40"), "--mandate", h.mandateFor(t, nil, "10.20.30.40"), "--allow-reserved")
		// The kernel speaks to its own address from it, so that only the verdict tells.
		if got := o.desktop("10.20.30.40"); got != "pass" {
			t.Errorf("%s\n%s", got, o.stderr)
		}
	})
}
