package web

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"text/tabwriter"
	"time"

	"github.com/andybalholm/brotli"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/loopback"
	"campanile/collectors/network"
)

// What a hostile site may cost at most, on a machine that is busy with other
// things and a program that is checked for races.
const (
	longestVisit = 30 * time.Second
	largestHeap  = 192 << 20
)

// attack is a site that means harm: its answers, and what the evidence must say
// of it, a line for each visit that was made.
type attack struct {
	answer http.HandlerFunc
	want   string
}

const (
	pageSeen = "http seen, page"
	pageCut  = "http seen, page cut, footer unknown"
	tooMany  = "http unknown too-many"
	noRobots = "\nrobots seen 404"
)

// withFooter is a page whose footer comes by script.
var withFooter = words + `<div id="footer"></div><script src="/Footer_js.js"></script>`

// attacks are the sites, each with one page unless the path says more.
func attacks(t *testing.T) map[string]attack {
	t.Helper()
	zeros, begin, again := bombs(t)
	lone := "\xff\xfe" + strings.Repeat("\x00\xd8a\x00\x00\xdc", 100_000)
	return map[string]attack{
		"gzip-bomb-of-2-gb":    {site(codedAs("gzip", nil, zeros, 128)), pageCut + noRobots},
		"brotli-bomb-of-2-gb":  {site(codedAs("br", begin, again, 126)), pageCut + noRobots},
		"page-without-end":     {site(endless("text/html", "<p>Il Comune informa. ")), pageCut + noRobots},
		"length-of-an-exabyte": {site(hijacked("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1152921504606846976\r\n\r\n" + words)), pageCut + noRobots},
		"ten-thousand-hops":    {chain(10_000, func(next string) http.HandlerFunc { return redirect(next) }), tooMany},
		"ten-thousand-refreshes": {chain(10_000, func(next string) http.HandlerFunc {
			return htmlPage(`<meta http-equiv="refresh" content="0;url=` + next + `">` + words)
		}), tooMany},
		"circle":                {redirect("/"), tooMany},
		"to-the-metadata":       {redirect("http://169.254.169.254/latest/meta-data/"), "http unknown not-permitted"},
		"to-a-private-address":  {redirect("http://10.0.0.1/"), "http unknown not-permitted"},
		"to-a-private-name":     {redirect("http://intranet.example/"), "http unknown not-permitted"},
		"to-a-mapped-address":   {redirect("http://[::ffff:127.0.0.1]/"), "http unknown not-permitted"},
		"to-a-number":           {redirect("http://2130706433/"), "http unknown no-address"},
		"to-a-file":             {site(redirect("file:///etc/passwd")), "http unknown not-permitted"},
		"to-ftp":                {site(redirect("ftp://ftp.example/")), "http unknown not-permitted"},
		"to-gopher":             {site(redirect("gopher://g.example:25/_MAIL")), "http unknown not-permitted"},
		"to-javascript":         {site(redirect("javascript:alert(1)")), "http unknown not-permitted"},
		"refresh-to-a-file":     {site(htmlPage(`<meta http-equiv="refresh" content="0;url=file:///etc/passwd">` + words)), pageSeen + ", footer absent" + noRobots},
		"frames":                {site(htmlPage(strings.Repeat(`<iframe src="/a"></iframe>`, 100_000))), pageCut + noRobots},
		"nested-frames":         {site(htmlPage(strings.Repeat(`<frameset><frame src="/a">`, 100_000))), pageCut + noRobots},
		"nested-a-million-deep": {site(htmlPage(strings.Repeat("<i>", 1_000_000))), pageCut + noRobots},
		"lone-surrogates":       {site(typed("text/html; charset=utf-16", lone)), pageSeen + ", footer unknown" + noRobots},
		"false-charset":         {site(typed("text/html; charset=utf-8", strings.Repeat("citt\xe0 \xff\xfe \xc3 ", 10_000))), pageSeen + ", footer absent" + noRobots},
		"mixed-charsets":        {site(typed("text/html; charset=iso-2022-jp", strings.Repeat("\x1b$Bcitt\x1b(B\xe0\x00 ", 10_000)+`<meta charset="utf-7">`)), pageSeen + ", footer absent" + noRobots},
		"a-million-anchors":     {site(htmlPage(strings.Repeat(`<a href=/a>a</a>`, 1_000_000))), pageCut + noRobots},
		"endless-headers":       {hijacked("HTTP/1.1 200 OK\r\n" + strings.Repeat("X-A: "+strings.Repeat("b", 1000)+"\r\n", 10_000)), "http unknown too-large"},
		"endless-interims":      {hijacked(strings.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", 10_000)), tooMany},
		"100,000-cookies":       {hijacked("HTTP/1.1 200 OK\r\n" + strings.Repeat("Set-Cookie: a=b\r\n", 100_000) + "\r\n"), "http unknown too-large"},
		"cookies-that-fit":      {site(hijacked("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + strings.Repeat("Set-Cookie: a=b\r\n", 3000) + "\r\n" + words)), pageSeen + ", footer absent" + noRobots},
		"attribute-of-10-mb":    {site(htmlPage(words + `<a href="/` + strings.Repeat("a", 10<<20) + `">`)), pageCut + noRobots},
		"endless-robots.txt": {
			site(htmlPage(words), "/robots.txt", endless("text/plain", "Disallow: /a*b*c$\n")),
			pageSeen + ", footer absent\nrobots seen 200",
		},
		"robots.txt-in-a-circle": {
			site(htmlPage(words), "/robots.txt", redirect("/robots.txt")),
			pageSeen + ", footer absent\nrobots unknown too-many",
		},
		"robots.txt-that-is-a-bomb": {
			site(htmlPage(words), "/robots.txt", codedAs("gzip", nil, zeros, 128)),
			pageSeen + ", footer absent\nrobots seen 200",
		},
		"footer-that-is-a-bomb": {
			site(htmlPage(withFooter), "/Footer_js.js", codedAs("gzip", nil, zeros, 128)),
			pageSeen + ", footer unknown" + noRobots + "\npart seen 200, page cut, footer unknown",
		},
		"footer-without-end": {
			site(htmlPage(withFooter), "/Footer_js.js", endless("text/javascript", `document.write('<a href="/x">x</a>`+"'+`${`")),
			pageSeen + ", footer unknown" + noRobots + "\npart seen 200, page cut, footer unknown",
		},
		"footer-on-a-private-host": {site(htmlPage(words + `<script src="http://10.0.0.1/footer.js"></script>`)), pageSeen + ", footer unknown" + noRobots},
		"declaration-in-a-private-network": {
			site(htmlPage(words + `<footer>` + threeLinks + `<a href="http://169.254.169.254/d">Dichiarazione di accessibilità</a></footer>`)),
			pageSeen + ", footer seen" + noRobots + "\ndeclaration not asked not-permitted\nprivacy seen 404\nlegal seen 404",
		},
		"declaration-without-end": {
			site(htmlPage(words+`<footer>`+threeLinks+`<a href="/d">Dichiarazione di accessibilità</a></footer>`), "/d", endless("text/html", "<p>Dichiarazione di accessibilità. ")),
			pageSeen + ", footer seen" + noRobots + "\ndeclaration seen 200, page cut, footer unknown\nprivacy seen 404\nlegal seen 404",
		},
		"declaration-that-leads-on": {
			site(htmlPage(words+`<footer>`+threeLinks+`<a href="/d">Dichiarazione di accessibilità</a></footer>`), "/d", redirect("http://10.0.0.1/")),
			pageSeen + ", footer seen" + noRobots + "\ndeclaration unknown not-permitted\nprivacy seen 404\nlegal seen 404",
		},
	}
}

// bombs are 16 megabytes of nothing in gzip, a member to be repeated, and what
// goes on for 16 megabytes in brotli, with its beginning.
func bombs(t *testing.T) (zeros, begin, again []byte) {
	t.Helper()
	block := make([]byte, 1<<24)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write(block)
	_ = z.Close()
	zeros = bytes.Clone(packed.Bytes())
	packed.Reset()
	b := brotli.NewWriterLevel(&packed, 1)
	var pieces [4][]byte
	for i := range pieces {
		_, _ = b.Write(block)
		_ = b.Flush()
		pieces[i] = bytes.Clone(packed.Bytes())
		packed.Reset()
	}
	if !bytes.Equal(pieces[2], pieces[3]) {
		t.Fatal("the pieces of the brotli stream are not the same")
	}
	return zeros, slices.Concat(pieces[0], pieces[1]), pieces[2]
}

// site answers with a home page, with another document where more gives its
// path, and 404 elsewhere.
func site(home http.HandlerFunc, more ...any) http.HandlerFunc {
	paths := map[string]http.HandlerFunc{"/": home}
	for i := 0; i+1 < len(more); i += 2 {
		paths[more[i].(string)] = more[i+1].(http.HandlerFunc)
	}
	return func(w http.ResponseWriter, r *http.Request) {
		if handler := paths[r.URL.Path]; handler != nil {
			handler(w, r)
			return
		}
		http.NotFound(w, r)
	}
}

// codedAs sends a body in a coding: a beginning, and a piece again and again.
func codedAs(coding string, begin, piece []byte, times int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Content-Encoding", coding)
		_, _ = w.Write(begin)
		for range times {
			if _, err := w.Write(piece); err != nil {
				return
			}
		}
	}
}

func endless(kind, piece string) http.HandlerFunc {
	block := []byte(strings.Repeat(piece, 1000))
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		for {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	}
}

func typed(kind, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		_, _ = io.WriteString(w, body)
	}
}

// hijacked sends bytes that no server of Go would.
func hijacked(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			panic(err)
		}
		defer conn.Close()
		_, _ = io.WriteString(conn, text)
	}
}

// chain leads from page to page, each on an address of its own.
func chain(length int64, step func(next string) http.HandlerFunc) http.HandlerFunc {
	var count atomic.Int64
	return func(w http.ResponseWriter, r *http.Request) {
		n := count.Add(1)
		switch {
		case r.URL.Path == "/robots.txt":
			http.NotFound(w, r)
		case n > length:
			htmlPage(words)(w, r)
		default:
			step(fmt.Sprintf("/%d", n))(w, r)
		}
	}
}

// TestHostileSites visits each of the sites, and then another town on the same
// address: whatever a site does, the visit ends soon, costs little, is written
// down for what it was, and the scan goes on. It is not parallel, so that the
// memory is that of the visit.
func TestHostileSites(t *testing.T) {
	var table strings.Builder
	rows := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(rows, "site\trequests\tbytes read\ttime\tpeak of the heap\tevidence")
	list := attacks(t)
	for _, name := range slices.Sorted(maps.Keys(list)) {
		each := list[name]
		t.Run(name, func(t *testing.T) {
			w := loopback.New(t)
			w.Network.Permit = network.Permit{} // as in the field: nothing private
			w.Host(t, host, "8.8.8.8")
			w.Host(t, "vicino.example", "8.8.8.8")
			w.Host(t, "intranet.example", "10.0.0.1")
			serve(t, w, "8.8.8.8:80", func(w http.ResponseWriter, r *http.Request) {
				if r.Host == "vicino.example" {
					site(htmlPage(words))(w, r)
					return
				}
				each.answer(w, r)
			})
			for _, private := range []string{"10.0.0.1:80", "127.0.0.1:80", "169.254.169.254:80"} {
				w.Serve(t, private, func(net.Conn) { t.Error("connected to a private address") })
			}
			s := w.Network.Session()
			var seen evidence.Site
			took, peak := measure(func() {
				seen = Collect(t.Context(), s, Request{Names: []string{host}, Agent: "campanile/test", Home: true, WellKnown: true})[0]
			})
			got, sent := said(seen), s.Sent()
			fmt.Fprintf(rows, "%s\t%d\t%d\t%v\t%d KiB\t%s\n", name, sent.Requests, sent.Received, took.Round(time.Millisecond), peak>>10, strings.ReplaceAll(got, "\n", "; "))
			if got != each.want {
				t.Errorf("got\n%s\nwant\n%s", got, each.want)
			}
			if took > longestVisit || peak > largestHeap || sent.Requests > maxRequests {
				t.Errorf("%v, %d bytes, %d requests", took, peak, sent.Requests)
			}
			keeps(t, seen)
			next := Collect(t.Context(), w.Network.Session(), Request{Names: []string{"vicino.example"}, Agent: "campanile/test", Home: true})[0]
			if next.HTTP.State != evidence.Seen || next.HTTP.Page == nil {
				t.Errorf("the next site: %+v", next.HTTP)
			}
		})
	}
	_ = rows.Flush()
	t.Logf("\n%s", table.String())
}

// measure gives the time that a function takes, and by how much the heap grew at
// most meanwhile, what waits to be collected included.
func measure(do func()) (took time.Duration, peak uint64) {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	before := m.HeapAlloc
	stop := make(chan struct{})
	var watch sync.WaitGroup
	watch.Go(func() {
		var m runtime.MemStats
		ticker := time.NewTicker(2 * time.Millisecond)
		defer ticker.Stop()
		for {
			runtime.ReadMemStats(&m)
			peak = max(peak, m.HeapAlloc-min(before, m.HeapAlloc))
			select {
			case <-stop:
				return
			case <-ticker.C:
			}
		}
	})
	began := time.Now()
	do()
	took = time.Since(began)
	close(stop)
	watch.Wait()
	return took, peak
}

// said writes what the evidence says of a site, a line for each visit.
func said(s evidence.Site) string {
	lines := []string{"http " + saidOf(s.HTTP, false)}
	if s.Followed() {
		if s.Robots.State != evidence.NotAsked || s.Robots.Problem != "" {
			lines = append(lines, "robots "+saidOf(s.Robots, true))
		}
		for _, part := range s.Parts {
			lines = append(lines, "part "+saidOf(part, true))
		}
		for _, linked := range s.Linked {
			lines = append(lines, string(linked.Duty)+" "+saidOf(linked.Visit, true))
		}
	}
	return strings.Join(lines, "\n")
}

func saidOf(v evidence.Visit, status bool) string {
	text := string(v.State)
	if v.State == evidence.NotAsked {
		text = "not asked"
	}
	if v.Problem != "" {
		text += " " + string(v.Problem)
	}
	if last := v.Last(); status && v.State == evidence.Seen {
		text += fmt.Sprintf(" %d", last.Status)
		if last.Status != http.StatusOK {
			return text
		}
	}
	if v.Page == nil {
		return text
	}
	text += ", page"
	if v.Page.Truncated {
		text += " cut"
	}
	return text + ", footer " + string(v.Page.Footer)
}

// One byte a second, for ever: the time of an answer is bounded as a whole, not
// between bytes.
func TestOneByteASecond(t *testing.T) {
	t.Parallel()
	for name, each := range map[string]struct{ atOnce, want string }{
		"from-the-first": {"", "http unknown timeout"},
		"in-the-page":    {"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + words, pageCut + "\nrobots unknown timeout"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := town(t)
			if _, err := w.Network.Session().Addresses(t.Context(), host); err != nil {
				t.Fatal(err)
			}
			synctest.Test(t, func(t *testing.T) {
				w.Pipe(plain, func(conn net.Conn) { drip(conn, each.atOnce) })
				began, s := time.Now(), w.Network.Session()
				seen := Collect(t.Context(), s, Request{Names: []string{host}, Agent: "campanile/test", Home: true, WellKnown: true})[0]
				took := time.Since(began)
				t.Logf("%v, %d bytes: %s", took, s.Sent().Received, strings.ReplaceAll(said(seen), "\n", "; "))
				if said(seen) != each.want || took > 4*answerTime {
					t.Errorf("got %s after %v", said(seen), took)
				}
				<-time.After(2 * time.Second) // until the server has noticed
			})
		})
	}
}

// drip answers the first path with a beginning, and goes on one byte a second.
func drip(conn net.Conn, atOnce string) {
	request, err := http.ReadRequest(bufio.NewReader(conn))
	if err != nil {
		return
	}
	if request.URL.Path == "/" {
		_, err = io.WriteString(conn, atOnce)
	}
	for err == nil {
		<-time.After(time.Second)
		_, err = io.WriteString(conn, "H")
	}
}
