package report

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"campanile/collectors/evidence"
	"campanile/report/checklist"
	"campanile/report/score"
	"campanile/rules"
)

// Letter is a message to one who can mend things, ready to be sent. Every field
// but Actor is a text in the language of the document, filled in and harmless:
// a writer only lays them out, in the order in which they stand here.
type Letter struct {
	Actor   rules.Actor
	Name    string   // of the actor
	Subject string   // line of the message: Oggetto: ...
	To      string   // Destinatario: the actor, and who that is where it is known
	Opening []string // paragraphs, the greeting first
	Points  []Point
	Notes   []string // paragraphs on the requirements; none where no point has any
	Closing []string // paragraphs, the municipality's name last
}

// Point is one request of a letter.
type Point struct {
	Number       int      // in the letter, from 1
	Title        string   // what follows for residents
	Where        string   // Dove: the hosts or domains
	Request      []string // paragraphs: the text of the rule to the supplier, without its greeting
	Observed     string   // heading of Item.Facts; empty where there are none
	When         string   // by when the municipality would like it done
	Verify       string   // how it will be seen that it is done
	Required     string   // heading of Requirements; empty where there are none
	Requirements []Requirement
	Item         *Item
}

// Requirement is a clause of a country's rules for public procurement that
// speaks of what is asked.
type Requirement struct {
	ID   string // R32
	Text string
	Reference
}

// letters gives one letter for each supplier of whom something is asked, in the
// order of the checklist. What staff do alone is in none, nor what the
// municipality has accepted for the time being.
func letters(w words, in Input, doc Document) []Letter {
	actors := doc.Actors
	if in.Checklist != nil {
		in.Verdicts = slices.DeleteFunc(slices.Clone(in.Verdicts), func(v score.Verdict) bool {
			return in.Checklist.Excepts(v.Finding.Rule, v.Subject, in.Bundle.Taken)
		})
		actors = byActor(w, itemise(w, in))
	}
	var list []Letter
	for _, actor := range actors {
		asked := slices.DeleteFunc(slices.Clone(actor.Items), func(i *Item) bool { return len(i.ToSupplier) == 0 })
		if isSupplier(actor.Actor) && len(asked) > 0 {
			list = append(list, newLetter(w, in, actor, asked))
		}
	}
	return list
}

func isSupplier(actor rules.Actor) bool { return actor != rules.Staff && actor != rules.RTD }

func newLetter(w words, in Input, actor Actor, asked []*Item) Letter {
	domain, count := shownWithASCII(in.Bundle.Target.Domain), len(asked)
	letter := Letter{
		Actor:   actor.Actor,
		Name:    actor.Name,
		Subject: w.count("letter.about", count, "Domain", domain),
		To:      w.say("letter.to", "Name", actor.Name),
		Opening: []string{
			w.say("letter.greeting"),
			w.count("letter.opening", count, "Domain", domain, "Date", w.date(in.Bundle.Taken.UTC())),
			w.say("letter.limits"),
		},
		Closing: []string{w.say("letter.dates"), w.say("letter.again"), w.say("letter.otherwise"), w.say("letter.regards"), signature(in.Bundle)},
	}
	if supplier := supplierOf(in.Bundle, actor.Actor); supplier != "" {
		letter.To = w.say("letter.to-known", "Name", actor.Name, "Supplier", clean(clip(supplier, maxInText)))
	}
	cited := map[*rules.Procurement]bool{}
	for i, item := range asked {
		letter.Points = append(letter.Points, newPoint(w, in, i+1, item, cited))
	}
	for _, p := range in.Rules.ProcurementIn(in.Bundle.Target.Country) {
		if cited[p] {
			letter.Notes = append(letter.Notes, clean(w.spaced(p.Note[in.Language])), sourceOf(w, p))
		}
	}
	return letter
}

// newPoint makes one request of an item, and notes which documents it cites.
func newPoint(w words, in Input, number int, item *Item, cited map[*rules.Procurement]bool) Point {
	point := Point{
		Number:  number,
		Title:   item.Title,
		Where:   w.say("letter.where", "Subjects", strings.Join(item.Subjects, ", ")),
		Request: withoutGreeting(w, item.ToSupplier),
		When:    reminder(w, in, item) + w.say("letter.when-"+item.Urgency()),
		Verify:  w.say("letter.verify-mandate"),
		Item:    item,
	}
	if len(item.Facts) > 0 {
		point.Observed = w.say("letter.observed")
	}
	if rule, ok := in.Rules.Rule(item.Rule); ok && rule.Family != string(evidence.ServicesFamily) {
		command := strings.Join([]string{"campanile", "scan", quoted(in.Bundle.Target.Domain), "--only", rule.Family}, " ")
		point.Verify = w.say("letter.verify", "Command", command)
	}
	for _, p := range in.Rules.ProcurementIn(in.Bundle.Target.Country) {
		for _, r := range p.On(item.Rule) {
			cited[p] = true
			point.Requirements = append(point.Requirements, Requirement{r.ID, clean(w.spaced(r.Text[in.Language])), referenceTo(w, p)})
		}
	}
	if n := len(point.Requirements); n > 0 {
		point.Required = w.count("letter.required", n)
	}
	return point
}

// reminder says when the supplier was last asked for the same; empty where
// nobody has noted that.
func reminder(w words, in Input, item *Item) string {
	if in.Checklist == nil {
		return ""
	}
	var last time.Time
	for _, e := range in.Checklist.Entries {
		same := e.Rule == item.Rule && (e.Subject == "" || slices.Contains(item.Subjects, shown(e.Subject)))
		if same && e.State == checklist.Asked && e.On.After(last) {
			last = e.On
		}
	}
	if last.IsZero() {
		return ""
	}
	return w.say("letter.reminder", "Date", w.date(last)) + " "
}

// withoutGreeting takes the greeting off a text that was written to be sent
// alone: in a letter of several points it would stand at each.
func withoutGreeting(w words, paragraphs []string) []string {
	list := slices.Clone(paragraphs)
	rest, greeted := strings.CutPrefix(list[0], w.say("letter.greeting")+" ")
	if !greeted {
		return list
	}
	list[0] = rest
	// A host name or an address that begins the sentence stays as it is.
	word, _, _ := strings.Cut(rest, " ")
	if strings.ContainsFunc(word, func(r rune) bool { return !unicode.IsLetter(r) && !strings.ContainsRune("'’,", r) }) {
		return list
	}
	_, size := utf8.DecodeRuneInString(rest)
	list[0] = strings.ToUpper(rest[:size]) + rest[size:]
	return list
}

// signature is who sends the letter.
func signature(b *evidence.Bundle) string {
	if b.Target.Name != "" {
		return clean(clip(b.Target.Name, maxInText))
	}
	return shown(b.Target.Domain)
}

func referenceTo(w words, p *rules.Procurement) Reference {
	ref := Reference{Title: clean(w.spaced(p.Title[w.language])), Link: web(p.Link)}
	if p.Source == "secondary" {
		ref.Note = w.say("law.secondary")
	}
	return ref
}

// sourceOf names the document whose requirements a letter cites.
func sourceOf(w words, p *rules.Procurement) string {
	ref := referenceTo(w, p)
	title := ref.Title
	if ref.Note != "" {
		title += " (" + ref.Note + ")"
	}
	return w.say("letter.source", "Title", title, "Link", ref.Link)
}
