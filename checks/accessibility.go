package checks

import (
	"cmp"
	"slices"
	"strings"

	"campanile/collectors/evidence"
	"campanile/collectors/records/declaration"
)

// declarationMissing fails a home page that leads to no accessibility
// declaration (Directive (EU) 2016/2102 art. 7; Italy: L. 4/2004 art. 3-quater;
// France: loi 2005-102 art. 47). The French mention alone is not enough: the
// declaration itself must be within reach of the home page (décret 2019-768).
func declarationMissing(b *evidence.Bundle) []Finding {
	return onTrail(b, func(t *trail) Finding {
		facts := t.facts()
		switch t.state {
		case evidence.Seen:
			facts["link"] = t.leads[0].url
			return pass(t.domain, facts)[0]
		case evidence.Absent:
			if _, unfilled := t.link(declaration.Placeholder, declaration.Definite); unfilled && t.dead == "" {
				return notApplicable(t.domain)[0] // declarationPlaceholder says more of it
			}
			facts["reason"], facts["link"] = t.lacking()
			return fail(t.domain, facts)[0]
		case evidence.Unknown, evidence.NotAsked:
		}
		return t.unknown(t.open)
	})
}

// lacking says what stands in place of a declaration.
func (t *trail) lacking() (reason, link string) {
	if t.dead != "" {
		return "dead-link", t.dead
	}
	if l, found := t.link(declaration.Objectives, declaration.Definite); found {
		return "only-objectives", addressOf(l)
	}
	return "no-link", "-"
}

// declarationNotOfficial fails a text of one's own in place of AgID's form, which
// Italian bodies must use (AgID guidelines under L. 4/2004 art. 11; the form
// gives the address that the footer shows).
func declarationNotOfficial(b *evidence.Bundle) []Finding {
	if b.Target.Country != "it" {
		return notApplicable(b.Target.Domain)
	}
	return onDeclaration(b, func(t *trail) Finding {
		facts := t.facts()
		for _, l := range t.leads {
			if l.official() {
				facts["declaration"] = l.url
				return pass(t.domain, facts)[0]
			}
		}
		own, read := t.statement()
		switch {
		case !t.settled():
			return t.unknown(t.open)
		case !read:
			return t.unknown(t.leads[0].why)
		case !t.read():
			return t.unknown(t.why()) // AgID's address may stand in the footer
		}
		facts["declaration"] = own.url
		return fail(t.domain, facts)[0]
	})
}

// declarationPlaceholder fails a link that calls itself the declaration and was
// never filled in: "#", the address of the empty form, a template's variable.
func declarationPlaceholder(b *evidence.Bundle) []Finding {
	return onTrail(b, func(t *trail) Finding {
		facts := t.facts()
		l, found := t.link(declaration.Placeholder, declaration.Definite)
		switch {
		case t.state == evidence.Seen:
			return pass(t.domain, facts)[0]
		case t.state != evidence.Absent:
			return t.unknown(t.open)
		case !found:
			return notApplicable(t.domain)[0]
		}
		facts["link"] = addressOf(l)
		return fail(t.domain, facts)[0]
	})
}

// declarationOtherBody fails an address of AgID's form that names another body
// than this one by its IPA code.
func declarationOtherBody(b *evidence.Bundle) []Finding {
	own := b.Target.Code
	if b.Target.Country != "it" || own == "" {
		return notApplicable(b.Target.Domain)
	}
	return onDeclaration(b, func(t *trail) Finding {
		facts := t.facts()
		var others []lead
		for _, l := range t.leads {
			switch {
			case l.filed.Of(own):
				facts["declaration"] = l.url
				return pass(t.domain, facts)[0]
			case l.filed.IPA != "":
				others = append(others, l)
			}
		}
		switch {
		case !t.settled():
			return t.unknown(t.open)
		case len(others) == 0:
			for _, l := range t.leads {
				if l.filed.Form == "" && l.page == nil { // it may lead to AgID's form
					return t.unknown(l.why)
				}
			}
			return notApplicable(t.domain)[0]
		}
		facts["declaration"], facts["code"], facts["own"] = others[0].url, others[0].filed.IPA, strings.ToLower(own)
		return fail(t.domain, facts)[0]
	})
}

