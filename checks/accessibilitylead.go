package checks

import (
	"slices"

	"campanile/collectors/evidence"
	"campanile/collectors/records/declaration"
)

// lead is one link to a declaration, as far as it was followed.
type lead struct {
	url   string
	filed declaration.Filed    // where it is an address of AgID's form
	page  *evidence.Linked     // where the declaration was read
	why   evidence.Observation // where neither is so
}

// official: an address that AgID's form gave. The words of its model on a page of
// one's own are no such address, and that is what the footer must show.
func (l lead) official() bool { return l.filed.Form != "" }

// statement gives the declaration that was read, the last one of a trail.
func (t *trail) statement() (lead, bool) {
	for _, l := range slices.Backward(t.leads) {
		if l.page != nil {
			return l, true
		}
	}
	return lead{}, false
}

// unread is the verdict on the text of a declaration that was not read. What
// AgID's form writes is always whole; the form itself needs a browser.
func (t *trail) unread() Finding {
	if slices.ContainsFunc(t.leads, lead.official) {
		return notApplicable(t.domain)[0]
	}
	return t.unknown(t.leads[0].why)
}

// link finds a link of a kind on the pages of the trail, best one that leads
// somewhere.
func (t *trail) link(kind declaration.Kind, certain ...declaration.Certainty) (declaration.Link, bool) {
	var found *declaration.Link
	for _, at := range t.spots {
		for i, r := range at.readings {
			if r.Kind != kind || !slices.Contains(certain, r.Certainty) {
				continue
			}
			if at.links[i].URL != "" {
				return at.links[i], true
			}
			if found == nil {
				found = &at.links[i]
			}
		}
	}
	if found == nil {
		return declaration.Link{}, false
	}
	return *found, true
}
