// Package markdown writes reports for issue trackers and notebooks, in the
// common core of CommonMark and what GitHub, GitLab and Gitea read.
//
// It must not judge. No text of a stranger becomes markup, a link, a mention or
// a command of a tracker.
package markdown

import (
	"fmt"
	"io"
	"strings"
	"time"

	"campanile/report"
)

// Write writes the checklist of each municipality, one below the other.
func Write(w io.Writer, docs []report.Document) error {
	for i, d := range docs {
		p := &page{words: report.WordsIn(d.Language)}
		if i > 0 {
			p.blank()
		}
		p.town(d)
		if _, err := io.WriteString(w, p.text.String()); err != nil {
			return fmt.Errorf("writing the Markdown on %s: %w", d.ASCII, err)
		}
	}
	return nil
}

// page is a text under way.
type page struct {
	words report.Words
	text  strings.Builder
}

func (p *page) blank() { p.text.WriteByte('\n') }

// heading, line and paragraph take Markdown that is already safe.
func (p *page) heading(level int, markdown string) {
	p.text.WriteString(strings.Repeat("#", level) + " " + markdown + "\n\n")
}

func (p *page) line(markdown string) { p.text.WriteString(markdown + "\n") }

func (p *page) paragraph(markdown string) { p.text.WriteString(markdown + "\n\n") }

// say gives one of our own sentences, made safe with what was filled in.
func (p *page) say(id string, pairs ...string) string { return text(p.words.Say(id, pairs...)) }

func (p *page) town(d report.Document) {
	p.heading(1, p.say("page.title", "Name", d.Name, "Date", d.Date))
	p.paragraph(p.say("page.lead", "Date", d.Date, "Domain", d.Domain))
	p.summary(d)
	for _, actor := range d.Actors {
		p.actor(actor)
	}
	p.gaps(d)
	p.good(d)
	p.terms(d)
	p.method(d)
}

func (p *page) summary(d report.Document) {
	p.heading(2, p.say("summary.heading"))
	grade := p.say("summary.ungraded")
	if d.Summary.Grade != "" {
		grade = p.say("terminal.grade", "Grade", d.Summary.Grade)
	}
	p.paragraph("**" + text(d.Headline()) + "** " + grade)
	for _, each := range d.Tally() {
		p.line("- " + text(each))
	}
	p.blank()
	p.paragraph(p.say("summary.note"))
}

func (p *page) actor(actor report.Actor) {
	p.heading(2, text(actor.Name))
	p.paragraph(text(actor.Intro))
	for _, item := range actor.Items {
		p.line(fmt.Sprintf("- [ ] %d. %s (%s, %s)", item.Number, text(item.Title), p.severity(item), p.say("when."+item.Urgency())))
	}
	p.blank()
	for _, item := range actor.Items {
		p.heading(3, fmt.Sprintf("%d. %s", item.Number, text(item.Title)))
		p.item(item, 4)
	}
}

func (p *page) severity(item *report.Item) string { return p.say("severity." + string(item.Severity)) }

func (p *page) gaps(d report.Document) {
	if len(d.Gaps) == 0 {
		return
	}
	p.heading(2, p.say("gaps.heading"))
	p.paragraph(p.say("gaps.intro"))
	for _, gap := range d.Gaps {
		p.heading(3, text(gap.Name))
		p.paragraph(text(gap.Meaning) + " " + text(gap.Advice))
		for _, q := range gap.Questions {
			what := code(q.What)
			if q.Words != "" {
				what = text(q.Words)
			}
			p.line("- " + text(q.Family) + ": " + what)
		}
		p.blank()
	}
}

func (p *page) good(d report.Document) {
	if len(d.Good) == 0 {
		return
	}
	p.heading(2, p.say("good.heading"))
	for _, praise := range d.Good {
		sentences := make([]string, 0, len(praise.Sentences)+1)
		for _, each := range praise.Sentences {
			sentences = append(sentences, text(each))
		}
		if praise.More > 0 {
			id := "good.more"
			if len(sentences) == 0 {
				id = "good.only"
			}
			sentences = append(sentences, text(p.words.Count(id, praise.More)))
		}
		p.line("- **" + text(praise.Family) + "**: " + strings.Join(sentences, " "))
	}
	p.blank()
}

func (p *page) terms(d report.Document) {
	if len(d.Terms) == 0 {
		return
	}
	p.heading(2, p.say("terms.heading"))
	for _, term := range d.Terms {
		p.line("- **" + text(term.Term) + "**: " + text(term.Meaning))
	}
	p.blank()
}

func (p *page) method(d report.Document) {
	m := d.Method
	p.heading(2, p.say("method.heading"))
	p.paragraph(p.say("method.limits"))
	for _, each := range [][2]string{
		{"method.time", m.Taken.Format(time.RFC3339)},
		{"method.program", m.Judge.Name + " " + m.Judge.Version},
		{"method.taker", m.Taker.Name + " " + m.Taker.Version},
		{"method.profile", string(m.Profile)},
		{"method.rules", m.Rules},
		{"method.evidence", m.Evidence},
	} {
		p.line("- " + p.say(each[0]) + ": " + code(report.Plain(each[1])))
	}
	p.blank()
	p.paragraph(p.say("method.repeat") + ":")
	p.text.WriteString(block(m.Command))
}
