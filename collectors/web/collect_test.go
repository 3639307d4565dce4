package web

import (
	"io"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/loopback"
)

func collect(t *testing.T, w *loopback.World, wellKnown bool, names ...string) []evidence.Site {
	t.Helper()
	return Collect(t.Context(), w.Network.Session(), Request{Names: names, Agent: "campanile/test", Home: true, WellKnown: wellKnown})
}

func TestSite(t *testing.T) {
	t.Parallel()
	w := town(t)
	serve(t, w, plain, redirect("https://comune.example/"))
	serve(t, w, secured, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("User-Agent") != "campanile/test" || r.Host != host {
			t.Errorf("asked by %q for %q", r.Header.Get("User-Agent"), r.Host)
		}
		if r.URL.Path == "/.well-known/security.txt" {
			w.Header().Set("Content-Type", "text/plain")
			_, _ = io.WriteString(w, "Contact: mailto:sicurezza@comune.example\n")
			return
		}
		htmlPage(words)(w, r)
	})
	s := w.Network.Session()
	got := Collect(t.Context(), s, Request{Names: []string{host}, Agent: "campanile/test", Home: true, WellKnown: true})[0]
	seen := evidence.SeenAt(loopback.Now())
	if got.Addresses != seen || got.HTTP.Observation != seen || got.HTTPS.Observation != seen || got.SecurityTxt.Observation != seen {
		t.Errorf("got %+v", got)
	}
	if got.HTTPS.Page == nil || got.HTTPS.Text != "" || got.SecurityTxt.Page != nil || got.SecurityTxt.Text != "Contact: mailto:sicurezza@comune.example\n" {
		t.Errorf("got %+v", got)
	}
	if n := s.Sent().ByAddress[netip.MustParseAddr("192.0.2.10")]; n.Requests != 4 || n.Connections != 3 {
		t.Errorf("counted %+v, want 4 requests on 3 connections", n)
	}
}

// A hosting service says at a free name that nobody lives there.
func TestPageThatSaysThatNobodyHasClaimedTheName(t *testing.T) {
	t.Parallel()
	w := town(t)
	serve(t, w, plain, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, "<title>404</title><p>Nessuno abita qui.")
	})
	serve(t, w, secured, htmlPage(words))
	got := Collect(t.Context(), w.Network.Session(), Request{
		Names: []string{host}, Unclaimed: []Notice{{"Altrove", "Qui non c'è"}, {"Pagine", "Nessuno abita qui"}},
	})[0]
	if got.HTTP.Unclaimed != "Pagine" || got.HTTPS.Unclaimed != "" {
		t.Errorf("http %q, https %q", got.HTTP.Unclaimed, got.HTTPS.Unclaimed)
	}
}

func TestSecurityTxt(t *testing.T) {
	t.Parallel()
	answer := func(status int, kind, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		}
	}
	const contact = "Contact: https://comune.example/sicurezza\n"
	for name, each := range map[string]struct {
		answer http.HandlerFunc
		text   string
	}{
		"plain":                     {answer(200, "text/plain; charset=utf-8", contact), contact},
		"with-a-byte-order-mark":    {answer(200, "text/plain", "\ufeff"+contact), contact},
		"called-html":               {answer(200, "text/html", contact), contact},
		"a-page-in-its-place":       {answer(200, "text/html", "<!doctype html><p>Pagina non trovata</p>"), ""},
		"a-page-that-is-called-txt": {answer(200, "text/plain", "<!doctype html><p>Pagina non trovata</p>"), ""},
		"binary":                    {answer(200, "text/plain", "\x00\x01\x02"), ""},
		"endless":                   {answer(200, "text/plain", strings.Repeat("#", 100<<10)), strings.Repeat("#", evidence.MaxPolicy)},
		"not-found":                 {answer(404, "text/plain", "not found"), "not found"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := town(t)
			serve(t, w, secured, each.answer)
			got := collect(t, w, true, host)[0].SecurityTxt
			if got.State != evidence.Seen || got.Page != nil || got.Text != each.text {
				t.Errorf("got %s, %d bytes: %.60q", got.State, len(got.Text), got.Text)
			}
		})
	}
}

func TestFirewallPageInPlaceOfSecurityTxtIsABarrier(t *testing.T) {
	t.Parallel()
	w := town(t)
	serve(t, w, secured, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/.well-known/security.txt" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<h1>Web Page Blocked</h1>")
	})
	if got := collect(t, w, true, host)[0].SecurityTxt; got.Barrier != firewall {
		t.Errorf("barrier %q, want %q", got.Barrier, firewall)
	}
}

