package queue

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	"modernc.org/sqlite"
	sqliteCode "modernc.org/sqlite/lib"

	"campanile/cmd/internal/store"
)

func isPostgres(address string) bool {
	return strings.HasPrefix(address, "postgres://") || strings.HasPrefix(address, "postgresql://")
}

// ownTables are those beside River's.
const ownTables = `CREATE TABLE IF NOT EXISTS queue_workers (
  id      TEXT   NOT NULL PRIMARY KEY,
  name    TEXT   NOT NULL,
  since   BIGINT NOT NULL,
  seen    BIGINT NOT NULL,
  running BIGINT NOT NULL
)`

// connections bounds those of one program beside those of the store: PostgreSQL
// takes 100 from all.
const connections = 6

// tablesLock is the number under which PostgreSQL lets one program at a time make
// the tables.
const tablesLock = 7_236_410_811

func openPostgres(ctx context.Context, address string) (*Queue, error) {
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, errors.New("the address of the PostgreSQL store cannot be read; write postgres://user@host/database") // the error would show the password
	}
	config.MaxConns = connections
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	// Our own queries come with their values in them, so that none is worth preparing.
	plain := config.ConnConfig.Copy()
	plain.DefaultQueryExecMode = pgx.QueryExecModeExec
	db := bun.NewDB(stdlib.OpenDB(*plain), pgdialect.New())
	db.SetMaxOpenConns(2)
	done := func() error {
		err := db.Close()
		pool.Close()
		return err
	}
	if err := makePostgresTables(ctx, pool, db); err != nil {
		return nil, errors.Join(err, done())
	}
	return newQueue(riverpgxv5.New(pool), db, "CAST(EXTRACT(EPOCH FROM now()) AS BIGINT)", done)
}

func makePostgresTables(ctx context.Context, pool *pgxpool.Pool, db *bun.DB) error {
	held, err := pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer held.Release()
	if _, err := held.Exec(ctx, "SELECT pg_advisory_lock($1)", tablesLock); err != nil {
		return err
	}
	err = migrate[pgx.Tx](ctx, riverpgxv5.New(pool), db)
	_, free := held.Exec(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", tablesLock)
	return errors.Join(err, free)
}

// pragmas are set on River's one connection to the file. What it loses when the
// power fails is done again or found done: the store syncs each result itself.
const pragmas = "_txlock=immediate&_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)&_pragma=foreign_keys(ON)"

func openSQLite(ctx context.Context, address string) (*Queue, error) {
	path := strings.TrimPrefix(address, "sqlite:")
	name := url.URL{Scheme: "file", Opaque: (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath(), RawQuery: pragmas}
	pool, err := sql.Open("sqlite", name.String())
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(1)
	db := bun.NewDB(pool, sqlitedialect.New())
	// Several programs may start at once; whoever comes too late finds the work done.
	err = migrate[*sql.Tx](ctx, riversqlite.New(pool), db)
	for range 3 {
		if err == nil || ctx.Err() != nil {
			break
		}
		err = migrate[*sql.Tx](ctx, riversqlite.New(pool), db)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return newQueue(riversqlite.New(pool), db, "CAST(strftime('%s', 'now') AS INTEGER)", db.Close)
}

func migrate[TTx any](ctx context.Context, driver riverdriver.Driver[TTx], db *bun.DB) error {
	migrator, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: silent()})
	if err != nil {
		return err
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, ownTables)
	return err
}

func newQueue[TTx any](driver riverdriver.Driver[TTx], db *bun.DB, clock string, done func() error) (*Queue, error) {
	build := func(config *river.Config) (client, error) { return river.NewClient(driver, config) }
	inserts, err := build(&river.Config{Logger: silent()})
	if err != nil {
		return nil, errors.Join(err, done())
	}
	return &Queue{db: db, clock: bun.Safe(clock), client: inserts, worker: build, close: done}, nil
}

func silent() *slog.Logger { return slog.New(slog.DiscardHandler) }

// plainly names the error of the engines that somebody can do something about.
func plainly(err error) error {
	var lite *sqlite.Error
	var postgres *pgconn.PgError
	if errors.As(err, &lite) && lite.Code()&0xff == sqliteCode.SQLITE_FULL || errors.As(err, &postgres) && postgres.Code == diskFull {
		return fmt.Errorf("%w (%w)", store.ErrFull, err)
	}
	return err
}

// diskFull is the SQLSTATE of PostgreSQL for a disk without room.
const diskFull = "53100"
