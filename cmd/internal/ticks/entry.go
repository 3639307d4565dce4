package ticks

import (
	"fmt"
	"strings"

	"campanile/cmd/internal/mistake"
	"campanile/report/checklist"
)

// entry takes an entry whose fields are in order.
func (r *reader) entry(at mistake.Place, e checklist.Entry) {
	if err := fits(e); err != nil {
		r.Wrong(at, "%s: %s", nameOf(e), err)
		return
	}
	if r.Once(at, nameOf(e), checklist.Key(e.Rule, e.Subject)) {
		r.list.Entries = append(r.list.Entries, e)
	}
}

// review takes a review whose fields are in order.
func (r *reader) review(at mistake.Place, v checklist.Review) {
	switch {
	case v.By == "":
		r.Wrong(at, "review: by: missing; write who looked at the results")
	case v.On.IsZero():
		r.Wrong(at, "review: on: missing; write the day on which %s looked at the results", mistake.Quoted(v.By))
	default:
		r.list.Reviews = append(r.list.Reviews, v)
	}
}

func nameOf(e checklist.Entry) string {
	switch {
	case e.Rule == "":
		return "entry"
	case e.Subject == "":
		return e.Rule
	}
	return strings.Trim(fmt.Sprintf("%q", e.Rule+"@"+e.Subject), `"`)
}
