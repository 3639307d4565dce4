package declaration_test

import (
	"fmt"
	"strings"
	"testing"

	"campanile/collectors/records/declaration"
)

// TestHostileTextsEndSoon: the test's own timeout tells when they do not.
func TestHostileTextsEndSoon(t *testing.T) {
	t.Parallel()
	for name, part := range map[string]string{
		"one-word":        "a",
		"full-stops":      ". ",
		"lines":           "a\n",
		"dates":           "redatta il 13/09/2024 ",
		"dates-in-lines":  "Data di redazione\n13/09/2024\n",
		"months":          "settembre ",
		"figures":         "1/",
		"statuses":        "ist nicht vollständig vereinbar ",
		"statuses-alone":  "conforme ",
		"headings":        "Stato di conformità\n",
		"titles":          "dichiarazione ",
		"mentions":        "accessibilité ",
		"mentions-full":   "accessibilité : non conforme ",
		"per-cents":       "critères 50 % ",
		"mailboxes":       "Feedback e a@b ",
		"entities":        "&amp;",
		"accents":         "e\u0301",
		"broken-letters":  "\xe0 ",
		"brackets":        "accessibilité : non conforme (a ",
		"blanks":          " ",
		"small-words":     "non è al momento del tutto ",
		"law-after-law":   "legge 9 gennaio 2004 n 4 ",
		"everything-once": "Dichiarazione di accessibilità è parzialmente conforme redatta il 1/1/2024. ",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := strings.Repeat(part, 1<<20/len(part))
			read := declaration.ReadText(declaration.Page{Text: text, Whole: true})
			if read.State == declaration.Absent || read.Status.State == declaration.Absent {
				t.Errorf("more than is read was called whole: %+v", read)
			}
			if m := declaration.ReadMention([]string{text}, true); m.State == declaration.Absent {
				t.Errorf("more than is read has no mention: %+v", m)
			}
			declaration.Read(declaration.Link{Text: text, URL: "https://form.agid.gov.it/view/" + text})
		})
	}
	t.Run("a-great-many-links", func(t *testing.T) {
		t.Parallel()
		var links []declaration.Link
		for i := range 20000 {
			links = append(links, declaration.Link{URL: fmt.Sprintf("https://comune.example/%d", i), Text: "Dichiarazione", Place: "main"})
		}
		s := declaration.Look(declaration.Page{Links: links, Text: strings.Repeat("parola ", 100), Whole: true}, declaration.Seen)
		if s.Outcome != declaration.NotFound || len(s.Links) != len(links) {
			t.Errorf("outcome %s of %d links", s.Outcome, len(s.Links))
		}
	})
}
