package web

import (
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/loopback"
)

// TestTypicalTown is what SECURITY.md promises of a visit.
func TestTypicalTown(t *testing.T) {
	t.Parallel()
	w := loopback.New(t)
	d := serveTown(t, w, typical().ServeHTTP, apex, www)
	_, site := d.look(t, w)
	want := []string{
		"http comune.example/", "http www.comune.example/",
		"https comune.example/", "https www.comune.example/",
		"https www.comune.example/.well-known/security.txt", "https www.comune.example/accessibilita", "https www.comune.example/note-legali",
		"https www.comune.example/privacy", "https www.comune.example/robots.txt",
	}
	got := slices.Sorted(slices.Values(d.requests))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("requests -want +got\n%s", diff)
	}
	beyond := []string{"/robots.txt", "/accessibilita", "/privacy", "/note-legali", "/.well-known/security.txt"}
	for i, path := range beyond {
		if got := d.requests[4+i]; got != "https www.comune.example"+path {
			t.Errorf("request %d was %s, want %s", 4+i, got, path)
		}
	}
	if d.connections != 5 {
		t.Errorf("%d connections, want one for each origin and one for what is beyond", d.connections)
	}
	pages := []string{
		"declaration www.comune.example/accessibilita: 200 statement seen", "privacy www.comune.example/privacy: 200", "legal www.comune.example/note-legali: 200",
	}
	if diff := cmp.Diff(pages, linked(site)); diff != "" {
		t.Errorf("pages -want +got\n%s", diff)
	}
	if site.Robots.Text == "" || site.SecurityTxt.Text == "" || !site.Followed() {
		t.Errorf("robots.txt %+v, security.txt %+v", site.Robots, site.SecurityTxt)
	}
	if date := site.Page(evidence.DeclarationDuty).Statement.Prepared; date.Value != "2026-09-13" {
		t.Errorf("prepared %+v", date)
	}
}

// Only one of the home pages is followed, and the other one says why it has no
// file of its own.
func TestTheOtherHomePage(t *testing.T) {
	t.Parallel()
	w := loopback.New(t)
	d := serveTown(t, w, typical().ServeHTTP, apex, www)
	site, _ := d.look(t, w)
	if site.Followed() || site.Linked != nil || site.SecurityTxt.Observation != evidence.Skipped(evidence.DependsOnOther, "leads to www.comune.example") {
		t.Errorf("got %+v", site)
	}
	if site.HTTP.Page == nil || site.HTTPS.Page == nil || len(site.HTTP.Hops) != 3 || len(site.HTTPS.Hops) != 2 {
		t.Errorf("shared answers are not in the evidence: %v, %v", way(site.HTTP), way(site.HTTPS))
	}
}

