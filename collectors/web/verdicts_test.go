package web_test

import (
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/checks"
	"campanile/collectors/evidence"
	"campanile/collectors/internal/loopback"
	"campanile/collectors/web"
)

// outcomeOf says what a verdict must be where a page tells so much.
var outcomeOf = map[string]checks.Outcome{"seen": checks.Pass, "absent": checks.Fail, "unknown": checks.Inconclusive}

// TestCorpusIsJudged serves every page of the corpus as the home page of a town,
// by the network, and holds the verdicts on the declaration to what is written
// beside the page. Nothing behind its links is asked for.
func TestCorpusIsJudged(t *testing.T) {
	t.Parallel()
	for _, p := range corpus(t) {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			got := p.judge(t, p.at.Path, p.at.Path, false)
			want := map[string]checks.Outcome{}
			p.expectHome(want)
			hold(t, want, got)
		})
	}
}

// TestDeclarationsOfTheCorpusAreJudged serves the declarations of the corpus
// behind the footer of a home page.
func TestDeclarationsOfTheCorpusAreJudged(t *testing.T) {
	t.Parallel()
	read := 0
	for _, p := range corpus(t) {
		if !strings.Contains(p.want, "\ntext seen ") {
			continue
		}
		read++
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			got := p.judge(t, "/inizio", p.at.Path, true)
			want := map[string]checks.Outcome{}
			p.expectText(want)
			hold(t, want, got)
		})
	}
	if read == 0 {
		t.Error("no declaration in the corpus")
	}
}

// hold compares what is expected, and leaves other rules alone.
func hold(t *testing.T, want, got map[string]checks.Outcome) {
	t.Helper()
	maps.DeleteFunc(got, func(rule string, _ checks.Outcome) bool { return want[rule] == "" })
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// corpusPage is one page with what is written beside it.
type corpusPage struct {
	expectation
	name, country string
	body          []byte
	footer        string // of the home page that leads to it; empty: a plain link
}

func corpus(t *testing.T) []corpusPage {
	t.Helper()
	paths, err := filepath.Glob("../../testdata/pages/*/*.html")
	if err != nil || len(paths) < leastPages {
		t.Fatalf("%d pages, %v", len(paths), err)
	}
	pages := make([]corpusPage, len(paths))
	for i, path := range paths {
		name := strings.TrimSuffix(filepath.ToSlash(path), ".html")
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		expected, err := os.ReadFile(name + ".want")
		if err != nil {
			t.Fatal(err)
		}
		p := corpusPage{expectation: corpusCase(t, string(expected)), name: strings.TrimPrefix(name, "../../testdata/pages/"), body: body}
		if p.at.Path == "" {
			p.at.Path = "/"
		}
		p.country = countryOf(p.at.Hostname())
		pages[i] = p
	}
	return pages
}

// countryOf tells whose law the fictional towns obey.
func countryOf(host string) string {
	switch host {
	case "www.mairie.exemple.example", "www.mairie.piege.example", "www.valbleue.example":
		return "fr"
	case "www.stadt.example", "www.town.example", "www.villa.example":
		return "eu"
	}
	return "it"
}

// judge visits a town whose home page stands at a path and whose page of the
// corpus stands at another, or at the same. It gives the outcome of each rule.
func (p corpusPage) judge(t *testing.T, home, page string, beyond bool) map[string]checks.Outcome {
	t.Helper()
	host := p.at.Hostname()
	w := loopback.New(t)
	w.Host(t, host, "192.0.2.10")
	server := httptest.NewUnstartedServer(p.town(home, page))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	w.Map("192.0.2.10:443", server.Listener.Addr())
	session := w.Network.Session()
	b := evidence.Bundle{
		Schema: evidence.Schema, Taken: loopback.Now(), Profile: evidence.Standard, Families: []evidence.Family{evidence.WebFamily},
		Tool:   evidence.Tool{Name: "campanile", Version: "test"},
		Target: evidence.Target{Domain: host, Country: p.country},
		Names:  []evidence.Name{{Name: host, Source: "given", Site: true}},
		Sites: web.Collect(t.Context(), session, web.Request{
			Names: []string{host}, Agent: "campanile/test", Home: true, WellKnown: beyond,
		}),
	}
	if err := b.Validate(); err != nil {
		t.Fatal(err)
	}
	outcomes := map[string]checks.Outcome{}
	for _, f := range checks.Judge(&b) {
		outcomes[f.Rule] = f.Outcome
	}
	return outcomes
}

// town is the server. A page that came only in part is followed by blanks beyond
// what is read of any page.
func (p corpusPage) town(home, page string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case page:
			w.Header().Set("Content-Type", p.header)
			_, _ = w.Write(p.body)
			if p.cut {
				_, _ = io.WriteString(w, strings.Repeat(" ", 8<<20))
			}
		case home:
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = io.WriteString(w, p.front(page))
		case "/":
			http.Redirect(w, r, home, http.StatusFound)
		default:
			http.NotFound(w, r)
		}
	})
}

// front is a home page whose footer leads to the declaration.
func (p corpusPage) front(path string) string {
	footer := p.footer
	if footer == "" {
		label := map[string]string{"it": "Dichiarazione di accessibilità", "fr": "Déclaration d'accessibilité", "eu": "Accessibility statement"}[p.country]
		footer = `<a href="` + path + `">` + label + "</a>"
	}
	return "<!doctype html><title>Campanile</title><main><p>" + strings.Repeat("parola ", 40) + "</main>" +
		`<footer><a href="/mappa">Mappa</a> <a href="/contatti">Contatti</a><p>` + footer + "</footer>"
}

