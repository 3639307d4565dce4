package checks

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"campanile/collectors/evidence"
	"campanile/collectors/records/declaration"
)

// trail is a home page and what its links, and those of the pages behind them,
// say of the accessibility declaration.
type trail struct {
	front
	domain, country string
	survey          declaration.Survey   // of the home page with its parts
	spots           []spot               // the home page, and the pages read behind its links
	leads           []lead               // that are a declaration, those of the home page first
	state           evidence.State       // whether the home page leads to a declaration
	open            evidence.Observation // what was asked and is not known: it may be, or lead to, another declaration
	loose           evidence.Observation // what nobody followed: it counts where there is no declaration
	dead            string               // a link to a declaration that is not there
	visited         []string
}

// spot is one page of a trail.
type spot struct {
	links    []declaration.Link
	readings []declaration.Reading
}

var unseen = evidence.Observation{State: evidence.Unknown, Problem: evidence.Unreadable}

// onTrail judges what the home pages say of the declaration.
func onTrail(b *evidence.Bundle, judge func(*trail) Finding) []Finding {
	return anyFront(b, func(f front) Finding { return judge(newTrail(b, f)) })
}

// onDeclaration judges the declaration that a home page leads to. Where there is
// certainly none, its content is no question.
func onDeclaration(b *evidence.Bundle, judge func(*trail) Finding) []Finding {
	return onTrail(b, func(t *trail) Finding {
		switch t.state {
		case evidence.Seen:
			return judge(t)
		case evidence.Absent:
			return notApplicable(t.domain)[0]
		case evidence.Unknown, evidence.NotAsked:
		}
		return t.unknown(t.open)
	})
}

func newTrail(b *evidence.Bundle, f front) *trail {
	t := &trail{front: f, domain: b.Target.Domain, country: b.Target.Country}
	page := declaration.Page{URL: f.url(), Links: linksOf(f.links), Mentions: f.visit.Page.Mentions, Whole: !f.cut}
	for _, part := range f.Parts {
		switch {
		case isPage(part) && part.Page != nil:
			page.Mentions = slices.Concat(page.Mentions, part.Page.Mentions)
		case !notFound(part):
			t.open = f.why()
		}
	}
	t.survey = declaration.Look(page, declaration.State(f.footer))
	t.follow(spot{page.Links, t.survey.Links}, notFollowed(b, f))
	t.conclude()
	return t
}

func (t *trail) conclude() {
	switch {
	case len(t.leads) > 0:
		t.state = evidence.Seen
		return
	case t.settled() && t.loose == (evidence.Observation{}) && t.read():
		t.state = evidence.Absent
		return
	case t.settled() && t.loose != (evidence.Observation{}):
		t.open = t.loose
	case t.settled():
		t.open = t.why()
	}
	t.state = evidence.Unknown
}

// notFollowed is why no page stands behind a link. Where links were followed, one
// that was left out was one too many.
func notFollowed(b *evidence.Bundle, f front) evidence.Observation {
	ofDeclaration := func(l evidence.Linked) bool { return l.Duty == evidence.DeclarationDuty }
	followed := func(s evidence.Site) bool { return slices.ContainsFunc(s.Linked, ofDeclaration) }
	switch {
	case f.Robots.State == evidence.NotAsked && f.Robots.Problem != "":
		return f.Robots.Observation
	case slices.ContainsFunc(b.Sites, followed):
		return evidence.Observation{State: evidence.Unknown, Problem: evidence.TooMany}
	}
	return evidence.Skipped(evidence.Unreadable, "")
}

// follow goes along the links of a page, the definite ones first: the same
// address often stands in a menu as well, under fewer words.
func (t *trail) follow(at spot, left evidence.Observation) {
	t.spots = append(t.spots, at)
	for _, certainty := range []declaration.Certainty{declaration.Definite, declaration.Likely} {
		for i, r := range at.readings {
			if r.Certainty == certainty {
				t.take(r, at.links[i], left)
			}
		}
	}
}

