package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/uptrace/bun"
)

// tables lists what a store holds, each after those that it refers to.
var tables = []string{
	"counters", "bodies", "runs", "run_bodies", "parts", "scans", "scan_parts", "judgements", "spans", "supplied", "entries", "reviews",
	"assessments", "mandates", "documents", "failing", "trends", "editions", "looks", "points", "changes", "expiries", "companies", "accounts", "sessions", "attempts", "messages", "told", "settings",
}

// Backup writes the store as it is at one moment into a new SQLite file, while
// others go on writing. The file opens as a store; from PostgreSQL too.
func (s *Store) Backup(ctx context.Context, path string) error {
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("%s is there already; give the backup another name", path)
	}
	part := path + ".part"
	if err := os.Remove(part); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	write := s.vacuum
	if s.engine == postgresEngine {
		write = s.export
	}
	if err := write(ctx, part); err != nil {
		return errors.Join(fmt.Errorf("the backup was not made: %w", plainly(err)), sweep(part))
	}
	return os.Rename(part, path)
}

// sweep takes away what an interrupted backup left.
func sweep(part string) error {
	var err error
	for _, end := range []string{"", "-wal", "-shm", "-journal"} {
		if failed := os.Remove(part + end); failed != nil && !errors.Is(failed, os.ErrNotExist) {
			err = errors.Join(err, failed)
		}
	}
	return err
}

// vacuum lets SQLite copy itself, on a connection that may write elsewhere. The
// file is made beforehand, for the eyes of its owner alone; SQLite takes an
// empty one.
func (s *Store) vacuum(ctx context.Context, path string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	connection, err := s.read.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = connection.Close() }() // it goes back to the others
	if _, err := connection.ExecContext(ctx, "PRAGMA query_only = OFF"); err != nil {
		return err
	}
	_, err = connection.ExecContext(ctx, "VACUUM INTO ?", path)
	_, again := connection.ExecContext(context.WithoutCancel(ctx), "PRAGMA query_only = ON")
	return errors.Join(err, again)
}

func (s *Store) export(ctx context.Context, path string) error {
	to, err := Open(ctx, path)
	if err != nil {
		return err
	}
	return errors.Join(Copy(ctx, s, to), to.Close())
}

// Copy writes everything that a store holds at one moment into an empty one, of
// whichever engine: to restore a backup, or to move from one to the other.
func Copy(ctx context.Context, from, to *Store) error {
	bodies, err := to.read.NewSelect().Model((*bodyRow)(nil)).Count(ctx)
	if err != nil {
		return plainly(err)
	}
	if bodies > 0 {
		return errors.New("the store to write into is not empty; give a new one")
	}
	glance := &sql.TxOptions{ReadOnly: true}
	if from.engine == postgresEngine {
		glance.Isolation = sql.LevelRepeatableRead
	}
	return plainly(from.read.RunInTx(ctx, glance, func(ctx context.Context, source bun.Tx) error {
		return to.write.RunInTx(ctx, nil, func(ctx context.Context, target bun.Tx) error {
			for _, table := range tables {
				if err := copyTable(ctx, source, target, table); err != nil {
					return fmt.Errorf("copying %s: %w", table, err)
				}
			}
			return nil
		})
	}))
}

// batch bounds what is written at once, in rows and in bytes.
const (
	batchRows  = 500
	batchBytes = 4 << 20
)

func copyTable(ctx context.Context, source, target bun.Tx, table string) error {
	rows, err := source.QueryContext(ctx, "SELECT * FROM ?", bun.Ident(table))
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // what was wrong with them is in rows.Err
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	b := batch{table: table, columns: columns}
	for rows.Next() {
		values := make([]any, len(columns))
		into := make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		b.add(values)
		if b.rows >= batchRows || b.bytes >= batchBytes {
			if err := b.flush(ctx, target); err != nil {
				return err
			}
		}
	}
	return errors.Join(rows.Err(), b.flush(ctx, target))
}

// batch is a number of rows that are written by one statement.
type batch struct {
	table   string
	columns []string
	values  []any
	rows    int
	bytes   int
}

func (b *batch) add(values []any) {
	for _, v := range values {
		switch v := v.(type) {
		case []byte:
			b.bytes += len(v)
		case string:
			b.bytes += len(v)
		}
	}
	b.values = append(b.values, values...)
	b.rows++
}

func (b *batch) flush(ctx context.Context, target bun.Tx) error {
	if b.rows == 0 {
		return nil
	}
	names := make([]string, len(b.columns))
	for i, name := range b.columns {
		names[i] = `"` + name + `"`
	}
	one := "(" + strings.Repeat("?, ", len(names)-1) + "?)"
	_, err := target.ExecContext(ctx, `INSERT INTO "`+b.table+`" (`+strings.Join(names, ", ")+") VALUES "+strings.Repeat(one+", ", b.rows-1)+one, b.values...)
	b.values, b.rows, b.bytes = nil, 0, 0
	return err
}
