package queue_test

import (
	"testing"
	"time"
	_ "time/tzdata"

	"campanile/cmd/internal/queue"
)

func TestSchedulesAreReadAsPeopleSayThem(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]string{
		"weekly on Monday at 22:00":               "weekly on Monday at 22:00",
		"weekly on Monday night":                  "weekly on Monday at 22:00",
		"every Monday at 22.30":                   "weekly on Monday at 22:30",
		"Mondays at 9:05":                         "weekly on Monday at 09:05",
		"ogni lunedì notte":                       "weekly on Monday at 22:00",
		"settimanale, mercoledì alle 3":           "weekly on Wednesday at 03:00",
		"ogni settimana, il sabato alle ore 1:30": "weekly on Saturday at 01:30",
		"tous les mardis à 22h30":                 "weekly on Tuesday at 22:30",
		"chaque semaine le dimanche à 4h":         "weekly on Sunday at 04:00",
		"vendredi dans la nuit":                   "", // "dans" is no word of it
		"daily at 03:00":                          "daily at 03:00",
		"every day at 3:00":                       "daily at 03:00",
		"every night":                             "daily at 22:00",
		"ogni giorno alle 03:00":                  "daily at 03:00",
		"tutti i giorni alle 03:00":               "daily at 03:00",
		"tous les jours à 3h":                     "daily at 03:00",
		"monthly on day 1 at 02:00":               "monthly on day 1 at 02:00",
		"monthly on the 1st at 02:00":             "monthly on day 1 at 02:00",
		"every month on the last day at 02:00":    "monthly on day 31 at 02:00",
		"ogni mese il giorno 15 alle 02:00":       "monthly on day 15 at 02:00",
		"ogni mese l'ultimo giorno, di notte":     "monthly on day 31 at 22:00",
		"tous les mois le 1er à 2h":               "monthly on day 1 at 02:00",
		"chaque mois, le dernier jour à 22h30":    "monthly on day 31 at 22:30",

		"daily at 03:00 where provincia=TO and population<5000": "daily at 03:00 where provincia=TO and population<5000",
		"weekly on Friday night where department=13,83":         "weekly on Friday at 22:00 where department=13,83",
	} {
		got, err := queue.ParseSchedule(said)
		if want == "" {
			if err == nil {
				t.Errorf("%q was read as %q", said, got)
			}
			continue
		}
		if err != nil || got.String() != want {
			t.Errorf("%q: %q, %v; want %q", said, got, err, want)
			continue
		}
		if again, err := queue.ParseSchedule(got.String()); err != nil || again.String() != want {
			t.Errorf("%q is not read back: %q, %v", got, again, err)
		}
	}
}

func TestASlipInAScheduleIsToldWithTheNextStep(t *testing.T) {
	t.Parallel()
	const how = `; write it like "weekly on Monday at 22:00", "monthly on day 1 at 02:00" or "daily at 03:00"`
	for said, want := range map[string]string{
		"":                                 `schedule "": it does not say how often` + how,
		"at 22:00":                         `schedule "at 22:00": it does not say how often` + how,
		"weekly at 22:00":                  `schedule "weekly at 22:00": it does not say on which day of the week` + how,
		"weekly on Monday":                 `schedule "weekly on Monday": it does not say at what time` + how,
		"monthly at 02:00":                 `schedule "monthly at 02:00": it does not say on which day of the month` + how,
		"monthly on day 32 at 02:00":       `schedule "monthly on day 32 at 02:00": "32" is not understood` + how,
		"weekly on Moonday at 22:00":       `schedule "weekly on Moonday at 22:00": "moonday" is not understood` + how,
		"weekly on Monday at 25:00":        `schedule "weekly on Monday at 25:00": "25:00" is not understood` + how,
		"daily on Monday at 22:00":         `schedule "daily on Monday at 22:00": it says two things that do not fit` + how,
		"weekly on Monday Friday at 22:00": `schedule "weekly on Monday Friday at 22:00": it says something twice` + how,
		"daily at 03:00 at 04:00":          `schedule "daily at 03:00 at 04:00": it says something twice` + how,
		"daily at 03:00 where provincia":   `condition "provincia" is not understood; write it like provincia=TO or population<5000`,
	} {
		if _, err := queue.ParseSchedule(said); err == nil || err.Error() != want {
			t.Errorf("%q:\n got %v\nwant %s", said, err, want)
		}
	}
}

