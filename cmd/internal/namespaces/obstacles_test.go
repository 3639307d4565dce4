package namespaces

import (
	"fmt"
	"net"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"campanile/collectors/evidence"
)

// testObstacles sets a firewall before each of three addresses.
func (h *hall) testObstacles(t *testing.T) {
	trap, err := net.Listen("tcp", trapHost+":7777")
	if err != nil {
		t.Fatal(err)
	}
	go greetAll(trap)
	t.Cleanup(func() { _ = trap.Close() })
	write(t, filepath.Join(h.Dir, "firewall.nft"), []byte(`table inet obstacles {
 set shut {
  type ipv4_addr . ipv4_addr
  flags dynamic
  timeout 10m
 }
 chain arriving {
  type filter hook input priority 0;
  ip daddr `+dropHost+` drop
  ip daddr `+limitHost+` ip saddr . ip daddr @shut drop
  ip daddr `+limitHost+` tcp flags & (syn|ack) == syn limit rate over 30/hour burst 40 packets add @shut { ip saddr . ip daddr } drop
 }
 chain leaving {
  type nat hook output priority -100;
  ip daddr `+trapHost+` tcp dport 1-65535 dnat ip to `+trapHost+`:7777
 }
}
`))
	tool(t, h.Dir, "nft", "-f", filepath.Join(h.Dir, "firewall.nft"))
	rows := make([]string, len(obstacles))
	t.Run("firewalls", func(t *testing.T) {
		for i, o := range obstacles {
			t.Run(o.name, func(t *testing.T) {
				t.Parallel()
				rows[i] = h.testObstacle(t, o)
			})
		}
	})
	var table strings.Builder
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "the firewall\tverdict\tports asked\tpackets\tseconds")
	fmt.Fprint(w, strings.Join(rows, ""))
	_ = w.Flush()
	t.Log("\n" + table.String())
}

// obstacle is a firewall, what is to be said of an address behind it, and the
// time that it may cost.
type obstacle struct {
	name, at string
	problem  evidence.Problem
	most     time.Duration
}

var obstacles = []obstacle{
	{"drops everything", dropHost, evidence.Timeout, 4 * time.Minute},
	{"answers at every port", trapHost, evidence.Tarpit, time.Minute},
	{"shuts out who comes often", limitHost, evidence.RateLimited, 4 * time.Minute},
}

// testObstacle scans an address, and gives the row of the table.
func (h *hall) testObstacle(t *testing.T, tt obstacle) string {
	t.Helper()
	o := h.scan(t, leading(tt.at), "--mandate", h.mandateFor(t, nil, tt.at))
	if o.bundle == nil || len(o.bundle.Services.Hosts) != 1 {
		t.Fatalf("%s: %s", tt.name, o.stderr)
	}
	got := o.desktop(tt.at)
	if want := "inconclusive " + string(tt.problem); got != want {
		t.Errorf("%s: %s, want %s\n%+v", tt.name, got, want, o.bundle.Services.Hosts[0].Observation)
	}
	for _, f := range o.scan.Findings {
		if f.Outcome != "inconclusive" && f.Outcome != "not-applicable" {
			t.Errorf("%s: %s on %s is %s", tt.name, f.Rule, f.Subject, f.Outcome)
		}
	}
	connections, datagrams := begun(o.packets, netip.MustParseAddr(tt.at))
	if counted := o.bundle.Sent.ByAddress[tt.at].Connections; counted != len(connections)+len(datagrams) {
		t.Errorf("%s: %d connections and %d datagrams on the wire, %d counted", tt.name, len(connections), len(datagrams), counted)
	}
	if o.took > tt.most {
		t.Errorf("%s: it took %v, more than %v", tt.name, o.took, tt.most)
	}
	return fmt.Sprintf("%s\t%s\t%d\t%d\t%.0f\n", tt.name, got, o.bundle.Services.Hosts[0].Asked, len(connections)+len(datagrams), o.took.Seconds())
}

// greetAll lets everybody in with the greeting of a server of files.
func greetAll(listener net.Listener) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		go func() {
			defer conn.Close()
			_, _ = conn.Write([]byte("220 welcome\r\n"))
			time.Sleep(3 * time.Second) // a trap keeps its guests
		}()
	}
}

// testStopped lets somebody ask to stop, and to be left alone, in the middle.
func (h *hall) testStopped(t *testing.T) {
	t.Run("by-the-stop-file", func(t *testing.T) {
		t.Parallel()
		o := h.scanWith(t, h.program, func(dir string) {
			time.Sleep(4 * time.Second)
			write(t, filepath.Join(dir, "campanile.stop"), nil)
		}, leading(emptyHost), "--mandate", h.mandateFor(t, nil, emptyHost))
		if o.code != 130 || !strings.Contains(o.stderr, "somebody asked to stop: the file campanile.stop is there") {
			t.Errorf("exit code %d\n%s", o.code, o.stderr)
		}
		if o.took > 8*time.Second || len(o.packets) == 0 {
			t.Errorf("%d packets in %v", len(o.packets), o.took)
		}
	})
	t.Run("by-the-opt-out-list", func(t *testing.T) {
		t.Parallel()
		left := h.list(t, "# nobody yet")
		var asked time.Time
		o := h.scanWith(t, h.program, func(string) {
			time.Sleep(4 * time.Second)
			write(t, left, []byte(quietHost+"\n"))
			asked = time.Now()
		}, leading(quietHost), "--mandate", h.mandateFor(t, nil, quietHost), "--opt-out", left)
		if o.code != 0 || o.bundle == nil {
			t.Fatalf("exit code %d\n%s", o.code, o.stderr)
		}
		late := 0
		for _, p := range o.packets {
			// The list counts when two looks at it, a fifth of a second apart, agree.
			if p.to.Addr().String() == quietHost && (p.syn || p.udp) && p.at.After(asked.Add(time.Second)) {
				late++
			}
		}
		if late > 0 || len(o.packets) == 0 {
			t.Errorf("%d of %d packets left after the wish to be left alone", late, len(o.packets))
		}
		if got := o.desktop(quietHost); got != "inconclusive not-permitted" {
			t.Errorf("remote desktop: %s", got)
		}
	})
}
