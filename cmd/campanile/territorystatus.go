package main

import (
	"context"
	"io"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"campanile/cmd/internal/chronicle"
	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/queue"
	"campanile/cmd/internal/store"
	"campanile/report"
)

func (p *program) territoryStatus() *cobra.Command {
	g := newGround()
	cmd := &cobra.Command{
		Use:   "status",
		Short: "How far the runs are, who works, and what the store takes",
		Long: `Says how many municipalities there are and when they were looked at, what waits in the
queue and who works on it, how far the latest runs are, and what the store takes.`,
		Example: `  campanile territory status --lang it`,
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.inTerritory(cmd.Context(), g, func(ctx context.Context, c *chronicle.Chronicle) error { return p.status(ctx, c, g) })
		},
	}
	f := cmd.Flags()
	g.kept(f)
	g.spoken(f)
	g.written(f, "terminal", "json")
	g.configured(cmd)
	return cmd
}

// statusJSON is the state of a territory for programs.
type statusJSON struct {
	Municipalities int       `json:"municipalities"`
	Scanned        int       `json:"scanned"`
	Waiting        int       `json:"waiting"`
	Running        int       `json:"running"`
	Retrying       int       `json:"retrying"`
	Workers        int       `json:"workers"`
	Pending        int       `json:"awaiting_second_look"`
	Scans          int64     `json:"scans"`
	PackedBytes    int64     `json:"packed_bytes"`
	Runs           []runJSON `json:"runs"`
}

type runJSON struct {
	Run     int64      `json:"run"`
	Name    string     `json:"name"`
	Began   time.Time  `json:"began"`
	Ended   *time.Time `json:"ended,omitempty"`
	Done    int        `json:"done"`
	Waiting int        `json:"waiting"`
	Failed  int        `json:"failed"`
}

func (p *program) status(ctx context.Context, c *chronicle.Chronicle, g *ground) error {
	overview, err := c.Store.Overview(ctx, store.Filter{})
	if err != nil {
		return err
	}
	room, err := c.Store.Room(ctx)
	if err != nil {
		return err
	}
	pending, err := c.Pending(ctx)
	if err != nil {
		return err
	}
	q, err := queue.Open(ctx, g.store, c.Store)
	if err != nil {
		return exit.Usagef("%w", err)
	}
	defer leave(ctx, q)
	state, err := q.State(ctx)
	if err != nil {
		return err
	}
	return p.put(g, func(w io.Writer) error {
		if g.format == "json" {
			return writeJSON(w, statusOf(overview, state, room, len(pending)))
		}
		return report.WriteListing(w, statusListing(g, overview, state, room, len(pending)))
	})
}

func statusOf(o store.Overview, state queue.State, room store.Room, pending int) statusJSON {
	s := statusJSON{
		Municipalities: o.Bodies, Scanned: o.Scanned, Waiting: state.Waiting, Running: state.Running, Retrying: state.Retrying,
		Workers: len(state.Workers), Pending: pending, Scans: room.Scans, PackedBytes: room.Packed, Runs: []runJSON{},
	}
	for _, r := range state.Runs {
		one := runJSON{Run: r.ID, Name: r.Name, Began: r.Began, Done: r.Done, Waiting: r.Waiting, Failed: r.Failed}
		if !r.Ended.IsZero() {
			one.Ended = &r.Ended
		}
		s.Runs = append(s.Runs, one)
	}
	return s
}

func statusListing(g *ground, o store.Overview, state queue.State, room store.Room, pending int) report.Listing {
	words := report.WordsIn(g.language())
	l := report.Listing{Title: words.Count("valley.status.bodies", o.Bodies, "Scanned", words.Number(int64(o.Scanned)))}
	if !o.Newest.IsZero() {
		l.Lead = words.Say("valley.status.between", "Oldest", words.Date(o.Oldest), "Newest", words.Date(o.Newest))
	}
	l.Notes = []string{
		words.Say("valley.status.queue", "Waiting", strconv.Itoa(state.Waiting), "Running", strconv.Itoa(state.Running), "Retrying", strconv.Itoa(state.Retrying)),
		words.Count("valley.status.workers", len(state.Workers)),
		words.Count("valley.status.pending", pending),
		words.Say("valley.status.room", "Scans", words.Number(room.Scans), "Content", size(room.Content), "Packed", size(room.Packed)),
	}
	for _, id := range []string{"valley.status.run", "valley.status.began", "valley.status.ended", "valley.status.done", "valley.status.waiting", "valley.status.failed"} {
		l.Table.Columns = append(l.Table.Columns, report.Column{Name: words.Say(id)})
	}
	for _, r := range state.Runs {
		ended := ""
		if !r.Ended.IsZero() {
			ended = r.Ended.Format(time.DateOnly)
		}
		l.Table.Rows = append(l.Table.Rows, []string{
			strconv.FormatInt(r.ID, 10) + " " + r.Name, r.Began.Format(time.DateOnly), ended,
			strconv.Itoa(r.Done), strconv.Itoa(r.Waiting), strconv.Itoa(r.Failed),
		})
	}
	return l
}

// size is a number of bytes for people.
func size(bytes int64) string {
	const unit = 1 << 20
	if bytes < unit {
		return strconv.FormatInt(bytes>>10, 10) + " kB"
	}
	return strconv.FormatInt(bytes/unit, 10) + " MB"
}