func TestPassiveVisit(t *testing.T) {
	t.Parallel()
	w := loopback.New(t)
	d := serveTown(t, w, typical().ServeHTTP, apex, www)
	_, site := d.look(t, w, func(r *Request) { r.WellKnown = false })
	if len(d.requests) != 4 {
		t.Errorf("%d requests, want 4: %v", len(d.requests), d.requests)
	}
	no := evidence.Skipped(evidence.NotInProfile, "")
	if site.Robots.Observation != no || site.SecurityTxt.Observation != no {
		t.Errorf("got %+v, %+v", site.Robots, site.SecurityTxt)
	}
	want := []string{
		"declaration www.comune.example/accessibilita: not-in-profile ()", "privacy www.comune.example/privacy: not-in-profile ()",
		"legal www.comune.example/note-legali: not-in-profile ()",
	}
	if diff := cmp.Diff(want, linked(site)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestWhichHomePageIsFollowed(t *testing.T) {
	t.Parallel()
	page := words + footer
	for name, each := range map[string]struct {
		files files
		want  string // followed, and where its robots.txt is asked for
	}{
		"both-lead-to-www":    {files{www + "/": page}, "www.comune.example https://www.comune.example/robots.txt"},
		"both-lead-to-domain": {files{apex + "/": page, www + "/": "->https://comune.example/"}, "comune.example https://comune.example/robots.txt"},
		"two-pages":           {files{apex + "/": page, www + "/": page}, "comune.example https://comune.example/robots.txt"},
		"only-www":            {files{apex + "/": "status 404", www + "/": page}, "www.comune.example https://www.comune.example/robots.txt"},
		"only-the-domain":     {files{apex + "/": page, www + "/": "status 500"}, "comune.example https://comune.example/robots.txt"},
		"elsewhere":           {files{apex + "/": "->https://portale.example/comune", www + "/": "->https://portale.example/comune", "portale.example/comune": page}, "comune.example https://portale.example/robots.txt"},
		"one-elsewhere":       {files{apex + "/": "->https://portale.example/comune", www + "/": page, "portale.example/comune": page}, "www.comune.example https://www.comune.example/robots.txt"},
		"a-splash":            {files{apex + "/": `<a href="/home">Entra</a>`, www + "/": page}, "www.comune.example https://www.comune.example/robots.txt"},
		"two-splashes":        {files{apex + "/": `<a href="/home">Entra</a>`, www + "/": "->https://comune.example/"}, "comune.example https://comune.example/robots.txt"},
		"no-page":             {files{apex + "/": "status 404", www + "/": "status 404"}, "comune.example https://comune.example/robots.txt"},
		"a-firewall":          {files{apex + "/": "status 403", www + "/": page}, "www.comune.example https://www.comune.example/robots.txt"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := loopback.New(t)
			d := serveTown(t, w, each.files.ServeHTTP, apex, www, "portale.example")
			got := ""
			one, two := d.look(t, w)
			for _, site := range []evidence.Site{one, two} {
				if site.Followed() {
					got += site.Host + " " + site.Robots.URL
				}
			}
			if got != each.want {
				t.Errorf("got %s, want %s", got, each.want)
			}
		})
	}
}

// robots.txt binds everything beyond the home page (RFC 9309 section 2.3.1).
func TestRobots(t *testing.T) {
	t.Parallel()
	const away, fetched = "robots (robots.txt of www.comune.example asks to stay away)", "200"
	unread := func(why string) string {
		return "robots (robots.txt of www.comune.example could not be read: " + why + ")"
	}
	for name, each := range map[string]struct {
		file    string
		privacy string
	}{
		"everything-is-open":       {"User-agent: *\nDisallow:\n", fetched},
		"everything-is-closed":     {"User-agent: *\nDisallow: /\n", away},
		"we-may":                   {"User-agent: *\nDisallow: /\n\nUser-agent: Campanile\nAllow: /\n", fetched},
		"we-may-not":               {"User-agent: campanile\nDisallow: /\n", away},
		"the-page-is-closed":       {"User-agent: *\nDisallow: /priv\n", away},
		"in-utf-16":                {"\xff\xfe" + utf16le("User-agent: *\r\nDisallow: /\r\n"), away},
		"with-a-mark":              {"\ufeffUser-agent: *\nDisallow: /priv\n", away},
		"a-page-in-its-place":      {words + footer, fetched},
		"a-filter-in-its-place":    {"->/filtro", unread("firewall")},
		"not-found":                {"status 404", fetched},
		"forbidden":                {"status 403", fetched},
		"login":                    {"status 401", fetched},
		"slow-down":                {"status 429", unread("status 429")},
		"fault":                    {"status 500", unread("status 500")},
		"busy":                     {"status 503", unread("status 503")},
		"leads-to-the-home-page":   {"->/", fetched},
		"leads-to-another-file":    {"->/altro.txt", away},
		"leads-in-a-circle":        {"->/robots.txt", fetched},
		"leads-to-an-unknown-name": {"->https://nessuno.example/robots.txt", unread("no-address")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := loopback.New(t)
			f := typical()
			f[www+"/robots.txt"], f[www+"/altro.txt"] = each.file, "User-agent: *\nDisallow: /privacy\n"
			f[www+"/filtro"] = words + "<p>The requested URL was rejected. Your support ID is: 1.</p>"
			d := serveTown(t, w, f.ServeHTTP, apex, www)
			_, site := d.look(t, w)
			want := "privacy www.comune.example/privacy: " + each.privacy
			if got := linked(site); !slices.Contains(got, want) {
				t.Errorf("got %q, want %s", got, want)
			}
			asked := slices.Contains(d.requests, "https www.comune.example/privacy")
			if asked != (each.privacy == fetched) {
				t.Errorf("asked for the page: %t", asked)
			}
			if closed := strings.Contains(each.file, "Disallow: /\n") && each.privacy == away; closed && site.SecurityTxt.Problem != evidence.RobotsRefuse {
				t.Errorf("security.txt: %+v", site.SecurityTxt)
			}
		})
	}
}

