package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"campanile/cmd/internal/store/parts"
	"campanile/collectors/evidence"
	"campanile/report/score"
	"campanile/rules"
)

// scanRow is a Scan in its table.
type scanRow struct {
	bun.BaseModel `bun:"table:scans"`

	ID            int64 `bun:",pk"`
	Body          int64
	Run           int64
	Taken         int64
	Digest        string
	Tool          string
	Profile       string
	Resolvers     string
	Queries       int64
	Connections   int64
	Requests      int64
	Sent          int64
	Received      int64
	Times         []byte
	Rules         string
	Grade         string
	Critical      int64
	High          int64
	Medium        int64
	Low           int64
	Passed        int64
	Inconclusive  int64
	NotApplicable int64
}

func scanOf(b *evidence.Bundle, line []byte) *scanRow {
	sum := sha256.Sum256(line)
	return &scanRow{
		Taken: b.Taken.Unix(), Digest: "sha256:" + hex.EncodeToString(sum[:]),
		Tool: clean(b.Tool.Version), Profile: string(b.Profile), Resolvers: clean(strings.Join(b.Vantage.Resolvers, " ")),
		Queries: int64(b.Sent.DNSQueries) + int64(b.Sent.NameQueries), Connections: int64(b.Sent.Connections), Requests: int64(b.Sent.Requests),
		Sent: b.Sent.Bytes, Received: b.Sent.Received,
	}
}

// weigh copies a summary into the columns by which lists are made.
func (r *scanRow) weigh(rulesDigest string, s score.Summary) {
	r.Rules, r.Grade = rulesDigest, s.Grade
	r.Critical, r.High = int64(s.Fail[rules.Critical]), int64(s.Fail[rules.High])
	r.Medium, r.Low = int64(s.Fail[rules.Medium]), int64(s.Fail[rules.Low])
	r.Passed, r.Inconclusive, r.NotApplicable = int64(s.Pass), int64(s.Inconclusive), int64(s.NotApplicable)
}

func (r *scanRow) scan() Scan {
	return Scan{
		ID: r.ID, Body: r.Body, Run: r.Run, Taken: moment(r.Taken), Digest: r.Digest, Tool: r.Tool,
		Profile: evidence.Profile(r.Profile), Resolvers: strings.Fields(r.Resolvers), Rules: r.Rules,
		Sent:    evidence.Sent{DNSQueries: int(r.Queries), Connections: int(r.Connections), Requests: int(r.Requests), Bytes: r.Sent, Received: r.Received},
		Summary: r.summary(),
	}
}

func (r *scanRow) summary() score.Summary {
	return score.Summary{
		Grade: r.Grade, Pass: int(r.Passed), Inconclusive: int(r.Inconclusive), NotApplicable: int(r.NotApplicable),
		Fail: map[rules.Severity]int{rules.Critical: int(r.Critical), rules.High: int(r.High), rules.Medium: int(r.Medium), rules.Low: int(r.Low)},
	}
}

// newestScan gives the newest scan of a body, or the zero row.
func newestScan(ctx context.Context, db bun.IDB, body int64) (scanRow, error) {
	var rows []scanRow
	err := db.NewSelect().Model(&rows).Where("body = ?", body).Order("taken DESC", "id DESC").Limit(1).Scan(ctx)
	if err != nil || len(rows) == 0 {
		return scanRow{}, err
	}
	return rows[0], nil
}

// Scan gives a scan by its number.
func (s *Store) Scan(ctx context.Context, id int64) (Scan, error) {
	row, err := scanBy(ctx, s.read, id)
	if err != nil {
		return Scan{}, err
	}
	return row.scan(), nil
}

func scanBy(ctx context.Context, db bun.IDB, id int64) (*scanRow, error) {
	row := new(scanRow)
	err := db.NewSelect().Model(row).Where("id = ?", id).Scan(ctx)
	if err != nil {
		return nil, missing(err, "scan %d", id)
	}
	return row, nil
}

// Scans lists the scans of a body taken from one time up to before another, the
// oldest first. A zero time sets no end.
func (s *Store) Scans(ctx context.Context, body int64, from, until time.Time) ([]Scan, error) {
	query := s.read.NewSelect().Model((*scanRow)(nil)).ExcludeColumn("times").Where("body = ? AND taken >= ?", body, seconds(from)).Order("taken", "id")
	if !until.IsZero() {
		query.Where("taken < ?", until.Unix())
	}
	var rows []scanRow
	if err := query.Scan(ctx, &rows); err != nil {
		return nil, plainly(err)
	}
	list := make([]Scan, len(rows))
	for i := range rows {
		list[i] = rows[i].scan()
	}
	return list, nil
}

// Evidence gives the evidence of a scan, the same to the byte as it was taken.
func (s *Store) Evidence(ctx context.Context, scan int64) (*evidence.Bundle, error) {
	row, err := scanBy(ctx, s.read, scan)
	if err != nil {
		return nil, err
	}
	split, err := loadParts(ctx, s.read, scan)
	if err != nil {
		return nil, fmt.Errorf("the evidence of scan %d: %w", scan, plainly(err))
	}
	line, err := parts.Join(split, row.Times)
	sum := sha256.Sum256(line)
	if err != nil || "sha256:"+hex.EncodeToString(sum[:]) != row.Digest {
		return nil, errors.Join(fmt.Errorf("the evidence of scan %d is not what was kept: %w", scan, ErrDamaged), err)
	}
	return evidence.Unmarshal(line)
}
