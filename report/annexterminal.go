package report

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/olekukonko/tablewriter/pkg/twwidth"

	"campanile/report/score/dma"
	"campanile/rules"
)

// WriteAnnexTerminal writes the annex to the Digital Maturity Assessment for a
// terminal.
func WriteAnnexTerminal(w io.Writer, d Document, o TerminalOptions) error {
	if d.Annex == nil {
		return fmt.Errorf("annex of %s: %w", d.ASCII, errNoAnnex)
	}
	if o.Width <= 0 {
		o.Width = 80
	}
	s := &sheet{words: wordsIn(d.Language), color: o.Color, width: max(o.Width, narrowest)}
	if err := s.annex(d, d.Annex); err != nil {
		return fmt.Errorf("annex of %s for the terminal: %w", d.ASCII, err)
	}
	if _, err := w.Write(s.text.Bytes()); err != nil {
		return fmt.Errorf("writing the annex of %s: %w", d.ASCII, err)
	}
	return nil
}

func (s *sheet) annex(d Document, a *Annex) error {
	w := s.words
	s.lines(0, bold, d.Name)
	s.lines(0, "", d.Domain)
	s.lines(0, bold, w.say("annex.heading"))
	s.lines(0, "", w.say("annex.dimension", "Number", strconv.Itoa(dataDimension), "Name", a.Dimension))
	who := a.Who
	if who == "" {
		who = w.say("annex.nobody")
	}
	s.lines(0, "", who)
	s.heading(w.say("annex.numbers"))
	for _, n := range a.Numbers {
		s.lines(2, bold, n.Name+w.say("colon")+" "+n.Value)
		s.lines(4, "", n.Text)
	}
	s.text.WriteString("\n")
	s.lines(0, bold, a.Invisible)
	if err := s.annexTable(a); err != nil {
		return err
	}
	for _, item := range a.Items {
		if item.Says != dma.Silent {
			s.annexItem(item)
		}
	}
	s.text.WriteString("\n")
	s.lines(0, dim, w.say("annex.operators"))
	s.annexMoves(a)
	s.annexLog(a)
	s.text.WriteString("\n")
	s.lines(0, dim, w.proof(d))
	s.lines(0, dim, a.Words)
	return nil
}

// heading begins a part of the page.
func (s *sheet) heading(text string) {
	s.text.WriteString("\n")
	s.lines(0, bold, text)
}

// point writes one of several points, wrapped behind its dash.
func (s *sheet) point(indent int, text string) {
	for i, line := range wrap(text, s.width-indent-2) {
		mark := "  "
		if i == 0 {
			mark = "- "
		}
		s.text.WriteString(strings.Repeat(" ", indent) + mark + line + "\n")
	}
}

// annexTable draws one line for each item: what was answered, what is seen.
func (s *sheet) annexTable(a *Annex) error {
	w := s.words
	head := []string{w.say("annex.item"), w.say("annex.answer"), w.say("annex.seen")}
	answer, seen := twwidth.Width(head[1]), twwidth.Width(head[2])
	for _, item := range a.Items {
		answer, seen = max(answer, twwidth.Width(item.Answer)), max(seen, twwidth.Width(s.stands(item)))
	}
	var rows [][]string
	for _, item := range a.Items {
		color := ""
		if item.Conflict {
			color = red
		}
		text := s.cell(s.width-answer-seen-2*len(gutter), "", item.ID+" "+item.Text)
		rows = append(rows, []string{text, item.Answer, s.paint(s.stands(item), color)})
	}
	s.heading(w.say("annex.items"))
	if err := s.table(head, rows, len(head)); err != nil {
		return err
	}
	s.silentLimits(a)
	return nil
}

// silentLimits says of the items on which nothing was said, and could have been,
// what a look from outside can show at all.
func (s *sheet) silentLimits(a *Annex) {
	silent := slices.DeleteFunc(slices.Clone(a.Items), func(i AnnexItem) bool { return i.Says != dma.Silent || i.Outside == rules.Invisible })
	if len(silent) == 0 {
		return
	}
	s.heading(s.words.say("annex.limits"))
	for _, item := range silent {
		s.point(2, item.ID+s.words.say("colon")+" "+item.Limits)
	}
}

// stands says in a word or two how an item stands.
func (s *sheet) stands(item AnnexItem) string {
	if item.Conflict {
		return item.SaysWord + " (" + s.words.say("annex.conflict") + ")"
	}
	return item.SaysWord
}

func (s *sheet) annexItem(item AnnexItem) {
	w := s.words
	s.heading(item.ID + " " + item.Text)
	if item.Conflict {
		s.lines(2, red, w.say("annex.conflict-here"))
	}
	s.against(item.Contradicts)
	s.inFavour(item.Places)
	if item.Shared != "" {
		s.lines(2, "", item.Shared)
	}
	s.lines(2, dim, w.say("annex.limits")+w.say("colon")+" "+item.Limits)
}

func (s *sheet) against(list []Observation) {
	if len(list) == 0 {
		return
	}
	s.lines(2, "", s.words.say("annex.contradicts")+s.words.say("colon"))
	for _, o := range list {
		s.point(4, o.Text)
		s.lines(6, dim, s.whereabouts(o.Subject, o.Date, o.Operator)+s.words.say("semicolon")+" "+o.Rule)
		if o.Accepted != "" {
			s.lines(6, "", o.Accepted)
		}
	}
}

func (s *sheet) inFavour(list []AnnexPlace) {
	if len(list) == 0 {
		return
	}
	s.lines(2, "", s.words.say("annex.supports")+s.words.say("colon"))
	for _, place := range list {
		s.lines(4, dim, s.whereabouts(place.Subject, place.Date, place.Operator))
		for _, text := range place.Texts {
			s.point(6, text)
		}
	}
}

// whereabouts says where something was seen, when, and who runs it.
func (s *sheet) whereabouts(subject, date, operator string) string {
	w := s.words
	by := w.say("annex.unrecognised")
	if operator != "" {
		by = w.say("annex.operator") + " " + operator
	}
	return strings.Join([]string{subject, w.say("annex.date") + " " + date, by}, w.say("semicolon")+" ")
}

func (s *sheet) annexMoves(a *Annex) {
	w := s.words
	s.heading(w.say("annex.moves"))
	if len(a.Moves) == 0 {
		s.lines(0, "", w.say("annex.moves-none"))
	} else {
		s.lines(0, "", w.say("annex.moves-intro"))
	}
	for _, m := range a.Moves {
		s.lines(2, bold, m.ID+" "+m.Text)
		s.lines(4, "", m.Worth)
		for _, entry := range m.Entries {
			s.point(4, entry.Title+" ("+entry.Rule+")")
		}
		for _, how := range m.How {
			s.lines(4, "", how)
		}
		s.lines(4, "", m.Then)
	}
	if len(a.Unseen) == 0 {
		return
	}
	s.heading(w.say("annex.unseen"))
	s.lines(0, "", w.say("annex.unseen-intro"))
	for _, m := range a.Unseen {
		s.point(2, m.ID+" "+m.Text+w.say("semicolon")+" "+m.Worth)
	}
}

func (s *sheet) annexLog(a *Annex) {
	w := s.words
	s.heading(w.say("annex.log-heading"))
	s.lines(0, "", a.Log)
	for _, r := range a.Reviews {
		s.point(2, strings.TrimSpace(w.say("annex.reviewed", "On", r.On, "By", r.By, "Taken", r.Taken)+" "+r.Note))
	}
}
