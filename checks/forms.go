package checks

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"campanile/collectors/evidence"
	"campanile/collectors/records/duties"
)

// leastForms is how many forms to print make a habit of it.
const leastForms = 3

// formsPaperOnly fails a town whose pages offer forms to print and no way to hand
// anything in without paper. One that offers none leaves nothing to judge.
func formsPaperOnly(b *evidence.Bundle) []Finding {
	return anyFront(b, func(f front) Finding {
		facts := Facts{"host": f.Host, "url": f.url()}
		hub := f.Page(evidence.FormsDuty)
		online := f.online(hub)
		if online == evidence.Seen {
			return pass(b.Target.Domain, facts)[0]
		}
		// Where there is a page of forms, the services may stand there.
		if o := f.hubKnown(hub); o.State != evidence.Seen {
			return f.open(b, o)
		}
		papers := f.papers(hub)
		switch o := f.complete(); {
		case online != evidence.Absent, o.State != evidence.Seen:
			return f.open(b, o)
		case len(papers) < leastForms:
			return notApplicable(b.Target.Domain)[0]
		}
		facts["count"] = strconv.Itoa(len(papers))
		facts["forms"] = titlesOf(papers[:leastForms])
		if hub != nil && isPage(hub.Visit) {
			facts["url"] = hub.Last().URL
		}
		return fail(b.Target.Domain, facts)[0]
	})
}

// online looks for services online on the home page and on that of forms.
func (f front) online(hub *evidence.Linked) evidence.State {
	_, state := f.link(duties.OnlineServices)
	if hub == nil || hub.Page == nil || !isPage(hub.Visit) || state == evidence.Seen {
		return state
	}
	_, there := front{links: hub.Page.Links}.link(duties.OnlineServices)
	if there == evidence.Absent {
		return state
	}
	return there
}

// hubKnown says whether the page of forms was read whole, or is not there.
func (f front) hubKnown(hub *evidence.Linked) evidence.Observation {
	_, linked := f.link(duties.Forms)
	unread := evidence.Observation{State: evidence.Unknown, Problem: evidence.Unreadable}
	switch {
	case hub == nil && linked == evidence.Absent:
		return sound()
	case hub == nil && !f.Followed():
		return evidence.Observation{State: evidence.Unknown, Problem: evidence.NotInProfile}
	case hub == nil:
		return unread
	case notFound(hub.Visit):
		return sound()
	case !isPage(hub.Visit):
		return reason(hub.Visit)
	case hub.Page == nil || hub.Page.Truncated:
		return unread
	}
	return sound()
}

// papers are the links to forms to print, each address once: on the page of
// forms every document, on the home page those that call themselves a form.
func (f front) papers(hub *evidence.Linked) []evidence.Link {
	var list []evidence.Link
	add := func(links []evidence.Link, isForm func(evidence.Link) bool) {
		for _, l := range links {
			known := slices.ContainsFunc(list, func(other evidence.Link) bool { return other.URL == l.URL })
			if !known && duties.Printable(duties.Link(l)) && isForm(l) {
				list = append(list, l)
			}
		}
	}
	if hub != nil && hub.Page != nil && isPage(hub.Visit) {
		add(hub.Page.Links, func(l evidence.Link) bool { return l.Place == "main" || l.Place == "" })
	}
	add(f.links, func(l evidence.Link) bool { return duties.NamesForm(duties.Link(l)) })
	return list
}

// titlesOf writes the labels of links, or the names of their files.
func titlesOf(links []evidence.Link) string {
	var list []string
	for _, l := range links {
		title := strings.TrimSpace(l.Text)
		if u, err := url.Parse(l.URL); title == "" && err == nil {
			title = u.Path[strings.LastIndex(u.Path, "/")+1:]
		}
		if len(title) > 80 {
			title = evidence.Clip(title, 80) + "…"
		}
		list = append(list, title)
	}
	return cmp.Or(strings.Join(list, ", "), "-")
}
