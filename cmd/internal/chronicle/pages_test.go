package chronicle_test

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"campanile/cmd/internal/chronicle"
	"campanile/cmd/internal/store"
	"campanile/cmd/internal/store/storetest"
	"campanile/collectors/evidence"
	"campanile/report/checklist"
	"campanile/rules"
)

// pages are what the dashboard asks for each of its pages.
var pages = []struct {
	name string
	ask  func(ctx context.Context, c *chronicle.Chronicle) error
}{
	{"overview", func(ctx context.Context, c *chronicle.Chronicle) error {
		o, err := c.Overview(ctx, store.Filter{})
		return enough(err, o.Scanned, len(o.Sums)*100, len(o.Failing)*10, len(o.Changed)*10)
	}},
	{"overview-of-a-province", func(ctx context.Context, c *chronicle.Chronicle) error {
		o, err := c.Overview(ctx, store.Filter{Province: "P7"})
		return enough(err, o.Scanned*10, len(o.Sums)*10, len(o.Failing)*10)
	}},
	{"map", func(ctx context.Context, c *chronicle.Chronicle) error {
		towns, total, err := c.Store.Towns(ctx, store.Filter{}, time.Time{}, store.Page{})
		return enough(err, len(towns), total)
	}},
	{"list", func(ctx context.Context, c *chronicle.Chronicle) error {
		towns, total, err := c.Store.Towns(ctx, store.Filter{}, time.Time{}, store.Page{Order: store.ByGrade, Offset: 200, Limit: 50})
		return enough(err, len(towns)*10, total)
	}},
	{"list-with-filters", func(ctx context.Context, c *chronicle.Chronicle) error {
		f := store.Filter{Province: "P7", Rule: "tls-cipher-weak", Name: "copia"}
		towns, total, err := c.Store.Towns(ctx, f, time.Time{}, store.Page{Limit: 50})
		return enough(err, len(towns)*100, total*100)
	}},
	{"list-choices", func(ctx context.Context, c *chronicle.Chronicle) error {
		places, err := c.Store.Places(ctx, store.Filter{})
		if err != nil {
			return err
		}
		failing, err := c.Store.Failing(ctx, store.Filter{})
		if err != nil {
			return err
		}
		suppliers, err := c.Store.Suppliers(ctx, store.Filter{})
		return enough(err, len(places.Provinces)*10, len(failing)*10, len(suppliers)*10)
	}},
	{"comparison", func(ctx context.Context, c *chronicle.Chronicle) error {
		is, err := c.Compare(ctx, store.Filter{}, week(12), week(40), store.Page{Limit: 50})
		return enough(err, is.After.Towns, is.Total, len(is.Towns)*10, len(is.Moves)*100)
	}},
	{"comparison-by-moves", func(ctx context.Context, c *chronicle.Chronicle) error {
		is, err := c.Compare(ctx, store.Filter{}, week(12), week(40), store.Page{Order: chronicle.ByMoves, Limit: 50})
		return enough(err, is.After.Towns, is.Total, len(is.Towns)*10)
	}},
	{"supplier-of-395", func(ctx context.Context, c *chronicle.Chronicle) error {
		s, _, err := c.Supplier(ctx, store.Filter{}, "posta 7 finta", rules.Italian)
		return enough(err, len(s.Customers)*10, len(s.Changes)*100)
	}},
	{"supplier-of-790", func(ctx context.Context, c *chronicle.Chronicle) error {
		s, _, err := c.Supplier(ctx, store.Filter{}, "officina 3 finta", rules.Italian)
		return enough(err, len(s.Customers)*10, len(s.Changes)*100)
	}},
	{"suppliers-again", func(ctx context.Context, c *chronicle.Chronicle) error {
		o, err := c.Suppliers(ctx, store.Filter{}, rules.Italian)
		return enough(err, o.Towns, len(o.Suppliers)*10)
	}},
	{"sent", func(ctx context.Context, c *chronicle.Chronicle) error {
		hours, err := c.Store.SentByHour(ctx, store.Filter{}, week(36))
		return enough(err, len(hours)*100)
	}},
	{"town", func(ctx context.Context, c *chronicle.Chronicle) error {
		h, err := c.History(ctx, 77)
		if err != nil {
			return err
		}
		scans, err := c.Store.Scans(ctx, 77, time.Time{}, time.Time{})
		if err != nil {
			return err
		}
		spans, err := c.Store.Spans(ctx, store.Spans{Of: store.Filter{Bodies: []int64{77}}})
		return enough(err, len(h.Points)*100, len(scans)*100, len(spans)*100)
	}},
}

