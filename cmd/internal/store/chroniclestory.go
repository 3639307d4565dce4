package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"campanile/checks"
	"campanile/report/history"
	"campanile/report/score"
	"campanile/rules"
)

// Story is what is told of a body over time, as it was last counted.
type Story struct {
	Points   []history.Point
	Changes  []history.Change // confirmed, oldest first
	Pending  []history.Change // that await their second look
	Expiries []history.Expiry
	Trend    []byte // the points and changes in short, for what is summed up over many bodies; not read again
}

// pointRow is a point in its table.
type pointRow struct {
	bun.BaseModel `bun:"table:points"`

	Body          int64 `bun:",pk"`
	Place         int64 `bun:",pk"`
	Taken         int64
	Edition       string
	Grade         string
	Critical      int64
	High          int64
	Medium        int64
	Low           int64
	Passed        int64
	Inconclusive  int64
	NotApplicable int64
	Unseen        int64
	Unsteady      int64
}

func pointOf(body int64, place int, p history.Point) pointRow {
	var s scanRow
	s.weigh(p.Rules, p.Summary)
	return pointRow{
		Body: body, Place: int64(place), Taken: seconds(p.Taken), Edition: s.Rules, Grade: s.Grade, Critical: s.Critical, High: s.High, Medium: s.Medium, Low: s.Low,
		Passed: s.Passed, Inconclusive: s.Inconclusive, NotApplicable: s.NotApplicable, Unseen: int64(p.Unseen), Unsteady: int64(p.Unsteady),
	}
}

func (r pointRow) point() history.Point {
	return history.Point{
		Taken: moment(r.Taken), Rules: r.Edition, Unseen: int(r.Unseen), Unsteady: int(r.Unsteady), Summary: score.Summary{
			Grade: r.Grade, Pass: int(r.Passed), Inconclusive: int(r.Inconclusive), NotApplicable: int(r.NotApplicable),
			Fail: map[rules.Severity]int{rules.Critical: int(r.Critical), rules.High: int(r.High), rules.Medium: int(r.Medium), rules.Low: int(r.Low)},
		},
	}
}

// changeRow is a change in its table.
type changeRow struct {
	bun.BaseModel `bun:"table:changes"`

	Body      int64 `bun:",pk"`
	Place     int64 `bun:",pk"`
	Rule      string
	Subject   string
	Kind      string
	Before    string
	After     string
	Outcome   string
	Since     int64
	Confirmed int64
	Judged    int64
}

func changeOf(body int64, place int, c history.Change) changeRow {
	return changeRow{
		Body: body, Place: int64(place), Rule: clean(c.Rule), Subject: clean(c.Subject), Kind: string(c.Kind), Before: string(c.From), After: string(c.To),
		Outcome: string(c.Outcome), Since: seconds(c.Since), Confirmed: seconds(c.Confirmed), Judged: seconds(c.Judged),
	}
}

func (r changeRow) change() history.Change {
	return history.Change{
		Rule: r.Rule, Subject: r.Subject, Kind: history.Kind(r.Kind), From: rules.Severity(r.Before), To: rules.Severity(r.After),
		Outcome: checks.Outcome(r.Outcome), Since: moment(r.Since), Confirmed: moment(r.Confirmed), Judged: moment(r.Judged),
	}
}

// expiryRow is an expiry in its table.
type expiryRow struct {
	bun.BaseModel `bun:"table:expiries"`

	Body      int64 `bun:",pk"`
	Place     int64 `bun:",pk"`
	Subject   string
	Ends      string
	Since     int64
	Confirmed int64
}

func expiryOf(body int64, place int, e history.Expiry) expiryRow {
	return expiryRow{Body: body, Place: int64(place), Subject: clean(e.Subject), Ends: clean(e.Ends), Since: seconds(e.Since), Confirmed: seconds(e.Confirmed)}
}

func (r expiryRow) expiry() history.Expiry {
	return history.Expiry{Subject: r.Subject, Ends: r.Ends, Since: moment(r.Since), Confirmed: moment(r.Confirmed)}
}

