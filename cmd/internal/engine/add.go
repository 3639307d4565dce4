package engine

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"campanile/collectors/evidence"
)

// Add puts what came of an order into the evidence: where it was tried, what was
// not tried to its end, and what matched. Orders of several addresses are added
// one after the other; the engine is seen when it came to its end every time.
func Add(to *evidence.Services, order Order, result Result) {
	addEngine(&to.Engine, result.Engine)
	for _, id := range result.Templates {
		if !slices.Contains(to.Templates, id) && len(to.Templates) < evidence.MaxTemplates {
			to.Templates = append(to.Templates, id)
		}
	}
	slices.Sort(to.Templates)
	for _, t := range order.Targets {
		addTarget(to, t, result)
	}
	slices.SortFunc(to.Tried, func(a, b evidence.Tried) int {
		return cmp.Or(strings.Compare(a.URL, b.URL), strings.Compare(a.Address, b.Address))
	})
	slices.SortFunc(to.Untried, func(a, b evidence.Untried) int {
		return cmp.Or(strings.Compare(a.URL, b.URL), strings.Compare(a.Address, b.Address), strings.Compare(a.Template, b.Template))
	})
	slices.SortFunc(to.Exposed, func(a, b evidence.Match) int {
		return cmp.Or(strings.Compare(a.URL, b.URL), strings.Compare(a.Address, b.Address), strings.Compare(a.Template, b.Template))
	})
}

// addEngine keeps the first reason why it did not come to its end. That it was
// not started at one address says nothing about it.
func addEngine(to *evidence.Engine, run evidence.Engine) {
	idle := func(e evidence.Engine) bool { return e.State == evidence.NotAsked || e.Problem == evidence.BudgetSpent }
	if to.State == evidence.NotAsked || !idle(run) && (idle(*to) || to.State == evidence.Seen && run.State != evidence.Seen) {
		to.Observation = run.Observation
	}
	to.Version = cmp.Or(to.Version, run.Version)
	to.Sockets += run.Sockets
}

// addTarget adds one place. Where the evidence has no room for all that was not
// tried there, or all that matched, the whole place is unknown: nothing that was
// left out may be taken for tried.
func addTarget(to *evidence.Services, t Target, result Result) {
	if len(to.Tried) >= evidence.MaxTried {
		return // a place that is not listed was not tried
	}
	address := t.Address.Unmap().String()
	tried := evidence.Tried{URL: plainURL(t.URL), Address: address, Observation: result.Engine.Observation}
	ours := func(link, at string) bool { return at == address && sameOrigin(link, t.URL) }
	for _, u := range result.Unchecked {
		if !ours(u.URL, u.Address) {
			continue
		}
		if len(to.Untried) >= evidence.MaxUntried {
			tried.Observation = evidence.UnknownAt(result.Engine.At, evidence.TooMany, fmt.Sprintf("more than %d templates were not tried to their end", evidence.MaxUntried))
			break
		}
		to.Untried = append(to.Untried, evidence.Untried{
			Template: u.Template, URL: tried.URL, Address: address, Observation: evidence.UnknownAt(result.Engine.At, u.Problem, u.Detail),
		})
	}
	for _, m := range result.Matches {
		if !ours(m.URL, m.Address) {
			continue
		}
		if len(to.Exposed) >= evidence.MaxMatches {
			tried.Observation = evidence.UnknownAt(result.Engine.At, evidence.TooMany, fmt.Sprintf("more than %d matches", evidence.MaxMatches))
			break
		}
		m.URL = plainURL(m.URL)
		if !slices.Contains(to.Exposed, m) {
			to.Exposed = append(to.Exposed, m)
		}
	}
	to.Tried = append(to.Tried, tried)
}

func sameOrigin(a, b string) bool {
	one, err := origin(a)
	other, second := origin(b)
	return err == nil && second == nil && one == other
}
