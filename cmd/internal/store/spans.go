package store

import (
	"context"
	"time"

	"campanile/checks"
)

// Spans asks for spans. Empty fields ask nothing.
type Spans struct {
	Of      Filter
	Rule    string
	Outcome checks.Outcome
	At      time.Time // those that hold then; zero with no times below: those that hold now
	From    time.Time // those that begin or end after From, up to and including Until
	Until   time.Time
	Limit   int // 0: all
}

// Spans lists spans by body, rule, subject and time.
func (s *Store) Spans(ctx context.Context, ask Spans) ([]Span, error) {
	query := s.read.NewSelect().Model((*spanRow)(nil)).Order("body", "rule", "subject", "opened")
	switch {
	case !ask.From.IsZero() || !ask.Until.IsZero():
		query.Where("((opened > ? AND opened <= ?) OR (closed <> 0 AND closed > ? AND closed <= ?))", seconds(ask.From), seconds(ask.Until), seconds(ask.From), seconds(ask.Until))
	case !ask.At.IsZero():
		query.Where("opened <= ? AND (closed = 0 OR closed > ?)", ask.At.Unix(), ask.At.Unix())
	default:
		query.Where("closed = 0")
	}
	if ask.Rule != "" {
		query.Where("rule = ?", ask.Rule)
	}
	if ask.Outcome != "" {
		query.Where("outcome = ?", string(ask.Outcome))
	}
	s.within(query, ask.Of)
	if ask.Limit > 0 {
		query.Limit(int64(ask.Limit))
	}
	var rows []spanRow
	if err := query.Scan(ctx, &rows); err != nil {
		return nil, plainly(err)
	}
	list := make([]Span, len(rows))
	for i, row := range rows {
		list[i] = row.span()
	}
	return list, nil
}
