package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"campanile/cmd/internal/store/parts"
	"campanile/collectors/evidence"
	"campanile/report/history"
)

// Version grows with whatever is written about the bodies. Who keeps an answer keeps
// the version from before it asked with it: while the version is the same, so is the
// answer.
func (s *Store) Version(ctx context.Context) (int64, error) {
	var version int64
	err := s.read.NewRaw("SELECT COALESCE(MAX(last), 0) FROM counters WHERE name = 'version'").Scan(ctx, &version)
	return version, plainly(err)
}

// SentIn sums up what a run has sent, without the addresses, and says in how many
// scans.
func (s *Store) SentIn(ctx context.Context, run int64) (evidence.Sent, int, error) {
	var row struct{ Scans, Queries, Connections, Requests, Sent, Received int64 }
	err := s.read.NewRaw(`SELECT COUNT(*) AS scans, CAST(COALESCE(SUM(queries), 0) AS BIGINT) AS queries,
		CAST(COALESCE(SUM(connections), 0) AS BIGINT) AS connections, CAST(COALESCE(SUM(requests), 0) AS BIGINT) AS requests,
		CAST(COALESCE(SUM(sent), 0) AS BIGINT) AS sent, CAST(COALESCE(SUM(received), 0) AS BIGINT) AS received
		FROM scans WHERE run = ?`, run).Scan(ctx, &row)
	sent := evidence.Sent{DNSQueries: int(row.Queries), Connections: int(row.Connections), Requests: int(row.Requests), Bytes: row.Sent, Received: row.Received}
	return sent, int(row.Scans), plainly(err)
}

// Kept is a scan of a body with what is to be kept of it.
type Kept struct {
	Bundle    *evidence.Bundle
	Judgement Judgement
	Look      history.Look
	Companies []Company // that were recognised, and the body as a whole
}

// Company is one that was recognised at a body, with what must be known of the body
// to tell what it can put right there; the empty ID is the body as a whole.
type Company struct {
	Body     int64
	ID       string
	IDs      []string // of suppliers and platforms
	Document []byte   // JSON
}

// Record keeps scans of a body and writes down anew what is told of it, as a whole or
// not at all. Tell counts that out of all looks at the body. The numbers of the scans
// come back in the order of the list; evidence that is kept already keeps its own. A
// run that has a result for the body gives ErrDone.
func (s *Store) Record(ctx context.Context, body, run int64, list []Kept, tell func([]history.Look) Story) ([]int64, error) {
	rows, split := make([]*scanRow, len(list)), make([][]parts.Part, len(list))
	for i, k := range list {
		var err error
		if rows[i], split[i], err = rowOfScan(body, run, k.Bundle, k.Judgement); err != nil {
			return nil, err
		}
		if rows[i].ID, err = s.next(ctx, "scan"); err != nil {
			return nil, err
		}
	}
	numbers := make([]int64, len(list))
	err := s.alter(ctx, func(ctx context.Context, tx bun.Tx) error {
		for i, k := range list {
			newest, err := newestScan(ctx, tx, body)
			if err != nil {
				return err
			}
			if numbers[i], err = save(ctx, tx, rows[i], split[i], k.Bundle, k.Judgement); err != nil {
				return err
			}
			if err := keepLook(ctx, tx, numbers[i], body, newest.ID, k.Look); err != nil {
				return err
			}
		}
		for i, k := range list {
			if err := keepCompanies(ctx, tx, body, numbers[i], k.Companies); err != nil {
				return err
			}
		}
		return recount(ctx, tx, body, tell)
	})
	if err != nil {
		return nil, fmt.Errorf("keeping what was found at body %d: %w", body, err)
	}
	return numbers, nil
}

// Rejudge is Judge for a scan that is to be looked at with another edition of the
// rules: what is told of the body is written down anew.
func (s *Store) Rejudge(ctx context.Context, scan int64, k Kept, tell func([]history.Look) Story) error {
	return s.alter(ctx, func(ctx context.Context, tx bun.Tx) error {
		row, err := judge(ctx, tx, scan, k.Judgement)
		if err != nil {
			return err
		}
		if err := keepLook(ctx, tx, scan, row.Body, scan, k.Look); err != nil {
			return err
		}
		if err := keepCompanies(ctx, tx, row.Body, scan, k.Companies); err != nil {
			return err
		}
		return recount(ctx, tx, row.Body, tell)
	})
}

func recount(ctx context.Context, tx bun.Tx, body int64, tell func([]history.Look) Story) error {
	list, err := looks(ctx, tx, body)
	if err != nil {
		return err
	}
	return writeStory(ctx, tx, body, tell(list))
}

// companyRow is a Company in its table.
type companyRow struct {
	bun.BaseModel `bun:"table:companies"`

	Body     int64  `bun:",pk"`
	Company  string `bun:",pk"`
	IDs      string `bun:"ids"`
	Document string
}

