package inventory

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"campanile/cmd/internal/exit"
	"campanile/collectors/evidence"
)

// sharedBy is from how many bodies on a domain is taken for a host that they
// share, and not for the domain of one of them.
const sharedBy = 4

// Import reads a register. Every row is taken, taken with a note of what was
// mended, or refused with its line and the reason; the counts add up. An error
// means that the list as a whole cannot be read, and nothing was imported.
func Import(r io.Reader, from Origin, filter Filter) (Imported, error) {
	i, err := newImporter(from, filter)
	if err != nil {
		return Imported{}, err
	}
	read := i.reader()
	if read == nil {
		return Imported{}, exit.Usagef("no register is called %q; those known are %s", from.Register, names())
	}
	if err := read(r); err != nil {
		return Imported{}, err
	}
	if i.Read == 0 {
		return Imported{}, exit.Usagef("the list %s has no rows; download it again", from.Name)
	}
	for _, unknown := range slices.Sorted(maps.Keys(i.answers)) {
		if !i.answers[unknown] {
			return Imported{}, exit.Usagef("%s: the filter asks for what no row tells (%s); give a list beside this one that does", from.Name, unknown)
		}
	}
	i.shared()
	i.merge()
	return i.finish(), nil
}

func names() string {
	var list []string
	for _, register := range Registers() {
		list = append(list, string(register))
	}
	return strings.Join(list, ", ")
}

// row is one row of a register as its reader found it.
type row struct {
	Body
	err    error // why it is refused
	site   string
	plain  bool // the register has no sites: none is missed
	mails  []officialMail
	former string // domains
	into   string // a former municipality: the code of its successor
	notes  []string
	path   bool // the site goes on after its host
	entry  int  // of a list whose lines mean little: its number
}

type officialMail struct {
	text string
	pec  bool
}

func (r *row) note(format string, args ...any) {
	r.notes = append(r.notes, fmt.Sprintf(format, args...))
}

// importer takes the rows of one list.
type importer struct {
	Imported
	from   Origin
	filter Filter
	atlas  atlas
	hosts  hosts
	beside map[string]*Body // by country and place
	rows   []*row           // taken
	merged []*row           // former municipalities
	// elsewhere are the places that the filter leaves out.
	elsewhere map[string]bool
	lines     map[string]*row // key: the row that it stood in first
	told      []placedNote
	answers   map[string]bool // what the filter asks: whether any row answers it
}

// placedNote is a note before it is put in order.
type placedNote struct {
	line, entry int
	text        string
}

// at tells where the row stands, within its list.
func (r *row) at() string {
	if r.entry > 0 {
		return fmt.Sprintf("entry %d", r.entry)
	}
	return fmt.Sprintf("line %d", r.Line)
}

// where tells where it stands, with the list.
func (n placedNote) where(list string) string {
	if n.entry > 0 {
		return fmt.Sprintf("%s:%d: entry %d", list, n.line, n.entry)
	}
	return fmt.Sprintf("%s:%d", list, n.line)
}

func newImporter(from Origin, filter Filter) (*importer, error) {
	i := &importer{from: from, lines: map[string]*row{}, beside: map[string]*Body{}, elsewhere: map[string]bool{}, answers: map[string]bool{}}
	var err error
	if i.atlas, err = newAtlas(); err != nil {
		return nil, err
	}
	if i.hosts, err = newHosts(); err != nil {
		return nil, err
	}
	if err := filter.check(from.Register, i.atlas); err != nil {
		return nil, err
	}
	i.filter = filter.resolved(i.atlas)
	for n := range from.Beside {
		if b := &from.Beside[n]; b.Place != "" && b.Municipality {
			i.beside[b.Country+b.Place] = b
		}
	}
	return i, nil
}

// reader is how the register is read.
func (i *importer) reader() func(io.Reader) error {
	switch i.from.Register {
	case IPA:
		return i.ipa
	case IPAText:
		return i.ipaText
	case ISTAT:
		return i.istat
	case Annuaire:
		return i.annuaire
	case INSEE:
		return i.insee
	case Own:
		return i.own
	default:
		return nil
	}
}

