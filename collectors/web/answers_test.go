package web

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/loopback"
)

// Whatever a server answers to everything, the evidence can be written and read
// again, and no more is asked for than was promised.
func TestWhateverComesBack(t *testing.T) {
	t.Parallel()
	const head, empty = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n", "Content-Length: 0\r\n\r\n"
	for name, answer := range map[string]string{
		"status-zero":               "HTTP/1.1 000 X\r\n" + empty,
		"status-beyond-all":         "HTTP/1.1 999\r\n" + empty,
		"status-of-a-word":          "HTTP/1.1 OK\r\n" + empty,
		"two-lengths":               head + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
		"length-and-chunks":         head + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n",
		"negative-length":           head + "Content-Length: -1\r\n\r\nab",
		"chunks-that-are-none":      head + "Transfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n",
		"trailers":                  head + "Transfer-Encoding: chunked\r\nTrailer: X-A\r\n\r\n1\r\na\r\n0\r\nX-A: b\r\n\r\n",
		"no-body-with-a-body":       "HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\nabc",
		"not-modified-with-a-body":  "HTTP/1.1 304 Not Modified\r\n\r\nabc",
		"two-answers-at-once":       head + empty + head + "Content-Length: 2\r\n\r\nab",
		"the-future":                "HTTP/2.0 200 OK\r\n" + empty,
		"the-past":                  "HTTP/0.9 200 OK\r\n\r\n<p>a",
		"no-http-at-all":            "<html><p>Il Comune informa</html>",
		"bytes-in-a-location":       "HTTP/1.1 302 Found\r\nLocation: http://\xff\xfe/\r\n" + empty,
		"bytes-in-a-scheme":         "HTTP/1.1 302 Found\r\nLocation: \xff:x\r\n" + empty,
		"control-in-a-location":     "HTTP/1.1 302 Found\r\nLocation: /\x01\r\n" + empty,
		"bytes-in-a-cookie":         head + "Set-Cookie: \xff=\xfe; Path=\xfd; Domain=\xff; SameSite=\xff\r\n" + empty,
		"bytes-in-a-header":         head + "X-A: \xff\r\nContent-Security-Policy: \xff 'nonce-a'\r\n" + empty,
		"bytes-in-a-charset":        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=\xff\r\n\r\n<title>\xff</title><a href=\"\xff\">\xff</a>",
		"age-beyond-all":            head + "Set-Cookie: a=b; Max-Age=99999999999999999999; Expires=Fri, 31 Feb 9999\r\n" + empty,
		"links-made-of-bytes":       head + "\r\n" + words + "<footer><a href='/\xff?\xfe#\xfd'>Privacy</a><a href='/a?b c'>Note legali</a><a href='/\x00'>Dichiarazione di accessibilit\xe0</a></footer>",
		"refresh-made-of-bytes":     head + "\r\n<meta http-equiv=refresh content='0;url=/\xff'>" + words,
		"everything-is-a-redirect":  "HTTP/1.1 308 Permanent Redirect\r\nLocation: https://www.comune.example/a\r\n" + empty,
		"everything-asks-for-login": "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"\xff\"\r\n" + empty,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := loopback.New(t)
			w.Host(t, apex, "192.0.2.10")
			w.Host(t, www, "192.0.2.10")
			w.Serve(t, plain, func(conn net.Conn) {
				in := bufio.NewReader(conn)
				for range 2 { // the third request finds it closed; without a length the end is the answer's
					if _, err := http.ReadRequest(in); err != nil {
						return
					}
					if _, err := io.WriteString(conn, answer); err != nil || !strings.Contains(answer, "Content-Length") && !strings.Contains(answer, "chunked") {
						return
					}
				}
			})
			s := w.Network.Session()
			sites := Collect(t.Context(), s, Request{Names: []string{apex, www}, Agent: "campanile/test", Home: true, WellKnown: true})
			if sent := s.Sent(); sent.Requests > maxRequests {
				t.Errorf("%d requests", sent.Requests)
			}
			for _, site := range sites {
				if site.HTTP.State != evidence.Seen && (site.HTTP.State != evidence.Unknown || site.HTTP.Problem == "") {
					t.Errorf("got %s %s", site.HTTP.State, site.HTTP.Problem)
				}
				keeps(t, site)
			}
		})
	}
}
