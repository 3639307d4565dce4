package dashboard

import (
	"net/http"
	"strings"
	"testing"
)

func TestTwoDatesAreCompared(t *testing.T) {
	t.Parallel()
	p := newPlace(t, nil)
	v := p.visitor()
	page := v.wants("two dates", v.get("/compare?before=2026-10-27&after=2026-11-23"), http.StatusOK)
	v.shows(page, `value="2026-10-27"`, `value="2026-11-23"`, "How the territory stood on 27 October 2026 and on 23 November 2026", "1 municipality was looked at for the first time in between")
	v.shows(page, " mended", "Comune di Valbassa", "mended: “")
	v.hides(page, "<script>alert")
}

// Who asks for no dates gets all that is known.
func TestTheDatesBeginWithTheFirstLook(t *testing.T) {
	t.Parallel()
	p := newPlace(t, nil)
	v := p.visitor()
	page := v.wants("no dates", v.get("/compare"), http.StatusOK)
	v.shows(page, `value="2026-11-23"`, "The territory on both days")
}

func TestDatesThatMakeNoSenseAreSaidInTheForm(t *testing.T) {
	t.Parallel()
	p := newPlace(t, nil)
	v := p.visitor()
	for query, want := range map[string]string{
		"before=yesterday&after=2026-11-23":    "The first date cannot be read.",
		"before=2026-02-30&after=2026-11-23":   "The first date cannot be read.",
		"before=2026-10-27&after=%3Cscript%3E": "The second date cannot be read.",
		"before=2026-11-23&after=2026-10-27":   "The second date must come after the first.",
		"before=2026-11-23&after=2026-11-23":   "The second date must come after the first.",
		"before=0001-01-01&after=2026-11-23":   "The first date cannot be read.",
	} {
		page := v.wants(query, v.get("/compare?"+query), http.StatusBadRequest)
		v.shows(page, want, `aria-invalid="true"`, `aria-describedby="wrong"`, `id="wrong"`)
		v.hides(page, "<script>", "The territory on both days")
	}
}

func TestAListHasPages(t *testing.T) {
	t.Parallel()
	p := newPlace(t, nil)
	v := p.visitor()
	teller := tellerIn(t, "en")
	request := v.ask(http.MethodGet, "/compare?before=2026-10-27&after=2026-11-23&page=2", nil)
	request.RequestURI = ""
	s := teller.sheetsOf(request, sheetOf(request), 60)
	if s.This != 2 || s.Last != 3 || s.From != "26" || s.To != "50" || !strings.HasPrefix(s.Earlier, "/compare?after=2026-11-23&before=2026-10-27&page=1") || !strings.HasSuffix(s.Later, "page=3") {
		t.Errorf("%+v", s)
	}
	if got := window(make([]int, 60), teller.sheetsOf(request, 9, 60)); len(got) != 10 {
		t.Errorf("the last page shows %d of the last 10", len(got))
	}
	if s := teller.sheetsOf(request, 1, 0); s.Earlier != "" || s.Later != "" || s.Last != 1 {
		t.Errorf("nothing: %+v", s)
	}
	v.wants("a page far beyond", v.get("/compare?page=99999999999999999999"), http.StatusOK)
	v.wants("a page beyond", v.get("/compare?page=4000"), http.StatusOK)
}
