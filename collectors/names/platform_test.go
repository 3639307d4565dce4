package names_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"campanile/collectors/evidence"
	"campanile/collectors/names"
	"campanile/collectors/records"
)

// products are made up, each with one way of being told.
var products = []records.Platform{
	{
		ID: "portale-a", Name: "Portale A", Countries: []string{"it"}, Use: evidence.ForSite,
		Company:  records.Company{Name: "Ditta A", Marks: []string{"dittaa"}},
		Definite: records.Traits{Generators: []string{"portalea"}, Assets: []string{"*.portalea.example"}, Cookies: []string{"portalea_"}, Fields: []string{"portaleastato"}},
		Habits:   records.Traits{Links: []string{"/portale-a/"}},
	},
	{
		ID: "portale-b", Name: "Portale B", Use: evidence.ForSite,
		Definite: records.Traits{Headers: []string{"server: portaleb"}, Hosts: []string{"*.portaleb.example"}, Paths: []string{"/portaleb.js"}},
		Habits:   records.Traits{Backslash: true, Fields: []string{"__viewstate"}, Links: []string{"/mappa-b"}},
	},
	{ID: "blog", Name: "Blog", Use: evidence.ForSite, Habits: records.Traits{Generators: []string{"blogengine"}, Paths: []string{"/blog-content/"}}},
	{
		ID: "trasparente", Name: "Trasparente", Use: evidence.ForTransparency,
		Definite: records.Traits{Hosts: []string{"*.trasparente.example"}},
	},
}

// home is a town whose home page is the given one.
func home(country string, page evidence.Page, change func(*evidence.Visit)) *evidence.Bundle {
	at := evidence.SeenAt(time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC))
	visit := evidence.Visit{
		URL: "https://www.comune.example/", Observation: at, Page: &page,
		Hops: []evidence.Hop{{URL: "https://www.comune.example/", Status: 200}},
	}
	if change != nil {
		change(&visit)
	}
	return &evidence.Bundle{
		Target: evidence.Target{Domain: "comune.example", Country: country},
		Sites:  []evidence.Site{{Host: "comune.example", Addresses: at}, {Host: "www.comune.example", Addresses: at, HTTPS: visit}},
	}
}

