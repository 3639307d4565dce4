package ticks

import (
	"fmt"
	"strings"

	"campanile/report/checklist"
)

// entry takes an entry whose fields are in order.
func (r *reader) entry(at place, e checklist.Entry) {
	if err := fits(e); err != nil {
		r.wrong(at, "%s: %s", nameOf(e), err)
		return
	}
	if r.once(at, nameOf(e), checklist.Key(e.Rule, e.Subject)) {
		r.list.Entries = append(r.list.Entries, e)
	}
}

// review takes a review whose fields are in order.
func (r *reader) review(at place, v checklist.Review) {
	switch {
	case v.By == "":
		r.wrong(at, "review: by: missing; write who looked at the results")
	case v.On.IsZero():
		r.wrong(at, "review: on: missing; write the day on which %s looked at the results", quoted(v.By))
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
