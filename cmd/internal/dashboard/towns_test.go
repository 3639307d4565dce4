package dashboard

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"campanile/cmd/internal/store"
	"campanile/collectors/evidence"
)

func TestTheListAndItsFilters(t *testing.T) {
	t.Parallel()
	p := newPlace(t, nil)
	v := p.visitor()
	all := v.wants("all", v.get("/towns"), http.StatusOK)
	v.shows(all, "3 municipalities.", "Comune di Valbassa", "1,234", "never looked at", `aria-sort="ascending"`, "/towns.csv", `<option value="TO">`, "alert(1)")
	const one, none = "1 municipality fits the search", "No municipality fits the search"
	for query, want := range map[string]string{
		"name=valba": one, "name=VALBA": one, "name=%25": none, "province=TO": one, "province=XX": none, "union=Valle+Finta": one, "department=01": none,
		"from=1000": one, "to=100": one, "from=100&to=1000": none, "supplier=nobody": none, "rule=web-hsts-missing&name=nuovo": none,
		"name=" + strings.Repeat("a", 5000): none, "name=%00%ff": "municipalit", "grade=Z&from=x&to=-1&sort=;DROP&page=zz": "3 municipalities.",
	} {
		v.shows(v.wants(query, v.get("/towns?"+query), http.StatusOK), want)
	}
	rule := "rule=tls-certificate-revoked"
	got := v.get("/towns?" + rule)
	v.shows(got, one, "alert(1)", `<option value="tls-certificate-revoked" selected>`)
	v.hides(got, "Comune di Valbassa")
	// What was asked for stays asked when the list is sorted, paged or downloaded.
	v.shows(got, "/towns?rule=tls-certificate-revoked&amp;sort=grade", "/towns.csv?rule=tls-certificate-revoked")
	v.shows(v.get("/towns?sort=grade"), `aria-sort="descending"`, `name="sort" value="grade"`)
}

func TestTheListHasPages(t *testing.T) {
	t.Parallel()
	p := newPlace(t, nil)
	var bodies []store.Body
	for i := range 2 * perPage {
		bodies = append(bodies, store.Body{Target: evidence.Target{Domain: fmt.Sprintf("comune.n%03d.example", i), Name: fmt.Sprintf("N%03d", i), Country: "it", Code: fmt.Sprint("n", i)}, Province: "TO"})
	}
	if _, err := p.Chronicle.Store.Put(t.Context(), bodies); err != nil {
		t.Fatal(err)
	}
	v := p.visitor()
	first := v.get("/towns?province=TO")
	v.shows(first, "101 municipalities fit", "from 1 to 50", "/towns?page=2&amp;province=TO", ">N000<")
	v.hides(first, "Previous municipalities", ">N050<")
	v.shows(v.get("/towns?province=TO&page=2"), "from 51 to 100", "Previous municipalities", "Next municipalities")
	last := v.get("/towns?province=TO&page=3")
	v.shows(last, "from 101 to 101", "Previous municipalities")
	v.hides(last, "Next municipalities")
	v.wants("far away", v.get("/towns?page=999999"), http.StatusOK)
	if lines := strings.Count(v.get("/towns.csv?province=TO").text, "\n"); lines != 102 {
		t.Errorf("the table has %d lines", lines)
	}
}

// Where all are in the same place, a column that repeats it tells nothing.
func TestTheListSaysWhereOnlyWhereItDiffers(t *testing.T) {
	t.Parallel()
	p := newPlace(t, nil)
	v := p.visitor()
	const where = `data-label="Where:`
	v.shows(v.get("/towns"), where)
	v.hides(v.get("/towns?province=TO"), where)
}

// What was not measured is an empty cell, and no cell is a formula.
func TestTheListAsATable(t *testing.T) {
	t.Parallel()
	p := newPlace(t, nil)
	got := p.visitor().get("/towns.csv")
	if kind := got.Header.Get("Content-Type"); !strings.HasPrefix(kind, "text/csv") || !strings.HasPrefix(got.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("%v", got.Header)
	}
	var unseen string
	for line := range strings.Lines(got.text) {
		if strings.Contains(line, "nuovo.example") {
			unseen = strings.TrimSpace(line)
		}
		if strings.HasPrefix(strings.TrimPrefix(line, `"`), "=") {
			t.Errorf("a formula: %s", line)
		}
	}
	if !strings.Contains(unseen, "never looked at") || strings.Contains(unseen, ",0") || strings.Contains(unseen, ";0") {
		t.Errorf("not looked at: %s", unseen)
	}
}

// Names and findings of strangers are text, wherever they stand.
func TestNothingOfAStrangerRuns(t *testing.T) {
	t.Parallel()
	p := newPlace(t, nil)
	v := p.visitor()
	says := url.Values{"by": {hostile}, "note": {hostile}}
	v.wants("a review", v.send("/towns", p.path(p.hostile, "/review"), says), http.StatusSeeOther)
	for _, r := range p.ready.routes {
		if r.method != http.MethodGet || strings.HasSuffix(r.path, ".pdf") {
			continue
		}
		for _, query := range []string{"", "?name=" + url.QueryEscape(hostile) + "&rule=" + url.QueryEscape(hostile) + "&supplier=" + url.QueryEscape(hostile) + "&saved=" + url.QueryEscape(hostile) + "&to=" + url.QueryEscape(hostile)} {
			got := v.get(filled(r, p.hostile) + query)
			if !strings.HasPrefix(got.Header.Get("Content-Type"), "text/html") {
				continue
			}
			v.hides(got, "<script", "<img", "onerror=alert(2)>", "javascript:")
		}
	}
	v.shows(v.get(p.path(p.hostile, "")), html.EscapeString("Comune di <script>alert(1)</script>"))
}