func TestPlatformIsTheOneThatThePageShows(t *testing.T) {
	t.Parallel()
	const www = "www.comune.example"
	site := func(id, name, words string, definite bool, company string) []evidence.Platform {
		return []evidence.Platform{{ID: id, Name: name, Use: evidence.ForSite, Host: www, Definite: definite, Evidence: words, Company: company}}
	}
	header := func(name, value string) func(*evidence.Visit) {
		return func(v *evidence.Visit) { v.Hops[0].Headers = []evidence.Header{{Name: name, Value: value}} }
	}
	for name, c := range map[string]struct {
		country string
		page    evidence.Page
		change  func(*evidence.Visit)
		want    []evidence.Platform
	}{
		"nothing-shows":  {"it", evidence.Page{Generator: "Altro 1.0"}, nil, nil},
		"generator":      {"it", evidence.Page{Generator: "PortaleA - www.dittaa.example"}, nil, site("portale-a", "Portale A", "generator portalea - www.dittaa.example", true, "Ditta A")},
		"other-country":  {"fr", evidence.Page{Generator: "PortaleA"}, nil, nil},
		"no-country-yet": {"", evidence.Page{Generator: "PortaleA"}, nil, site("portale-a", "Portale A", "generator portalea", true, "")},
		"company-by-a-credit-of-the-footer": {"it", evidence.Page{
			Generator: "PortaleA", Links: []evidence.Link{{URL: "https://www.dittaa.example/", Text: "Credits", Place: "footer"}},
		}, nil, site("portale-a", "Portale A", "generator portalea", true, "Ditta A")},
		"no-company-by-a-link-in-the-news": {"it", evidence.Page{
			Generator: "PortaleA", Links: []evidence.Link{{URL: "https://www.dittaa.example/", Text: "Gara vinta", Place: "main"}},
		}, nil, site("portale-a", "Portale A", "generator portalea", true, "")},
		"asset-host":             {"it", evidence.Page{Scripts: []evidence.Script{{URL: "https://cdn.portalea.example/x.js"}}}, nil, site("portale-a", "Portale A", "asset cdn.portalea.example", true, "")},
		"image-host":             {"it", evidence.Page{Hosts: []string{"img.portalea.example"}}, nil, site("portale-a", "Portale A", "asset img.portalea.example", true, "")},
		"cookie":                 {"it", evidence.Page{}, func(v *evidence.Visit) { v.Cookies = []evidence.Cookie{{Name: "PortaleA_Lingua"}} }, site("portale-a", "Portale A", "cookie portalea_lingua", true, "")},
		"hidden-field":           {"it", evidence.Page{Forms: []evidence.Form{{Hidden: []string{"PortaleAStato"}}}}, nil, site("portale-a", "Portale A", "field portaleastato", true, "")},
		"header":                 {"it", evidence.Page{}, header("server", "PORTALEB"), site("portale-b", "Portale B", "header server: portaleb", true, "")},
		"header-of-another-name": {"it", evidence.Page{}, header("via", "portaleb"), nil},
		"habit-of-one-against-the-mark-of-another": {"it", evidence.Page{
			Styles: []string{"https://www.comune.example/portaleb.js"}, Links: []evidence.Link{{URL: "https://www.comune.example/portale-a/x"}},
		}, nil, site("portale-b", "Portale B", "asset https://www.comune.example/portaleb.js", true, "")},
		"more-habits-count": {"it", evidence.Page{
			Generator: "BlogEngine 3", Backslash: true, Forms: []evidence.Form{{Hidden: []string{"__VIEWSTATE"}}}, Links: []evidence.Link{{URL: "https://www.comune.example/mappa-b"}},
		}, nil, site("portale-b", "Portale B", "link https://www.comune.example/mappa-b", false, "")},
		"link-of-another-site-is-no-habit": {"it", evidence.Page{Links: []evidence.Link{{URL: "https://altro.example/portale-a/x"}}}, nil, nil},
		"portal-beside-the-home-page": {"it", evidence.Page{
			Generator: "BlogEngine", Links: []evidence.Link{{URL: "https://comune.trasparente.example/", Text: "Amministrazione trasparente"}},
		}, nil, append(site("blog", "Blog", "generator blogengine", false, ""), evidence.Platform{
			ID: "trasparente", Name: "Trasparente", Use: evidence.ForTransparency, Host: "comune.trasparente.example", Definite: true, Evidence: "link comune.trasparente.example",
		})},
		"portal-decides-nothing-for-the-home-page": {"it", evidence.Page{
			Links: []evidence.Link{{URL: "https://comune.portaleb.example/", Text: "Albo"}},
		}, nil, nil},
		"page-of-a-firewall": {"it", evidence.Page{Generator: "PortaleA"}, func(v *evidence.Visit) { v.Barrier = "firewall" }, nil},
		"page-of-an-error":   {"it", evidence.Page{Generator: "PortaleA"}, func(v *evidence.Visit) { v.Hops[0].Status = 404 }, nil},
		"timeout":            {"it", evidence.Page{Generator: "PortaleA"}, func(v *evidence.Visit) { v.Observation = evidence.UnknownAt(v.At, evidence.Timeout, "") }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := names.Platforms(home(c.country, c.page, c.change), products)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// TestPlatformServesTheWholeSite where the home page ends on its own hosts.
func TestPlatformServesTheWholeSite(t *testing.T) {
	t.Parallel()
	b := home("it", evidence.Page{}, func(v *evidence.Visit) {
		v.Hops = append(v.Hops, evidence.Hop{URL: "https://comune.portaleb.example/", Status: 200})
	})
	want := []evidence.Platform{{
		ID: "portale-b", Name: "Portale B", Use: evidence.ForSite, Host: "comune.portaleb.example", Definite: true, Evidence: "host comune.portaleb.example",
	}}
	if diff := cmp.Diff(want, names.Platforms(b, products)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
