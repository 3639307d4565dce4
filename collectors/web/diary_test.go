package web

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/loopback"
)

// diary is what a server writes down: its requests in order, and how many
// connections it took.
type diary struct {
	mu          sync.Mutex
	requests    []string // "https www.comune.example/privacy"
	connections int
}

func (d *diary) note(scheme string, r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.requests = append(d.requests, scheme+" "+r.Host+r.RequestURI)
}

func (d *diary) take(_ net.Conn, state http.ConnState) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if state == http.StateNew {
		d.connections++
	}
}

// serveTown serves http and https for some names on one address, and keeps a diary of
// both. The handler finds the scheme in the request's URL.
func serveTown(t *testing.T, w *loopback.World, handler http.HandlerFunc, names ...string) *diary {
	t.Helper()
	d := &diary{}
	for _, name := range names {
		w.Host(t, name, "192.0.2.10")
	}
	for scheme, address := range map[string]string{"http": plain, "https": secured} {
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			d.note(scheme, r)
			r.URL.Scheme, r.URL.Host = scheme, r.Host
			handler(w, r)
		}))
		server.Config.ErrorLog = log.New(io.Discard, "", 0)
		server.Config.ConnState = d.take
		if scheme == "https" {
			server.StartTLS()
		} else {
			server.Start()
		}
		t.Cleanup(server.Close)
		w.Map(address, server.Listener.Addr())
	}
	return d
}

// files answers with pages by their address without the scheme of https; what it
// does not know is not found.
type files map[string]string

const apex, www = "comune.example", "www.comune.example"

// ServeHTTP leads everything to https and www, as most towns do.
func (f files) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	at := r.URL.Host + r.URL.RequestURI()
	if r.URL.Scheme == "http" {
		redirect("https://"+at)(w, r)
		return
	}
	body, ok := f[at]
	switch {
	case !ok && strings.HasPrefix(at, apex):
		redirect("https://www."+at)(w, r)
	case !ok:
		http.NotFound(w, r)
	case strings.HasPrefix(body, "->"):
		redirect(body[2:])(w, r)
	case strings.HasPrefix(body, "status "):
		var status int
		_, _ = fmt.Sscanf(body, "status %d", &status)
		w.WriteHeader(status)
	case strings.HasSuffix(at, ".txt"):
		w.Header().Set("Content-Type", "text/plain")
		_, _ = io.WriteString(w, body)
	default:
		htmlPage(body)(w, r)
	}
}

// A home page that leads to its duties, and what stands behind its links.
var (
	otherLinks = `<a href="/uffici">Uffici</a><a href="/notizie">Notizie</a><a href="/eventi">Eventi</a>`
	footer     = `<footer>` + otherLinks + `<a href="/accessibilita">Dichiarazione di accessibilità</a><a href="/privacy">Informativa privacy</a>` +
		`<a href="/note-legali">Note legali</a></footer>`
	statement = `<h1>Dichiarazione di accessibilità</h1><p>Il Comune si impegna a rendere il proprio sito web accessibile, conformemente alla legge 9 gennaio 2004, n. 4.</p>` +
		`<h2>Stato di conformità</h2><p>Questo sito web è parzialmente conforme ai requisiti previsti dall'appendice A della norma UNI CEI EN 301549.</p>` +
		`<h2>Redazione della dichiarazione di accessibilità</h2><p>La presente dichiarazione è stata redatta il 13 settembre 2026.</p>` +
		`<h2>Feedback e recapiti</h2><p>Segnalazioni a accessibilita@comune.example.</p>` + words
)

func typical() files {
	return files{
		www + "/": words + footer, www + "/robots.txt": "User-agent: *\nDisallow: /area-riservata\n",
		www + "/accessibilita": statement, www + "/privacy": words + "<h1>Informativa privacy</h1>", www + "/note-legali": words + "<h1>Note legali</h1>",
		www + "/.well-known/security.txt": "Contact: mailto:sicurezza@comune.example\n",
	}
}

// look visits domain and www.
func (d *diary) look(t *testing.T, w *loopback.World, change ...func(*Request)) (apexSite, wwwSite evidence.Site) {
	t.Helper()
	r := Request{Names: []string{apex, www}, Agent: "campanile/test", Home: true, WellKnown: true}
	for _, each := range change {
		each(&r)
	}
	s := w.Network.Session()
	sites := Collect(t.Context(), s, r)
	sent := s.Sent().ByAddress[netip.MustParseAddr("192.0.2.10")]
	d.mu.Lock()
	defer d.mu.Unlock()
	if sent.Requests != len(d.requests) || len(d.requests) > maxRequests {
		t.Errorf("%d requests came in, %d were counted, %d are allowed", len(d.requests), sent.Requests, maxRequests)
	}
	if sent.Connections != d.connections {
		t.Errorf("%d connections came in, %d were counted", d.connections, sent.Connections)
	}
	bundle := &evidence.Bundle{Schema: evidence.Schema, Target: evidence.Target{Domain: apex}, Taken: loopback.Now(), Profile: evidence.Standard, Sites: sites}
	if _, err := evidence.Marshal(bundle); err != nil {
		t.Error(err)
	}
	return sites[0], sites[1]
}

// linked writes the pages behind links in short.
func linked(site evidence.Site) []string {
	var list []string
	for _, l := range site.Linked {
		line := fmt.Sprintf("%s %s", l.Duty, strings.TrimPrefix(l.URL, "https://"))
		if l.From != "" {
			line += " from " + strings.TrimPrefix(l.From, "https://")
		}
		if l.State == evidence.Seen {
			line += fmt.Sprintf(": %d", l.Last().Status)
		} else {
			line += fmt.Sprintf(": %s (%s)", l.Problem, l.Detail)
		}
		if l.Statement != nil {
			line += " statement " + string(l.Statement.State)
		}
		list = append(list, line)
	}
	return list
}
