package day_test

import (
	"fmt"
	"testing"
	"time"

	"campanile/cmd/internal/day"
)

func TestADayIsReadWhereItCanMeanOneDayOnly(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"2026-11-22":           "2026-11-22",
		"2026-11-22T23:30:00Z": "2026-11-22",
		"22/11/2026":           "2026-11-22",
		"11/22/2026":           "2026-11-22",
		"5/5/2026":             "2026-05-05",
		"46348":                "2026-11-22",
		"3/4/2026":             `"3/4/2026" can be 2026-04-03 or 2026-03-04; write which`,
		"soon":                 `"soon" is not a day such as 2026-11-22`,
		"12":                   `"12" is not a day such as 2026-11-22`,
	} {
		got, err := day.Of(text, true)
		if said := got.Format(time.DateOnly); err == nil && said != want || err != nil && fmt.Sprint(err) != want {
			t.Errorf("%s: %s, %v, want %s", text, said, err, want)
		}
	}
	if got, err := day.Of("46348", false); err == nil {
		t.Errorf("a number in a text file was taken for %s", got)
	}
}
