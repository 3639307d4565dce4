package inventory

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// ownTitles are other words for the columns of a list of one's own, in plain
// form: who makes one at home writes his own language.
func ownTitles() map[string]string {
	return map[string]string{
		"dominio": "domain", "sito": "domain", "sito web": "domain", "domaine": "domain", "site": "domain", "site web": "domain",
		"comune": "name", "nome": "name", "commune": "name", "nom": "name",
		"paese": "country", "pays": "country",
		"codice":    "code",
		"provincia": "province",
		"regione":   "region", "région": "region",
		"dipartimento": "department", "departement": "department",
		"unione": "union", "intercommunalite": "union",
		"abitanti": "population", "popolazione": "population", "habitants": "population",
	}
}

// own reads a CSV of one's own: the columns of a list of targets, and those that
// say where a body belongs. Columns with other titles are passed over.
func (i *importer) own(r io.Reader) error {
	return i.rowsOf(r, layout{
		title:  `a list whose first line names its columns, one of them "domain" ("dominio", "sito", "domaine")`,
		quoted: true, required: []string{"domain"}, also: ownTitles(),
	}, func(c cells) {
		r := c.row
		r.Name = r.title(c.get("name"))
		r.Country = strings.ToLower(c.get("country"))
		if r.Country != "" && !slices.Contains([]string{"it", "fr", "eu"}, r.Country) {
			r.err = fmt.Errorf("country %q is none of it, fr, eu", short(r.Country))
			return
		}
		r.Code, r.Place, r.Category = c.get("code"), strings.ToUpper(c.get("place")), c.get("category")
		r.Municipality = r.Category == "" || r.Category == "L6" || r.Category == "mairie"
		r.Province, r.Region = c.get("province"), c.get("region")
		r.Department, r.Union = c.get("department"), c.get("union")
		r.Population = r.number(c.get("population"))
		r.site, r.former = c.get("domain"), c.get("former domains")
		r.mail(c.get("mail"), "")
		r.mail(c.get("pec"), "pec")
		codes, err := several(c.get("former codes"))
		if err != nil {
			r.note("former codes left out: %v", err)
		}
		r.FormerCodes = union(nil, codes...)
	})
}
