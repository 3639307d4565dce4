package paper

import (
	"cmp"
	"slices"

	"campanile/report/office"
)

// good is what is well done, and should stay so.
func (p *part) good() {
	p.head(1, p.Say("good.heading"))
	if len(p.Good) == 0 {
		p.write(office.Normal, p.Say("good.none"))
		return
	}
	p.write(office.Normal, p.Say("good.intro"))
	for _, praise := range p.Good {
		p.head(2, praise.Family)
		sentences := praise.Sentences
		switch {
		case praise.More > 0 && len(sentences) > 0:
			sentences = append(slices.Clip(sentences), p.Count("good.more", praise.More))
		case praise.More > 0:
			sentences = []string{p.Count("good.only", praise.More)}
		}
		p.bullets(office.Bullets, sentences)
	}
}

// gaps are what could not be measured, and why.
func (p *part) gaps() {
	p.head(1, p.Say("gaps.heading"))
	if len(p.Gaps) == 0 {
		p.write(office.Normal, p.Say("gaps.none"))
		return
	}
	p.write(office.Normal, p.Say("gaps.intro"))
	for _, gap := range p.Gaps {
		p.head(2, gap.Name)
		p.write(office.Normal, gap.Meaning)
		advice := append([]office.Run{{Text: p.Say("gaps.advice") + " ", Bold: true}}, spelled(gap.Advice)...)
		p.add(office.Paragraph{Text: advice})
		p.write(office.Normal, p.Say("gaps.questions"))
		var list office.List
		for _, q := range gap.Questions {
			list.Items = append(list.Items, office.Item{Text: []office.Run{
				{Text: q.Family + p.Say("colon") + " "},
				{Text: cmp.Or(q.Words, q.What), Code: q.Words == ""},
				{Text: " (" + p.Count("count.checks", q.Checks) + ")"},
			}})
		}
		p.list(list)
	}
}

// terms are the technical words that the document uses.
func (p *part) terms() {
	if len(p.Terms) == 0 {
		return
	}
	p.head(1, p.Say("terms.heading"))
	for _, term := range p.Terms {
		p.add(office.Paragraph{Text: append([]office.Run{p.label(term.Term)}, spelled(term.Meaning)...)})
	}
}
