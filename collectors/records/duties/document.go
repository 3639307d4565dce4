package duties

import (
	"net/url"
	"slices"
	"strings"

	"campanile/collectors/records/internal/plain"
)

// formats are the ends of addresses of documents; those that people print and
// fill in by hand come first.
var formats = []string{"pdf", "doc", "docx", "odt", "rtf", "xls", "xlsx", "ods"}

// printable is how many of them that are.
const printable = 5

// Document gives the format of a document by the end of its address, and "" for
// any other address.
func Document(address string) string {
	u, err := url.Parse(clip(address, maxAddress))
	if err != nil {
		return ""
	}
	path := strings.ToLower(u.Path)
	for _, format := range formats {
		if strings.HasSuffix(path, "."+format) {
			return format
		}
	}
	return ""
}

// Printable recognises a document that people print to fill it in, or may.
func Printable(l Link) bool {
	return LeadsSomewhere(l) && slices.Contains(formats[:printable], Document(l.URL))
}

// NamesForm recognises a link that says by its label, or by the name of its file,
// that it is a form to fill in.
func NamesForm(l Link) bool {
	k := newLink(l)
	return slices.ContainsFunc([]string{k.words, k.path}, func(words string) bool {
		return plain.Begins(words, forms...) || plain.Contains(words, "modello", "istanza", "cerfa", "form", "vordruck")
	})
}

// forms are beginnings of words that name a form, folded.
var forms = []string{
	"modul", "domanda", "richiest", "autocertific", "formulair", "demande", "formular", "antrag", "solicitud", "impreso", "application", "iscrizion", "inscription",
}