// take judges one link.
func (t *trail) take(r declaration.Reading, l declaration.Link, left evidence.Observation) {
	certain := r.Certainty == declaration.Definite
	switch {
	case r.Kind == declaration.Placeholder && !certain && l.URL == "":
		t.loose = unseen // a script may open it
	case r.Kind != declaration.Statement:
	case r.Filed.Form == declaration.NewForm, r.Filed.Form == declaration.OldForm && certain:
		t.leads = append(t.leads, lead{url: l.URL, filed: r.Filed})
	case r.Filed.Form == declaration.OldForm:
		t.doubt(unseen) // the objectives lie at the same kind of address
	case l.URL == "", placeOf(l.URL) == placeOf(t.url()):
		t.loose = unseen // a place further down the page, whose text is not kept
	case !slices.Contains(t.visited, placeOf(l.URL)):
		t.visited = append(t.visited, placeOf(l.URL))
		t.behind(l, certain, left)
	}
}

// behind judges what stands behind a link. A definite one that nobody was to
// follow says enough by itself; a likely one says nothing.
func (t *trail) behind(l declaration.Link, certain bool, left evidence.Observation) {
	linked := t.linked(l.URL)
	if linked != nil {
		left = linked.Observation
	}
	skipped := left.State == evidence.NotAsked && left.Problem != ""
	switch {
	case skipped && certain:
		t.leads = append(t.leads, lead{url: l.URL, why: left})
	case skipped, linked == nil:
		t.loose = left
	case linked.State == evidence.Seen && declaration.ReadAddress(linked.Last().Location).Form != "":
		l.URL = linked.Last().Location // AgID's form is not asked for, its address tells enough
		t.follow(spot{[]declaration.Link{l}, []declaration.Reading{declaration.Read(l)}}, left)
	case gone(linked.Visit, t.url()):
		t.dead = cmp.Or(t.dead, l.URL)
	case !isPage(linked.Visit):
		t.doubt(reason(linked.Visit))
	default:
		t.enter(l.URL, linked, certain)
	}
}

// gone reports that there is certainly no page behind a link. Some servers send
// to the home page where others say 404.
func gone(v evidence.Visit, home string) bool {
	return notFound(v) || isPage(v) && placeOf(v.Last().URL) == placeOf(home)
}

// enter reads the page behind a link. One that only leads on counts by what it
// leads to.
func (t *trail) enter(address string, l *evidence.Linked, certain bool) {
	if l.Page == nil { // a document of another kind
		if certain {
			t.leads = append(t.leads, lead{url: address, why: unseen})
		} else {
			t.doubt(unseen)
		}
		return
	}
	before, doubts := len(t.leads), t.open
	if l.Statement != nil && l.Statement.State == evidence.Seen {
		t.leads = append(t.leads, lead{url: address, page: l})
	}
	links := linksOf(l.Page.Links)
	readings := make([]declaration.Reading, len(links))
	for i := range links {
		readings[i] = declaration.Read(links[i])
	}
	t.follow(spot{links, readings}, evidence.Observation{State: evidence.Unknown, Problem: evidence.TooMany})
	nothing := l.Statement != nil && l.Statement.State == evidence.Absent
	if len(t.leads) == before && t.open == doubts && (certain || !nothing) {
		t.doubt(unseen)
	}
}

// linked gives the page behind an address.
func (t *trail) linked(address string) *evidence.Linked {
	for i := range t.Linked {
		if l := &t.Linked[i]; l.Duty == evidence.DeclarationDuty && placeOf(l.URL) == placeOf(address) {
			return l
		}
	}
	return nil
}

// doubt keeps the first thing that is not known.
func (t *trail) doubt(why evidence.Observation) {
	if t.settled() {
		t.open = evidence.Observation{State: evidence.Unknown, Problem: problemOf(why)}
	}
}

// settled: whatever was asked was answered.
func (t *trail) settled() bool { return t.open == (evidence.Observation{}) }

func (t *trail) facts() Facts { return Facts{"host": t.Host, "url": t.url()} }

func (t *trail) unknown(o evidence.Observation) Finding {
	return unknown(t.domain, "web "+t.Host, o)[0]
}

func linksOf(list []evidence.Link) []declaration.Link {
	links := make([]declaration.Link, len(list))
	for i, l := range list {
		links[i] = declaration.Link(l)
	}
	return links
}

// placeOf is an address without the place within its page.
func placeOf(address string) string {
	if u, err := url.Parse(address); err == nil {
		u.Fragment, u.RawFragment = "", ""
		address = u.String()
	}
	return strings.TrimSuffix(address, "/")
}
