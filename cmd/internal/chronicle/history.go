package chronicle

import (
	"context"
	"time"

	"campanile/cmd/internal/store"
	"campanile/report"
	"campanile/report/history"
	"campanile/rules"
)

// History is what is told of one body over time.
type History struct {
	Points           []history.Point
	Changes, Pending []history.Change
	Expiries         []history.Expiry
}

// History gives the history of a body, as its last recount wrote it down.
func (c *Chronicle) History(ctx context.Context, body int64) (History, error) {
	return History{}, errLater
}

// News gathers what there is to tell of the bodies that a filter lets through; told
// says of which look messages have spoken last.
func (c *Chronicle) News(ctx context.Context, f store.Filter, told func(body int64) time.Time) ([]history.News, error) {
	return nil, errLater
}

// Pending lists the bodies with a change that awaits its second look, and for which
// that look is due.
func (c *Chronicle) Pending(ctx context.Context) ([]int64, error) {
	return nil, errLater
}

// Documents lays out a scan of a body in some languages, with the checklist and the
// newest assessment that are kept. Scan 0 is the newest one.
func (c *Chronicle) Documents(ctx context.Context, body, scan int64, langs ...rules.Language) ([]report.Document, error) {
	return nil, errLater
}