var (
	outcomeLine = regexp.MustCompile(`(?m)^outcome (\S+), declaration (\S+)$`)
	textLine    = regexp.MustCompile(`(?m)^text seen (\S+) (\S+), status (\S+), prepared (\S+), reviewed (\S+), feedback (\S+), enforcement`)
	mentionLine = regexp.MustCompile(`(?m)^mention (\S*), exact`)
	filedLine   = regexp.MustCompile(`(?m)^link declaration definite ".*" (?:new .*|old v\d ?(\S*))$`)
)

// expectHome says what the page alone must lead to. A home page that is the
// declaration itself keeps no text. The French mention without a link leads to no
// declaration; what stands behind a word beside it was not asked for here.
func (p corpusPage) expectHome(want map[string]checks.Outcome) {
	said := outcomeLine.FindStringSubmatch(p.want)
	if said == nil || said[1] == "found-here" {
		return
	}
	missing := outcomeOf[said[2]]
	if said[1] == "found-mention" {
		missing = checks.Fail
		if strings.Contains(p.want, "\nlink declaration likely ") {
			missing = checks.Inconclusive
		}
	}
	want["accessibility-declaration-missing"] = missing
	want["accessibility-declaration-placeholder"] = map[checks.Outcome]checks.Outcome{
		checks.Pass: checks.Pass, checks.Inconclusive: checks.Inconclusive, checks.Fail: checks.NotApplicable,
	}[missing]
	if missing == checks.Fail && strings.Contains(p.want, "\nlink placeholder definite ") {
		want["accessibility-declaration-missing"], want["accessibility-declaration-placeholder"] = checks.NotApplicable, checks.Fail
	}
	if p.country == "fr" {
		p.expectMention(want, said[2])
	} else {
		want["accessibility-mention-missing"] = checks.NotApplicable
	}
	if dates := filedLine.FindAllStringSubmatch(p.want, -1); len(dates) > 0 && missing == checks.Pass {
		want["accessibility-declaration-outdated"] = outdated(dates[0][1])
		want["accessibility-declaration-contradictory"] = checks.NotApplicable
		if p.country == "it" {
			want["accessibility-declaration-not-official"] = checks.Pass
		}
	}
}

func (p corpusPage) expectMention(want map[string]checks.Outcome, state string) {
	switch said := mentionLine.FindStringSubmatch(p.want); {
	case said != nil && said[1] != "":
		want["accessibility-mention-missing"] = checks.Pass
	case said != nil:
		want["accessibility-mention-missing"] = checks.Fail
	case strings.Contains(p.want, "barrier ") || strings.Contains(p.want, "footer unknown"):
		want["accessibility-mention-missing"] = checks.Inconclusive
	case state != "":
		want["accessibility-mention-missing"] = checks.Fail
	}
}

// outdated judges the day of an address of AgID's form on 22 November 2026: the
// review that was due by 23 September 2025 was missed or not.
func outdated(day string) checks.Outcome {
	switch {
	case day == "":
		return checks.Inconclusive
	case day < "2025-09-24":
		return checks.Fail
	}
	return checks.Pass
}

// expectText says what the text of a declaration must lead to.
func (p corpusPage) expectText(want map[string]checks.Outcome) {
	said := textLine.FindStringSubmatch(p.want)
	status, prepared, reviewed, feedback := said[3], said[4], said[5], said[6]
	filed := filedLine.FindStringSubmatch(p.want)
	want["accessibility-declaration-missing"] = checks.Pass
	want["accessibility-declaration-contradictory"] = checks.Pass
	switch status {
	case "contradictory":
		want["accessibility-declaration-contradictory"] = checks.Fail
	case "unknown":
		want["accessibility-declaration-contradictory"] = checks.Inconclusive
	}
	if p.country == "it" {
		want["accessibility-declaration-not-official"] = checks.Fail
		if filed != nil { // the words of the form alone are a text of one's own
			want["accessibility-declaration-not-official"] = checks.Pass
		}
	}
	if feedback == "seen" {
		want["accessibility-feedback-missing"] = checks.Pass
	}
	if filed == nil {
		want["accessibility-declaration-outdated"] = p.ofText(prepared, reviewed)
	}
}

// ofText judges the days of a text on 22 November 2026.
func (p corpusPage) ofText(prepared, reviewed string) checks.Outcome {
	first := "2025-09-24"
	if p.country != "it" {
		first = "2023-11-22"
	}
	var days []string
	for _, day := range []string{prepared, reviewed} {
		if day != "absent" && day != "unknown" {
			days = append(days, day)
		}
	}
	switch {
	case len(days) > 0 && slices.Max(days) >= first:
		return checks.Pass
	case len(days) == 0 || prepared == "unknown" || reviewed == "unknown":
		return checks.Inconclusive
	}
	return checks.Fail
}

// A mention that is no link itself often stands beside one: it is followed.
func TestBareWordBesideAMentionIsFollowed(t *testing.T) {
	t.Parallel()
	at, err := url.Parse("https://www.mairie.exemple.example/accessibilite")
	if err != nil {
		t.Fatal(err)
	}
	body, err := os.ReadFile("../../testdata/pages/rgaa/declaration.html")
	if err != nil {
		t.Fatal(err)
	}
	p := corpusPage{expectation: expectation{at: at, header: "text/html; charset=utf-8"}, country: "fr", body: body}
	p.footer = `<a href="/accessibilite">Accessibilité</a> : non conforme`
	got := p.judge(t, "/accueil", at.Path, true)
	for _, rule := range []string{"accessibility-declaration-missing", "accessibility-mention-missing"} {
		if got[rule] != checks.Pass {
			t.Errorf("%s: got %s", rule, got[rule])
		}
	}
}
