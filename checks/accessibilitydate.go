package checks

import (
	"time"

	"campanile/collectors/evidence"
	"campanile/collectors/records/declaration"
)

// declarationOutdated fails a declaration that was not reviewed when it had to
// be: Italy, by 23 September of each year (AgID guidelines on the accessibility
// of IT tools); France, within three years (décret 2019-768 art. 6), by which the
// rest of the Union is judged too. The date is that of the text, or the one
// inside the address that AgID's form gave.
func declarationOutdated(b *evidence.Bundle) []Finding {
	return onDeclaration(b, func(t *trail) Finding {
		facts := t.facts()
		dates, whole := t.dates()
		var last dated
		for _, d := range dates {
			switch d.standing = d.judge(t.country, b.Taken); d.standing {
			case declaration.Current, declaration.Review:
				d.tell(facts)
				facts["standing"] = string(d.standing)
				return pass(t.domain, facts)[0]
			case declaration.Outdated:
			case declaration.Ahead, declaration.Undecided:
				whole = false
			}
			if last.date.String() < d.date.String() {
				last = d
			}
		}
		switch {
		case !t.settled():
			return t.unknown(t.open)
		case !whole || len(dates) == 0:
			return t.dateless()
		}
		last.tell(facts)
		facts["period"] = firstDay(t.country, b.Taken).String()
		return fail(t.domain, facts)[0]
	})
}

// dated is the date of one declaration.
type dated struct {
	date     declaration.Date
	basis    string // text or link
	url      string
	standing declaration.Standing
}

func (d dated) tell(facts Facts) {
	facts["declaration"], facts["stated_on"], facts["basis"] = d.url, d.date.String(), d.basis
}

func (d dated) judge(country string, at time.Time) declaration.Standing {
	if country == "it" {
		return declaration.InItaly(d.date, at)
	}
	return declaration.InFrance(d.date, at)
}

// firstDay is the first of the days that count as current.
func firstDay(country string, at time.Time) declaration.Date {
	if country == "it" {
		return declaration.ItalianPeriod(at).From
	}
	return declaration.FrenchPeriod(at).From
}

// dates gives the dates of the declarations of a trail, and whether each has one.
func (t *trail) dates() ([]dated, bool) {
	var list []dated
	whole := true
	for _, l := range t.leads {
		d := dated{url: l.url}
		switch {
		case l.filed.Form != "":
			d.date, d.basis = l.filed.Day(), "link"
		case l.page != nil:
			var sure bool
			d.date, sure = stated(l.page.Statement)
			d.basis, whole = "text", whole && sure
		}
		if d.date.IsZero() {
			whole = false
			continue
		}
		list = append(list, d)
	}
	return list, whole
}

// stated is the day that counts for the duty to review: the last review, or when
// the declaration was made where none is given; and whether it is sure, which it is
// not where the other one could not be read.
func stated(s *evidence.Statement) (declaration.Date, bool) {
	var day declaration.Date
	sure := true
	for _, each := range []evidence.Stated{s.Prepared, s.Reviewed} {
		switch each.State {
		case evidence.Seen:
			if d, ok := declaration.ParseDate(each.Value); ok && day.String() <= d.String() {
				day = d
			}
		case evidence.Absent:
		case evidence.Unknown, evidence.NotAsked:
			sure = false
		}
	}
	return day, sure
}

// dateless is the verdict where no date is known, with what does not tell it:
// AgID's page needs a browser, and so on.
func (t *trail) dateless() Finding {
	for _, l := range t.leads {
		why := l.why
		if l.official() {
			why = unseen
		}
		if host := hostOf(l.url); l.page == nil && l.filed.Day().IsZero() && host != "" {
			return unknown(t.domain, "web "+host, why)[0]
		}
	}
	return t.unknown(unseen)
}
