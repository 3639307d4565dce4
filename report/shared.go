package report

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"campanile/checks"
	"campanile/collectors/evidence"
	"campanile/report/score"
	"campanile/rules"
)

// Shared is what one supplier can put right for several municipalities: what a
// letter to it is made of.
type Shared struct {
	Language rules.Language
	Rules    *rules.Set
	Tool     evidence.Tool // the program that judges, now
	Sender   string        // who writes for the municipalities; may be empty
	Supplier string        // to whom
	Signs    []Sign        // by what the supplier was recognised
	Points   []SharedPoint // what is asked, most urgent first
}

// Sign is something by which a supplier was recognised, and at how many
// municipalities.
type Sign struct {
	Evidence string // "MX mx.fornitore.example"
	Towns    int
}

// SharedPoint is one request, with the municipalities that it is made for. Of
// each it wants Bundle, with Target, Taken and who was recognised there, and the
// failed Verdicts of one kind: the same rule, and words that fit all of them. A
// point without such a town is left out.
type SharedPoint struct {
	Place string // where all of them meet one and the same server or record; else empty
	Once  bool   // what is done there is done for all
	Towns []Input
}

// NewSharedLetter writes one letter on what several municipalities share, with
// the document that WriteLetter and a paper want beside it. Only an observed
// defect is asked about; what could not be measured never is.
func NewSharedLetter(in Shared) (Document, Letter) {
	w := wordsIn(in.Language)
	points := askedOf(in)
	towns, first, last := extentOf(points)
	doc := Document{
		Language: in.Language,
		Name:     cmp.Or(clean(clip(in.Sender, maxInText)), w.count("territory.municipalities", towns)),
		Domain:   w.count("territory.municipalities", towns),
		Date:     w.span(first, last),
		Method:   Method{Taken: last, Judge: in.Tool},
	}
	supplier := clip(clean(in.Supplier), maxOnLine)
	letter := Letter{
		Name:    supplier,
		Subject: w.count("territory.about", towns),
		To:      w.say("letter.to", "Name", supplier),
		Opening: []string{w.say("letter.greeting"), w.count("territory.opening", towns, "Dates", doc.Date)},
		Closing: []string{w.say("letter.dates"), w.say("letter.again"), w.say("letter.otherwise"), w.say("territory.consent"), w.say("letter.regards")},
	}
	if len(in.Signs) > 0 {
		letter.Opening = append(letter.Opening, w.say("territory.signs", "Signs", w.signs(in.Signs)))
	}
	letter.Opening = append(letter.Opening, w.say("letter.limits"))
	if in.Sender != "" {
		letter.Closing = append(letter.Closing, doc.Name)
	}
	cited := map[*rules.Procurement]bool{}
	for i, point := range points {
		letter.Points = append(letter.Points, sharedPoint(w, i+1, point, cited))
	}
	for _, p := range in.Rules.Procurement {
		if cited[p] {
			letter.Notes = append(letter.Notes, clean(w.spaced(p.Note[in.Language])), sourceOf(w, p))
		}
	}
	if len(letter.Points) > 0 {
		letter.Actor = letter.Points[0].Item.Actor
	}
	return doc, letter
}

// askedOf gives the points with what they lack, and with failures alone.
func askedOf(in Shared) []SharedPoint {
	var points []SharedPoint
	for _, point := range in.Points {
		var towns []Input
		for _, town := range point.Towns {
			town.Rules, town.Language, town.Checklist = in.Rules, in.Language, nil
			town.Verdicts = slices.DeleteFunc(slices.Clone(town.Verdicts), func(v score.Verdict) bool { return v.Outcome != checks.Fail })
			if len(town.Verdicts) > 0 {
				towns = append(towns, town)
			}
		}
		if len(towns) > 0 {
			points = append(points, SharedPoint{point.Place, point.Once, towns})
		}
	}
	return points
}

// extentOf counts the municipalities of all points, and gives the first and the
// last day on which they were looked at.
func extentOf(points []SharedPoint) (towns int, first, last time.Time) {
	domains := map[string]bool{}
	for _, point := range points {
		for _, town := range point.Towns {
			domains[town.Bundle.Target.Domain] = true
			taken := town.Bundle.Taken.UTC()
			if first.IsZero() || taken.Before(first) {
				first = taken
			}
			if taken.After(last) {
				last = taken
			}
		}
	}
	return len(domains), first, last
}

