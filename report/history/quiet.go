package history

import (
	"fmt"
	"strings"
	"time"
)

// Quiet is the hours of the day in which a recipient is not to be disturbed. The zero
// value has none.
type Quiet struct {
	From, To Clock // from the first up to, and without, the second; across midnight where it is earlier
	Zone     *time.Location
}

// Clock is a time of day, in minutes from midnight.
type Clock int

// ParseQuiet reads hours as "22:00-07:00", in a time zone.
func ParseQuiet(text string, zone *time.Location) (Quiet, error) {
	from, to, ok := strings.Cut(text, "-")
	if !ok {
		return Quiet{}, fmt.Errorf("quiet hours %q: write them as 22:00-07:00", text)
	}
	q := Quiet{Zone: zone}
	for _, end := range []struct {
		text string
		at   *Clock
	}{{from, &q.From}, {to, &q.To}} {
		t, err := time.Parse("15:04", strings.TrimSpace(end.text))
		if err != nil {
			return Quiet{}, fmt.Errorf("quiet hours %q: %q is no time of day; write them as 22:00-07:00", text, end.text)
		}
		*end.at = Clock(t.Hour()*60 + t.Minute())
	}
	if q.From == q.To {
		return Quiet{}, fmt.Errorf("quiet hours %q: they begin when they end; leave them out if there are none", text)
	}
	return q, nil
}

// Until gives the time from which a message may go out: at once, or at the end of the
// quiet hours. The end is a time of day in the zone, however long the night is in which
// the clocks change.
func (q Quiet) Until(at time.Time) time.Time {
	zone := q.Zone
	if zone == nil {
		zone = time.UTC
	}
	here := at.In(zone)
	now := Clock(here.Hour()*60 + here.Minute())
	end := func(days int) time.Time {
		return time.Date(here.Year(), here.Month(), here.Day()+days, int(q.To)/60, int(q.To)%60, 0, 0, zone)
	}
	switch {
	case q.From < q.To && q.From <= now && now < q.To, q.From > q.To && now < q.To:
		return end(0)
	case q.From > q.To && now >= q.From:
		return end(1)
	}
	return at
}
