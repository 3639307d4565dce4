package inventory_test

import (
	"strings"
	"testing"

	"campanile/cmd/internal/inventory"
)

// siteCell imports one body with a site, and gives what came of the cell.
func siteCell(t *testing.T, cell string) (inventory.Body, []string) {
	t.Helper()
	quoted := `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
	got := read(t, inventory.IPA, "Codice_IPA,Denominazione_ente,Codice_Categoria,Codice_comune_ISTAT,Sito_istituzionale\nc_x001,Comune di Uno,L6,001001,"+quoted+"\n")
	if len(got.Bodies) != 1 {
		t.Fatalf("%q: %q", cell, notes(got))
	}
	return got.Bodies[0], notes(got)
}

func TestSiteAsItShouldBeIsTakenWithoutANote(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{
		"comune.uno.example":                           "comune.uno.example",
		"www.comune.uno.example":                       "comune.uno.example",
		"https://www.comune.uno.example/it/home?x=1#y": "comune.uno.example",
		"HTTP://WWW.Comune.Uno.Example:8080/":          "comune.uno.example",
		"http://comune.città.example":                  "comune.xn--citt-3na.example",
		"  https://comune.uno.example  ":               "comune.uno.example",
	} {
		if body, told := siteCell(t, cell); body.Domain != want || len(told) > 0 {
			t.Errorf("%q: got %q, %q", cell, body.Domain, told)
		}
	}
}

func TestUsualSlipsInASiteAreMendedWithANote(t *testing.T) {
	t.Parallel()
	for _, cell := range []string{
		"https:comune.uno.example", "http:www.comune.uno.example", "http//comune.uno.example", "http:/comune.uno.example", "htpp://comune.uno.example",
		"http:\\\\comune.uno.example", "www.http://comune.uno.example", "www.http//comune.uno.example", "http://www.http://comune.uno.example",
		"http://https://comune.uno.example", "https://https//www.comune.uno.example/", "wwww.comune.uno.example", "ww.comune.uno.example", "www,comune,uno,example",
		"www.www.comune.uno.example", "www.comune..uno.example", "www. comune.uno.example", "www.comune .uno.example", "comune.uno.example.",
		"<https://comune.uno.example>", `"comune.uno.example"`, "comune.uno.example - www.altro.example", "www.comune.uno.example; www.altro.example",
		"http://comune.uno.example,http://altro.example", "Sito: comune.uno.example", "info@altro.example www.comune.uno.example", "mailto:info@x www.comune.uno.example",
		"/comune.uno.example", "https://comune.uno.example\\home", "comune.uno.example 0000/000000",
	} {
		body, told := siteCell(t, cell)
		if body.Domain != "comune.uno.example" || len(told) != 1 || !strings.Contains(told[0], "was read as comune.uno.example") {
			t.Errorf("%q: got %q, %q", cell, body.Domain, told)
		}
	}
}

func TestSiteThatIsNoneLeavesTheBodyListed(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{
		"":                                     "no site is given",
		"n.d.":                                 "no site is given",
		"http://":                              "no site is given",
		"NULL":                                 "no site is given",
		"il sito è in costruzione":             "it has no dot",
		"192.0.2.1":                            "it is an address, not a domain",
		"http://192.0.2.1/comune":              "it is an address, not a domain",
		"index.html":                           "it is the name of a page",
		"comune":                               "it has no dot",
		strings.Repeat(". ", 30_000):           "it is longer than any address",
		"borgo@buche.example":                  "its domain is not the body's own",
		"https://www.facebook.com/uno":         "a page of a social network",
		"https://it-it.facebook.com/uno":       "a page of a social network",
		"www.halleyweb.com/c001001/":           "the portals of many municipalities",
		"http://www.segnapostopievano.gov.it/": "AgID determination 36/2018",
	} {
		body, told := siteCell(t, cell)
		all := strings.Join(told, "\n")
		if body.Domain != "" || !strings.Contains(all, want) || !strings.Contains(all, "no domain is known") {
			t.Errorf("%q: got %q, %q; want %s", cell, body.Domain, told, want)
		}
	}
}

func TestRetiredNameIsKeptAsAFormerDomain(t *testing.T) {
	t.Parallel()
	body, _ := siteCell(t, "http://www.segnapostopievano.gov.it/")
	if len(body.Former) != 1 || body.Former[0] != "segnapostopievano.gov.it" {
		t.Errorf("got %+v", body)
	}
	// A body of the State keeps its name under gov.it.
	got := read(t, inventory.IPA, "Codice_IPA,Denominazione_ente,Codice_Categoria,Codice_comune_ISTAT,Sito_istituzionale\nm_x,Ministero Finto,C1,058091,segnapostopievano.gov.it\n")
	if len(got.Bodies) != 1 || got.Bodies[0].Domain != "segnapostopievano.gov.it" || got.Kept != 1 {
		t.Errorf("got %+v", got)
	}
}

func TestDomainIsTakenFromTheBodysOwnMailboxAlone(t *testing.T) {
	t.Parallel()
	header := "Codice_IPA,Denominazione_ente,Codice_Categoria,Codice_comune_ISTAT,Mail1,Tipo_Mail1,Sito_istituzionale\n"
	for box, want := range map[string]string{
		"info@comune.uno.example,Altro":         "comune.uno.example",
		"info@segnaposto.example,Altro":         "segnaposto.example", // it is called so
		"info@altracosa.example,Altro":          "",
		"segnaposto@buche.example,Altro":        "",
		"comune@comune.certa.example,Pec":       "",
		"comune.segnaposto@certa.example,Altro": "",
	} {
		got := read(t, inventory.IPA, header+"c_x001,Comune di Segnaposto,L6,001001,"+box+",\n")
		if len(got.Bodies) != 1 || got.Bodies[0].Domain != want || got.Repaired != 1 {
			t.Errorf("%s: got %+v", box, got)
		}
	}
}

func TestControlCharactersNeverReachANote(t *testing.T) {
	t.Parallel()
	body, told := siteCell(t, "comune\x1b[31m.uno.example")
	if strings.ContainsAny(strings.Join(told, "")+body.Name+body.Domain, "\x1b\u202e") {
		t.Errorf("got %q, %q", body.Domain, told)
	}
	if len(told) == 0 || !strings.Contains(told[0], "control characters") {
		t.Errorf("got %q", told)
	}
}
