package mail

import (
	"context"

	"github.com/miekg/dns"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/ask"
	"campanile/collectors/network"
	"campanile/collectors/records"
)

// Bounds of an SPF tree. A record that needs more is past the ten look-ups of
// RFC 7208 section 4.6.4 long before.
const (
	maxRecords = 40
	maxDepth   = 12
)

// followSPF asks for the TXT records of the domain and of every name that its
// SPF record includes or redirects to, level by level. A name is asked once,
// which ends loops.
func followSPF(ctx context.Context, s *network.Session, domain string) []evidence.Lookup {
	var lookups []evidence.Lookup
	known := map[string]bool{domain: true}
	level := []string{domain}
	for depth := 0; depth <= maxDepth && len(level) > 0; depth++ {
		found := ask.All(ctx, s, texts(level))
		lookups = append(lookups, found...)
		level = next(found, known, maxRecords-len(lookups))
	}
	return lookups
}

func texts(names []string) []ask.Question {
	list := make([]ask.Question, len(names))
	for i, name := range names {
		list[i] = ask.Question{Name: name, Type: dns.TypeTXT}
	}
	return list
}

// next gives the names that the records lead to and that are not known yet, at
// most so many.
func next(found []evidence.Lookup, known map[string]bool, most int) []string {
	var level []string
	for _, l := range found {
		for _, text := range records.SPFRecords(l.Records) {
			for _, target := range follows(text) {
				if len(level) < most && !known[target] {
					known[target] = true
					level = append(level, target)
				}
			}
		}
	}
	return level
}

// follows lists the records that a record refers to. One with a syntax error
// is of no use to receivers, yet its supplier wants to know what it would cost.
func follows(text string) []string {
	record, _ := records.ParseSPF(text)
	var list []string
	for _, term := range record.Terms {
		if term.Name == "redirect" && !record.Redirects() {
			continue
		}
		if target := term.Follows(); target != "" {
			list = append(list, target)
		}
	}
	return list
}
