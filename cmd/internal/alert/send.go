package alert

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"campanile/report"
	"campanile/report/history"
	"campanile/report/notice"
)

// sending is how long one message may be on its way before another process may
// take it for lost.
const sending = 10 * time.Minute

// The pause after a failed try: it doubles up to half a day.
const (
	firstPause = 5 * time.Minute
	mostPause  = 12 * time.Hour
)

// pause is how long to wait after so many failures.
func pause(tries int) time.Duration {
	if tries > 8 {
		return mostPause
	}
	return min(mostPause, firstPause<<max(0, tries-1))
}

// errDown is a server that does not even answer: the next message needs not try.
var errDown = errors.New("the mail server cannot be reached")

// Due sends the messages whose time has come. A message that cannot be sent waits
// for a growing time, however often Due is called.
func (a *Alerts) Due(ctx context.Context) error {
	list, err := a.waiting(ctx)
	if err != nil || len(list) == 0 {
		return err
	}
	to, err := a.recipients(ctx)
	if err != nil {
		return err
	}
	p := post{Alerts: a, to: to}
	var problems []error
	for _, l := range list {
		if ctx.Err() != nil {
			problems = append(problems, ctx.Err())
			break
		}
		problems = append(problems, p.one(ctx, l))
	}
	return errors.Join(problems...)
}

// post is one walk to the post office.
type post struct {
	*Alerts
	to   []history.Recipient // as File.To has them
	down error               // why the mail server cannot be reached; nil: nothing is known
}

// one sends a message, if it is due and nobody else has it.
func (p *post) one(ctx context.Context, l letter) error {
	now, m := p.Now(), l.Message
	i := slices.IndexFunc(p.File.To, func(r Recipient) bool { return r.ID == m.Recipient })
	if i < 0 {
		return p.dropped(ctx, l)
	}
	r := p.File.To[i]
	if now.Before(m.Due) || now.Before(r.Quiet.Until(now)) {
		return nil
	}
	held, err := p.Store.HoldMessage(ctx, m.Recipient, m.Run, now, now.Add(sending))
	if err != nil || !held {
		return err
	}
	// Who asks for less today than when the message was kept is told less.
	left := history.Alerts(history.Run{ID: m.Run, At: now}, nil, p.to[i:i+1], []history.Message{m})
	if len(left) > 0 {
		l.Message.Alerts = left[0].Alerts
		if err := p.deliver(ctx, r, l); err != nil {
			return errors.Join(fmt.Errorf("the message to %s about run %s: %w", r.shown(), m.Run, err), p.later(ctx, l, err))
		}
	}
	// What was sent is noted even where somebody stops the program just now.
	after := context.WithoutCancel(ctx)
	err = p.Store.Delivered(after, m.Recipient, m.Run, now)
	for _, run := range l.Joined {
		err = errors.Join(err, p.Store.Delivered(after, m.Recipient, run, now))
	}
	return err
}

// deliver brings a message on its way.
func (p *post) deliver(ctx context.Context, r Recipient, l letter) error {
	in, err := p.input(ctx, r, l.Message)
	if err != nil {
		return err
	}
	if r.Webhook != nil {
		document, err := notice.JSON(in, l.id())
		if err != nil {
			return err
		}
		return r.post(ctx, document, l.id(), p.File.roots)
	}
	if p.down != nil {
		return p.down
	}
	err = p.File.Mail.send(ctx, envelope{To: r.Mail, ID: l.id(), Date: p.Now(), ReplyTo: p.File.Contact, Text: notice.Write(in)}, p.File.roots)
	if errors.Is(err, errDown) {
		p.down = err
	}
	return err
}

// later notes why a message could not be sent, and lets it rest.
func (a *Alerts) later(ctx context.Context, l letter, why error) error {
	ctx = context.WithoutCancel(ctx)
	text := report.Plain(strings.ReplaceAll(why.Error(), "\n", "; "))
	err := a.Store.NotDelivered(ctx, l.Message.Recipient, l.Message.Run, text)
	if err != nil {
		return err
	}
	now := a.Now()
	_, err = a.Store.HoldMessage(ctx, l.Message.Recipient, l.Message.Run, now, now.Add(pause(l.tries+1)))
	return err
}

// gone is why a message is never sent.
const gone = "no longer among the recipients"

// dropped notes once that a message has nobody to go to.
func (a *Alerts) dropped(ctx context.Context, l letter) error {
	if l.failed == gone {
		return nil
	}
	return a.Store.NotDelivered(ctx, l.Message.Recipient, l.Message.Run, gone)
}

// DryRun writes what Run would send, and when. It sends nothing and keeps nothing.
func (a *Alerts) DryRun(ctx context.Context, w io.Writer, run history.Run, news []history.News) error {
	to, err := a.recipients(ctx)
	if err != nil {
		return err
	}
	held, err := a.waiting(ctx)
	if err != nil {
		return err
	}
	messages := history.Alerts(run, news, to, alone(held))
	if len(messages) == 0 {
		_, err := io.WriteString(w, "nothing to tell: no message would be sent\n")
		return err
	}
	for _, m := range messages {
		i := slices.IndexFunc(a.File.To, func(r Recipient) bool { return r.ID == m.Recipient })
		in, err := a.input(ctx, a.File.To[i], m)
		if err != nil {
			return err
		}
		text := notice.Write(in)
		when := "at once"
		if m.Due.After(run.At) {
			when = m.Due.In(a.File.Zone).Format("2006-01-02 15:04 MST")
		}
		if _, err := fmt.Fprintf(w, "To: %s\nWhen: %s\nSubject: %s\n\n%s\n", in.Address, when, text.Subject, text.Body); err != nil {
			return err
		}
	}
	return nil
}
