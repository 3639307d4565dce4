package rules

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/netip"
	"path"
	"regexp"
	"slices"
	"strconv"
)

// Supplier is how a company that serves municipalities is recognised. Patterns
// are host names in lower case; "*.fornitore.example" stands for every name
// below and for the name itself. The fields are those of records.Supplier.
type Supplier struct {
	ID        string   `yaml:"id"`                  // the file name
	Name      string   `yaml:"name"`                // as people know it
	Countries []string `yaml:"countries,omitempty"` // it, fr ... where it is found; empty: anywhere
	Roles     []string `yaml:"roles,omitempty"`     // mail, gateway, pec, dns, web; empty: known by its traces only
	MX        []string `yaml:"mx,omitempty"`        // patterns of mail exchangers
	SPF       []string `yaml:"spf,omitempty"`       // patterns of names that SPF records include
	NS        []string `yaml:"ns,omitempty"`        // patterns of name servers
	CNAME     []string `yaml:"cname,omitempty"`     // patterns of names that aliases lead to
	Networks  []string `yaml:"networks,omitempty"`  // address ranges in CIDR form
	ASNs      []uint32 `yaml:"asns,omitempty"`      // autonomous systems
	Selectors []string `yaml:"selectors,omitempty"` // DKIM selectors that its customers publish
	Claimable []string `yaml:"claimable,omitempty"` // patterns of names at which anybody can claim a free one
	Unclaimed []string `yaml:"unclaimed,omitempty"` // what its pages say at such a name while nobody has claimed it
	Consumer  []string `yaml:"consumer,omitempty"`  // domains of mailboxes that anybody can open
	PEC       []string `yaml:"pec,omitempty"`       // domains of certified mailboxes that many bodies share
}

// SupplierRoles are what a supplier can be for a municipality.
var SupplierRoles = []string{"mail", "gateway", "pec", "dns", "web"}

// EmbeddedSuppliers loads the suppliers that the program ships with, alone.
func EmbeddedSuppliers() ([]Supplier, error) {
	suppliers, problems := loadSuppliers(files, io.Discard)
	return suppliers, errors.Join(problems...)
}

// loadSuppliers reads one supplier from each file, in the order of their names.
func loadSuppliers(fsys fs.FS, digest io.Writer) ([]Supplier, []error) {
	names, err := fs.Glob(fsys, "suppliers/*.yaml")
	if err != nil {
		return nil, []error{fmt.Errorf("rules: %w", err)}
	}
	var list []Supplier
	var problems []error
	taken := map[string]string{}
	for _, name := range names {
		var s Supplier
		if err := decodeFile(fsys, name, digest, &s); err != nil {
			problems = append(problems, err)
			continue
		}
		problems = append(problems, named(name, s.validate(path.Base(name), taken))...)
		list = append(list, s)
	}
	return list, problems
}

var (
	supplierForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	countryForm  = regexp.MustCompile(`^[a-z]{2}$`)
	patternForm  = regexp.MustCompile(`^(\*\.)?` + hostName + `$`)
	hostForm     = regexp.MustCompile(`^` + hostName + `$`)
	selectorForm = regexp.MustCompile(`^` + label + `(\.` + label + `)*$`)
)

// A label as zones write it, underscores included (RFC 8552), and a name of two
// labels or more.
const (
	label    = `[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?`
	hostName = label + `(\.` + label + `)+`
)

// validate lists everything that is wrong with one supplier. Taken remembers
// which file has which trace: two suppliers with the same one cannot be told
// apart.
func (s *Supplier) validate(file string, taken map[string]string) []error {
	var problems []error
	add := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	if s.ID+".yaml" != file {
		add("id: %q does not fit the file name", s.ID)
	}
	if !supplierForm.MatchString(s.ID) {
		add("id: %q is not lower-case words with hyphens", s.ID)
	}
	if s.Name == "" {
		add("name: missing")
	}
	oneOf(add, "roles", SupplierRoles, s.Roles...)
	fields := s.fields()
	if !slices.ContainsFunc(fields, func(f field) bool { return f.trace && len(f.values) > 0 }) {
		add("nothing to recognise it by; give mx, spf, ns, cname, networks, asns, claimable, consumer or pec")
	}
	for _, f := range fields {
		f.validate(add, file, taken)
	}
	return problems
}

// field is one list of a supplier and what its values look like.
type field struct {
	name   string
	values []string
	what   string
	fits   func(string) bool
	trace  bool // it tells this supplier from others
}

func (s *Supplier) fields() []field {
	systems := make([]string, len(s.ASNs))
	for i, number := range s.ASNs {
		systems[i] = strconv.FormatUint(uint64(number), 10)
	}
	const pattern, domain = `a host name such as mx.fornitore.example or "*.fornitore.example"`, "a domain such as fornitore.example"
	return []field{
		{"countries", s.Countries, "a country code such as it", countryForm.MatchString, false},
		{"roles", s.Roles, "a role", func(string) bool { return true }, false},
		{"mx", s.MX, pattern, patternForm.MatchString, true},
		{"spf", s.SPF, pattern, patternForm.MatchString, true},
		{"ns", s.NS, pattern, patternForm.MatchString, true},
		{"cname", s.CNAME, pattern, patternForm.MatchString, true},
		{"networks", s.Networks, "an address range such as 192.0.2.0/24", isNetwork, true},
		{"asns", systems, "the number of an autonomous system", func(number string) bool { return number != "0" }, true},
		{"selectors", s.Selectors, "a DKIM selector such as s1", selectorForm.MatchString, false},
		{"claimable", s.Claimable, pattern, patternForm.MatchString, true},
		{"unclaimed", s.Unclaimed, "a sentence of a page, of twelve letters at least", func(text string) bool { return len(text) >= 12 }, false},
		{"consumer", s.Consumer, domain, hostForm.MatchString, true},
		{"pec", s.PEC, domain, hostForm.MatchString, true},
	}
}

func (f field) validate(add func(string, ...any), file string, taken map[string]string) {
	for i, value := range f.values {
		key := f.name + " " + value
		switch {
		case !f.fits(value):
			add("%s: %q is not %s", f.name, value, f.what)
		case slices.Index(f.values, value) < i:
			add("%s: %q stands there twice", f.name, value)
		case f.trace && cmp.Or(taken[key], file) != file:
			add("%s: %q is in %s already", f.name, value, taken[key])
		default:
			taken[key] = file
		}
	}
}

// isNetwork wants the first address of the range, so that each range is written
// in one way.
func isNetwork(text string) bool {
	prefix, err := netip.ParsePrefix(text)
	return err == nil && prefix == prefix.Masked()
}
