package records

import "strings"

// DMARCAnswer is what the DNS said to one question for DMARC records.
type DMARCAnswer struct {
	Name    string   // the name asked, with _dmarc.
	Records []string // TXT records in presentation form
	Problem string   // why the answer is not known; empty when it is
}

// record gives the one DMARC record of the answer, and how many there are.
// Several are as good as none (RFC 9989 section 4.10 step 2).
func (a DMARCAnswer) record() (text string, count int) {
	list := DMARCRecords(a.Records)
	if len(list) == 1 {
		text = list[0]
	}
	return text, len(list)
}

// EndsWalk reports whether the tree walk ends at this answer: at a record that
// says where the organization begins (psd=n or psd=y, RFC 9989 section 4.10
// steps 2 and 6), and at an answer that is not known, behind which nothing can
// be concluded.
func (a DMARCAnswer) EndsWalk() bool {
	if a.Problem != "" {
		return true
	}
	text, count := a.record()
	if count != 1 {
		return false
	}
	record, _ := ParseDMARC(text) // psd counts in a record without a policy too
	return record.PublicSuffix == "n" || record.PublicSuffix == "y"
}

// dmarcFound is a record on the way of a walk.
type dmarcFound struct {
	domain string // without _dmarc.
	text   string
	record DMARC
	usable bool
}

// policyFor gives what readers do with mail of the domain itself (own), or of a
// name below it that does not exist (missing) or does.
func (f dmarcFound) policyFor(own, missing bool) string {
	switch {
	case !f.usable:
		// Section 4.10.1: no valid policy and no address for reports.
		return NotApplied
	case !own && missing:
		return f.record.EffectiveForMissing()
	}
	return f.record.Effective(own)
}

// dmarcWalk is the tree walk from one name, as far as the answers go.
type dmarcWalk struct {
	name    string
	queries []string
	found   []dmarcFound
	several bool   // some name has several records
	problem string // why the walk broke off
	at      string // and where
}

// notAsked is the problem of an answer that nobody brought.
const notAsked = "interrupted"

// walkDMARC walks from a name over answers that are there already.
func walkDMARC(name string, answers map[string]DMARCAnswer) dmarcWalk {
	return walkOver(name, DMARCNames(name), answers)
}

// walkBelow walks from a name below the domain that has no record of its own.
func walkBelow(domain string, answers map[string]DMARCAnswer) dmarcWalk {
	name := "*." + domain // nobody asks about a name that begins like this
	return walkOver(name, DMARCNames(name)[1:], answers)
}

func walkOver(name string, queries []string, answers map[string]DMARCAnswer) dmarcWalk {
	w := dmarcWalk{name: name}
	for _, query := range queries {
		answer, ok := answers[query]
		if !ok {
			answer.Problem = notAsked
		}
		if w.add(query, answer); answer.EndsWalk() {
			break
		}
	}
	return w
}

func (w *dmarcWalk) add(query string, answer DMARCAnswer) {
	w.queries = append(w.queries, query)
	if answer.Problem != "" {
		w.problem, w.at = answer.Problem, query
		return
	}
	text, count := answer.record()
	w.several = w.several || count > 1
	if count == 1 {
		record, err := ParseDMARC(text)
		w.found = append(w.found, dmarcFound{strings.TrimPrefix(query, dmarcLabel), text, record, err == nil})
	}
}

// organization gives the organizational domain (RFC 9989 section 4.10.2), or
// nothing when the walk broke off before it was known.
func (w dmarcWalk) organization() string {
	if w.problem != "" {
		return ""
	}
	if len(w.found) == 0 {
		return w.name
	}
	// A record with psd=n or psd=y ends the walk: it can only be the last.
	last := w.found[len(w.found)-1]
	if last.record.PublicSuffix == "y" && last.domain != w.name {
		return oneBelow(last.domain, w.name)
	}
	return last.domain
}

// governing gives the record that applies to the name: its own, else that of
// the organizational domain, else that of the public suffix (RFC 9989 section
// 4.10.1). Known is false when a missing answer could change it.
func (w dmarcWalk) governing() (record dmarcFound, there, known bool) {
	if record, there = w.foundAt(w.name); there {
		return record, true, true
	}
	if w.problem != "" {
		return dmarcFound{}, false, false
	}
	if record, there = w.foundAt(w.organization()); there || len(w.found) == 0 {
		return record, there, true
	}
	return w.found[len(w.found)-1], true, true
}

func (w dmarcWalk) foundAt(domain string) (dmarcFound, bool) {
	for _, f := range w.found {
		if f.domain == domain {
			return f, true
		}
	}
	return dmarcFound{}, false
}

// oneBelow gives the name one label below the domain, on the way to name.
func oneBelow(domain, name string) string {
	above := strings.TrimSuffix(name, "."+domain)
	return above[strings.LastIndexByte(above, '.')+1:] + "." + domain
}
