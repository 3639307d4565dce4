package records

import (
	"errors"
	"slices"
)

// Bounds of an analysis. A tree that reaches one of them is past every limit of
// RFC 7208 section 4.6.4 long before.
const (
	maxSPFWork    = 20_000 // terms, questions and addresses
	maxSPFCounted = 1000   // look-ups
	maxSPFDepth   = 30     // records on the way to a record
	maxSPFTerms   = 4000   // terms of one record
	maxSPFNotes   = 100    // faults, gaps
)

// spfWalk is one analysis under way.
type spfWalk struct {
	SPFAnalysis

	lookup    SPFLookup
	suppliers []Supplier
	answers   map[spfQuestion]SPFAnswer
	texts     map[string]spfText // by name of the record
	known     map[spfRange]bool
	work      int
}

type spfQuestion struct{ name, kind string }

// spfPlace is what the way to a record makes of it.
type spfPlace struct {
	path     []string
	text     string
	supplier string // known supplier that it came through
	admits   bool   // its "pass" is the pass of the whole
	ends     bool   // its end is the end of the whole: it is the first record, or a redirect put it there
}

// spend reports whether there is still time for so many things.
func (w *spfWalk) spend(things int) bool {
	w.work += things
	if w.work > maxSPFWork || w.Lookups > maxSPFCounted {
		w.Cut = true
		return false
	}
	return true
}

func (w *spfWalk) ask(name, kind string) SPFAnswer {
	q := spfQuestion{name, kind}
	answer, ok := w.answers[q]
	if !ok {
		answer = w.lookup(name, kind)
		w.answers[q] = answer
	}
	w.spend(1)
	return answer
}

func (w *spfWalk) fault(reason SPFReason, at SPFPlace, detail string) {
	if len(w.Faults) < maxSPFNotes {
		w.Faults = append(w.Faults, SPFFault{at, reason, detail})
	}
}

func (w *spfWalk) gap(gap SPFGap) {
	if len(w.Gaps) == maxSPFNotes {
		w.Cut = true
		return
	}
	w.Gaps = append(w.Gaps, gap)
}

// enter reads the record of a name, to which a step leads; the domain's own
// record has none.
func (w *spfWalk) enter(step *SPFStep, name string, at spfPlace) *SPFBranch {
	answer := w.ask(name, "TXT")
	from := SPFPlace{Owner: name, Path: []string{name}}
	if step != nil {
		from = at.of(step)
	}
	if !answer.Known {
		w.gap(SPFGap{SPFPlace: from, Name: name, Type: "TXT", Problem: answer.Problem})
		return nil
	}
	if step != nil && len(answer.Records) == 0 {
		w.void(step, from, name)
	}
	texts := SPFRecords(answer.Records)
	if len(texts) != 1 {
		w.notOne(step, len(texts), from)
		return nil
	}
	at.path, at.text = append(slices.Clip(at.path), name), texts[0]
	return w.branch(at)
}

// notOne notes that no record is left, or more than one (RFC 7208 section 4.5).
// A domain without any is not broken, it just has none.
func (w *spfWalk) notOne(step *SPFStep, records int, from SPFPlace) {
	switch {
	case records > 1 && step == nil:
		w.fault(SPFSeveral, from, "several SPF records")
	case records > 1:
		w.fault(SPFIncludeOfSeveral, from, "leads to several SPF records")
	case step == nil:
	case step.Name == "redirect":
		w.fault(SPFRedirectToNone, from, "leads to no SPF record")
	default:
		w.fault(SPFIncludeOfNone, from, "leads to no SPF record")
	}
}

