package dashboard

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"campanile/rules"
)

func TestWhereTheDashboardMayBeServed(t *testing.T) {
	t.Parallel()
	for situation, c := range map[string]struct {
		site Site
		want string // part of the message; none: it may
	}{
		"this computer alone":             {Site{Listen: "127.0.0.1:8080"}, ""},
		"this computer over IPv6":         {Site{Listen: "[::1]:8080"}, ""},
		"this computer by its name":       {Site{Listen: "localhost:0"}, ""},
		"this computer with accounts":     {Site{Listen: "127.0.0.1:0", Accounts: true}, ""},
		"all addresses, no accounts":      {Site{Listen: ":8080"}, "make an account"},
		"a private address, no accounts":  {Site{Listen: "192.168.1.2:8080", Certificate: "c", Key: "k"}, "make an account"},
		"a name, no accounts":             {Site{Listen: "dashboard.example:443"}, "make an account"},
		"accounts in the clear":           {Site{Listen: "0.0.0.0:8080", Accounts: true}, "give a certificate"},
		"accounts and a proxy":            {Site{Listen: "0.0.0.0:8080", Accounts: true, BehindProxy: true}, ""},
		"accounts and TLS":                {Site{Listen: "[::]:443", Accounts: true, Certificate: "c", Key: "k"}, ""},
		"a certificate without its key":   {Site{Listen: "127.0.0.1:0", Certificate: "c"}, "both files"},
		"a key without its certificate":   {Site{Listen: "[::]:443", Accounts: true, Key: "k"}, "both files"},
		"a proxy alone makes no accounts": {Site{Listen: "0.0.0.0:80", BehindProxy: true}, "make an account"},
		"a proxy on this computer":        {Site{Listen: "127.0.0.1:0", BehindProxy: true}, "make an account"},
		"a proxy here, and accounts":      {Site{Listen: "127.0.0.1:0", BehindProxy: true, Accounts: true}, ""},
	} {
		err := c.site.permitted(c.site.Listen)
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", situation, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: %v, want %q", situation, err, c.want)
		}
	}
}

// Where the listener is counts, and not what was said of it.
func TestServeLooksAtTheListener(t *testing.T) {
	t.Parallel()
	p := newPlace(t, nil)
	if _, err := (&Site{Listen: "0.0.0.0:1"}).Handler(); err == nil {
		t.Error("a handler for all addresses without accounts")
	}
	l, err := net.Listen("tcp", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := p.Serve(t.Context(), l); err == nil || !strings.Contains(err.Error(), "sign in") {
		t.Errorf("served without accounts at %s: %v", l.Addr(), err)
	}
}

func TestServeFinishesWhatItAnswers(t *testing.T) {
	t.Parallel()
	p := newPlace(t, nil)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	over := make(chan error, 1)
	go func() { over <- p.Serve(ctx, l) }()
	v := p.visitor()
	request := v.ask(http.MethodGet, "/towns", nil)
	request.URL.Host, request.Host = l.Addr().String(), ""
	v.shows(v.do(request), "Valbassa")
	stop()
	if err := <-over; err != nil {
		t.Error(err)
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	p := newPlace(t, nil)
	v := p.visitor()
	for _, path := range []string{"/", "/towns", p.path(p.town, ""), "/style.css", "/nothing", p.path(p.town, "/document.json")} {
		got := v.get(path)
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin",
			"Cross-Origin-Resource-Policy": "same-origin", "X-Frame-Options": "DENY", "Strict-Transport-Security": "",
			"Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
		} {
			if got.Header.Get(name) != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got.Header.Get(name), want)
			}
		}
		if cache := got.Header.Get("Cache-Control"); cache != "no-store" && !strings.HasSuffix(path, ".css") {
			t.Errorf("%s may be kept: %q", path, cache)
		}
	}
	// A report is shown as it is: with its own style, and nothing that runs.
	if policy := v.get(p.path(p.town, "/document.html")).Header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "sandbox") || strings.Contains(policy, "script") {
		t.Errorf("policy of a report: %q", policy)
	}
}

func TestBehindTLSCookiesAndHeadersSaySo(t *testing.T) {
	t.Parallel()
	p := newPlace(t, func(s *Site) { s.Accounts, s.BehindProxy, s.Listen = true, true, "0.0.0.0:80" })
	p.accounts()
	got := p.visitor().get("/login")
	if got.Header.Get("Strict-Transport-Security") == "" {
		t.Error("no HSTS")
	}
	cookies := got.Cookies()
	if len(cookies) != 1 {
		t.Fatalf("%d cookies", len(cookies))
	}
	if c := cookies[0]; !strings.HasPrefix(c.Name, "__Host-") || !c.Secure || !c.HttpOnly || c.Path != "/" || c.Domain != "" || c.SameSite != http.SameSiteLaxMode {
		t.Errorf("%+v", c)
	}
}

