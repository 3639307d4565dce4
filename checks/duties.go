package checks

import (
	"slices"

	"campanile/collectors/evidence"
	"campanile/collectors/records/duties"
)

// onLink judges a link that the law, or good practice, wants on the home page.
// One of the town's home pages with it is enough. It is missing where all of
// them were read whole and none has it; a single one that is not known leaves it
// open.
func onLink(b *evidence.Bundle, kind duties.Kind) []Finding {
	return anyFront(b, func(f front) Finding {
		facts := Facts{"host": f.Host, "url": f.url()}
		switch _, state := f.link(kind); {
		case state == evidence.Seen:
			return pass(b.Target.Domain, facts)[0]
		case state == evidence.Absent && f.complete().State == evidence.Seen:
			return fail(b.Target.Domain, facts)[0]
		}
		return f.open(b, f.complete())
	})
}

// transparencyMissing fails an Italian home page without a way to
// «Amministrazione trasparente» (D.Lgs. 33/2013).
func transparencyMissing(b *evidence.Bundle) []Finding { return onLink(b, duties.Transparency) }

// openDataMissing fails a home page without a way to data that anybody may use.
func openDataMissing(b *evidence.Bundle) []Finding { return onLink(b, duties.OpenData) }

// faqMissing fails an Italian home page without a way to frequent questions
// (municipal site model, C.SI.2.3).
func faqMissing(b *evidence.Bundle) []Finding {
	if b.Target.Country != "it" {
		return notApplicable(b.Target.Domain)
	}
	return onLink(b, duties.FAQ)
}

// link looks for the best link of a kind, on the page and on its parts. One that
// leads nowhere by itself ("#") may open something by a script: that is not
// known.
func (f front) link(kind duties.Kind) (address string, state evidence.State) {
	links := linksOf(f.links)
	if i := duties.Best(links, kind); i >= 0 {
		return links[i].URL, evidence.Seen
	}
	for _, l := range links {
		if duties.Is(l, kind) {
			return "", evidence.Unknown
		}
	}
	return "", evidence.Absent
}

// complete is seen where nothing of the page is missing, and says else why: only
// of such a page can it be said that it lacks something.
func (f front) complete() evidence.Observation {
	for _, part := range f.Parts {
		if !isPage(part) && !notFound(part) {
			return reason(part)
		}
	}
	if f.read() {
		return sound()
	}
	return f.why()
}

// open is the verdict on a home page of which something is not known.
func (f front) open(b *evidence.Bundle, o evidence.Observation) Finding {
	if o.State == evidence.Seen {
		o = evidence.Observation{State: evidence.Unknown, Problem: evidence.Unreadable}
	}
	return unknown(b.Target.Domain, "web "+f.Host, o)[0]
}

// speaks tells whether the page behind a link speaks of one of the topics. Where
// there is no such link, none does.
func (f front) speaks(duty evidence.Duty, kind duties.Kind, topics ...duties.Topic) evidence.Observation {
	behind := f.Page(duty)
	_, linked := f.link(kind)
	switch {
	case behind == nil && linked == evidence.Absent:
		return defect()
	case behind == nil && !f.Followed():
		return evidence.Observation{State: evidence.Unknown, Problem: evidence.NotInProfile}
	case behind == nil:
		return evidence.Observation{State: evidence.Unknown, Problem: evidence.Unreadable}
	case notFound(behind.Visit):
		return defect()
	case !isPage(behind.Visit):
		return reason(behind.Visit)
	case behind.Page != nil && slices.ContainsFunc(topics, func(t duties.Topic) bool { return slices.Contains(behind.Page.Topics, t) }):
		return sound()
	case behind.Page == nil || behind.Page.Truncated || f.hollow(behind.Visit): // a document, for one
		return evidence.Observation{State: evidence.Unknown, Problem: evidence.Unreadable}
	}
	return defect()
}
