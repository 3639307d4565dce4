// Package evidence is what was seen, as plain, versioned data: no judgement, no
// network, no clock. A check that reads it next year gives today's verdict.
//
// It must import the standard library only, and nothing that can dial.
package evidence

import (
	"slices"
	"time"
)

// Schema is the version of the data that this package writes. A change adds an
// upgrade and freezes a sample in testdata/evidence.
const Schema = 1

// Family is a group of questions, with a collector and a folder of rules each.
type Family string

// The five families, in the order of every report.
const (
	DNSFamily      Family = "dns"
	MailFamily     Family = "mail"
	TLSFamily      Family = "tls"
	WebFamily      Family = "web"
	ServicesFamily Family = "services"
)

// Families lists all families in order.
var Families = []Family{DNSFamily, MailFamily, TLSFamily, WebFamily, ServicesFamily}

// Profile says how far a scan goes; each step up needs more permission.
type Profile string

// The three profiles; see SECURITY.md for what each one sends.
const (
	Passive  Profile = "passive"
	Standard Profile = "standard"
	Full     Profile = "full"
)

// Bundle is one municipality at one time.
type Bundle struct {
	Schema    int        `json:"schema"`
	Tool      Tool       `json:"tool"`
	Target    Target     `json:"target"`
	Taken     time.Time  `json:"taken"` // the one time that checks know
	Profile   Profile    `json:"profile"`
	Families  []Family   `json:"families"` // what was asked for
	Vantage   Vantage    `json:"vantage"`
	Names     []Name     `json:"names,omitempty"`
	DNS       DNS        `json:"dns,omitzero"`
	Mail      Mail       `json:"mail,omitzero"`
	Endpoints []Endpoint `json:"endpoints,omitempty"`
	Sites     []Site     `json:"sites,omitempty"`
	Suppliers []Supplier `json:"suppliers,omitempty"`
	Platforms []Platform `json:"platforms,omitempty"`
	Services  Services   `json:"services,omitzero"`
	Sent      Sent       `json:"sent"`
}

// Asked reports whether the family was part of the scan.
func (b *Bundle) Asked(f Family) bool { return slices.Contains(b.Families, f) }

// Tool is the program that took the evidence.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Target is the municipality.
type Target struct {
	Domain  string `json:"domain"`            // ASCII form, lower case, no final dot
	Name    string `json:"name,omitempty"`    // as the inventory writes it
	Country string `json:"country,omitempty"` // it, fr or eu: whose rules apply
	Code    string `json:"code,omitempty"`    // IPA code (c_x000) or INSEE code, where known
	// Mailboxes are the official addresses of the inventory.
	Mailboxes []Mailbox `json:"mailboxes,omitempty"`
	// Former are older official domains of the inventory, in ASCII form.
	Former []string `json:"former,omitempty"`
}

// Mailbox is an official address of the municipality, as the inventory has it.
type Mailbox struct {
	Address string `json:"address"`
	PEC     bool   `json:"pec,omitempty"` // certified mail (posta elettronica certificata)
	// Provider is the consumer mail service that the address belongs to, by name;
	// empty for a domain of somebody\'s own.
	Provider string `json:"provider,omitempty"`
}

// Supplier is a company that was recognised behind the municipality's services.
type Supplier struct {
	ID       string `json:"id"`       // of rules/suppliers
	Name     string `json:"name"`     // as people know it
	Role     string `json:"role"`     // mail, gateway, pec, dns or web
	Evidence string `json:"evidence"` // what it was recognised by: "MX mx.fornitore.example"
}

// The uses of a platform.
const (
	ForSite         = "site"         // the home page
	ForTransparency = "transparency" // the portal of «Amministrazione trasparente»
	ForServices     = "services"     // procedures, tenders, reports of wrongdoing
)

// Platform is a product that was recognised behind the municipality's pages.
type Platform struct {
	ID       string `json:"id"`   // of rules/platforms
	Name     string `json:"name"` // of the product
	Use      string `json:"use"`
	Host     string `json:"host"`              // where it was seen
	Definite bool   `json:"definite"`          // by something that only this product has; otherwise by habits that outlive a change of product
	Evidence string `json:"evidence"`          // what it was recognised by: "generator Prodotto 3.1"
	Company  string `json:"company,omitempty"` // its maker, only where the page itself names it
}

// Platform gives the product of the home page, or the zero Platform.
func (b *Bundle) Platform() Platform {
	for _, p := range b.Platforms {
		if p.Use == ForSite {
			return p
		}
	}
	return Platform{}
}

// Supplier gives the first supplier in the role, or the zero Supplier.
func (b *Bundle) Supplier(role string) Supplier {
	for _, s := range b.Suppliers {
		if s.Role == role {
			return s
		}
	}
	return Supplier{}
}

// Vantage is the place the evidence was taken from.
type Vantage struct {
	Resolvers []string `json:"resolvers,omitempty"` // recursive servers asked, address and port
	Contact   string   `json:"contact,omitempty"`   // who scanned
	Anchor    string   `json:"anchor,omitempty"`    // SHA-256 of the DNSSEC trust anchor in use
	Roots     string   `json:"roots,omitempty"`     // which certificate authorities counted as trusted
}

// Name is a host name that belongs to the municipality, and how we know it.
type Name struct {
	Name   string `json:"name"`
	Source string `json:"source"`         // given, www, mx, ns, spf, cname, txt, certificate, link, label or list
	Site   bool   `json:"site,omitempty"` // the web and TLS families look at it
}

// Sent counts what left this machine for one target.
type Sent struct {
	DNSQueries  int               `json:"dns_queries"`            // without NameQueries
	NameQueries int               `json:"name_queries,omitempty"` // DNS questions in search of further names
	Connections int               `json:"connections"`
	Requests    int               `json:"requests"`
	Bytes       int64             `json:"bytes"`    // sent, payload only
	Received    int64             `json:"received"` // bytes, payload only
	ByAddress   map[string]SentTo `json:"by_address,omitempty"`
}

// SentTo counts what left for one address.
type SentTo struct {
	DNSQueries  int   `json:"dns_queries,omitempty"`
	Connections int   `json:"connections,omitempty"`
	Requests    int   `json:"requests,omitempty"`
	Bytes       int64 `json:"bytes,omitempty"`
}
