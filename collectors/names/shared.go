package names

import (
	"net/netip"
	"slices"
	"strings"

	"campanile/collectors/evidence"
	"campanile/collectors/records"
)

// Tenancy tells the addresses of a municipality's own from those on which others
// live too.
type Tenancy struct {
	Suppliers []records.Supplier
	Origins   Origins
	Own       func(name string) bool // a name of the municipality
}

// Shared says why others are known to live at an address: an alias leads there
// through a stranger's name, a certificate that it shows holds strangers' names,
// or the address belongs to a supplier that keeps the mail or sites of many.
// That nothing is found does not mean that nobody else lives there.
func (t Tenancy) Shared(b *evidence.Bundle, address netip.Addr) (why string, shared bool) {
	address = address.Unmap()
	for _, find := range []func(*evidence.Bundle, netip.Addr) string{t.byAlias, t.byCertificate, t.bySupplier} {
		if why := find(b, address); why != "" {
			return why, true
		}
	}
	return "", false
}

func (t Tenancy) byAlias(b *evidence.Bundle, address netip.Addr) string {
	for _, l := range b.DNS.Lookups {
		if len(l.Aliases) == 0 || !t.Own(l.Name) || !holds(l.Records, address) {
			continue
		}
		stranger := func(alias string) bool { return !t.Own(strings.TrimSuffix(alias, ".")) }
		if i := slices.IndexFunc(l.Aliases, stranger); i >= 0 {
			return l.Name + " is an alias of " + strings.TrimSuffix(l.Aliases[i], ".")
		}
	}
	return ""
}

func (t Tenancy) byCertificate(b *evidence.Bundle, address netip.Addr) string {
	for _, e := range b.Endpoints {
		if at, err := netip.ParseAddr(e.Address); err != nil || at.Unmap() != address {
			continue
		}
		for _, h := range []evidence.Handshake{e.TLS, e.Second} {
			if len(h.Certificates) == 0 {
				continue
			}
			for _, name := range h.Certificates[0].Names {
				if public(name) && !t.Own(strings.TrimPrefix(name, "*.")) {
					return "its certificate is for " + name + " too"
				}
			}
		}
	}
	return ""
}

// bySupplier knows networks and autonomous systems of those who keep things for
// many; a line that somebody rents from a carrier is none of them.
func (t Tenancy) bySupplier(b *evidence.Bundle, address netip.Addr) string {
	s, words, ok := detective{b, t.Suppliers, t.Origins}.byAddress(address)
	if !ok || !slices.Contains(s.Roles, "web") && !slices.Contains(s.Roles, "mail") && !slices.Contains(s.Roles, "gateway") {
		return ""
	}
	return "it belongs to " + s.Name + " (" + words + ")"
}

func holds(list []string, address netip.Addr) bool {
	return slices.ContainsFunc(list, func(text string) bool {
		at, err := netip.ParseAddr(text)
		return err == nil && at.Unmap() == address
	})
}

// public reports whether a name of a certificate can be somebody's on the
// Internet: devices call themselves "fritz.box", "router.local" or by an address.
func public(name string) bool {
	if _, err := netip.ParseAddr(name); err == nil || !strings.Contains(strings.TrimPrefix(name, "*."), ".") {
		return false
	}
	// RFC 6762 appendix G and RFC 9476: ends that private networks use.
	for _, end := range []string{".local", ".localdomain", ".lan", ".internal", ".intranet", ".private", ".corp", ".home", ".home.arpa", ".alt", ".box", ".invalid"} {
		if strings.HasSuffix(name, end) {
			return false
		}
	}
	return true
}
