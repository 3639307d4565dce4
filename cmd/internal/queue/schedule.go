package queue

import (
	"fmt"
	"strings"
	"time"

	"campanile/cmd/internal/inventory"
)

// frequency is how often a schedule is due.
type frequency string

const (
	daily   frequency = "daily"
	weekly  frequency = "weekly"
	monthly frequency = "monthly"
)

// Schedule says when a run begins, and through which municipalities it goes. It
// is made by ParseSchedule.
type Schedule struct {
	Filter inventory.Filter // the zero filter: all

	often  frequency
	day    time.Weekday // of weekly
	number int          // of the day of monthly
	hour   int
	minute int
	where  []string // the filter as it was written
}

// String is the schedule in the form that ParseSchedule reads.
func (s Schedule) String() string {
	text := string(s.often)
	switch s.often {
	case weekly:
		text += " on " + s.day.String()
	case monthly:
		text += fmt.Sprintf(" on day %d", s.number)
	case daily:
	}
	text += fmt.Sprintf(" at %02d:%02d", s.hour, s.minute)
	if len(s.where) > 0 {
		text += " where " + strings.Join(s.where, " and ")
	}
	return text
}

// Last gives the newest moment, not after another one, at which the schedule was
// due.
func (s Schedule) Last(before time.Time, zone *time.Location) time.Time {
	for day := dateOf(before, zone).AddDate(0, 0, 1); ; day = day.AddDate(0, 0, -1) {
		if at := s.on(day, zone); s.falls(day) && !at.After(before) {
			return at
		}
	}
}

// Next gives the first moment after another one at which the schedule is due.
func (s Schedule) Next(after time.Time, zone *time.Location) time.Time {
	for day := dateOf(after, zone).AddDate(0, 0, -1); ; day = day.AddDate(0, 0, 1) {
		if at := s.on(day, zone); s.falls(day) && at.After(after) {
			return at
		}
	}
}

// dateOf is the day of a moment, as a moment without a zone of its own.
func dateOf(t time.Time, zone *time.Location) time.Time {
	year, month, day := t.In(zone).Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// falls tells whether the schedule is due on a day. What is to be on day 31 is
// on the last one of a shorter month.
func (s Schedule) falls(day time.Time) bool {
	switch s.often {
	case weekly:
		return day.Weekday() == s.day
	case monthly:
		last := time.Date(day.Year(), day.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day()
		return day.Day() == min(s.number, last)
	case daily:
	}
	return true
}

// on is the hour of the schedule on a day. An hour that the clock of summer time
// leaves out is the moment at which it does; of an hour that comes twice it is
// the first.
func (s Schedule) on(day time.Time, zone *time.Location) time.Time {
	said := day.Add(time.Duration(s.hour)*time.Hour + time.Duration(s.minute)*time.Minute)
	at := time.Date(day.Year(), day.Month(), day.Day(), s.hour, s.minute, 0, 0, zone)
	_, offset := at.Zone()
	begin, end := at.ZoneBounds()
	if shown := at.Add(time.Duration(offset) * time.Second); shown.After(said) {
		return begin
	} else if shown.Before(said) {
		return end
	}
	if !begin.IsZero() {
		_, before := begin.Add(-time.Second).Zone()
		if back := time.Duration(before-offset) * time.Second; at.Sub(begin) < back {
			return at.Add(-back)
		}
	}
	return at
}
