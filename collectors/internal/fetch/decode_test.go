package fetch_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"campanile/collectors/internal/fetch"
	"campanile/collectors/internal/loopback"
)

func TestBodiesAsBrowsersReadThem(t *testing.T) {
	t.Parallel()
	zip, empty := gzipped("ok"), gzipped("")
	for name, each := range map[string]struct {
		coding, body, want string
		cut                bool
	}{
		"one-member":                 {"gzip", zip, "ok", false},
		"two-members":                {"gzip", zip + zip, "okok", false},
		"zeros-behind-it":            {"gzip", zip + "\x00\x00\x00\x00", "ok", false},
		"a-line-break-behind-it":     {"gzip", zip + "\r\n", "ok", false},
		"one-byte-of-another-member": {"gzip", zip + "\x1f", "ok", false},
		"another-member-breaks-off":  {"gzip", zip + zip[:12], "oko", true},
		"the-member-breaks-off":      {"gzip", zip[:len(zip)-3], "ok", true},
		"a-false-checksum":           {"gzip", zip[:len(zip)-8] + strings.Repeat("\x00", 8), "ok", true},
		"members-without-end":        {"gzip", strings.Repeat(empty, 80_000/len(empty)), "", true},
		"nothing":                    {"gzip", "", "", false},
		"not-compressed-at-all":      {"gzip", "<html>", "", true},
		"a-character-set":            {"UTF-8", "ok", "ok", false},
		"no-coding":                  {"none", "ok", "ok", false},
		"two-codings":                {"gzip, br", "ok", "", true},
		"a-coding-nobody-asked-for":  {"deflate", "ok", "", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := loopback.New(t)
			w.Host(t, "comune.example", "192.0.2.10")
			w.Serve(t, town, func(conn net.Conn) {
				_, _ = http.ReadRequest(bufio.NewReader(conn))
				_, _ = fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\n\r\n", each.coding)
				_, _ = io.WriteString(conn, each.body)
			})
			c := &fetch.Client{Session: w.Network.Session()}
			defer c.Close()
			u := &url.URL{Scheme: "http", Host: "comune.example", Path: "/"}
			got, err := c.Get(t.Context(), fetch.Request{URL: u, Header: http.Header{}, Body: 1000, Time: 15 * time.Second})
			if err != nil || string(got.Body) != each.want || got.Cut != each.cut {
				t.Errorf("got %.20q, cut %t, %v", got.Body, got.Cut, err)
			}
		})
	}
}
