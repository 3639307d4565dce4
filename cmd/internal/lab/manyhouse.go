package lab

import (
	"fmt"

	"campanile/collectors/records"
)

// house is a supplier of many towns: one web server, one mail server and two name
// servers.
type house struct{ number int }

func newHouse(number int) house { return house{number} }

func (h house) origin() string { return fmt.Sprintf("casa-%03d.test.", h.number) }

func (h house) servers() []string { return []string{"ns1." + h.origin(), "ns2." + h.origin()} }

// web is the address of its web server.
func (h house) web() string { return fmt.Sprintf("203.0.113.%d", h.number) }

// mail is that of its mail server; the first of the range is the lab's own.
func (h house) mail() string { return fmt.Sprintf("198.51.100.%d", h.number+1) }

// names is that of its first name server, beside what the lab itself has in the
// range: name server, authority and resolver.
func (h house) names() string {
	last := h.number + 1
	for _, taken := range []int{8, 53} {
		if last >= taken {
			last++
		}
	}
	return fmt.Sprintf("192.0.2.%d", last)
}

func (h house) place() place {
	return place{
		zone: zone{origin: h.origin(), servers: h.servers(), records: fmt.Sprintf(`
ns1  IN A    %s
ns2  IN AAAA 2001:db8:%x::53
mx   IN A    %s
@    IN MX   10 mx
@    IN TXT  "v=spf1 mx -all"
_spf IN TXT  "v=spf1 ip4:%s -all"
`, h.names(), h.number, h.mail(), h.mail())},
		exchanges: []exchange{{host: "mx", banner: "ESMTP", tls: &identity{}}},
	}
}

// rent is a town whose site, names and mail are the house's. Every third town has
// no mail of its own, and every third no DMARC policy.
func (h house) rent(number int, t Town) place {
	records := fmt.Sprintf("@ IN A %s\nwww IN A %s\n", h.web(), h.web())
	if number%3 == 0 {
		records += "@ IN MX 0 .\n@ IN TXT \"v=spf1 -all\"\n"
	} else {
		records += fmt.Sprintf("@ IN MX 10 mx.%s\n@ IN TXT \"v=spf1 include:_spf.%s -all\"\n", h.origin(), domain(h.origin()))
	}
	if number%3 != 2 {
		records += fmt.Sprintf("_dmarc IN TXT \"v=DMARC1; p=reject; rua=mailto:dmarc@%s\"\n", t.Domain)
	}
	return place{zone: zone{origin: t.Domain + ".", servers: h.servers(), records: records}}
}

func (h house) supplier() records.Supplier {
	origin := domain(h.origin())
	return records.Supplier{
		ID: fmt.Sprintf("casa%03d", h.number), Name: fmt.Sprintf("Casa %03d", h.number), Roles: []string{"mail", "dns", "web"},
		MX: []string{"*." + origin}, SPF: []string{"_spf." + origin}, NS: []string{"*." + origin}, Networks: []string{h.web() + "/32"},
	}
}
