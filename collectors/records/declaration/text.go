package declaration

import "slices"

// Page is what a page reader took from one page.
type Page struct {
	URL      string   // where it was read
	Links    []Link   // in the order of the page
	Text     string   // what a reader sees, one line for each block
	Mentions []string // text around words such as accessibilité, read where Text is empty
	Whole    bool     // nothing is missing: not cut short, not made by script
}

// Model is whose form a declaration has.
type Model string

// The forms that declarations follow.
const (
	AgID    Model = "agid" // the text of Allegato 1, or a page of AgID's form
	RGAA    Model = "rgaa" // the French one
	EU      Model = "eu"   // the annex of Decision (EU) 2018/1523, as other countries have it
	OwnForm Model = "own"  // words of its own
)

// Text is what a declaration says. A field that could not be read is Unknown;
// Absent is said of pages only that were read whole and are declarations.
type Text struct {
	State       State  // whether the page holds a declaration
	Language    string // it, fr, en, de, es, or "" where it cannot be told
	Model       Model
	Status      Fact[Status]
	Prepared    Fact[Date]    // when it was made
	Reviewed    Fact[Date]    // when it was last reviewed or updated
	Site        Fact[Date]    // when the site was published: not of the declaration
	Page        Fact[Date]    // when the page was last changed, or something on it: not of the declaration for sure
	Feedback    State         // a way to tell of what cannot be used
	Enforcement State         // where to turn when there is no answer
	Rate        Fact[float64] // France: per cent of the criteria that are met
	Contact     Contact
}

// Fact is something read, or the state of not having read it.
type Fact[T any] struct {
	State State
	Value T // where State is Seen
}

func factOf[T any](value T, is, whole bool) Fact[T] {
	if is {
		return Fact[T]{Seen, value}
	}
	return Fact[T]{State: absentIn(whole)}
}

// Contact tells which ways of writing or calling stand beside the feedback; the
// addresses themselves are not kept.
type Contact struct{ Mailbox, Telephone, Form State }

// Date is the day that counts for the duty to review: the last review, or when
// the declaration was made where none is given.
func (t Text) Date() Fact[Date] {
	if t.Reviewed.State == Seen && (t.Prepared.State != Seen || !t.Reviewed.Value.before(t.Prepared.Value)) {
		return t.Reviewed
	}
	return t.Prepared
}

// fewWords is how many words a page must have to be read as one: less is a
// splash, or an application that a script builds.
const fewWords = 25

// maxSentences bounds the work on a text of nothing but full stops.
const maxSentences = 20000

// ReadText reads the text of a declaration.
func ReadText(p Page) Text {
	whole := p.Whole && len(p.Text) <= maxText
	r := newReader(fold(clip(p.Text, maxText)), p)
	whole = whole && r.words >= fewWords && !r.more
	t := Text{State: r.state(whole), Language: r.language()}
	if t.State != Seen {
		// Of a page that is no declaration nothing can be said.
		return t.unread()
	}
	t.Model = r.model()
	status := r.status()
	// A section about the status says it in some words, even if they are not known.
	t.Status = factOf(status, status != "", whole && !r.headed[statusSection])
	r.dates(&t, whole)
	t.Feedback = r.has(r.feedback(), whole)
	t.Enforcement = r.has(r.enforcement(), whole)
	rate, ok := r.rate()
	t.Rate = factOf(rate, ok, whole)
	t.Contact = r.contact(whole)
	return t
}

func (t Text) unread() Text {
	t.Status.State, t.Prepared.State, t.Reviewed.State, t.Site.State, t.Page.State = Unknown, Unknown, Unknown, Unknown, Unknown
	t.Feedback, t.Enforcement, t.Rate.State = Unknown, Unknown, Unknown
	t.Contact = Contact{Unknown, Unknown, Unknown}
	return t
}

// reader holds a text cut into sentences, and what was found on the way.
type reader struct {
	page     Page
	all      []sentence
	parts    []section // of each sentence
	headed   [sections]bool
	claims   []claim
	mentions []Status // of lines that are a French mention
	words    int
	more     bool // there are more sentences than are read
	title    bool
}

func newReader(text string, p Page) *reader {
	r := &reader{page: p, all: sentencesOf(text)}
	if len(r.all) > maxSentences {
		r.all, r.more = r.all[:maxSentences], true
	}
	r.parts = divide(r.all)
	for i, s := range r.all {
		r.words += s.count
		r.title = r.title || titledIn(s.padded)
		if which := sectionOf(s); which != noSection {
			r.headed[which] = true
		}
		if list := mentionsIn(s.tokens); len(list) > 0 && !begins(s.padded, "declaration") {
			for _, m := range list {
				if m.Status != "" {
					r.mentions = append(r.mentions, m.Status)
				}
			}
			continue // the line in the footer, not a sentence of the declaration
		}
		r.claims = append(r.claims, claimsIn(s, i)...)
	}
	return r
}

