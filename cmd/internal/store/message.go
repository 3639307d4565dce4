package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"
)

// Message is one to a recipient about a run. There is never a second one.
type Message struct {
	Recipient string
	Run       string
	Due       time.Time // not before
	Sent      time.Time // zero: not yet
	Tries     int       // that failed
	Failed    string    // why the newest of them did
	Content   []byte
}

// longestWhy bounds what is kept of the words of a mail server, in letters.
const longestWhy = 500

type messageRow struct {
	bun.BaseModel `bun:"table:messages"`

	Recipient string `bun:",pk"`
	Run       string `bun:",pk"`
	Due       int64
	Sent      int64
	Held      int64
	Tries     int64
	Failed    string
	Content   []byte
}

// PutMessages keeps messages that are to be sent. Of one that is there already,
// sent or not, the first stays.
func (s *Store) PutMessages(ctx context.Context, list []Message) error {
	return s.change(ctx, func(ctx context.Context, tx bun.Tx) error {
		for _, m := range list {
			if m.Recipient == "" || m.Run == "" {
				return errors.New("a message needs a recipient and what it is about")
			}
			row := messageRow{
				Recipient: clean(m.Recipient), Run: clean(m.Run), Due: seconds(m.Due), Sent: seconds(m.Sent), Tries: int64(m.Tries),
				Failed: shorten(m.Failed), Content: append([]byte{}, m.Content...),
			}
			if _, err := tx.NewInsert().Model(&row).On("CONFLICT (recipient, run) DO NOTHING").Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
}

// Messages lists those that wait to be sent, the first due first; or all of
// them, the newest first. Limit 0: no limit.
func (s *Store) Messages(ctx context.Context, unsentOnly bool, limit int) ([]Message, error) {
	var rows []messageRow
	query := s.read.NewSelect().Model(&rows).Order("due DESC", "recipient", "run")
	if unsentOnly {
		query = s.read.NewSelect().Model(&rows).Where("sent = 0").Order("due", "recipient", "run")
	}
	if limit > 0 {
		query.Limit(int64(limit))
	}
	if err := query.Scan(ctx); err != nil {
		return nil, plainly(err)
	}
	list := make([]Message, len(rows))
	for i, r := range rows {
		list[i] = Message{
			Recipient: r.Recipient, Run: r.Run, Due: moment(r.Due), Sent: moment(r.Sent), Tries: int(r.Tries), Failed: r.Failed, Content: r.Content,
		}
	}
	return list, nil
}

// HoldMessage reports whether the caller may send a message now: nobody has, and
// nobody else is about to. Until then it is the caller's; if nothing was heard of
// it by that time, another one may try.
func (s *Store) HoldMessage(ctx context.Context, recipient, run string, at, until time.Time) (bool, error) {
	held := false
	err := s.change(ctx, func(ctx context.Context, tx bun.Tx) error {
		result, err := tx.ExecContext(ctx, "UPDATE messages SET held = ? WHERE recipient = ? AND run = ? AND sent = 0 AND held <= ?",
			seconds(until), clean(recipient), clean(run), seconds(at))
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		held = n == 1
		return err
	})
	return held, err
}

// Delivered notes when a message was sent; the first time counts.
func (s *Store) Delivered(ctx context.Context, recipient, run string, at time.Time) error {
	return s.change(ctx, func(ctx context.Context, tx bun.Tx) error {
		result, err := tx.ExecContext(ctx, "UPDATE messages SET sent = CASE WHEN sent = 0 THEN ? ELSE sent END, failed = '' WHERE recipient = ? AND run = ?",
			seconds(at), clean(recipient), clean(run))
		return touched(result, err, "the message to %s about %s", recipient, run)
	})
}

// NotDelivered notes that a try failed, and why. A message that was sent stays
// sent.
func (s *Store) NotDelivered(ctx context.Context, recipient, run, why string) error {
	return s.change(ctx, func(ctx context.Context, tx bun.Tx) error {
		result, err := tx.ExecContext(ctx, `UPDATE messages SET tries = tries + 1, held = 0, failed = CASE WHEN sent = 0 THEN ? ELSE failed END
			WHERE recipient = ? AND run = ?`, shorten(why), clean(recipient), clean(run))
		return touched(result, err, "the message to %s about %s", recipient, run)
	})
}

func shorten(text string) string {
	letters := []rune(clean(text))
	if len(letters) <= longestWhy {
		return string(letters)
	}
	return string(letters[:longestWhy-1]) + "…"
}

// Told gives the time up to which the news of a body were told; zero: nothing
// was yet.
func (s *Store) Told(ctx context.Context, body int64) (time.Time, error) {
	var at int64
	err := s.read.NewRaw("SELECT moment FROM told WHERE body = ?", body).Scan(ctx, &at)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return moment(at), plainly(err)
}

// SetTold notes up to when the news of bodies were told. It never goes back.
func (s *Store) SetTold(ctx context.Context, bodies []int64, at time.Time) error {
	return s.change(ctx, func(ctx context.Context, tx bun.Tx) error {
		for _, body := range bodies {
			if err := hold(ctx, tx, body); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, `INSERT INTO told (body, moment) VALUES (?, ?)
				ON CONFLICT (body) DO UPDATE SET moment = EXCLUDED.moment WHERE told.moment < EXCLUDED.moment`, body, seconds(at))
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// touched says what was meant where a step found nothing to change.
func touched(result sql.Result, err error, what string, values ...any) error {
	if err != nil {
		return err
	}
	n, err := result.RowsAffected()
	if err == nil && n == 0 {
		err = fmt.Errorf(what+": %w", append(values, ErrUnknown)...)
	}
	return err
}
