package declaration

import (
	"slices"
	"strings"
)

// Kind is what a link leads to.
type Kind string

// The kinds of links that have to do with accessibility.
const (
	Other       Kind = ""
	Statement   Kind = "declaration"
	Objectives  Kind = "objectives" // of the year, Italy (D.L. 179/2012)
	Plan        Kind = "plan"       // France: schéma pluriannuel, plan d'actions
	Feedback    Kind = "feedback"
	Building    Kind = "building"    // ramps, parking places: not of the site
	Placeholder Kind = "placeholder" // a declaration that leads nowhere
	Widget      Kind = "widget"      // a button or product that changes how the page looks
)

// Certainty is how sure a kind is.
type Certainty string

// A definite link says so by its mark, its label or its address. A likely one
// must be followed before anything is said about it.
const (
	Definite Certainty = "definite"
	Likely   Certainty = "likely"
)

// Reading is what one link is.
type Reading struct {
	Kind      Kind
	Certainty Certainty
	Filed     Filed   // of an address of AgID's form
	Mention   Mention // of a link whose label is the French mention; its zero value otherwise
}

// Bounds of one link and of one text.
const (
	maxLabel = 2000      // bytes
	maxText  = 256 << 10 // bytes
)

// label is a link made ready for questions.
type label struct {
	Link
	filed   Filed
	mention Mention
	padded  string // words of the label
	count   int
	path    string // words of the address after the host
	host    string
}

// Read tells what a link leads to.
func Read(l Link) Reading {
	k := newLabel(l)
	kind, certainty := k.kind()
	return Reading{Kind: kind, Certainty: certainty, Filed: k.filed, Mention: k.mention}
}

func newLabel(l Link) label {
	tokens := tokensOf(fold(strings.ReplaceAll(clip(l.Text, maxLabel), "\n", " ")))
	list := words(tokens)
	k := label{Link: l, filed: ReadAddress(l.URL), padded: padded(list), count: len(list)}
	if found := mentionsIn(tokens); len(found) > 0 {
		k.mention = found[0]
	}
	_, rest, found := strings.Cut(strings.ToLower(clip(l.URL, maxAddress)), "://")
	if found {
		k.host, rest, _ = strings.Cut(rest, "/")
		k.path = padded(words(tokensOf(fold(unescaped(rest)))))
	}
	return k
}

// kind asks from the surest sign to the weakest.
func (k label) kind() (Kind, Certainty) {
	switch {
	case k.filed.Form == NewForm && strings.HasPrefix(k.filed.Subject, "obiettivi"):
		return Objectives, Definite
	case k.filed.Form == NewForm:
		return Statement, Definite
	case k.filed.Form == EmptyForm:
		return k.emptyForm()
	case k.filed.Form == OldForm:
		return k.oldForm()
	case k.Mark == "accessibility-link" && k.nowhere():
		return Placeholder, Definite
	case k.written() && k.topic():
		return Feedback, Likely
	case k.ofBuildings() && !k.titled():
		return Building, Definite
	case k.ofObjectives():
		return Objectives, Definite
	case k.ofPlan():
		return Plan, k.named(accessible)
	case k.mention.State == Seen, k.Mark == "accessibility-link", k.titled():
		return k.statement()
	case k.ofFeedback():
		return Feedback, k.named(accessible)
	case k.ofWidget():
		return Widget, Definite
	case k.topic():
		return k.hint()
	}
	return Other, ""
}

// named is definite where the label has a word that begins so.
func (k label) named(stems []string) Certainty {
	if begins(k.padded, stems...) {
		return Definite
	}
	return Likely
}

// accessible are the stems of accessibility in the five languages, folded.
var accessible = []string{"accessib", "barrierefrei", "accesib", "rgaa", "wcag"}

// oldForm: the objectives of the year lie at the same kind of address as the
// declaration, and only the label tells them apart.
func (k label) oldForm() (Kind, Certainty) {
	switch {
	case k.titled(), k.Mark == "accessibility-link" && !k.ofObjectives(), k.mention.State == Seen:
		return Statement, Definite
	case begins(k.padded, "obiettiv", "objectif"):
		return Objectives, Definite
	case begins(k.padded, "feedback"):
		return Feedback, Likely
	}
	return Statement, k.named(append([]string{"dichiarazion"}, accessible...))
}

