package web

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/loopback"
)

// What is filed with AgID is read from its address and never asked for.
func TestAddressesOfAgIDAreNotAskedFor(t *testing.T) {
	t.Parallel()
	const filed = "https://form.agid.gov.it/view/1a2b3c4d-0000-11ef-8000-0123456789ab"
	for name, each := range map[string]struct {
		home, page string
		want       []string
	}{
		"on-the-home-page": {`<a href="` + filed + `">Dichiarazione di accessibilità</a>`, "", nil},
		"behind-the-link":  {`<a href="/accessibilita">Dichiarazione di accessibilità</a>`, words + `<a href="` + filed + `">Dichiarazione di accessibilità</a>`, []string{"declaration www.comune.example/accessibilita: 200 statement absent"}},
		"by-redirect":      {`<a href="/accessibilita">Dichiarazione di accessibilità</a>`, "->" + filed, []string{"declaration www.comune.example/accessibilita: 301"}},
		"by-a-long-one":    {`<a href="/accessibilita">Dichiarazione di accessibilità</a>`, "->https://form.agid.gov.it/view/" + strings.Repeat("é", 700), []string{"declaration www.comune.example/accessibilita: too-large (too-large: a Location of 4230 bytes)"}},
		"by-refresh":       {`<a href="/accessibilita">Dichiarazione di accessibilità</a>`, `<meta http-equiv="refresh" content="0;url=` + filed + `">` + words, []string{"declaration www.comune.example/accessibilita: 200 statement absent"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := loopback.New(t)
			f := files{www + "/": words + "<footer>" + otherLinks + each.home + "</footer>", www + "/accessibilita": each.page}
			d := serveTown(t, w, f.ServeHTTP, apex, www, "form.agid.gov.it")
			_, site := d.look(t, w)
			if diff := cmp.Diff(each.want, linked(site)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			if slices.ContainsFunc(d.requests, func(r string) bool { return strings.Contains(r, "agid") }) {
				t.Errorf("asked for it: %v", d.requests)
			}
		})
	}
}

func TestTheWayToTheDeclaration(t *testing.T) {
	t.Parallel()
	about := words + "<main>%s</main>" + footer
	step := func(links string) string { return fmt.Sprintf(about, links) }
	for name, each := range map[string]struct {
		pages files
		want  []string
	}{
		"a-page-that-leads-on": {
			files{www + "/accessibilita": step(`<a href="/dichiarazione-2026">Dichiarazione di accessibilità</a>`), www + "/dichiarazione-2026": statement},
			[]string{"declaration www.comune.example/accessibilita: 200 statement absent", "declaration www.comune.example/dichiarazione-2026 from www.comune.example/accessibilita: 200 statement seen"},
		},
		"a-page-that-leads-to-itself": {
			files{www + "/accessibilita": step(`<a href="/accessibilita#top">Dichiarazione di accessibilità</a>`)},
			[]string{"declaration www.comune.example/accessibilita: 200 statement absent"},
		},
		"a-page-that-leads-back": {
			files{www + "/accessibilita": "->/it/accessibilita", www + "/it/accessibilita": step(`<a href="/accessibilita">Dichiarazione di accessibilità</a><a href="/it/accessibilita">Dichiarazione di accessibilità</a>`)},
			[]string{"declaration www.comune.example/accessibilita: 200 statement absent"},
		},
		"a-page-that-leads-elsewhere": {
			files{www + "/accessibilita": step(`<a href="https://altrove.example/d">Dichiarazione di accessibilità</a>`)},
			[]string{"declaration www.comune.example/accessibilita: 200 statement absent"},
		},
		"no-further-than-two": {
			files{www + "/accessibilita": step(`<a href="/uno">Dichiarazione di accessibilità</a>`), www + "/uno": step(`<a href="/due">Dichiarazione di accessibilità</a>`)},
			[]string{"declaration www.comune.example/accessibilita: 200 statement absent", "declaration www.comune.example/uno from www.comune.example/accessibilita: 200 statement absent"},
		},
		"the-statement-leads-no-further": {
			files{www + "/accessibilita": statement + `<a href="/uno">Dichiarazione di accessibilità</a>`},
			[]string{"declaration www.comune.example/accessibilita: 200 statement seen"},
		},
		"nothing-behind-it": {files{www + "/accessibilita": ""}, []string{"declaration www.comune.example/accessibilita: 200 statement unknown"}},
		"not-found":         {files{}, []string{"declaration www.comune.example/accessibilita: 404"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := loopback.New(t)
			each.pages[www+"/"] = words + `<footer>` + otherLinks + `<a href="/accessibilita">Dichiarazione di accessibilità</a></footer>`
			d := serveTown(t, w, each.pages.ServeHTTP, apex, www)
			_, site := d.look(t, w)
			if diff := cmp.Diff(each.want, linked(site)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// Whose host a name is goes by what somebody registered, not by how it ends.
func TestHostsOfOneSite(t *testing.T) {
	t.Parallel()
	at := func(host string) *url.URL { return &url.URL{Scheme: "https", Host: host, Path: "/"} }
	for name, each := range map[string]struct {
		home, other string
		want        bool
	}{
		"a-service":                 {"www.comune.esempio.to.it", "servizi.comune.esempio.to.it", true},
		"the-name-above":            {"www.comune.esempio.to.it", "esempio.to.it", true},
		"a-dot-at-the-end":          {"www.comune.example", "servizi.comune.example.", true},
		"the-town-next-door":        {"www.comune.esempio.to.it", "www.comune.altro.to.it", false},
		"directly-below-a-province": {"comune.to.it", "altro.to.it", false},
		"the-long-name-of-one":      {"comune.torino.it", "provincia.torino.it", false},
		"a-ministry":                {"mairie.gouv.fr", "altro.gouv.fr", false},
		"a-french-shared-domain":    {"www.esempio.collectivite.fr", "altro.collectivite.fr", false},
		"its-own-name-there":        {"esempio.collectivite.fr", "www.esempio.collectivite.fr", true},
		"the-same-beginning":        {"comune.example", "comune.example.altrove.test", false},
		"the-same-end":              {"comune.example", "xcomune.example", false},
		"a-letter-that-looks-alike": {"comune.example", "xn--cmune-n9a.example", false},
		"another-port":              {"comune.example", "comune.example:8443", false},
		"two-addresses":             {"192.0.2.10", "192.0.2.11", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := front{site: &evidence.Site{Host: each.home}, at: at(each.home)}
			if got := f.sameSite(at(each.other)); got != each.want {
				t.Errorf("got %t", got)
			}
		})
	}
}

// Links that leave the site are not followed; those to another host of it are,
// for the duties that may be kept there.
func TestLinksToOtherHosts(t *testing.T) {
	t.Parallel()
	for name, each := range map[string]struct {
		home string
		want []string
	}{
		"another-site":        {`<a href="https://altrove.example/privacy">Informativa privacy</a>`, []string{"privacy altrove.example/privacy: not-permitted (on another site)"}},
		"a-host-of-the-site":  {`<a href="https://servizi.comune.example/privacy">Informativa privacy</a>`, []string{"privacy servizi.comune.example/privacy: 200"}},
		"forms-elsewhere":     {`<a href="https://servizi.comune.example/moduli">Modulistica</a>`, []string{"forms servizi.comune.example/moduli: not-permitted (on another site)"}},
		"forms":               {`<a href="/moduli">Modulistica</a>`, []string{"forms www.comune.example/moduli: 200"}},
		"forms-and-services":  {`<a href="/moduli">Modulistica</a><a href="/servizi-online">Servizi online</a>`, nil},
		"another-service":     {`<a href="https://servizi.comune.example:8443/privacy">Informativa privacy</a>`, []string{"privacy servizi.comune.example:8443/privacy: not-permitted (on another site)"}},
		"a-document-by-mail":  {`<a href="mailto:privacy@comune.example">Informativa privacy</a>`, nil},
		"a-button":            {`<a href="#">Informativa privacy</a>`, nil},
		"the-other-home":      {`<a href="https://comune.example/privacy">Informativa privacy</a>`, []string{"privacy comune.example/privacy: 200"}},
		"a-route-of-a-script": {`<a href="/#/privacy">Informativa privacy</a>`, nil},
		"one-page-for-two":    {`<a href="/privacy">Informativa privacy</a><a href="/privacy">Note legali</a>`, []string{"privacy www.comune.example/privacy: 200", "legal www.comune.example/privacy: 200"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := loopback.New(t)
			f := files{
				www + "/": words + `<footer>` + otherLinks + each.home + `</footer>`, www + "/privacy": words, www + "/moduli": words,
				"servizi.comune.example/privacy": words,
			}
			d := serveTown(t, w, f.ServeHTTP, apex, www, "servizi.comune.example", "altrove.example")
			_, site := d.look(t, w)
			if diff := cmp.Diff(each.want, linked(site)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			if once := slices.Compact(slices.Sorted(slices.Values(d.requests))); len(once) != len(d.requests) {
				t.Errorf("something was asked for twice: %v", d.requests)
			}
		})
	}
}

// What an error says in place of a part is not the footer of the page.
func TestErrorInPlaceOfAPart(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusOK, http.StatusNotFound, http.StatusInternalServerError} {
		w := loopback.New(t)
		f := typical()
		f[www+"/"] = words + `<div id="footer"></div><script>$("#footer").load("/footer.html")</script>`
		d := serveTown(t, w, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/footer.html" {
				w.Header().Set("Content-Type", "text/html")
				w.WriteHeader(status)
				_, _ = io.WriteString(w, footer)
				return
			}
			f.ServeHTTP(w, r)
		}, apex, www)
		if _, site := d.look(t, w); (status == http.StatusOK) != (len(site.Linked) > 0) {
			t.Errorf("status %d: %q", status, linked(site))
		}
	}
}

// A footer that a script brings is read as data, and its links count.
func TestPartsOfThePage(t *testing.T) {
	t.Parallel()
	home := words + `<div id="footer"></div><script>$("#footer").load("/parti/footer.html")</script>`
	for name, each := range map[string]struct {
		robots string
		parts  string
		want   []string
	}{
		"read":   {"status 404", "seen", []string{"declaration www.comune.example/accessibilita: 200 statement seen", "privacy www.comune.example/privacy: 200", "legal www.comune.example/note-legali: 200"}},
		"closed": {"User-agent: *\nDisallow: /parti/\n", "robots", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := loopback.New(t)
			f := typical()
			f[www+"/"], f[www+"/robots.txt"], f[www+"/parti/footer.html"] = home, each.robots, footer
			d := serveTown(t, w, f.ServeHTTP, apex, www)
			_, site := d.look(t, w)
			if len(site.Parts) != 1 || string(site.Parts[0].State)+string(site.Parts[0].Problem) != each.parts {
				t.Fatalf("parts: %+v", site.Parts)
			}
			if diff := cmp.Diff(each.want, linked(site)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}
