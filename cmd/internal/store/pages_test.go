package store_test

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"campanile/cmd/internal/store"
	"campanile/collectors/evidence"
)

// pages are what the dashboard asks for each of its pages.
var pages = []struct {
	name string
	ask  func(b *testing.B, s *store.Store)
}{
	{"overview", func(b *testing.B, s *store.Store) {
		b.Helper()
		got(s.Overview(b.Context(), store.Filter{}))(b)
		got(s.Failing(b.Context(), store.Filter{}))(b)
	}},
	{"list", func(b *testing.B, s *store.Store) {
		b.Helper()
		list(b, s, store.Filter{}, time.Time{}, store.Page{Order: store.ByGrade, Offset: 200, Limit: 50})
	}},
	{"list-of-a-province", func(b *testing.B, s *store.Store) {
		b.Helper()
		list(b, s, store.Filter{Province: "P7", Rule: "rule-010"}, time.Time{}, store.Page{Limit: 50})
	}},
	{"comparison", func(b *testing.B, s *store.Store) {
		b.Helper()
		list(b, s, store.Filter{}, week(0).AddDate(0, 8, 0), store.Page{})
		list(b, s, store.Filter{}, week(0).AddDate(0, 9, 0), store.Page{})
	}},
	{"supplier", func(b *testing.B, s *store.Store) {
		b.Helper()
		of := store.Filter{SupplierRole: "mail", Supplier: "posta7"}
		list(b, s, of, time.Time{}, store.Page{Limit: 50})
		got(s.Failing(b.Context(), of))(b)
	}},
	{"suppliers", func(b *testing.B, s *store.Store) {
		b.Helper()
		got(s.Suppliers(b.Context(), store.Filter{}))(b)
	}},
	{"town", func(b *testing.B, s *store.Store) {
		b.Helper()
		got(s.Body(b.Context(), 77))(b)
		got(s.Scans(b.Context(), 77, time.Time{}, time.Time{}))(b)
		got(s.Spans(b.Context(), store.Spans{Of: store.Filter{Bodies: []int64{77}}}))(b)
		got(s.Checklist(b.Context(), 77))(b)
	}},
}

func list(b *testing.B, s *store.Store, f store.Filter, at time.Time, p store.Page) {
	b.Helper()
	towns, total, err := s.Towns(b.Context(), f, at, p)
	if err != nil || total == 0 || len(towns) == 0 {
		b.Fatalf("%d of %d towns, %v", len(towns), total, err)
	}
}

// BenchmarkPages asks for the pages of a territory with 12 scans of each body
// and says how long the slowest of twenty answers took. CAMPANILE_BENCH_BODIES
// sets its size; a nation has 7,900.
func BenchmarkPages(b *testing.B) {
	size := 790
	if set, err := strconv.Atoi(os.Getenv("CAMPANILE_BENCH_BODIES")); err == nil {
		size = set
	}
	for engine, fresh := range engines(b) {
		s := open(b, fresh(b))
		bodies := make([]store.Body, size)
		for i := range bodies {
			bodies[i] = store.Body{
				Target:   evidence.Target{Domain: fmt.Sprintf("comune%d.example", i), Name: fmt.Sprint("Comune ", i), Country: "it", Code: fmt.Sprint("c_", i)},
				Province: fmt.Sprint("P", i%100), Region: fmt.Sprint("R", i%20), Population: i,
			}
		}
		if err := s.Fill(b.Context(), put(b, s, bodies...), 12, 40, week(0).Unix()); err != nil {
			b.Fatal(err)
		}
		for _, page := range pages {
			b.Run(engine+"/"+page.name, func(b *testing.B) {
				var times []time.Duration
				for b.Loop() {
					began := b.Elapsed()
					page.ask(b, s)
					times = append(times, b.Elapsed()-began)
				}
				slices.SortFunc(times, cmp.Compare)
				b.ReportMetric(float64(times[len(times)*95/100].Microseconds())/1000, "ms-p95")
			})
		}
	}
}
