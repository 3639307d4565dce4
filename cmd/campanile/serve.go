package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // hours are those of a zone also on a machine that has no list of zones

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"campanile/cmd/internal/alert"
	"campanile/cmd/internal/chronicle"
	"campanile/cmd/internal/dashboard"
	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/queue"
)

// serving is one call of "serve".
type serving struct {
	*ground
	*settings
	listen, certificate, key string
	accounts, proxy, idle    bool
	schedules                []string
	zone, alerts             string
}

func (p *program) serveCommand() *cobra.Command {
	s := &serving{ground: newGround(), settings: defaults()}
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "The dashboard of a territory, with its schedule and a worker",
		Long: `Serves the territory as pages: map, trend, what changed, the municipalities with their
checklists and documents, suppliers, workshops, what was sent. Begins runs when the
--schedule says so (it is kept, and stands until another is given), also those that were due while the machine was off, looks at the
municipalities itself (--no-worker leaves that to "campanile worker") and sends the
messages of --alerts.

It listens on this computer alone. On another address it starts only with --accounts,
and with a certificate (--tls-cert, --tls-key) or the statement that a proxy before it
speaks TLS (--behind-proxy). "campanile serve account add" makes accounts: the group
sees everything, a municipality only itself.

A schedule is what people say: "weekly on Monday at 22:00", "monthly on day 1 at
02:00", "daily at 03:00", each also with conditions: "weekly on Monday at 22:00 where
provincia=TO".`,
		Example: `  campanile serve
  campanile serve --store valley.db --schedule "weekly on Monday at 22:00" --alerts alerts.yaml
  campanile serve --listen 0.0.0.0:8443 --accounts --tls-cert cert.pem --tls-key key.pem
  campanile serve account add segreteria --role group`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s.patient(cmd.Flags())
			return p.inTerritory(cmd.Context(), s.ground, func(ctx context.Context, c *chronicle.Chronicle) error { return p.serve(ctx, c, s) })
		},
	}
	s.flags(cmd)
	cmd.AddCommand(p.accountCommand())
	return cmd
}

func (s *serving) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	s.kept(f)
	s.spoken(f)
	s.signed(f)
	f.StringVar(&s.listen, "listen", "127.0.0.1:8080", "`ADDR:PORT` to serve at")
	f.BoolVar(&s.accounts, "accounts", false, "whoever comes must sign in; needed on any address but this computer's own")
	f.StringVar(&s.certificate, "tls-cert", "", "`FILE` with the certificate chain, PEM")
	f.StringVar(&s.key, "tls-key", "", "`FILE` with its key, PEM")
	f.BoolVar(&s.proxy, "behind-proxy", false, "a proxy before it speaks TLS and passes on who asks (X-Forwarded-For)")
	f.StringArrayVar(&s.schedules, "schedule", nil, "`TEXT`: when a run begins; several may be given")
	f.StringVar(&s.zone, "zone", "Europe/Rome", "time `ZONE` of the schedules and the pages")
	f.StringVar(&s.alerts, "alerts", "", "`FILE` that says who is told what changed, by mail or webhook")
	f.BoolVar(&s.idle, "no-worker", false, "look at no municipality here; workers do")
	s.looking(f)
	s.ground.configured(cmd)
}

// duty is what "serve" does besides showing pages.
type duty struct {
	program   *program
	chronicle *chronicle.Chronicle
	queue     *queue.Queue
	planner   queue.Planner
	alerts    *alert.Alerts // nil: nobody is told
	log       *slog.Logger
}

// serve is the command as a table of contents.
func (p *program) serve(ctx context.Context, c *chronicle.Chronicle, s *serving) error {
	d, err := p.duty(ctx, c, s)
	if err != nil {
		return err
	}
	defer leave(ctx, d.queue)
	site := &dashboard.Site{
		Chronicle: c, Queue: d.queue, Listen: s.listen, Accounts: s.accounts, BehindProxy: s.proxy, Certificate: s.certificate, Key: s.key,
		Browser: s.browser, Language: s.ground.language(), Now: p.now, Zone: d.planner.Zone, Log: d.log,
	}
	listener, err := listen(ctx, s.listen)
	if err != nil {
		return err
	}
	if _, err := site.Handler(); err != nil { // what is not permitted is said before any work begins
		return errors.Join(err, listener.Close())
	}
	var work func(context.Context) error
	if !s.idle {
		looking, err := p.looker(s.settings, c)
		if err != nil {
			return errors.Join(err, listener.Close())
		}
		defer shut(looking.share)
		work = func(ctx context.Context) error { return d.work(ctx, looking, s.settings) }
	}
	p.say("open %s", s.address(listener))
	return d.all(ctx, func(ctx context.Context) error { return site.Serve(ctx, listener) }, work)
}

