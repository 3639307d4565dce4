package web

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/google/go-cmp/cmp"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/loopback"
	"campanile/collectors/network"
)

const (
	host    = "comune.example"
	plain   = "192.0.2.10:80"
	secured = "192.0.2.10:443"
)

// town is a world with one site; its servers are put there by the test.
func town(t *testing.T) *loopback.World {
	t.Helper()
	w := loopback.New(t)
	w.Host(t, host, "192.0.2.10")
	return w
}

// serve answers http, or https where the port says so, with a handler.
func serve(t *testing.T, w *loopback.World, address string, handler http.HandlerFunc) {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	if strings.HasSuffix(address, ":443") {
		server.StartTLS()
	} else {
		server.Start()
	}
	t.Cleanup(server.Close)
	w.Map(address, server.Listener.Addr())
}

// raw answers every connection with these bytes.
func raw(t *testing.T, w *loopback.World, address, text string) {
	t.Helper()
	w.Serve(t, address, func(conn net.Conn) {
		_, _ = http.ReadRequest(bufio.NewReader(conn))
		_, _ = io.WriteString(conn, text)
	})
}

// visit asks for http://comune.example/ once, or twice where the first try fails.
func visit(t *testing.T, w *loopback.World) evidence.Visit {
	t.Helper()
	v := newErrand(w.Network.Session(), Request{Names: []string{host}, Agent: "campanile/test (+https://gal.example)"}).visitor()
	defer v.client.Close()
	got, _ := v.visit(t.Context(), "http://"+host+"/", page)
	return got
}

// way writes the hops in short: status and address.
func way(v evidence.Visit) []string {
	var list []string
	for _, hop := range v.Hops {
		list = append(list, fmt.Sprintf("%d %s", hop.Status, hop.URL))
	}
	return list
}

func redirect(to string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusMovedPermanently)
	}
}

func htmlPage(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, body)
	}
}