func TestTheTownPage(t *testing.T) {
	t.Parallel()
	p := newPlace(t, nil)
	v := p.visitor()
	got := v.wants("a town", v.get(p.path(p.town, "")), http.StatusOK)
	v.shows(got, "<h1><bdi>Comune di Valbassa</bdi></h1>", "Last looked at on 16 November 2026", "Fixed: “", "Noticed on 9 November 2026, confirmed on 16 November 2026", "Look again", "4 looks so far", "Word (DOCX)", "?language=fr")
	got = v.get(p.path(p.unseen, ""))
	v.shows(got, "has not been looked at yet", "Look again")
	v.hides(got, "Documents to download")
	// One look is no change.
	v.shows(v.get(p.path(p.hostile, "")), "No confirmed change so far")
	v.shows(v.get(p.path(p.town, "/dma")), "T0", "1 March 2026", "annex.html")
	v.shows(v.get(p.path(p.unseen, "/dma")), "no filled-in questionnaire")
}

func TestAChangeThatAwaitsItsSecondLook(t *testing.T) {
	t.Parallel()
	p := newPlace(t, nil)
	p.look(p.town, "Comune di Valbassa", "comune.valbassa.example", 0, true)
	v := p.visitor()
	got := v.get(p.path(p.town, ""))
	v.shows(got, "To be confirmed", "Back again", "Noticed on 23 November 2026, to be confirmed.")
}

func TestAMergedTownSaysWhere(t *testing.T) {
	t.Parallel()
	p := newPlace(t, nil)
	if err := p.Chronicle.Store.Merge(t.Context(), p.town, p.unseen); err != nil {
		t.Fatal(err)
	}
	v := p.visitor()
	v.shows(v.wants("merged", v.get(p.path(p.town, "")), http.StatusOK), "has become part of another", fmt.Sprintf(`href="/towns/%d"`, p.unseen))
}

func TestDocuments(t *testing.T) {
	t.Parallel()
	p := newPlace(t, nil)
	v := p.visitor()
	for ending, begins := range map[string]string{"html": "<!doctype html>\n<html lang=\"fr\"", "docx": "PK", "odt": "PK", "xlsx": "PK", "csv": "", "json": "{"} {
		got := v.wants(ending, v.get(p.path(p.town, "/document."+ending+"?language=fr")), http.StatusOK)
		if !strings.HasPrefix(got.text, begins) || len(got.text) < 500 {
			t.Errorf("%s: %.60q", ending, got.text)
		}
		file := got.Header.Get("Content-Disposition")
		if want := `attachment; filename="campanile-comune.valbassa.example-2026-11-16-fr.` + ending + `"`; ending != "html" && file != want {
			t.Errorf("%s: %s, want %s", ending, file, want)
		}
	}
	v.shows(v.get(p.path(p.town, "/document.html?language=xx")), `<html lang="en"`)
	v.shows(v.get(p.path(p.town, "/annex.html?language=it")), `<html lang="it"`)
}

func TestADocumentIsPrintedWhereABrowserIs(t *testing.T) {
	t.Parallel()
	p := newPlace(t, nil)
	v := p.visitor()
	if p.ready.browser() == "" {
		v.hides(v.get(p.path(p.town, "")), "document.pdf")
		v.wants("without a browser", v.get(p.path(p.town, "/document.pdf")), http.StatusNotFound)
		t.Skip("no browser to print with is installed here")
	}
	v.shows(v.get(p.path(p.town, "")), "document.pdf")
	got := v.wants("a PDF", v.get(p.path(p.town, "/document.pdf?language=it")), http.StatusOK)
	if !strings.HasPrefix(got.text, "%PDF-") || got.Header.Get("Content-Type") != "application/pdf" {
		t.Errorf("%.40q", got.text)
	}
}

func TestLookingAgain(t *testing.T) {
	t.Parallel()
	p := newPlace(t, nil)
	v := p.visitor()
	for range 3 { // pressed three times, it is one look
		v.wants("looking again", v.send(p.path(p.town, ""), p.path(p.town, "/look"), url.Values{}), http.StatusSeeOther)
	}
	if len(p.asks.bodies) != 1 || p.asks.bodies[0] != p.town {
		t.Errorf("asked for %v", p.asks.bodies)
	}
	runs, err := p.Chronicle.Store.OpenRuns(t.Context())
	if err != nil || len(runs) != 1 {
		t.Fatalf("%v %v", runs, err)
	}
	v.shows(v.get(p.path(p.town, "")), "It is in the queue")
	// Whom somebody has just looked at is left alone.
	p.look(p.hostile, hostile, "comune.ostile.example", 0, true)
	p.clock.pass(pause - time.Minute)
	v.shows(v.get(p.path(p.hostile, "")), "at least ten minutes")
	v.wants("too soon", v.send("/towns", p.path(p.hostile, "/look"), url.Values{}), http.StatusSeeOther)
	if len(p.asks.bodies) != 1 {
		t.Errorf("asked for %v", p.asks.bodies)
	}
	without := newPlace(t, func(s *Site) { s.Queue = nil })
	u := without.visitor()
	u.hides(u.get(without.path(without.town, "")), "Look again")
	u.wants("without a queue", u.send("/towns", without.path(without.town, "/look"), url.Values{}), http.StatusNotFound)
}