// writeStory writes down what is told of a body, in place of what was told before.
func writeStory(ctx context.Context, tx bun.Tx, body int64, s Story) error {
	var points []pointRow
	for i, p := range s.Points {
		points = append(points, pointOf(body, i, p))
	}
	var changes []changeRow
	for i, c := range slices.Concat(s.Changes, s.Pending) {
		changes = append(changes, changeOf(body, i, c))
	}
	var expiries []expiryRow
	for i, e := range s.Expiries {
		expiries = append(expiries, expiryOf(body, i, e))
	}
	if err := rewrite(ctx, tx, "points", body, points); err != nil {
		return err
	}
	if err := rewrite(ctx, tx, "changes", body, changes); err != nil {
		return err
	}
	if err := rewrite(ctx, tx, "expiries", body, expiries); err != nil {
		return err
	}
	trend := trendRow{Body: body, Packed: append([]byte{}, s.Trend...)}
	if _, err := tx.NewInsert().Model(&trend).On("CONFLICT (body) DO UPDATE").Set("packed = EXCLUDED.packed").Exec(ctx); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, "UPDATE bodies SET pending = ?, moved = ? WHERE id = ?", len(s.Pending), seconds(s.moved()), body)
	return err
}

// moved is when the newest of what can be told was confirmed, or judged anew.
func (s Story) moved() time.Time {
	var newest time.Time
	for _, c := range s.Changes {
		newest = later(later(newest, c.Confirmed), c.Judged)
	}
	for _, e := range s.Expiries {
		newest = later(newest, e.Confirmed)
	}
	return newest
}

// rewrite makes a list of a body what it is to be. Histories grow at their end: what
// is the same up to a place stays.
func rewrite[R comparable](ctx context.Context, tx bun.Tx, table string, body int64, want []R) error {
	var have []R
	if err := tx.NewSelect().Model(&have).Where("body = ?", body).Order("place").Scan(ctx); err != nil {
		return fmt.Errorf("reading %s: %w", table, err)
	}
	same := 0
	for same < len(have) && same < len(want) && have[same] == want[same] {
		same++
	}
	if same < len(have) {
		if _, err := tx.ExecContext(ctx, "DELETE FROM ? WHERE body = ? AND place >= ?", bun.Ident(table), body, same); err != nil {
			return err
		}
	}
	for rest := want[same:]; len(rest) > 0; rest = rest[min(batchRows, len(rest)):] {
		some := rest[:min(batchRows, len(rest))]
		if _, err := tx.NewInsert().Model(&some).Exec(ctx); err != nil {
			return fmt.Errorf("writing %s: %w", table, err)
		}
	}
	return nil
}

// Stories gives what is told of some bodies, by their numbers; a body that nothing is
// told of has none. With a time they hold only the changes and expiries that were
// confirmed, or judged anew, then or later.
func (s *Store) Stories(ctx context.Context, bodies []int64, since time.Time) (map[int64]Story, error) {
	stories := make(map[int64]Story, len(bodies))
	for rest := bodies; len(rest) > 0; rest = rest[min(batchRows, len(rest)):] {
		if err := s.stories(ctx, rest[:min(batchRows, len(rest))], since, stories); err != nil {
			return nil, plainly(err)
		}
	}
	return stories, nil
}

func (s *Store) stories(ctx context.Context, bodies []int64, since time.Time, into map[int64]Story) error {
	var points []pointRow
	if since.IsZero() {
		if err := s.read.NewSelect().Model(&points).Where("body IN (?)", bun.List(bodies)).Order("body", "place").Scan(ctx); err != nil {
			return err
		}
	}
	var changes []changeRow
	query := s.read.NewSelect().Model(&changes).Where("body IN (?)", bun.List(bodies)).Order("body", "place")
	if !since.IsZero() {
		query.Where("(confirmed >= ? OR judged >= ?)", since.Unix(), since.Unix())
	}
	if err := query.Scan(ctx); err != nil {
		return err
	}
	var expiries []expiryRow
	err := s.read.NewSelect().Model(&expiries).Where("body IN (?) AND confirmed >= ?", bun.List(bodies), seconds(since)).Order("body", "place").Scan(ctx)
	for _, r := range points {
		story := into[r.Body]
		story.Points = append(story.Points, r.point())
		into[r.Body] = story
	}
	for _, r := range changes {
		story := into[r.Body]
		if r.Confirmed == 0 {
			story.Pending = append(story.Pending, r.change())
		} else {
			story.Changes = append(story.Changes, r.change())
		}
		into[r.Body] = story
	}
	for _, r := range expiries {
		story := into[r.Body]
		story.Expiries = append(story.Expiries, r.expiry())
		into[r.Body] = story
	}
	return err
}
