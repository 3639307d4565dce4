package store

import (
	"context"
	"errors"
	"time"

	"github.com/uptrace/bun"
)

// Session is the time between a login and a logout. The cookie itself is never
// kept: who reads the store cannot log in with what is there.
type Session struct {
	Token   []byte // SHA-256 of the cookie's value
	Account string
	CSRF    string
	Began   time.Time
	Ends    time.Time
}

// digestSize is the size of a SHA-256; anything else is not one of our tokens.
const digestSize = 32

type sessionRow struct {
	bun.BaseModel `bun:"table:sessions"`

	Token   []byte `bun:",pk"`
	Account string
	CSRF    string `bun:"csrf"`
	Began   int64
	Ends    int64
}

// BeginSession keeps a session of an account that may log in.
func (s *Store) BeginSession(ctx context.Context, session Session) error {
	if len(session.Token) != digestSize {
		return errors.New("a session is kept under the SHA-256 of its cookie")
	}
	row := sessionRow{
		Token: session.Token, Account: accountID(session.Account), CSRF: clean(session.CSRF), Began: seconds(session.Began), Ends: seconds(session.Ends),
	}
	return s.change(ctx, func(ctx context.Context, tx bun.Tx) error {
		// Written to, so that it cannot be dropped or disabled in the same moment.
		result, err := tx.ExecContext(ctx, "UPDATE accounts SET name = name WHERE id = ? AND disabled = 0", row.Account)
		if err := touched(result, err, "account %q", session.Account); err != nil {
			return err
		}
		_, err = tx.NewInsert().Model(&row).Exec(ctx)
		return err
	})
}

// Session gives the session with a token. One that is over at that time, or
// whose account is gone or disabled, is not in the store.
func (s *Store) Session(ctx context.Context, token []byte, at time.Time) (Session, error) {
	var row struct {
		sessionRow
		Name string
	}
	err := s.read.NewRaw(`SELECT s.token, s.csrf, s.began, s.ends, a.name FROM sessions AS s JOIN accounts AS a ON a.id = s.account
		WHERE s.token = ? AND s.ends > ? AND a.disabled = 0`, token, seconds(at)).Scan(ctx, &row)
	if err != nil {
		return Session{}, missing(err, "the session")
	}
	return Session{Token: row.Token, Account: row.Name, CSRF: row.CSRF, Began: moment(row.Began), Ends: moment(row.Ends)}, nil
}

// EndSession logs one browser out.
func (s *Store) EndSession(ctx context.Context, token []byte) error {
	return s.change(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM sessions WHERE token = ?", token)
		return err
	})
}

// EndSessions logs an account out everywhere.
func (s *Store) EndSessions(ctx context.Context, account string) error {
	return s.change(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM sessions WHERE account = ?", accountID(account))
		return err
	})
}

// Sweep forgets the sessions that are over and the failed logins of the day
// before yesterday.
func (s *Store) Sweep(ctx context.Context, now time.Time) error {
	return s.change(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM sessions WHERE ends <= ?", seconds(now))
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "DELETE FROM attempts WHERE moment < ?", seconds(now.Add(-attemptLife)))
		return err
	})
}
