package history_test

import (
	"testing"
	"time"
	_ "time/tzdata" // the test knows the zone wherever it runs

	"campanile/report/history"
)

func TestQuietHours(t *testing.T) {
	t.Parallel()
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		t.Fatal(err)
	}
	for situation, c := range map[string]struct{ hours, at, want string }{
		"by day":                               {"22:00-07:00", "2026-05-04T12:00:00+02:00", "2026-05-04T12:00:00+02:00"},
		"in the evening":                       {"22:00-07:00", "2026-05-04T23:30:00+02:00", "2026-05-05T07:00:00+02:00"},
		"after midnight":                       {"22:00-07:00", "2026-05-05T02:00:00+02:00", "2026-05-05T07:00:00+02:00"},
		"the first minute is quiet":            {"22:00-07:00", "2026-05-04T22:00:00+02:00", "2026-05-05T07:00:00+02:00"},
		"the last moment is not":               {"22:00-07:00", "2026-05-05T07:00:00+02:00", "2026-05-05T07:00:00+02:00"},
		"over lunch":                           {"12:30-14:00", "2026-05-04T13:00:00+02:00", "2026-05-04T14:00:00+02:00"},
		"before lunch":                         {"12:30-14:00", "2026-05-04T12:29:59+02:00", "2026-05-04T12:29:59+02:00"},
		"the night in which the clocks go on":  {"22:00-07:00", "2026-03-28T23:00:00+01:00", "2026-03-29T07:00:00+02:00"},
		"the night in which they go back":      {"22:00-07:00", "2026-10-24T23:00:00+02:00", "2026-10-25T07:00:00+01:00"},
		"the last day of the year":             {"22:00-07:00", "2026-12-31T23:00:00+01:00", "2027-01-01T07:00:00+01:00"},
		"the time of the caller is of no zone": {"22:00-07:00", "2026-05-04T21:30:00Z", "2026-05-05T05:00:00Z"},
	} {
		q, err := history.ParseQuiet(c.hours, rome)
		if err != nil {
			t.Errorf("%s: %v", situation, err)
			continue
		}
		at, want := moment(t, c.at), moment(t, c.want)
		if got := q.Until(at); !got.Equal(want) {
			t.Errorf("%s: %s, want %s", situation, got, want)
		}
	}
}

func moment(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestNoQuietHours(t *testing.T) {
	t.Parallel()
	midnight := time.Date(2026, time.May, 4, 0, 0, 0, 0, time.UTC)
	if got := (history.Quiet{}).Until(midnight); !got.Equal(midnight) {
		t.Errorf("%s, want at once", got)
	}
}

func TestQuietHoursThatAreNone(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"night":       `quiet hours "night": write them as 22:00-07:00`,
		"22-7":        `quiet hours "22-7": "22" is no time of day; write them as 22:00-07:00`,
		"22:00-24:30": `quiet hours "22:00-24:30": "24:30" is no time of day; write them as 22:00-07:00`,
		"07:00-07:00": `quiet hours "07:00-07:00": they begin when they end; leave them out if there are none`,
	} {
		if _, err := history.ParseQuiet(text, time.UTC); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}
