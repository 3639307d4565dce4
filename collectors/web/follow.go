package web

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"campanile/collectors/evidence"
	"campanile/collectors/records/declaration"
	"campanile/collectors/records/duties"
)

// duty follows the link of a duty.
func (f *front) duty(ctx context.Context, d evidence.Duty, want duties.Kind) {
	i := duties.Best(f.links, want)
	if i < 0 {
		return
	}
	if u := webAddress(f.links[i].URL); u != nil {
		f.open(ctx, d, u, "")
	}
}

// forms follows the link to the forms, unless the home page leads to services
// online: whether there are others is then settled.
func (f *front) forms(ctx context.Context) {
	online := func(l duties.Link) bool { return slices.Contains(duties.Read(l), duties.OnlineServices) }
	if !slices.ContainsFunc(f.links, online) {
		f.duty(ctx, evidence.FormsDuty, duties.Forms)
	}
}

// declaration follows the best link to the accessibility declaration, and one
// more where that leads to a page about it and not to itself.
func (f *front) declaration(ctx context.Context) {
	if f.home.Page == nil {
		return
	}
	survey := declaration.Look(surveyed(f.home, f.read, f.links), declaration.State(f.footer))
	next, from := f.leading(survey, f.links, true), ""
	for range maxSteps {
		if next == nil {
			return
		}
		linked, read := f.open(ctx, evidence.DeclarationDuty, next, from)
		if linked.Page == nil || linked.Statement.State == evidence.Seen {
			return
		}
		links := slices.DeleteFunc(linksOf(linked.Page), func(l duties.Link) bool {
			u := webAddress(l.URL)
			return u == nil || *u == *next || u.String() == linked.Last().URL
		})
		survey = declaration.Look(surveyed(linked.Visit, read, links), declaration.State(linked.Page.Footer))
		next, from = f.leading(survey, links, false), evidence.Clip(linked.Last().URL, evidence.MaxText)
	}
}

// leading gives the address to follow, nil where there is none. What is filed
// with AgID is not asked for. Behind the home page only a definite link within
// the site leads on.
func (f *front) leading(survey declaration.Survey, links []duties.Link, atHome bool) *url.URL {
	next := survey.Next()
	if next < 0 || !atHome && survey.Outcome != declaration.Linked {
		return nil
	}
	u := webAddress(links[next].URL)
	if u == nil || !atHome && !f.sameSite(u) {
		return nil
	}
	return u
}

// open visits the page of a duty, or says why not.
func (f *front) open(ctx context.Context, d evidence.Duty, u *url.URL, from string) (evidence.Linked, reading) {
	linked := evidence.Linked{Duty: d, From: from, Visit: evidence.Visit{URL: evidence.Clip(u.String(), evidence.MaxText)}}
	var read reading
	if linked.Observation = f.refuse(ctx, u, d != evidence.FormsDuty); linked.Observation == (evidence.Observation{}) {
		linked.Visit, read = f.visit(ctx, u.String(), page)
	}
	if d == evidence.DeclarationDuty && linked.Page != nil {
		links := linksOf(linked.Page)
		linked.Statement = stated(declaration.ReadText(surveyed(linked.Visit, read, links)))
	}
	f.site.Linked = append(f.site.Linked, linked)
	return linked, read
}

// webAddress reads the address of a link that a visitor can follow, without its
// fragment; nil where it is of another kind.
func webAddress(address string) *url.URL {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || !isWeb(u.Scheme) || len(address) >= evidence.MaxText || isFiled(u) || isRoute(u.Fragment) {
		return nil
	}
	u.Scheme, u.Fragment, u.RawFragment = strings.ToLower(u.Scheme), "", ""
	return u
}

// isRoute tells the fragment by which a script chooses what it draws, #/privacy,
// from a place in the page: behind it there is always the same page.
func isRoute(fragment string) bool {
	return strings.HasPrefix(fragment, "/") || strings.HasPrefix(fragment, "!")
}

// surveyed is a page as the reader of declarations wants it.
func surveyed(v evidence.Visit, r reading, links []duties.Link) declaration.Page {
	return declaration.Page{
		URL: v.Last().URL, Links: links, Text: r.text, Mentions: v.Page.Mentions,
		// Less is a splash, or nothing at all: of that nothing is said.
		Whole: !v.Page.Truncated && v.Barrier == "" && v.Page.Words >= fewWords,
	}
}

// stated keeps what a declaration says.
func stated(t declaration.Text) *evidence.Statement {
	return &evidence.Statement{
		State: evidence.State(t.State), Language: t.Language, Model: string(t.Model),
		Status:   statedAs(t.Status, func(s declaration.Status) string { return string(s) }),
		Prepared: statedAs(t.Prepared, declaration.Date.String), Reviewed: statedAs(t.Reviewed, declaration.Date.String),
		Rate:     statedAs(t.Rate, func(rate float64) string { return strconv.FormatFloat(rate, 'f', -1, 64) }),
		Feedback: evidence.State(t.Feedback), Enforcement: evidence.State(t.Enforcement),
		Contact: evidence.Contact{
			Mailbox: evidence.State(t.Contact.Mailbox), Telephone: evidence.State(t.Contact.Telephone), Form: evidence.State(t.Contact.Form),
		},
	}
}

func statedAs[T any](f declaration.Fact[T], write func(T) string) evidence.Stated {
	s := evidence.Stated{State: evidence.State(f.State)}
	if f.State == declaration.Seen {
		s.Value = evidence.Clip(write(f.Value), evidence.MaxText)
	}
	return s
}
