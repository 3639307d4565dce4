package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"campanile/report/checklist"
)

// entryRow is an entry of a checklist in its table.
type entryRow struct {
	bun.BaseModel `bun:"table:entries"`

	Body    int64 `bun:",pk"`
	Place   int   `bun:",pk"`
	Rule    string
	Subject string
	Title   string
	State   string
	Day     int64
	Until   int64
	Person  string
	Because string
	First   int64
	Last    int64
	Fixed   int64
	Back    int64
}

func entryOf(body int64, place int, e checklist.Entry) entryRow {
	return entryRow{
		Body: body, Place: place, Rule: clean(e.Rule), Subject: clean(e.Subject), Title: clean(e.Title), State: string(e.State),
		Day: seconds(e.On), Until: seconds(e.Until), Person: clean(e.By), Because: clean(e.Because),
		First: seconds(e.First), Last: seconds(e.Last), Fixed: seconds(e.Fixed), Back: seconds(e.Back),
	}
}

func (r entryRow) entry() checklist.Entry {
	return checklist.Entry{
		Rule: r.Rule, Subject: r.Subject, Title: r.Title, State: checklist.State(r.State), On: moment(r.Day), Until: moment(r.Until),
		By: r.Person, Because: r.Because, First: moment(r.First), Last: moment(r.Last), Fixed: moment(r.Fixed), Back: moment(r.Back),
	}
}

// reviewRow is a review in its table.
type reviewRow struct {
	bun.BaseModel `bun:"table:reviews"`

	Body     int64 `bun:",pk"`
	Place    int   `bun:",pk"`
	Day      int64
	Person   string
	Taken    int64
	Evidence string
	Note     string
}

func reviewOf(body int64, place int, r checklist.Review) reviewRow {
	return reviewRow{
		Body: body, Place: place, Day: seconds(r.On), Person: clean(r.By), Taken: seconds(r.Taken), Evidence: clean(r.Evidence), Note: clean(r.Note),
	}
}

func (r reviewRow) review() checklist.Review {
	return checklist.Review{On: moment(r.Day), By: r.Person, Taken: moment(r.Taken), Evidence: r.Evidence, Note: r.Note}
}

// Checklist gives the checklist of a body; an empty one where nobody has begun.
func (s *Store) Checklist(ctx context.Context, body int64) (*checklist.Checklist, error) {
	var list *checklist.Checklist
	err := s.read.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		var err error
		list, err = loadChecklist(ctx, tx, body)
		return err
	})
	return list, plainly(err)
}

func loadChecklist(ctx context.Context, tx bun.Tx, body int64) (*checklist.Checklist, error) {
	var about bodyRow
	if err := tx.NewSelect().Model(&about).Where("id = ?", body).Scan(ctx); err != nil {
		return nil, missing(err, "body %d", body)
	}
	var entries []entryRow
	if err := tx.NewSelect().Model(&entries).Where("body = ?", body).Order("place").Scan(ctx); err != nil {
		return nil, err
	}
	var reviews []reviewRow
	if err := tx.NewSelect().Model(&reviews).Where("body = ?", body).Order("place").Scan(ctx); err != nil {
		return nil, err
	}
	list := &checklist.Checklist{Domain: about.Domain, Name: about.Name}
	for _, row := range entries {
		list.Entries = append(list.Entries, row.entry())
	}
	for _, row := range reviews {
		list.Reviews = append(list.Reviews, row.review())
	}
	return list, nil
}

// Tick changes the checklist of a body by a function that gives what it is to
// become. Of two people at the same list the second one sees what the first one
// wrote; where the function fails, nothing changes.
func (s *Store) Tick(ctx context.Context, body int64, change func(*checklist.Checklist) (*checklist.Checklist, error)) error {
	return s.alter(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := hold(ctx, tx, body); err != nil {
			return err
		}
		list, err := loadChecklist(ctx, tx, body)
		if err != nil {
			return err
		}
		if list, err = change(list); err != nil {
			return err
		}
		return writeChecklist(ctx, tx, body, list)
	})
}

func writeChecklist(ctx context.Context, tx bun.Tx, body int64, list *checklist.Checklist) error {
	if _, err := tx.ExecContext(ctx, "DELETE FROM entries WHERE body = ?", body); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM reviews WHERE body = ?", body); err != nil {
		return err
	}
	entries, reviews := make([]entryRow, len(list.Entries)), make([]reviewRow, len(list.Reviews))
	for i, e := range list.Entries {
		entries[i] = entryOf(body, i, e)
	}
	for i, r := range list.Reviews {
		reviews[i] = reviewOf(body, i, r)
	}
	if len(entries) > 0 {
		if _, err := tx.NewInsert().Model(&entries).Exec(ctx); err != nil {
			return err
		}
	}
	if len(reviews) == 0 {
		return nil
	}
	_, err := tx.NewInsert().Model(&reviews).Exec(ctx)
	return err
}

// Exception is a finding that a body left so until a day.
type Exception struct {
	Body  int64
	Entry checklist.Entry
}

// Exceptions lists the exceptions of the bodies that a filter lets through,
// those that end first at the top.
func (s *Store) Exceptions(ctx context.Context, f Filter) ([]Exception, error) {
	var rows []entryRow
	err := s.within(s.read.NewSelect().Model(&rows), f).Where("state = ?", string(checklist.Accepted)).
		Order("until", "body", "place").Scan(ctx)
	list := make([]Exception, len(rows))
	for i, row := range rows {
		list[i] = Exception{row.Body, row.entry()}
	}
	return list, plainly(err)
}

// Reviewed is a look that a person took at the results of a body.
type Reviewed struct {
	Body   int64
	Review checklist.Review
}

// Reviews lists the reviews since a day of the bodies that a filter lets
// through, the newest first.
func (s *Store) Reviews(ctx context.Context, f Filter, since time.Time) ([]Reviewed, error) {
	var rows []reviewRow
	err := s.within(s.read.NewSelect().Model(&rows), f).Where("day >= ?", seconds(since)).
		Order("day DESC", "body", "place DESC").Scan(ctx)
	list := make([]Reviewed, len(rows))
	for i, row := range rows {
		list[i] = Reviewed{row.Body, row.review()}
	}
	return list, plainly(err)
}
