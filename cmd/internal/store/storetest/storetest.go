// Package storetest gives tests the engines of a store: SQLite files, and empty
// databases on one real PostgreSQL for each test program, started when the first
// is asked for by a user who is not root and gone when the program is. Nothing
// but tests may import it.
package storetest

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// ErrMissing means that PostgreSQL is not installed here.
var ErrMissing = errors.New("PostgreSQL is not installed: initdb or postgres is missing")

// Fresh gives the address of a store that does not exist yet.
type Fresh func(t testing.TB) string

// Postgres gives the address of an empty database. Without PostgreSQL the test is
// skipped, which counts as a failure in CI.
func Postgres(t testing.TB) string {
	t.Helper()
	address, err := Database()
	switch {
	case errors.Is(err, ErrMissing) && os.Getenv("CI") != "true":
		t.Skip(err)
	case err != nil:
		t.Fatal(err)
	}
	return address
}

// SQLite gives the path of a file that does not exist yet.
func SQLite(t testing.TB) string {
	t.Helper()
	return filepath.Join(t.TempDir(), "territory.db")
}

// All gives both engines by name.
func All() map[string]Fresh { return map[string]Fresh{"sqlite": SQLite, "postgres": Postgres} }

// Engines runs a test on both engines, side by side.
func Engines(t *testing.T, run func(t *testing.T, address string)) {
	t.Helper()
	for engine, fresh := range All() {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			run(t, fresh(t))
		})
	}
}
