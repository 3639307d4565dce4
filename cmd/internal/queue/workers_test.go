package queue_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"campanile/cmd/internal/lab"
	"campanile/cmd/internal/queue"
	"campanile/cmd/internal/scan"
	"campanile/cmd/internal/store"
	"campanile/cmd/internal/store/storetest"
	"campanile/collectors/dnssec"
	"campanile/collectors/evidence"
	"campanile/collectors/tls"
)

// A worker in a process of its own is this test program, started with these.
const (
	atStore     = "CAMPANILE_TEST_STORE"
	atDirectory = "CAMPANILE_TEST_LAB"
	calledBy    = "CAMPANILE_TEST_NAME"
)

// hasty is how long the workers of the tests have for one municipality. It makes
// the time short after which a dead worker's jobs are rescued.
const hasty = 12 * time.Second

// workIfAsked is the whole program where it was started as a worker.
func workIfAsked() {
	if os.Getenv(atStore) == "" {
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := workThrough(ctx, os.Getenv(atStore), os.Getenv(atDirectory), os.Getenv(calledBy)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// workThrough is what campanile worker does, with the servers of the lab in the
// place of the world.
func workThrough(ctx context.Context, address, directory, name string) error {
	d, err := lab.ReadDirectory(directory)
	if err != nil {
		return err
	}
	s, err := store.Open(ctx, address)
	if err != nil {
		return err
	}
	defer s.Close()
	q, err := queue.Open(ctx, address, s)
	if err != nil {
		return err
	}
	defer q.Close(context.WithoutCancel(ctx))
	share := s.Share(name)
	defer share.Close() //nolint:contextcheck // it gives back what it holds also when the time is over
	scanner, err := scannerOf(d)
	if err != nil {
		return err
	}
	scanner.Network.Share = share
	look := func(ctx context.Context, b store.Body, run int64) error {
		return scanner.Run(ctx, []evidence.Target{b.Target}, func(_ int, bundle *evidence.Bundle) error {
			_, err := s.Save(ctx, b.ID, run, bundle, store.Judgement{Rules: "rules"})
			return err
		})
	}
	return q.Work(ctx, queue.Worker{
		Look: look, AtOnce: 6, Timeout: hasty, Grace: hasty, Retry: time.Second, Share: share, PerSupplier: 2, Name: name, Now: time.Now,
		Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
}

func scannerOf(d lab.Directory) (scan.Scanner, error) {
	anchor, err := dnssec.ReadAnchor(strings.NewReader(d.Anchor))
	if err != nil {
		return scan.Scanner{}, err
	}
	roots, err := tls.MozillaRoots([]byte(d.CA))
	return scan.Scanner{
		Network: lab.Reach(d), Profile: evidence.Standard, Families: []evidence.Family{evidence.DNSFamily, evidence.WebFamily},
		Roots: roots, Anchor: anchor, Tool: evidence.Tool{Name: "campanile", Version: "test"}, Timeout: hasty, Concurrency: 1, Suppliers: d.Suppliers,
	}, err
}

// crew is a territory of the lab, with worker processes.
type crew struct {
	*territory

	many    *lab.Many
	address string
	path    string // of the lab's directory
}

func gather(t *testing.T, address string, towns, addresses int) *crew {
	t.Helper()
	many, err := lab.StartMany(t.Context(), time.Now, towns, addresses)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { many.Close() })
	c := &crew{open(t, address, 0), many, address, filepath.Join(t.TempDir(), "lab.json")}
	if err := many.Directory().Write(c.path); err != nil {
		t.Fatal(err)
	}
	bodies := make([]store.Body, towns)
	for i, target := range many.Targets() {
		bodies[i].Target = target
	}
	if c.bodies, err = c.store.Put(t.Context(), bodies); err != nil {
		t.Fatal(err)
	}
	return c
}

// hire starts a worker in a process of its own.
func (c *crew) hire(name string) *exec.Cmd {
	c.Helper()
	program, err := os.Executable()
	if err != nil {
		c.Fatal(err)
	}
	w := exec.Command(program)
	w.Env = append(os.Environ(), atStore+"="+c.address, atDirectory+"="+c.path, calledBy+"="+name)
	w.Stderr = c.Output()
	if err := w.Start(); err != nil {
		c.Fatal(err)
	}
	c.Cleanup(func() {
		w.Process.Kill()
		w.Wait()
	})
	return w
}

// dismiss tells a worker to stop, and waits until it has.
func (c *crew) dismiss(w *exec.Cmd) {
	c.Helper()
	if err := w.Process.Signal(os.Interrupt); err != nil {
		c.Error(err)
	}
	if err := w.Wait(); err != nil {
		c.Errorf("a worker ended with %v", err)
	}
}

// results counts the scans of a run by body, as they stand in the table.
func (c *crew) results(run int64) map[int64]int {
	c.Helper()
	var rows []struct {
		Body int64
		N    int
	}
	err := queue.Database(c.queue).NewRaw("SELECT body, COUNT(*) AS n FROM scans WHERE run = ? GROUP BY body", run).Scan(c.Context(), &rows)
	if err != nil {
		c.Fatal(err)
	}
	counts := map[int64]int{}
	for _, r := range rows {
		counts[r.Body] = r.N
	}
	return counts
}

// triedAgain counts the jobs that more than one worker had.
func triedAgain(ctx context.Context, db *bun.DB) (int, error) {
	var n int
	err := db.NewRaw("SELECT COUNT(*) FROM river_job WHERE attempt > 1").Scan(ctx, &n)
	return n, err
}

// Three workers on one PostgreSQL scan 1,000 municipalities, and one is killed in
// the middle.
func TestAKilledWorkerLosesNothingAndDoublesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes two minutes")
	}
	t.Parallel()
	const towns, addresses = 1000, 20
	c := gather(t, storetest.Postgres(t), towns, addresses)
	began := time.Now()
	run := c.run(queue.Routine, c.bodies...)
	first, second, doomed := c.hire("first"), c.hire("second"), c.hire("doomed")

	c.reach(run, towns/3)
	c.killAtWork(doomed)
	c.Logf("one was killed after %s, at %+v", time.Since(began), c.progress(run))
	c.reach(run, towns)
	c.Logf("all were done after %s", time.Since(began))
	c.dismiss(first)
	c.dismiss(second)

	c.onceEach(run)
	c.checkPace()
}

// reach waits until as many bodies of a run are done.
func (c *crew) reach(run int64, done int) {
	c.Helper()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	late := time.After(5 * time.Minute)
	for {
		p := c.progress(run)
		if p.Done >= done || p.Waiting == 0 {
			return
		}
		select {
		case <-tick.C:
		case <-late:
			c.Fatalf("after five minutes: %+v, %+v", p, c.state())
		}
	}
}

// killAtWork ends a process as kill -9 does, while it looks at municipalities.
func (c *crew) killAtWork(w *exec.Cmd) {
	c.Helper()
	c.await(func() bool {
		s := c.state()
		return s.Running > 0 && slices.ContainsFunc(s.Workers, func(w queue.WorkerState) bool { return w.Name == "doomed" })
	})
	if err := w.Process.Kill(); err != nil {
		c.Fatal(err)
	}
	var ended *exec.ExitError
	if err := w.Wait(); !errors.As(err, &ended) || ended.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		c.Fatalf("the worker ended with %v", err)
	}
}

// checkPace asks the log of the servers: never more than two connections to an
// address at once, never more than 25 begun in five seconds, and never more than 20
// questions to a name server in a second. What takes the workers that long may have
// taken the servers a little less: that they see.
func (c *crew) checkPace() {
	c.Helper()
	const blur = 100 * time.Millisecond
	questions, visits := []lab.Entry{}, []lab.Entry{}
	for _, e := range c.many.Log() {
		if e.To.Port() == 53 {
			questions = append(questions, e)
		} else {
			visits = append(visits, e)
		}
	}
	for _, pace := range []struct {
		what string
		most map[netip.Addr]int
		want int
	}{
		{"connections at once", lab.MostAtOnce(visits), 2},
		{"connections in five seconds", lab.MostWithin(visits, 5*time.Second-blur), 25},
		{"questions in a second", lab.MostWithin(questions, time.Second-blur), 20},
	} {
		most := 0
		for address, n := range pace.most {
			most = max(most, n)
			if n > pace.want {
				c.Errorf("%s had %d %s", address, n, pace.what)
			}
		}
		if most == 0 {
			c.Error("nobody came")
		}
		c.Logf("at most %d %s to one of %d addresses", most, pace.what, len(pace.most))
	}
	c.Logf("%d connections, %d questions", len(visits), len(questions))
}

// One machine: this program plans and shows, others work, on one file. The first of
// them is killed.
func TestServeAndWorkersShareOneFile(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes a minute")
	}
	t.Parallel()
	const towns = 60
	c := gather(t, storetest.SQLite(t), towns, 8)
	schedule, err := queue.ParseSchedule("daily at 03:00")
	if err != nil {
		t.Fatal(err)
	}
	now := monday
	plan := queue.Planner{
		Queue: c.queue, Store: c.store, Chronicle: &chronicle{store: c.store}, Schedules: []queue.Schedule{schedule}, Zone: time.UTC,
		Now: func() time.Time { return now },
	}
	if _, err := plan.Step(t.Context()); err != nil {
		t.Fatal(err)
	}
	now = now.Add(day)
	runs, err := plan.Step(t.Context())
	if err != nil || len(runs) != 1 {
		t.Fatalf("%v, %v", runs, err)
	}
	doomed := c.hire("doomed")
	c.reach(runs[0], towns/4)
	c.killAtWork(doomed)
	worker := c.hire("the other program")
	c.reach(runs[0], towns)
	c.dismiss(worker)
	c.onceEach(runs[0])
	if _, err := plan.Step(t.Context()); err != nil {
		t.Fatal(err)
	}
	if open, err := c.store.OpenRuns(t.Context()); err != nil || len(open) != 0 {
		t.Errorf("%v, %v", open, err)
	}
	c.checkPace()
}

// onceEach asks the tables: each body has one result for the run, though some had
// two workers.
func (c *crew) onceEach(run int64) {
	c.Helper()
	counts := c.results(run)
	for _, body := range c.bodies {
		if counts[body] != 1 {
			c.Errorf("body %d has %d results", body, counts[body])
		}
	}
	if p := c.progress(run); p.Done != len(c.bodies) || p.Failed != 0 || len(counts) != len(c.bodies) {
		c.Errorf("%+v, and results of %d", p, len(counts))
	}
	again, err := triedAgain(c.Context(), queue.Database(c.queue))
	if err != nil || again == 0 {
		c.Errorf("%d jobs went to another worker, %v: the one that was killed held none", again, err)
	}
	c.Logf("%d jobs went to another worker", again)
}