// enough is an error where one of some numbers is so small that the page was about
// next to nothing.
func enough(err error, numbers ...int) error {
	if err == nil && slices.Min(numbers) < 40 {
		return fmt.Errorf("there is next to nothing to see: %v", numbers)
	}
	return err
}

// Towns of the benchmark: so many are recorded, with a scan each month, and the others
// are copies of them under other names.
const (
	originals = 40
	looks     = 12
)

// BenchmarkPages asks for the pages of a nation and says how long the answers took.
// CAMPANILE_BENCH_BODIES sets how many municipalities there are; Italy has 7,900:
//
//	CAMPANILE_BENCH_BODIES=7900 go test -run '^$' -bench Pages -benchtime 40x ./cmd/internal/chronicle
func BenchmarkPages(b *testing.B) {
	size := 400
	if set, err := strconv.Atoi(os.Getenv("CAMPANILE_BENCH_BODIES")); err == nil {
		size = set
	}
	for engine, fresh := range storetest.All() {
		b.Run(engine, func(b *testing.B) {
			address := fresh(b)
			c := nation(b, address, size)
			for _, page := range pages {
				b.Run(page.name, func(b *testing.B) {
					if page.name == "suppliers-again" { // the first time after a change is apart
						if err := c.Store.Tick(b.Context(), 1, func(l *checklist.Checklist) (*checklist.Checklist, error) { return l, nil }); err != nil {
							b.Fatal(err)
						}
						began := b.Elapsed()
						if err := page.ask(b.Context(), c); err != nil {
							b.Fatal(err)
						}
						defer b.ReportMetric(float64((b.Elapsed() - began).Milliseconds()), "ms-first")
					}
					times := make([]time.Duration, 0, b.N)
					b.ResetTimer()
					for b.Loop() {
						began := b.Elapsed()
						if err := page.ask(b.Context(), c); err != nil {
							b.Fatal(err)
						}
						times = append(times, b.Elapsed()-began)
					}
					slices.SortFunc(times, cmp.Compare)
					b.ReportMetric(float64(times[len(times)/2].Microseconds())/1000, "ms-p50")
					b.ReportMetric(float64(times[len(times)*95/100].Microseconds())/1000, "ms-p95")
					b.ReportMetric(0, "ns/op")
				})
			}
		})
	}
}