func utf16le(text string) string {
	var out strings.Builder
	for i := range len(text) {
		out.WriteByte(text[i])
		out.WriteByte(0)
	}
	return out.String()
}

// The file binds a host under all of its spellings.
func TestRobotsBindsTheHostWithADot(t *testing.T) {
	t.Parallel()
	w := loopback.New(t)
	f := typical()
	f[www+"/robots.txt"] = "User-agent: *\nDisallow: /privacy\n"
	f[www+"/"] = words + `<footer>` + otherLinks + `<a href="https://www.comune.example./privacy">Privacy</a></footer>`
	d := serveTown(t, w, f.ServeHTTP, apex, www)
	_, site := d.look(t, w)
	if got := site.Page(evidence.PrivacyDuty); got.State != evidence.NotAsked || got.Problem != evidence.RobotsRefuse {
		t.Errorf("got %+v", got.Visit)
	}
}

// A page that leads to a closed one is not followed there.
func TestRobotsBindsRedirects(t *testing.T) {
	t.Parallel()
	w := loopback.New(t)
	f := typical()
	f[www+"/robots.txt"], f[www+"/privacy"] = "User-agent: *\nDisallow: /riservato\n", "->/riservato/privacy"
	d := serveTown(t, w, f.ServeHTTP, apex, www)
	_, site := d.look(t, w)
	got := site.Page(evidence.PrivacyDuty)
	if got.State != evidence.Unknown || got.Problem != evidence.RobotsRefuse || len(got.Hops) != 1 || got.Attempts != 1 {
		t.Errorf("got %+v", got)
	}
	if slices.ContainsFunc(d.requests, func(r string) bool { return strings.Contains(r, "riservato") }) {
		t.Error("it was asked for")
	}
}

// The requests of one visit have an end, and what was not asked for says so.
func TestRequestsAreUsedUp(t *testing.T) {
	t.Parallel()
	for name, each := range map[string]struct {
		hops int // before each page of www
		want []string
		last string
	}{
		"in-time":   {0, []string{"declaration 200", "privacy 200", "legal 200"}, "seen"},
		"at-last":   {2, []string{"declaration 200", "privacy budget-spent", "legal budget-spent"}, "budget-spent"},
		"from-home": {4, []string{"declaration budget-spent", "privacy budget-spent", "legal budget-spent"}, "budget-spent"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := loopback.New(t)
			f := typical()
			d := serveTown(t, w, func(w http.ResponseWriter, r *http.Request) {
				step := 0
				_, _ = fmt.Sscanf(r.URL.RawQuery, "%d", &step)
				if r.URL.Scheme == "https" && r.URL.Host == www && step < each.hops {
					redirect(fmt.Sprintf("%s?%d", r.URL.Path, step+1))(w, r)
					return
				}
				r.URL.RawQuery = ""
				f.ServeHTTP(w, r)
			}, apex, www)
			_, site := d.look(t, w)
			var got []string
			for _, l := range site.Linked {
				word := string(l.Problem)
				if l.State == evidence.Seen {
					word = fmt.Sprint(l.Last().Status)
				}
				got = append(got, string(l.Duty)+" "+word)
			}
			if diff := cmp.Diff(each.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			if last := string(site.SecurityTxt.State) + string(site.SecurityTxt.Problem); last != each.last {
				t.Errorf("security.txt: %s, want %s", last, each.last)
			}
		})
	}
}

