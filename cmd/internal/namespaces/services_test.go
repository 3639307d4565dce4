package namespaces

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"golang.org/x/sync/errgroup"

	"campanile/collectors/evidence"
	"campanile/collectors/network"
	"campanile/collectors/records/datagram"
	list "campanile/collectors/records/services"
	"campanile/collectors/services"
	"campanile/collectors/services/udp"
)

// servicesVariable tells the copy of the test in the namespaces that it is one.
const servicesVariable = "CAMPANILE_NAMESPACES_SERVICES"

// neededForServices are the servers that a town hall may show to everybody.
var neededForServices = [][2]string{
	{"cupsd", "cups-daemon"},
	{"dovecot", "dovecot-imapd"},
	{"/usr/lib/dovecot/pop3-login", "dovecot-pop3d"},
	{"dpkg-query", "dpkg"},
	{"inetutils-inetd", "inetutils-inetd"},
	{"ip", "iproute2"},
	{"mariadb", "mariadb-client"},
	{"mariadbd", "mariadb-server"},
	{"memcached", "memcached"},
	{"mosquitto", "mosquitto"},
	{"net", "samba-common-bin"},
	{"nft", "nftables"},
	{"nginx", "nginx-light"},
	{"ntpd", "ntpsec"},
	{"openssl", "openssl"},
	{"php-cgi", "php-cgi"},
	{postgresPrograms + "/postgres", "postgresql"},
	{"redis-server", "redis-server"},
	{"rpcbind", "rpcbind"},
	{"rsync", "rsync"},
	{"slapd", "slapd"},
	{"smbd", "samba"},
	{"snmpd", "snmpd"},
	{"ssh", "openssh-client"},
	{"sshd", "openssh-server"},
	{"telnetd", "inetutils-telnetd"},
	{"unbound", "unbound"},
	{"vsftpd", "vsftpd"},
	{"xrdp", "xrdp"},
	{"Xtigervnc", "tigervnc-standalone-server"},
}

// TestServices looks at real servers of Debian, each on its own port and on an
// unusual one, and asks them afterwards what they have seen of us.
func TestServices(t *testing.T) {
	if os.Getenv(servicesVariable) != "" {
		testServices(t)
		return
	}
	requirePrograms(t, neededForServices)
	if _, err := os.Stat(adminerPage); err != nil {
		unable(t, "install first: apt-get install -y --no-install-recommends adminer")
	}
	if os.Getuid() != 0 {
		unable(t, "servers that want several users need root")
	}
	watchSources(t)
	output, err := inNamespaces(t, pattern(t.Name()), remaining(t), servicesVariable+"=yes")
	t.Log("\n" + output)
	if err != nil {
		t.Errorf("the test in the namespaces: %v", err)
	}
}

func testServices(t *testing.T) {
	t.Helper()
	start := time.Now()
	s := openStreet(t)
	up := time.Since(start)
	before := s.belongings(t)
	wire := listenOn(t, s.scanner)
	session := s.network().Session()
	hosts := s.look(t, session)
	packets := wire.end(t)
	looked := time.Since(start) - up
	t.Run("identified", func(t *testing.T) { s.testIdentified(t, hosts, packets) })
	t.Run("nothing-but-what-is-there", func(t *testing.T) { s.testNothingElse(t, hosts) })
	t.Run("judged", func(t *testing.T) { s.testJudged(t, hosts) })
	t.Run("counted-as-sent", func(t *testing.T) { s.testCount(t, packets, session.Sent()) })
	t.Run("pace", func(t *testing.T) { s.testPace(t, packets) })
	t.Run("unharmed", func(t *testing.T) { s.testUnharmed(t, before) })
	t.Logf("%d servers up in %.1f s, %d addresses looked at in %.1f s, %.1f s in all",
		len(s.premises), up.Seconds(), len(s.addresses()), looked.Seconds(), time.Since(start).Seconds())
}

// network is a scanner in the lab, at an address of its own, by which its packets
// are told from everybody else's.
func (s *street) network() *network.Network {
	return &network.Network{
		Connect: func(ctx context.Context, kind string, to netip.AddrPort) (net.Conn, error) {
			dialer := net.Dialer{LocalAddr: net.TCPAddrFromAddrPort(netip.AddrPortFrom(s.scanner, 0))}
			if kind == "udp" {
				dialer.LocalAddr = net.UDPAddrFromAddrPort(netip.AddrPortFrom(s.scanner, 0))
			}
			return dialer.DialContext(ctx, kind, to.String())
		},
		Limits: network.Limits{PerAddress: 600}, // as the profile full has it
	}
}

