package mail

import (
	"context"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/dnstest"
)

// shared are two towns with one exchanger.
var shared = []string{
	"comune.test. 300 IN MX 10 mx.fornitore.example.", "altro.test. 300 IN MX 10 mx.fornitore.example.",
	"mx.fornitore.example. 300 IN A 192.0.2.25",
}

// ofTown is the request about another town of the same run.
func (r Request) ofTown(domain string) Request {
	r.Domain = domain
	return r
}

func TestTownsThatShareAnExchangerCauseOneVisit(t *testing.T) {
	t.Parallel()
	l := newLab(t, shared...)
	p := &postman{
		greeting: hello, replies: map[string]string{"EHLO": withTLS, "STARTTLS": ready, "QUIT": farewell},
		tls: l.authority.issue(t, "mx.fornitore.example", now.Add(time.Hour)),
	}
	l.serve(t, "192.0.2.25:25", p.script)
	r := l.request()
	r.Depth, r.Memory = evidence.GradeDepth, new(Memory)
	first := l.session()
	one, _ := Collect(t.Context(), first, r)
	sessions := len(l.dialled)
	second := l.session()
	two, _ := Collect(t.Context(), second, r.ofTown("altro.test"))
	if shown := one.Exchanges[0].Servers[0]; shown.TLS.State != evidence.Seen || len(shown.Offers) == 0 || shown.Weak.State == evidence.NotAsked {
		t.Fatalf("server = %+v, want all of it", shown)
	}
	if diff := cmp.Diff(one.Exchanges, two.Exchanges); diff != "" {
		t.Errorf("the evidence of the second town (-first +second):\n%s", diff)
	}
	if len(l.dialled) != sessions {
		t.Errorf("%d sessions after the first town, %d after the second", sessions, len(l.dialled))
	}
	if got := [2]int{first.Sent().Connections, second.Sent().Connections}; got != [2]int{sessions, 0} {
		t.Errorf("connections counted: %v, want those of the town that asked", got)
	}
}

// Fifty towns with one exchanger, eight at a time: its versions, suites and
// groups are asked as often as for one town.
func TestFiftyTownsHaveTheirExchangerEnumeratedOnce(t *testing.T) {
	t.Parallel()
	const towns = 50
	lines := []string{"mx.fornitore.example. 300 IN A 192.0.2.25"}
	for i := range towns {
		lines = append(lines, fmt.Sprintf("comune%d.test. 300 IN MX 10 mx.fornitore.example.", i))
	}
	l := newLab(t, lines...)
	p := &postman{
		greeting: hello, replies: map[string]string{"EHLO": withTLS, "STARTTLS": ready, "QUIT": farewell},
		tls: l.authority.issue(t, "mx.fornitore.example", now.Add(time.Hour)),
	}
	l.serve(t, "192.0.2.25:25", p.script)
	r := l.request()
	r.Depth, r.Memory = evidence.FullDepth, new(Memory)
	alone, _ := Collect(t.Context(), l.session(), r.ofTown("comune0.test"))
	sessions := len(l.dialled)
	if accepts := alone.Exchanges[0].Servers[0].Accepts; accepts.SuitesDone.State != evidence.Seen || accepts.GroupsDone.State != evidence.Seen || sessions < len(accepts.Suites) {
		t.Fatalf("%d sessions, accepts = %+v; want every suite and group", sessions, accepts)
	}
	r.Memory = new(Memory)
	var group errgroup.Group
	group.SetLimit(8)
	for i := range towns {
		group.Go(func() error {
			mail, _ := Collect(t.Context(), l.session(), r.ofTown(fmt.Sprintf("comune%d.test", i)))
			if diff := cmp.Diff(alone.Exchanges[0].Servers[0].Accepts.Suites, mail.Exchanges[0].Servers[0].Accepts.Suites); diff != "" {
				return fmt.Errorf("comune%d.test (-alone +shared):\n%s", i, diff)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		t.Error(err)
	}
	if again := len(l.dialled) - sessions; again != sessions {
		t.Errorf("%d sessions for %d towns, want %d as for one", again, towns, sessions)
	}
}

func TestTownsThatComeAtOnceCauseOneVisit(t *testing.T) {
	t.Parallel()
	l := newLab(t, shared...)
	l.serve(t, "192.0.2.25:25", welcoming().script)
	r := l.request()
	r.Memory = new(Memory)
	var towns sync.WaitGroup
	for _, domain := range []string{"comune.test", "altro.test", "comune.test", "altro.test"} {
		towns.Go(func() {
			mail, _ := Collect(t.Context(), l.session(), r.ofTown(domain))
			if got := mail.Exchanges[0].Servers[0]; got.StartTLS.State != evidence.Absent {
				t.Errorf("%s: server = %+v, want STARTTLS absent", domain, got)
			}
		})
	}
	towns.Wait()
	if len(l.dialled) != 1 {
		t.Errorf("%d sessions, want one for all", len(l.dialled))
	}
}

func TestWhatIsNotRemembered(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		first  string // what the server says to the first town
		change func(r *Request)
		want   int // sessions
	}{
		"a-session":                       {hello, func(*Request) {}, 1},
		"told-to-come-back-later":         {"421 later\r\n", func(*Request) {}, 2},
		"no-word-of-smtp":                 {"hello\r\n", func(*Request) {}, 2},
		"another-depth-of-looking":        {hello, func(r *Request) { r.Depth = evidence.GradeDepth }, 2},
		"certified-mail-is-no-other-look": {hello, func(r *Request) { r.Depth, r.Domain = evidence.GradeDepth, "pec.test" }, 1},
		"memory-of-another-run":           {hello, func(r *Request) { r.Memory = new(Memory) }, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, append([]string{"pec.test. 300 IN MX 10 mx.fornitore.example."}, shared...)...)
			var visits atomic.Int32
			l.serve(t, "192.0.2.25:25", func(c net.Conn) {
				p := welcoming()
				if visits.Add(1) == 1 {
					p.greeting = test.first
				}
				p.script(c)
			})
			r := l.request()
			r.Memory = new(Memory)
			Collect(t.Context(), l.session(), r)
			r = r.ofTown("altro.test")
			test.change(&r)
			mail, _ := Collect(t.Context(), l.session(), r)
			if got := mail.Exchanges[0].Servers[0]; got.State != evidence.Seen {
				t.Errorf("the second town: server = %+v, want a session", got)
			}
			if len(l.dialled) != test.want {
				t.Errorf("%d sessions, want %d", len(l.dialled), test.want)
			}
		})
	}
}

