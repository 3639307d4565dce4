package main

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"campanile/cmd/internal/alert"
	"campanile/cmd/internal/chronicle"
	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/store"
	"campanile/report/history"
)

const (
	tellEvery = 30 * time.Second
	// toldRuns is the setting that lists the runs that were told of. They do not end in
	// the order of their numbers: a long one is overtaken by those that somebody asks
	// for meanwhile.
	toldRuns = "alerts.runs"
	// lastRuns are looked through for those that have ended since.
	lastRuns = 50
)

// tell sends the messages of each run when it has ended, and those that waited for
// the end of quiet hours or for a server that did not answer.
func (d *duty) tell(ctx context.Context) error {
	ticker := time.NewTicker(tellEvery)
	defer ticker.Stop()
	for {
		if err := d.tellRuns(ctx); err != nil && ctx.Err() == nil {
			d.log.Error("a message was not sent; it is tried again", "error", err)
		}
		if err := d.alerts.Due(ctx); err != nil && ctx.Err() == nil {
			d.log.Error("a message was not sent; it is tried again", "error", err)
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// tellRuns keeps the messages of the runs that have ended since. Those that ended
// together are told together.
func (d *duty) tellRuns(ctx context.Context) error {
	kept := d.chronicle.Store
	text, err := kept.Setting(ctx, toldRuns)
	if err != nil {
		return err
	}
	runs, err := kept.Runs(ctx, lastRuns)
	if err != nil {
		return err
	}
	told := strings.Fields(text)
	var ended, fresh []string
	for _, run := range runs {
		if id := strconv.FormatInt(run.ID, 10); !run.Ended.IsZero() {
			ended = append(ended, id)
			if !slices.Contains(told, id) {
				fresh = append(fresh, id)
			}
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	news, err := newsOf(ctx, d.chronicle)
	if err != nil {
		return err
	}
	if err := d.alerts.Keep(ctx, history.Run{ID: fresh[0], At: d.program.now()}, news); err != nil {
		return err
	}
	return kept.Set(ctx, toldRuns, strings.Join(ended, " "))
}

func newsOf(ctx context.Context, c *chronicle.Chronicle) ([]history.News, error) {
	var failed error
	news, err := c.News(ctx, store.Filter{}, func(body int64) time.Time {
		at, err := c.Store.Told(ctx, body)
		if err != nil {
			failed = err
		}
		return at
	})
	if err == nil {
		err = failed
	}
	return news, err
}

// alertsExample is a file of alerts to begin from.
const alertsExample = `  mail: {server: "smtp.gal.example:587", from: campanile@gal.example}
  # where the server asks: user: campanile, password-file: password.txt
  zone: Europe/Rome
  contact: segreteria@gal.example             # whom to ask to be taken off the list
  to:
    - mail: presidente@gal.example
      language: it                            # it, fr or en
      topics: [critical, expiring, fixed]     # without it: all three
      quiet: "22:00-07:00"
    - mail: sindaco@comune.borgo.example
      language: it
      towns: [comune.borgo.example]           # without it: all`

func (p *program) territoryAlerts() *cobra.Command {
	g, path, dry := newGround(), "", false
	cmd := &cobra.Command{
		Use:   "alerts --alerts FILE",
		Short: "Send the messages that are due, or show what would be sent",
		Long: `Tells the people of the file what is new since they were told last: newly critical,
a certificate about to expire, mended. One message for each recipient, none in quiet
hours, nothing twice. "campanile serve --alerts FILE" does it after every run.

The file, with addresses of your own; only "to" with one mail or webhook is needed, and
"mail" where somebody is told by mail:

` + alertsExample,
		Example: `  campanile territory alerts --alerts alerts.yaml --dry-run`,
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if path == "" {
				return exit.Usagef("give the file that says who is told: --alerts alerts.yaml")
			}
			return p.inTerritory(cmd.Context(), g, func(ctx context.Context, c *chronicle.Chronicle) error {
				return p.tellNow(ctx, c, g, path, dry)
			})
		},
	}
	f := cmd.Flags()
	g.kept(f)
	g.signed(f)
	f.StringVar(&path, "alerts", "", "`FILE` that says who is told what changed, by mail or webhook")
	f.BoolVar(&dry, "dry-run", false, "show what would be sent, and send and keep nothing")
	g.configured(cmd)
	return cmd
}

func (p *program) tellNow(ctx context.Context, c *chronicle.Chronicle, g *ground, path string, dry bool) error {
	file, err := alert.Read(path)
	if err != nil {
		return err
	}
	alerts := &alert.Alerts{Store: c.Store, File: file, Rules: c.Rules, Sender: g.sender, Now: p.now}
	news, err := newsOf(ctx, c)
	if err != nil {
		return err
	}
	run := history.Run{ID: "by hand " + p.now().UTC().Format(time.RFC3339), At: p.now()}
	if dry {
		return alerts.DryRun(ctx, p.stdout, run, news)
	}
	if err := alerts.Run(ctx, run, news); err != nil {
		return err
	}
	return alerts.Due(ctx)
}
