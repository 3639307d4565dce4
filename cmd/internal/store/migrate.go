package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the tables up to date. Several programs may start at once:
// PostgreSQL makes them wait for one another, and with SQLite whoever comes too
// late finds the work done.
func (s *Store) migrate(ctx context.Context) error {
	provider, err := s.provider()
	if err != nil {
		return err
	}
	_, failed := provider.Up(ctx)
	for range provider.ListSources() { // one may come too late for each of them
		if failed == nil {
			break
		}
		_, failed = provider.Up(ctx)
	}
	if failed != nil {
		return failed
	}
	version, err := provider.GetDBVersion(ctx)
	if err != nil {
		return err
	}
	sources := provider.ListSources()
	if known := sources[len(sources)-1].Version; version > known {
		return fmt.Errorf("it was made by a newer campanile (tables %d, this program knows %d); use that one", version, known)
	}
	return nil
}

func (s *Store) provider() (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	if s.engine == sqliteEngine {
		return goose.NewProvider(goose.DialectSQLite3, s.write.DB, files, goose.WithDisableGlobalRegistry(true))
	}
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return nil, errors.Join(errors.New("the lock for new tables"), err)
	}
	return goose.NewProvider(goose.DialectPostgres, s.write.DB, files, goose.WithDisableGlobalRegistry(true), goose.WithSessionLocker(locker))
}
