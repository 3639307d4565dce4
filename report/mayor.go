package report

import (
	"strconv"

	"campanile/checks"
	"campanile/report/chart"
	"campanile/rules"
)

// Mayor is the page for whoever has two minutes: five sentences and one picture.
// The three things to do first are the document's.
type Mayor struct {
	Sentences []string
	Picture   Chart
}

// Chart is a picture of how the families stand, with the words for whoever does
// not see it and the table with the same values.
type Chart struct {
	Title       string
	Description string
	SVG         []byte // stands alone: colours as attributes, classes for the page's style sheet
	Width       int    // of the SVG's own scale
	Height      int
	Columns     []string
	Rows        [][]string // the first cell says what the row is about
}

// mayor says in this order: what was looked at, how it stands, how much there is
// to do and by when, who does it, and what nobody knows.
func mayor(w words, d Document) Mayor {
	s := d.Summary
	checked := s.Pass // as many as the tallies and the picture count
	for _, severity := range counted {
		checked += s.Fail[severity]
	}
	m := Mayor{
		Sentences: []string{
			w.count("mayor.seen", checked, "Name", d.Name, "Date", d.Date),
			w.say(worst(d)),
		},
		Picture: picture(w, d),
	}
	if _, weighed := weigh(d); weighed > 0 {
		m.Sentences = append(m.Sentences, toDo(w, d, weighed))
		if who := whoActs(w, d); who != "" {
			m.Sentences = append(m.Sentences, who)
		}
	} else {
		nothing := w.say("mayor.nothing-to-do")
		if s.Grade == "" {
			nothing = w.say("mayor.not-known")
		}
		m.Sentences = append(m.Sentences, nothing, w.count("mayor.in-order", s.Pass))
	}
	switch {
	case s.Inconclusive > 0:
		return m.with(w.count("mayor.unknown", s.Inconclusive))
	case len(d.Findings) == 0: // the scan ended before the first question
		return m
	}
	return m.with(w.say("mayor.limits"))
}

func (m Mayor) with(sentence string) Mayor {
	m.Sentences = append(m.Sentences, sentence)
	return m
}

// toDo says how much there is to do in each horizon, and how much of it is
// accepted for a time.
func toDo(w words, d Document, weighed int) string {
	var list []string
	by, accepted := "", weighed
	for _, id := range horizons {
		n := 0
		for _, each := range entries(d) {
			if horizonOf(each) == id {
				n++
			}
		}
		if n > 0 {
			by, accepted = w.say("horizon."+id+".by"), accepted-n
			list = append(list, strconv.Itoa(n)+" "+by)
		}
	}
	switch {
	case weighed == 1 && accepted == 1:
		return w.say("mayor.single-accepted")
	case weighed == 1:
		return w.say("mayor.single", "By", by)
	case accepted > 0:
		list = append(list, w.count("mayor.accepted", accepted))
	}
	return w.say("mayor.to-do", "Count", w.number(int64(weighed)), "List", w.list(list))
}

// whoActs tells what only has to be forwarded from what the town does itself, or
// has to begin: a text that its own people complete first is not only forwarded.
func whoActs(w words, d Document) string {
	forward, own := 0, 0
	for _, actor := range d.Actors {
		for _, each := range actor.Items {
			switch {
			case horizonOf(each) == "":
			case isSupplier(actor.Actor) && len(each.ToSupplier) > 0:
				forward++
			default:
				own++
			}
		}
	}
	switch {
	case own+forward == 0:
		return "" // all of it is accepted for a time
	case own == 0:
		return w.say("mayor.all-forward")
	case forward == 0:
		return w.say("mayor.all-own")
	}
	return w.say("mayor.who", "Forward", w.count("mayor.forward", forward), "Own", w.count("mayor.own", own))
}

// entries gives the whole checklist in the order of its numbers.
func entries(d Document) []*Item {
	var list []*Item
	for _, actor := range d.Actors {
		list = append(list, actor.Items...)
	}
	return list
}

// standing counts the answers of one family.
type standing struct{ good, bad, unknown int }

// picture draws how the families stand. What is only worth knowing and what does
// not concern the town are no part of it.
func picture(w words, d Document) Chart {
	count := map[string]*standing{}
	for _, f := range d.Findings {
		s := count[f.Rule.Family]
		if s == nil {
			s = &standing{}
			count[f.Rule.Family] = s
		}
		switch {
		case f.Outcome == checks.Pass:
			s.good++
		case f.Outcome == checks.Fail && f.Severity != rules.Info:
			s.bad++
		case f.Outcome == checks.Inconclusive:
			s.unknown++
		}
	}
	drawn := chart.Chart{
		Title:       w.say("mayor.picture"),
		Description: w.say("mayor.picture-words"),
		Series: []chart.Series{
			{Name: w.say("mayor.good"), Style: chart.Good}, {Name: w.say("mayor.bad"), Style: chart.Bad}, {Name: w.say("mayor.open"), Style: chart.Unknown},
		},
	}
	c := Chart{Title: drawn.Title, Description: drawn.Description, Columns: []string{w.say("mayor.subject"), drawn.Series[0].Name, drawn.Series[1].Name, drawn.Series[2].Name}}
	for _, family := range rules.Families {
		s := count[family]
		if s == nil || *s == (standing{}) {
			continue
		}
		row := []string{w.say("family." + family)}
		b := chart.Bar{Name: row[0], Note: w.count("count.checks", s.good+s.bad+s.unknown)}
		for _, n := range []int{s.good, s.bad, s.unknown} {
			row = append(row, w.number(int64(n)))
			b.Values, b.Labels = append(b.Values, float64(n)), append(b.Labels, w.number(int64(n)))
		}
		c.Rows, drawn.Bars = append(c.Rows, row), append(drawn.Bars, b)
	}
	if len(c.Rows) > 0 {
		c.SVG, c.Width, c.Height = drawn.SVG(), chart.Width, drawn.Height()
	}
	return c
}
