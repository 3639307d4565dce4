package namespaces

import (
	"fmt"
	"os"
	"path/filepath"
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
	requests    int // that a scan makes
	connections int // at most, for those
}

func siteShapes() []siteShape {
	return []siteShape{
		{"the domain shows the page, www leads to it", &town{Domain: "comune.nudo.example", Canonical: "comune.nudo.example"}, 0, 0},
		{"www shows the page, the domain leads to it", &town{Domain: "comune.triplo.example", Canonical: "www.comune.triplo.example"}, 0, 0},
		{"both show the page", &town{Domain: "comune.gemello.example"}, 0, 0},
		{"the page stands behind a path", &town{
			Domain: "comune.sentiero.example", Canonical: "www.comune.sentiero.example", Start: "return 302 /it/",
			Locations: []string{"location = /it/ { return 302 /it/home; }", "location = /it/home { try_files /index.html =404; }"},
		}, 0, 0},
		{"the footer comes by scripts", &town{
			Domain: "comune.pezzi.example", Canonical: "www.comune.pezzi.example",
			Home:  footerless(fetchesFooter + linksFooter),
			Files: map[string]string{"footer.html": footerItems(item("/dichiarazione", "", "Dichiarazione di accessibilità")), "linkfooter.js": written(footerItems()), "dichiarazione.html": leadsOn},
		}, 0, 0},
		{"a French site", &town{Domain: "commune.francaise.example", French: true, Canonical: "www.commune.francaise.example"}, 0, 0},
		{"the profile passive", &town{Domain: "comune.discreto.example", Canonical: "www.comune.discreto.example", Flags: []string{"--profile", "passive"}}, 0, 0},
	}
}

// visited is one line of nginx's log of a site.
type visited struct{ connection, number, scheme, host, path, status string }

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
	for _, shape := range shapes {
		t.Run(shape.town.Domain, func(t *testing.T) {
			s := w.run(t, shape.town, w.Resolver.V4)
			list := w.visits(t, shape.town)
			connections := map[string]bool{}
			lines := ""
			for _, v := range list {
				connections[v.connection] = true
				lines += fmt.Sprintf("\n  connection %s, request %s: %s %s://%s%s", v.connection, v.number, v.status, v.scheme, v.host, v.path)
			}
			t.Logf("%s: %d requests on %d connections%s", shape.what, len(list), len(connections), lines)
			_ = s
		})
	}
}
