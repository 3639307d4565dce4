package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/projectdiscovery/nuclei/v3/pkg/catalog/config"
	"github.com/projectdiscovery/nuclei/v3/pkg/output"
	"github.com/projectdiscovery/nuclei/v3/pkg/protocols/common/contextargs"
	"github.com/projectdiscovery/nuclei/v3/pkg/scan"
	"github.com/projectdiscovery/nuclei/v3/pkg/templates"
	"golang.org/x/sync/errgroup"

	"campanile/cmd/campanile-nuclei/guard"
	"campanile/cmd/campanile-nuclei/message"
)

// patience is after how many failures in a row a target is left alone.
const patience = 3

// piece is what is asked together: one template, or several that send the same.
type piece struct {
	template *templates.Template
	ids      []string
	tcp      bool
}

// carryOut tries every template on every target: the targets side by side, the
// templates one after the other, so that a small server has one request at a
// time.
func carryOut(ctx context.Context, o message.Order, g *guard.Guard, say *message.Answers) error {
	engine, list, err := start(ctx, o, g)
	if err != nil {
		return err
	}
	defer engine.Close()
	say.Say(message.Answer{Kind: "ready", Protocol: message.Protocol, Version: strings.TrimPrefix(config.Version, "v"), Templates: o.Templates})
	merged, _, clusters := templates.ClusterTemplates(list, engine.GetExecuterOptions())
	pieces := together(merged, clusters, o.Templates)
	var group errgroup.Group
	group.SetLimit(o.AtOnce)
	for _, t := range o.Targets {
		group.Go(func() error { return place{t, g}.try(ctx, pieces, say) })
	}
	if err := group.Wait(); err != nil {
		return err
	}
	say.Say(sums("done", g.Figures()))
	return nil
}

// together puts the pieces in the order of the job, in which the engine does
// not keep them.
func together(merged []*templates.Template, clusters map[string][]string, ordered []string) []piece {
	var pieces []piece
	for _, t := range merged {
		p := piece{template: t, ids: []string{t.ID}, tcp: len(t.RequestsNetwork) > 0}
		if ids, ok := clusters[t.ID]; ok {
			p.ids = ids
		}
		slices.SortFunc(p.ids, func(a, b string) int { return slices.Index(ordered, a) - slices.Index(ordered, b) })
		pieces = append(pieces, p)
	}
	slices.SortFunc(pieces, func(a, b piece) int { return slices.Index(ordered, a.ids[0]) - slices.Index(ordered, b.ids[0]) })
	return pieces
}

// sums says what was done so far.
func sums(kind string, f guard.Figures) message.Answer {
	return message.Answer{Kind: kind, Sockets: f.Sockets, Refused: f.Refused, Requests: f.Requests, Sent: f.Sent, Received: f.Received}
}

// place is a target that is asked, and the guard before it.
type place struct {
	message.Target
	guard *guard.Guard
}

// try asks one target everything that speaks its protocol. A template that could
// not be asked to its end is said to be unchecked.
func (t place) try(ctx context.Context, pieces []piece, say *message.Answers) error {
	failures, last := 0, error(nil)
	for _, p := range pieces {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if p.tcp != (t.scheme() == "tcp") {
			continue
		}
		var found []*output.ResultEvent
		var err error
		if failures < patience {
			found, err = t.ask(ctx, p)
			last = err
		} else {
			err = fmt.Errorf("%w: %w", errUnresponsive, last)
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err == nil {
			failures = 0
		} else {
			failures++
		}
		t.report(p, found, err, say)
		say.Say(sums("count", t.guard.Figures()))
	}
	return nil
}

var (
	errUnresponsive = errors.New("three requests in a row had no answer; it was left alone")
	errSilent       = errors.New("timeout: it said nothing")
)

func (t place) scheme() string {
	scheme, _, _ := strings.Cut(t.Origin, "://")
	return scheme
}

// ask runs one piece on the target and gives what matched, and what went wrong
// on the way.
func (t place) ask(ctx context.Context, p piece) ([]*output.ResultEvent, error) {
	if p.tcp {
		ctx = t.guard.Counting(ctx) // its greeting is counted below
	}
	input := contextargs.New(ctx)
	input.MetaInput = contextargs.NewMetaInput()
	if input.MetaInput.Input = t.Origin; p.tcp {
		input.MetaInput.Input = t.At.String()
	} else {
		input.MetaInput.CustomIP = t.At.Addr().String()
	}
	asked := scan.NewScanContext(ctx, input)
	input.CookieJar = nil // with one, each request would get a client that nobody counts
	var mu sync.Mutex
	var found []*output.ResultEvent
	greeting := 0
	// The results are copied as they come: a failure of a later path would write
	// its error into the matches of an earlier one.
	asked.OnResult = func(event *output.InternalWrappedEvent) {
		mu.Lock()
		defer mu.Unlock()
		if raw, ok := event.InternalEvent["raw"].(string); ok && p.tcp {
			greeting += len(raw)
		}
		for _, result := range event.Results {
			one := *result
			found = append(found, &one)
		}
	}
	list, err := p.template.Executer.ExecuteWithResults(asked)
	if err == nil {
		err = asked.GenerateErrorMessage()
	}
	mu.Lock()
	defer mu.Unlock()
	if len(found) == 0 {
		found = list
	}
	t.guard.Heard(greeting)
	// The engine takes a server that says nothing for one that says something else.
	if p.tcp && err == nil && greeting == 0 {
		err = errSilent
	}
	return found, err
}

// report says what matched, and for each other template whether it is unchecked.
func (t place) report(p piece, found []*output.ResultEvent, err error, say *message.Answers) {
	matched := map[string]bool{}
	for _, result := range found {
		// Results are not only findings: a host that was skipped is one too.
		if !result.MatcherStatus || result.Error != "" || matched[result.TemplateID] {
			continue
		}
		matched[result.TemplateID] = true
		say.Say(message.Answer{
			Kind: "match", Template: result.TemplateID, URL: t.where(result), Address: t.At.Addr().String(),
			Extract: strings.Join(result.ExtractedResults, ", "),
		})
	}
	if err == nil {
		return
	}
	for _, id := range p.ids {
		if !matched[id] {
			say.Say(message.Answer{Kind: "unchecked", Template: id, URL: t.URL, Address: t.At.Addr().String(), Problem: message.Problem(err), Detail: err.Error()})
		}
	}
}

func (t place) where(result *output.ResultEvent) string {
	if t.scheme() == "tcp" || result.Matched == "" {
		return t.URL
	}
	return result.Matched
}