func TestWhatIsRememberedGrowsOld(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var visits atomic.Int32
		script := func(c net.Conn) {
			visits.Add(1)
			welcoming().script(c)
		}
		s := inTime(t, dnstest.New(t, shared...), script)
		r := Request{Domain: "comune.test", Helo: "scanner.example", Memory: new(Memory)}
		for _, wait := range []time.Duration{0, keepVisit, time.Minute} {
			time.Sleep(wait)
			Collect(t.Context(), s, r)
		}
		if got := visits.Load(); got != 2 {
			t.Errorf("%d visits, want one more after the hour", got)
		}
	})
}

// A town whose time is over leaves nothing behind that another would take for the
// server's.
func TestStoppedTownIsNotRemembered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var visits atomic.Int32
		script := func(c net.Conn) {
			if visits.Add(1) == 1 {
				time.Sleep(10 * time.Second)
			}
			(&postman{greeting: hello, replies: map[string]string{"EHLO": withTLS}}).script(c)
		}
		s := inTime(t, dnstest.New(t, shared...), script)
		r := Request{Domain: "comune.test", Helo: "scanner.example", Memory: new(Memory)}
		ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
		defer cancel()
		Collect(ctx, s, r)
		mail, _ := Collect(t.Context(), s, r.ofTown("altro.test"))
		if got := mail.Exchanges[0].Servers[0]; visits.Load() != 2 || got.StartTLS.Problem != evidence.Timeout {
			t.Errorf("%d visits, server = %+v; want a visit of its own, as long as the server takes", visits.Load(), got)
		}
	})
}

func TestControlIsDialledOnceForAllTowns(t *testing.T) {
	t.Parallel()
	l := newLab(t, append([]string{"prova.example. 300 IN A 192.0.2.99"}, shared...)...)
	var visits atomic.Int32
	l.serve(t, "192.0.2.99:25", func(c net.Conn) {
		visits.Add(1)
		welcoming().script(c)
	})
	r := l.request()
	r.Control, r.Memory = "prova.example", new(Memory)
	for _, domain := range []string{"comune.test", "altro.test"} {
		mail, _ := Collect(t.Context(), l.session(), r.ofTown(domain))
		if mail.Control.State != evidence.Seen || mail.Exchanges[0].Servers[0].Tries != 2 {
			t.Errorf("%s: %+v, want a silent server and the control", domain, mail)
		}
	}
	if got := visits.Load(); got != 1 {
		t.Errorf("the control was dialled %d times", got)
	}
}

func TestMemoryHasABound(t *testing.T) {
	t.Parallel()
	var s shelf[string, int]
	at := now
	clock := func() time.Time { return at }
	fetches := 0
	get := func(key string) {
		s.get(t.Context(), clock, key, func() int { fetches++; return 1 }, func(int) bool { return true })
	}
	for i := range 2 * maxVisits {
		get(fmt.Sprint(i))
	}
	if len(s.by) != maxVisits || fetches != 2*maxVisits {
		t.Errorf("%d kept of %d fetched, want %d", len(s.by), fetches, maxVisits)
	}
	at = now.Add(2 * keepVisit)
	get("new")
	if len(s.by) != 1 {
		t.Errorf("%d kept, want what is old forgotten", len(s.by))
	}
}
