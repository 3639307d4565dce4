package dashboard

import (
	"context"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"campanile/cmd/internal/chronicle"
	"campanile/cmd/internal/queue"
	"campanile/cmd/internal/store"
	"campanile/collectors/evidence"
	"campanile/report/score"
	"campanile/report/score/dma"
	"campanile/rules"
)

// hostile is what a stranger may have called himself.
const hostile = `Comune di <script>alert(1)</script>"'><img src=x onerror=alert(2)>`

// clock is one that a test moves.
type clock struct {
	mutex sync.Mutex
	at    time.Time
}

func (c *clock) now() time.Time {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.at = c.at.Add(d)
}

// asks is a queue that only writes down what it is asked.
type asks struct{ bodies []int64 }

func (a *asks) State(context.Context) (queue.State, error) { return queue.State{}, nil }

func (a *asks) Enqueue(_ context.Context, _ int64, bodies []int64, _ queue.Priority) (int, error) {
	a.bodies = append(a.bodies, bodies...)
	return len(bodies), nil
}

// place is a dashboard with three municipalities: one that was looked at four
// times, one with a hostile name, and one that nobody has looked at yet.
type place struct {
	*Site

	t                     testing.TB
	clock                 *clock
	asks                  *asks
	log                   *strings.Builder
	town, hostile, unseen int64
	ready                 *site
	server                *httptest.Server
}

const (
	groupName = "gal"
	townName  = "valbassa"
	password  = "quattro parole che non c'entrano"
)

// newPlace opens a dashboard. Change may change it before it is served.
func newPlace(t testing.TB, change func(*Site)) *place {
	t.Helper()
	kept, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "territory.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = kept.Close() })
	set, err := score.Rules()
	if err != nil {
		t.Fatal(err)
	}
	questions, err := rules.EmbeddedQuestionnaire()
	if err != nil {
		t.Fatal(err)
	}
	p := &place{t: t, clock: &clock{at: time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC)}, asks: &asks{}, log: &strings.Builder{}}
	c := &chronicle.Chronicle{Store: kept, Rules: set, Questions: questions, Tool: evidence.Tool{Name: "campanile", Version: "test"}, Now: p.clock.now}
	p.Site = &Site{
		Chronicle: c, Queue: p.asks, Listen: "127.0.0.1:0", Language: rules.English, Now: p.clock.now,
		Log: slog.New(slog.NewTextHandler(&guarded{out: p.log}, nil)),
	}
	p.fill()
	if change != nil {
		change(p.Site)
	}
	if p.ready, err = p.Site.ready(); err != nil {
		t.Fatal(err)
	}
	p.server = httptest.NewServer(p.ready.handler())
	t.Cleanup(p.server.Close)
	return p
}

// guarded lets several goroutines write.
type guarded struct {
	mutex sync.Mutex
	out   io.Writer
}

func (g *guarded) Write(b []byte) (int, error) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	return g.out.Write(b)
}

func (p *place) fill() {
	p.t.Helper()
	numbers, err := p.Chronicle.Store.Put(p.t.Context(), []store.Body{
		{Target: evidence.Target{Domain: "comune.valbassa.example", Name: "Comune di Valbassa", Country: "it", Code: "c_x001"}, Province: "TO", Union: "Valle Finta", Population: 1234},
		{Target: evidence.Target{Domain: "comune.ostile.example", Name: hostile, Country: "it", Code: "c_x002"}, Province: hostile, Population: 99},
		{Target: evidence.Target{Domain: "comune.nuovo.example", Name: "=HYPERLINK(\"http://evil.example\")", Country: "it", Code: "c_x003"}, Province: "CN"},
	})
	if err != nil {
		p.t.Fatal(err)
	}
	p.town, p.hostile, p.unseen = numbers[0], numbers[1], numbers[2]
	for n, revoked := range []bool{true, true, false, false} {
		p.look(p.town, "Comune di Valbassa", "comune.valbassa.example", 28-7*n, revoked)
	}
	p.look(p.hostile, hostile, "comune.ostile.example", 1, true)
	form := dma.Assessment{Form: p.Chronicle.Questions.Form, Body: hostile, Stage: "T0", Date: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), Source: "self", Answers: dma.Answers{}}
	for _, body := range []int64{p.town, p.hostile} {
		if err := p.Chronicle.Store.Assess(p.t.Context(), body, form); err != nil {
			p.t.Fatal(err)
		}
	}
}

