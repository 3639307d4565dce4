package spf

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"campanile/collectors/records"
)

// place is where the evaluation stands: the <domain> of check_host(), and the
// terms that led there.
type place struct {
	domain string
	path   []string
}

// below is the place that an include or a redirect leads to.
func (p place) below(term records.SPFTerm, domain string) place {
	path := append(slices.Clip(p.path), shown(term.Raw))
	return place{domain: domain, path: path}
}

// finding is what check_host() found: the result, the term that decided, and
// why.
type finding struct {
	result Result
	term   string
	reason string
}

// find makes a finding whose reason ends with the way that led to it.
func (p place) find(result Result, format string, values ...any) *finding {
	reason := fmt.Sprintf(format, values...)
	if len(p.path) > 0 {
		reason += ", reached through " + strings.Join(p.path, " > ")
	}
	return &finding{result: result, reason: reason}
}

// host is check_host() for one domain (RFC 7208 sections 4.3 to 4.7).
func (e *evaluation) host(ctx context.Context, p place) finding {
	record, trouble := e.record(ctx, p)
	if trouble != nil {
		return *trouble
	}
	var redirect *records.SPFTerm
	for _, term := range record.Terms {
		if term.Name == "redirect" {
			redirect = &term
		}
		if term.Qualifier == 0 {
			continue // a modifier; any but redirect is ignored (section 6)
		}
		match, trouble := e.matches(ctx, term, p)
		within := e.settle()
		switch {
		case trouble != nil && (within || trouble.result == PermError):
			return *trouble
		case !within:
			return *p.tooVoid(term)
		case match != nil:
			return finding{qualifiers[term.Qualifier], shown(term.Raw), match.reason}
		}
	}
	// Section 6.1: a redirect counts only here, where no mechanism matched;
	// with an "all" in the record one always does.
	if redirect != nil {
		return e.redirect(ctx, *redirect, p)
	}
	// Section 4.7: what is not said is neutral.
	return *p.find(Neutral, "no term in the record of %s matches %s", shown(p.domain), e.ip)
}

// qualifiers are the results that a directive asks for (section 4.6.2).
var qualifiers = map[byte]Result{'+': Pass, '-': Fail, '~': SoftFail, '?': Neutral}

// record fetches and reads the one record of a domain.
func (e *evaluation) record(ctx context.Context, p place) (records.SPF, *finding) {
	var none records.SPF
	// Section 4.3: a domain that is malformed or has one label gives "none".
	if !wellFormed(p.domain) || !strings.Contains(p.domain, ".") {
		return none, p.find(None, "%q is not a whole domain name", shown(p.domain))
	}
	answer := e.ask(ctx, p.domain, TXT)
	// Section 4.4: any failure but a name error is temporary.
	if answer.Failed != "" {
		return none, p.find(TempError, "no usable answer to TXT %s (%s)", shown(p.domain), shown(answer.Failed))
	}
	var texts []string
	for _, text := range answer.Texts {
		if records.IsSPF(text) {
			texts = append(texts, text)
		}
	}
	// Section 4.5: exactly one record must be left.
	switch len(texts) {
	case 0:
		return none, p.find(None, "%s publishes no SPF record", shown(p.domain))
	case 1:
	default:
		return none, p.find(PermError, "%s publishes %d SPF records in place of one", shown(p.domain), len(texts))
	}
	// Section 4.6: a syntax error anywhere is found before anything else is done.
	record, err := records.ParseSPF(texts[0])
	if err != nil {
		return none, p.find(PermError, "syntax error in the record of %s, at %s", shown(p.domain), shown(err.Error()))
	}
	return record, nil
}

// spend counts a term that asks the DNS (section 4.6.4). It stands before every
// step down, so it is also what ends loops.
func (e *evaluation) spend(term records.SPFTerm, p place) *finding {
	e.outcome.Lookups++
	if e.outcome.Lookups > MaxLookups {
		return p.find(PermError, "more than %d look-ups, at %s", MaxLookups, shown(term.Raw))
	}
	return nil
}

func (p place) tooVoid(term records.SPFTerm) *finding {
	return p.find(PermError, "more than %d void look-ups, at %s", MaxVoidLookups, shown(term.Raw))
}

// redirect goes on with another record in place of this one (section 6.1).
func (e *evaluation) redirect(ctx context.Context, term records.SPFTerm, p place) finding {
	if trouble := e.spend(term, p); trouble != nil {
		return *trouble
	}
	target := e.target(ctx, term, p)
	if !e.settle() { // of the macros
		return *p.tooVoid(term)
	}
	f := e.host(ctx, p.below(term, target))
	e.settle()
	// Section 6.1: no record there, or no such name, is a permanent error.
	if f.result == None {
		return *p.find(PermError, "%s leads to no SPF record", shown(term.Raw))
	}
	return f
}

// include asks another record, and takes only its "pass" for a match (section
// 5.2, the table).
func (e *evaluation) include(ctx context.Context, term records.SPFTerm, p place) (match, trouble *finding) {
	target := e.target(ctx, term, p)
	if !e.settle() { // of the macros
		return nil, p.tooVoid(term)
	}
	f := e.host(ctx, p.below(term, target))
	switch f.result {
	case Pass:
		return &f, nil
	case TempError, PermError:
		return nil, &f
	case None:
		return nil, p.find(PermError, "%s leads to no SPF record", shown(term.Raw))
	case Fail, SoftFail, Neutral:
	}
	return nil, nil
}
