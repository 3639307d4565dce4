package mail

import (
	"net/netip"
	"slices"

	"campanile/collectors/evidence"
	"campanile/collectors/network"
	"campanile/collectors/records"
)

// traces is what a supplier can be recognised by.
type traces struct {
	exchangers []string // names of MX hosts
	included   []string // names that the SPF record leads to, the nearest first
	addresses  []netip.Addr
	aliases    []string // names that MX hosts are aliases of
}

// recognise lists the suppliers that stand behind the domain's mail and whose
// DKIM selectors are known, in the order of what tells most.
func recognise(r Request, way route, spf []evidence.Lookup) []records.Supplier {
	t := tracesOf(r, way, spf)
	var found []records.Supplier
	for _, fits := range []func(records.Supplier) bool{
		func(s records.Supplier) bool { return anyHost(s.MX, t.exchangers) },
		func(s records.Supplier) bool { return anyHost(s.SPF, t.included) },
		func(s records.Supplier) bool { return anyAddress(s.Networks, t.addresses) },
		func(s records.Supplier) bool { return anyHost(slices.Concat(s.MX, s.CNAME), t.aliases) },
	} {
		for _, s := range r.Suppliers {
			known := slices.ContainsFunc(found, func(f records.Supplier) bool { return f.ID == s.ID })
			if len(s.Selectors) > 0 && !known && fits(s) {
				found = append(found, s)
			}
		}
	}
	return found
}

func tracesOf(r Request, way route, spf []evidence.Lookup) traces {
	var t traces
	for _, x := range way.exchanges {
		t.exchangers = append(t.exchangers, x.Host)
	}
	for _, h := range way.hosts {
		for _, l := range h.addresses {
			t.addresses = append(t.addresses, network.AddressesOf(l.answer.Records)...)
			t.aliases = append(t.aliases, l.Aliases...)
		}
	}
	for _, l := range spf {
		if l.Type == "TXT" && l.Name != r.Domain {
			t.included = append(t.included, l.Name)
		}
	}
	return t
}

func anyHost(patterns, hosts []string) bool {
	return slices.ContainsFunc(hosts, func(host string) bool {
		_, ok := records.MatchesHost(patterns, host)
		return ok
	})
}

func anyAddress(networks []string, addresses []netip.Addr) bool {
	return slices.ContainsFunc(networks, func(text string) bool {
		network, err := netip.ParsePrefix(text)
		return err == nil && slices.ContainsFunc(addresses, network.Contains)
	})
}