// A page of a stranger whose name leads to this computer must not read anything.
func TestANameThatIsNotOursIsRefused(t *testing.T) {
	t.Parallel()
	p := newPlace(t, nil)
	v := p.visitor()
	for host, want := range map[string]int{
		"127.0.0.1:1234": http.StatusOK, "localhost": http.StatusOK, "localhost:99": http.StatusOK, "[::1]:80": http.StatusOK,
		"evil.example": http.StatusMisdirectedRequest, "127.0.0.1.evil.example": http.StatusMisdirectedRequest, "localhost.evil.example:80": http.StatusMisdirectedRequest,
		"192.0.2.1": http.StatusMisdirectedRequest,
	} {
		request := v.ask(http.MethodGet, "/towns", nil)
		request.Host = host
		v.hides(v.wants(host, v.do(request), want), map[bool]string{true: "\x00", false: "Valbassa"}[want == http.StatusOK])
	}
}

func TestFormsNeedTheirToken(t *testing.T) {
	t.Parallel()
	p := withAccounts(t)
	other, v := p.as(groupName), p.as(townName)
	path := p.path(p.town, "/review")
	for situation, token := range map[string]string{"none": "", "somebody else's": other.token("/account"), "a visitor's": p.visitor().token("/login"), "half": v.token("/account")[:20]} {
		got := v.do(v.ask(http.MethodPost, path, url.Values{"csrf": {token}, "by": {"Anna"}}))
		v.wants("the token is "+situation, got, http.StatusForbidden)
	}
	// In the address it does not count.
	v.wants("in the address", v.do(v.ask(http.MethodPost, path+"?csrf="+v.token("/account"), url.Values{"by": {"Anna"}})), http.StatusForbidden)
	list, err := p.Chronicle.Store.Checklist(t.Context(), p.town)
	if err != nil || len(list.Reviews) > 0 {
		t.Errorf("%v, %v", list.Reviews, err)
	}
	v.wants("with its own", v.send("/account", path, url.Values{"by": {"Anna"}}), http.StatusSeeOther)
}

func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	t.Parallel()
	p := newPlace(t, nil)
	v := p.visitor()
	token := v.token("/towns")
	for header, value := range map[string]string{"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"} {
		request := v.ask(http.MethodPost, "/language", url.Values{"csrf": {token}, "to": {"fr"}})
		request.Header.Set(header, value)
		v.wants(header, v.do(request), http.StatusForbidden)
	}
}

func TestFormsAreBounded(t *testing.T) {
	t.Parallel()
	p := newPlace(t, nil)
	v := p.visitor()
	v.wants("too long", v.send("/towns", p.path(p.town, "/review"), url.Values{"by": {"Anna"}, "note": {strings.Repeat("a", maxForm)}}), http.StatusRequestEntityTooLarge)
	request := v.ask(http.MethodPost, p.path(p.town, "/review"), nil)
	request.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	v.wants("another kind", v.do(request), http.StatusForbidden)
	// Nothing changes by looking.
	for _, path := range []string{"/logout", "/language", p.path(p.town, "/look"), p.path(p.town, "/review")} {
		v.wants(path, v.get(path), http.StatusNotFound)
	}
}

// What a page panics with may hold a password; the log gets where it was.
func TestAPanicIsOnePageAndNoSecret(t *testing.T) {
	t.Parallel()
	p := newPlace(t, nil)
	w := httptest.NewRecorder()
	p.ready.logged(p.ready.recovered(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("secret: tre civette") }))).
		ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/towns?name=tre+civette", nil))
	if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "civette") {
		t.Errorf("%d %q", w.Code, w.Body)
	}
	if log := p.log.String(); !strings.Contains(log, "panicked") || strings.Contains(log, "civette") {
		t.Errorf("log: %s", log)
	}
}

