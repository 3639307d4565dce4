package namespaces

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"campanile/collectors/evidence"
	list "campanile/collectors/records/services"
)

// street is the lab of this test: addresses at which servers live.
type street struct {
	*world
	scanner  netip.Addr
	premises []*premises
	folders  []string // that must be afterwards what they were before
}

// premises is one server, where it is open, and what must be told of it.
type premises struct {
	name   string
	at     string
	server *server // nil where the test speaks the protocol itself
	doors  []exposure
	// forward is where an unusual port leads, as a router forwards it: some
	// servers listen at one port only.
	forward  map[uint16]uint16
	unharmed func(t *testing.T) // reads what the server has seen of us
	login    func(t *testing.T) // tries what we never do
}

// exposure is one port.
type exposure struct {
	port uint16
	udp  bool
	want identified
}

func (d exposure) String() string {
	if d.udp {
		return fmt.Sprintf("%d/udp", d.port)
	}
	return strconv.Itoa(int(d.port))
}

// identified is what a port must be told as. Without a service nothing is to be
// told, for the problem where there is one.
type identified struct {
	service, product string
	version          string // holds the one that is stated; none where none is
	tls              bool
	facts            map[string]string
	problem          evidence.Problem
}

// tcp gives doors behind which the same server is, datagrams those over UDP.
func tcp(want identified, ports ...uint16) (doors []exposure) {
	for _, port := range ports {
		doors = append(doors, exposure{port: port, want: want})
	}
	return doors
}

func datagrams(want identified, ports ...uint16) []exposure {
	doors := tcp(want, ports...)
	for i := range doors {
		doors[i].udp = true
	}
	return doors
}

// inTLS is the same behind TLS.
func (want identified) inTLS() identified {
	want.tls = true
	return want
}

// packaged is the version of a package of Debian, in which that of its program
// stands.
func packaged(t *testing.T, name string) string {
	t.Helper()
	return tool(t, ".", "dpkg-query", "-W", "-f", "${Version}", name)
}

// openStreet raises the servers; the end of the test stops them.
func openStreet(t *testing.T) *street {
	t.Helper()
	s := &street{world: &world{Dir: t.TempDir(), keys: map[string]string{}}, scanner: netip.MustParseAddr(host(3, 250).V4)}
	if err := os.Chmod(filepath.Dir(s.Dir), 0o755); err != nil { // the servers are other users
		t.Fatal(err)
	}
	s.pave(t)
	s.premises = slices.Concat(s.office(t), s.rooms(t), s.databases(t), s.archive(t), s.site(t), s.devices(t), s.plants(t), s.mended(t))
	t.Run("up", func(t *testing.T) {
		for _, p := range s.premises {
			if p.server != nil {
				t.Run(p.name, func(t *testing.T) { t.Parallel(); p.server.start(t) })
			}
		}
	})
	for _, p := range s.premises {
		if p.server != nil {
			t.Cleanup(func() { p.server.stop(t) })
		}
		for port, to := range p.forward {
			s.forward(t, net.JoinHostPort(p.at, strconv.Itoa(int(port))), net.JoinHostPort(p.at, strconv.Itoa(int(to))))
		}
	}
	if t.Failed() {
		t.FailNow()
	}
	return s
}

// pave makes the network and the empty folders that only this mount namespace
// sees, and lets every user listen at every port, so that few servers are root.
func (s *street) pave(t *testing.T) {
	t.Helper()
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		t.Fatal("making the mounts private: ", err)
	}
	if err := syscall.Mount("campanile", "/run", "tmpfs", 0, "mode=755"); err != nil {
		t.Fatal("mounting over /run: ", err)
	}
	script := "link set lo up\naddr add " + s.scanner.String() + "/32 dev lo\n"
	for number := firstHost; number <= lastHost; number++ {
		script += "addr add " + host(3, number).V4 + "/32 dev lo\n"
	}
	write(t, filepath.Join(s.Dir, "network"), []byte(script))
	tool(t, s.Dir, "ip", "-batch", filepath.Join(s.Dir, "network"))
	if err := os.WriteFile("/proc/sys/net/ipv4/ip_unprivileged_port_start", []byte("0"), 0); err != nil {
		t.Fatal(err)
	}
	newAuthority(t, s.Dir).issue(t, "services", certificate{Names: []string{"servizi.fornitore.example"}, RSA: true})
	for _, end := range []string{"pem", "key"} {
		s.lend(t, "certificates/services."+end, "", 0o644) // to all servers
	}
}

// The addresses of the street: one for each kind of house.
const (
	firstHost = 10
	lastHost  = 18
)

func house(number int) string { return host(3, firstHost+number).V4 }

// addresses lists them in order.
func (s *street) addresses() []string {
	var all []string
	for number := firstHost; number <= lastHost; number++ {
		all = append(all, host(3, number).V4)
	}
	return all
}

// expected is the door that somebody opened, or none.
func (s *street) expected(address string, port uint16, udp bool) exposure {
	for _, p := range s.premises {
		i := slices.IndexFunc(p.doors, func(d exposure) bool { return p.at == address && d.port == port && d.udp == udp })
		if i >= 0 {
			return p.doors[i]
		}
	}
	return exposure{}
}

