package chronicle

import (
	"context"
	"errors"
	"time"

	"campanile/cmd/internal/store"
	"campanile/report/history"
)

var errLater = errors.New("not written yet")

// Overview is the first page of a territory.
type Overview struct {
	store.Overview
	Sums    []history.Sum // by month, oldest first, at most 24; the last one is today's
	Failing []store.RuleCount
	Changed []Moved // the newest confirmed changes of the towns themselves, newest first, at most 20
	Pending int     // towns of which a change awaits its second look
}

// Moved is a change and the body that it happened to.
type Moved struct {
	Body int64
	Name string
	history.Change
}

// Overview sums up the bodies that a filter lets through.
func (c *Chronicle) Overview(ctx context.Context, f store.Filter) (Overview, error) {
	return Overview{}, errLater
}

// Comparison is a territory at two times.
type Comparison struct {
	Before, After   history.Sum
	Towns           []history.Compared    // a page of them; the ID is the body's number as text
	Names           map[string]store.Town // of Towns, by ID
	Total           int                   // on all pages
	Moves, Rejudged map[history.Kind]int  // what was confirmed between: of the towns, and of the rules
}

// Compare lays a territory at two times side by side.
func (c *Chronicle) Compare(ctx context.Context, f store.Filter, before, after time.Time, p store.Page) (Comparison, error) {
	return Comparison{}, errLater
}
