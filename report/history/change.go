package history

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"campanile/checks"
	"campanile/rules"
)

// Kind says in what way a point changed.
type Kind string

// The kinds. All but the last two are changes of the town.
const (
	Appeared Kind = "appeared" // there, and was not before
	Returned Kind = "returned" // there again, after it was mended
	Worsened Kind = "worsened" // there, and graver than before
	Eased    Kind = "eased"    // there, and less grave than before
	Mended   Kind = "mended"   // was there, and is no longer
	Vanished Kind = "vanished" // the subject is no longer seen; that mends nothing elsewhere
	// RulesChanged says that the same evidence is judged otherwise than before:
	// nothing moved in the town.
	RulesChanged Kind = "rules-changed"
	// Untold says that the verdict differs, and that it cannot be told whether the
	// town or the rules moved: no evidence was judged with both editions.
	Untold Kind = "untold"
)

// Kinds lists all kinds, in the order of reading.
var Kinds = []Kind{Appeared, Returned, Worsened, Eased, Mended, Vanished, RulesChanged, Untold}

// OfTown reports whether the town itself moved.
func (k Kind) OfTown() bool { return k != RulesChanged && k != Untold }

// Change is one point that stands otherwise than before.
type Change struct {
	Rule     string
	Subject  string
	Kind     Kind
	From, To rules.Severity // none where there was, or is, no defect
	// Outcome is what the check says now; none where the subject is no longer
	// among those judged.
	Outcome checks.Outcome
	Since   time.Time // the first look that saw it
	// Confirmed is the look that made it certain. It is zero while a change
	// awaits its second look.
	Confirmed time.Time
	// Judged is when the rules were first used that judge the same evidence
	// otherwise; zero where the town itself moved. The evidence may be much older,
	// and may have been told of before.
	Judged time.Time
}

// known is when anybody could first know of a change.
func (c Change) known() time.Time {
	if c.Judged.After(c.Confirmed) {
		return c.Judged
	}
	return c.Confirmed
}

// Changes tells what changed over the looks, oldest first. The first look at a
// point is where it starts; only what two looks agree on moves it from there, and
// more are needed where it has moved to and fro lately.
func Changes(looks []Look) []Change {
	w := walk(looks, nil)
	return w.changes
}

// Pending lists what the newest looks saw otherwise and no second look has confirmed
// yet: what is worth another look before the next one is due, by another resolver at
// once or by the same one after Apart. A point that moves to and fro is not hurried.
func Pending(looks []Look) []Change {
	w := walk(looks, nil)
	var list []Change
	for _, at := range w.points {
		if c, ok := w.standing[at].pending(); ok {
			list = append(list, c.of(at))
		}
	}
	return sorted(list)
}

// Between keeps the changes that were confirmed after one time and not after
// another.
func Between(changes []Change, after, until time.Time) []Change {
	var list []Change
	for _, c := range changes {
		if c.Confirmed.After(after) && !c.Confirmed.After(until) {
			list = append(list, c)
		}
	}
	return list
}

// of says which point changed.
func (c Change) of(at point) Change {
	c.Rule, c.Subject = at.rule, at.subject
	return c
}

// sorted puts changes in order: by the look that made them certain, gravest first.
func sorted(list []Change) []Change {
	slices.SortStableFunc(list, func(a, b Change) int {
		return cmp.Or(
			a.Confirmed.Compare(b.Confirmed),
			cmp.Compare(gravity(b), gravity(a)),
			cmp.Compare(slices.Index(Kinds, a.Kind), slices.Index(Kinds, b.Kind)),
			strings.Compare(a.Rule, b.Rule), strings.Compare(a.Subject, b.Subject),
		)
	})
	return list
}

// gravity is the greater of the two ends of a change.
func gravity(c Change) level {
	var most level
	for _, s := range []rules.Severity{c.From, c.To} {
		if s != "" {
			most = max(most, levelOf(s))
		}
	}
	return most
}