// look looks at all addresses side by side, the curated list and the unusual
// ports of each.
func (s *street) look(t *testing.T, session *network.Session) map[string]evidence.Host {
	t.Helper()
	addresses := s.addresses()
	found := make([]evidence.Host, len(addresses))
	var group errgroup.Group
	for i, address := range addresses {
		group.Go(func() error {
			at := netip.MustParseAddr(address)
			found[i] = services.Collect(t.Context(), session, services.Request{
				Targets: []services.Target{{Address: at}}, Agent: "campanile-test", Methods: address == house(2) || address == house(8),
				Ports: slices.Concat(list.Ports("tcp"), s.unusual(address, false)),
			})[0]
			request := udp.Request{Address: at, Protocols: datagram.Protocols()}
			for _, port := range s.unusual(address, true) {
				protocol, _ := datagram.Find(s.expected(address, port, true).want.service)
				protocol.Port = port
				request.Protocols = append(request.Protocols, protocol)
			}
			udp.Add(&found[i], udp.Collect(t.Context(), session, request))
			return nil
		})
	}
	_ = group.Wait() // what the network does is evidence
	hosts := map[string]evidence.Host{}
	for i, address := range addresses {
		hosts[address] = found[i]
	}
	return hosts
}

// testIdentified holds each port against what its server is, and prints the table.
func (s *street) testIdentified(t *testing.T, hosts map[string]evidence.Host, packets []departure) {
	var table strings.Builder
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "server\tport\tidentified as\tproduct version\tquestions sent")
	for _, p := range s.premises {
		for _, d := range p.doors {
			port, found := portOf(hosts[p.at], d)
			asked := questions(packets, p.at, d)
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", p.name, d, called(port, found), strings.TrimSpace(port.Product+" "+port.Version), strings.Join(asked, " "))
			if wrong := d.want.differs(t, port, found); wrong != "" {
				t.Errorf("%s at %s %s: %s\n%+v", p.name, p.at, d, wrong, port)
			}
			if d.want.problem == evidence.NotToBeAsked && len(asked) > 0 {
				t.Errorf("%s at %s %s was asked %q", p.name, p.at, d, asked)
			}
		}
	}
	_ = w.Flush()
	t.Log("\n" + table.String())
}

func portOf(host evidence.Host, d exposure) (evidence.Port, bool) {
	i := slices.IndexFunc(host.Ports, func(p evidence.Port) bool { return p.Number == d.port && (p.Transport == "udp") == d.udp })
	if i < 0 {
		return evidence.Port{}, false
	}
	return host.Ports[i], true
}

// called is what the evidence says of a port, in the words of the table.
func called(p evidence.Port, found bool) string {
	switch {
	case !found:
		return "not found"
	case p.Identity.Problem == evidence.NotToBeAsked:
		return "open, not asked"
	case p.Identity.State != evidence.Seen:
		return strings.TrimSpace("open, " + string(p.Identity.State) + " " + string(p.Identity.Problem))
	case p.TLS:
		return p.Service + " in TLS"
	}
	return p.Service
}

// differs says what is wrong with a port, or nothing.
func (want identified) differs(t *testing.T, got evidence.Port, found bool) string {
	t.Helper()
	switch {
	case !found:
		return "it is open, and was not found"
	case want.problem != "":
		if got.Identity.State != evidence.Unknown || got.Identity.Problem != want.problem || got.Service != "" {
			return fmt.Sprintf("want no identity for the reason %s", want.problem)
		}
		return ""
	case want.service == "":
		if got.Identity.State == evidence.Seen || got.Service != "" {
			return "want no identity: it says nothing that would tell"
		}
		return ""
	case got.Identity.State != evidence.Seen || got.Service != want.service || got.Product != want.product || got.TLS != want.tls:
		return fmt.Sprintf("want %s %s, in TLS %v", want.service, want.product, want.tls)
	case want.version == "" && got.Version != "":
		return "it states no version"
	case want.version != "" && (got.Version == "" || !strings.Contains(want.version, got.Version)):
		return "its version is " + want.version
	}
	for name, value := range want.facts {
		if got.Fact(name) != value {
			return fmt.Sprintf("want %s %q", name, value)
		}
	}
	return ""
}