func TestLanguages(t *testing.T) {
	t.Parallel()
	p := withAccounts(t)
	v := p.visitor()
	for header, want := range map[string]string{"": "en", "fr-CA,en;q=0.5": "fr", "de, it;q=0.8": "it", "de": "en", ";;;": "en", strings.Repeat("x,", 5000): "en"} {
		request := v.ask(http.MethodGet, "/login", nil)
		request.Header.Set("Accept-Language", header)
		if got := v.do(request); !strings.Contains(got.text, `<html lang="`+want+`">`) && !strings.Contains(got.text, "431") {
			t.Errorf("%.20q: not %s", header, want)
		}
	}
	v = p.as(townName)
	v.shows(v.get("/account"), `<html lang="it">`) // the account's
	got := v.wants("choosing", v.send("/account", "/language", url.Values{"to": {"fr"}, "back": {"/account"}}), http.StatusSeeOther)
	if to := got.Header.Get("Location"); to != "/account" {
		t.Errorf("leads to %s", to)
	}
	v.shows(v.get("/account"), `<html lang="fr">`)
	v.wants("one that there is not", v.send("/account", "/language", url.Values{"to": {"de"}}), http.StatusBadRequest)
}

func TestNoLinkLeadsElsewhereThroughUs(t *testing.T) {
	t.Parallel()
	for from, want := range map[string]string{
		"/towns?name=a&page=2": "/towns?name=a&page=2", "": "/", "/": "/", "towns": "/", "//evil.example/": "/", "/\\evil.example": "/", "https://evil.example/": "/",
		"/%2Fevil.example": "/", "javascript:alert(1)": "/", "/a\r\nSet-Cookie: b": "/", "/towns/1#papers": "/towns/1", "http:evil": "/", "/%5Cevil.example": "/%5Cevil.example",
	} {
		if got := inside(from); got != want {
			t.Errorf("%q: %q, want %q", from, got, want)
		}
	}
}

func TestTheAddressThatCounts(t *testing.T) {
	t.Parallel()
	for situation, c := range map[string]struct {
		proxy  bool
		remote string
		header []string
		want   string
	}{
		"nobody between":              {false, "192.0.2.1:5000", []string{"203.0.113.9"}, "192.0.2.1"},
		"IPv6 counts by its network":  {false, "[2001:db8:1:2:3:4:5:6]:5000", nil, "2001:db8:1:2::/64"},
		"the last hop":                {true, "127.0.0.1:1", []string{"198.51.100.7, 203.0.113.9"}, "203.0.113.9"},
		"the last of several headers": {true, "127.0.0.1:1", []string{"198.51.100.7", "203.0.113.9, 203.0.113.10"}, "203.0.113.10"},
		"a proxy that says nothing":   {true, "127.0.0.1:1", nil, "127.0.0.1"},
		"nonsense":                    {true, "127.0.0.1:1", []string{"<script>"}, "unknown"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr, r.Header["X-Forwarded-For"] = c.remote, c.header
		if got := (&site{Site: Site{BehindProxy: c.proxy}}).addressOf(r); got != c.want {
			t.Errorf("%s: %q, want %q", situation, got, c.want)
		}
	}
}

// A server that hangs is ended after a while.
func TestWhoDoesNotFinishIsLeft(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, end := net.Pipe()
		hang := make(chan struct{})
		server := &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hang }), ReadHeaderTimeout: headerTime}
		ctx, stop := context.WithCancel(t.Context())
		over := make(chan error, 1)
		l := &single{conn: end, done: make(chan struct{})}
		go func() { over <- until(ctx, server, func() error { return server.Serve(l) }) }()
		go func() { _, _ = io.WriteString(client, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n") }()
		synctest.Wait()
		began := time.Now()
		stop()
		if err := <-over; err != nil {
			t.Error(err)
		}
		if took := time.Since(began); took < leaveTime || took > 2*leaveTime {
			t.Errorf("took %s", took)
		}
		close(hang)
		_ = client.Close()
	})
}

// single is a listener with one connection.
type single struct {
	conn net.Conn
	done chan struct{}
}

func (l *single) Accept() (net.Conn, error) {
	if c := l.conn; c != nil {
		l.conn = nil
		return c, nil
	}
	<-l.done
	return nil, net.ErrClosed
}

func (l *single) Close() error {
	select {
	case <-l.done:
	default:
		close(l.done)
	}
	return nil
}

func (l *single) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

func TestEveryLanguageHasEveryPage(t *testing.T) {
	t.Parallel()
	all, err := laidOut(time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range rules.Languages {
		for _, name := range []string{"login", "account", "towns", "town", "checklist", "dma", "trouble", "overview", "compare", "suppliers", "supplier", "workshop", "queue", "sent"} {
			if all[l][name] == nil {
				t.Errorf("%s: no page %s", l, name)
			}
		}
	}
}