// state tells whether the page holds a declaration: its title and a status, or
// its title and two of its sections, or the words of those that were written
// before there was a model.
func (r *reader) state(whole bool) State {
	parts := 0
	for _, which := range []section{statusSection, contentSection, preparationSection, enforcementSection} {
		if r.headed[which] {
			parts++
		}
	}
	stated := len(r.told()) > 0
	if r.title && (stated || parts >= 2) || parts >= 2 && stated || r.older() {
		return Seen
	}
	return absentIn(whole)
}

// leastOlder is how many words a claim of the older kind has; a footer's «sito
// conforme alle WCAG» is less.
const leastOlder = 15

// older recognises the statements that sites made before 2018: they claim to
// meet the rules of L. 4/2004, of CNIPA or of the W3C.
func (r *reader) older() bool {
	about, rules, claim, length := false, false, len(r.claims) > 0, 0
	for _, s := range r.all {
		about = about || begins(s.padded, accessible...)
		if contains(s.padded, "legge 4 2004", "legge stanca", "9 gennaio 2004", "legge n 4", "pubbliaccesso", "cnipa", "accessiweb", "rgaa", "wcag") {
			rules, length = true, length+s.count
		}
		claim = claim || contains(s.padded, "requisiti di accessibilita", "requisiti tecnici", "ventidue requisiti", "22 requisiti", "rispetta i requisiti",
			"respecte les criteres", "meets the requirements")
	}
	return about && rules && claim && length >= leastOlder
}

// told are the statuses that count: those of the section where the status
// belongs, and those of sentences about the site anywhere else.
func (r *reader) told() []Status {
	var list, loose []Status
	for _, c := range r.claims {
		switch {
		case c.site, r.parts[c.at] == statusSection:
			list = append(list, c.status)
		default:
			loose = append(loose, c.status)
		}
	}
	if len(list) == 0 && r.title {
		return loose
	}
	return list
}

// status falls back to the French mention where no sentence says more.
func (r *reader) status() Status {
	if list := r.told(); len(list) > 0 {
		return sum(list)
	}
	return sum(r.mentions)
}

// model tells whose form the declaration has.
func (r *reader) model() Model {
	if ReadAddress(r.page.URL).Form == OldForm || ReadAddress(r.page.URL).Form == NewForm {
		return AgID
	}
	italian, french, parts := r.marks(italianMarks), r.marks(frenchMarks), 0
	for _, is := range r.headed {
		if is {
			parts++
		}
	}
	switch {
	case (italian >= 4 || italian == 3 && r.headed[statusSection]) && french == 0:
		return AgID
	case french >= 2:
		return RGAA
	case parts >= 3:
		return EU
	}
	return OwnForm
}

// italianMarks are words of Allegato 1, frenchMarks those of the RGAA's form.
var (
	italianMarks = []string{
		"10 agosto 2018 n 106", "difensore civico per il digitale", "richieste da agid", "redazione della dichiarazione di accessibilita", "en 301549", "en 301 549",
		"modello di autovalutazione", "riesaminata da ultimo",
	}
	frenchMarks = []string{"rgaa", "article 47", "defenseur des droits", "amelioration de l accessibilite", "schema pluriannuel"}
)

// marks counts how many of the marks the text has.
func (r *reader) marks(marks []string) int {
	n := 0
	for _, mark := range marks {
		for _, s := range r.all {
			if contains(s.padded, mark) {
				n++
				break
			}
		}
	}
	return n
}

// common words of the five languages, folded, by which a text is told.
var common = []struct {
	language string
	words    []string
}{
	{"it", []string{"il", "di", "della", "del", "sono", "che", "per", "gli", "dei", "nel"}},
	{"fr", []string{"le", "les", "des", "du", "est", "et", "vous", "sur", "pour", "aux"}},
	{"en", []string{"the", "of", "and", "is", "this", "to", "with", "for", "on", "you"}},
	{"de", []string{"der", "die", "und", "ist", "das", "den", "mit", "sie", "von", "nicht"}},
	{"es", []string{"el", "los", "las", "del", "y", "es", "por", "para", "que", "una"}},
}

// leastCommon is how many common words make a language.
const leastCommon = 4

func (r *reader) language() string {
	best, most := "", leastCommon-1
	for _, c := range common {
		n := 0
		for _, s := range r.all {
			for _, t := range s.tokens {
				if slices.Contains(c.words, t.text) {
					n++
				}
			}
		}
		if n > most {
			best, most = c.language, n
		}
	}
	return best
}

func (r *reader) has(is, whole bool) State {
	if is {
		return Seen
	}
	return absentIn(whole)
}