// emptyForm: the address of AgID's form without a declaration. The form's own
// address may also be an honest pointer to AgID where the label is not that of a
// declaration.
func (k label) emptyForm() (Kind, Certainty) {
	switch {
	case k.titled(), k.Mark == "accessibility-link", k.mention.State == Seen:
		return Placeholder, Definite
	case k.ofObjectives(), k.ofFeedback():
		return Placeholder, Likely
	}
	return Placeholder, k.named(accessible)
}

// statement judges a link that calls itself the declaration.
func (k label) statement() (Kind, Certainty) {
	switch {
	case k.nowhere():
		return Placeholder, Definite
	case k.URL == "" && strings.HasPrefix(k.Raw, "#"):
		// A place further down: the declaration may stand in this very page.
		return Statement, Likely
	case k.URL == "":
		// A script may show it all the same.
		return Placeholder, Likely
	case k.Place == "main" && k.count > 10 && k.Mark == "":
		return Statement, Likely // news about it, or a sentence
	case k.Mark == "" && k.ofBuildings():
		return Statement, Likely // of a museum, or of its site
	}
	return Statement, Definite
}

// nowhere: without an address, or with that of a template.
func (k label) nowhere() bool {
	raw := strings.ToLower(strings.TrimSpace(k.Raw))
	switch {
	case k.URL != "":
		return unfilled(k.URL)
	case raw == "", raw == "#", raw == "#!", raw == "#0", raw == "##", raw == "#none", raw == "#nogo":
		return true
	}
	return unfilled(k.Raw)
}

// written: the link begins a letter or a call.
func (k label) written() bool {
	address := strings.ToLower(clip(k.URL, 8))
	return strings.HasPrefix(address, "mailto:") || strings.HasPrefix(address, "tel:")
}

// unfilled recognises an address that a template left open.
func unfilled(address string) bool {
	address = strings.ToLower(clip(address, maxAddress))
	if strings.HasPrefix(address, "http://#") || address == "http:///" || address == "https:///" {
		return true
	}
	for _, mark := range []string{"{{", "}}", "%7b%7b", "[url", "%5burl", "inserire-link", "inserire_link", "link-da-inserire", "://example.com", "://www.example.com"} {
		if strings.Contains(address, mark) {
			return true
		}
	}
	return false
}

// titles are pairs of words, at most four words apart, that name a declaration.
var titles = []struct{ head, of []string }{
	{[]string{"dichiarazion"}, []string{"accessib"}},
	{[]string{"declaration"}, []string{"accessib", "rgaa"}},
	{[]string{"accessib"}, []string{"statement", "declaration"}},
	{[]string{"statement"}, []string{"accessib"}},
	{[]string{"erklarung", "erklaerung"}, []string{"barrierefrei"}},
	{[]string{"barrierefreiheitserkl"}, nil},
	{[]string{"declaracion"}, []string{"accesib"}},
}

// titled recognises the title of a declaration in the label.
func (k label) titled() bool { return titledIn(k.padded) }

func titledIn(padded string) bool {
	list := strings.Fields(padded)
	for i, word := range list {
		for _, t := range titles {
			if !startsWith(word, t.head) {
				continue
			}
			if t.of == nil {
				return true
			}
			for _, next := range list[i+1 : min(len(list), i+6)] {
				if startsWith(next, t.of) {
					return true
				}
			}
		}
	}
	return false
}

func startsWith(word string, stems []string) bool {
	return slices.ContainsFunc(stems, func(stem string) bool { return strings.HasPrefix(word, stem) })
}

// topic: the label or the address speaks of accessibility.
func (k label) topic() bool {
	return begins(k.padded, accessible...) || titledIn(k.path) || strings.Contains(k.path, " accessib") && k.count == 0
}

// hint is a link that only speaks of accessibility. In the middle of a page only
// the bare word counts: the rest is news.
func (k label) hint() (Kind, Certainty) {
	switch {
	case k.URL == "":
		return Widget, Likely
	case titledIn(k.path), k.count <= 2, k.Place != "main" && k.Place != "" && k.count <= 8:
		return Statement, Likely
	}
	return Other, ""
}
