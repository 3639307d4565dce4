package store_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"slices"
	"sync"
	"testing"
	"time"

	"campanile/cmd/internal/store"
	"campanile/cmd/internal/store/storetest"
	"campanile/collectors/network"
)

// late is by how much the word of a visit may reach us later than that of another
// one on a machine with much else to do.
const late = 100 * time.Millisecond

// receiver is a host that notes who comes.
type receiver struct {
	mu     sync.Mutex
	began  []time.Time
	by     map[string]int
	inside int
	most   int
}

func (r *receiver) come(who string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.by == nil {
		r.by = map[string]int{}
	}
	r.began = append(r.began, time.Now())
	r.by[who]++
	r.inside++
	r.most = max(r.most, r.inside)
}

func (r *receiver) leaves() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.inside--
}

// kept holds what was received against the pace.
func (r *receiver) kept(t *testing.T, p network.Pace) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	t.Logf("%d came, at most %d at once: %v", len(r.began), r.most, r.by)
	if p.AtOnce > 0 && r.most > p.AtOnce {
		t.Errorf("%d were there at once, want at most %d", r.most, p.AtOnce)
	}
	slices.SortFunc(r.began, time.Time.Compare)
	for i := p.Starts; p.Starts > 0 && i < len(r.began); i++ {
		if apart := r.began[i].Sub(r.began[i-p.Starts]); apart < p.Span-late {
			t.Errorf("%d came within %v", p.Starts+1, apart)
		}
	}
}

// crowd lets several workers visit one destination at once, each with goroutines
// of its own, until the time is over.
func crowd(t *testing.T, shares []*store.Share, each int, p network.Pace, stay, long time.Duration) *receiver {
	t.Helper()
	var r receiver
	ctx, cancel := context.WithTimeout(t.Context(), long)
	defer cancel()
	var all sync.WaitGroup
	for n, share := range shares {
		for range each {
			all.Go(func() {
				for {
					leave, err := share.Enter(ctx, "192.0.2.1", p)
					if err != nil {
						if !errors.Is(err, context.DeadlineExceeded) {
							t.Error(err)
						}
						return
					}
					r.come(fmt.Sprint(n))
					<-time.After(stay)
					r.leaves()
					leave()
				}
			})
		}
	}
	all.Wait()
	return &r
}

// workers opens a store several times, as each worker does.
func workers(t *testing.T, address string, number int) []*store.Share {
	t.Helper()
	list := make([]*store.Share, number)
	for i := range list {
		list[i] = open(t, address).Share(fmt.Sprint("worker", i))
		t.Cleanup(func() {
			if err := list[i].Close(); err != nil {
				t.Error(err)
			}
		})
	}
	return list
}

func TestWorkersKeepThePaceTogether(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, address string) {
		p := network.Pace{AtOnce: 2, Starts: 10, Span: time.Second}
		r := crowd(t, workers(t, address, 3), 3, p, 20*time.Millisecond, 4*time.Second)
		r.kept(t, p)
		if len(r.began) < 24 {
			t.Errorf("only %d of 40 came: the pace is narrower than it has to be", len(r.began))
		}
	})
}

// A worker far away from the database begins later than it was told to; the pace
// counts with that, and the worker has its turns all the same.
func TestAWorkerFarAwayKeepsThePace(t *testing.T) {
	t.Parallel()
	address := storetest.Postgres(t)
	far := between{slow: func() time.Duration { return rand.N(40 * time.Millisecond) }}
	shares := append(workers(t, address, 1), workers(t, far.listen(t, address), 1)...)
	p := network.Pace{AtOnce: 3, Starts: 10, Span: time.Second}
	r := crowd(t, shares, 3, p, 10*time.Millisecond, 6*time.Second)
	r.kept(t, p)
	if r.by["1"] < 3 {
		t.Errorf("the one far away came %d times of %d", r.by["1"], len(r.began))
	}
}

func TestNobodyStarvesAtADoor(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, address string) {
		p := network.Pace{AtOnce: 1}
		r := crowd(t, workers(t, address, 4), 2, p, 10*time.Millisecond, 4*time.Second)
		r.kept(t, p)
		for n := range 4 {
			if r.by[fmt.Sprint(n)] < len(r.began)/16 {
				t.Errorf("worker %d came %d times of %d", n, r.by[fmt.Sprint(n)], len(r.began))
			}
		}
	})
}