func TestSecurityTxtThatBreaksOffIsNotKnown(t *testing.T) {
	t.Parallel()
	w := town(t)
	serve(t, w, secured, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/.well-known/security.txt" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Length", "5000")
		_, _ = io.WriteString(w, "# Who finds a weakness\n")
	})
	if got := collect(t, w, true, host)[0].SecurityTxt; got.State != evidence.Unknown || got.Problem != evidence.Closed {
		t.Errorf("got %+v, want unknown: closed", got.Observation)
	}
}

func TestSecurityTxtThatIsNotAskedFor(t *testing.T) {
	t.Parallel()
	w := town(t)
	serve(t, w, plain, htmlPage(words))
	if got := collect(t, w, true, host)[0].SecurityTxt.Observation; got != evidence.Skipped(evidence.DependsOnOther, "https does not answer") {
		t.Errorf("https is closed: got %+v", got)
	}
	if got := collect(t, w, false, host)[0].SecurityTxt.Observation; got != evidence.Skipped(evidence.NotInProfile, "") {
		t.Errorf("not in the profile: got %+v", got)
	}
}

func TestHostsWithoutAnAddress(t *testing.T) {
	t.Parallel()
	w := town(t)
	w.Host(t, "vuoto.example")
	w.Broken("rotto.example")
	got := collect(t, w, true, "vuoto.example", "nessuno.example", "rotto.example")
	var states []string
	for _, site := range got {
		states = append(states, strings.Join([]string{
			site.Host, string(site.Addresses.State), string(site.Addresses.Problem),
			string(site.HTTP.State), string(site.HTTP.Problem), string(site.HTTPS.State), string(site.HTTPS.Problem), string(site.SecurityTxt.Problem),
		}, " "))
	}
	want := []string{
		"vuoto.example absent   no-address  no-address no-address",
		"nessuno.example absent   no-address  no-address no-address",
		"rotto.example unknown servfail unknown servfail unknown servfail servfail",
	}
	if diff := cmp.Diff(want, states); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestClosedPortsAreUnknown(t *testing.T) {
	t.Parallel()
	got := collect(t, town(t), true, host)[0]
	for _, v := range []evidence.Visit{got.HTTP, got.HTTPS} {
		if v.State != evidence.Unknown || v.Problem != evidence.Refused || v.Attempts != 2 || v.URL == "" {
			t.Errorf("got %+v", v)
		}
	}
}

func TestTheNextAddressIsTried(t *testing.T) {
	t.Parallel()
	w := loopback.New(t)
	w.Host(t, host, "192.0.2.1", "192.0.2.2", "2001:db8::1")
	serve(t, w, "[2001:db8::1]:80", htmlPage(words))
	if got := visit(t, w); got.State != evidence.Seen || got.Hops[0].Address != "2001:db8::1" || got.Attempts != 1 {
		t.Errorf("got %+v", got)
	}
}

func TestSitesStayInOrder(t *testing.T) {
	t.Parallel()
	w := loopback.New(t)
	names := []string{"www.comune.example", "comune.example", "albo.comune.example", "servizi.comune.example"}
	for _, name := range names {
		w.Host(t, name, "192.0.2.10")
	}
	serve(t, w, plain, htmlPage(words))
	var hosts []string
	for _, site := range collect(t, w, false, names...) {
		hosts = append(hosts, site.Host)
	}
	if diff := cmp.Diff(names, hosts); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestTLSThatIsNone(t *testing.T) {
	t.Parallel()
	w := town(t)
	raw(t, w, secured, "HTTP/1.1 400 Bad Request\r\n\r\n")
	if got := collect(t, w, false, host)[0].HTTPS; got.State != evidence.Unknown || got.Problem != evidence.Malformed {
		t.Errorf("got %+v", got.Observation)
	}
}

func TestTheWholeBundleCanBeWritten(t *testing.T) {
	t.Parallel()
	w := town(t)
	serve(t, w, plain, redirect("https://comune.example/"))
	serve(t, w, secured, htmlPage(words+"<footer>"+threeLinks+"</footer>\xff\xfe"))
	bundle := evidence.Bundle{
		Schema: evidence.Schema, Target: evidence.Target{Domain: host}, Taken: loopback.Now(), Profile: evidence.Standard,
		Families: []evidence.Family{evidence.WebFamily},
		Sites:    collect(t, w, true, host, "nessuno.example"),
	}
	line, err := evidence.Marshal(&bundle)
	if err != nil {
		t.Fatal(err)
	}
	again, err := evidence.Unmarshal(line)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&bundle, again); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