// take files one row under what becomes of it.
func (i *importer) take(r *row) {
	i.Read++
	if r.err == nil && r.into != "" {
		i.merged = append(i.merged, r)
		return
	}
	if r.err == nil {
		r.err = i.place(r)
	}
	if r.err != nil {
		i.refuse(r, r.err)
		return
	}
	if !i.asked(r) {
		return
	}
	i.mailboxes(r)
	i.address(r)
	key := r.key()
	if r.Code == "" && r.Place == "" && r.Domain == "" {
		i.refuse(r, fmt.Errorf("%s; and no code of it is given: nobody could tell it from another", r.notes[0]))
		return
	}
	if first, twice := i.lines[key]; twice {
		i.refuse(r, fmt.Errorf("%s stands already at %s", key, first.at()))
		return
	}
	if len(i.rows) >= MaxTargets {
		i.refuse(r, fmt.Errorf("more than %d bodies; split the list", MaxTargets))
		return
	}
	i.lines[key] = r
	i.rows = append(i.rows, r)
}

// asked tells whether the filter wants the body. What it cannot tell is refused
// with the reason, and not left out as if the answer were no.
func (i *importer) asked(r *row) bool {
	for _, q := range i.filter.questions(&r.Body) {
		if q.asked {
			i.answers[q.unknown] = i.answers[q.unknown] || q.known
		}
	}
	judged, unknown := i.filter.judge(&r.Body)
	switch judged {
	case unwanted:
		i.LeftOut++
		i.elsewhere[r.Place] = true
	case undecided:
		i.refuse(r, errors.New(unknown+", and the filter asks for it"))
	case wanted:
	}
	return judged == wanted
}

func (i *importer) refuse(r *row, why error) {
	i.Refused++
	i.told = append(i.told, placedNote{r.Line, r.entry, "refused: " + why.Error()})
}

// place says where the body belongs, by the code of its place and by the lists
// beside this one.
func (i *importer) place(r *row) error {
	r.Register = i.from.Register
	if r.Name = evidence.Clip(r.Name, 200); r.Name == "" && r.Code == "" && r.site == "" {
		return errors.New("neither a name nor a code nor a site")
	}
	if r.Place != "" {
		if p, ok := i.atlas.of(r.Country, r.Place); ok {
			r.Region = firstOf(r.Region, p.region)
			if r.Country == "fr" {
				r.Department = firstOf(r.Department, p.short)
			} else {
				r.Province = firstOf(r.Province, p.short)
			}
		}
	}
	if other := i.beside[r.Country+r.Place]; other != nil && r.Place != "" {
		r.fill(other)
	}
	return nil
}

// fill takes over what another list knows of the same place.
func (r *row) fill(other *Body) {
	r.Province, r.Region = firstOf(r.Province, other.Province), firstOf(r.Region, other.Region)
	r.Department = firstOf(r.Department, other.Department)
	if !r.Municipality {
		return // the others are of the municipality where this body has its seat
	}
	r.Union, r.Cadastral = firstOf(r.Union, other.Union), firstOf(r.Cadastral, other.Cadastral)
	if r.Population == 0 {
		r.Population = other.Population
	}
	r.Former = union(r.Former, other.Former...)
	r.FormerCodes = union(r.FormerCodes, other.FormerCodes...)
}

// union adds to a list what it has not.
func union(list []string, more ...string) []string {
	for _, text := range more {
		if text != "" && !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	return list
}

// merge gives the codes of former municipalities to those that they are part of
// today.
func (i *importer) merge() {
	today := map[string]*row{}
	for _, r := range i.rows {
		if r.Municipality {
			today[r.Place] = r
		}
	}
	for _, former := range i.merged {
		heir := today[former.into]
		switch {
		case heir != nil:
			i.Merged++
			if former.Place != heir.Place {
				heir.FormerCodes = union(heir.FormerCodes, former.Place)
			}
		case i.elsewhere[former.into]:
			i.LeftOut++
		default:
			i.refuse(former, fmt.Errorf("%s is part of %s, which is not in the list", former.Place, former.into))
		}
	}
}

// finish counts, and puts the notes in the order of the list.
func (i *importer) finish() Imported {
	for _, r := range i.rows {
		for _, text := range r.notes {
			i.told = append(i.told, placedNote{r.Line, r.entry, text})
		}
		if len(r.notes) > 0 {
			i.Repaired++
		} else {
			i.Kept++
		}
		if r.Domain == "" {
			i.Without++
		}
		i.Bodies = append(i.Bodies, r.Body)
	}
	slices.SortStableFunc(i.told, func(a, b placedNote) int { return cmp.Or(cmp.Compare(a.line, b.line), cmp.Compare(a.entry, b.entry)) })
	for _, n := range i.told {
		i.Notes = append(i.Notes, Note{n.where(i.from.Name), n.text})
	}
	return i.Imported
}

func short(text string) string { return evidence.Clip(text, 80) }