func TestDestinationsDoNotWaitForEachOther(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, address string) {
		share := workers(t, address, 1)[0]
		for n := range 20 { // none of them leaves
			if _, err := share.Enter(t.Context(), fmt.Sprint("smtp 192.0.2.", n), network.Pace{AtOnce: 1, Starts: 1, Span: time.Minute}); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestAPlaceComesFreeAtOnce(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, address string) {
		both := workers(t, address, 2)
		p := network.Pace{AtOnce: 1}
		leave, err := both[0].Enter(t.Context(), "services 192.0.2.1", p)
		if err != nil {
			t.Fatal(err)
		}
		short, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		if _, err := both[1].Enter(short, "services 192.0.2.1", p); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("beside another one: %v", err)
		}
		leave()
		leave() // once more is no harm
		began := time.Now()
		again, err := both[1].Enter(t.Context(), "services 192.0.2.1", p)
		if err != nil || time.Since(began) > 5*time.Second {
			t.Fatalf("after %v: %v", time.Since(began), err)
		}
		if _, err := both[0].Enter(short, "services 192.0.2.1", p); err == nil {
			t.Error("who left twice left for another one")
		}
		again()
		if n, err := both[0].Doors(t.Context(), 4*time.Minute); err != nil || n != 1 {
			t.Errorf("too early %d doors are left, %v", n, err)
		}
		if n, err := both[0].Doors(t.Context(), 2*time.Minute); err != nil || n != 0 {
			t.Errorf("%d doors are left, %v", n, err)
		}
	})
}

func TestAClosedShareGivesEverythingBack(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, address string) {
		one, other := open(t, address).Share("one"), workers(t, address, 1)[0]
		p := network.Pace{AtOnce: 1}
		leave, err := one.Enter(t.Context(), "supplier posta-finta", p)
		if err != nil {
			t.Fatal(err)
		}
		if err := one.Close(); err != nil {
			t.Error(err)
		}
		leave()
		if _, err := one.Enter(t.Context(), "supplier posta-finta", p); !errors.Is(err, store.ErrClosed) {
			t.Errorf("entered a closed one: %v", err)
		}
		if err := one.Close(); err != nil {
			t.Error(err)
		}
		if _, err := other.Enter(t.Context(), "supplier posta-finta", p); err != nil {
			t.Error(err)
		}
	})
}

// visiting is what a child is told to do.
type visiting struct {
	Store, Host string
	Pace        network.Pace
	Life, Stay  time.Duration
}

// visitForever is a worker in a process of its own. It says hello to the host,
// stays, says goodbye, and leaves once the host has heard it.
func visitForever(set string) error {
	var v visiting
	if err := json.Unmarshal([]byte(set), &v); err != nil {
		return err
	}
	s, err := store.Open(context.Background(), v.Store)
	if err != nil {
		return err
	}
	share := s.Share("child").Brief(v.Life)
	visit := func() error {
		leave, err := share.Enter(context.Background(), "192.0.2.1", v.Pace)
		if err != nil {
			return err
		}
		defer leave()
		conn, err := net.Dial("tcp", v.Host)
		if err != nil {
			return err
		}
		defer conn.Close()
		<-time.After(v.Stay)
		fmt.Fprintln(conn, "goodbye")
		_, err = bufio.NewReader(conn).ReadString('\n')
		return err
	}
	var failed error
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() {
			for {
				if err := visit(); err != nil {
					failed = err
					return
				}
			}
		})
	}
	all.Wait()
	return failed
}

// host listens and notes who comes.
func (r *receiver) host(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			r.come("")
			all.Go(func() {
				defer conn.Close()
				_, err := bufio.NewReader(conn).ReadString('\n')
				r.leaves()
				if err == nil {
					fmt.Fprintln(conn, "goodbye")
				}
			})
		}
	})
	t.Cleanup(func() {
		listener.Close()
		all.Wait()
	})
	return listener.Addr().String()
}

