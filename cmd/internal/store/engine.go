package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	"modernc.org/sqlite"
	sqliteCode "modernc.org/sqlite/lib"
)

// engine is the kind of database behind a store.
type engine string

const (
	sqliteEngine   engine = "sqlite"
	postgresEngine engine = "postgres"
)

func engineOf(address string) engine {
	if strings.HasPrefix(address, "postgres://") || strings.HasPrefix(address, "postgresql://") {
		return postgresEngine
	}
	return sqliteEngine
}

func (e engine) open(ctx context.Context, address string) (*Store, error) {
	if e == postgresEngine {
		return openPostgres(ctx, address)
	}
	return openSQLite(ctx, strings.TrimPrefix(address, "sqlite:"))
}

// connections bounds those of one program: PostgreSQL takes 100 from all.
const connections = 16

// openPostgres connects. Queries come with their values in them, so that none
// is worth preparing.
func openPostgres(ctx context.Context, address string) (*Store, error) {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, errors.New("the address of the PostgreSQL store cannot be read; write postgres://user@host/database") // the error would show the password
	}
	config.DefaultQueryExecMode = pgx.QueryExecModeExec
	db := bun.NewDB(stdlib.OpenDB(*config), pgdialect.New())
	db.SetMaxOpenConns(connections)
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &Store{engine: postgresEngine, write: db, read: db}, nil
}

// pragmas are set on every connection to a SQLite file. Each scan is on the disk
// before it is said to be kept (synchronous FULL); pages are read while it is
// written (WAL).
const pragmas = "_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(ON)&_pragma=cache_size(-16000)"

// openSQLite opens a file. What is known of the weaknesses of towns is for the
// eyes of its owner alone.
func openSQLite(ctx context.Context, path string) (*Store, error) {
	if path == "" || strings.HasPrefix(path, ":memory:") {
		return nil, errors.New("a store needs a file")
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := file.Close(); err != nil {
		return nil, err
	}
	write, err := connect(ctx, path, pragmas+"&_txlock=immediate")
	if err != nil {
		return nil, err
	}
	write.SetMaxOpenConns(1)
	read, err := connect(ctx, path, pragmas+"&_pragma=query_only(ON)")
	if err != nil {
		return nil, errors.Join(err, write.Close())
	}
	read.SetMaxOpenConns(connections)
	return &Store{engine: sqliteEngine, write: write, read: read}, nil
}

func connect(ctx context.Context, path, options string) (*bun.DB, error) {
	name := url.URL{Scheme: "file", Opaque: (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath(), RawQuery: options}
	db, err := sql.Open("sqlite", name.String())
	if err != nil {
		return nil, err
	}
	err = db.PingContext(ctx)
	for n := 0; n < hurried && busy(err) && pause(ctx, 50*time.Millisecond, nil) == nil; n++ {
		err = db.PingContext(ctx)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), db.Close())
	}
	return bun.NewDB(db, sqlitedialect.New()), nil
}

// hurried is how often a file is opened again that several programs make at the same
// moment: who finds another at the switch to WAL is not made to wait for it.
const hurried = 100

func busy(err error) bool {
	var lite *sqlite.Error
	return errors.As(err, &lite) && lite.Code()&0xff == sqliteCode.SQLITE_BUSY
}

// plainly names the errors of the engines that somebody can do something about.
func plainly(err error) error {
	var lite *sqlite.Error
	var postgres *pgconn.PgError
	switch {
	case errors.As(err, &lite) && lite.Code()&0xff == sqliteCode.SQLITE_FULL,
		errors.As(err, &postgres) && postgres.Code == diskFull:
		return fmt.Errorf("%w (%w)", ErrFull, err)
	case errors.As(err, &lite) && lite.Code()&0xff == sqliteCode.SQLITE_NOTADB:
		return fmt.Errorf("%w (%w)", ErrForeign, err)
	case errors.As(err, &lite) && lite.Code()&0xff == sqliteCode.SQLITE_CORRUPT:
		return fmt.Errorf("%w (%w)", ErrDamaged, err)
	}
	return err
}

// deadlocked reports whether a step was ended because it waited for another that
// waited for it.
func deadlocked(err error) bool {
	var postgres *pgconn.PgError
	return errors.As(err, &postgres) && postgres.Code == "40P01"
}

// diskFull is the SQLSTATE of PostgreSQL for a disk without room.
const diskFull = "53100"
