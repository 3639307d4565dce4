// Package notice writes the messages that tell a recipient what changed: one
// text for people and one document for programs. It is pure. It decides nothing:
// what is told, to whom and when, is for report/history to say, and sending is
// for others.
package notice

import (
	"slices"
	"strings"

	"campanile/collectors/evidence"
	"campanile/report"
	"campanile/report/history"
	"campanile/rules"
)

// Place is a municipality that a message may speak of.
type Place struct {
	Name, Domain, Country string
}

// Input is what a message is written from.
type Input struct {
	Message  history.Message
	Language rules.Language
	Rules    *rules.Set
	Places   map[string]Place // by the town of an alert
	Sender   string           // the group, the union; may be empty
	Address  string           // of who gets it
	Towns    int              // how many the recipient asked for; 0: all
	Contact  string           // whom to ask to be taken off the list; may be empty
}

// Text is a message for people. The subject is one line.
type Text struct {
	Subject string
	Body    string
}

// Bounds of a message: nobody reads a flood.
const (
	maxItems   = 12  // of one topic
	maxSubject = 150 // runes of a subject
)

// Write writes a message for people.
func Write(in Input) Text {
	w := writer{in, report.WordsIn(in.Language)}
	paragraphs := []string{w.Say("notice.hello"), w.lead()}
	for _, topic := range history.Topics {
		if items := w.items(topic); len(items) > 0 {
			paragraphs = append(paragraphs, w.section(topic, items)...)
		}
	}
	paragraphs = append(paragraphs, w.Say("notice.limits"), "-- \n"+w.why())
	return Text{Subject: w.subject(), Body: strings.Join(paragraphs, "\n\n") + "\n"}
}

// writer writes one message.
type writer struct {
	in Input
	report.Words
}

func (w writer) lead() string {
	if w.in.Sender == "" {
		return w.Say("notice.lead")
	}
	return w.Say("notice.lead-for", "Sender", report.Plain(w.in.Sender))
}

// subject counts the points by topic. It names no defect: subjects are read on
// screens in passing.
func (w writer) subject() string {
	var counts, towns []string
	for _, topic := range history.Topics {
		n := 0
		for _, a := range w.in.Message.Alerts {
			if a.Topic == topic {
				n++
				towns = append(towns, a.Town)
			}
		}
		if n > 0 {
			counts = append(counts, w.counted(topic, n))
		}
	}
	what := strings.Join(counts, ", ")
	slices.Sort(towns)
	if towns = slices.Compact(towns); len(towns) == 1 {
		return evidence.Clip(w.Say("notice.subject-town", "Town", w.place(w.in.Message.Alerts[0]).Name, "What", what), maxSubject)
	}
	return evidence.Clip(w.Say("notice.subject", "What", what), maxSubject)
}

func (w writer) counted(topic history.Topic, n int) string {
	switch topic {
	case history.Critical:
		return w.Count("notice.counted.critical", n)
	case history.CertEnding:
		return w.Count("notice.counted.expiring", n)
	case history.Fixed:
		return w.Count("notice.counted.fixed", n)
	case history.NewlyJudged:
	}
	return w.Count("notice.counted.newly-judged", n)
}

// head gives the heading of a topic, and the sentence below it.
func (w writer) head(topic history.Topic) (heading, intro string) {
	switch topic {
	case history.Critical:
		return w.Say("notice.heading.critical"), w.Say("notice.intro.critical")
	case history.CertEnding:
		return w.Say("notice.heading.expiring"), w.Say("notice.intro.expiring")
	case history.Fixed:
		return w.Say("notice.heading.fixed"), w.Say("notice.intro.fixed")
	case history.NewlyJudged:
	}
	return w.Say("notice.heading.newly-judged"), w.Say("notice.intro.newly-judged")
}

// section lays one topic out: its heading, and a paragraph for each point.
func (w writer) section(topic history.Topic, items []item) []string {
	heading, intro := w.head(topic)
	list := []string{strings.ToUpper(heading) + "\n" + intro}
	for _, one := range items[:min(maxItems, len(items))] {
		list = append(list, strings.Join(w.lines(one), "\n"))
	}
	rest := 0
	for _, one := range items[min(maxItems, len(items)):] {
		rest += len(one.subjects)
	}
	if rest > 0 {
		list = append(list, w.Count("notice.more", rest))
	}
	return list
}

// why says why one gets the message, and how to get it no more.
func (w writer) why() string {
	address := report.Plain(w.in.Address)
	text := w.Say("notice.why-all", "Address", address)
	if w.in.Towns > 0 {
		text = w.Count("notice.why-some", w.in.Towns, "Address", address)
	}
	if w.in.Contact == "" {
		return text + "\n" + w.Say("notice.stop-ask")
	}
	return text + "\n" + w.Say("notice.stop", "Contact", report.Plain(w.in.Contact))
}
