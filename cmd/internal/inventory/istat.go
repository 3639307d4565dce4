package inventory

import (
	"fmt"
	"io"
	"regexp"
	"strings"
)

// istat reads the Italian list of municipalities (Elenco-comuni-italiani.csv):
// ISO-8859-1, semicolons, and line breaks within the titles of its columns. It
// tells no sites; it is good beside a list that does.
func (i *importer) istat(r io.Reader) error {
	return i.rowsOf(r, layout{
		title: "Elenco-comuni-italiani.csv of ISTAT", quoted: true, latin: true, country: "it",
		required: []string{"codice comune formato alfanumerico", "denominazione in italiano"},
	}, func(c cells) {
		r := c.row
		r.plain, r.Municipality = true, true
		r.Name = r.title(c.get("denominazione in italiano"))
		text := c.get("codice comune formato alfanumerico")
		if r.Place = r.code(text, 6); !istatCode.MatchString(r.Place) {
			r.err = fmt.Errorf("%q is no code of ISTAT", short(text))
			return
		}
		r.Province = strings.ToUpper(c.starting("sigla automobilistica"))
		r.Region = c.get("denominazione regione")
		r.Cadastral = strings.ToUpper(c.starting("codice catastale"))
		r.Population = r.number(c.starting("popolazione"))
	})
}

// inseeCode is the code of a French municipality.
var inseeCode = regexp.MustCompile(`^(?:\d{2}|2[AB])\d{3}$`)

// district tells whether the code is that of a district (arrondissement
// municipal) of Paris, Lyon or Marseille, which is no municipality.
func district(code string) bool {
	return code >= "13201" && code <= "13216" || code >= "69381" && code <= "69389" || code >= "75101" && code <= "75120"
}

// insee reads the French list of municipalities (v_commune). Beside those of
// today it has the ones that are part of another (COMD, COMA), which tells what
// was merged into what.
func (i *importer) insee(r io.Reader) error {
	return i.rowsOf(r, layout{
		title: "v_commune of INSEE", quoted: true, country: "fr",
		required: []string{"typecom", "com", "libelle"},
	}, func(c cells) {
		r := c.row
		r.plain = true
		r.Name = r.title(c.get("libelle"))
		text := c.get("com")
		r.Place = r.code(text, 5)
		r.Code = r.Place
		kind := strings.ToUpper(c.get("typecom"))
		switch {
		case !inseeCode.MatchString(r.Place):
			r.err = fmt.Errorf("%q is no code of INSEE", short(text))
		case kind == "COMD", kind == "COMA":
			r.into = r.code(c.get("comparent"), 5)
			if r.into == "" {
				r.err = fmt.Errorf("%s is a former municipality, and the one that it is part of is missing", r.Place)
			}
		case kind == "ARM", district(r.Place):
			r.err = fmt.Errorf("%s is a district of a city, and no municipality", r.Place)
		case kind != "COM":
			r.err = fmt.Errorf("%q is no kind of municipality; known are COM, COMD, COMA and ARM", short(kind))
		}
		r.Municipality = true
		r.Department = c.get("dep")
	})
}
