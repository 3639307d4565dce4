package dashboard

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
)

// filled gives an address of a route: with a body where it names one, and with a
// supplier that there is.
func filled(r route, body int64) string {
	id := strconv.FormatInt(body, 10)
	if strings.HasPrefix(r.path, "/suppliers/") {
		id = "anybody"
	}
	return strings.ReplaceAll(r.path, "{id}", id)
}

// Every route of the table, as a municipality with another's number: nothing is
// there. None can be forgotten, as nothing is served that is not in the table.
func TestAMunicipalitySeesNothingOfAnother(t *testing.T) {
	t.Parallel()
	p := withAccounts(t)
	v := p.as(townName)
	for _, r := range p.ready.routes {
		if r.access == anyone {
			continue
		}
		own := !strings.Contains(r.path, "{id}") && r.access == everyone
		for _, query := range []string{"", "?bodies=" + strconv.FormatInt(p.hostile, 10), "?body=" + strconv.FormatInt(p.hostile, 10) + "&name=ostile"} {
			path := filled(r, p.hostile) + query
			var answer got
			if r.method == http.MethodPost {
				if r.path == "/logout" || r.path == "/account" {
					continue // of whoever asks
				}
				answer = v.send("/account", path, url.Values{"rule": {"web-hsts-missing"}, "subject": {"comune.ostile.example"}, "state": {"done"}, "by": {"Anna"}})
			} else {
				answer = v.get(path)
			}
			switch {
			case !own && answer.StatusCode != http.StatusNotFound:
				t.Errorf("%s %s: %d, want 404", r.method, path, answer.StatusCode)
			case own && answer.StatusCode >= 500:
				t.Errorf("%s %s: %d", r.method, path, answer.StatusCode)
			}
			v.hides(answer, "ostile.example", "Comune di &lt;script", "nuovo.example")
		}
	}
	list, err := p.Chronicle.Store.Checklist(t.Context(), p.hostile)
	if err != nil {
		t.Fatal(err)
	}
	if len(list.Entries)+len(list.Reviews) > 0 || len(p.asks.bodies) > 0 {
		t.Errorf("another municipality was written to: %v, %v", list, p.asks.bodies)
	}
}

func TestAMunicipalitySeesItself(t *testing.T) {
	t.Parallel()
	p := withAccounts(t)
	v := p.as(townName)
	for _, r := range p.ready.routes {
		if r.method != http.MethodGet || !strings.HasPrefix(r.path, "/towns/{id}") || strings.HasSuffix(r.path, ".pdf") {
			continue
		}
		v.shows(v.wants(r.path, v.get(filled(r, p.town)), http.StatusOK))
	}
	page := v.wants("the list", v.get("/towns?name=comune"), http.StatusOK)
	v.shows(page, "Comune di Valbassa")
	v.hides(page, "ostile", "nuovo.example")
	v.wants("another by its domain", v.get("/town?domain=comune.ostile.example"), http.StatusNotFound)
	v.shows(v.wants("its table", v.get("/towns.csv"), http.StatusOK), "Comune di Valbassa")
	v.shows(v.get(p.path(p.town, "")), "Il mio Comune")
	// Looking again is for the group.
	v.wants("looking again", v.send("/account", p.path(p.town, "/look"), url.Values{}), http.StatusNotFound)
}

// As nobody: to where one signs in, and nothing is written.
func TestNobodySeesAnything(t *testing.T) {
	t.Parallel()
	p := withAccounts(t)
	v := p.visitor()
	for _, r := range p.ready.routes {
		if r.access == anyone {
			continue
		}
		path := filled(r, p.town)
		if r.method == http.MethodPost {
			v.hides(v.wants(path, v.send("/login", path, url.Values{}), http.StatusUnauthorized), "Valbassa")
			continue
		}
		answer := v.wants(path, v.get(path), http.StatusSeeOther)
		if to := answer.Header.Get("Location"); !strings.HasPrefix(to, "/login") {
			t.Errorf("%s leads to %s", path, to)
		}
		v.hides(answer, "Valbassa")
	}
	v.wants("an address that there is not", v.get("/nothing"), http.StatusSeeOther)
}

// The group sees every page of the table, and none fails.
func TestTheGroupSeesAll(t *testing.T) {
	t.Parallel()
	p := newPlace(t, nil)
	v := p.visitor()
	for _, r := range p.ready.routes {
		if r.method != http.MethodGet || strings.HasSuffix(r.path, ".pdf") {
			continue
		}
		for _, body := range []int64{p.town, p.hostile, p.unseen} {
			path := filled(r, body)
			if answer := v.get(path); answer.StatusCode >= 500 {
				t.Errorf("%s: %d\n%s", path, answer.StatusCode, p.log)
			}
		}
	}
	for _, path := range []string{p.path(p.town, ""), p.path(p.hostile, "/checklist"), p.path(p.unseen, ""), p.path(p.unseen, "/dma"), "/towns"} {
		v.wants(path, v.get(path), http.StatusOK)
	}
	for _, path := range []string{"/towns/0", "/towns/-1", "/towns/99", "/towns/1e3", "/towns/9999999999999999999999", "/towns/" + strconv.FormatInt(p.unseen, 10) + "/document.docx", "/nothing"} {
		v.wants(path, v.get(path), http.StatusNotFound)
	}
}

// A body of 0, as an account without one would have it, sees nothing.
func TestAViewerWithoutABodySeesNothing(t *testing.T) {
	t.Parallel()
	for _, v := range []viewer{{}, {role: townRole}, {role: "other", body: 1}} {
		if v.known() || v.sees(1) || v.sees(0) || v.filter().Bodies == nil {
			t.Errorf("%+v sees something", v)
		}
	}
	if v := (viewer{role: townRole, body: 7}); !v.sees(7) || v.sees(8) || v.sees(0) || len(v.filter().Bodies) != 1 || v.filter().Bodies[0] != 7 {
		t.Errorf("%+v", v)
	}
}