// declarationContradictory fails a declaration that says two different things of
// the conformity (Decision (EU) 2018/1523, annex, section 1 wants one of three).
// AgID's form lets nobody tick two.
func declarationContradictory(b *evidence.Bundle) []Finding {
	return onDeclaration(b, func(t *trail) Finding {
		facts := t.facts()
		if t.country == "fr" && t.survey.Mention.Status == declaration.Contradictory {
			facts["declaration"] = t.url()
			return fail(t.domain, facts)[0]
		}
		own, read := t.statement()
		switch {
		case !read:
			return t.unread()
		case own.page.Statement.Status.State != evidence.Seen && own.page.Statement.Status.State != evidence.Absent:
			return t.unknown(unseen)
		case own.page.Statement.Status.Value == string(declaration.Contradictory):
			facts["declaration"] = own.url
			return fail(t.domain, facts)[0]
		}
		facts["declaration"] = own.url
		return pass(t.domain, facts)[0]
	})
}

// feedbackMissing fails a declaration that gives no way to tell of what cannot be
// used (Directive (EU) 2016/2102 art. 7 paragraph 1 b).
func feedbackMissing(b *evidence.Bundle) []Finding {
	return onDeclaration(b, func(t *trail) Finding {
		own, read := t.statement()
		if !read {
			return t.unread()
		}
		s := own.page.Statement
		ways := []evidence.State{s.Feedback, s.Contact.Mailbox, s.Contact.Telephone, s.Contact.Form}
		facts := t.facts()
		facts["declaration"] = own.url
		switch {
		case slices.Contains(ways, evidence.Seen):
			return pass(t.domain, facts)[0]
		case !t.settled():
			return t.unknown(t.open)
		case slices.ContainsFunc(ways, func(way evidence.State) bool { return way != evidence.Absent }):
			return t.unknown(unseen)
		}
		return fail(t.domain, facts)[0]
	})
}

// objectivesMissing fails a site whose home page and declaration lead to no
// objectives of the year (Italy: D.L. 179/2012, by 31 March).
func objectivesMissing(b *evidence.Bundle) []Finding {
	if b.Target.Country != "it" {
		return notApplicable(b.Target.Domain)
	}
	return onTrail(b, func(t *trail) Finding {
		facts := t.facts()
		l, found := t.link(declaration.Objectives, declaration.Definite)
		switch {
		case found && l.URL != "":
			facts["link"] = l.URL
			return pass(t.domain, facts)[0]
		case found: // a button: a script may show them
			return t.unknown(unseen)
		case !t.settled():
			return t.unknown(t.open)
		case !t.read():
			return t.unknown(t.why())
		}
		for _, l := range t.leads {
			if l.filed.Form == "" && l.page == nil { // they may stand beside it
				return t.unknown(l.why)
			}
		}
		return fail(t.domain, facts)[0]
	})
}

// mentionMissing fails a French home page without one of the three mentions
// (loi 2005-102 art. 47; décret 2019-768; RGAA 4.1 «obligations»).
func mentionMissing(b *evidence.Bundle) []Finding {
	if b.Target.Country != "fr" {
		return notApplicable(b.Target.Domain)
	}
	return onTrail(b, func(t *trail) Finding {
		facts := t.facts()
		m := t.survey.Mention
		switch {
		case m.Status != "":
			facts["found"] = string(m.Status)
			return pass(t.domain, facts)[0]
		case !t.known:
			return t.unknown(t.why())
		case m.State == declaration.Seen: // «Accessibilité : non», without the word that matters
			facts["found"] = t.spoken("Accessibilité")
		case m.State == declaration.Absent:
			facts["found"] = t.spoken("-")
		default:
			return t.unknown(t.why())
		}
		return fail(t.domain, facts)[0]
	})
}

// spoken gives the label that speaks of accessibility without saying how much.
func (t *trail) spoken(otherwise string) string {
	l, _ := t.link(declaration.Statement, declaration.Definite, declaration.Likely)
	return cmp.Or(strings.Join(strings.Fields(l.Text), " "), otherwise)
}

// addressOf is where a link leads, as it stands in the page.
func addressOf(l declaration.Link) string {
	return cmp.Or(strings.TrimSpace(l.URL), strings.TrimSpace(l.Raw), "-")
}