// testNothingElse looks for ports that nobody opened. An address at which all is
// closed answers no question, and is not called silent.
func (s *street) testNothingElse(t *testing.T, hosts map[string]evidence.Host) {
	for address, host := range hosts {
		if host.State != evidence.Seen || host.Tarpit || host.Silent > 0 {
			t.Errorf("%s: %+v, tarpit %v, %d silent", address, host.Observation, host.Tarpit, host.Silent)
		}
		for _, p := range host.Ports {
			if s.expected(address, p.Number, p.Transport == "udp").port == 0 {
				t.Errorf("%s: nobody opened %s %d\n%+v", address, p.Transport, p.Number, p)
			}
		}
	}
}

// testCount compares the packets with what the session says that it sent.
func (s *street) testCount(t *testing.T, packets []departure, sent network.Sent) {
	connections, datagrams, counted := 0, 0, 0
	for _, address := range s.addresses() {
		at := netip.MustParseAddr(address)
		tcp, udp := begun(packets, at)
		if got, want := sent.ByAddress[at].Connections, len(tcp)+len(udp); got != want {
			t.Errorf("%s: %d connections and datagrams on the wire, %d by our own count", address, want, got)
		}
		connections, datagrams, counted = connections+len(tcp), datagrams+len(udp), counted+sent.ByAddress[at].Connections
	}
	if connections+datagrams != sent.Connections {
		t.Errorf("%d on the wire, %d by our own count of all", connections+datagrams, sent.Connections)
	}
	if connections == 0 || datagrams == 0 {
		t.Error("nothing was seen on the wire")
	}
	t.Logf("on the wire %d connections and %d datagrams; counted as sent %d", connections, datagrams, counted)
}

// The pace is five in a second on average over five. A packet leaves a little
// after its turn, on a busy machine as much as tolerance: a span that much shorter
// than a second may not hold more than its share, and five whole seconds no more
// than five shares and the one that stands at their edge.
const (
	mostInSecond = 5
	tolerance    = 150 * time.Millisecond
	average      = 5 * time.Second
	mostInFive   = 5*mostInSecond + 1
)

// tooQuick says how often an address was asked too quickly; nothing where it was not.
func tooQuick(times []time.Time) string {
	if got := densest(times, time.Second-tolerance); got > mostInSecond {
		return fmt.Sprintf("%d within %v, want %d at most", got, time.Second-tolerance, mostInSecond)
	}
	if got := densest(times, average-tolerance); got > mostInFive {
		return fmt.Sprintf("%d within %v, want %d at most", got, average-tolerance, mostInFive)
	}
	return ""
}

// The measure itself: five in a second pass, late ones too, and six do not.
func TestTooQuick(t *testing.T) {
	t.Parallel()
	steady := func(gap time.Duration, late ...int) (times []time.Time) {
		for i := range 60 {
			at := time.Unix(1_790_000_000, 0).Add(time.Duration(i) * gap)
			if slices.Contains(late, i) {
				at = at.Add(120 * time.Millisecond)
			}
			times = append(times, at)
		}
		return times
	}
	if got := tooQuick(steady(200*time.Millisecond)) + tooQuick(steady(200*time.Millisecond, 7, 30)); got != "" {
		t.Errorf("five in a second: %s", got)
	}
	if tooQuick(steady(time.Second/6)) == "" || tooQuick(steady(100*time.Millisecond)) == "" {
		t.Error("six in a second, or ten, pass")
	}
}

// testPace looks for a second in which an address had more than its share.
func (s *street) testPace(t *testing.T, packets []departure) {
	whole := 0
	for _, address := range s.addresses() {
		tcp, udp := begun(packets, netip.MustParseAddr(address))
		times := slices.Concat(tcp, udp)
		whole = max(whole, densest(times, time.Second))
		if got := tooQuick(times); got != "" {
			t.Errorf("%s: %s", address, got)
		}
	}
	t.Logf("most to one address within a second: %d", whole)
}

// testUnharmed reads the servers' own logs, and looks whether anything was written.
func (s *street) testUnharmed(t *testing.T, before map[string]string) {
	for folder, is := range s.belongings(t) {
		if was := before[folder]; was != is {
			t.Errorf("%s is not what it was", folder)
		}
	}
	for _, p := range s.premises {
		if p.unharmed != nil {
			t.Run(p.name, func(t *testing.T) {
				t.Parallel()
				p.unharmed(t)
			})
		}
	}
}