// look records a look at a municipality some days ago.
func (p *place) look(body int64, name, domain string, ago int, revoked bool) {
	p.t.Helper()
	line, err := os.ReadFile("../../../testdata/evidence/v1/sample.json")
	if err != nil {
		p.t.Fatal(err)
	}
	b, err := evidence.Unmarshal([]byte(strings.ReplaceAll(string(line), "comune.esempio.example", domain)))
	if err != nil {
		p.t.Fatal(err)
	}
	b.Target.Name, b.Taken = name, p.clock.now().AddDate(0, 0, -ago)
	for i := range b.Suppliers {
		b.Suppliers[i].Name = hostile
	}
	for i := range b.Endpoints {
		r := evidence.Revocation{Observation: evidence.SeenAt(b.Taken), Source: "crl", On: "2026-01-02"}
		if !revoked {
			r = evidence.Revocation{Observation: evidence.AbsentAt(b.Taken), Source: "crl"}
		}
		b.Endpoints[i].TLS.Revoked = r
	}
	if _, err := p.Chronicle.Record(p.t.Context(), body, 0, b); err != nil {
		p.t.Fatal(err)
	}
}

// passwordHash is made once: that is slow on purpose.
var passwordHash = sync.OnceValue(func() string {
	hash, err := HashPassword(password)
	if err != nil {
		panic(err)
	}
	return hash
})

// accounts makes an account for the group and one for the first municipality.
func (p *place) accounts() {
	p.t.Helper()
	hash := passwordHash()
	for _, a := range []store.Account{
		{Name: groupName, Role: groupRole, Hash: hash, Created: p.clock.now()},
		{Name: townName, Role: townRole, Body: p.town, Hash: hash, Language: "it", Created: p.clock.now()},
	} {
		if err := p.Chronicle.Store.PutAccount(p.t.Context(), a); err != nil {
			p.t.Fatal(err)
		}
	}
}

// withAccounts opens a dashboard where people sign in.
func withAccounts(t testing.TB) *place {
	t.Helper()
	p := newPlace(t, func(s *Site) { s.Accounts = true })
	p.accounts()
	return p
}

// visitor is a browser.
type visitor struct {
	*place

	client *http.Client
}

func (p *place) visitor() *visitor {
	p.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		p.t.Fatal(err)
	}
	return &visitor{p, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// as gives a browser in which somebody has signed in.
func (p *place) as(name string) *visitor {
	p.t.Helper()
	v := p.visitor()
	got := v.send("/login", "/login", url.Values{"name": {name}, "password": {password}})
	if got.StatusCode != http.StatusSeeOther {
		p.t.Fatalf("signing in as %s: %d\n%s", name, got.StatusCode, got.text)
	}
	return v
}

// answer is a response that was read.
type got struct {
	*http.Response

	text string
}

func (v *visitor) do(request *http.Request) got {
	v.t.Helper()
	response, err := v.client.Do(request)
	if err != nil {
		v.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return got{response, string(text)}
}

func (v *visitor) ask(method, path string, form url.Values) *http.Request {
	v.t.Helper()
	request, err := http.NewRequestWithContext(v.t.Context(), method, v.server.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	if method == http.MethodPost {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return request
}

func (v *visitor) get(path string) got {
	v.t.Helper()
	return v.do(v.ask(http.MethodGet, path, nil))
}

var tokenIn = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

// token gives the token of the forms of a page.
func (v *visitor) token(page string) string {
	v.t.Helper()
	found := tokenIn.FindStringSubmatch(v.get(page).text)
	if found == nil {
		v.t.Fatalf("%s holds no form", page)
	}
	return html.UnescapeString(found[1])
}

// send sends a form with the token of a page.
func (v *visitor) send(page, path string, form url.Values) got {
	v.t.Helper()
	form.Set("csrf", v.token(page))
	return v.do(v.ask(http.MethodPost, path, form))
}

// wants stops a test at an answer with another status.
func (v *visitor) wants(what string, g got, status int) got {
	v.t.Helper()
	if g.StatusCode != status {
		v.t.Fatalf("%s: %d, want %d\n%s", what, g.StatusCode, status, g.text[:min(len(g.text), 3000)])
	}
	return g
}

// shows and hides say what a page must hold and must not.
func (v *visitor) shows(g got, texts ...string) {
	v.t.Helper()
	for _, text := range texts {
		if !strings.Contains(g.text, text) {
			v.t.Errorf("%s does not show %q", g.Request.URL, text)
		}
	}
}

func (v *visitor) hides(g got, texts ...string) {
	v.t.Helper()
	for _, text := range texts {
		if strings.Contains(g.text, text) {
			v.t.Errorf("%s shows %q", g.Request.URL, text)
		}
	}
}

func (p *place) path(body int64, rest string) string { return fmt.Sprintf("/towns/%d%s", body, rest) }
