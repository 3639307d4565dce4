package store_test

import (
	"errors"
	"testing"
	"time"

	"campanile/cmd/internal/store"
	"campanile/cmd/internal/store/storetest"
)

// What is looked for comes out of the address of a page. PostgreSQL takes neither the
// character 0 nor what is no UTF-8, and SQLite not the first: nothing bears such a
// name, and that is no mistake of ours.
func TestAStrangeNameIsUnknown(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, address string) {
		s := open(t, address)
		for _, strange := range []string{"a\x00b", "\xff", "'; DROP TABLE bodies; --", `\`, "%"} {
			if _, err := s.ByDomain(t.Context(), strange); !errors.Is(err, store.ErrUnknown) {
				t.Errorf("the domain %q: %v", strange, err)
			}
			for _, f := range []store.Filter{
				{Name: strange},
				{Province: strange},
				{Department: strange},
				{Union: strange},
				{Grade: strange},
				{Rule: strange},
				{SupplierName: strange},
				{SupplierRole: strange, Supplier: strange},
			} {
				if _, n, err := s.Towns(t.Context(), f, time.Time{}, store.Page{Limit: 1}); err != nil || n != 0 {
					t.Errorf("%+v: %d, %v", f, n, err)
				}
			}
			if list, err := s.Companies(t.Context(), store.Filter{}, strange); err != nil || len(list) != 0 {
				t.Errorf("the company %q: %v, %v", strange, list, err)
			}
			if list, err := s.CompaniesKnownAs(t.Context(), store.Filter{}, strange); err != nil || len(list) != 0 {
				t.Errorf("known as %q: %v, %v", strange, list, err)
			}
		}
	})
}
