package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/olekukonko/tablewriter/pkg/twwidth"

	"campanile/rules"
)

// town writes one municipality: who, how it stands, what is wrong, what could
// not be measured, what to do next.
func (s *sheet) town(d Document, quiet bool) error {
	w := s.words
	s.lines(0, bold, d.Name)
	s.lines(0, "", d.Domain)
	s.lines(0, "", w.say("terminal.taken", "Date", d.Date, "Profile", w.say("profile-name."+string(d.Method.Profile))))
	s.lines(0, bold, s.grade(d))
	s.lines(0, "", counts(w, d))
	if d.Unexposed {
		s.lines(0, "", w.say("summary.unexposed"))
	}
	s.text.WriteString("\n")
	if items := sorted(d); len(items) > 0 {
		if err := s.failures(items); err != nil {
			return err
		}
	} else {
		s.lines(0, "", w.say("terminal."+verdictless(d)))
	}
	if err := s.exposure(d.Exposure); err != nil {
		return err
	}
	if err := s.guidelines(d); err != nil {
		return err
	}
	if err := s.schemes(d); err != nil {
		return err
	}
	s.gaps(d)
	if !quiet {
		s.next(d)
	}
	return nil
}

func (s *sheet) grade(d Document) string {
	if d.Summary.Grade == "" {
		return s.words.say("terminal.ungraded")
	}
	return s.words.say("terminal.grade", "Grade", d.Summary.Grade)
}

// verdictless tells "all is in order" from "not all could be seen" and "nothing
// could be seen".
func verdictless(d Document) string {
	switch {
	case d.Summary.Pass == 0:
		return "nothing"
	case d.Summary.Inconclusive > 0:
		return "partly"
	}
	return "clean"
}

func counts(w words, d Document) string {
	var list []string
	for _, severity := range rules.Severities {
		if severity != rules.Info {
			list = append(list, w.count("tally."+string(severity), d.Summary.Fail[severity]))
		}
	}
	list = append(list, w.count("tally.pass", d.Summary.Pass), w.count("tally.inconclusive", d.Summary.Inconclusive))
	return strings.Join(list, ", ")
}

// failures draws the table of what is wrong. Severity and actor take the room
// of their longest word, the place what it needs, but less than the words.
func (s *sheet) failures(items []*Item) error {
	w := s.words
	head := []string{w.say("column.severity"), w.say("column.what"), w.say("column.where"), w.say("column.who")}
	severity, where, who := twwidth.Width(head[0]), twwidth.Width(head[2]), twwidth.Width(head[3])
	for _, item := range items {
		severity = max(severity, twwidth.Width(w.say("severity."+string(item.Severity))))
		who = max(who, twwidth.Width(w.say("actor."+string(item.Actor)+".short")))
		for _, subject := range item.Subjects {
			where = max(where, twwidth.Width(subject))
		}
	}
	rest := s.width - severity - who - (len(head)-1)*len(gutter)
	where = min(where, rest*2/5)
	what := rest - where
	var rows [][]string
	for i, item := range items {
		if i > 0 {
			rows = append(rows, []string{"", "", "", ""})
		}
		places := make([]string, len(item.Subjects))
		for i, subject := range item.Subjects {
			places[i] = s.cell(where, "", subject)
		}
		rows = append(rows, []string{
			s.paint(w.say("severity."+string(item.Severity)), paintOf(item.Severity)),
			s.cell(what, "", item.Title) + "\n" + s.cell(what, dim, item.Rule),
			strings.Join(places, "\n"),
			w.say("actor." + string(item.Actor) + ".short"),
		})
	}
	return s.table(head, rows, len(head))
}

// gaps says in a few lines what could not be measured, and why.
func (s *sheet) gaps(d Document) {
	if len(d.Gaps) == 0 {
		return
	}
	s.text.WriteString("\n")
	s.lines(0, bold, s.words.say("terminal.gaps"))
	for _, gap := range d.Gaps {
		var what []string
		checks := 0
		for _, q := range gap.Questions {
			name := cmp.Or(q.Words, q.What)
			if checks += q.Checks; !slices.Contains(what, name) {
				what = append(what, name)
			}
		}
		s.lines(2, "", s.words.say("terminal.gap", "Name", gap.Name, "Checks", s.words.count("count.checks", checks), "What", s.words.list(what)))
	}
}

// next says what to do with the result.
func (s *sheet) next(d Document) {
	s.text.WriteString("\n")
	s.lines(0, bold, s.words.say("terminal.next"))
	s.command(s.words.say("terminal.page"), d.Method.Page)
	if items := sorted(d); len(items) > 0 {
		s.command(s.words.say("terminal.explain"), "campanile explain "+items[0].Rule)
		s.command(s.words.say("terminal.repeat"), d.Method.Command)
	}
}