// Names that stand on one small address share its two places: nobody waits for
// a place while he holds one.
func TestVisitorsDoNotBlockEachOther(t *testing.T) {
	t.Parallel()
	w := loopback.New(t)
	w.Network.Limits.AtOnce = 1
	d := serveTown(t, w, typical().ServeHTTP, apex, www)
	s := w.Network.Session()
	r := Request{Names: []string{apex, www}, Agent: "campanile/test", Home: true, WellKnown: true}
	r.Ahead = NewAhead(s, r)
	var sites []evidence.Site
	var running sync.WaitGroup
	running.Go(func() { sites = Collect(t.Context(), s, r) })
	for _, name := range []string{www, apex} {
		running.Go(func() {
			conn := shake(t, s, name, secured, "http/1.1")
			r.Ahead.Ask(t.Context(), name, netip.MustParseAddr("192.0.2.10"), conn)
		})
	}
	running.Wait()
	if len(d.requests) != 9 || len(sites[1].Linked) != 3 || sites[1].HTTPS.Attempts != 1 {
		t.Errorf("%d requests: %v", len(d.requests), d.requests)
	}
	// The two pages ahead stand on the connections of their handshakes.
	if d.connections != 5 {
		t.Errorf("%d connections, want 5", d.connections)
	}
}

// A page that is asked for ahead needs a place at the address, too: whoever waits
// for it gives his up.
func TestVisitorMakesRoomForThePageAhead(t *testing.T) {
	t.Parallel()
	w := loopback.New(t)
	w.Network.Limits.AtOnce = 1
	f, begun, once := typical(), make(chan struct{}), sync.Once{}
	d := serveTown(t, w, func(w http.ResponseWriter, r *http.Request) {
		once.Do(func() { close(begun) })
		f.ServeHTTP(w, r)
	}, apex, www)
	s := w.Network.Session()
	r := Request{Names: []string{www}, Home: true, WellKnown: true}
	r.Ahead = NewAhead(s, r)
	var running sync.WaitGroup
	running.Go(func() {
		<-begun // the visitor has a connection, and its answer leads to the page
		r.Ahead.Ask(t.Context(), www, netip.MustParseAddr("192.0.2.10"), shake(t, s, www, secured, "http/1.1"))
	})
	Collect(t.Context(), s, r)
	running.Wait()
	if d.connections != 3 || len(d.requests) != 7 {
		t.Errorf("%d requests on %d connections, want 7 on 3: %v", len(d.requests), d.connections, d.requests)
	}
}

// A name whose own home page is not there may still have files of its own.
func TestSecurityTxtOfANameThatLeadsNowhere(t *testing.T) {
	t.Parallel()
	w := loopback.New(t)
	f := typical()
	f[apex+"/"], f[www+"/"], f[www+"/it/"] = "->https://www.comune.example/it/", "status 404", words+footer
	d := serveTown(t, w, f.ServeHTTP, apex, www)
	one, two := d.look(t, w)
	if !one.Followed() || two.Followed() || two.SecurityTxt.Text == "" {
		t.Errorf("got %+v", two.SecurityTxt)
	}
}

// A site that falls silent behind its home page is left alone.
func TestRobotsThatNeverComes(t *testing.T) {
	t.Parallel()
	w := loopback.New(t)
	f := typical()
	d := serveTown(t, w, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			panic(http.ErrAbortHandler)
		}
		f.ServeHTTP(w, r)
	}, apex, www)
	_, site := d.look(t, w)
	if site.Robots.Problem != evidence.Closed || site.Robots.Attempts != 2 {
		t.Errorf("robots.txt: %+v", site.Robots.Observation)
	}
	for _, l := range site.Linked {
		if l.Problem != evidence.RobotsRefuse || l.State != evidence.NotAsked {
			t.Errorf("%s: %+v", l.Duty, l.Observation)
		}
	}
}

// Further sites get an ordinary visit each, with no more.
func TestFurtherSites(t *testing.T) {
	t.Parallel()
	w := loopback.New(t)
	d := serveTown(t, w, typical().ServeHTTP, apex, www)
	_, site := d.look(t, w, func(r *Request) { r.Home = false })
	if site.Followed() || site.SecurityTxt.Observation != evidence.Skipped(evidence.NotInProfile, "") || len(d.requests) != 4 {
		t.Errorf("%d requests: %+v", len(d.requests), site)
	}
}