// nation records the originals and copies them until there are enough.
func nation(b *testing.B, address string, size int) *chronicle.Chronicle {
	b.Helper()
	c := open(b, address)
	for i := range originals {
		original(b, c, i)
	}
	driver := "sqlite"
	if strings.HasPrefix(address, "postgres://") {
		driver = "pgx"
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	tx, err := db.Begin()
	if err != nil {
		b.Fatal(err)
	}
	for n := 1; n*originals < size; n++ {
		for _, statement := range copies(n) {
			if _, err := tx.Exec(statement); err != nil {
				b.Fatalf("%s: %v", statement, err)
			}
		}
	}
	if err := tx.Commit(); err != nil {
		b.Fatal(err)
	}
	if driver == "pgx" {
		if _, err := db.Exec("VACUUM ANALYZE"); err != nil {
			b.Fatal(err)
		}
	}
	return c
}

// original records a town with suppliers and ups and downs of its own.
func original(b *testing.B, c *chronicle.Chronicle, i int) {
	b.Helper()
	name := fmt.Sprintf("tipo%d.copia0", i)
	body := town(b, c, name)
	list := make([]*evidence.Bundle, looks)
	for n := range list {
		e := look(b, name, week(4*n).Add(time.Duration(i)*time.Minute), []evidence.State{good, bad}[(n/3+i)%2])
		if (n+i)%7 == 0 {
			e = look(b, name, e.Taken, mute)
		}
		if (n/4+i)%3 == 0 {
			e.Target.Mailboxes = nil
		}
		e.Profile, e.Families, e.Services = evidence.Standard, e.Families[:4], evidence.Services{}
		for _, host := range []string{"servizi.", "albo."} {
			further := e.Endpoints[0]
			further.Name = host + e.Target.Domain
			e.Endpoints = append(e.Endpoints, further)
		}
		e.Suppliers = []evidence.Supplier{
			{ID: fmt.Sprint("posta", i%20), Name: fmt.Sprintf("Posta %d Finta", i%20), Role: "mail", Evidence: "MX mail." + e.Target.Domain},
			{ID: fmt.Sprint("nomi", i%40), Name: fmt.Sprintf("Nomi %d Finti", i%40), Role: "dns", Evidence: "NS ns1.nomi.example"},
		}
		e.Platforms = []evidence.Platform{{ID: fmt.Sprint("sito", i%9), Name: "Sito", Company: fmt.Sprintf("Officina %d Finta", i%9), Use: evidence.ForSite, Host: "www." + e.Target.Domain, Definite: true, Evidence: "generator Sito"}}
		list[n] = e
	}
	if err := c.RecordAll(b.Context(), body, list); err != nil {
		b.Fatal(err)
	}
}

// copies are the statements that copy all originals once more. What is open is bounded
// to what a town has in the field: the sample leaves most questions open.
func copies(n int) []string {
	renamed := func(column string) string { return fmt.Sprintf("REPLACE(%s, 'copia0', 'copia%d')", column, n) }
	body, scan := fmt.Sprintf("body + %d", n*originals), fmt.Sprintf("+ %d", n*originals*looks)
	of := fmt.Sprintf(" WHERE body <= %d", originals)
	return []string{
		fmt.Sprintf(`INSERT INTO bodies (id, identity, country, code, name, domain, search, category, region, province, department, association, population,
			successor, latest, changes, taken, rules, grade, critical, high, medium, low, passed, inconclusive, not_applicable, pending, moved)
			SELECT id + %d, %s, country, %s, %s, %s, %s, category, 'R' || %d, 'P' || %d, department, association, population,
			successor, latest %s, changes, taken, rules, grade, critical, high, medium, low, passed, inconclusive, not_applicable, pending, moved FROM bodies WHERE id <= %d`,
			n*originals, renamed("identity"), renamed("code"), renamed("name"), renamed("domain"), renamed("search"), n%20, n%100, scan, originals),
		fmt.Sprintf("INSERT INTO documents (body, document) SELECT %s, %s FROM documents%s", body, renamed("document"), of),
		fmt.Sprintf(`INSERT INTO scans (id, body, run, taken, digest, tool, profile, resolvers, queries, connections, requests, sent, received, times, rules, grade,
			critical, high, medium, low, passed, inconclusive, not_applicable)
			SELECT id %s, %s, run, taken, digest, tool, profile, resolvers, queries, connections, requests, sent, received, times, rules, grade,
			critical, high, medium, low, passed, inconclusive, not_applicable FROM scans%s`, scan, body, of),
		fmt.Sprintf("INSERT INTO looks (scan, edition, body, taken, hash) SELECT scan %s, edition, %s, taken, hash FROM looks%s", scan, body, of),
		fmt.Sprintf("INSERT INTO failing (body, list) SELECT %s, list FROM failing%s", body, of),
		fmt.Sprintf("INSERT INTO trends (body, packed) SELECT %s, packed FROM trends%s", body, of),
		fmt.Sprintf(`INSERT INTO points (body, place, taken, edition, grade, critical, high, medium, low, passed, inconclusive, not_applicable, unseen, unsteady)
			SELECT %s, place, taken, edition, grade, critical, high, medium, low, passed, inconclusive, not_applicable, unseen, unsteady FROM points%s`, body, of),
		fmt.Sprintf(`INSERT INTO changes (body, place, rule, subject, kind, before, after, outcome, since, confirmed, judged)
			SELECT %s, place, rule, %s, kind, before, after, outcome, since, confirmed, judged FROM changes%s`, body, renamed("subject"), of),
		fmt.Sprintf("INSERT INTO companies (body, company, ids, document) SELECT %s, company, ids, %s FROM companies%s", body, renamed("document"), of),
		fmt.Sprintf("INSERT INTO supplied (body, role, supplier, name, because) SELECT %s, role, supplier, name, %s FROM supplied%s", body, renamed("because"), of),
		fmt.Sprintf(`INSERT INTO spans (body, rule, subject, outcome, severity, opened, closed)
			SELECT %s, rule, %s, outcome, severity, opened, closed FROM spans%s AND (outcome = 'fail' OR rule LIKE 'dns-%%')`, body, renamed("subject"), of),
	}
}
