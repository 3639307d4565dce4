package inventory

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"campanile/cmd/internal/exit"
)

// nested is a field that holds JSON inside a string, as the directory exports
// it, or the JSON itself, as some copies of it have.
type nested[T any] struct {
	value  T
	broken string // what it holds in place of that
}

// UnmarshalJSON never fails: a field that cannot be read costs itself, not the
// entry.
func (n *nested[T]) UnmarshalJSON(data []byte) error {
	var inside string
	if json.Unmarshal(data, &inside) == nil {
		data = []byte(strings.TrimSpace(inside))
	}
	if len(data) == 0 || bytes.Equal(data, []byte("null")) {
		return nil
	}
	if json.Unmarshal(data, &n.value) != nil {
		n.broken = string(data)
	}
	return nil
}

// text is a field that ought to be a string; numbers stand for themselves, and
// several strings for a list with semicolons.
type text string

// UnmarshalJSON takes what is none of these as empty.
func (t *text) UnmarshalJSON(data []byte) error {
	var one string
	var many []string
	switch {
	case json.Unmarshal(data, &one) == nil:
		*t = text(one)
	case json.Unmarshal(data, &many) == nil:
		*t = text(strings.Join(many, ";"))
	case digits(string(data)):
		*t = text(data)
	}
	return nil
}

// office is one entry of the directory.
type office struct {
	ID    text               `json:"id"`
	Name  text               `json:"nom"`
	INSEE text               `json:"code_insee_commune"`
	SIRET text               `json:"siret"`
	Mail  text               `json:"adresse_courriel"`
	Pivot nested[[]pivot]    `json:"pivot"`
	Sites nested[[]labelled] `json:"site_internet"`
}

// pivot says what the office is, and for which municipalities.
type pivot struct {
	Kind  text           `json:"type_service_local"`
	INSEE nested[[]text] `json:"code_insee_commune"`
}

type labelled struct {
	Label text `json:"libelle"`
	Value text `json:"valeur"`
}

// annuaire reads the JSON export of the French directory of the administration:
// a list of entries, the answer of its records address, or one entry a line.
func (i *importer) annuaire(r io.Reader) error {
	d, err := i.directory(r)
	if err != nil {
		return err
	}
	number := 0
	for d.decoder.More() {
		number++
		raw, line, err := d.next()
		if err != nil {
			return exit.Usagef("%s: entry %d: not readable as JSON (%w); download the list again", i.from.Name, number, err)
		}
		i.take(i.office(raw, line, number))
	}
	if !d.ended() {
		return exit.Usagef("%s: the list is cut short after entry %d; download it again", i.from.Name, number)
	}
	if d.total > number {
		return exit.Usagef("%s holds %d of %d entries; download the whole list from the address that ends in exports/json", i.from.Name, number, d.total)
	}
	return nil
}

// office reads one entry.
func (i *importer) office(raw []byte, line, number int) *row {
	r := &row{Body: Body{Line: line}, entry: number}
	r.Country = "fr"
	var o office
	if err := json.Unmarshal(raw, &o); err != nil {
		r.err = errors.New("not an entry of the directory")
		return r
	}
	r.Name = r.title(r.cell(string(o.Name), false))
	codes := o.kind(r)
	code := r.cell(string(o.INSEE), false)
	if first, _, several := strings.Cut(code, ";"); several {
		code = first
	}
	r.Place = r.code(firstOf(code, first(codes)), 5)
	if !inseeCode.MatchString(r.Place) {
		if r.Municipality {
			r.err = fmt.Errorf("%q is no code of INSEE", short(r.Place))
			return r
		}
		r.Place = ""
	}
	r.Code = r.Place
	if !r.Municipality {
		r.Code = firstOf(r.cell(string(o.SIRET), false), r.cell(string(o.ID), false))
	}
	if r.err == nil && r.Municipality {
		r.err = r.branch()
	}
	r.mail(r.cell(string(o.Mail), false), "")
	i.sites(r, &o)
	return r
}

func first(list []text) string {
	if len(list) == 0 {
		return ""
	}
	return string(list[0])
}

// townHalls are the kinds of office that stand for a municipality; mairie_com
// are those overseas.
var townHalls = []string{"mairie", "mairie_com", "paris_mairie"}

// kind says what the office is, and gives the municipalities that it is for.
func (o *office) kind(r *row) []text {
	if o.Pivot.broken != "" || len(o.Pivot.value) == 0 {
		if !strings.HasPrefix(plain(r.Name), "mairie") {
			r.err = errors.New("the field pivot does not tell what kind of office it is")
			return nil
		}
		r.note("the field pivot cannot be read; by its name it is a town hall")
		r.Category, r.Municipality = "mairie", true
		return nil
	}
	chosen := o.Pivot.value[0]
	for _, p := range o.Pivot.value {
		if slices.Contains(townHalls, string(p.Kind)) {
			chosen, r.Municipality = p, true
			break
		}
	}
	r.Category = short(r.cell(string(chosen.Kind), false))
	return chosen.INSEE.value
}

// branches begin the names of town halls that are no municipality's own.
var branches = []string{"mairie deleguee", "mairie annexe", "mairie associee", "mairie de quartier", "mairie d arrondissement", "annexe"}

// branch refuses the offices of former municipalities, districts and quarters.
func (r *row) branch() error {
	name := plain(r.Name)
	for _, begin := range branches {
		if strings.HasPrefix(name, begin) {
			return fmt.Errorf("%q is an office of the municipality %s, and no municipality", short(r.Name), r.Place)
		}
	}
	if district(r.Place) {
		return fmt.Errorf("%s is a district of a city, and no municipality", r.Place)
	}
	return nil
}

// sites picks the site: of several, the first that is the body's own.
func (i *importer) sites(r *row, o *office) {
	if broken := o.Sites.broken; broken != "" {
		r.note("the field site_internet holds no list; it was read as an address")
		r.site = r.cell(strings.Trim(broken, `[]{}"`), false)
		return
	}
	var chosen string
	domains := map[string]bool{}
	for _, s := range o.Sites.value[:min(len(o.Sites.value), maxInCell)] {
		site := r.cell(string(s.Value), false)
		r.site = firstOf(r.site, site)
		found, err := readSite(site)
		if err != nil || found.domain == "" {
			continue
		}
		domains[found.domain] = true
		if about, known := i.hosts.of(found.domain); chosen == "" && found.box == "" && (!known || about.kind == "below") {
			chosen = site
		}
	}
	r.site = firstOf(chosen, r.site)
	if len(domains) > 1 {
		r.note("%d sites are given; %s was taken", len(domains), short(r.site))
	}
}
