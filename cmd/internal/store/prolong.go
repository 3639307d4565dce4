package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"
)

// Prolong moves the end of a session, as long as it is not over; it never
// shortens one.
func (s *Store) Prolong(ctx context.Context, token []byte, at, ends time.Time) error {
	return s.change(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE sessions SET ends = ? WHERE token = ? AND ends > ? AND ends < ?", seconds(ends), token, seconds(at), seconds(ends))
		return err
	})
}