// The hours are those of Rome, where the clock goes from 02:00 to 03:00 on 28
// March 2027, and from 03:00 back to 02:00 on 25 October 2026.
func TestASchedulesHourIsTheOneOfItsZone(t *testing.T) {
	t.Parallel()
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ situation, said, at, last, next string }{
		{"before the hour", "weekly on Monday at 22:00", "2026-11-23T21:59:59+01:00", "2026-11-16T22:00:00+01:00", "2026-11-23T22:00:00+01:00"},
		{"at the hour it is due", "weekly on Monday at 22:00", "2026-11-23T22:00:00+01:00", "2026-11-23T22:00:00+01:00", "2026-11-30T22:00:00+01:00"},
		{"the day is that of the zone", "daily at 00:30", "2026-11-22T23:45:00Z", "2026-11-23T00:30:00+01:00", "2026-11-24T00:30:00+01:00"},
		{"into summer time", "weekly on Monday at 22:00", "2027-03-29T12:00:00Z", "2027-03-22T22:00:00+01:00", "2027-03-29T22:00:00+02:00"},
		{"an hour that is left out", "daily at 02:30", "2027-03-28T00:59:00Z", "2027-03-27T02:30:00+01:00", "2027-03-28T03:00:00+02:00"},
		{"the day after it", "daily at 02:30", "2027-03-28T12:00:00Z", "2027-03-28T03:00:00+02:00", "2027-03-29T02:30:00+02:00"},
		{"an hour that comes twice", "daily at 02:30", "2026-10-25T00:29:00Z", "2026-10-24T02:30:00+02:00", "2026-10-25T02:30:00+02:00"},
		{"it is due once", "daily at 02:30", "2026-10-25T01:45:00Z", "2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"},
		{"the end of the hours that come twice", "daily at 03:00", "2026-10-25T00:59:00Z", "2026-10-24T03:00:00+02:00", "2026-10-25T03:00:00+01:00"},
		{"day 31 of November", "monthly on day 31 at 02:00", "2026-11-23T00:00:00Z", "2026-10-31T02:00:00+01:00", "2026-11-30T02:00:00+01:00"},
		{"day 31 of February", "monthly on day 31 at 02:00", "2027-02-28T12:00:00Z", "2027-02-28T02:00:00+01:00", "2027-03-31T02:00:00+02:00"},
		{"day 30 of a leap February", "monthly on day 30 at 02:00", "2028-02-29T00:00:00Z", "2028-01-30T02:00:00+01:00", "2028-02-29T02:00:00+01:00"},
		{"over the new year", "monthly on day 1 at 02:00", "2027-01-01T00:00:00Z", "2026-12-01T02:00:00+01:00", "2027-01-01T02:00:00+01:00"},
	} {
		schedule, err := queue.ParseSchedule(c.said)
		if err != nil {
			t.Fatal(err)
		}
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := schedule.Last(at, rome).Format(time.RFC3339); got != c.last {
			t.Errorf("%s: last due %s, want %s", c.situation, got, c.last)
		}
		if got := schedule.Next(at, rome).Format(time.RFC3339); got != c.next {
			t.Errorf("%s: next due %s, want %s", c.situation, got, c.next)
		}
	}
}

// Every moment of two years lies between the last time and the next one.
func TestAScheduleLeavesNoGap(t *testing.T) {
	t.Parallel()
	for _, zone := range []string{"Europe/Paris", "America/Havana", "Australia/Lord_Howe", "UTC"} {
		place, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		for _, said := range []string{"daily at 00:15", "daily at 01:45", "weekly on Sunday at 00:30", "monthly on day 31 at 02:10"} {
			schedule, err := queue.ParseSchedule(said)
			if err != nil {
				t.Fatal(err)
			}
			begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
			for at := begin; at.Year() < 2028; at = at.Add(7 * time.Hour) {
				last, next := schedule.Last(at, place), schedule.Next(at, place)
				if last.After(at) || !next.After(at) || !schedule.Next(last, place).Equal(next) || !schedule.Last(next.Add(-time.Second), place).Equal(last) {
					t.Fatalf("%s in %s at %s: last %s, next %s", said, zone, at, last, next)
				}
			}
		}
	}
}
