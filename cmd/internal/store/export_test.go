package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"
)

// Limit bounds the file of a SQLite store as a full disk would, in pages.
func (s *Store) Limit(ctx context.Context, further int) error {
	var pages int
	if err := s.write.NewRaw("PRAGMA page_count").Scan(ctx, &pages); err != nil {
		return err
	}
	_, err := s.write.ExecContext(ctx, fmt.Sprintf("PRAGMA max_page_count = %d", pages+further))
	return err
}

// Sound asks the engine whether its file is in order, and whether every row has
// what it refers to.
func (s *Store) Sound(ctx context.Context) error {
	var words []string
	if err := s.read.NewRaw("PRAGMA integrity_check").Scan(ctx, &words); err != nil {
		return err
	}
	if said := strings.Join(words, "; "); said != "ok" {
		return fmt.Errorf("integrity: %s", said)
	}
	var lost int
	if err := s.read.NewRaw("SELECT COUNT(*) FROM pragma_foreign_key_check").Scan(ctx, &lost); err != nil {
		return err
	}
	if lost > 0 {
		return fmt.Errorf("%d rows refer to what is not there", lost)
	}
	return nil
}

// Damage changes one byte of every packed part.
func (s *Store) Damage(ctx context.Context) error {
	var rows []partRow
	if err := s.write.NewSelect().Model(&rows).Scan(ctx); err != nil {
		return err
	}
	for _, row := range rows {
		row.Packed[len(row.Packed)/2] ^= 1
		if _, err := s.write.NewUpdate().Model(&row).Column("packed").WherePK().Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Tables counts the rows of every table that the engine has, but for those of
// the migrations.
func (s *Store) Tables(ctx context.Context) (map[string]int, error) {
	query := "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
	if s.engine == postgresEngine {
		query = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
	}
	var names []string
	if err := s.read.NewRaw(query).Scan(ctx, &names); err != nil {
		return nil, err
	}
	counts := map[string]int{}
	for _, name := range names {
		if strings.HasPrefix(name, "goose") {
			continue
		}
		var n int
		if err := s.read.NewRaw("SELECT COUNT(*) FROM "+name).Scan(ctx, &n); err != nil {
			return nil, err
		}
		counts[name] = n
	}
	return counts, nil
}

// FillAttempts writes a failed login a second, each under a key of its own.
func (s *Store) FillAttempts(ctx context.Context, number int, from time.Time) error {
	return s.change(ctx, func(ctx context.Context, tx bun.Tx) error {
		for n := range number {
			if _, err := tx.ExecContext(ctx, "INSERT INTO attempts (who, moment, number) VALUES (?, ?, 1)", fmt.Sprint("flood", n), from.Unix()+int64(n)); err != nil {
				return err
			}
		}
		return nil
	})
}

// Brief lets places that are not renewed come free after that time.
func (s *Share) Brief(life time.Duration) *Share {
	s.life = life
	return s
}

// Doors counts the destinations of which something is known, and sweeps as if that
// time had passed.
func (s *Share) Doors(ctx context.Context, passed time.Duration) (int, error) {
	if _, err := s.doors.write.ExecContext(ctx, "UPDATE pace SET changed = changed - ?", passed.Milliseconds()); err != nil {
		return 0, err
	}
	if err := s.doors.sweep(ctx); err != nil {
		return 0, err
	}
	var n int
	return n, s.doors.read.NewRaw("SELECT COUNT(*) FROM pace").Scan(ctx, &n)
}
