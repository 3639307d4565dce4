package namespaces

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// mostRequests is what one scan may ask of the home pages of a town, its domain
// and www together, as the documentation promises.
const mostRequests = 12

// siteShape is a way in which a site leads its visitors.
type siteShape struct {
	what        string
	town        *town
	requests    int // that a scan makes, of all families
	connections int // at most, that carry them
}

func siteShapes() []siteShape {
	apart := func(name string) *town {
		return &town{Domain: "comune." + name + ".example", Canonical: "www.comune." + name + ".example"}
	}
	bare, www, path, parts, quiet := apart("nudo"), apart("triplo"), apart("sentiero"), apart("pezzi"), apart("discreto")
	bare.Canonical = bare.Domain
	path.Start, path.Locations = "return 302 /it/", detour()
	parts.Home = footerless(fetchesFooter + linksFooter)
	parts.Files = map[string]string{
		"footer.html": footerItems(item("/dichiarazione", "", "Dichiarazione di accessibilità")), "linkfooter.js": written(footerItems()), "dichiarazione.html": leadsOn,
	}
	quiet.Flags = []string{"--profile", "passive"}
	return []siteShape{
		{"the domain shows the page, and www leads to it", bare, 8, 5},
		{"www shows the page, and the domain leads to it", www, 8, 5},
		{"both show the page", &town{Domain: "comune.gemello.example"}, 9, 6},
		{"the page stands behind two redirects", path, 10, 6},
		{"scripts bring the footer", parts, 11, 5},
		{"a French site", &town{Domain: "commune.francaise.example", French: true, Canonical: "www.commune.francaise.example"}, 9, 5},
		{"all of it at once", &town{
			Domain: "comune.tutto.example", Start: "return 302 /it/", Locations: detour(), Home: parts.Home,
			Files: map[string]string{"footer.html": parts.Files["footer.html"], "linkfooter.js": parts.Files["linkfooter.js"], "dichiarazione.html": leadsFurther},
		}, mostRequests, 7},
		{"the profile passive", quiet, 4, 4},
	}
}

// detour leads from /it/ to the page.
func detour() []string {
	return []string{"location = /it/ { return 302 /it/home; }", "location = /it/home { try_files /index.html =404; }"}
}

// leadsFurther is a page about the declaration that leads to it.
const leadsFurther = `<!doctype html><html lang="it"><head><meta charset="utf-8"><title>Accessibilità</title></head><body><main>
<h1>Accessibilità del sito</h1><p>Il testo della dichiarazione si legge in una pagina a parte, con le date e i recapiti.</p>
<p><a href="/testo">Dichiarazione di accessibilità</a></p>
</main></body></html>
`

// visited is one line of nginx's log of a site.
type visited struct{ connection, number, scheme, host, path, status string }

func (v visited) String() string {
	return fmt.Sprintf("connection %3s, request %s: %s %s://%s%s", v.connection, v.number, v.status, v.scheme, v.host, v.path)
}

// visits reads what nginx wrote of a site.
func (w *world) visits(t *testing.T, town *town) []visited {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(w.Dir, "visits", town.Domain))
	if err != nil {
		t.Fatal(err)
	}
	var list []visited
	for line := range strings.Lines(string(content)) {
		f := strings.Fields(line)
		if len(f) != 6 {
			t.Fatalf("nginx wrote %q", line)
		}
		list = append(list, visited{f[0], f[1], f[2], f[3], f[4], f[5]})
	}
	return list
}

// testVisits scans the towns one by one, with all families, and lets nginx count.
func (w *world) testVisits(t *testing.T, shapes []siteShape) {
	t.Helper()
	rows := "requests, connections that carried them\n"
	for _, shape := range shapes {
		t.Run(shape.town.Domain, func(t *testing.T) {
			w.run(t, shape.town, w.Resolver.V4)
			list := w.visits(t, shape.town)
			rows += shape.hold(t, list)
		})
	}
	t.Logf("\n%s%d at most", rows, mostRequests)
}

// hold compares, and gives the row of the table and the lines of nginx.
func (s siteShape) hold(t *testing.T, list []visited) string {
	t.Helper()
	connections, asked := map[string]bool{}, map[string]bool{}
	lines := ""
	for _, v := range list {
		connections[v.connection] = true
		lines += "      " + v.String() + "\n"
		address := v.scheme + v.host + v.path
		if asked[address] {
			t.Errorf("asked for twice: %s", v)
		}
		asked[address] = true
		if quiet := slices.Contains(s.town.Flags, "passive"); quiet && v.path != "/" {
			t.Errorf("in the profile passive: %s", v)
		}
	}
	switch {
	case len(list) > mostRequests:
		t.Errorf("%d requests, and %d are promised at most", len(list), mostRequests)
	case len(list) != s.requests:
		t.Errorf("%d requests, want %d", len(list), s.requests)
	case len(connections) > s.connections:
		t.Errorf("%d connections for %d requests, want %d at most", len(connections), len(list), s.connections)
	}
	return fmt.Sprintf("%2d %2d  %s\n%s", len(list), len(connections), s.what, lines)
}
