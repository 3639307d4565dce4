package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/uptrace/bun"
)

// Bounds of the list of failed logins, which strangers write.
const (
	mostAttempts = 10_000 // rows; the oldest tenth makes room
	attemptLife  = 48 * time.Hour
	longestKey   = 120 // bytes
)

// attemptKey bounds what a stranger typed.
func attemptKey(key string) string {
	key = clean(key)
	if len(key) <= longestKey {
		return key
	}
	sum := sha256.Sum256([]byte(key))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// Attempt notes a failed login under a key: an account, or an address.
func (s *Store) Attempt(ctx context.Context, key string, at time.Time) error {
	return s.change(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO attempts (who, moment, number) VALUES (?, ?, 1)
			ON CONFLICT (who, moment) DO UPDATE SET number = attempts.number + 1`, attemptKey(key), seconds(at))
		if err != nil {
			return err
		}
		var rows int
		if err := tx.NewRaw("SELECT COUNT(*) FROM attempts").Scan(ctx, &rows); err != nil || rows <= mostAttempts {
			return err
		}
		_, err = tx.ExecContext(ctx, "DELETE FROM attempts WHERE moment <= (SELECT moment FROM attempts ORDER BY moment LIMIT 1 OFFSET ?) AND moment < ?",
			mostAttempts/10, seconds(at))
		return err
	})
}

// Attempts counts the failed logins under a key since a time.
func (s *Store) Attempts(ctx context.Context, key string, since time.Time) (int, error) {
	var n int
	err := s.read.NewRaw("SELECT CAST(COALESCE(SUM(number), 0) AS BIGINT) FROM attempts WHERE who = ? AND moment >= ?", attemptKey(key), seconds(since)).Scan(ctx, &n)
	return n, plainly(err)
}
