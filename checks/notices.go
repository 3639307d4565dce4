package checks

import (
	"slices"

	"campanile/collectors/evidence"
	"campanile/collectors/records/duties"
)

// notice is a page of its own that a home page must lead to, or that another one
// of its pages may hold.
type notice struct {
	kind  duties.Kind
	duty  evidence.Duty
	other notHere
}

// notHere is where the same may stand instead.
type notHere struct {
	kind  duties.Kind
	duty  evidence.Duty
	topic duties.Topic
}

// privacyMissing fails a home page without a way to the privacy notice
// (Regulation (EU) 2016/679 art. 13). In France it often stands in the legal
// notice.
func privacyMissing(b *evidence.Bundle) []Finding {
	return onNotice(b, notice{duties.Privacy, evidence.PrivacyDuty, notHere{duties.Legal, evidence.LegalDuty, duties.PersonalData}})
}

// legalMissing fails a French home page that does not lead to who answers for
// the site and who keeps it (loi 2004-575 art. 1-1).
func legalMissing(b *evidence.Bundle) []Finding {
	if b.Target.Country != "fr" {
		return notApplicable(b.Target.Domain)
	}
	return onNotice(b, notice{duties.Legal, evidence.LegalDuty, notHere{duties.Privacy, evidence.PrivacyDuty, duties.Publisher}})
}

func onNotice(b *evidence.Bundle, n notice) []Finding {
	return anyFront(b, func(f front) Finding {
		link, state := f.link(n.kind)
		switch state {
		case evidence.Seen:
			return n.behind(b, f, link)
		case evidence.Absent:
			return n.elsewhere(b, f)
		case evidence.Unknown, evidence.NotAsked:
		}
		return f.open(b, f.complete())
	})
}

// behind judges what the link leads to. Where nobody went there, the link is
// what can be known.
func (n notice) behind(b *evidence.Bundle, f front, link string) Finding {
	facts := Facts{"host": f.Host, "url": f.url(), "link": link}
	page := f.Page(n.duty)
	switch {
	case page == nil, page.State == evidence.NotAsked && page.Problem != "":
		return pass(b.Target.Domain, facts)[0]
	case isPage(page.Visit) && f.hollow(page.Visit):
		return f.open(b, evidence.Observation{State: evidence.Unknown, Problem: evidence.Unreadable})
	case isPage(page.Visit):
		return pass(b.Target.Domain, facts)[0]
	case !notFound(page.Visit):
		return f.open(b, reason(page.Visit))
	case !f.known || n.leadsOn(f, page.URL):
		return f.open(b, f.complete())
	}
	return fail(b.Target.Domain, with(with(facts, "reason", "dead-link"), "link", page.URL))[0]
}

// hollow reports whether an answer is hardly the page of its link: the home page
// again, a door that asks for a password, or nothing to read. Many servers send
// that, with status 200, for a page that they do not have.
func (f front) hollow(v evidence.Visit) bool {
	const fewWords = 10
	p := v.Page
	switch {
	case placeOf(v.Last().URL) == placeOf(f.url()), v.Last().Status == 204:
		return true
	case p == nil: // a document
		return false
	}
	asks := func(p *evidence.Page) bool {
		return slices.ContainsFunc(p.Forms, func(form evidence.Form) bool { return form.Password })
	}
	return asks(p) && !asks(f.visit.Page) || p.SHA256 != "" && p.Words < fewWords
}

// leadsOn reports whether there is a link of the kind to another address: the
// dead one is not the only way.
func (n notice) leadsOn(f front, dead string) bool {
	return slices.ContainsFunc(linksOf(f.links), func(l duties.Link) bool {
		return duties.LeadsSomewhere(l) && placeOf(l.URL) != placeOf(dead) && duties.Is(l, n.kind)
	})
}

// elsewhere judges a home page without the link.
func (n notice) elsewhere(b *evidence.Bundle, f front) Finding {
	facts := Facts{"host": f.Host, "url": f.url()}
	switch o := f.speaks(n.other.duty, n.other.kind, n.other.topic); {
	case o.State == evidence.Seen:
		return pass(b.Target.Domain, with(facts, "link", f.Page(n.other.duty).URL))[0]
	case o.State != evidence.Absent:
		return f.open(b, o)
	}
	if o := f.complete(); o.State != evidence.Seen {
		return f.open(b, o)
	}
	return fail(b.Target.Domain, with(with(facts, "reason", "no-link"), "link", "-"))[0]
}

// licenceMissing fails an Italian site that does not say under which licence its
// contents may be used again (municipal site model, C.SI.3.4).
func licenceMissing(b *evidence.Bundle) []Finding {
	if b.Target.Country != "it" {
		return notApplicable(b.Target.Domain)
	}
	return anyFront(b, func(f front) Finding {
		facts := Facts{"host": f.Host, "url": f.url()}
		_, own := f.link(duties.Licence)
		_, legal := f.link(duties.Legal)
		said := f.speaks(evidence.LegalDuty, duties.Legal, duties.LicenceCCBY4, duties.LicenceOther)
		switch {
		case own == evidence.Seen, said.State == evidence.Seen, f.tells(duties.LicenceCCBY4), f.tells(duties.LicenceOther):
			return pass(b.Target.Domain, facts)[0]
		case said.State != evidence.Absent:
			return f.open(b, said)
		case own != evidence.Absent, f.complete().State != evidence.Seen:
			return f.open(b, f.complete())
		case legal == evidence.Seen:
			return fail(b.Target.Domain, with(facts, "reason", "no-licence"))[0]
		}
		return fail(b.Target.Domain, with(facts, "reason", "no-link"))[0]
	})
}

// tells reports whether the home page itself, or a part of it, speaks of
// something.
func (f front) tells(topic duties.Topic) bool {
	return slices.ContainsFunc(f.pages(), func(p *evidence.Page) bool { return slices.Contains(p.Topics, topic) })
}

// pages are the home page and its parts, as far as they were read.
func (f front) pages() []*evidence.Page {
	list := []*evidence.Page{f.visit.Page}
	for _, part := range f.Parts {
		if isPage(part) && part.Page != nil {
			list = append(list, part.Page)
		}
	}
	return list
}
