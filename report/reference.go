package report

import (
	"regexp"
	"slices"
	"strings"

	"campanile/rules"
)

// Reference is a text that asks for something or explains it.
type Reference struct {
	Title string
	Link  string // empty where there is none
	Note  string // a duty or a recommendation; empty for technical references
}

// laws lists the acts and guidelines behind a rule that speak to the target's
// country and are in force at the time of the evidence; without evidence, all.
func laws(w words, in Input, rule *rules.Rule) []Reference {
	var list []Reference
	for _, key := range rule.Law {
		law, ok := in.Rules.Law[key]
		if !ok || !speaksTo(law, in.Bundle.Target.Country) {
			continue
		}
		dated := rules.Rule{Since: law.Since, Until: law.Until}
		if taken := in.Bundle.Taken; !taken.IsZero() && !dated.InForce(taken) {
			continue
		}
		title := law.Title[in.Language]
		if law.Article != "" {
			title += ", " + law.Article
		}
		list = append(list, Reference{clean(w.spaced(title)), web(law.Link), lawNote(w, law)})
	}
	return list
}

// speaksTo leaves out another country's law: it would only confuse.
func speaksTo(law rules.Law, country string) bool {
	return law.Country == country || !slices.Contains([]string{"it", "fr"}, law.Country)
}

func lawNote(w words, law rules.Law) string {
	note := w.say("law.recommendation")
	if law.Binding {
		note = w.say("law.duty")
	}
	if law.Source == "secondary" {
		note += ", " + w.say("law.secondary")
	}
	if !law.Read.IsZero() {
		note += ", " + w.say("law.read", "Date", w.date(law.Read.Time))
	}
	return note
}

var rfc = regexp.MustCompile(`^RFC (\d+)(?: section ([\d.]+))?$`)

// technical turns "RFC 9989 section 4.10" into a title in the language and an
// address; other references stay as they are.
func technical(w words, refs []string) []Reference {
	list := make([]Reference, len(refs))
	for i, ref := range refs {
		list[i] = Reference{Title: clean(ref)}
		parts := rfc.FindStringSubmatch(ref)
		if parts == nil {
			continue
		}
		list[i] = Reference{Title: "RFC " + parts[1], Link: "https://www.rfc-editor.org/rfc/rfc" + parts[1]}
		if section := strings.TrimSuffix(parts[2], "."); section != "" {
			list[i].Title = w.say("law.section", "RFC", parts[1], "Section", section)
			list[i].Link += "#section-" + section
		}
	}
	return list
}

// web keeps an address only when it is one that a browser may safely open.
func web(link string) string {
	if strings.HasPrefix(link, "https://") || strings.HasPrefix(link, "http://") {
		return link
	}
	return ""
}
