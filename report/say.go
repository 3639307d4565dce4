package report

import (
	"campanile/checks"
	"campanile/rules"
)

// Words says the program's own sentences in one language, for the writers that
// live in packages of their own.
type Words struct{ words words }

// WordsIn gives the sentences of a language.
func WordsIn(l rules.Language) Words { return Words{wordsIn(l)} }

// Say gives a message of the files in words/, with values for its placeholders
// as pairs of name and value. An id that no file holds is a defect: it panics.
func (w Words) Say(id string, pairs ...string) string { return w.words.say(id, pairs...) }

// Count gives a message in the plural form of n.
func (w Words) Count(id string, n int, pairs ...string) string {
	return w.words.count(id, n, pairs...)
}

// State says what a finding amounts to, in two or three words.
func (w Words) State(f Finding) string {
	switch f.Outcome {
	case checks.Fail:
		if f.Severity == rules.Info {
			return w.words.say("sheet.note")
		}
		return w.words.say("sheet.fail")
	case checks.Pass:
		return w.words.say("sheet.pass")
	case checks.NotApplicable:
		return w.words.say("sheet.not-applicable")
	case checks.Inconclusive:
	}
	return w.words.say("sheet.inconclusive")
}

// Reason says in words why a finding is inconclusive.
func (w Words) Reason(f Finding) string {
	return w.words.say("problem." + string(known(f.Facts["problem"])) + ".name")
}

// Headline is the sentence that sums up how the municipality stands.
func (d Document) Headline() string { return wordsIn(d.Language).say(worst(d)) }

// Tally says how many findings there are, by severity, and how many questions
// are in order, open or beside the point.
func (d Document) Tally() []string {
	w, list := wordsIn(d.Language), []string{}
	for _, severity := range counted {
		if n := d.Summary.Fail[severity]; n > 0 {
			list = append(list, w.count("tally."+string(severity), n))
		}
	}
	return append(list, rest(w, d))
}

// Notes counts the findings that are only worth knowing; empty where there are
// none. They are no part of the other figures.
func (d Document) Notes() string {
	n := 0
	for _, f := range d.Findings {
		if f.Outcome == checks.Fail && f.Severity == rules.Info {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return wordsIn(d.Language).count("summary.notes", n)
}

// Says is what one finding says of one item of the Digital Maturity Assessment:
// that it supports a yes, or contradicts it.
type Says struct{ Item, Says string }

// DMA gives what the finding says of the assessment. What was not measured
// says nothing.
func (f Finding) DMA() []Says {
	var list []Says
	for _, each := range scanDMAOf(f) {
		list = append(list, Says(each))
	}
	return list
}

// Shown gives the form of a host name that people read, harmless.
func Shown(name string) string { return shown(name) }

// Plain makes a stranger's text harmless for whoever reads it, and not endless.
// It is for the raw fields of a Document: Findings, Target and Missing.
func Plain(text string) string { return clean(clip(text, maxInList)) }
