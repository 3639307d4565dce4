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

// Fill writes scans, spans and suppliers of many bodies at once, without
// evidence: what lists are made of.
func (s *Store) Fill(ctx context.Context, bodies []int64, scans, failing int, from int64) error {
	for i, body := range bodies {
		first := int64(i*scans) + 1
		last := first + int64(scans) - 1
		rows := make([]scanRow, scans)
		for n := range rows {
			id := first + int64(n)
			rows[n] = scanRow{
				ID: id, Body: body, Run: int64(n + 1), Taken: from + int64(n)*30*86400 + int64(i), Digest: fmt.Sprint(id), Rules: "sha256:rules-1",
				Grade: string("ABCDE"[(i+n/4)%5]), Critical: int64(i % 2), High: int64(i % 5), Medium: int64(i % 9), Passed: 80, Inconclusive: int64(i % 3),
			}
		}
		if _, err := s.write.NewInsert().Model(&rows).Exec(ctx); err != nil {
			return err
		}
		if _, err := s.write.ExecContext(ctx, "UPDATE bodies SET latest = ? WHERE id = ?", last, body); err != nil {
			return err
		}
		spans := make([]spanRow, failing)
		for n := range spans {
			spans[n] = spanRow{
				Body: body, Rule: fmt.Sprintf("rule-%03d", (i+n*3)%140), Subject: fmt.Sprintf("host%d.comune%d.example", n, i), Outcome: "fail", Severity: "high",
				Opened: rows[n%scans].Taken,
			}
			if n%5 == 0 {
				spans[n].Outcome = "inconclusive"
			}
			if n%4 == 0 && n%scans < scans-1 {
				spans[n].Closed = rows[n%scans+1].Taken
			}
		}
		if _, err := s.write.NewInsert().Model(&spans).Exec(ctx); err != nil {
			return err
		}
		supplied := []suppliedRow{
			{Body: body, Role: "mail", Supplier: fmt.Sprint("posta", i%20), Name: fmt.Sprint("Posta ", i%20)},
			{Body: body, Role: "dns", Supplier: fmt.Sprint("nomi", i%40), Name: fmt.Sprint("Nomi ", i%40)},
			{Body: body, Role: "platform-site", Supplier: fmt.Sprint("sito", i%9), Name: fmt.Sprint("Sito ", i%9)},
		}
		if _, err := s.write.NewInsert().Model(&supplied).Exec(ctx); err != nil {
			return err
		}
	}
	if s.engine == postgresEngine {
		_, err := s.write.ExecContext(ctx, "ANALYZE")
		return err
	}
	return nil
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