// all runs everything side by side until the context ends or one of it fails.
func (d *duty) all(ctx context.Context, pages, work func(context.Context) error) error {
	group, running := errgroup.WithContext(ctx)
	group.Go(func() error { return pages(running) })
	group.Go(func() error { return d.planner.Run(running) })
	if d.alerts != nil {
		group.Go(func() error { return d.tell(running) })
	}
	if work != nil {
		group.Go(func() error { return work(running) })
	}
	err := group.Wait()
	if ctx.Err() != nil && (err == nil || errors.Is(err, context.Canceled) || errors.Is(err, http.ErrServerClosed)) {
		d.program.say("stopped; everything that was finished is kept")
		return nil
	}
	return err
}

func (p *program) duty(ctx context.Context, c *chronicle.Chronicle, s *serving) (*duty, error) {
	zone, err := time.LoadLocation(s.zone)
	if err != nil {
		return nil, exit.Usagef("--zone %s: no such time zone; write it like Europe/Rome or Europe/Paris", s.zone)
	}
	schedules, err := s.planned(ctx, c)
	if err != nil {
		return nil, err
	}
	d := &duty{program: p, chronicle: c, log: p.troubles()}
	if s.alerts != "" {
		file, err := alert.Read(s.alerts)
		if err != nil {
			return nil, err
		}
		d.alerts = &alert.Alerts{Store: c.Store, File: file, Rules: c.Rules, Sender: s.sender, Now: p.now}
		if err := d.alerts.Check(ctx); err != nil {
			return nil, err
		}
	}
	if d.queue, err = queue.Open(ctx, s.store, c.Store); err != nil {
		return nil, exit.Usagef("%w", err)
	}
	d.planner = queue.Planner{Queue: d.queue, Store: c.Store, Chronicle: c, Schedules: schedules, Now: p.now, Zone: zone, Log: d.log}
	return d, nil
}

// scheduleSetting is where the store keeps when runs begin: one schedule a line.
const scheduleSetting = "schedule"

// planned reads --schedule and keeps it; without, what an earlier call has kept
// stays in force.
func (s *serving) planned(ctx context.Context, c *chronicle.Chronicle) ([]queue.Schedule, error) {
	texts := s.schedules
	if len(texts) == 0 {
		kept, err := c.Store.Setting(ctx, scheduleSetting)
		if err != nil {
			return nil, err
		}
		texts = slices.DeleteFunc(strings.Split(kept, "\n"), func(line string) bool { return line == "" })
	}
	var list []queue.Schedule
	for _, text := range texts {
		schedule, err := queue.ParseSchedule(text)
		if err != nil {
			return nil, exit.Usagef("--schedule: %w", err)
		}
		list = append(list, schedule)
	}
	return list, c.Store.Set(ctx, scheduleSetting, strings.Join(texts, "\n"))
}

// work judges again what new rules ask for, then looks at municipalities.
func (d *duty) work(ctx context.Context, l *looking, s *settings) error {
	watched, unwatch, err := l.watched(ctx)
	if err != nil {
		return err
	}
	defer unwatch()
	if n, err := d.chronicle.Rejudge(watched); err != nil {
		return err
	} else if n > 0 {
		d.program.say("%d municipalities judged again with the rules of this program", n)
	}
	w := l.worker(s)
	w.Log = d.log
	err = d.queue.Work(watched, w)
	if why := forbidden(ctx, watched); why != nil {
		return why
	}
	return err
}

func listen(ctx context.Context, address string) (net.Listener, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, exit.Usagef("%w; name another place with --listen", err)
	}
	return listener, nil
}

// address is where a browser finds the dashboard.
func (s *serving) address(l net.Listener) string {
	scheme := "http"
	if s.certificate != "" {
		scheme = "https"
	}
	return fmt.Sprintf("%s://%s/", scheme, l.Addr())
}