// unusual lists the ports of an address at which nobody would look.
func (s *street) unusual(address string, udp bool) (ports []uint16) {
	transport := "tcp"
	if udp {
		transport = "udp"
	}
	for _, p := range s.premises {
		for _, d := range p.doors {
			if p.at == address && d.udp == udp && !usual(transport, d.port) {
				ports = append(ports, d.port)
			}
		}
	}
	return ports
}

func usual(transport string, port uint16) bool {
	return len(list.At(transport, port)) > 0
}

// forward sends what comes on, as routers do.
func (s *street) forward(t *testing.T, at, to string) {
	t.Helper()
	listener, err := net.Listen("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = front{At: at, To: to}.relay(listener) }() // ends with the process
	t.Cleanup(func() { _ = listener.Close() })
}

// config writes a file into the folder of a server and gives its path.
func (s *street) config(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(s.Dir, name)
	write(t, path, []byte(text))
	s.lend(t, name, "", 0o644)
	return path
}

// folder makes an empty folder for a server that runs as a user.
func (s *street) folder(t *testing.T, name, owner string) string {
	t.Helper()
	path := filepath.Join(s.Dir, name)
	if err := os.MkdirAll(path, 0o755); err != nil {
		t.Fatal(err)
	}
	s.lend(t, name, owner, 0o755)
	return path
}

// lend gives a file to a user.
func (s *street) lend(t *testing.T, name, owner string, mode os.FileMode) {
	t.Helper()
	path := filepath.Join(s.Dir, name)
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	if owner == "" {
		return
	}
	if err := os.Chown(path, identity(t, owner), -1); err != nil {
		t.Fatal(err)
	}
}

// as puts a command into the hands of a user, with the groups that he has.
func as(t *testing.T, user string, command ...string) []string {
	t.Helper()
	path, err := find(command[0])
	if err != nil {
		t.Fatal(err)
	}
	group := strings.TrimSpace(tool(t, ".", "id", "-g", user))
	return append([]string{"setpriv", "--reuid", user, "--regid", group, "--init-groups", path}, command[1:]...)
}

// runs describes a server and where it answers.
func (s *street) runs(name, at string, port uint16, command ...string) *premises {
	return &premises{name: name, at: at, server: s.server(name, net.JoinHostPort(at, strconv.Itoa(int(port))), command...)}
}

// open adds doors.
func (p *premises) open(doors ...exposure) *premises {
	p.doors = append(p.doors, doors...)
	return p
}

// forwarded lets an unusual port lead to the first door, behind which the same is.
func (p *premises) forwarded(port uint16) *premises {
	p.forward = map[uint16]uint16{port: p.doors[0].port}
	return p.open(exposure{port: port, want: p.doors[0].want})
}

// belongings sums up the folders whose files must stay as they are.
func (s *street) belongings(t *testing.T) map[string]string {
	t.Helper()
	sums := map[string]string{}
	for _, folder := range s.folders {
		sum := sha256.New()
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			info, err := entry.Info()
			if err != nil {
				return err
			}
			fmt.Fprintln(sum, path, info.Size(), info.ModTime(), info.Mode())
			if !entry.Type().IsRegular() {
				return nil
			}
			content, err := os.ReadFile(path)
			_, _ = sum.Write(content)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		sums[folder] = fmt.Sprintf("%x", sum.Sum(nil))
	}
	return sums
}

// questions tells in a word each what was sent to a port.
func questions(packets []departure, at string, d exposure) (words []string) {
	place := list.Place{Host: net.JoinHostPort(at, strconv.Itoa(int(d.port))), Agent: "campanile-test"}
	known := slices.Concat(list.Plan(40000, place), list.Plan(139, place), list.Plan(5985, place))
	for _, p := range packets {
		if p.to != netip.AddrPortFrom(netip.MustParseAddr(at), d.port) || p.udp != d.udp || len(p.payload) == 0 {
			continue
		}
		words = append(words, word(known, p))
	}
	return slices.Compact(words)
}

// word names a question by its bytes.
func word(known []list.Question, p departure) string {
	if p.udp {
		return fmt.Sprintf("one of %d bytes", len(p.payload))
	}
	i := slices.IndexFunc(known, func(q list.Question) bool { return len(q.Bytes) > 0 && string(q.Bytes) == string(p.payload) })
	switch {
	case i >= 0:
		return known[i].ID
	case p.payload[0] >= 0x14 && p.payload[0] <= 0x17 && len(p.payload) > 2 && p.payload[1] == 3:
		return list.TLS
	}
	line, _, _ := strings.Cut(string(p.payload), "\n")
	if line = strings.TrimSpace(line); strings.ContainsFunc(line, func(r rune) bool { return r < ' ' || r > '~' }) {
		return "(key exchange)" // of SSH: everything else that is no text has a name
	}
	return strconv.Quote(line)
}

// run executes a command that prepares a server.
func run(t *testing.T, command []string) {
	t.Helper()
	made := exec.CommandContext(t.Context(), command[0], command[1:]...)
	made.Dir = "/"
	if output, err := made.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", made, err, output)
	}
}
