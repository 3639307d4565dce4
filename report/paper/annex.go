package paper

import (
	"slices"

	"campanile/report"
	"campanile/report/office"
)

// annex is what a look from outside says of the Digital Maturity Assessment,
// beside what people have declared.
func (p *part) annex() {
	a := p.Annex
	if a == nil {
		return
	}
	p.head(1, p.Say("annex.heading"))
	p.write(office.Normal, p.Say("annex.intro"))
	who := a.Who
	if who == "" {
		who = p.Say("annex.nobody")
	}
	p.write(office.Normal, p.Say("annex.dimension", "Number", "4", "Name", a.Dimension)+". "+who+" "+p.Say("annex.form", "Form", a.Form)+" "+a.Words)
	p.head(2, p.Say("annex.numbers"))
	table := office.Table{Widths: []int{3, 3, 8}, Heads: true}
	for _, n := range a.Numbers {
		value := office.Cell{{Text: []office.Run{{Text: n.Value, Bold: true}}}}
		table.Rows = append(table.Rows, []office.Cell{cell(n.Name), value, cell(n.Text)})
	}
	p.table(table)
	p.add(office.Paragraph{Text: []office.Run{{Text: a.Invisible, Bold: true}}})
	p.annexItems(a)
	p.moves(a)
	p.reviews(a)
}

func (p *part) annexItems(a *report.Annex) {
	p.head(2, p.Say("annex.items"))
	p.write(office.Normal, p.Say("annex.items-intro"))
	p.write(office.Normal, p.Say("annex.operators"))
	table := office.Table{
		Widths: []int{8, 3, 3, 4}, Heads: true,
		Header: header(p.Say("annex.item"), p.Say("annex.answer"), p.Say("annex.seen"), p.Say("annex.visible")),
	}
	for _, item := range a.Items {
		seen := item.SaysWord
		if item.Conflict {
			seen += " (" + p.Say("annex.conflict") + ")"
		}
		table.Rows = append(table.Rows, []office.Cell{cell(item.ID + " " + item.Text), cell(item.Answer), cell(seen), cell(item.Visible)})
	}
	p.table(table)
	for _, item := range a.Items {
		if len(item.Contradicts)+len(item.Supports) > 0 {
			p.annexItem(item)
		}
	}
}

// annexItem is an item of which something was seen.
func (p *part) annexItem(item report.AnnexItem) {
	p.head(3, item.ID+" "+item.Text)
	answer := []office.Run{p.label(p.Say("annex.answer")), {Text: item.Answer + "."}}
	if item.Conflict {
		answer = append(answer, office.Run{Text: " " + p.Say("annex.conflict-here"), Bold: true})
	}
	p.add(office.Paragraph{Text: answer})
	p.observations(p.Say("annex.contradicts"), item.Contradicts)
	p.observations(p.Say("annex.supports"), item.Supports)
	p.write(office.Normal, item.Shared)
	p.add(office.Paragraph{Text: append([]office.Run{p.label(p.Say("annex.limits"))}, spelled(item.Limits)...)})
}

// observations are what was seen: where, when, and who runs it.
func (p *part) observations(name string, seen []report.Observation) {
	if len(seen) == 0 {
		return
	}
	p.add(office.Paragraph{Text: []office.Run{p.label(name)}})
	var list office.List
	for _, o := range seen {
		item := office.Item{Text: append(spelled(o.Text), office.Run{Text: " " + p.whereabouts(o), Italic: true})}
		if o.Entry != nil {
			entry := office.Run{Text: p.Say("annex.entry", "Number", p.Number(int64(o.Entry.Number))), Link: p.to(o.Entry)}
			item.Text = append(item.Text, office.Run{Text: " ("}, entry, office.Run{Text: ")"})
		}
		if o.Accepted != "" {
			item.Text = append(item.Text, office.Run{Text: " " + o.Accepted})
		}
		if p.alone { // no other section has the facts
			item.More = append(item.More, p.measured(o.Facts)...)
		}
		list.Items = append(list.Items, item)
	}
	p.list(list)
}

func (p *part) whereabouts(o report.Observation) string {
	operator := p.Say("annex.unrecognised")
	if o.Operator != "" {
		operator = p.Say("annex.operator") + " " + o.Operator
	}
	between := p.Say("semicolon") + " "
	return "(" + p.Say("annex.where") + p.Say("colon") + " " + o.Subject + between + p.Say("annex.date") + " " + o.Date + between + operator + ")"
}

// measured gives the facts of an observation, a line for each.
func (p *part) measured(list []report.SubjectFacts) []office.Paragraph {
	var lines []office.Paragraph
	for _, each := range list {
		for _, fact := range each.Facts {
			lines = append(lines, office.Paragraph{Text: []office.Run{
				{Text: join(each.Subjects) + ", " + fact.Name + p.Say("colon") + " "}, {Text: fact.Value, Code: true},
			}})
		}
	}
	return lines
}

// moves are the items within reach, then those of which only the municipality
// knows.
func (p *part) moves(a *report.Annex) {
	p.head(2, p.Say("annex.moves"))
	if len(a.Moves) == 0 {
		p.write(office.Normal, p.Say("annex.moves-none"))
	} else {
		p.write(office.Normal, p.Say("annex.moves-intro"))
	}
	within := office.List{Kind: office.Numbers}
	for _, m := range a.Moves {
		item := office.Item{Text: worth(m)}
		if len(m.Entries) > 0 {
			item.More = append(item.More, office.Text(p.Say("annex.entries")+p.Say("colon")))
		}
		for _, entry := range m.Entries {
			item.More = append(item.More, office.Paragraph{Text: []office.Run{{Text: "– "}, {Text: numbered(entry), Link: p.to(entry)}}})
		}
		for _, how := range append(slices.Clip(m.How), m.Then) {
			item.More = append(item.More, office.Paragraph{Text: spelled(how)})
		}
		within.Items = append(within.Items, item)
	}
	p.list(within)
	if len(a.Unseen) == 0 {
		return
	}
	p.head(2, p.Say("annex.unseen"))
	p.write(office.Normal, p.Say("annex.unseen-intro"))
	var unseen office.List
	for _, m := range a.Unseen {
		unseen.Items = append(unseen.Items, office.Item{Text: worth(m)})
	}
	p.list(unseen)
}

// worth names an item with the points of the formula.
func worth(m report.Move) []office.Run {
	return []office.Run{{Text: m.ID + " " + m.Text, Bold: true}, {Text: " (" + m.Worth + ")"}}
}

// reviews are the log of who looked at the results when.
func (p *part) reviews(a *report.Annex) {
	p.head(2, p.Say("annex.log-heading"))
	p.write(office.Normal, a.Log)
	var list []string
	for _, r := range a.Reviews {
		text := p.Say("annex.reviewed", "On", r.On, "By", r.By, "Taken", r.Taken)
		if r.Note != "" {
			text += " " + r.Note
		}
		list = append(list, text)
	}
	p.bullets(office.Bullets, list)
}
