package mail

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/dnstest"
	"campanile/collectors/network"
)

// inTime gives a network inside a bubble of false time: every connection is a
// pipe, to the DNS server or to the script.
func inTime(t *testing.T, server *dnstest.Server, script func(net.Conn)) *network.Session {
	t.Helper()
	var running sync.WaitGroup
	t.Cleanup(running.Wait)
	world := &network.Network{
		Resolvers: []netip.AddrPort{netip.MustParseAddrPort("192.0.2.53:53")},
		Permit:    network.Permit{AllowReserved: true},
		Connect: func(_ context.Context, kind string, _ netip.AddrPort) (net.Conn, error) {
			near, far := net.Pipe()
			serve := script
			if kind == "udp" {
				serve = server.Serve
			}
			running.Go(func() {
				defer far.Close()
				serve(far)
			})
			return near, nil
		},
	}
	return world.Session()
}

func TestSlowServerCostsItsTimeAndNoMore(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]func(net.Conn){
		"silent": func(c net.Conn) { _, _ = c.Read(make([]byte, 1)) },
		"one-letter-a-second": func(c net.Conn) {
			for range 1000 {
				if _, err := fmt.Fprint(c, "2"); err != nil {
					return
				}
				time.Sleep(time.Second)
			}
		},
		"one-line-a-second": func(c net.Conn) {
			for range 1000 {
				if _, err := fmt.Fprint(c, "220-wait\r\n"); err != nil {
					return
				}
				time.Sleep(time.Second)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				mail, _ := Collect(t.Context(), inTime(t, dnstest.New(t, oneMX...), script), Request{Domain: "comune.test", Helo: "scanner.example"})
				got := mail.Exchanges[0].Servers[0]
				if got.State != evidence.Unknown || got.Problem != evidence.Timeout {
					t.Errorf("server = %+v, want unknown by timeout", got.Observation)
				}
				// It took the connection: that is no door which is shut twice.
				if got.Tries != 0 {
					t.Errorf("%d tries, want none counted", got.Tries)
				}
				if spent := time.Since(start); spent != firstTime {
					t.Errorf("the session took %s, want %s", spent, firstTime)
				}
			})
		})
	}
}

// A tarpit lets strangers wait for half a minute, and then serves them.
func TestServerThatMakesStrangersWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		slow := func(c net.Conn) {
			time.Sleep(30 * time.Second)
			welcoming().script(c)
		}
		mail, _ := Collect(t.Context(), inTime(t, dnstest.New(t, oneMX...), slow), Request{Domain: "comune.test", Helo: "scanner.example"})
		if got := mail.Exchanges[0].Servers[0]; got.State != evidence.Seen || got.StartTLS.State != evidence.Absent || got.Tries != 0 {
			t.Errorf("server = %+v, want what it says after its greeting", got)
		}
	})
}

func TestServerThatDoesNotSayGoodbye(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		p := &postman{greeting: hello, replies: map[string]string{"EHLO": "250 mx\r\n"}}
		mute := func(c net.Conn) {
			p.script(c)
			_, _ = c.Read(make([]byte, 1)) // stays on the line after QUIT
		}
		mail, _ := Collect(t.Context(), inTime(t, dnstest.New(t, oneMX...), mute), Request{Domain: "comune.test", Helo: "scanner.example"})
		if got := mail.Exchanges[0].Servers[0]; got.StartTLS.State != evidence.Absent {
			t.Errorf("server = %+v, want STARTTLS absent", got)
		}
		if spent := time.Since(start); spent != quitTime {
			t.Errorf("the session took %s, want %s", spent, quitTime)
		}
	})
}

func TestStoppedScanSaysSo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(5*time.Second, cancel)
		silent := func(c net.Conn) { _, _ = c.Read(make([]byte, 1)) }
		mail, _ := Collect(ctx, inTime(t, dnstest.New(t, oneMX...), silent), Request{Domain: "comune.test", Helo: "scanner.example"})
		if got := mail.Exchanges[0].Servers[0]; got.Problem != evidence.Interrupted {
			t.Errorf("server = %+v, want interrupted", got.Observation)
		}
	})
}

func TestOneSessionAtATimeForOneAddress(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := dnstest.New(t,
			"comune.test. 300 IN MX 10 a.comune.test.", "comune.test. 300 IN MX 20 b.comune.test.", "comune.test. 300 IN MX 30 c.comune.test.",
			"a.comune.test. 300 IN A 192.0.2.25", "b.comune.test. 300 IN A 192.0.2.25", "c.comune.test. 300 IN A 192.0.2.25")
		begin := time.Now()
		starts := make(chan time.Duration, 10)
		script := func(c net.Conn) {
			starts <- time.Since(begin)
			time.Sleep(2 * time.Second)
			(&postman{greeting: hello, replies: map[string]string{"EHLO": "250 mx\r\n", "QUIT": farewell}}).script(c)
		}
		mail, _ := Collect(t.Context(), inTime(t, server, script), Request{Domain: "comune.test", Helo: "scanner.example"})
		close(starts)
		var got []time.Duration
		for start := range starts {
			got = append(got, start)
		}
		if diff := cmp.Diff([]time.Duration{0, 2 * time.Second, 4 * time.Second}, got); diff != "" {
			t.Errorf("when the sessions began (-want +got):\n%s", diff)
		}
		for _, x := range mail.Exchanges {
			if x.Servers[0].StartTLS.State != evidence.Absent {
				t.Errorf("%s = %+v, want STARTTLS absent", x.Host, x.Servers[0])
			}
		}
	})
}
