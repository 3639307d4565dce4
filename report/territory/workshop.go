package territory

import (
	"cmp"
	"slices"
	"time"

	"campanile/checks"
	"campanile/collectors/evidence"
	"campanile/report"
	"campanile/rules"
)

// Handout is what people have before them while they talk about what their
// municipalities have in common: a first sheet, then one for each theme. Its texts
// are ready to be shown.
type Handout struct {
	Language  rules.Language
	Title     string
	Lead      string
	Notes     []string // how to read it
	Anonymous bool
	Taken     time.Time // the newest look
	Themes    []Sheet
}

// Sheet is one theme.
type Sheet struct {
	ID        string
	Name      string
	Intro     string
	Standing  []string // sentences: what is in order, what could not be measured
	Problems  []Problem
	None      string // said where there are no problems
	More      string // said where some are left out
	Limits    string // what cannot be seen from outside
	Questions []string
}

// Problem is one defect that several municipalities share, told with an invented
// one.
type Problem struct {
	Rule     string
	Severity rules.Severity
	Title    string
	Why      []string // paragraphs
	Share    string   // "14 municipalities of 20"
	Count    int
	Total    int
	Who      string
	Towns    []string // by name; none where Withheld says why
	Withheld string
	Left     string // what could not be measured; empty where all could
}

// Fewer than these do not share a problem, and could be guessed where no name is
// to be told.
const (
	leastShared    = 2
	leastAnonymous = 3
)

// maxProblems is how many problems one sheet holds: more are not talked about.
const maxProblems = 5

// Workshop lays the shared problems of a territory out by theme. Without names,
// what concerns fewer than three municipalities is left out: people would guess.
func Workshop(in Input, themes []rules.Theme, anonymous bool) Handout {
	w, towns := report.WordsIn(in.Language), latest(in.Towns)
	var first, last time.Time
	for _, t := range towns {
		if first.IsZero() || t.Taken.Before(first) {
			first = t.Taken
		}
		if t.Taken.After(last) {
			last = t.Taken
		}
	}
	h := Handout{
		Language: in.Language, Anonymous: anonymous, Taken: last,
		Title: w.Say("workshop.title"),
		Lead:  w.Count("workshop.lead", len(towns), "Dates", w.Span(first, last)),
	}
	if anonymous {
		h.Notes = append(h.Notes, w.Say("workshop.anonymous", "Least", w.Number(leastAnonymous)))
	}
	h.Notes = append(h.Notes, w.Say("workshop.example"))
	f := facilitator{in, w, towns, anonymous}
	for i := range themes {
		h.Themes = append(h.Themes, f.sheet(&themes[i], themes))
	}
	return h
}

// facilitator prepares the sheets.
type facilitator struct {
	Input
	words     report.Words
	towns     []*town
	anonymous bool
}

func (f facilitator) sheet(theme *rules.Theme, themes []rules.Theme) Sheet {
	w := f.words
	failing, pass, fail, open := gathering{}, 0, 0, 0
	for _, t := range f.towns {
		for _, v := range t.Verdicts {
			if !theme.Of(themes, v.Rule) {
				continue
			}
			switch v.Outcome {
			case checks.Pass:
				pass++
			case checks.Inconclusive:
				open++
			case checks.Fail:
				fail++
				failing.add(t, v)
			case checks.NotApplicable:
			}
		}
	}
	s := Sheet{
		ID: theme.ID, Name: w.Text(theme.Name), Intro: w.Text(theme.Intro), Limits: w.Text(theme.Limits),
	}
	for _, question := range theme.Questions[f.Language] {
		s.Questions = append(s.Questions, w.Text(map[rules.Language]string{f.Language: question}))
	}
	if pass > 0 {
		s.Standing = append(s.Standing, w.Count("workshop.order", pass, "Total", w.Number(int64(pass+fail))))
	}
	if open > 0 {
		s.Standing = append(s.Standing, w.Count("workshop.open", open))
	}
	f.fill(&s, failing.changes(w, f.Language, f.towns))
	return s
}

// fill puts the shared problems on the sheet: first what wants action soonest,
// then what most municipalities have, and last what is only worth knowing.
func (f facilitator) fill(s *Sheet, changes []Change) {
	least := leastShared
	if f.anonymous {
		least = leastAnonymous
	}
	changes = slices.DeleteFunc(changes, func(c Change) bool { return len(c.Towns) < least })
	slices.SortStableFunc(changes, func(a, b Change) int {
		return cmp.Compare(note(a), note(b))
	})
	if len(changes) == 0 {
		s.None = f.words.Say("workshop.none")
		return
	}
	for _, c := range changes[:min(maxProblems, len(changes))] {
		s.Problems = append(s.Problems, f.problem(c))
	}
	if rest := len(changes) - len(s.Problems); rest > 0 {
		s.More = f.words.Count("workshop.more", rest)
	}
}

func note(c Change) int {
	if c.Severity == rules.Info {
		return 1
	}
	return 0
}

func (f facilitator) problem(c Change) Problem {
	w, v := f.words, c.Towns[0].verdicts[0]
	told := report.Sketched(v.Rule, v.Facts, mostly(f.towns, country), f.Language)
	p := Problem{
		Rule: c.Rule, Severity: c.Severity, Title: told.Title, Why: told.Why, Left: c.Left,
		Count: len(c.Towns), Total: len(f.towns),
		Share: w.Count("workshop.share", len(c.Towns), "Total", w.Number(int64(len(f.towns)))),
		Who:   w.Say("workshop.who", "Actor", w.Say("actor."+string(c.Actor)+".name"), "Effort", w.Say("effort."+string(c.Effort))),
	}
	switch {
	case f.anonymous:
	case v.Rule.Family == string(evidence.ServicesFamily):
		// A list of who has what open to the Internet is a list of where to go.
		p.Withheld = w.Say("workshop.withheld")
	default:
		for _, concerned := range c.Towns {
			p.Towns = append(p.Towns, concerned.Name)
		}
	}
	return p
}
