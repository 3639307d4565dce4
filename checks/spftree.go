package checks

import (
	"slices"

	"campanile/collectors/evidence"
	"campanile/collectors/records"
)

// maxSPFLookups is the number of terms that may ask the DNS during one
// evaluation (RFC 7208 section 4.6.4).
const maxSPFLookups = 10

// enough ends the count of a tree that grows out of all proportion.
const enough = 1000

// spfTree adds up a record with everything that it includes and redirects to,
// from look-ups that were gathered before.
type spfTree struct {
	dns      *evidence.DNS
	lookups  int
	offender string               // the term at which the limit is passed
	open     string               // why the tree admits strangers, if it does
	invalid  bool                 // a part is wrong or not there: receivers answer permerror
	gap      evidence.Observation // the first part that is not known
	gapAt    string
}

// spfPlace is where a record stands in the tree.
type spfPlace struct {
	path   []string // the names on the way to it, itself included
	admits bool     // its "pass" is the pass of the whole
	ends   bool     // its end is the end of the whole: it is the first record, or a redirect put it there
}

// walk adds one record and what stands below it.
func (t *spfTree) walk(text string, at spfPlace) {
	record, err := records.ParseSPF(text)
	if err != nil {
		// RFC 7208 section 4.6: a syntax error anywhere is permerror. Such a
		// record admits nobody; what it asks for is counted all the same.
		t.invalid, at.admits, at.ends = true, false, false
	}
	terms := reached(record)
	if t.open == "" {
		t.open = permissive(record, terms, at)
	}
	for _, term := range terms {
		if term.Asks() {
			t.count(term)
			t.follow(term, at)
		}
	}
}

// reached lists the terms that count: what stands behind "all" is never tested,
// and a redirect beside it is dead (RFC 7208 sections 5.1 and 6.1).
func reached(record records.SPF) []records.SPFTerm {
	all := slices.IndexFunc(record.Terms, func(t records.SPFTerm) bool { return t.Name == "all" })
	if all < 0 {
		return record.Terms
	}
	return slices.DeleteFunc(slices.Clone(record.Terms[:all]), func(t records.SPFTerm) bool { return t.Name == "redirect" })
}

func (t *spfTree) count(term records.SPFTerm) {
	if t.lookups++; t.lookups == maxSPFLookups+1 {
		t.offender = term.Raw
	}
}

// follow goes on with the record that an include or a redirect leads to.
func (t *spfTree) follow(term records.SPFTerm, at spfPlace) {
	target := term.Follows()
	if term.Name == "include" {
		// RFC 7208 section 5.2: only "+" admits whom the other record admits.
		at.admits, at.ends = at.admits && term.Qualifier == '+', false
	}
	switch {
	case target == "" && term.Name == "redirect":
		// A macro: how the record ends depends on the message.
		t.note(evidence.Observation{Problem: evidence.DependsOnOther}, "spf "+term.Raw)
	case target == "" || t.lookups >= enough:
	case slices.Contains(at.path, target):
		// A loop goes round until the limit of section 4.6.4 ends it.
		t.invalid = true
		for t.lookups <= maxSPFLookups {
			t.count(term)
		}
	default:
		t.enter(target, at)
	}
}

func (t *spfTree) enter(target string, at spfPlace) {
	txt := t.dns.Lookup(target, "TXT")
	if !txt.Known() {
		t.note(txt.Observation, "dns TXT "+target)
		return
	}
	found := records.SPFRecords(txt.Records)
	if len(found) != 1 {
		t.invalid = true // RFC 7208 sections 5.2 and 6.1: none or several is permerror
		return
	}
	at.path = append(slices.Clip(at.path), target)
	t.walk(found[0], at)
}

// note keeps the first part that is not known.
func (t *spfTree) note(o evidence.Observation, what string) {
	if t.gapAt == "" {
		t.gap, t.gapAt = o, what
	}
}

// sound is the verdict on a tree without the defect. What is not known might
// hold it; and on what receivers refuse to read, mail-spf-invalid speaks.
func (t *spfTree) sound(domain string, facts Facts) []Finding {
	switch {
	case t.gapAt != "":
		return unknown(domain, t.gapAt, t.gap)
	case t.invalid:
		return notApplicable(domain)
	}
	return pass(domain, facts)
}

// manyAddresses is the number of IPv4 addresses above which a record protects
// nobody: a whole /12.
const manyAddresses = 1 << 20

// permissive gives the reason why a record is too open by its own terms.
func permissive(record records.SPF, terms []records.SPFTerm, at spfPlace) string {
	qualifier, hasAll := record.All()
	redirects := slices.ContainsFunc(terms, func(t records.SPFTerm) bool { return t.Name == "redirect" })
	switch {
	case at.admits && hasAll && qualifier == '+':
		return "plus-all"
	case at.ends && hasAll && qualifier == '?':
		return "neutral-all"
	case at.ends && !hasAll && !redirects:
		return "no-all"
	case at.ends && addressesOf(terms) > manyAddresses:
		return "too-many-addresses"
	}
	return ""
}

// addressesOf adds up the IPv4 networks that a record names itself; those of an
// include are its provider's.
func addressesOf(terms []records.SPFTerm) uint64 {
	var sum uint64
	for _, term := range terms {
		if term.Name == "ip4" && term.Qualifier == '+' {
			sum += 1 << (32 - term.Bits4)
		}
	}
	return sum
}
