package chronicle

import (
	"context"
	"strconv"
	"time"

	"campanile/cmd/internal/store"
	"campanile/collectors/evidence"
	"campanile/report"
	"campanile/report/history"
	"campanile/report/score"
	"campanile/rules"
)

// History is what is told of one body over time.
type History struct {
	Points           []history.Point
	Changes, Pending []history.Change
	Expiries         []history.Expiry
}

// History gives what is told of a body, as it was written down with its last scan.
func (c *Chronicle) History(ctx context.Context, body int64) (History, error) {
	stories, err := c.Store.Stories(ctx, []int64{body}, time.Time{})
	if err != nil {
		return History{}, err
	}
	s, known := stories[body]
	if !known {
		_, err = c.Store.Body(ctx, body)
	}
	return History{Points: s.Points, Changes: s.Changes, Pending: s.Pending, Expiries: s.Expiries}, err
}

// News gathers what there is to tell of the bodies that a filter lets through and
// somebody has looked at. Told says of which look messages have spoken last; only what
// was confirmed by it or later is given.
func (c *Chronicle) News(ctx context.Context, f store.Filter, told func(body int64) time.Time) ([]history.News, error) {
	bodies, err := c.Store.Stirred(ctx, f)
	if err != nil {
		return nil, err
	}
	news := make([]history.News, len(bodies))
	var moved []int64
	var since time.Time
	for i, b := range bodies {
		news[i] = history.News{Town: strconv.FormatInt(b.ID, 10), Name: b.Name, Taken: b.Taken, Told: told(b.ID)}
		from := news[i].Told
		if from.IsZero() {
			from = b.Taken // of a town never told of only its newest look is news
		}
		if b.Moved.Before(from) {
			continue
		}
		moved = append(moved, b.ID)
		if since.IsZero() || from.Before(since) {
			since = from
		}
	}
	stories, err := c.Store.Stories(ctx, moved, since)
	if err != nil {
		return nil, err
	}
	for i, b := range bodies {
		story := stories[b.ID]
		news[i].Changes, news[i].Expiries = story.Changes, story.Expiries
	}
	return news, nil
}

// Pending lists the bodies with a change that awaits its second look, and for which
// that look is due, those that wait longest first.
func (c *Chronicle) Pending(ctx context.Context) ([]int64, error) {
	return c.Store.Awaiting(ctx, c.Now().Add(-history.Apart))
}

// Documents lays out a scan of a body in some languages, with the checklist and the
// newest assessment that are kept. Scan 0 is the newest one.
func (c *Chronicle) Documents(ctx context.Context, body, scan int64, langs ...rules.Language) ([]report.Document, error) {
	in, err := c.input(ctx, body, scan)
	if err != nil {
		return nil, err
	}
	list := make([]report.Document, len(langs))
	for i, language := range langs {
		in.Language = language
		list[i] = report.New(in)
	}
	return list, nil
}

// input is what a report on a scan of a body is made of, but for its language.
func (c *Chronicle) input(ctx context.Context, body, scan int64) (report.Input, error) {
	scan, err := c.Store.ScanOf(ctx, body, scan)
	if err != nil {
		return report.Input{}, err
	}
	b, err := c.Store.Evidence(ctx, scan)
	if err != nil {
		return report.Input{}, err
	}
	digest, err := evidence.Digest(b)
	if err != nil {
		return report.Input{}, err
	}
	in := report.Input{Bundle: b, Digest: digest, Verdicts: score.Judge(b, c.Rules), Rules: c.Rules, Tool: c.Tool, Questionnaire: c.Questions}
	in.Summary = score.Summarise(in.Verdicts, c.Rules.Grades)
	filled, err := c.Store.Assessments(ctx, body)
	if err != nil {
		return in, err
	}
	if len(filled) > 0 {
		in.Answers = &filled[len(filled)-1]
	}
	list, err := c.Store.Checklist(ctx, body)
	if err == nil && (len(list.Entries) > 0 || len(list.Reviews) > 0) {
		in.Checklist = list
	}
	return in, err
}
