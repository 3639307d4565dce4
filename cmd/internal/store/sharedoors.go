package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
)

// The pace has connections of its own, and with SQLite a file of its own beside
// that of the store: it is written to for every connection that is opened, and
// whoever keeps a scan must not wait for that. What it holds is of the moment. It
// need not be on the disk, and is in no backup.
const (
	paceConnections = 4
	paceSuffix      = "-pace"
	pacePragmas     = "_pragma=busy_timeout(500)&_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)"
	paceLife        = 5 * time.Minute // of a destination at which nothing happens
	paceAnswer      = 5 * time.Second // for which an answer of the database is waited for
)

// paceTable holds each destination as a door. Its version is another one after
// each change, so that nobody overwrites what was not read.
const paceTable = `CREATE TABLE IF NOT EXISTS pace (
  destination TEXT   NOT NULL PRIMARY KEY,
  version     BIGINT NOT NULL,
  changed     BIGINT NOT NULL,
  door        TEXT   NOT NULL
)`

// The clocks of the engines, in milliseconds since 1970.
const (
	sqliteClock   = "CAST(unixepoch('subsec') * 1000 AS INTEGER)"
	postgresClock = "CAST(FLOOR(EXTRACT(EPOCH FROM clock_timestamp()) * 1000) AS BIGINT)"
)

// doors are all doors, in their database.
type doors struct {
	write, read *bun.DB
	now         string // the clock of the engine
	hold        string // makes others wait; SQLite has one writer anyway
	clock       func() time.Time
	life        time.Duration
}

// reading says when a door was read: by the clock of the database, which was read
// after sent and before come by our own.
type reading struct {
	now        int64
	sent, come time.Time
}

func openDoors(ctx context.Context, e engine, address string, clock func() time.Time, life time.Duration) (*doors, error) {
	open := sqliteDoors
	if e == postgresEngine {
		open = postgresDoors
	}
	b, err := open(ctx, address)
	if err == nil {
		b.clock, b.life = clock, life
	}
	return b, err
}

func postgresDoors(ctx context.Context, address string) (*doors, error) {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, err
	}
	config.DefaultQueryExecMode = pgx.QueryExecModeExec
	hasty := stdlib.OptionAfterConnect(func(ctx context.Context, c *pgx.Conn) error {
		_, err := c.Exec(ctx, "SET synchronous_commit = off")
		if err == nil { // a machine that is cut off must not hold a door
			_, err = c.Exec(ctx, "SET idle_in_transaction_session_timeout = "+strconv.FormatInt(paceAnswer.Milliseconds(), 10))
		}
		return err
	})
	db := bun.NewDB(stdlib.OpenDB(*config, hasty), pgdialect.New())
	db.SetMaxOpenConns(paceConnections)
	db.SetMaxIdleConns(paceConnections)
	err = db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		// Two that make the same table at once get in each other's way.
		if _, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock(hashtext('campanile pace'))"); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, paceTable)
		return err
	})
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &doors{write: db, read: db, now: postgresClock, hold: "SELECT 1 FROM pace WHERE destination = ? FOR UPDATE"}, nil
}

func sqliteDoors(ctx context.Context, address string) (*doors, error) {
	path := strings.TrimPrefix(address, "sqlite:") + paceSuffix
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := file.Close(); err != nil {
		return nil, err
	}
	write, err := connect(ctx, path, pacePragmas+"&_txlock=immediate")
	if err != nil {
		return nil, err
	}
	write.SetMaxOpenConns(1)
	if _, err := write.ExecContext(ctx, paceTable); err != nil {
		return nil, errors.Join(err, write.Close())
	}
	read, err := connect(ctx, path, pacePragmas+"&_pragma=query_only(ON)")
	if err != nil {
		return nil, errors.Join(err, write.Close())
	}
	read.SetMaxOpenConns(paceConnections)
	read.SetMaxIdleConns(paceConnections)
	return &doors{write: write, read: read, now: sqliteClock}, nil
}