func (r companyRow) company() Company {
	return Company{r.Body, r.Company, strings.Fields(r.IDs), []byte(r.Document)}
}

// keepCompanies makes those of a scan the companies of today, if it is the newest.
func keepCompanies(ctx context.Context, tx bun.Tx, body, scan int64, list []Company) error {
	var latest int64
	if err := tx.NewRaw("SELECT latest FROM bodies WHERE id = ?", body).Scan(ctx, &latest); err != nil || latest != scan {
		return err
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM companies WHERE body = ?", body); err != nil || len(list) == 0 {
		return err
	}
	rows := make([]companyRow, len(list))
	for i, c := range list {
		rows[i] = companyRow{Body: body, Company: clean(c.ID), IDs: clean(" " + strings.Join(c.IDs, " ") + " "), Document: clean(string(c.Document))}
	}
	_, err := tx.NewInsert().Model(&rows).Exec(ctx)
	return err
}

// Companies gives what is kept of one company at the bodies that a filter lets
// through, by body; the empty ID gives the bodies as a whole.
func (s *Store) Companies(ctx context.Context, f Filter, id string) ([]Company, error) {
	var rows []companyRow
	query := s.within(s.read.NewSelect().Model(&rows), f).Where("company = ?", clean(id)).Order("body")
	if err := query.Scan(ctx); err != nil {
		return nil, plainly(err)
	}
	list := make([]Company, len(rows))
	for i, row := range rows {
		list[i] = row.company()
	}
	return list, nil
}

// CompaniesKnownAs lists the companies that a supplier or platform of the rules was
// recognised as at the bodies that a filter lets through.
func (s *Store) CompaniesKnownAs(ctx context.Context, f Filter, id string) ([]string, error) {
	var list []string
	err := s.within(s.read.NewSelect().Model((*companyRow)(nil)), f).ColumnExpr("DISTINCT company").
		Where("company <> '' AND ids LIKE ? ESCAPE '!'", "% "+escapeLike(id)+" %").Order("company").Scan(ctx, &list)
	return list, plainly(err)
}

// Looked counts the bodies that a filter lets through and somebody has looked at,
// those with one domain as one.
func (s *Store) Looked(ctx context.Context, f Filter) (int, error) {
	var n int
	err := f.narrow(s.read.NewSelect().TableExpr("bodies AS b")).ColumnExpr("COUNT(DISTINCT b.domain)").Where("b.latest <> 0").Scan(ctx, &n)
	return n, plainly(err)
}

// Stirred is a body with what a list of news begins with.
type Stirred struct {
	ID    int64
	Name  string
	Taken time.Time // its newest look
	Moved time.Time // the look that confirmed the newest change or expiry, or when rules judged one anew; zero: none
	// Pending is how many changes await their second look.
	Pending int
}

// Stirred lists the bodies that a filter lets through and somebody has looked at.
func (s *Store) Stirred(ctx context.Context, f Filter) ([]Stirred, error) {
	var rows []struct {
		ID, Taken, Moved int64
		Name             string
		Pending          int
	}
	query := f.narrow(s.read.NewSelect().TableExpr("bodies AS b")).ColumnExpr("b.id, b.name, b.taken, b.moved, b.pending").Where("b.latest <> 0").Order("b.id")
	if err := query.Scan(ctx, &rows); err != nil {
		return nil, plainly(err)
	}
	list := make([]Stirred, len(rows))
	for i, r := range rows {
		list[i] = Stirred{r.ID, r.Name, moment(r.Taken), moment(r.Moved), r.Pending}
	}
	return list, nil
}

// Awaiting lists the bodies with a change that awaits its second look and with no look
// after a time, those that wait longest first.
func (s *Store) Awaiting(ctx context.Context, until time.Time) ([]int64, error) {
	var list []int64
	err := s.read.NewRaw("SELECT id FROM bodies WHERE pending > 0 AND successor = 0 AND taken <= ? ORDER BY taken, id", seconds(until)).Scan(ctx, &list)
	return list, plainly(err)
}

// Waiting counts the bodies that a filter lets through with a change that awaits its
// second look.
func (s *Store) Waiting(ctx context.Context, f Filter) (int, error) {
	n, err := f.narrow(s.read.NewSelect().TableExpr("bodies AS b")).Where("b.pending > 0").Count(ctx)
	return int(n), plainly(err)
}

// ScanOf gives the number of a scan if it is one of a body; 0 asks for its newest.
func (s *Store) ScanOf(ctx context.Context, body, scan int64) (int64, error) {
	var number int64
	query := s.read.NewRaw("SELECT id FROM scans WHERE id = ? AND body = ?", scan, body)
	if scan == 0 {
		query = s.read.NewRaw("SELECT latest FROM bodies WHERE id = ? AND latest <> 0", body)
	}
	if err := query.Scan(ctx, &number); err != nil {
		return 0, missing(err, "scan %d of body %d", scan, body)
	}
	return number, nil
}
