package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"campanile/checks"
	"campanile/rules"
)

// Span is a time during which every scan of a body said the same of one
// subject: that it fails, or that it could not be measured. What passes has
// none. Two spans of one place are one problem with a gap; whether the gap
// means anything is not for the store to say.
type Span struct {
	Body     int64
	Rule     string
	Subject  string // normalised as in checks.Finding.Key
	Outcome  checks.Outcome
	Severity rules.Severity
	Opened   time.Time // the first scan that said so
	Closed   time.Time // the first that said something else; zero: none so far
}

// spanRow is a Span in its table.
type spanRow struct {
	bun.BaseModel `bun:"table:spans"`

	Body     int64  `bun:",pk"`
	Rule     string `bun:",pk"`
	Subject  string `bun:",pk"`
	Outcome  string
	Severity string
	Opened   int64 `bun:",pk"`
	Closed   int64
}

func (r spanRow) span() Span {
	return Span{
		Body: r.Body, Rule: r.Rule, Subject: r.Subject, Outcome: checks.Outcome(r.Outcome), Severity: rules.Severity(r.Severity),
		Opened: moment(r.Opened), Closed: moment(r.Closed),
	}
}

// place is what a span is about within its body.
type place struct{ rule, subject string }

// look is what one scan says of the places that do not pass.
type look struct {
	taken int64
	says  map[place]spanRow
}

// lookOf keeps one verdict for each place: of two, the one that fails.
func lookOf(body, taken int64, verdicts []Verdict) look {
	l := look{taken, map[place]spanRow{}}
	for _, v := range verdicts {
		if v.Outcome != checks.Fail && v.Outcome != checks.Inconclusive {
			continue
		}
		at := place{clean(v.Rule), normal(v.Subject)}
		if l.says[at].Outcome == string(checks.Fail) {
			continue
		}
		l.says[at] = spanRow{Body: body, Rule: at.rule, Subject: at.subject, Outcome: string(v.Outcome), Severity: string(v.Severity), Opened: taken}
	}
	return l
}

// step takes a later look: it gives the open spans that end with it, and those
// that begin. It changes open to what is open afterwards.
func step(open map[place]spanRow, l look) ([]spanRow, []spanRow) {
	var ended, begun []spanRow
	for at, was := range open {
		if is, ok := l.says[at]; ok && is.Outcome == was.Outcome && is.Severity == was.Severity {
			continue
		}
		was.Closed = l.taken
		ended = append(ended, was)
		delete(open, at)
	}
	for at, is := range l.says {
		if _, ok := open[at]; !ok {
			open[at] = is
			begun = append(begun, is)
		}
	}
	return ended, begun
}

// goOn adds the newest scan to the spans of its body.
func goOn(ctx context.Context, tx bun.Tx, scan *scanRow, verdicts []Verdict) error {
	var rows []spanRow
	if err := tx.NewSelect().Model(&rows).Where("body = ? AND closed = 0", scan.Body).Scan(ctx); err != nil {
		return err
	}
	open := make(map[place]spanRow, len(rows))
	for _, row := range rows {
		open[place{row.Rule, row.Subject}] = row
	}
	ended, begun := step(open, lookOf(scan.Body, scan.Taken, verdicts))
	for _, row := range ended {
		if _, err := tx.NewUpdate().Model(&row).Column("closed").WherePK().Exec(ctx); err != nil {
			return err
		}
	}
	if err := insertSpans(ctx, tx, begun); err != nil {
		return err
	}
	return fails(ctx, tx, scan.Body, open)
}

// rebuild makes the spans of a body anew from all its judgements that count:
// where a scan comes in after a later one, or the rules of one change.
func rebuild(ctx context.Context, tx bun.Tx, body int64) error {
	var scans []scanRow
	err := tx.NewSelect().Model(&scans).Column("id", "taken", "rules").Where("body = ?", body).Order("taken", "id").Scan(ctx)
	if err != nil {
		return err
	}
	open := map[place]spanRow{}
	var spans []spanRow
	for _, scan := range scans {
		list, err := verdicts(ctx, tx, scan.ID, scan.Rules)
		if err != nil {
			return err
		}
		ended, _ := step(open, lookOf(body, scan.Taken, list))
		for _, row := range ended {
			if row.Opened < row.Closed { // two scans of one second: the later one counts
				spans = append(spans, row)
			}
		}
	}
	for _, row := range open {
		spans = append(spans, row)
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM spans WHERE body = ?", body); err != nil {
		return err
	}
	if err := insertSpans(ctx, tx, spans); err != nil {
		return err
	}
	return fails(ctx, tx, body, open)
}

func insertSpans(ctx context.Context, tx bun.Tx, rows []spanRow) error {
	if len(rows) == 0 {
		return nil
	}
	_, err := tx.NewInsert().Model(&rows).Exec(ctx)
	return err
}
