package alert

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"campanile/report/history"
)

// letter is a message as it is kept.
type letter struct {
	Message history.Message
	Joined  []string `json:",omitempty"` // the runs whose messages it took over: they go out with it, and not alone
	tries   int
	failed  string
}

func (l letter) encode() ([]byte, error) {
	content, err := json.Marshal(l)
	if err != nil {
		return nil, fmt.Errorf("keeping the message to %s: %w", l.Message.Recipient, err)
	}
	return content, nil
}

// id names a message for whoever gets it: the same when it comes again, and not
// to be guessed back to a recipient.
func (l letter) id() string {
	sum := sha256.Sum256([]byte(l.Message.Recipient + "\x00" + l.Message.Run))
	return hex.EncodeToString(sum[:16])
}

// looksBack is how many messages are gone through for those that took over
// others.
const looksBack = 2000

// waiting lists the messages that are still to be sent, the first due first. One
// that another took over is not among them.
func (a *Alerts) waiting(ctx context.Context) ([]letter, error) {
	unsent, err := a.letters(ctx, true, 0)
	if err != nil || len(unsent) == 0 {
		return nil, err
	}
	all, err := a.letters(ctx, false, looksBack)
	if err != nil {
		return nil, err
	}
	taken := map[[2]string]bool{}
	for _, l := range append(all, unsent...) {
		for _, run := range l.Joined {
			taken[[2]string{l.Message.Recipient, run}] = true
		}
	}
	var list []letter
	for _, l := range unsent {
		if !taken[[2]string{l.Message.Recipient, l.Message.Run}] {
			list = append(list, l)
		}
	}
	return list, nil
}

func (a *Alerts) letters(ctx context.Context, unsentOnly bool, limit int) ([]letter, error) {
	kept, err := a.Store.Messages(ctx, unsentOnly, limit)
	if err != nil {
		return nil, fmt.Errorf("reading the messages that are kept: %w", err)
	}
	list := make([]letter, len(kept))
	for i, m := range kept {
		if err := json.Unmarshal(m.Content, &list[i]); err != nil {
			return nil, fmt.Errorf("the message to %s about run %s: %w", m.Recipient, m.Run, err)
		}
		list[i].Message.Recipient, list[i].Message.Run, list[i].Message.Due = m.Recipient, m.Run, m.Due
		list[i].tries, list[i].failed = m.Tries, m.Failed
	}
	return list, nil
}
