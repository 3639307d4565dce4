package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/uptrace/bun"
)

// Setting gives what was set under a name, or "".
func (s *Store) Setting(ctx context.Context, key string) (string, error) {
	var value string
	err := s.read.NewRaw("SELECT content FROM settings WHERE name = ?", clean(key)).Scan(ctx, &value)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return value, plainly(err)
}

// Set keeps a value under a name in place of the one before; "" removes it.
func (s *Store) Set(ctx context.Context, key, value string) error {
	return s.change(ctx, func(ctx context.Context, tx bun.Tx) error {
		if value == "" {
			_, err := tx.ExecContext(ctx, "DELETE FROM settings WHERE name = ?", clean(key))
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO settings (name, content) VALUES (?, ?)
			ON CONFLICT (name) DO UPDATE SET content = EXCLUDED.content`, clean(key), clean(value))
		return err
	})
}
