package web

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/loopback"
	"campanile/collectors/network"
)

// Two visitors that want the same page at the same time ask for it once, and who
// waits holds no connection.
func TestOneRequestForTwoVisitors(t *testing.T) {
	t.Parallel()
	w := town(t)
	w.Network.Limits.AtOnce = 1
	var asked atomic.Int64
	serve(t, w, plain, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		htmlPage(words)(w, r)
	})
	e := newErrand(w.Network.Session(), Request{Names: []string{host}})
	var visits [4]evidence.Visit
	var group sync.WaitGroup
	for i := range visits {
		group.Go(func() {
			v := e.visitor()
			visits[i], _ = v.visit(t.Context(), "http://"+host+"/", page)
			v.client.Close()
		})
	}
	group.Wait()
	for _, v := range visits {
		if v.State != evidence.Seen || v.Page == nil {
			t.Errorf("got %+v", v)
		}
	}
	if asked.Load() != 1 {
		t.Errorf("%d requests, want 1", asked.Load())
	}
}

// Who waits for somebody else's answer holds no connection that the other needs.
func TestWaitingTakesNoPlace(t *testing.T) {
	t.Parallel()
	w := town(t)
	w.Network.Limits.AtOnce = 1
	begun := make(chan struct{})
	serve(t, w, plain, func(w http.ResponseWriter, r *http.Request) {
		close(begun)
		redirect("https://comune.example/")(w, r)
	})
	s := w.Network.Session()
	e := newErrand(s, Request{Names: []string{host}})
	mine, _ := e.enter("https://comune.example/\n")
	var got evidence.Visit
	var visiting sync.WaitGroup
	visiting.Go(func() {
		v := e.visitor()
		defer v.client.Close()
		got, _ = v.visit(t.Context(), "http://"+host+"/", page)
	})
	<-begun
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if conn, err := s.Dial(ctx, netip.MustParseAddrPort(plain)); err != nil {
		t.Error(err)
	} else {
		_ = conn.Close()
	}
	mine.answer.Status = http.StatusNotFound
	e.leave("https://comune.example/\n", mine)
	visiting.Wait()
	if got.Last().Status != http.StatusNotFound || len(got.Hops) != 2 {
		t.Errorf("got %+v", got)
	}
}

// Who waits for somebody else's answer goes on when that fails, and asks himself.
func TestErrorIsNotShared(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := newErrand(new(network.Network).Session(), Request{Names: []string{host}})
		mine, first := e.enter("a")
		if !first {
			t.Fatal("somebody asks already")
		}
		var led bool
		var waiting sync.WaitGroup
		waiting.Go(func() {
			known, _ := e.enter("a")
			if err := e.visitor().wait(t.Context(), known); err != nil || known.err == nil {
				t.Errorf("waited in vain: %v, %v", err, known.err)
			}
			_, led = e.enter("a")
		})
		synctest.Wait()
		mine.err = errSpent
		e.leave("a", mine)
		waiting.Wait()
		if !led {
			t.Error("the error is kept")
		}
	})
}

func TestWaitEndsWithItsContext(t *testing.T) {
	t.Parallel()
	e := newErrand(new(network.Network).Session(), Request{Names: []string{host}})
	known, _ := e.enter("a")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := e.visitor().wait(ctx, known); network.Problem(err) != string(evidence.Interrupted) {
		t.Errorf("got %v", err)
	}
}

// Answers that are too large together are given on, but not kept.
func TestSharedAnswersAreBounded(t *testing.T) {
	t.Parallel()
	e := newErrand(new(network.Network).Session(), Request{Names: []string{host}})
	for i := range 10 {
		key := fmt.Sprint(i)
		mine, _ := e.enter(key)
		mine.answer.Body = make([]byte, maxShared/4)
		e.leave(key, mine)
	}
	if len(e.known) != 4 || e.room != 0 {
		t.Errorf("%d answers are kept, room for %d bytes", len(e.known), e.room)
	}
}

