package dashboard

import (
	_ "embed"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"campanile/report"
	"campanile/rules"
)

//go:embed asset/figures.css
var figureSheet []byte

// figureRoutes are the pages of figures: what the territory has in common. A
// municipality has none of them, but for the first, which leads it to its own.
func (s *site) figureRoutes() []route {
	maps, kept := &atlas{}, &drawer{}
	return []route{
		{http.MethodGet, "/", everyone, func(w http.ResponseWriter, r *http.Request) { s.overviewPage(w, r, maps) }},
		{http.MethodGet, "/figures.css", anyone, s.figureStyle},
		{http.MethodGet, "/town", everyone, s.townByDomain},
		{http.MethodGet, "/compare", group, s.comparePage},
		{http.MethodGet, "/suppliers", group, s.suppliersPage},
		{http.MethodGet, "/suppliers/{id}", group, func(w http.ResponseWriter, r *http.Request) { s.supplierPage(w, r, kept) }},
		{http.MethodGet, "/suppliers/{id}/letter.txt", group, s.supplierLetter(plainLetter)},
		{http.MethodGet, "/suppliers/{id}/letter.docx", group, s.supplierLetter(wordLetter)},
		{http.MethodGet, "/suppliers/{id}/places.csv", group, s.supplierLetter(placesTable)},
		{http.MethodGet, "/workshops", group, s.workshopPage},
		{http.MethodGet, "/workshops.docx", group, s.workshopPaper},
		{http.MethodGet, "/runs", group, s.runsPage},
		{http.MethodGet, "/sent", group, s.sentPage},
	}
}

func (s *site) figureStyle(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Cache-Control", "no-cache")
	send(w, http.StatusOK, "text/css; charset=utf-8", figureSheet)
}

// townByDomain leads to the page of a municipality that is known by its domain, as
// in the pages on suppliers.
func (s *site) townByDomain(w http.ResponseWriter, r *http.Request) {
	body, err := s.Chronicle.Store.ByDomain(r.Context(), r.URL.Query().Get("domain"))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if !s.viewerOf(r).sees(body.ID) {
		s.unknown(w, r)
		return
	}
	http.Redirect(w, r, townPath(body.ID), http.StatusSeeOther)
}

func townPath(body int64) string { return "/towns/" + strconv.FormatInt(body, 10) }

// teller says the figures of a page in the language and at the hour of who reads.
type teller struct {
	report.Words

	language rules.Language
	zone     *time.Location
	set      *rules.Set
}

func (s *site) teller(r *http.Request) teller {
	language := s.viewerOf(r).language
	if language == "" {
		language = s.Language
	}
	return teller{report.WordsIn(language), language, s.Zone, s.Chronicle.Rules}
}

func (t teller) day(at time.Time) string { return t.Date(at.In(t.zone)) }
func (t teller) count(n int) string      { return t.Number(int64(n)) }

// hour writes a day and its hour where the people are; only Greenwich has its name.
func (t teller) hour(at time.Time) string {
	at = at.In(t.zone)
	clock := at.Format("15:04")
	if t.zone == time.UTC {
		clock += " UTC"
	}
	return t.Say("figures.time", "Date", t.Date(at), "Time", clock)
}

// month names the month of a moment.
func (t teller) month(at time.Time) string {
	at = at.In(t.zone)
	return t.Say("figures.month", "Month", t.Say("month."+strconv.Itoa(int(at.Month()))), "Year", strconv.Itoa(at.Year()))
}

// problem gives the title of a rule: what goes wrong, in plain words. A rule that is
// no longer in the set has its name alone.
func (t teller) problem(id string) string {
	rule, ok := t.set.Rule(id)
	if !ok {
		return report.Plain(id)
	}
	country := rule.Countries[0]
	if home := map[rules.Language]string{rules.Italian: "it", rules.French: "fr"}[t.language]; rule.AppliesIn(home) {
		country = home
	}
	return report.Sketched(rule, nil, country, t.language).Title
}

// duration says about how long something takes: nobody needs the seconds.
func (t teller) duration(d time.Duration) string {
	switch minutes := int(d.Round(time.Minute).Minutes()); {
	case minutes < 2:
		return t.Say("figures.duration.moment")
	case minutes < 100:
		if minutes > 10 {
			minutes = (minutes + 4) / 5 * 5
		}
		return t.Count("figures.duration.minutes", minutes)
	case minutes < 48*60:
		return t.Count("figures.duration.hours", (minutes+59)/60)
	default:
		return t.Count("figures.duration.days", (minutes+24*60-1)/(24*60))
	}
}

// table is one that a telephone can show: each cell knows the name of its column.
type table struct {
	Caption string
	Hidden  bool // the caption stands in the heading above
	Head    []string
	Rows    [][]cell
}

// cell is what stands in a table: a text, which may lead somewhere.
type cell struct {
	Text string
	Link string
	Sign string // the grade whose sign stands before it
}

// row makes a row of texts.
func row(texts ...string) []cell {
	list := make([]cell, len(texts))
	for i, text := range texts {
		list[i].Text = text
	}
	return list
}

// sheets are the pages that a long list is parted into.
type sheets struct {
	This, Last     int
	From, To, All  string
	Earlier, Later string // addresses; empty where there is none
}

// perSheet is how many rows one page shows.
const perSheet = 25

// sheetOf reads which page of a list is asked for; the first for anything strange.
func sheetOf(r *http.Request) int {
	n, err := strconv.Atoi(r.URL.Query().Get("page"))
	if err != nil || n < 1 || n > 1_000_000 {
		return 1
	}
	return n
}

// sheetsOf says which page of a list this is, and where the others are. What the
// address asks for besides stays asked.
func (t teller) sheetsOf(r *http.Request, this, total int) sheets {
	last := max((total+perSheet-1)/perSheet, 1)
	this = min(this, last)
	p := sheets{This: this, Last: last, All: t.count(total), From: t.count(min((this-1)*perSheet+1, total)), To: t.count(min(this*perSheet, total))}
	at := func(n int) string {
		query := url.Values{}
		for key, values := range r.URL.Query() {
			query[key] = slices.Clone(values)
		}
		query.Set("page", strconv.Itoa(n))
		return r.URL.Path + "?" + query.Encode()
	}
	if this > 1 {
		p.Earlier = at(this - 1)
	}
	if this < last {
		p.Later = at(this + 1)
	}
	return p
}

// window gives the part of a list that a page shows.
func window[T any](list []T, p sheets) []T {
	from := min((p.This-1)*perSheet, len(list))
	return list[from:min(from+perSheet, len(list))]
}

// Number reports whether a column holds figures alone, with their units: those stand
// in a line.
func (t table) Number(column int) bool {
	for _, row := range t.Rows {
		if column == 0 || column >= len(row) || strings.Trim(row[column].Text, "0123456789.,+− kMBo\u00A0\u202F") != "" {
			return false
		}
	}
	return column > 0
}