func (b *doors) close() error {
	err := b.write.Close()
	if b.read != b.write {
		err = errors.Join(b.read.Close(), err)
	}
	return err
}

// change rewrites a door, unless the step leaves it as it is. Mostly nobody else
// is there, and nothing is locked; where others were quicker, it is taken in turn,
// so that a worker far away is not always too late.
func (b *doors) change(ctx context.Context, destination string, step func(d *door, at reading) (changed bool)) error {
	ctx, cancel := context.WithTimeout(ctx, paceAnswer)
	defer cancel()
	for range quickTries {
		if done, err := b.try(ctx, b.read, b.write, destination, step); done || err != nil {
			return err
		}
	}
	for {
		done := false
		err := b.write.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
			if b.hold != "" {
				if _, err := tx.ExecContext(ctx, b.hold, destination); err != nil {
					return err
				}
			}
			var err error
			done, err = b.try(ctx, tx, tx, destination, step)
			return err
		})
		if done || err != nil { // not done: somebody made the door in between, or swept it
			return err
		}
	}
}

// quickTries is how often a door is changed without holding it before.
const quickTries = 2

// try changes a door if it is still the one that was read.
func (b *doors) try(ctx context.Context, read, write bun.IDB, destination string, step func(d *door, at reading) (changed bool)) (done bool, err error) {
	at := reading{sent: b.clock()}
	d, version, err := b.look(ctx, read, destination, &at.now)
	at.come = b.clock()
	if err != nil || !step(&d, at) {
		return true, err
	}
	return b.put(ctx, write, destination, version, d, at.now)
}

// look reads a door and the clock; version 0: nobody was there for long.
func (b *doors) look(ctx context.Context, db bun.IDB, destination string, now *int64) (d door, version int64, err error) {
	var document string
	err = db.NewRaw("SELECT "+b.now+", version, door FROM pace WHERE destination = ?", destination).Scan(ctx, now, &version, &document)
	if errors.Is(err, sql.ErrNoRows) {
		return door{life: b.life}, 0, db.NewRaw("SELECT "+b.now).Scan(ctx, now)
	}
	if err != nil {
		return door{}, 0, err
	}
	if err := json.Unmarshal([]byte(document), &d); err != nil {
		return door{}, 0, fmt.Errorf("the pace at %s: %w (%w)", destination, ErrDamaged, err)
	}
	d.life = b.life
	return d, version, nil
}

// put writes a door unless it is no longer the one that was read.
func (b *doors) put(ctx context.Context, db bun.IDB, destination string, version int64, d door, now int64) (written bool, err error) {
	document, err := json.Marshal(d)
	if err != nil {
		return false, err
	}
	another := rand.Int64N(1<<62) + 1 //nolint:gosec // nobody gains by guessing it
	query := db.NewRaw("UPDATE pace SET version = ?, changed = ?, door = ? WHERE destination = ? AND version = ?",
		another, now, string(document), destination, version)
	if version == 0 {
		query = db.NewRaw("INSERT INTO pace (destination, version, changed, door) VALUES (?, ?, ?, ?) ON CONFLICT (destination) DO NOTHING",
			destination, another, now, string(document))
	}
	result, err := query.Exec(ctx)
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

// sweep forgets the doors at which nothing happens.
func (b *doors) sweep(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, paceAnswer)
	defer cancel()
	_, err := b.write.ExecContext(ctx, "DELETE FROM pace WHERE changed < "+b.now+" - ?", paceLife.Milliseconds())
	return err
}

// jitter keeps workers from asking in step.
func jitter(d time.Duration) time.Duration {
	return d/2 + rand.N(d) //nolint:gosec // nobody gains by guessing it
}

// pause waits, unless something happens before.
func pause(ctx context.Context, d time.Duration, news <-chan struct{}) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-news:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
