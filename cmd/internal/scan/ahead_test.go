package scan_test

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"campanile/cmd/internal/scan"
	"campanile/collectors/evidence"
)

// doorkeeper counts the connections to web servers.
type doorkeeper struct {
	mu     sync.Mutex
	secure int // to port 443, in all
	open   map[netip.Addr]int
	most   int // open to one address at a time, ports 80 and 443 together
}

func (d *doorkeeper) watch(s *scan.Scanner) {
	d.open = map[netip.Addr]int{}
	connect := s.Network.Connect
	s.Network.Connect = func(ctx context.Context, network string, to netip.AddrPort) (net.Conn, error) {
		conn, err := connect(ctx, network, to)
		if err != nil || to.Port() != 80 && to.Port() != 443 {
			return conn, err
		}
		d.mu.Lock()
		defer d.mu.Unlock()
		if to.Port() == 443 {
			d.secure++
		}
		d.open[to.Addr()]++
		d.most = max(d.most, d.open[to.Addr()])
		return &watched{Conn: conn, gone: func() {
			d.mu.Lock()
			defer d.mu.Unlock()
			d.open[to.Addr()]--
		}}, nil
	}
}

type watched struct {
	net.Conn
	gone func()
	once sync.Once
}

func (w *watched) Close() error {
	w.once.Do(w.gone)
	return w.Conn.Close()
}

// The page of a site comes over the connection of its ordinary handshake: one
// connection less for each site, and the same evidence as when each family is
// asked for alone.
func TestPageComesOverTheConnectionOfTheHandshake(t *testing.T) {
	t.Parallel()
	for _, profile := range []evidence.Profile{evidence.Passive, evidence.Standard} {
		t.Run(string(profile), func(t *testing.T) {
			t.Parallel()
			look := func(families ...evidence.Family) (*evidence.Bundle, int) {
				var d doorkeeper
				b := look(t, evidence.Target{Domain: inside, Country: "it"}, func(s *scan.Scanner) {
					s.Profile, s.Families = profile, families
					s.Network.Limits.AtOnce = 2
					d.watch(s)
				})
				if d.most > 2 {
					t.Errorf("%v: %d connections open to one address", families, d.most)
				}
				for address, left := range d.open {
					if left != 0 {
						t.Errorf("%v: %d connections to %s were left open", families, left, address)
					}
				}
				return b, d.secure
			}
			servers, handshakes := look(evidence.TLSFamily)
			pages, visits := look(evidence.WebFamily)
			both, together := look(evidence.TLSFamily, evidence.WebFamily)
			shared := 0
			for _, site := range both.Sites {
				if site.HTTPS.State == evidence.Seen {
					shared++
				}
			}
			if shared < 2 || together != handshakes+visits-shared {
				t.Errorf("%d connections for both, %d and %d alone; want one less for each of %d sites", together, handshakes, visits, shared)
			}
			if both.Sent.Requests != pages.Sent.Requests {
				t.Errorf("%d requests for both, %d for the pages alone", both.Sent.Requests, pages.Sent.Requests)
			}
			// The connection that carries the page speaks what the page does, and
			// which of two names of a server is the first is chance.
			options := cmp.Options{
				cmpopts.IgnoreFields(evidence.Handshake{}, "ALPN"), cmpopts.IgnoreFields(evidence.Accepts{}, "Shared", "Hellos"),
			}
			if diff := cmp.Diff(servers.Endpoints, both.Endpoints, options); diff != "" {
				t.Errorf("endpoints (-alone +together):\n%s", diff)
			}
			if diff := cmp.Diff(pages.Sites, both.Sites); diff != "" {
				t.Errorf("sites (-alone +together):\n%s", diff)
			}
		})
	}
}
