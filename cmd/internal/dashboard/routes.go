package dashboard

import (
	"net/http"
	"strconv"
	"strings"

	"campanile/cmd/internal/store"
	"campanile/report"
)

// access says who may come to a route.
type access int

const (
	anyone   access = iota // also who has not signed in
	everyone               // who has; a municipality to its own body only
	group                  // for a municipality there is no such page
)

// route is one address and what answers there.
type route struct {
	method, path string
	access       access
	serve        http.HandlerFunc
}

// table lists all routes. Nothing is answered that is not in it; the tests walk
// it, so that none can be forgotten.
func (s *site) table() []route {
	list := []route{
		{http.MethodGet, "/style.css", anyone, s.style},
		{http.MethodGet, "/login", anyone, s.loginPage},
		{http.MethodPost, "/login", anyone, s.login},
		{http.MethodPost, "/language", anyone, s.chooseLanguage},
		{http.MethodPost, "/logout", everyone, s.logout},
		{http.MethodGet, "/account", everyone, s.accountPage},
		{http.MethodPost, "/account", everyone, s.changePassword},
		{http.MethodGet, "/towns", everyone, s.townsPage},
		{http.MethodGet, "/towns.csv", everyone, s.townsCSV},
		{http.MethodGet, "/towns/{id}", everyone, s.townPage},
		{http.MethodPost, "/towns/{id}/look", group, s.lookAgain},
		{http.MethodGet, "/towns/{id}/checklist", everyone, s.checklistPage},
		{http.MethodPost, "/towns/{id}/checklist", everyone, s.tick},
		{http.MethodPost, "/towns/{id}/review", everyone, s.review},
		{http.MethodGet, "/towns/{id}/dma", everyone, s.dmaPage},
		{http.MethodGet, "/towns/{id}/annex.html", everyone, s.annex},
	}
	for _, f := range formats() {
		list = append(list, route{http.MethodGet, "/towns/{id}/document." + f.ending, everyone, s.document(f)})
	}
	return append(list, s.figureRoutes()...)
}

// navigation lists where a viewer can go.
func (s *site) navigation(r *http.Request, v viewer, words report.Words) []link {
	type entry struct{ path, name string }
	var list []entry
	switch {
	case v.Group():
		list = []entry{
			{"/", words.Say("dashboard.nav.overview")},
			{"/towns", words.Say("dashboard.nav.towns")},
			{"/compare", words.Say("dashboard.nav.compare")},
			{"/suppliers", words.Say("dashboard.nav.suppliers")},
			{"/workshops", words.Say("dashboard.nav.workshops")},
			{"/runs", words.Say("dashboard.nav.runs")},
			{"/sent", words.Say("dashboard.nav.sent")},
		}
	case v.known():
		own := "/towns/" + strconv.FormatInt(v.body, 10)
		list = []entry{{own, words.Say("dashboard.nav.own")}, {own + "/checklist", words.Say("dashboard.nav.checklist")}, {own + "/dma", words.Say("dashboard.nav.dma")}}
	}
	nav, best := make([]link, len(list)), -1
	for i, e := range list {
		nav[i] = link{Path: e.path, Name: e.name}
		under := r.URL.Path == e.path || e.path != "/" && strings.HasPrefix(r.URL.Path, e.path+"/")
		if under && (best < 0 || len(e.path) > len(list[best].path)) {
			best = i
		}
	}
	if best >= 0 {
		nav[best].Here = true
	}
	return nav
}

// bodyOf gives the body that an address names, if the viewer may see it. What
// is not his is not there.
func (s *site) bodyOf(r *http.Request) (store.Body, error) {
	id, err := number(r.PathValue("id"))
	if err != nil || !s.viewerOf(r).sees(id) {
		return store.Body{}, store.ErrUnknown
	}
	return s.Chronicle.Store.Body(r.Context(), id)
}

// number reads the number of a body.
func number(text string) (int64, error) { return strconv.ParseInt(text, 10, 64) }

func (s *site) style(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Cache-Control", "no-cache")
	send(w, http.StatusOK, "text/css; charset=utf-8", styleSheet)
}
