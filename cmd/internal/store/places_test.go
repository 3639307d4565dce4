package store_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"campanile/cmd/internal/store"
	"campanile/cmd/internal/store/storetest"
	"campanile/collectors/evidence"
)

func TestPlacesToChooseFrom(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, address string) {
		s := open(t, address)
		var bodies []store.Body
		for i, province := range []string{"TO", "AO", "TO", "", "CN"} {
			bodies = append(bodies, store.Body{
				Target: evidence.Target{Domain: string(rune('a'+i)) + ".example", Country: "it"}, Province: province, Region: "Piemonte", Union: map[bool]string{true: "Valle Finta"}[i == 1],
			})
		}
		ids, err := s.Put(t.Context(), bodies)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Merge(t.Context(), ids[4], ids[0]); err != nil {
			t.Fatal(err)
		}
		for situation, c := range map[string]struct {
			filter store.Filter
			want   store.Places
		}{
			"all that stand": {store.Filter{}, store.Places{Regions: []string{"Piemonte"}, Provinces: []string{"AO", "TO"}, Unions: []string{"Valle Finta"}}},
			"of one":         {store.Filter{Bodies: ids[:1]}, store.Places{Regions: []string{"Piemonte"}, Provinces: []string{"TO"}}},
		} {
			got, err := s.Places(t.Context(), c.filter)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s: -want +got:\n%s", situation, diff)
			}
		}
	})
}

func TestASessionIsProlongedWhileItLasts(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, address string) {
		s := open(t, address)
		now, token := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), bytes.Repeat([]byte{7}, 32)
		if err := s.PutAccount(t.Context(), store.Account{Name: "gal", Role: store.GroupRole, Hash: "x"}); err != nil {
			t.Fatal(err)
		}
		if err := s.BeginSession(t.Context(), store.Session{Token: token, Account: "gal", Began: now, Ends: now.Add(time.Hour)}); err != nil {
			t.Fatal(err)
		}
		ends := func(at, to time.Time) time.Time {
			if err := s.Prolong(t.Context(), token, at, to); err != nil {
				t.Fatal(err)
			}
			session, err := s.Session(t.Context(), token, now)
			if err != nil {
				t.Fatal(err)
			}
			return session.Ends
		}
		if got := ends(now, now.Add(2*time.Hour)); !got.Equal(now.Add(2 * time.Hour)) {
			t.Errorf("not prolonged: %s", got)
		}
		if got := ends(now, now.Add(time.Minute)); !got.Equal(now.Add(2 * time.Hour)) {
			t.Errorf("shortened: %s", got)
		}
		if got := ends(now.Add(3*time.Hour), now.Add(5*time.Hour)); !got.Equal(now.Add(2 * time.Hour)) {
			t.Errorf("one that is over was prolonged: %s", got)
		}
		if _, err := s.Session(t.Context(), token, now.Add(3*time.Hour)); !errors.Is(err, store.ErrUnknown) {
			t.Errorf("one that is over: %v", err)
		}
	})
}
