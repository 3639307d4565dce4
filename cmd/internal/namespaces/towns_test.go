package namespaces

import (
	"fmt"
	"net"
	"slices"
	"strings"
	"time"
)

// town is one municipality. The zero value of every field is the exemplary
// way; a field that is set plants a fault.
type town struct {
	Domain string
	French bool
	Web    address // set by its place in the table

	NameServers []string // hosts of the supplier, in the zone; ns1 and ns2
	Delegated   []string // in the zone above; the same
	Lame        bool     // ns2 does not know the zone
	Behind      bool     // ns2 serves an older version of the zone
	GivenAway   bool     // the whole zone is for everybody
	Unsigned    bool
	Signatures  validity // from yesterday for a year
	ShortKey    bool     // RSA with 1024 bits
	CAA         string   // the authority of the lab may issue
	WithoutCAA  bool
	WithoutIPv6 bool     // of the web site
	Records     []string // further records of the zone
	OldHost     bool     // old. shows the site too

	Exchange      string   // the MX host; mx.fornitore.example
	WithoutMX     bool     // nobody takes mail
	SPF           []string // one SPF record, which ends in -all
	Includes      int      // SPF records that the SPF record includes, one by one
	DMARC         []string // p=reject, with reports
	WithoutDMARC  bool
	WithoutSPF    bool
	ShortDKIM     bool // 1024 bits
	WithoutDKIM   bool
	WithoutMTASTS bool
	PolicyMode    string // enforce
	PolicyMX      string // the MX host
	WithoutTLSRPT bool

	Code      string // of the body, in the inventory
	Mailboxes string // official ones, in the inventory
	Former    string // domain of earlier times, in the inventory

	Certificate  certificate // valid for 90 days, 10 of them gone
	Protocols    string      // TLSv1.2 TLSv1.3
	SixProtocols string      // the same; of the server to which IPv6 leads
	Ciphers      string      // HIGH:!aNULL
	Settings     []string    // further ones of nginx
	WithoutHTTPS bool        // nothing listens on port 443
	GoTLS        bool        // before nginx stands the TLS of Go, which agrees on keys in a group that is post-quantum
	GnuTLS       bool        // GnuTLS answers, as it did before RFC 5746, with a page of its own

	ServesHTTP     bool // port 80 shows the page and does not redirect
	WithoutWWW     bool // only the domain itself has addresses
	WithoutHeaders bool
	Headers        map[string]string // in place of those that every town sends; "": not sent
	Cookie         string            // Secure, HttpOnly
	Canonical      string            // the host to which the others lead; none does
	Start          string            // what nginx does at /: it shows the home page
	WithoutContact bool              // no security.txt
	Locations      []string          // of nginx, beside those that every town has

	Home        string            // the home page, in place of home.html
	Files       map[string]string // by path, beside or in place of those that every town has
	Head, Main  string            // HTML in those parts of home.html
	Lacks       []string          // of its links: declaration, mention, privacy, legal and so on
	Declaration string            // its address: AgID's form, of today; /accessibilite

	Flags []string // of the scan

	// Fails are the rules that must find a fault; no other rule may. To them comes
	// tls-post-quantum-missing wherever nginx or GnuTLS speaks TLS 1.3: those of
	// Debian 12 know no group with ML-KEM.
	Fails []string
	// Facts are what some of those findings must say: "rule fact=value".
	Facts []string
	// Unknown are the rules that cannot tell, for the reason beside them; no
	// other rule may be inconclusive.
	Unknown []string
}

// validity is when the signatures of a zone begin and end, from now.
type validity struct{ From, To time.Duration }

const day = 24 * time.Hour

// exemplary is the town in which everything is right.
const exemplary = "comune.example"

// supplier keeps name servers and mail for the towns.
const supplier = "fornitore.example"

// towns are the municipalities, each with its addresses and with everything
// that its entry leaves out.
func towns() []*town {
	return placed(slices.Concat(webTowns(), siteTowns(), handshakeTowns(), dnsTowns(), mailTowns()))
}

// placed gives each of some towns its addresses and whatever it leaves out.
func placed(list []*town) []*town {
	for i, town := range list {
		town.Web = host(3, 10+i)
		town.fill()
	}
	return list
}

