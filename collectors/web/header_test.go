package web

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/collectors/evidence"
)

func TestHeaders(t *testing.T) {
	t.Parallel()
	w := town(t)
	var count atomic.Int64
	serve(t, w, plain, func(w http.ResponseWriter, r *http.Request) {
		n := count.Add(1)
		for _, name := range []string{"Etag", "Last-Modified", "X-Request-Id", "Cf-Ray", "X-Amz-Cf-Id", "Age", "Expires", "X-Cache"} {
			w.Header().Set(name, fmt.Sprint(n))
		}
		w.Header().Set("Content-Security-Policy", fmt.Sprintf("script-src 'nonce-%d' 'Nonce-a+/_-%d==' 'nonce-{{nonce}}' 'nonce-' 'self'", n, n))
		w.Header()["X-Zeta"] = []string{"second", "first"}
		w.Header().Set("X-Long", strings.Repeat("a", 5000))
		w.Header().Set("Server", "nginx")
		w.Header().Set("Set-Cookie", fmt.Sprintf("id=%d", n))
		htmlPage(words)(w, r)
	})
	got, again := visit(t, w), visit(t, w)
	if diff := cmp.Diff(got, again); diff != "" {
		t.Errorf("two visits differ: -first +second\n%s", diff)
	}
	want := []evidence.Header{
		{Name: "content-security-policy", Value: "script-src 'nonce-x' 'nonce-x' 'nonce-{{nonce}}' 'nonce-' 'self'"},
		{Name: "content-type", Value: "text/html; charset=utf-8"},
		{Name: "server", Value: "nginx"},
		{Name: "x-long", Value: strings.Repeat("a", evidence.MaxText), Cut: true},
		{Name: "x-zeta", Value: "second"},
		{Name: "x-zeta", Value: "first"},
	}
	if diff := cmp.Diff(want, got.Hops[0].Headers); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if got.Hops[0].Address != "192.0.2.10" {
		t.Errorf("address %q", got.Hops[0].Address)
	}
}

func TestNoMoreThanAHundredHeadersAndCookies(t *testing.T) {
	t.Parallel()
	w := town(t)
	serve(t, w, plain, func(w http.ResponseWriter, r *http.Request) {
		for i := range 300 {
			w.Header().Set(fmt.Sprintf("X-%d", i), "a")
			w.Header().Add("Set-Cookie", fmt.Sprintf("c%d=a", i))
		}
		htmlPage(words)(w, r)
	})
	got := visit(t, w)
	if len(got.Hops[0].Headers) != maxHeaders || len(got.Cookies) != maxCookies {
		t.Errorf("%d headers, %d cookies", len(got.Hops[0].Headers), len(got.Cookies))
	}
}