func sharedPoint(w words, number int, shared SharedPoint, cited map[*rules.Procurement]bool) Point {
	first := shared.Towns[0]
	item := newItem(w, first, first.Verdicts)
	item.Number, item.Anchor, item.Facts = number, item.Rule, nil
	var all []score.Verdict
	for _, town := range shared.Towns {
		all = append(all, town.Verdicts...)
		for _, v := range town.Verdicts {
			item.Facts = withTown(item.Facts, nameOf(town.Bundle.Target), v)
		}
	}
	item.Severity = gravest(all)
	count := len(shared.Towns)
	if len(item.ToSupplier) == 0 { // a rule of the staff, which the supplier can still put right
		item.ToSupplier = item.Why
	}
	point := newPoint(w, first, number, item, cited)
	point.Where = w.count("territory.where", count)
	if shared.Place != "" && count > 1 {
		point.Where = w.say("territory.place", "Place", shown(shared.Place))
	}
	point.Observed = w.count("territory.seen", count)
	if count > 1 {
		point.Request = append([]string{w.writtenFor(shared.Once, nameOf(first.Bundle.Target))}, point.Request...)
	}
	if family := first.Verdicts[0].Rule.Family; count > 1 && family != string(evidence.ServicesFamily) {
		command := strings.Join([]string{"campanile", "scan", quoted(first.Bundle.Target.Domain), "--only", family}, " ")
		point.Verify = w.say("territory.verify", "Command", command)
	}
	return point
}

// writtenFor says for whom a text is written out that others read as well.
func (w words) writtenFor(once bool, town string) string {
	if once {
		return w.say("territory.written-once", "Town", town)
	}
	return w.say("territory.written", "Town", town)
}

// withTown adds what was seen of a municipality to that of those with equal
// facts. One without facts has a line of its own: the list is also who is meant.
func withTown(list []SubjectFacts, name string, v score.Verdict) []SubjectFacts {
	subject, facts := shownWithASCII(v.Subject), factsOf(v)
	if name != subject {
		subject = name + " (" + subject + ")"
	}
	i := slices.IndexFunc(list, func(s SubjectFacts) bool { return len(facts) > 0 && slices.Equal(s.Facts, facts) })
	if i < 0 {
		return append(list, SubjectFacts{[]string{subject}, facts})
	}
	list[i].Subjects = append(list[i].Subjects, subject)
	return list
}

func nameOf(target evidence.Target) string {
	return cmp.Or(clean(clip(target.Name, maxInText)), shown(target.Domain))
}

// span writes one day, or the first and the last.
func (w words) span(first, last time.Time) string {
	from, to := w.date(first), w.date(last)
	if from == to {
		return from
	}
	return w.say("territory.dates", "From", from, "To", to)
}

// maxOnLine is the length, in runes, of a stranger's text that a letter keeps on
// one line: what goes on at the margin could pass for a line of ours.
const maxOnLine = 60

// signs names them between quotation marks, which no line break parts.
func (w words) signs(signs []Sign) string {
	var list []string
	for _, sign := range signs {
		text := strings.NewReplacer("«", "", "»", "", `"`, "").Replace(sign.Evidence)
		list = append(list, w.count("territory.sign", sign.Towns, "Sign", clip(clean(text), maxOnLine)))
	}
	return w.list(list)
}

// Span writes the days between the first look and the last.
func (w Words) Span(first, last time.Time) string { return w.words.span(first.UTC(), last.UTC()) }

// Role says what a supplier does for a municipality.
func (w Words) Role(role string) string { return w.words.code("role", role) }

// Text gives a text of the rules in the language, spaced as it wants.
func (w Words) Text(texts map[rules.Language]string) string {
	return clean(w.words.spaced(texts[w.words.language]))
}

// Sketch is a rule told with an invented municipality: words that may be shown
// where no real one is to be named.
type Sketch struct {
	Title string
	Why   []string // paragraphs
}

// Sketched tells a rule, or the variant of it that the facts of a finding show,
// without any of these facts.
func Sketched(rule *rules.Rule, facts map[string]string, country string, language rules.Language) Sketch {
	w := wordsIn(language)
	b := &evidence.Bundle{Target: evidence.Target{Domain: "comune.example", Country: country}}
	f := fillerFor(w, b, rule, []checks.Finding{{Subject: b.Target.Domain, Facts: examples(rule)}})
	text := rule.For(facts, country, language)
	return Sketch{Title: f.must(text.Title), Why: f.paragraphs(strings.TrimSpace(text.Why))}
}