// However a site behaves, it sees no more requests than were promised, those that
// are made ahead of the visits included.
func TestNeverMoreRequestsThanPromised(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{
		"redirects-without-end": func(w http.ResponseWriter, r *http.Request) {
			redirect(r.URL.Path+"a")(w, r)
		},
		"a-new-cookie-each-time": func(w http.ResponseWriter, r *http.Request) {
			count := len(r.Header.Get("Cookie"))
			w.Header().Set("Set-Cookie", "giro="+strings.Repeat("x", count+1))
			redirect("/")(w, r)
		},
		"hangs-up": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"many-refreshes": func(w http.ResponseWriter, r *http.Request) {
			htmlPage(`<meta http-equiv="refresh" content="0;url=`+r.URL.Path+`a">`)(w, r)
		},
		"from-host-to-host": func(w http.ResponseWriter, r *http.Request) {
			other := map[string]string{apex: www, www: apex}[r.Host]
			redirect("https://"+other+r.URL.Path+"a")(w, r)
		},
	} {
		for _, ahead := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/ahead-%t", name, ahead), func(t *testing.T) {
				t.Parallel()
				w := loopback.New(t)
				d := serveTown(t, w, answer, apex, www)
				s := w.Network.Session()
				r := Request{Names: []string{apex, www}, Home: true, WellKnown: true}
				var running sync.WaitGroup
				if ahead {
					r.Ahead = NewAhead(s, r)
					for _, name := range r.Names {
						running.Go(func() {
							r.Ahead.Ask(t.Context(), name, netip.MustParseAddr("192.0.2.10"), shake(t, s, name, secured, "http/1.1"))
						})
					}
				}
				sites := Collect(t.Context(), s, r)
				running.Wait()
				if len(d.requests) > maxRequests {
					t.Errorf("%d requests: %v", len(d.requests), d.requests)
				}
				if name != "hangs-up" && len(d.requests) < maxRequests {
					t.Errorf("only %d requests: the test shows nothing", len(d.requests))
				}
				for _, site := range sites {
					if site.HTTPS.State == evidence.Seen {
						t.Errorf("got %+v", site.HTTPS)
					}
				}
			})
		}
	}
}

// What the last request met is told, also where no second one may be made.
func TestLastRequestThatFails(t *testing.T) {
	t.Parallel()
	w := town(t)
	serve(t, w, plain, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	e := newErrand(w.Network.Session(), Request{Names: []string{host}})
	e.left = 1
	v := e.visitor()
	defer v.client.Close()
	if got, _ := v.visit(t.Context(), "http://"+host+"/", page); got.State != evidence.Unknown || got.Problem != evidence.Closed || got.Attempts != 1 {
		t.Errorf("got %+v", got)
	}
	got, _ := v.visit(t.Context(), "http://"+host+"/", page)
	if got.Observation != evidence.Skipped(evidence.BudgetSpent, errSpent.Err.Error()) || got.Attempts != 0 {
		t.Errorf("without any request left: got %+v", got)
	}
}

// A site without https is followed where it stands.
func TestTownWithoutHTTPS(t *testing.T) {
	t.Parallel()
	w := loopback.New(t)
	f := typical()
	d := serveTown(t, w, func(w http.ResponseWriter, r *http.Request) {
		r.URL.Scheme = "https" // for the files
		f.ServeHTTP(w, r)
	}, apex, www)
	w.Fail(secured, errSpent)
	s := w.Network.Session()
	sites := Collect(t.Context(), s, Request{Names: []string{www}, Home: true, WellKnown: true})
	site := sites[0]
	if site.Robots.URL != "http://www.comune.example/robots.txt" || len(site.Linked) != 3 || site.SecurityTxt.Observation != evidence.Skipped(evidence.DependsOnOther, "https does not answer") {
		t.Errorf("robots.txt %+v, security.txt %+v, %d pages", site.Robots.Observation, site.SecurityTxt, len(site.Linked))
	}
	if d.connections != 2 || len(d.requests) != 5 {
		t.Errorf("%d requests on %d connections, want 5 on 2", len(d.requests), d.connections)
	}
}

// What the time does not allow is not asked for, and nobody is blamed.
func TestTimeForPagesBeyondIsOver(t *testing.T) {
	t.Parallel()
	w := loopback.New(t)
	ctx, cancel := context.WithCancel(t.Context())
	d := serveTown(t, w, typical().ServeHTTP, apex, www)
	e := newErrand(w.Network.Session(), Request{Names: []string{apex, www}, Home: true})
	stays := []stay{e.stay(t.Context(), apex), e.stay(t.Context(), www)}
	before := len(d.requests)
	cancel()
	e.beyond(ctx, true, stays)
	if len(d.requests) != before {
		t.Errorf("%d requests more", len(d.requests)-before)
	}
	for _, l := range stays[1].site.Linked {
		if l.Problem != evidence.Interrupted || l.State != evidence.NotAsked {
			t.Errorf("%s: %+v", l.Duty, l.Observation)
		}
	}
	if len(stays[1].site.Linked) != 3 {
		t.Errorf("%d pages, want 3", len(stays[1].site.Linked))
	}
}
