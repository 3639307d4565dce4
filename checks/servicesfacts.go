package checks

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"campanile/collectors/evidence"
	"campanile/collectors/records/services"
)

// serviceFacts are what every failure of a service fills.
var serviceFacts = []string{"host", "address", "port", "service", "product", "version", "names"}

// servicesFacts joins what the failing ports of an address say of themselves. The
// texts speak of TCP ports, but for the rules on UDP alone.
func servicesFacts(h evidence.Host, ports []evidence.Port, onlyUDP bool) Facts {
	number := func(p evidence.Port) string {
		if p.Transport == "udp" && !onlyUDP {
			return strconv.Itoa(int(p.Number)) + " (UDP)"
		}
		return strconv.Itoa(int(p.Number))
	}
	return Facts{
		"host":    hostName(h),
		"address": h.Address,
		"port":    perPort(ports, number),
		"service": perPort(ports, serviceName),
		"product": perPort(ports, func(p evidence.Port) string { return p.Product }),
		"version": perPort(ports, func(p evidence.Port) string { return p.Version }),
		"names":   cmp.Or(strings.Join(h.Names, ", "), "-"),
	}
}

// perPort gives what the ports say: once where all say the same, else one after the
// other, so that the second service is the one at the second port. "-" stands for
// what a port does not say.
func perPort(ports []evidence.Port, say func(p evidence.Port) string) string {
	var list []string
	for _, p := range ports {
		list = append(list, cmp.Or(say(p), "-"))
	}
	if len(slices.Compact(slices.Clone(list))) == 1 {
		return list[0]
	}
	return strings.Join(list, ", ")
}

// entryOf gives the entry of the curated list for what a port speaks, and its
// place there: the greatest risk comes first.
func entryOf(p evidence.Port) (services.Service, int) {
	list := services.List()
	i := slices.IndexFunc(list, func(s services.Service) bool { return s.ID == p.Service })
	if i < 0 {
		return services.Service{Name: p.Service}, len(list)
	}
	return list[i], i
}

func serviceName(p evidence.Port) string {
	service, _ := entryOf(p)
	return service.Name
}

// sortByRisk puts the riskiest service first: a rule may be graver for it.
func sortByRisk(ports []evidence.Port) {
	slices.SortStableFunc(ports, func(a, b evidence.Port) int {
		_, first := entryOf(a)
		_, second := entryOf(b)
		return cmp.Compare(first, second)
	})
}
