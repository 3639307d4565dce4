// Package alert tells people and programs what changed: by mail and by webhook.
// It reads who is to be told from a strict file, keeps each message in the store
// before it is sent, and sends it once.
//
// It decides nothing: what is news, for whom and from when on, is for
// report/history to say, and the words are those of report/notice.
package alert

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/store"
	"campanile/report/history"
	"campanile/report/notice"
	"campanile/rules"
)

// Alerts are the messages of a territory.
type Alerts struct {
	Store  *store.Store
	File   *File
	Rules  *rules.Set
	Sender string // the group, the union; may be empty
	Now    func() time.Time
}

// Check holds the file against the store: whether every municipality in it is one
// of the territory.
func (a *Alerts) Check(ctx context.Context) error {
	_, err := a.recipients(ctx)
	return err
}

// Run writes the messages of a run, keeps them, and sends those that are due. The
// id of a run is used once: with one that was used before, nobody is told twice,
// and nobody is told anything else. Its errors also tell which messages could not
// be sent; those are kept, and Due tries them again.
func (a *Alerts) Run(ctx context.Context, run history.Run, news []history.News) error {
	if err := a.Keep(ctx, run, news); err != nil {
		return err
	}
	return a.Due(ctx)
}

// Keep writes the messages of a run and keeps them for Due to send. An error means that
// they may not all be kept; it is then to be called again, with the same run.
func (a *Alerts) Keep(ctx context.Context, run history.Run, news []history.News) error {
	to, err := a.recipients(ctx)
	if err != nil {
		return err
	}
	held, err := a.waiting(ctx)
	if err != nil {
		return err
	}
	held = slices.DeleteFunc(held, func(l letter) bool { return l.Message.Run == run.ID })
	if held, err = a.claim(ctx, held); err != nil {
		return err
	}
	var kept []store.Message
	for _, m := range history.Alerts(run, news, to, alone(held)) {
		content, err := letter{Message: m, Joined: runsOf(held, m.Recipient)}.encode()
		if err != nil {
			return err
		}
		kept = append(kept, store.Message{Recipient: m.Recipient, Run: m.Run, Due: m.Due, Content: content})
	}
	if err := a.Store.PutMessages(ctx, kept); err != nil {
		return fmt.Errorf("keeping the messages of run %s: %w", run.ID, err)
	}
	return a.told(ctx, news)
}

// alone gives the messages without what else is known of them.
func alone(list []letter) []history.Message {
	messages := make([]history.Message, len(list))
	for i, l := range list {
		messages[i] = l.Message
	}
	return messages
}

// runsOf lists the runs whose messages to a recipient another one takes over.
func runsOf(held []letter, recipient string) []string {
	var runs []string
	for _, l := range held {
		if l.Message.Recipient == recipient {
			runs = append(append(runs, l.Message.Run), l.Joined...)
		}
	}
	slices.Sort(runs)
	return slices.Compact(runs)
}

// claim keeps the messages that nobody else is about to send, and that do not wait
// for another try: those join the message of the new run.
func (a *Alerts) claim(ctx context.Context, list []letter) ([]letter, error) {
	var mine []letter
	for _, l := range list {
		now := a.Now()
		held, err := a.Store.HoldMessage(ctx, l.Message.Recipient, l.Message.Run, now, now.Add(sending))
		if err != nil {
			return nil, fmt.Errorf("the message to %s about run %s: %w", l.Message.Recipient, l.Message.Run, err)
		}
		if held {
			mine = append(mine, l)
		}
	}
	return mine, nil
}

// told notes up to which look the news were told, also where there was nothing to
// tell.
func (a *Alerts) told(ctx context.Context, news []history.News) error {
	bodies := map[time.Time][]int64{}
	for _, n := range news {
		body, err := strconv.ParseInt(n.Town, 10, 64)
		if err != nil {
			return fmt.Errorf("news of the municipality %q, which is no number of the store", n.Town)
		}
		if until := n.Until(); until.After(n.Told) {
			bodies[until] = append(bodies[until], body)
		}
	}
	for at, list := range bodies {
		if err := a.Store.SetTold(ctx, list, at); err != nil {
			return fmt.Errorf("noting what was told: %w", err)
		}
	}
	return nil
}

// recipients gives those of the file as the history wants them. A municipality
// that the store does not know is a mistake in the file.
func (a *Alerts) recipients(ctx context.Context) ([]history.Recipient, error) {
	var list []history.Recipient
	var problems []error
	for _, r := range a.File.To {
		one := history.Recipient{ID: r.ID, All: len(r.Towns) == 0, Topics: r.Topics, Quiet: r.Quiet}
		for _, domain := range r.Towns {
			body, err := a.Store.ByDomain(ctx, domain)
			switch {
			case errors.Is(err, store.ErrUnknown):
				problems = append(problems, fmt.Errorf("%s:%d: %s is not in the territory; import it, or take it out of towns", a.File.Name, r.Line, domain))
			case err != nil:
				return nil, err
			default:
				one.Towns = append(one.Towns, strconv.FormatInt(body.ID, 10))
			}
		}
		list = append(list, one)
	}
	if len(problems) > 0 {
		return nil, exit.Usagef("%w", errors.Join(problems...))
	}
	return list, nil
}

// input is what the words of a message are made from.
func (a *Alerts) input(ctx context.Context, r Recipient, m history.Message) (notice.Input, error) {
	in := notice.Input{
		Message: m, Language: r.Language, Rules: a.Rules, Places: map[string]notice.Place{}, Sender: a.Sender,
		Address: r.shown(), Towns: len(r.Towns), Contact: a.File.contact(),
	}
	for _, alert := range m.Alerts {
		if _, known := in.Places[alert.Town]; known {
			continue
		}
		id, err := strconv.ParseInt(alert.Town, 10, 64)
		if err != nil {
			continue // named by the alert itself
		}
		body, err := a.Store.Body(ctx, id)
		if err != nil && !errors.Is(err, store.ErrUnknown) {
			return in, err
		}
		in.Places[alert.Town] = notice.Place{Name: cmp.Or(body.Name, alert.Name), Domain: body.Domain, Country: body.Country}
	}
	return in, nil
}
