package dashboard

import (
	"net/http"
	"time"

	"campanile/cmd/internal/store"
	"campanile/collectors/evidence"
)

// sentDays is how far back the page tells what was sent day by day.
const sentDays = 31

// sentRuns is how many runs the page tells of.
const sentRuns = 20

// sentView is what was sent to the towns.
type sentView struct {
	Days table
	Runs table
	Last string // a town of the newest run, on average
}

// sentPage shows what was sent: by run and by day.
func (s *site) sentPage(w http.ResponseWriter, r *http.Request) {
	ctx, t := r.Context(), s.teller(r)
	runs, err := s.Chronicle.Store.Runs(ctx, sentRuns)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	view := sentView{Runs: t.sent("figures.sent.runs", t.Say("figures.column.run")), Days: t.sent("figures.sent.days", t.Say("figures.column.day"))}
	for _, run := range runs {
		sent, scans, err := s.Chronicle.Store.SentIn(ctx, run.ID)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		if scans == 0 {
			continue
		}
		if view.Last == "" {
			view.Last = t.each(sent, scans)
		}
		view.Runs.Rows = append(view.Runs.Rows, t.sentRow(t.run(run)+" ("+t.day(run.Began)+")", sent, scans))
	}
	days, err := s.Chronicle.Store.SentByHour(ctx, s.viewerOf(r).filter(), s.Now().AddDate(0, 0, -sentDays))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	for _, day := range byDay(days, s.Zone) {
		view.Days.Rows = append(view.Days.Rows, t.sentRow(t.day(day.At), day.Sent, day.Scans))
	}
	s.page(w, r, "sent", http.StatusOK, view)
}

// byDay adds the hours of each day together, the newest day first: a day is one of
// the people who read, not of Greenwich.
func byDay(hours []store.SentAt, zone *time.Location) []store.SentAt {
	var days []store.SentAt
	for _, hour := range hours {
		year, month, day := hour.At.In(zone).Date()
		at := time.Date(year, month, day, 12, 0, 0, 0, zone)
		if n := len(days); n == 0 || !days[n-1].At.Equal(at) {
			days = append(days, store.SentAt{At: at})
		}
		sum := &days[len(days)-1]
		sum.Scans += hour.Scans
		sum.Sent.DNSQueries += hour.Sent.DNSQueries
		sum.Sent.Connections += hour.Sent.Connections
		sum.Sent.Requests += hour.Sent.Requests
		sum.Sent.Bytes += hour.Sent.Bytes
	}
	return days
}

func (t teller) sent(caption, first string) table {
	return table{Caption: t.Say(caption), Hidden: true, Head: []string{
		first, t.Say("figures.column.scans"), t.Say("column.queries"), t.Say("column.connections"), t.Say("column.requests"), t.Say("figures.column.size"),
		t.Say("figures.column.average"),
	}}
}

func (t teller) sentRow(name string, sent evidence.Sent, scans int) []cell {
	return row(name, t.count(scans), t.count(sent.DNSQueries), t.count(sent.Connections), t.count(sent.Requests), t.size(sent.Bytes), t.each(sent, scans))
}

// each is what one town got on average.
func (t teller) each(sent evidence.Sent, scans int) string {
	if scans == 0 {
		return ""
	}
	return t.List([]string{
		t.Count("method.queries", rounded(sent.DNSQueries, scans)), t.Count("method.connections", rounded(sent.Connections, scans)), t.Count("method.requests", rounded(sent.Requests, scans)),
	})
}

func rounded(sum, parts int) int { return (sum + parts/2) / parts }

// size says how much it is as people say it: 340 kB, 12 MB.
func (t teller) size(bytes int64) string {
	switch {
	case bytes >= 10_000_000:
		return t.Say("figures.size.mb", "Number", t.Number((bytes+500_000)/1_000_000))
	case bytes >= 10_000:
		return t.Say("figures.size.kb", "Number", t.Number((bytes+500)/1000))
	}
	return t.Count("method.bytes", int(bytes))
}