// child starts a worker in a process of its own.
func child(t *testing.T, v visiting) *exec.Cmd {
	t.Helper()
	set, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), os.Args[0])
	c.Env = append(os.Environ(), "CAMPANILE_TEST_SHARE="+string(set))
	c.Stderr = os.Stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	return c
}

func (r *receiver) wait(t *testing.T, visits int) {
	t.Helper()
	for deadline := time.After(time.Minute); ; {
		r.mu.Lock()
		came := len(r.began)
		r.mu.Unlock()
		if came >= visits {
			return
		}
		select {
		case <-time.After(10 * time.Millisecond):
		case <-deadline:
			t.Fatalf("%d of %d came", came, visits)
		}
	}
}

func TestProcessesKeepThePaceAndADeadOneHoldsNothing(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, address string) {
		open(t, address)
		var r receiver
		v := visiting{
			Store: address, Host: r.host(t), Pace: network.Pace{AtOnce: 2, Starts: 8, Span: time.Second},
			Life: 1500 * time.Millisecond, Stay: 100 * time.Millisecond,
		}
		var children []*exec.Cmd
		for range 3 {
			children = append(children, child(t, v))
		}
		r.wait(t, 12)
		for _, c := range children[:2] { // most likely while one of them is there
			_ = c.Process.Kill()
			_ = c.Wait()
		}
		r.mu.Lock()
		came := len(r.began)
		r.mu.Unlock()
		r.wait(t, came+20)
		_ = children[2].Process.Kill()
		_ = children[2].Wait()
		r.kept(t, v.Pace)
	})
}

func TestThePlaceOfAKilledProcessComesFree(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, address string) {
		var r receiver
		v := visiting{Store: address, Host: r.host(t), Pace: network.Pace{AtOnce: 1}, Life: 1500 * time.Millisecond, Stay: time.Hour}
		c := child(t, v)
		r.wait(t, 1)
		share := open(t, address).Share("heir").Brief(v.Life)
		defer share.Close()
		living, cancel := context.WithTimeout(t.Context(), 2*v.Life)
		defer cancel()
		if _, err := share.Enter(living, "192.0.2.1", v.Pace); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("while the process lives: %v", err)
		}
		_ = c.Process.Kill()
		_ = c.Wait()
		began := time.Now()
		if _, err := share.Enter(t.Context(), "192.0.2.1", v.Pace); err != nil || time.Since(began) > 10*v.Life {
			t.Errorf("%v after its death: %v", time.Since(began), err)
		}
	})
}

// While the database does not answer nobody comes in, and when it does again all
// goes on.
func TestASilentDatabaseLetsNobodyIn(t *testing.T) {
	t.Parallel()
	var between between
	share := open(t, between.listen(t, storetest.Postgres(t))).Share("one")
	defer share.Close()
	p := network.Pace{AtOnce: 1}
	leave, err := share.Enter(t.Context(), "192.0.2.1", p)
	if err != nil {
		t.Fatal(err)
	}
	for what, set := range map[string]func(){"silent": between.silence, "gone": between.cut} {
		set()
		short, cancel := context.WithTimeout(t.Context(), 700*time.Millisecond)
		began := time.Now()
		if _, err := share.Enter(short, "192.0.2.2", p); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v", what, err)
		}
		if took := time.Since(began); took > 30*time.Second {
			t.Errorf("%s: the wait ended after %v", what, took)
		}
		cancel()
	}
	leave() // nobody hears it yet
	between.resume()
	for _, to := range []string{"192.0.2.1", "192.0.2.2"} {
		if _, err := share.Enter(t.Context(), to, p); err != nil {
			t.Errorf("afterwards, at %s: %v", to, err)
		}
	}
}

func TestALockedFileLetsNobodyIn(t *testing.T) {
	t.Parallel()
	path := storetest.SQLite(t)
	share := open(t, path).Share("one")
	defer share.Close()
	p := network.Pace{AtOnce: 1}
	leave, err := share.Enter(t.Context(), "192.0.2.1", p)
	if err != nil {
		t.Fatal(err)
	}
	leave()
	release := lock(t, path+"-pace")
	short, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, err := share.Enter(short, "192.0.2.1", p); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("while it is locked: %v", err)
	}
	release()
	if _, err := share.Enter(t.Context(), "192.0.2.1", p); err != nil {
		t.Error(err)
	}
}
