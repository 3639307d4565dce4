package dashboard

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"campanile/cmd/internal/store"
)

// maxForm bounds what a form may send: the longest has a few sentences.
const maxForm = 64 << 10

// policy lets a page load its style sheet and the pictures of this server, and
// send forms to it; nothing runs.
const policy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// handler puts the routes behind what holds for all of them.
func (s *site) handler() http.Handler {
	mux := http.NewServeMux()
	for _, r := range s.routes {
		path := r.path
		if path == "/" {
			path = "/{$}"
		}
		mux.Handle(r.method+" "+path, s.door(r))
	}
	mux.Handle("/", s.door(route{access: everyone, serve: s.unknown}))
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(http.HandlerFunc(s.stranger))
	return s.logged(s.recovered(s.headed(s.named(cross.Handler(mux)))))
}

// headed gives every answer the headers that keep browsers from doing more
// than showing it.
func (s *site) headed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
		h.Set("X-Frame-Options", "DENY")
		h.Set("X-Robots-Tag", "noindex, nofollow")
		h.Set("Cache-Control", "no-store")
		if s.secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// named refuses a request by a name that is not this computer's, where only
// this computer may ask: a page of a stranger, whose name leads here, would
// otherwise read everything (DNS rebinding).
func (s *site) named(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.local && !loopback(r.Host) {
			http.Error(w, "this dashboard answers on this computer only: open it as http://127.0.0.1 or http://localhost with its port", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// recovered answers for a page that panics. What it panics with may hold
// anything; the log gets where it was.
func (s *site) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			problem := recover()
			if problem == nil {
				return
			}
			if err, ok := problem.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(problem) // how a handler gives up a connection
			}
			s.Log.Error("a page panicked", "path", r.URL.Path, "stack", string(debug.Stack()))
			http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		}()
		next.ServeHTTP(w, r)
	})
}

// answer remembers what was answered, for the log.
type answer struct {
	http.ResponseWriter

	status int
	bytes  int64
}

func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(b []byte) (int, error) {
	n, err := a.ResponseWriter.Write(b)
	a.bytes += int64(n)
	return n, err
}

// Unwrap is for http.ResponseController.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// logged writes one line for each request: no names, no values of the query.
func (s *site) logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := s.Now()
		a := &answer{ResponseWriter: w}
		next.ServeHTTP(a, r)
		status := a.status
		if status == 0 {
			status = http.StatusOK
		}
		s.Log.Info("request", "method", r.Method, "path", r.URL.Path, "status", status, "bytes", a.bytes, "took", s.Now().Sub(began).Round(time.Millisecond))
	})
}

// door finds out who asks, and lets through who may.
func (s *site) door(to route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(to.path, ".css") {
			to.serve(w, r) // the same for everybody
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		v, err := s.whoAsks(w, r)
		if err != nil {
			s.fail(w, withViewer(r, viewer{language: s.languageOf(r, "")}), err)
			return
		}
		r = withViewer(r, v)
		switch {
		case to.access != anyone && !v.known():
			s.refuse(w, r)
		case to.access == group && !v.Group(), r.PathValue("id") != "" && strings.HasPrefix(to.path, "/towns/") && !s.seesPath(r):
			s.unknown(w, r)
		case r.Method == http.MethodPost:
			s.posted(w, r, to)
		default:
			to.serve(w, r)
		}
	})
}

// seesPath reports whether the body that an address names may be shown: the
// pages ask again, and this holds for one that forgets.
func (s *site) seesPath(r *http.Request) bool {
	id, err := number(r.PathValue("id"))
	return err == nil && s.viewerOf(r).sees(id)
}

