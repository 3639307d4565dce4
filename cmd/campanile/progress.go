package main

import (
	"fmt"
	"os"
	"sync/atomic"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"
)

// say writes one line for people.
func (p *program) say(format string, args ...any) {
	_, _ = fmt.Fprintf(p.stderr, "campanile: %s\n", printable(fmt.Sprintf(format, args...)))
}

// progress shows how far a long scan is: a bar on a terminal, a line for each
// municipality elsewhere, nothing for a single one.
type progress struct {
	program *program
	total   int
	done    atomic.Int64
	bars    *mpb.Progress
	bar     *mpb.Bar
}

func (p *program) progress(total int) *progress {
	g := &progress{program: p, total: total}
	if total > 1 && term.IsTerminal(int(os.Stderr.Fd())) {
		g.bars = mpb.New(mpb.WithOutput(p.stderr), mpb.WithWidth(40))
		g.bar = g.bars.AddBar(int64(total),
			mpb.PrependDecorators(decor.CountersNoUnit("%d of %d municipalities ")),
			mpb.AppendDecorators(decor.OnComplete(decor.AverageETA(decor.ET_STYLE_GO), "done")))
	}
	return g
}

func (g *progress) finished(domain string) {
	done := g.done.Add(1)
	switch {
	case g.bar != nil:
		g.bar.Increment()
	case g.total > 1:
		g.program.say("%d of %d: %s", done, g.total, domain)
	}
}

// reached shows how many are done where somebody else counts them.
func (g *progress) reached(done int) {
	before := g.done.Swap(int64(done))
	switch {
	case g.bar != nil:
		g.bar.SetCurrent(int64(done))
	case g.total > 1 && int64(done) > before:
		g.program.say("%d of %d", done, g.total)
	}
}

// end leaves the terminal as it was, also after an interruption.
func (g *progress) end() {
	if g.bars == nil {
		return
	}
	g.bar.Abort(false)
	g.bars.Wait()
}
