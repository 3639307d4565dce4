package lab

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// tree is every zone of the lab, from its own root down.
type tree map[string]*table

// newTree builds and delegates the zones. They are sealed later, once the
// records that follow from servers (TLSA, PTR) are in.
func newTree(zones []zone, today time.Time) (tree, error) {
	year, month, day := today.Date()
	serial := uint32((year*100+int(month))*100+day) * 100
	t := tree{}
	for _, z := range zones {
		table, err := newTable(z, serial)
		if err != nil {
			return nil, err
		}
		t[z.origin] = table
	}
	for _, table := range t {
		if err := t.delegate(table); err != nil {
			return nil, err
		}
	}
	for _, table := range t {
		table.secure = t.isSecure(table)
	}
	return t, nil
}

// delegate writes a zone's name servers and, when it is signed, its DS record
// into the zone above.
func (t tree) delegate(child *table) error {
	if child.origin == "." {
		return nil
	}
	above := t.holding(parent(child.origin))
	for _, host := range child.delegated() {
		above.add(&dns.NS{Hdr: dns.RR_Header{Name: child.origin, Rrtype: dns.TypeNS, Class: dns.ClassINET, Ttl: ttl}, Ns: host})
	}
	if len(child.keys) == 0 {
		return nil
	}
	if len(above.keys) == 0 {
		return fmt.Errorf("zone %s is signed and the zone above, %s, is not", child.origin, above.origin)
	}
	above.add(child.keys[0].record.ToDS(dns.SHA256))
	return nil
}

// delegated lists the name servers that the zone above names.
func (z zone) delegated() []string {
	if z.above != nil {
		return z.above
	}
	return z.servers
}

func (t tree) isSecure(table *table) bool {
	for len(table.keys) > 0 && !table.stale {
		if table.origin == "." {
			return true
		}
		table = t.holding(parent(table.origin))
	}
	return false
}

// holding is the zone that a name belongs to.
func (t tree) holding(name string) *table {
	for t[name] == nil {
		name = parent(name)
	}
	return t[name]
}

// answering is the zone that answers a question: DS records stand above the cut
// (RFC 4035 section 2.4).
func (t tree) answering(name string, kind uint16) *table {
	if kind == dns.TypeDS && name != "." {
		return t.holding(parent(name))
	}
	return t.holding(name)
}

// seal closes all zones.
func (t tree) seal(today time.Time) error {
	for _, table := range t {
		if err := table.seal(today); err != nil {
			return err
		}
	}
	return nil
}

// addresses follows aliases and gives the addresses of a host of the lab.
func (t tree) addresses(host string) []netip.Addr {
	var list []netip.Addr
	for _, kind := range []uint16{dns.TypeA, dns.TypeAAAA} {
		reply := t.resolve(dns.Question{Name: host, Qtype: kind, Qclass: dns.ClassINET}, false)
		for _, rr := range reply.Answer {
			var address netip.Addr
			switch rr := rr.(type) {
			case *dns.A:
				address, _ = netip.AddrFromSlice(rr.A.To4())
			case *dns.AAAA:
				address, _ = netip.AddrFromSlice(rr.AAAA)
			}
			if address.IsValid() {
				list = append(list, address)
			}
		}
	}
	return list
}

// anchor is what a validator starts from: the root's key, as DS and as DNSKEY.
func (t tree) anchor() string {
	key := t["."].keys[0].record
	return fmt.Sprintf("%s\n%s\n", key.ToDS(dns.SHA256), key)
}

// absolute gives the full name of a host of a zone, with the final dot.
func absolute(host, origin string) string {
	switch {
	case host == "@":
		return origin
	case strings.HasSuffix(host, "."):
		return host
	}
	return host + "." + origin
}
