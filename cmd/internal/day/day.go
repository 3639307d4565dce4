// Package day reads a day that somebody wrote by hand or in a spreadsheet. It
// never guesses which of two days was meant.
package day

import (
	"fmt"
	"strconv"
	"time"

	"campanile/collectors/evidence"
)

// Of reads a day. Spreadsheets turn 2026-11-22 into the habit of the country:
// that is taken where it can mean one day only. Workbooks keep a day as a number;
// numbers says that this may be one.
func Of(text string, numbers bool) (time.Time, error) {
	for _, form := range []string{time.DateOnly, time.RFC3339} {
		if day, err := time.Parse(form, text); err == nil {
			return day.UTC().Truncate(24 * time.Hour), nil
		}
	}
	if n, err := strconv.Atoi(text); err == nil && numbers && n > 36_525 && n < 73_415 { // 2000 to 2100
		return time.Date(1899, time.December, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, n), nil
	}
	european, e1 := time.Parse("2/1/2006", text)
	american, e2 := time.Parse("1/2/2006", text)
	switch {
	case e1 == nil && e2 == nil && !european.Equal(american):
		return time.Time{}, fmt.Errorf("%q can be %s or %s; write which", text, european.Format(time.DateOnly), american.Format(time.DateOnly))
	case e1 == nil:
		return european, nil
	case e2 == nil:
		return american, nil
	}
	return time.Time{}, fmt.Errorf("%q is not a day such as 2026-11-22", evidence.Clip(text, 60))
}