// refuse sends who has not signed in to where he can, and back afterwards.
func (s *site) refuse(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		s.trouble(w, r, http.StatusUnauthorized, trouble{ID: "signed-out"})
		return
	}
	to := "/login"
	if r.URL.Path != "/" {
		to += "?" + url.Values{"to": {r.URL.RequestURI()}}.Encode()
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// posted takes a form, if it is one that this server has given to this viewer.
func (s *site) posted(w http.ResponseWriter, r *http.Request, to route) {
	if err := r.ParseForm(); err != nil {
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			s.fail(w, r, err)
			return
		}
		s.trouble(w, r, http.StatusBadRequest, trouble{ID: "form"})
		return
	}
	want := s.viewerOf(r).csrf
	if want == "" || subtle.ConstantTimeCompare([]byte(r.PostForm.Get("csrf")), []byte(want)) != 1 {
		s.trouble(w, r, http.StatusForbidden, trouble{ID: "form"})
		return
	}
	to.serve(w, r)
}

// stranger answers a form that a page of another site has sent.
func (s *site) stranger(w http.ResponseWriter, r *http.Request) {
	s.trouble(w, withViewer(r, viewer{language: s.languageOf(r, "")}), http.StatusForbidden, trouble{ID: "form"})
}

// whoAsks finds the viewer: by the session where people sign in, else the group.
// Who has no session gets a cookie that his forms are bound to.
func (s *site) whoAsks(w http.ResponseWriter, r *http.Request) (viewer, error) {
	if s.Accounts {
		v, err := s.signedIn(w, r)
		if err == nil || !errors.Is(err, store.ErrUnknown) {
			return v, err
		}
	}
	v := viewer{language: s.languageOf(r, "")}
	if !s.Accounts {
		v.role = groupRole
	}
	cookie, err := r.Cookie(s.cookieName(visitorCookie))
	if err == nil && len(cookie.Value) == len(secret()) {
		v.csrf = s.tokenOf(cookie.Value)
		return v, nil
	}
	value := secret()
	s.setCookie(w, visitorCookie, value, 0)
	v.csrf = s.tokenOf(value)
	return v, nil
}

// tokenOf gives the token of the forms of a visitor.
func (s *site) tokenOf(cookie string) string {
	mac := hmac.New(sha256.New, s.key)
	mac.Write([]byte(cookie))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// secret gives 256 bits that nobody can guess, as text.
func secret() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails, since Go 1.24
	return base64.RawURLEncoding.EncodeToString(b)
}

// The cookies.
const (
	sessionCookie = "campanile"
	visitorCookie = "campanile-visitor"
)

// cookieName binds a cookie to this very host where TLS allows it (RFC 6265bis
// section 4.1.3.2).
func (s *site) cookieName(name string) string {
	if s.secure {
		return "__Host-" + name
	}
	return name
}

// setCookie sets a cookie that pages cannot read and other sites' forms do not
// send: Lax, so that a link in a message leads to where one is signed in, which
// costs nothing as only forms change anything. Age is in seconds; 0: until the
// browser is closed; less: it is removed.
func (s *site) setCookie(w http.ResponseWriter, name, value string, age int) {
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // without TLS, on this computer alone, no browser would send a secure one
		Name: s.cookieName(name), Value: value, Path: "/", MaxAge: age,
		Secure: s.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

// addressOf gives the address that asks, for counting failed logins: what the
// nearest proxy says where one was stated, else the one that is connected. Of
// IPv6 it is the network, as each has many addresses.
func (s *site) addressOf(r *http.Request) string {
	text := r.RemoteAddr
	if host, _, err := net.SplitHostPort(text); err == nil {
		text = host
	}
	if s.BehindProxy {
		// Only the last hop was written by our own proxy (MDN on X-Forwarded-For).
		hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		if last := strings.TrimSpace(hops[len(hops)-1]); last != "" {
			text = last
		}
	}
	ip, err := netip.ParseAddr(strings.Trim(text, "[]"))
	if err != nil {
		return "unknown"
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is6() {
		network, _ := ip.Prefix(64)
		return network.String()
	}
	return ip.String()
}

// background gives a context that outlives the request: what was begun is
// written down although nobody waits any more.
func background(ctx context.Context) context.Context { return context.WithoutCancel(ctx) }