// fill gives each field that the table leaves out the exemplary value.
func (t *town) fill() {
	or := func(value *string, fallback string) {
		if *value == "" {
			*value = fallback
		}
	}
	t.fillZone()
	or(&t.Exchange, "mx."+supplier)
	or(&t.CAA, `0 issue "`+authorityDomain+`"`)
	or(&t.PolicyMode, "enforce")
	or(&t.PolicyMX, t.Exchange)
	or(&t.Protocols, "TLSv1.2 TLSv1.3")
	or(&t.SixProtocols, t.Protocols)
	or(&t.Ciphers, "HIGH:!aNULL")
	or(&t.Cookie, "sessione=1; Path=/; Secure; HttpOnly; SameSite=Lax")
	t.fillDeclaration()
	if t.DMARC == nil && !t.WithoutDMARC {
		t.DMARC = []string{"v=DMARC1; p=reject; rua=mailto:dmarc@" + t.Domain}
	}
	if t.SPF == nil && !t.WithoutSPF {
		t.SPF = []string{"v=spf1 mx" + t.includes() + " -all"}
	}
	if t.Certificate.Names == nil {
		t.Certificate.Names = t.Hosts()
	}
	t.Certificate.fill()
	if !t.WithoutHTTPS && !t.GoTLS && strings.Contains(t.Protocols, "TLSv1.3") {
		t.Fails = append(t.Fails, "tls-post-quantum-missing")
	}
	slices.Sort(t.Fails)
	slices.Sort(t.Unknown)
}

// fillDeclaration gives the address of a declaration. That of AgID's form tells
// the day by itself; on the French page it is written.
func (t *town) fillDeclaration() {
	switch {
	case t.Declaration != "":
	case t.French:
		t.Declaration = "/accessibilite"
	default:
		t.Declaration = filed(time.Now())
	}
}

func (t *town) fillZone() {
	if t.NameServers == nil {
		t.NameServers = []string{"ns1", "ns2"}
	}
	if t.Delegated == nil {
		t.Delegated = t.NameServers
	}
	if t.Signatures == (validity{}) {
		t.Signatures = validity{-day, 365 * day}
	}
}

// Hosts are the names under which the site can be seen.
func (t *town) Hosts() []string {
	hosts := []string{t.Domain}
	if !t.WithoutWWW {
		hosts = append(hosts, "www."+t.Domain)
	}
	if t.OldHost {
		hosts = append(hosts, "old."+t.Domain)
	}
	return hosts
}

// door is where nginx shows the pages of a town.
type door struct {
	At        []string // what it listens on
	Protocols string   // none: no TLS
}

// Doors are those of the site itself.
func (t *town) Doors() []door {
	four, six := net.JoinHostPort(t.Web.V4, "443")+" ssl http2", net.JoinHostPort(t.Web.V6, "443")+" ssl http2"
	switch {
	case t.WithoutHTTPS, t.GnuTLS:
		return nil
	case t.GoTLS:
		return []door{{At: []string{behindGo}}}
	case t.SixProtocols != t.Protocols:
		return []door{{[]string{four}, t.Protocols}, {[]string{six}, t.SixProtocols}}
	}
	return []door{{[]string{four, six}, t.Protocols}}
}

// On reports whether the zone, or the one above, names a server.
func (t *town) On(servers ...string) bool {
	return slices.ContainsFunc(slices.Concat(t.NameServers, t.Delegated), func(name string) bool {
		return slices.Contains(servers, name)
	})
}

// Has reports whether the home page has a link.
func (t *town) Has(link string) bool { return !slices.Contains(t.Lacks, link) }

// Expired reports whether the signatures are over.
func (t *town) Expired() bool { return t.Signatures.To < 0 }

func (t *town) includes() string {
	var terms strings.Builder
	for i := range t.Includes {
		fmt.Fprintf(&terms, " include:_%d.%s", i, t.Domain)
	}
	return terms.String()
}

// OwnExchange reports whether the mail server has a name inside the zone.
func (t *town) OwnExchange() bool { return t.Exchange == "mx."+t.Domain }

// Country is the one whose rules apply.
func (t *town) Country() string {
	if t.French {
		return "fr"
	}
	return "it"
}

// Inventory is the town as a line of a list.
func (t *town) Inventory() string {
	return fmt.Sprintf("domain,country,code,mail,former_domains\n%s,%s,%s,%s,%s\n", t.Domain, t.Country(), t.Code, t.Mailboxes, t.Former)
}