// branch adds one record and what stands below it.
func (w *spfWalk) branch(at spfPlace) *SPFBranch {
	owner := at.path[len(at.path)-1]
	parsed, ok := w.texts[owner]
	if !ok {
		parsed = readSPF(at.text)
		w.texts[owner] = parsed
	}
	branch := &SPFBranch{Owner: owner, Path: at.path, Text: at.text, Supplier: at.supplier}
	if len(parsed.steps) > maxSPFTerms {
		w.Cut = true
		parsed.steps = parsed.steps[:maxSPFTerms]
	}
	if w.spend(len(parsed.steps)) {
		branch.Steps = slices.Clone(parsed.steps)
	}
	if parsed.broken {
		// RFC 7208 section 4.6: a syntax error anywhere is permerror. Such a
		// record admits nobody; what it asks for is counted all the same, so that
		// whoever corrects it knows what it will cost.
		at.admits, at.ends = false, false
		w.misspelt(branch.Steps, at)
	}
	if w.Open == "" {
		w.Open = parsed.open(at)
	}
	before := w.Lookups
	w.evaluate(branch.Steps, at)
	branch.Lookups = w.Lookups - before
	return branch
}

func (w *spfWalk) misspelt(steps []SPFStep, at spfPlace) {
	for i := range steps {
		switch err := steps[i].Err; {
		case errors.Is(err, errUnknownMechanism):
			w.fault(SPFUnknownMechanism, at.of(&steps[i]), err.Error())
		case err != nil:
			w.fault(SPFSyntax, at.of(&steps[i]), err.Error())
		}
	}
}

// evaluate goes through the terms as a receiver does: a redirect comes last,
// wherever it stands (RFC 7208 section 6.1).
func (w *spfWalk) evaluate(steps []SPFStep, at spfPlace) {
	for _, redirects := range []bool{false, true} {
		for i := range steps {
			step := &steps[i]
			if step.Dead || step.Err != nil || redirects != (step.Name == "redirect") {
				continue
			}
			if !w.spend(1) {
				return
			}
			before := w.Lookups
			w.step(step, at)
			step.Cost = w.Lookups - before
		}
	}
}

// step adds one term.
func (w *spfWalk) step(step *SPFStep, at spfPlace) {
	if step.Asks() {
		w.count(step, at)
	}
	admits := at.admits && step.Qualifier == '+'
	switch step.Name {
	case "include", "redirect":
		w.follow(step, at)
	case "a", "mx", "exists":
		at.admits = admits
		w.hosts(step, at)
	case "ptr":
		w.Pointers = append(w.Pointers, at.of(step))
	case "ip4", "ip6":
		if admits {
			w.admitNetwork(step, at)
		}
	case "all":
		if admits {
			w.admitEverybody(step, at)
		}
	}
}

// count adds a term that asks the DNS (RFC 7208 section 4.6.4).
func (w *spfWalk) count(step *SPFStep, at spfPlace) {
	if w.Lookups++; w.Lookups == MaxSPFLookups+1 {
		w.Offender = at.of(step)
	}
}

// follow goes on with the record that an include or a redirect leads to.
func (w *spfWalk) follow(step *SPFStep, at spfPlace) {
	if step.Name == "include" {
		// RFC 7208 section 5.2: only "+" admits whom the other record admits.
		at.admits, at.ends = at.admits && step.Qualifier == '+', false
	}
	switch {
	case step.Macro && step.Name == "redirect":
		// How the record ends depends on the message.
		w.gap(SPFGap{SPFPlace: at.of(step)})
	case step.Macro:
	case slices.Contains(at.path, step.Follows()):
		// A loop goes round until the limit of section 4.6.4 ends it.
		w.fault(SPFLoop, at.of(step), "leads back to a record that led here")
		for w.Lookups <= MaxSPFLookups {
			w.count(step, at)
		}
	case len(at.path) > maxSPFDepth:
		w.Cut = true
	default:
		step.Target = step.Follows()
		if at.supplier == "" {
			at.supplier = w.supplierOf(step.Target)
		}
		step.Below = w.enter(step, step.Target, at)
	}
}

func (w *spfWalk) supplierOf(name string) string {
	for _, supplier := range w.suppliers {
		if _, ok := MatchesHost(supplier.SPF, name); ok {
			return supplier.ID
		}
	}
	return ""
}

// of is the place of a term in the record that the way ends at.
func (p spfPlace) of(step *SPFStep) SPFPlace {
	return SPFPlace{Term: step.Raw, Owner: p.path[len(p.path)-1], Text: p.text, Path: p.path}
}
