package report

import (
	"strings"

	"campanile/collectors/evidence"
)

// Cover is what stands on the first page of a printed document: whom it is
// about, and what the look was like.
type Cover struct{ Lines []Line }

func cover(w words, in Input) Cover {
	b, m := in.Bundle, method(w, in)
	lines := []Line{
		{w.say("cover.date"), w.say("date.time", "Date", w.date(m.Taken), "Time", m.Taken.Format("15:04"))},
		{w.say("cover.scope"), scope(w, b, m)},
		{w.say("cover.depth"), w.say("profile." + string(knownProfile(b.Profile)))},
		{w.say("cover.vantage"), standpoint(w, m)},
	}
	switch mandate := mandateLines(w, b.Services.Mandate); {
	case b.Profile != evidence.Full:
		lines = append(lines, Line{w.say("cover.mandate"), w.say("cover.no-mandate")})
	case len(mandate) == 0:
		lines = append(lines, Line{w.say("cover.mandate"), w.say("not-stated")})
	default:
		lines = append(lines, mandate...)
	}
	return Cover{append(
		lines,
		Line{w.say("cover.program"), strings.TrimSpace(m.Judge.Name + " " + m.Judge.Version)},
		Line{w.say("cover.care"), w.say("cover.care-text")},
	)}
}

// scope says what was looked at: the subjects, and how many names.
func scope(w words, b *evidence.Bundle, m Method) string {
	sites := 0
	for _, n := range m.Names {
		if n.Visited {
			sites++
		}
	}
	text := shown(b.Target.Domain)
	if sites > 1 {
		text += " (" + w.count("cover.sites", sites) + ")"
	}
	if len(m.Families) == 0 {
		return text
	}
	return text + w.say("semicolon") + " " + strings.Join(m.Families, ", ")
}

// knownProfile reads a profile that nobody stated as the ordinary one.
func knownProfile(p evidence.Profile) evidence.Profile {
	if p == "" {
		return evidence.Standard
	}
	return p
}

// standpoint says from where the look was taken, and who took it.
func standpoint(w words, m Method) string {
	text := w.say("method.system")
	if list := m.Vantage.Resolvers; len(list) > 0 {
		text = w.say("method.resolvers", "List", w.list(list))
	}
	if m.Vantage.Contact != "" {
		text += w.say("semicolon") + " " + w.say("method.contact", "Contact", m.Vantage.Contact)
	}
	return text
}

// vantage adds what was trusted: that is for a technician, and not for the cover.
func vantage(w words, m Method) string {
	parts := []string{standpoint(w, m)}
	if m.Vantage.Roots != "" {
		parts = append(parts, w.say("method.roots", "Roots", m.Vantage.Roots))
	}
	if m.Vantage.Anchor != "" {
		parts = append(parts, w.say("method.anchor", "Anchor", m.Vantage.Anchor))
	}
	return strings.Join(parts, w.say("semicolon")+" ")
}

// Vantage says from where the look was taken, in the document's language.
func (d Document) Vantage() string { return vantage(wordsIn(d.Language), d.Method) }
