package names_test

import (
	"context"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/dnstest"
	"campanile/collectors/names"
	"campanile/collectors/network"
)

// The resolver of an office serves a zone of its own under the town's name; what
// the world sees is what the zone's own server says.
func TestPrivateAddressIsConfirmedByTheZonesOwnServer(t *testing.T) {
	t.Parallel()
	const place = "9.9.9.53"
	authority := dnstest.NewAuthority(t, []string{"comune.test."},
		"comune.test. 300 IN SOA ns.comune.test. h.comune.test. 1 1 1 1 1", "intranet.comune.test. 300 IN A 10.0.0.5",
		"sportello.comune.test. 300 IN A 9.9.9.80")
	at := authority.Listen(t)
	n := &network.Network{
		Now: func() time.Time { return taken },
		Connect: func(ctx context.Context, kind string, to netip.AddrPort) (net.Conn, error) {
			if to.Addr().String() != place {
				t.Errorf("%s is asked", to)
			}
			return new(net.Dialer).DialContext(ctx, kind, at.String())
		},
	}
	private := func(name string) evidence.Lookup {
		l := seen(name, "A", "10.0.0.5")
		l.Reserved = []string{"10.0.0.5"}
		return l
	}
	given := []evidence.Lookup{private("intranet.comune.test"), private("sportello.comune.test"), private("ufficio.comune.test"), seen("albo.comune.test", "A", "9.9.9.81")}
	for name, c := range map[string]struct {
		delegated []string
		want      []string
	}{
		"asked":         {[]string{"ns.comune.test"}, []string{"seen 10.0.0.5", "seen 9.9.9.80", "absent", "seen 9.9.9.81"}},
		"nobody-to-ask": {nil, []string{"seen 10.0.0.5", "seen 10.0.0.5", "seen 10.0.0.5", "seen 9.9.9.81"}},
	} {
		b := town()
		b.DNS.Delegation = evidence.Delegation{Observation: evidence.SeenAt(taken), NameServers: c.delegated}
		b.DNS.Servers = []evidence.NameServer{{Host: "ns.comune.test", Address: place, Observation: evidence.SeenAt(taken), Authoritative: evidence.Seen}}
		var got []string
		for _, l := range names.Confirm(t.Context(), n.Session(), b, append([]evidence.Lookup{}, given...)) {
			line := string(l.State)
			for _, record := range l.Records {
				line += " " + record
			}
			got = append(got, line)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
