package declaration

import "time"

// Standing is how a date stands to the duty to review.
type Standing string

// The standings of a date at a given time.
const (
	// Current: in the period that runs.
	Current Standing = "current"
	// Review: in the year before the period that runs. Italian bodies review by 23
	// September for the period that begins on the 24th, so that a declaration of
	// this year may be the one that was due, or one that was not reviewed since.
	Review Standing = "review"
	// Outdated: before that; a review was missed in any case.
	Outdated Standing = "outdated"
	// Ahead: after the time of judging: a mistake of the page, or of the reader.
	Ahead Standing = "ahead"
	// Undecided: there is no date, or it does not say the day and that matters.
	Undecided Standing = "undecided"
)

// Period is a span of days, both ends within.
type Period struct{ From, To Date }

// The zones in which days are counted. Both bounds of the Italian period are in
// the time of summer; in France an hour at the end of three years is given away.
var (
	italy  = time.FixedZone("CEST", 2*60*60)
	france = time.FixedZone("CET", 60*60)
)

// ItalianPeriod is the period of validity that holds at a time: 24 September to
// 23 September of the next year (AgID guidelines on the accessibility of IT
// tools, under L. 4/2004 art. 3-quater).
func ItalianPeriod(at time.Time) Period {
	today := DateOf(at, italy)
	year := today.Year
	if today.before(Date{year, 9, 24}) {
		year--
	}
	return Period{From: Date{year, 9, 24}, To: Date{year + 1, 9, 23}}
}

// InItaly judges the date of a declaration, or of its last review, at a time.
func InItaly(d Date, at time.Time) Standing {
	if d.IsZero() {
		return Undecided
	}
	p := ItalianPeriod(at)
	return certain(d, func(d Date) Standing {
		switch due := (Date{p.From.Year - 1, 9, 24}); {
		case DateOf(at, italy).before(d):
			return Ahead
		case !d.before(p.From):
			return Current
		case !d.before(due):
			return Review
		}
		return Outdated
	})
}

// FrenchYears is how long a declaration holds at most in France (décret 2019-768
// art. 6, RGAA 4.1 «obligations»).
const FrenchYears = 3

// InFrance judges the date of a declaration, or of its last update, at a time.
func InFrance(d Date, at time.Time) Standing {
	if d.IsZero() {
		return Undecided
	}
	today := DateOf(at, france)
	return certain(d, func(d Date) Standing {
		switch end := (Date{d.Year + FrenchYears, d.Month, d.Day}); {
		case today.before(d):
			return Ahead
		case end.before(today):
			return Outdated
		}
		return Current
	})
}

// FrenchPeriod is the days that a declaration which holds at a time may bear.
func FrenchPeriod(at time.Time) Period {
	today := DateOf(at, france)
	// Three years before 29 February there is 1 March: the 28th is over by then.
	first := time.Date(today.Year-FrenchYears, time.Month(today.Month), today.Day, 0, 0, 0, 0, time.UTC)
	return Period{From: DateOf(first, time.UTC), To: today}
}

// certain judges a date without a day only where both ends of its month agree,
// or where what lies ahead is the end of the month that runs.
func certain(d Date, judge func(Date) Standing) Standing {
	first, last := judge(d.first()), judge(d.last())
	if first == last || last == Ahead {
		return first
	}
	return Undecided
}