func TestRedirects(t *testing.T) {
	t.Parallel()
	for name, each := range map[string]struct {
		first    http.HandlerFunc // of http
		second   http.HandlerFunc // of https
		state    evidence.State
		problem  evidence.Problem
		want     []string
		attempts int
	}{
		"no-redirect":        {htmlPage(words), nil, "seen", "", []string{"200 http://comune.example/"}, 1},
		"to-https":           {redirect("https://comune.example/"), htmlPage(words), "seen", "", []string{"301 http://comune.example/", "200 https://comune.example/"}, 1},
		"to-https-with-port": {redirect("https://COMUNE.example:443"), htmlPage(words), "seen", "", []string{"301 http://comune.example/", "200 https://comune.example/"}, 1},
		"relative": {func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/" {
				redirect("it/#top")(w, r)
			}
		}, nil, "seen", "", []string{"301 http://comune.example/", "200 http://comune.example/it/"}, 1},
		"to-a-closed-port":    {redirect("https://comune.example/"), nil, "unknown", "refused", []string{"301 http://comune.example/"}, 2},
		"circle":              {redirect("/"), nil, "unknown", "too-many", []string{"301 http://comune.example/"}, 1},
		"circle-of-two":       {redirect("https://comune.example/"), redirect("http://comune.example/"), "unknown", "too-many", []string{"301 http://comune.example/", "301 https://comune.example/"}, 1},
		"to-nothing":          {redirect(""), nil, "seen", "", []string{"301 http://comune.example/"}, 1},
		"to-an-application":   {redirect("comune-app://open"), nil, "unknown", "not-permitted", []string{"301 http://comune.example/"}, 1},
		"to-a-broken-address": {redirect("http://[::1"), nil, "unknown", "malformed", []string{"301 http://comune.example/"}, 1},
		"to-an-endless-one":   {redirect("/" + strings.Repeat("a", 5000)), nil, "unknown", "too-large", []string{"301 http://comune.example/"}, 1},
		"to-one-that-grows":   {redirect("/" + strings.Repeat("é", 1500)), nil, "unknown", "too-large", []string{"301 http://comune.example/"}, 1},
		"to-a-blank": {func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/" {
				redirect("/benvenuti?da=la home")(w, r)
				return
			}
			htmlPage(words)(w, r)
		}, nil, "seen", "", []string{"301 http://comune.example/", "200 http://comune.example/benvenuti?da=la%20home"}, 1},
		"meta-refresh-to-a-megabyte": {htmlPage(`<meta http-equiv="refresh" content="0;url=/` + strings.Repeat("a", 1<<20) + `">` + words), nil, "seen", "", []string{"200 http://comune.example/"}, 1},
		"to-the-mail-server":         {redirect("http://comune.example:25/"), nil, "unknown", "not-permitted", []string{"301 http://comune.example/"}, 1},
		"to-an-unknown-name":         {redirect("http://altrove.example/"), nil, "unknown", "no-address", []string{"301 http://comune.example/"}, 1},
		"to-a-broken-name":           {redirect("http://rotto.example/"), nil, "unknown", "servfail", []string{"301 http://comune.example/"}, 1},
		"multiple-choices": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "/a")
			w.WriteHeader(http.StatusMultipleChoices)
		}, nil, "seen", "", []string{"300 http://comune.example/"}, 1},
		"meta-refresh":        {htmlPage(`<meta http-equiv="refresh" content="0;url=https://comune.example/home">`), htmlPage(words), "seen", "", []string{"200 http://comune.example/", "200 https://comune.example/home"}, 1},
		"meta-refresh-circle": {htmlPage(`<meta http-equiv="refresh" content="0;url=/">`), nil, "seen", "", []string{"200 http://comune.example/"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := town(t)
			w.Broken("rotto.example")
			serve(t, w, plain, each.first)
			if each.second != nil {
				serve(t, w, secured, each.second)
			}
			got := visit(t, w)
			if got.State != each.state || got.Problem != each.problem || got.Attempts != each.attempts {
				t.Errorf("got %s %s (%s) after %d", got.State, got.Problem, got.Detail, got.Attempts)
			}
			if diff := cmp.Diff(each.want, way(got)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// A page that sends its visitor on is a redirect, and its chain has the same end.
func TestRefreshesHaveAnEnd(t *testing.T) {
	t.Parallel()
	for _, last := range []int64{maxHops, maxHops + 1} {
		w := town(t)
		var count atomic.Int64
		serve(t, w, plain, func(w http.ResponseWriter, r *http.Request) {
			n := count.Add(1)
			if n == last {
				htmlPage(words)(w, r)
				return
			}
			htmlPage(fmt.Sprintf(`<meta http-equiv="refresh" content="0;url=/%d">`, n)+words)(w, r)
		})
		got := visit(t, w)
		if whole := last == maxHops; whole != (got.State == evidence.Seen) || whole != (got.Page != nil) || !whole && got.Problem != evidence.TooMany || count.Load() != maxHops {
			t.Errorf("the page stands behind %d: %s %s with %d requests", last, got.State, got.Problem, count.Load())
		}
	}
}

func TestHopsHaveAnEnd(t *testing.T) {
	t.Parallel()
	w := town(t)
	var count atomic.Int64
	serve(t, w, plain, func(w http.ResponseWriter, r *http.Request) {
		redirect(fmt.Sprintf("/%d", count.Add(1)))(w, r)
	})
	got := visit(t, w)
	if got.Problem != evidence.TooMany || len(got.Hops) != maxHops || count.Load() != maxHops {
		t.Errorf("got %s after %d hops and %d requests", got.Problem, len(got.Hops), count.Load())
	}
}

func TestRedirectToAPrivateAddress(t *testing.T) {
	t.Parallel()
	for name, to := range map[string]string{
		"by-name":                 "http://intranet.example/",
		"by-address":              "http://10.0.0.1/",
		"by-mapped-address":       "http://[::ffff:10.0.0.1]/",
		"to-loopback":             "http://127.0.0.1/",
		"to-the-cloud's-metadata": "http://169.254.169.254/latest/meta-data/",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := loopback.New(t)
			w.Network.Permit = network.Permit{}
			w.Host(t, host, "8.8.8.8")
			w.Host(t, "intranet.example", "10.0.0.1")
			serve(t, w, "8.8.8.8:80", redirect(to))
			for _, private := range []string{"10.0.0.1:80", "127.0.0.1:80", "169.254.169.254:80"} {
				w.Serve(t, private, func(net.Conn) { t.Error("connected to a private address") })
			}
			got := visit(t, w)
			if got.State != evidence.Unknown || got.Problem != evidence.NotPermitted || len(got.Hops) != 1 {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestCookiesTurnNoCircle(t *testing.T) {
	t.Parallel()
	w := town(t)
	serve(t, w, plain, func(w http.ResponseWriter, r *http.Request) {
		if _, err := r.Cookie("prova"); err != nil {
			w.Header().Add("Set-Cookie", "prova=segreto; HttpOnly; SameSite=lax; Path=/; Max-Age=60")
			w.Header().Add("Set-Cookie", "PHPSESSID=abc; Secure")
			w.Header().Add("Set-Cookie", "ritirato=; Max-Age=0")
			w.Header().Add("Set-Cookie", "scaduto=x; Expires=Thu, 01 Jan 1970 00:00:01 GMT")
			w.Header().Add("Set-Cookie", "nudo=x; SameSite")
			w.Header().Add("Set-Cookie", "=")
			redirect("/")(w, r)
			return
		}
		htmlPage(words)(w, r)
	})
	got := visit(t, w)
	if got.State != evidence.Seen || len(got.Hops) != 2 {
		t.Fatalf("got %+v", got)
	}
	want := []evidence.Cookie{
		{URL: "http://comune.example/", Name: "prova", Path: "/", HTTPOnly: true, SameSite: "lax"},
		{URL: "http://comune.example/", Name: "PHPSESSID", Secure: true, Session: true},
		{URL: "http://comune.example/", Name: "ritirato", Removed: true},
		{URL: "http://comune.example/", Name: "scaduto", Removed: true},
		{URL: "http://comune.example/", Name: "nudo", Bare: true, Session: true},
	}
	if diff := cmp.Diff(want, got.Cookies); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if text := fmt.Sprintf("%+v", got); strings.Contains(text, "segreto") {
		t.Error("the value of a cookie is in the evidence")
	}
}

func TestCodings(t *testing.T) {
	t.Parallel()
	pack := func(write func(io.Writer) io.WriteCloser, text string) []byte {
		var packed bytes.Buffer
		w := write(&packed)
		_, _ = io.WriteString(w, text)
		_ = w.Close()
		return packed.Bytes()
	}
	zip := func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }
	br := func(w io.Writer) io.WriteCloser { return brotli.NewWriter(w) }
	small := words + "<footer>" + threeLinks + "</footer>"
	huge := words + strings.Repeat(" ", 4*maxBody)
	for name, each := range map[string]struct {
		coding string
		body   []byte
		bytes  int
		cut    bool
		footer evidence.State
	}{
		"gzip":                       {"gzip", pack(zip, small), len(small), false, evidence.Seen},
		"brotli":                     {"br", pack(br, small), len(small), false, evidence.Seen},
		"none":                       {"", []byte(small), len(small), false, evidence.Seen},
		"identity":                   {"identity", []byte(small), len(small), false, evidence.Seen},
		"gzip-bomb":                  {"gzip", pack(zip, huge), maxBody, true, evidence.Unknown},
		"brotli-bomb":                {"br", pack(br, huge), maxBody, true, evidence.Unknown},
		"huge-page":                  {"", []byte(huge), maxBody, true, evidence.Unknown},
		"broken-gzip":                {"gzip", []byte("hello"), 0, true, evidence.Unknown},
		"gzip-cut-in-the-middle":     {"gzip", pack(zip, small)[:60], -1, true, evidence.Unknown},
		"a-coding-nobody-asked-for":  {"zstd", []byte(small), 0, true, evidence.Unknown},
		"compressed-and-not-said-so": {"", pack(zip, small), -1, false, evidence.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := town(t)
			serve(t, w, plain, func(w http.ResponseWriter, r *http.Request) {
				if got := r.Header.Get("Accept-Encoding"); got != "gzip, br" {
					t.Errorf("accepts %q", got)
				}
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
				if each.coding != "" {
					w.Header().Set("Content-Encoding", each.coding)
				}
				_, _ = w.Write(each.body)
			})
			got := visit(t, w)
			if got.State != evidence.Seen || got.Page == nil {
				t.Fatalf("got %+v", got)
			}
			if each.bytes >= 0 && got.Page.Bytes != each.bytes || got.Page.Truncated != each.cut || got.Page.Footer != each.footer {
				t.Errorf("%d bytes, truncated %t, footer %q", got.Page.Bytes, got.Page.Truncated, got.Page.Footer)
			}
		})
	}
}

func TestServersThatBreakTheProtocol(t *testing.T) {
	t.Parallel()
	const head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
	for name, each := range map[string]struct {
		text    string
		state   evidence.State
		problem evidence.Problem
	}{
		"silence-and-goodbye":         {"", "unknown", "closed"},
		"ftp":                         {"220 Welcome\r\n", "unknown", "malformed"},
		"garbage":                     {"\x00\x01\x02\x03\r\n\r\n", "unknown", "malformed"},
		"half-a-status-line":          {"HTTP/1.1 2", "unknown", "malformed"},
		"endless-headers":             {head + strings.Repeat("X-A: "+strings.Repeat("b", 1000)+"\r\n", 200), "unknown", "too-large"},
		"one-endless-header":          {head + "X-A: " + strings.Repeat("b", 300<<10), "unknown", "too-large"},
		"endless-early-hints":         {strings.Repeat("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", 20), "unknown", "too-many"},
		"early-hints-first":           {"HTTP/1.1 103 Early Hints\r\n\r\n" + head + "\r\n" + words, "seen", ""},
		"body-shorter-than-announced": {head + "Content-Length: 5000\r\n\r\n" + words, "seen", ""},
		"chunk-that-is-none":          {head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", "seen", ""},
		"endless-chunk-extensions":    {head + "Transfer-Encoding: chunked\r\n\r\n" + strings.Repeat("1;"+strings.Repeat("x", 2000)+"\r\na\r\n", 2000), "seen", ""},
		"two-lengths":                 {head + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!", "unknown", "malformed"},
		"until-the-end":               {head + "\r\n" + words, "seen", ""},
		"old-http":                    {"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + words, "seen", ""},
		"status-without-a-reason":     {"HTTP/1.1 200\r\nContent-Type: text/html\r\n\r\n" + words, "seen", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := town(t)
			raw(t, w, plain, each.text)
			got := visit(t, w)
			if got.State != each.state || got.Problem != each.problem {
				t.Errorf("got %s %s (%s)", got.State, got.Problem, got.Detail)
			}
			if each.state == evidence.Seen && got.Page == nil {
				t.Error("no page")
			}
		})
	}
}

func TestBrokenOffPageClaimsNothing(t *testing.T) {
	t.Parallel()
	w := town(t)
	raw(t, w, plain, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5000\r\n\r\n"+words)
	if got := visit(t, w); !got.Page.Truncated || got.Page.Footer != evidence.Unknown {
		t.Errorf("got %+v", got.Page)
	}
}

func TestBarriers(t *testing.T) {
	t.Parallel()
	const challenge = `<title>Just a moment...</title><p>Checking your browser</p>`
	for name, each := range map[string]struct {
		status int
		header [2]string
		body   string
		want   string
	}{
		"page":                        {200, [2]string{}, words, ""},
		"forbidden":                   {403, [2]string{}, "<p>Forbidden</p>", firewall},
		"login":                       {401, [2]string{"Www-Authenticate", "Basic"}, "", firewall},
		"filter":                      {406, [2]string{}, "<p>Request blocked by Mod_Security</p>", firewall},
		"not-acceptable":              {406, [2]string{}, "<p>Not acceptable</p>", ""},
		"challenge":                   {503, [2]string{"Cf-Mitigated", "challenge"}, challenge, firewall},
		"challenge-by-its-words":      {503, [2]string{"Retry-After", "5"}, challenge, firewall},
		"challenge-with-status-200":   {200, [2]string{}, `<iframe src="/_Incapsula_Resource?x=1"></iframe>`, firewall},
		"captcha":                     {403, [2]string{}, `<div class="h-captcha"></div>`, captcha},
		"captcha-with-status-200":     {200, [2]string{}, `<script src="https://captcha.example/c.js"></script>`, captcha},
		"filter-that-explains-itself": {200, [2]string{}, words + `<p>The requested URL was rejected. Your support ID is: 1.</p><a href="/">Back</a>`, firewall},
		"news-about-a-filter":         {200, [2]string{}, words + `<p>The requested URL was rejected, wrote a citizen.</p>` + threeLinks, ""},
		"contact-form-with-a-captcha": {200, [2]string{}, words + `<script src="https://captcha.example/c.js"></script>`, ""},
		"slow-down":                   {429, [2]string{}, "", rateLimit},
		"busy":                        {503, [2]string{"Retry-After", "120"}, "<p>Torniamo presto</p>", rateLimit},
		"out-of-order":                {503, [2]string{}, "<p>Service unavailable</p>", ""},
		"fault":                       {500, [2]string{}, "<p>Internal error</p>", ""},
		"not-found":                   {404, [2]string{}, "<p>Access denied? No: not found.</p>", ""},
		"application":                 {200, [2]string{}, `<div id="root"></div><script src="/main.js"></script>`, scriptOnly},
		"application-inline":          {200, [2]string{}, `<noscript>` + words + `</noscript><script>start()</script>`, scriptOnly},
		"splash-without-scripts":      {200, [2]string{}, `<a href="/home">Entra</a>`, ""},
		"empty":                       {200, [2]string{}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := town(t)
			serve(t, w, plain, func(w http.ResponseWriter, _ *http.Request) {
				if each.header[0] != "" {
					w.Header().Set(each.header[0], each.header[1])
				}
				w.Header().Set("Content-Type", "text/html")
				w.WriteHeader(each.status)
				_, _ = io.WriteString(w, each.body)
			})
			got := visit(t, w)
			if got.State != evidence.Seen || got.Barrier != each.want {
				t.Errorf("got %s, barrier %q, want %q", got.State, got.Barrier, each.want)
			}
		})
	}
}

func TestALostVisitIsTriedOnceMore(t *testing.T) {
	t.Parallel()
	for name, each := range map[string]struct {
		broken   int64
		attempts int
		state    evidence.State
		problem  evidence.Problem
	}{
		"never": {0, 1, "seen", ""},
		"once":  {1, 2, "seen", ""},
		"twice": {2, 2, "unknown", "reset"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := town(t)
			var count atomic.Int64
			w.Serve(t, plain, func(conn net.Conn) {
				_, _ = http.ReadRequest(bufio.NewReader(conn))
				if count.Add(1) <= each.broken {
					_ = conn.(*net.TCPConn).SetLinger(0)
					return
				}
				_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"+words)
			})
			got := visit(t, w)
			if got.State != each.state || got.Problem != each.problem || got.Attempts != each.attempts {
				t.Errorf("got %s %s after %d", got.State, got.Problem, got.Attempts)
			}
		})
	}
}

func TestSilenceCostsItsTimeoutAndNoMore(t *testing.T) {
	t.Parallel()
	for name, each := range map[string]struct {
		answer   func(net.Conn)
		state    evidence.State
		attempts int
	}{
		"silent": {func(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }, "unknown", 2},
		"silent-after-half-a-header": {func(conn net.Conn) {
			_, _ = http.ReadRequest(bufio.NewReader(conn))
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-")
			_, _ = io.Copy(io.Discard, conn)
		}, "unknown", 2},
		"silent-in-the-page": {func(conn net.Conn) {
			_, _ = http.ReadRequest(bufio.NewReader(conn))
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"+words)
			_, _ = io.Copy(io.Discard, conn)
		}, "seen", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := town(t)
			if _, err := w.Network.Session().Addresses(t.Context(), host); err != nil {
				t.Fatal(err)
			}
			synctest.Test(t, func(t *testing.T) {
				w.Pipe(plain, each.answer)
				began := time.Now()
				got := visit(t, w)
				if took := time.Since(began); took != time.Duration(each.attempts)*answerTime {
					t.Errorf("took %v", took)
				}
				if got.State != each.state || got.State == evidence.Unknown && got.Problem != evidence.Timeout || got.Attempts != each.attempts {
					t.Errorf("got %s %s after %d", got.State, got.Problem, got.Attempts)
				}
				if got.State == evidence.Seen && !got.Page.Truncated {
					t.Error("half a page passes for a whole one")
				}
			})
		})
	}
}
