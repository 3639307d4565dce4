package records

import "slices"

// spfText is a record by itself.
type spfText struct {
	steps     []SPFStep
	broken    bool // a syntax error somewhere
	all       byte // qualifier of the first "all"; 0 where there is none
	redirects bool // a redirect counts
}

// readSPF takes a record apart and finds what is never tested: the terms behind
// "all", and a redirect beside one, wherever it stands (RFC 7208 sections 5.1
// and 6.1).
func readSPF(text string) spfText {
	var parsed spfText
	once := map[string]bool{}
	for _, raw := range spfTerms(text) {
		term, err := parseTerm(raw)
		if err == nil {
			err = onceOnly(term, once)
		}
		step := SPFStep{SPFTerm: term, Err: err, Macro: HasMacro(term.Value)}
		parsed.broken = parsed.broken || err != nil
		step.Dead = parsed.all != 0 && (term.Qualifier != 0 || err != nil)
		if err == nil && term.Name == "all" && parsed.all == 0 {
			parsed.all = term.Qualifier
		}
		parsed.steps = append(parsed.steps, step)
	}
	for i := range parsed.steps {
		if step := &parsed.steps[i]; step.Name == "redirect" && step.Err == nil {
			step.Dead = parsed.all != 0
			parsed.redirects = !step.Dead
		}
	}
	return parsed
}

// open gives the reason why a record lets everybody in by its end.
func (t spfText) open(at spfPlace) string {
	switch {
	case at.admits && t.all == '+':
		return "plus-all"
	case at.ends && t.all == '?':
		return "neutral-all"
	case at.ends && t.all == 0 && !t.redirects:
		return "no-all" // RFC 7208 section 4.7: as if it ended in "?all"
	}
	return ""
}

// Tested lists the terms that receivers test: none behind "all", and no redirect
// beside one (RFC 7208 sections 5.1 and 6.1).
func (r SPF) Tested() []SPFTerm {
	all := slices.IndexFunc(r.Terms, func(t SPFTerm) bool { return t.Name == "all" })
	if all < 0 {
		return r.Terms
	}
	return slices.DeleteFunc(slices.Clone(r.Terms[:all+1]), func(t SPFTerm) bool { return t.Name == "redirect" })
}
