package store_test

import (
	"database/sql"
	"strings"
	"testing"

	"campanile/cmd/internal/store"
	"campanile/cmd/internal/store/storetest"
)

// engines gives both kinds of store.
func engines(testing.TB) map[string]storetest.Fresh { return storetest.All() }

// execute says one thing to a database behind the back of the store.
func execute(t testing.TB, address, query string) {
	t.Helper()
	driver := "sqlite"
	if strings.HasPrefix(address, "postgres://") {
		driver = "pgx"
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(query); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func open(t testing.TB, address string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}
