package report

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"campanile/checks"
	"campanile/collectors/evidence"
	"campanile/rules"
)

// WriteRule explains one rule as plain text, width columns wide, for a country
// in a language. The examples speak of comune.example.
func WriteRule(out io.Writer, rule *rules.Rule, set *rules.Set, country string, language rules.Language, width int) error {
	e := explained(rule, set, country, language)
	w := bufio.NewWriter(out)
	fmt.Fprintf(w, "%s\n", rule.ID)
	paragraph(w, width, "", e.Title)
	fmt.Fprintln(w)
	paragraph(w, width, "  ", e.words.say("severity."+string(rule.Severity))+
		" ("+e.words.say("when."+urgency(rule.Severity, rule.Effort))+") · "+e.words.say("actor."+string(rule.Actor)+".name")+" · "+e.words.say("effort."+string(rule.Effort)))
	for _, part := range e.parts() {
		fmt.Fprintf(w, "\n%s\n", part.heading)
		for _, text := range part.texts {
			paragraph(w, width, part.indent, text)
		}
	}
	return w.Flush()
}

// explanation is a rule with its placeholders filled by examples.
type explanation struct {
	words  words
	rule   *rules.Rule
	Title  string
	Why    string
	Fix    []string
	Letter string
	Verify string
	Laws   []Reference
	Refs   []Reference
	Others []otherKind
}

// otherKind is a variant of the rule, in short.
type otherKind struct {
	Title    string
	Severity rules.Severity
	Why      string
}

func explained(rule *rules.Rule, set *rules.Set, country string, language rules.Language) explanation {
	w := wordsIn(language)
	target := evidence.Target{Domain: "comune.example", Country: country}
	f := fillerFor(w, &evidence.Bundle{Target: target}, rule, []checks.Finding{{Subject: "comune.example", Facts: examples(rule)}})
	text := rule.In(country, language)
	e := explanation{words: w, rule: rule, Title: f.must(text.Title), Why: f.must(text.Why), Letter: f.must(text.ToSupplier), Verify: f.must(text.Verify)}
	for _, step := range text.Fix {
		e.Fix = append(e.Fix, f.must(step))
	}
	for _, v := range rule.Variants {
		e.Others = append(e.Others, otherKind{f.must(v.Text[language].Title), cmp.Or(v.Severity, rule.Severity), f.must(v.Text[language].Why)})
	}
	e.Laws = laws(w, Input{Bundle: &evidence.Bundle{Target: target, Taken: lastRead(set)}, Rules: set, Language: language}, rule)
	e.Refs = technical(w, rule.Refs)
	return e
}

// lastRead is the day on which the law was last gone through: an explanation
// knows no other date, and must not change with the clock.
func lastRead(set *rules.Set) time.Time {
	var last time.Time
	for _, law := range set.Law {
		if law.Read.After(last) {
			last = law.Read.Time
		}
	}
	return last
}

// examples stand for facts that only a scan knows.
func examples(rule *rules.Rule) checks.Facts {
	facts := checks.Facts{"host": "www.comune.example"}
	all := []map[rules.Language]rules.Text{rule.Text, rule.CountryText["fr"], rule.CountryText["eu"]}
	for _, v := range rule.Variants {
		all = append(all, v.Text)
	}
	for _, texts := range all {
		for _, t := range texts {
			for _, text := range append([]string{t.Title, t.Why, t.ToSupplier, t.Verify}, t.Fix...) {
				for _, name := range placeholder.FindAllString(text, -1) {
					if name = name[1 : len(name)-1]; facts[name] == "" && name != "supplier" {
						facts[name] = "…"
					}
				}
			}
		}
	}
	facts["host"] = "www.comune.example"
	return facts
}

// part is one heading with its paragraphs.
type part struct {
	heading, indent string
	texts           []string
}

func (e explanation) parts() []part {
	var steps, references []string
	for i, step := range e.Fix {
		steps = append(steps, fmt.Sprintf("%d. %s", i+1, step))
	}
	for _, each := range append(e.Laws, e.Refs...) {
		references = append(references, strings.TrimSpace(each.Title+" "+parenthesised(each.Note)+" "+each.Link))
	}
	list := []part{
		{e.words.say("item.why"), "  ", []string{e.Why}},
		{e.words.say("item.steps"), "  ", steps},
		{e.words.say("item.letter"), "  | ", []string{e.Letter}},
		{e.words.say("item.verify"), "  ", []string{e.Verify}},
		{e.words.say("item.laws"), "  ", references},
	}
	for _, o := range e.Others {
		list = append(list, part{e.words.say("item.other-kind"), "  ", []string{o.Title + " (" + e.words.say("severity."+string(o.Severity)) + ").", o.Why}})
	}
	var kept []part
	for _, p := range list {
		if len(p.texts) > 0 && p.texts[0] != "" {
			kept = append(kept, p)
		}
	}
	return kept
}

func parenthesised(note string) string {
	if note == "" {
		return ""
	}
	return "(" + note + ")"
}

// paragraph breaks a text between words; a longer word stands alone. Errors
// stay in the writer until it is flushed.
func paragraph(w *bufio.Writer, width int, indent, text string) {
	column := 0
	for word := range strings.SplitSeq(text, " ") {
		length := utf8.RuneCountInString(word)
		switch {
		case column == 0:
			fmt.Fprint(w, indent, word)
			column = utf8.RuneCountInString(indent) + length
		case column+1+length > width:
			fmt.Fprint(w, "\n", indent, word)
			column = utf8.RuneCountInString(indent) + length
		default:
			fmt.Fprint(w, " ", word)
			column += 1 + length
		}
	}
	fmt.Fprintln(w)
}
