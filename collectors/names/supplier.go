package names

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"campanile/collectors/evidence"
	"campanile/collectors/records"
)

// Origins says which autonomous system announces an address, where that is
// known.
type Origins map[netip.Addr]uint32

// Recognise says which known suppliers stand behind the municipality's services,
// one for each role at most, and by what. The name of a mail exchanger comes
// first; where it is the town's own or a filter's, the SPF record says more, and
// then the address.
func Recognise(b *evidence.Bundle, suppliers []records.Supplier, origins Origins) []evidence.Supplier {
	d := detective{b, suppliers, origins}
	var list []evidence.Supplier
	for _, role := range []struct {
		name   string
		traces []trace
	}{
		{"mail", d.mailTraces()},
		{"gateway", d.mailTraces()},
		{"pec", d.pecTraces()},
		{"dns", d.nsTraces()},
		{"web", d.webTraces()},
	} {
		for _, t := range role.traces {
			if found, words, ok := d.recognise(t); ok && slices.Contains(found.Roles, role.name) {
				list = append(list, evidence.Supplier{ID: found.ID, Name: found.Name, Role: role.name, Evidence: words})
				break
			}
		}
	}
	return list
}

// trace is something that a supplier may be recognised by.
type trace struct {
	kind    string     // MX, SPF, NS, CNAME or PEC
	host    string     // a name
	address netip.Addr // or an address
}

type detective struct {
	b         *evidence.Bundle
	suppliers []records.Supplier
	origins   Origins
}

func (d detective) recognise(t trace) (s records.Supplier, words string, ok bool) {
	if !t.address.IsValid() {
		s, ok = recognise(d.suppliers, patternsOf(t.kind), t.host)
		return s, t.kind + " " + t.host, ok
	}
	return d.byAddress(t.address)
}

// byAddress recognises an address by a supplier's own ranges, else by the
// autonomous system that announces it.
func (d detective) byAddress(address netip.Addr) (s records.Supplier, words string, ok bool) {
	for _, s := range d.suppliers {
		for _, network := range s.Networks {
			if prefix, err := netip.ParsePrefix(network); err == nil && prefix.Contains(address) {
				return s, fmt.Sprintf("%s in %s", address, network), true
			}
		}
	}
	number, known := d.origins[address]
	for _, s := range d.suppliers {
		if known && slices.Contains(s.ASNs, number) {
			return s, fmt.Sprintf("AS%d %s", number, address), true
		}
	}
	return records.Supplier{}, "", false
}

// recognise gives the supplier whose pattern fits the name most closely.
func recognise(suppliers []records.Supplier, patterns func(records.Supplier) []string, host string) (found records.Supplier, ok bool) {
	var pattern string
	for _, s := range suppliers {
		for _, each := range patterns(s) {
			if _, fits := records.MatchesHost([]string{each}, host); fits && (!ok || closer(each, pattern)) {
				found, pattern, ok = s, each, true
			}
		}
	}
	return found, ok
}

// closer compares patterns that fit the same name: the longer one says more,
// and one without a star says all.
func closer(a, b string) bool {
	return len(strings.TrimPrefix(a, "*.")) > len(strings.TrimPrefix(b, "*."))
}

func patternsOf(kind string) func(records.Supplier) []string {
	return func(s records.Supplier) []string {
		switch kind {
		case "MX":
			return s.MX
		case "SPF":
			return s.SPF
		case "NS":
			return s.NS
		case "PEC":
			return s.PEC
		}
		return s.CNAME
	}
}

func claimable(s records.Supplier) []string { return s.Claimable }

// mailTraces are none for a domain that takes no mail (RFC 7505).
func (d detective) mailTraces() []trace {
	var traces []trace
	domain := d.b.Target.Domain
	hosts := exchangers(d.b.DNS.Lookup(domain, "MX"))
	if len(hosts) == 0 {
		return nil
	}
	for _, host := range hosts {
		traces = append(traces, trace{kind: "MX", host: host})
	}
	for _, name := range followed(d.b.DNS.Lookup(domain, "TXT")) {
		traces = append(traces, trace{kind: "SPF", host: name})
	}
	// Mail programs are led to the server behind a filter.
	traces = append(traces, d.aliases("autodiscover."+domain)...)
	return append(traces, d.addresses(hosts...)...)
}

// exchangers lists the hosts of MX records by preference, without the null MX.
func exchangers(l evidence.Lookup) []string {
	type exchanger struct {
		preference int
		host       string
	}
	var list []exchanger
	for _, record := range l.Records {
		var x exchanger
		if n, err := fmt.Sscanf(record, "%d %s", &x.preference, &x.host); n == 2 && err == nil && x.host != "." {
			list = append(list, x)
		}
	}
	slices.SortStableFunc(list, func(a, b exchanger) int { return a.preference - b.preference })
	hosts := make([]string, len(list))
	for i, x := range list {
		hosts[i] = strings.ToLower(strings.TrimSuffix(x.host, "."))
	}
	return hosts
}

// pecTraces are the domains of the certified mailboxes and who takes mail for
// them.
func (d detective) pecTraces() []trace {
	var traces []trace
	for _, name := range pecDomains(d.b) {
		traces = append(traces, trace{kind: "PEC", host: name})
		for _, host := range exchangers(d.b.DNS.Lookup(name, "MX")) {
			traces = append(traces, trace{kind: "MX", host: host})
		}
	}
	return traces
}

// pecDomains lists the domains of certified mail: those of the mailboxes, and
// the domain itself, which may be one.
func pecDomains(b *evidence.Bundle) []string {
	var list []string
	for _, m := range b.Target.Mailboxes {
		if _, domain, ok := strings.Cut(m.Address, "@"); ok && m.PEC && !slices.Contains(list, domain) {
			list = append(list, domain)
		}
	}
	return append(list, b.Target.Domain)
}

func (d detective) nsTraces() []trace {
	hosts := slices.Clone(d.b.DNS.Delegation.NameServers)
	for _, zone := range []string{d.b.DNS.Zone, d.b.Target.Domain} {
		if l := d.b.DNS.Lookup(zone, "NS"); len(hosts) == 0 {
			hosts = lastFields([]evidence.Lookup{l}, "NS")
		}
	}
	var traces []trace
	for i := range hosts {
		hosts[i] = strings.ToLower(strings.TrimSuffix(hosts[i], "."))
		traces = append(traces, trace{kind: "NS", host: hosts[i]})
	}
	return append(traces, d.addresses(hosts...)...)
}

func (d detective) webTraces() []trace {
	www, domain := "www."+d.b.Target.Domain, d.b.Target.Domain
	return slices.Concat(d.aliases(www), d.aliases(domain), d.addresses(www, domain))
}

func (d detective) aliases(name string) []trace {
	var traces []trace
	for _, alias := range d.b.DNS.Lookup(name, "A").Aliases {
		traces = append(traces, trace{kind: "CNAME", host: alias})
	}
	return traces
}

func (d detective) addresses(hosts ...string) []trace {
	var traces []trace
	for _, host := range hosts {
		for _, kind := range []string{"A", "AAAA"} {
			for _, record := range d.b.DNS.Lookup(host, kind).Records {
				if address, err := netip.ParseAddr(record); err == nil {
					traces = append(traces, trace{address: address})
				}
			}
		}
	}
	return traces
}
