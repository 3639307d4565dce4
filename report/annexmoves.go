package report

import (
	"cmp"
	"slices"
	"strings"

	"campanile/report/checklist"
	"campanile/report/score/dma"
	"campanile/rules"
)

// Move is an item that is not answered yes, with what a yes is worth by the
// formula. Mending what was seen never makes a yes true by itself.
type Move struct {
	ID        string
	Text      string
	Dimension float64  // points of 100
	Overall   float64  // points of 100
	Worth     string   // both, in words
	Entries   []*Item  // of the checklist, that stand in its way
	How       []string // sentences where no entry does: a review log, a plan to write
	Then      string   // under which condition the answer can be yes
}

// Reviewed says that a person looked at the results of a scan, in words.
type Reviewed struct {
	On    string
	By    string
	Taken string // the day of the evidence
	Note  string
	checklist.Review
}

// moves gives the items that are not answered yes: those that can be moved by what
// a look from outside sees or by looking regularly, and those of which only the
// municipality knows.
func (x *annexer) moves(a *Annex) (within, unseen []Move) {
	for _, item := range a.Items {
		gain, err := dma.Gain(x.Questionnaire, x.filled.Answers, item.ID)
		if item.Declared || err != nil {
			continue
		}
		m := Move{ID: item.ID, Text: item.Text, Dimension: gain.Dimension, Overall: gain.Overall}
		m.Worth = x.say("annex.worth", "Points", x.points(gain.Dimension), "Overall", x.points(gain.Overall))
		m.Entries = entriesOf(item)
		if !reachable(item) {
			unseen = append(unseen, m)
			continue
		}
		m.How, m.Then = x.how(item, a.Log), x.ownWords("annex.then", item.ID)
		within = append(within, m)
	}
	slices.SortStableFunc(within, func(a, b Move) int { return cmp.Compare(b.Dimension, a.Dimension) })
	slices.SortStableFunc(unseen, func(a, b Move) int { return cmp.Compare(b.Dimension, a.Dimension) })
	return within, unseen
}

// reachable reports whether what can be seen from outside moves an item: something
// stands in its way, or it belongs to the security of data, where mending and
// looking regularly count.
func reachable(item AnnexItem) bool {
	return len(item.Contradicts) > 0 || strings.HasPrefix(item.ID, securityQuestion) && item.Outside != rules.Invisible
}

const securityQuestion = "8."

// regularly is the item that threats are monitored and assessed regularly.
const regularly = "8.4"

func entriesOf(item AnnexItem) []*Item {
	var list []*Item
	for _, o := range item.Contradicts {
		if o.Entry != nil && !slices.Contains(list, o.Entry) {
			list = append(list, o.Entry)
		}
	}
	slices.SortStableFunc(list, mostUrgent)
	return list
}

// how says what there is to do besides the entries of the checklist. That nothing
// was seen is not that nothing is there.
func (x *annexer) how(item AnnexItem, log string) []string {
	var list []string
	switch item.Says {
	case dma.Supports:
		list = append(list, x.say("annex.clear"))
	case dma.Silent:
		list = append(list, x.say("annex.nothing-seen"))
	case dma.Contradicts:
	}
	if item.ID == regularly {
		list = append(list, log)
	}
	return list
}

// reviews tells the review log, oldest first.
func (x *annexer) reviews() []Reviewed {
	if x.Checklist == nil {
		return nil
	}
	var list []Reviewed
	for _, r := range x.Checklist.Reviews {
		short := func(text string) string { return clean(clip(text, maxInText)) }
		told := Reviewed{On: x.date(r.On.UTC()), By: cmp.Or(short(r.By), x.say("not-stated")), Taken: x.say("not-stated"), Note: short(r.Note)}
		if !r.Taken.IsZero() {
			told.Taken = x.date(r.Taken.UTC())
		}
		told.Review = checklist.Review{On: r.On.UTC(), By: short(r.By), Taken: r.Taken.UTC(), Evidence: short(r.Evidence), Note: short(r.Note)}
		list = append(list, told)
	}
	slices.SortStableFunc(list, func(a, b Reviewed) int { return a.Review.On.Compare(b.Review.On) })
	return list
}

// log says what the review log is worth for the item on monitoring.
func (x *annexer) log(reviews []Reviewed) string {
	if len(reviews) == 0 {
		return x.say("annex.log-none")
	}
	last := reviews[len(reviews)-1]
	return x.count("annex.log", len(reviews), "Date", last.On, "By", last.By)
}
