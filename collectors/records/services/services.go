// Package services knows the services that a town hall should not show to the
// whole internet: where they usually live, which class of rule speaks of them,
// how each is recognised by what it says, and what may be sent to make it speak.
//
// It is pure: bytes come in, bytes and names go out. It must never hold a
// question that logs in, reads data or writes; a test reads every literal byte.
package services

import (
	"cmp"
	_ "embed"
	"encoding/csv"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Service is one entry of the curated list.
type Service struct {
	ID        string   // as evidence.Port.Service names it
	Name      string   // as people know it
	Class     string   // rule service-<class>-exposed; "" where no rule speaks of it
	Transport string   // tcp or udp
	Ports     []uint16 // where it usually lives; it is never told by them
	Risk      string   // critical, high, medium, low or info
	Order     int      // within the risk, higher first
	Asked     bool     // a question of its own may be sent
	Untouched bool     // nothing at all may be sent to its ports
	Consent   bool     // looked for only where the owner asked for it
	Questions []string // identifiers of the questions that it answers, the best first
}

//go:embed services.csv
var table string

// list reads the embedded table once; it is ours, so a mistake in it is a bug
// that the first test shows.
var list = sync.OnceValue(func() []Service {
	reader := csv.NewReader(strings.NewReader(table))
	reader.Comment = '#'
	rows, err := reader.ReadAll()
	if err != nil {
		panic("services: services.csv: " + err.Error())
	}
	services := make([]Service, len(rows))
	for i, row := range rows {
		services[i] = entry(row)
	}
	slices.SortStableFunc(services, func(a, b Service) int {
		return cmp.Or(cmp.Compare(rank(a.Risk), rank(b.Risk)), cmp.Compare(b.Order, a.Order))
	})
	return services
})

func entry(row []string) Service {
	order, err := strconv.Atoi(row[6])
	if err != nil {
		panic("services: services.csv: " + row[0] + ": the order is not a number")
	}
	s := Service{
		ID: row[0], Name: row[1], Class: row[2], Transport: row[3], Risk: row[5], Order: order,
		Asked: row[7] == "yes", Untouched: row[7] == "never", Consent: row[8] == "consent",
		Questions: strings.Fields(row[9]),
	}
	for field := range strings.FieldsSeq(row[4]) {
		port, err := strconv.ParseUint(field, 10, 16)
		if err != nil {
			panic("services: services.csv: " + row[0] + ": port " + field + " is not a number")
		}
		s.Ports = append(s.Ports, uint16(port))
	}
	return s
}

// rank puts the greatest risk first.
func rank(risk string) int {
	return slices.Index([]string{"critical", "high", "medium", "low", "info"}, risk)
}

// List gives every service, the greatest risk first.
func List() []Service { return slices.Clone(list()) }

// ByID gives the service with an identifier.
func ByID(id string) (Service, bool) {
	i := slices.IndexFunc(list(), func(s Service) bool { return s.ID == id })
	if i < 0 {
		return Service{}, false
	}
	return list()[i], true
}

// Class gives the class of the rule that speaks of a service, or "".
func Class(id string) string {
	s, _ := ByID(id)
	return s.Class
}

// At gives the services that usually live at a port. What answers there is told
// by its protocol only.
func At(transport string, port uint16) []Service {
	var found []Service
	for _, s := range list() {
		if s.Transport == transport && slices.Contains(s.Ports, port) {
			found = append(found, s)
		}
	}
	return found
}

// Ports gives the ports of a transport to look at without further consent, in
// order of risk.
func Ports(transport string) []uint16 {
	var ports []uint16
	for _, s := range list() {
		if s.Transport != transport || s.Consent {
			continue
		}
		for _, port := range s.Ports {
			if !slices.Contains(ports, port) {
				ports = append(ports, port)
			}
		}
	}
	return ports
}

// Printers print on paper whatever reaches these ports, so they are left out
// even where a caller lists them by mistake.
const firstPrinter, lastPrinter = 9100, 9107

// Untouched reports that nothing may be sent to a TCP port: a printer would
// print it, a controller of a plant may stop, an old shell would begin a session.
func Untouched(port uint16) bool {
	if firstPrinter <= port && port <= lastPrinter {
		return true
	}
	return slices.ContainsFunc(At("tcp", port), func(s Service) bool { return s.Untouched })
}

// OftenBlocked reports a TCP port that carriers keep their customers from reaching,
// since worms have spread by it: those of Windows file sharing. That nothing comes
// back from there may be the doing of the line that a scan is made from.
func OftenBlocked(port uint16) bool { return port == 135 || port == 139 || port == 445 }
