package mandate

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"campanile/rules"
)

// showWidth is how long a line on a terminal is, in characters.
const showWidth = 78

// Show writes the mandate for a terminal: what it is about, whether it counts
// today, what is done and what never, how to stop it.
func (m *Mandate) Show(w io.Writer, language rules.Language, now time.Time) error {
	words, err := wordsIn(language)
	if err != nil {
		return err
	}
	var text strings.Builder
	for _, r := range m.rows(words) {
		fmt.Fprintf(&text, "%s\n", r.Label)
		for _, value := range r.Values {
			indented(&text, "  ", value)
		}
	}
	text.WriteString("\n")
	indented(&text, "", m.state(words, now))
	for _, s := range words.Sections {
		if s.Key == "" {
			continue
		}
		p := m.part(words, s, m.values(words))
		fmt.Fprintf(&text, "\n%s\n", p.Heading)
		for _, item := range p.Items {
			indented(&text, "- ", item)
		}
	}
	if _, err := io.WriteString(w, text.String()); err != nil {
		return fmt.Errorf("showing %s: %w", m.File, err)
	}
	return nil
}

// state is the sentence that says whether the mandate counts today, and how many
// days it goes on, has to wait or is over.
func (m *Mandate) state(w words, now time.Time) string {
	key, days := "valid", m.DaysLeft(now)
	for _, refusal := range m.dated(now) {
		key, days = string(refusal.Reason), daysBetween(m.Until, today(now))
		if refusal.Reason == NotBegun {
			days = daysBetween(today(now), m.From)
		}
	}
	if days == 1 {
		key += "-one"
	}
	return w.fill(w.States[key], "{days}", strconv.Itoa(days))
}

// DaysLeft counts the days on which the mandate still counts, today and the last
// one included.
func (m *Mandate) DaysLeft(now time.Time) int {
	first := today(now)
	if m.From.After(first) {
		first = m.From
	}
	return max(0, daysBetween(first, m.Until)+1)
}

// today is the day that a clock shows, as the days of a mandate are kept.
func today(now time.Time) time.Time {
	year, month, day := now.Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

func daysBetween(first, last time.Time) int { return int(last.Sub(first) / (24 * time.Hour)) }

// indented breaks a text at its spaces; the first line begins with the mark, the
// others stand below what follows it.
func indented(out *strings.Builder, mark, text string) {
	line := mark
	for word := range strings.SplitSeq(text, " ") {
		if len(line) > len(mark) && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > showWidth {
			out.WriteString(line + "\n")
			line = strings.Repeat(" ", len(mark))
		}
		if len(line) > len(mark) {
			line += " "
		}
		line += word
	}
	out.WriteString(line + "\n")
}
