package main

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"time"

	"campanile/cmd/internal/chronicle"
	"campanile/cmd/internal/dashboard"
	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/lab"
	"campanile/cmd/internal/queue"
	"campanile/cmd/internal/store"
	"campanile/collectors/evidence"
)

// showing is one call of "demo --serve".
type showing struct {
	*settings
	serve    bool
	listen   string
	accounts bool
}

// lastLook is how long before the demo the last look of its history lies: another
// one by hand is then a second look, which confirms what changed.
const lastLook = 6 * time.Hour

// demoServe is "demo --serve" as a table of contents.
func (p *program) demoServe(ctx context.Context, s *showing) error {
	ctx, stop := interruptible(ctx)
	defer stop()
	if _, err := (&dashboard.Site{Listen: s.listen, Accounts: s.accounts, Now: p.now}).Handler(); err != nil {
		return err // what is not permitted is said before anything begins
	}
	listener, err := listen(ctx, s.listen)
	if err != nil {
		return err
	}
	defer shut(listener)
	valley, err := lab.Start(ctx, p.now().Add(-lastLook))
	if err != nil {
		return err
	}
	defer valley.Close()
	bundles, err := p.demoScan(ctx, s, valley)
	if err != nil {
		return err
	}
	c, address, err := p.demoStore(ctx, s)
	if err != nil {
		return err
	}
	defer shut(c.Store)
	f := filling{program: p, chronicle: c, valley: valley, bodies: map[string]int64{}}
	if err := f.fill(ctx, bundles, bundles[0].Taken); err != nil {
		return err
	}
	if s.accounts {
		if err := f.accounts(ctx, string(s.language())); err != nil {
			return err
		}
	}
	return p.demoPages(ctx, s, c, address, valley, listener)
}

// demoScan scans the valley once.
func (p *program) demoScan(ctx context.Context, s *showing, valley *lab.Lab) ([]*evidence.Bundle, error) {
	if err := os.MkdirAll(s.out, 0o750); err != nil {
		return nil, exit.Usagef("the folder for the demo cannot be made: %w; name another with --out", err)
	}
	scanner, targets, err := s.demoScanner(valley)
	if err != nil {
		return nil, err
	}
	p.say("looking at the %d municipalities of the Valli del Campanile, which do not exist", len(targets))
	return runDemo(ctx, scanner, targets, filepath.Join(s.out, "evidence.jsonl"))
}

// demoStore makes the store of the demo afresh.
func (p *program) demoStore(ctx context.Context, s *showing) (*chronicle.Chronicle, string, error) {
	path := filepath.Join(s.out, "valli-del-campanile.db")
	for _, rest := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(path + rest); err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, "", exit.Usagef("the territory of the last demo cannot be replaced: %w; name another folder with --out", err)
		}
	}
	c, err := p.open(ctx, &ground{store: path, sender: "GAL Valli del Campanile"}, true)
	return c, path, err
}

// demoPages serves the dashboard, and looks again at whom somebody asks for, until
// Ctrl-C.
func (p *program) demoPages(ctx context.Context, s *showing, c *chronicle.Chronicle, address string, valley *lab.Lab, listener net.Listener) error {
	q, err := queue.Open(ctx, address, c.Store)
	if err != nil {
		return err
	}
	defer leave(ctx, q)
	scanner, _, err := s.demoScanner(valley)
	if err != nil {
		return err
	}
	scanner.Network.Now = p.now
	looking := &looking{program: p, chronicle: c, scanner: scanner, stopFile: s.stopFile, share: c.Store.Share(workerName())}
	defer shut(looking.share)
	log := slog.New(slog.NewTextHandler(p.stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	d := &duty{program: p, chronicle: c, queue: q, log: log}
	d.planner = queue.Planner{Queue: q, Store: c.Store, Chronicle: c, Now: p.now, Zone: demoZone(), Log: log}
	monthly, err := queue.ParseSchedule(demoSchedule)
	if err != nil {
		return err
	}
	d.planner.Schedules = []queue.Schedule{monthly}
	if err := c.Store.Set(ctx, scheduleSetting, demoSchedule); err != nil {
		return err
	}
	site := &dashboard.Site{
		Chronicle: c, Queue: q, Listen: s.listen, Accounts: s.accounts, Browser: s.browser, Language: s.language(), Now: p.now, Zone: d.planner.Zone, Log: log,
	}
	p.say("open http://%s/", listener.Addr())
	p.say("Ctrl-C ends the demo; the territory stays in %s", address)
	worker := *s.settings
	worker.timeout, worker.concurrency = time.Minute, 2
	return d.all(ctx, func(ctx context.Context) error { return site.Serve(ctx, listener) }, func(ctx context.Context) error {
		return d.work(ctx, looking, &worker)
	})
}

// demoSchedule is when the group of the demo looks at its valley.
const demoSchedule = "monthly on day 1 at 02:00"

// demoZone is where the valley would be, if the system knows the zone.
func demoZone() *time.Location {
	zone, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		return time.UTC
	}
	return zone
}

// accounts makes one for the group and one for a municipality. Their passwords are
// told once and kept nowhere.
func (f *filling) accounts(ctx context.Context, language string) error {
	for _, a := range []store.Account{
		{Name: "gal", Role: store.GroupRole},
		{Name: "gemello", Role: store.TownRole, Body: f.bodies[demoTown]},
	} {
		password := rand.Text()
		hash, err := dashboard.HashPassword(password)
		if err != nil {
			return err
		}
		a.Hash, a.Language, a.Created = hash, language, f.program.now()
		if err := f.chronicle.Store.PutAccount(ctx, a); err != nil {
			return err
		}
		f.program.say("sign in as %s (%s) with the password %s", a.Name, a.Role, password)
	}
	return nil
}

// demoTown is the municipality that has an account in the demo.
const demoTown = "comune.gemellodisopra.campanile.test"
