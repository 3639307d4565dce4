package declaration

import "slices"

// Outcome is how the declaration of a site was found from one of its pages, or
// was not.
type Outcome string

// The outcomes, the best first.
const (
	NewFormat     Outcome = "found-new-format" // an address of AgID's form since December 2025
	OldFormat     Outcome = "found-old-format" // an address of AgID's form before
	Linked        Outcome = "found-link"       // a definite link to somewhere else: follow it once
	Here          Outcome = "found-here"       // the page is the declaration
	Mentioned     Outcome = "found-mention"    // the French mention without a link
	Possible      Outcome = "possible-link"    // a likely link: follow it once
	Unfilled      Outcome = "placeholder-link"
	ObjectiveOnly Outcome = "only-objectives"
	NotFound      Outcome = "not-found"
	CannotTell    Outcome = "not-determinable"
)

// Survey is what one page says about accessibility.
type Survey struct {
	Outcome     Outcome
	Best        int       // index of the link of the outcome; -1 where it has none
	Links       []Reading // of each link of the page
	Mention     Mention
	Text        Text
	Declaration State // whether a declaration is published, as far as this page tells
}

// Look reads a page. Footer says whether the page's footer was read: without
// one, nothing can be said to be missing.
func Look(p Page, footer State) Survey {
	s := Survey{Best: -1, Links: make([]Reading, len(p.Links))}
	passages := p.Mentions
	if p.Text != "" {
		passages = []string{p.Text}
	}
	passages = slices.Clip(passages)
	for i, l := range p.Links {
		s.Links[i] = Read(l)
		if s.Links[i].Mention.State == Seen {
			passages = append(passages, l.Text)
		}
	}
	s.Mention = ReadMention(passages, p.Whole && footer != Unknown)
	s.Text = ReadText(p)
	s.choose(p.Whole && footer == Seen)
	return s
}

// choose takes the best way that the page offers.
func (s *Survey) choose(whole bool) {
	rank := 0
	for i, l := range s.Links {
		if outcome, value := l.worth(); value > rank {
			rank, s.Best, s.Outcome = value, i, outcome
		}
	}
	linked := s.Outcome == NewFormat || s.Outcome == OldFormat && s.Links[s.Best].Certainty == Definite
	switch {
	case linked:
	case s.Text.State == Seen:
		s.Outcome, s.Best = Here, -1
	case s.Outcome == Linked, s.Outcome == OldFormat:
	case s.Mention.State == Seen && s.Mention.Status != "":
		s.Outcome, s.Best = Mentioned, -1
	case s.Best >= 0:
	case whole:
		s.Outcome = NotFound
	default:
		s.Outcome = CannotTell
	}
	s.Declaration = s.published(whole)
}

// Next gives the link that tells more when it is followed: that of the outcome,
// or a likely one beside a mention or a placeholder, which lead nowhere; -1 where
// there is none.
func (s *Survey) Next() int {
	if s.Outcome == Linked || s.Outcome == Possible {
		return s.Best
	}
	if s.Outcome != Mentioned && s.Outcome != Unfilled {
		return -1
	}
	return slices.IndexFunc(s.Links, func(r Reading) bool {
		outcome, _ := r.worth()
		return outcome == Possible
	})
}

// worth ranks the links of a page.
func (r Reading) worth() (Outcome, int) {
	definite := r.Certainty == Definite
	switch {
	case r.Kind == Statement && r.Filed.Form == NewForm:
		return NewFormat, 9
	case r.Kind == Statement && r.Filed.Form == OldForm && definite:
		return OldFormat, 8
	case r.Kind == Statement && definite:
		return Linked, 7
	case r.Kind == Statement && r.Filed.Form == OldForm:
		return OldFormat, 6
	case r.Kind == Placeholder && definite:
		return Unfilled, 5
	case r.Kind == Statement:
		return Possible, 4
	case r.Kind == Placeholder:
		return Unfilled, 3
	case r.Kind == Objectives:
		return ObjectiveOnly, 1
	}
	return "", 0
}

// published: a link to it says yes as long as nobody has followed it. A likely
// link says nothing; neither does a page that was not read to its end.
func (s *Survey) published(whole bool) State {
	switch s.Outcome {
	case NewFormat, OldFormat, Linked, Here, Mentioned:
		if s.Best >= 0 && s.Links[s.Best].Certainty == Likely {
			return Unknown
		}
		return Seen
	case Unfilled:
		// What a script may still fill in is not missing.
		if s.Links[s.Best].Certainty == Definite {
			return Absent
		}
		return Unknown
	case ObjectiveOnly, NotFound:
		return absentIn(whole)
	case Possible, CannotTell:
	}
	return Unknown
}
