package guard

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"github.com/projectdiscovery/fastdialer/fastdialer" //nolint:depguard // what it hands through is what is tested

	"campanile/cmd/campanile-nuclei/message"
)

// Two clients over the engine's own dialler: who counts reaches the server each
// time, and one that the engine made and nobody wired reaches nobody, so that no
// request is missing from the count.
func TestOnlyWhoCountsReachesAnybody(t *testing.T) {
	t.Parallel()
	const times = 3 // the dialler goes another way after its first connection
	for name, tt := range map[string]struct {
		host   string
		counts bool
		want   Figures
		asked  int64
	}{
		"counted-by-name":       {"www.comune.example", true, Figures{Sockets: times}, times},
		"counted-by-address":    {"127.0.0.1", true, Figures{Sockets: times}, times},
		"by-nobody-by-name":     {"www.comune.example", false, Figures{Refused: 1}, 0}, // it remembers the refusal
		"by-nobody-and-address": {"127.0.0.1", false, Figures{Refused: 1}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var asked atomic.Int64
			server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
			defer server.Close()
			at := netip.MustParseAddrPort(server.Listener.Addr().String())
			g := New(message.Order{Job: message.Job{PerSecond: 1000}, Targets: []message.Target{{Host: tt.host, At: at}}}, time.Now)
			options := fastdialer.DefaultOptions
			options.BaseResolvers, options.ResolversFile, options.HostsFile = []string{"127.0.0.1:1"}, false, false
			options.OnValidateTarget, options.Dialer = g.Name, &net.Dialer{ControlContext: g.Socket}
			dialler, err := fastdialer.NewDialer(options)
			if err != nil {
				t.Fatal(err)
			}
			defer dialler.Close()
			dial := dialler.Dial
			if tt.counts {
				dial = func(ctx context.Context, network, address string) (net.Conn, error) {
					return dialler.Dial(g.Counting(ctx), network, address)
				}
			}
			client := http.Client{Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}}
			_, port, _ := net.SplitHostPort(at.String())
			for range times {
				ctx := context.WithValue(t.Context(), fastdialer.IP, "127.0.0.1")
				request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(tt.host, port), nil)
				if err != nil {
					t.Fatal(err)
				}
				response, err := client.Do(request)
				if err == nil {
					_ = response.Body.Close()
				}
				if (err == nil) != tt.counts {
					t.Error(err)
				}
			}
			if got := g.Figures(); got != tt.want || asked.Load() != tt.asked {
				t.Errorf("%+v and %d requests, want %+v and %d", got, asked.Load(), tt.want, tt.asked)
			}
			if tt.counts && !g.paces[netip.MustParseAddr("127.0.0.1")].answered {
				t.Error("the pace was not told of the answers")
			}
		})
	}
}
