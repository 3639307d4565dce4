package inventory

import (
	_ "embed" // the tables of provinces and departments
	"encoding/csv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// placesTable holds the statistical codes of the Italian provinces, those of the
// Sardinian reforms of 2016 and 2025 with the ones before, and of the French
// departments.
//
//go:embed places/places.csv
var placesTable string

// province is an Italian province or a French department.
type province struct {
	country, code, short, name, region string
}

// atlas finds provinces and departments by their statistical code.
type atlas map[string]province

func newAtlas() (atlas, error) {
	rows, err := csv.NewReader(strings.NewReader(placesTable)).ReadAll()
	if err != nil {
		return nil, err
	}
	a := make(atlas, len(rows))
	for _, row := range rows[1:] {
		a[row[0]+row[1]] = province{row[0], row[1], row[2], row[3], row[4]}
	}
	return a, nil
}

// of finds the province or department of a municipality by its code: three
// digits in Italy, two or three characters in France.
func (a atlas) of(country, place string) (province, bool) {
	widths := []int{3}
	if country == "fr" {
		widths = []int{2, 3} // 97x and 98x are the longer ones; 97 alone is none
	}
	for _, width := range widths {
		if p, ok := a[country+place[:min(width, len(place))]]; ok {
			return p, true
		}
	}
	return province{}, false
}

// named finds an Italian province by its letters, its name or its code; of two
// with the same letters, either does.
func (a atlas) named(country, text string) (province, bool) {
	for _, p := range a {
		if p.country == country && (same(p.short, text) || same(p.name, text) || p.code == text) {
			return p, true
		}
	}
	return province{}, false
}

// shorts gives the provinces or departments by their letters or number; what
// none is called stays as typed.
func (a atlas) shorts(country string, typed []string) []string {
	var list []string
	for _, text := range typed {
		if p, ok := a.named(country, text); ok {
			text = p.short
		}
		list = append(list, text)
	}
	return list
}

// hasRegion tells whether one of the provinces or departments is in the region.
func (a atlas) hasRegion(text string) bool {
	for _, p := range a {
		if same(p.region, text) {
			return true
		}
	}
	return false
}

// same compares names as people type them: without regard to capitals, accents,
// hyphens and apostrophes. Of a name in two languages either half does.
func same(name, typed string) bool {
	typed = plain(typed)
	if typed == "" {
		return false
	}
	if plain(name) == typed {
		return true
	}
	for half := range strings.SplitSeq(name, "/") {
		if plain(half) == typed {
			return true
		}
	}
	return false
}

// plain is a name without what people leave out when they type it.
func plain(name string) string {
	var b strings.Builder
	for _, c := range norm.NFD.String(name) {
		switch {
		case unicode.IsLetter(c) || unicode.IsDigit(c):
			b.WriteRune(unicode.ToLower(c))
		case unicode.Is(unicode.Mn, c): // an accent
		case b.Len() > 0 && !strings.HasSuffix(b.String(), " "):
			b.WriteByte(' ')
		}
	}
	return strings.TrimSpace(b.String())
}
