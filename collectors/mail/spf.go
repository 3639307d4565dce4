package mail

import (
	"context"
	"strings"

	"github.com/miekg/dns"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/ask"
	"campanile/collectors/network"
	"campanile/collectors/records"
)

// Bounds of an SPF tree. A record that needs more is past the ten look-ups of
// RFC 7208 section 4.6.4 long before.
const (
	maxRecords   = 40 // names asked for their record
	maxDepth     = 12 // records on the way to a record
	maxTargets   = 10 // names of "a", "mx" and "exists" terms
	maxQuestions = 60 // in all
)

// followSPF asks for all that an evaluation of the domain's SPF record may need,
// level by level: the records that it includes and redirects to, and what their
// terms look up. What depends on the message is left out.
func followSPF(ctx context.Context, s *network.Session, domain string) []evidence.Lookup {
	f := &follower{known: map[ask.Question]bool{}, targets: map[string]bool{}}
	f.record(domain)
	var lookups []evidence.Lookup
	// Below the last record may stand an "mx", its hosts, and their addresses.
	for depth := 0; depth <= maxDepth+2 && len(f.next) > 0; depth++ {
		level := f.next
		f.next = nil
		found := ask.All(ctx, s, level)
		lookups = append(lookups, found...)
		for _, l := range found {
			f.follow(l, depth < maxDepth)
		}
	}
	return lookups
}

// follower plans the next level. A question is asked once, which ends loops.
type follower struct {
	known   map[ask.Question]bool
	records int             // names asked for their record
	targets map[string]bool // names of "a", "mx" and "exists" terms
	next    []ask.Question
}

// follow plans what an answer leads to.
func (f *follower) follow(l evidence.Lookup, deeper bool) {
	if l.Type == "MX" {
		f.exchangers(l.Records)
	}
	if l.Type != "TXT" {
		return
	}
	texts := records.SPFRecords(l.Records)
	for _, text := range texts {
		// A record with a syntax error is of no use to receivers, yet whoever
		// corrects it wants to know what it would cost.
		record, _ := records.ParseSPF(text)
		for _, term := range record.Tested() {
			if target := term.Follows(); target != "" && deeper {
				f.record(target)
			}
			// Receivers evaluate none of several (RFC 7208 section 4.5).
			if len(texts) == 1 {
				f.target(term, l.Name)
			}
		}
	}
}

// record plans the question for a record.
func (f *follower) record(name string) {
	if f.records < maxRecords && f.plan(name, dns.TypeTXT) {
		f.records++
	}
}

// target plans the questions of a term that looks for addresses.
func (f *follower) target(term records.SPFTerm, owner string) {
	name := strings.ToLower(strings.TrimSuffix(term.Value, "."))
	if name == "" {
		name = owner
	}
	if records.HasMacro(name) || !f.targets[name] && len(f.targets) == maxTargets {
		return
	}
	kinds := map[string][]uint16{"a": {dns.TypeA, dns.TypeAAAA}, "mx": {dns.TypeMX}, "exists": {dns.TypeA}}[term.Name]
	for _, kind := range kinds {
		f.targets[name] = true
		f.plan(name, kind)
	}
}

// exchangers plans the questions for the hosts of MX records. Receivers look at
// none of more than ten (RFC 7208 section 4.6.4); a null MX has none (RFC 7505).
func (f *follower) exchangers(rdata []string) {
	if len(rdata) > records.MaxSPFExchangers {
		return
	}
	for _, record := range rdata {
		_, host, _ := strings.Cut(record, " ")
		if host = strings.ToLower(strings.TrimSuffix(host, ".")); host != "" {
			f.plan(host, dns.TypeA)
			f.plan(host, dns.TypeAAAA)
		}
	}
}

// plan adds a question, unless it is known, one too many, or for a name that no
// host has: a backslash would mean something else on the way to the DNS.
func (f *follower) plan(name string, kind uint16) bool {
	q := ask.Question{Name: name, Type: kind}
	if f.known[q] || len(f.known) == maxQuestions || strings.ContainsFunc(name, unusual) {
		return false
	}
	f.known[q] = true
	f.next = append(f.next, q)
	return true
}

func unusual(r rune) bool {
	return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '_' && r != '.'
}
