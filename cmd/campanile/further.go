package main

import (
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"campanile/cmd/internal/asn"
	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/inventory"
	"campanile/cmd/internal/scan"
	"campanile/collectors/evidence"
	"campanile/collectors/records"
	"campanile/rules"
)

// further are the flags that say what to look at besides the domain, and what
// to ask beyond it.
type further struct {
	names       string
	sites       int
	mailControl string
	asnDB       string
	enrich      string // the look-up service to ask; empty: none
}

// originService tells which autonomous system announces an address; it is the
// one that most programs ask, and it is asked only with --enrich asn.
const originService = "origin.asn.cymru.com"

// The sites of one municipality: the domain and www at least.
const (
	fewestSites = 2
	mostSites   = 100
)

func (f *further) flags(set *pflag.FlagSet) {
	set.StringVar(&f.names, "names", "", "`FILE` with more host names: one a line, or a certificate transparency export (CSV or JSON)")
	set.IntVar(&f.sites, "sites", f.sites, "web sites visited for one municipality, the domain and www included; the others are only listed")
	set.StringVar(&f.mailControl, "mail-control", "", "`HOST` that is known to take mail, tried on port 25 where every mail exchanger is silent or none offers encryption: tells a faulty server from a blocked or filtered port")
	set.StringVar(&f.asnDB, "asn-db", "", "`FILE` with a database of autonomous systems (MMDB), read here: names the suppliers that only an address gives away")
	set.Var(&enrichment{&f.enrich}, "enrich", "ask a third party: asn asks "+originService+", asn=DOMAIN another such service, who announces the addresses that no name gives away; default: nobody is asked")
}

// permitted holds the values against what makes sense, before anything is sent.
func (f *further) permitted() error {
	if f.sites < fewestSites || f.sites > mostSites {
		return exit.Usagef("--sites %d is not between %d and %d", f.sites, fewestSites, mostSites)
	}
	if f.mailControl == "" {
		return nil
	}
	host, err := inventory.Domain(f.mailControl)
	if err != nil {
		return exit.Usagef("--mail-control %s: not a host name; write it like mx.provider.example", f.mailControl)
	}
	f.mailControl = host
	return nil
}

// portConnections are the connections to one address that the ports cost: each of
// the list, the silent ones twice, a few questions for each that is open, and the
// templates at five web servers.
const portConnections = 1000

// perAddress lets every site have its look where all of them stand on one host,
// and there the full list of a server twice: for two certificates, or for its
// web site and its mail.
func (f *further) perAddress(depth string, profile evidence.Profile) int {
	most := max(60, 12*f.sites)
	if profile == evidence.Full {
		most += portConnections
	}
	if depth == evidence.FullDepth {
		most += 2 * 80
	}
	return most
}

// prepare tells the scanner what else to look at.
func (f *further) prepare(scanner *scan.Scanner) error {
	scanner.Sites, scanner.Control, scanner.OriginService = f.sites, f.mailControl, f.enrich
	platforms, err := knownPlatforms()
	if err != nil {
		return err
	}
	scanner.Platforms = append(scanner.Platforms, platforms...)
	if f.asnDB == "" {
		return nil
	}
	db, err := asn.Open(f.asnDB)
	if err != nil {
		return exit.Usagef("--asn-db %s: %w; give a file such as GeoLite2-ASN.mmdb", f.asnDB, err)
	}
	scanner.Origin = db.Origin
	return nil
}

// furtherNames reads the user's list of names for the targets.
func (p *program) furtherNames(s *settings, targets []evidence.Target) (map[string][]string, error) {
	if s.names == "" {
		return nil, nil
	}
	names, notes, err := inventory.Names{Targets: targets, SkipInvalid: s.skipInvalid}.Read(s.names)
	for _, note := range notes {
		p.say("%s", note)
	}
	return names, err
}

// knownSuppliers are those that the program ships with, as collectors read them.
func knownSuppliers() ([]records.Supplier, error) {
	shipped, err := rules.EmbeddedSuppliers()
	if err != nil {
		return nil, fmt.Errorf("the suppliers that the program ships with: %w", err)
	}
	list := make([]records.Supplier, len(shipped))
	for i, s := range shipped {
		list[i] = records.Supplier(s)
	}
	return list, nil
}

// knownPlatforms are those that the program ships with, as collectors read them.
func knownPlatforms() ([]records.Platform, error) {
	shipped, err := rules.EmbeddedPlatforms()
	if err != nil {
		return nil, fmt.Errorf("the platforms that the program ships with: %w", err)
	}
	list := make([]records.Platform, len(shipped))
	for i, p := range shipped {
		list[i] = records.Platform{
			ID: p.ID, Name: p.Name, Countries: p.Countries, Use: p.Use,
			Company: records.Company(p.Company), Definite: records.Traits(p.Definite), Habits: records.Traits(p.Habits),
		}
	}
	return list, nil
}

// enrichment is a flag that names what may be asked of a third party.
type enrichment struct{ service *string }

func (e *enrichment) String() string {
	if *e.service == "" {
		return ""
	}
	return "asn=" + *e.service
}

// Type leaves the placeholder in the help empty: the words stand in the text.
func (e *enrichment) Type() string { return "WORD" }

// Set takes asn, alone or with the domain of a look-up service.
func (e *enrichment) Set(text string) error {
	what, service, named := strings.Cut(text, "=")
	if what != "asn" {
		return fmt.Errorf("%q is none of asn, asn=DOMAIN", text)
	}
	if !named {
		*e.service = originService
		return nil
	}
	domain, err := inventory.Domain(service)
	*e.service = domain
	return err
}
