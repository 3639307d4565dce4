package inventory

import (
	"strings"

	"campanile/collectors/evidence"
	"campanile/collectors/records"
)

// Register is a list of public bodies, by who keeps it.
type Register string

// The registers that can be read.
const (
	IPA      Register = "ipa"      // IndicePA, file "enti", as CSV or TSV
	IPAText  Register = "ipa-txt"  // IndicePA, the older amministrazioni.txt
	ISTAT    Register = "istat"    // the Italian list of municipalities
	Annuaire Register = "annuaire" // the French directory of the administration, JSON export
	INSEE    Register = "insee"    // the French list of municipalities, v_commune
	Own      Register = "own"      // a CSV of one's own
)

// Registers lists the registers that can be read.
func Registers() []Register { return []Register{IPA, IPAText, ISTAT, Annuaire, INSEE, Own} }

// Body is a public body as its register has it: what a scan needs, and where it
// belongs. Whatever the register does not tell is empty.
type Body struct {
	evidence.Target          // its domain is empty where none of its own is known
	Register        Register `json:"register"`
	Line            int      `json:"line"`                // of the list
	Place           string   `json:"place,omitempty"`     // the statistical code (ISTAT, INSEE) of the municipality, or of where the body has its seat
	Cadastral       string   `json:"cadastral,omitempty"` // Italian cadastral code: X000
	Category        string   `json:"category,omitempty"`  // L6 (IPA), mairie (Annuaire), as the register has it
	// Municipality tells that the body is the municipality of its place, and no
	// consortium or union that has its seat there.
	Municipality bool   `json:"municipality,omitempty"`
	Province     string `json:"province,omitempty"`   // Italy: TO
	Region       string `json:"region,omitempty"`     // by name
	Department   string `json:"department,omitempty"` // France: 13, 2A
	Union        string `json:"union,omitempty"`      // the union of municipalities that it is a member of, by name
	Population   int    `json:"population,omitempty"` // 0: not known
	// FormerCodes are the codes of municipalities that it has taken over by
	// merger, and older codes of its own.
	FormerCodes []string `json:"former_codes,omitempty"`
}

// key tells bodies of one register apart: two rows with the same key are the
// same body.
func (b *Body) key() string {
	switch {
	case b.Code != "":
		return "code " + strings.ToLower(b.Code)
	case b.Place != "" && b.Municipality:
		return "place " + b.Place
	case b.Domain != "":
		return "domain " + b.Domain
	}
	return "name " + b.Name
}

// Origin says what list is read, and what helps to read it.
type Origin struct {
	Register Register
	Name     string // of the file, for the notes
	// Suppliers tell whose mailboxes anybody can open, and which are certified.
	Suppliers []records.Supplier
	// Beside are bodies of other lists. What they know of the same place
	// (region, union, population, former codes) is filled in where this list is
	// silent.
	Beside []Body
}

// Imported is a list that was read. Each of its rows is in one of the counts:
// Read = Kept + Repaired + Merged + Refused + LeftOut.
type Imported struct {
	Bodies []Body // Kept and Repaired, in the order of the list
	Notes  []Note // in the order of the list

	Read     int // rows with anything in them, without the header
	Kept     int // taken as they stand
	Repaired int // taken, with a note of what was mended or what is missing
	Merged   int // former municipalities, whose code went to their successor
	Refused  int // not taken, with a note of the reason
	LeftOut  int // not asked for by the filter

	// Without counts the bodies that have no domain and can be listed, not
	// scanned; they are among Kept and Repaired.
	Without int
}
