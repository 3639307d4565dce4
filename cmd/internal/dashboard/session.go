package dashboard

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"time"

	"campanile/cmd/internal/store"
	"campanile/rules"
)

// How long somebody stays signed in.
const (
	idle   = 2 * time.Hour  // without opening a page
	wholly = 12 * time.Hour // in all: a working day
	// renewed is how much of the idle time must have passed before it is written
	// down that somebody is still there: not every page is worth a write.
	renewed = 5 * time.Minute
)

// digestOf is what is kept of a cookie.
func digestOf(cookie string) []byte {
	sum := sha256.Sum256([]byte(cookie))
	return sum[:]
}

// signedIn gives who is signed in; store.ErrUnknown where nobody is.
func (s *site) signedIn(_ http.ResponseWriter, r *http.Request) (viewer, error) {
	cookie, err := r.Cookie(s.cookieName(sessionCookie))
	if err != nil {
		return viewer{}, store.ErrUnknown
	}
	ctx, now := r.Context(), s.Now()
	session, err := s.Chronicle.Store.Session(ctx, digestOf(cookie.Value), now)
	if err != nil {
		return viewer{}, err
	}
	account, err := s.Chronicle.Store.Account(ctx, session.Account)
	if err != nil {
		return viewer{}, err
	}
	ends := earlier(now.Add(idle), session.Began.Add(wholly))
	if ends.Sub(session.Ends) > renewed {
		if err := s.Chronicle.Store.Prolong(ctx, session.Token, now, ends); err != nil {
			return viewer{}, err
		}
	}
	v := viewer{account: account.Name, role: account.Role, body: account.Body, language: s.languageOf(r, rules.Language(account.Language)), csrf: session.CSRF}
	if v.role != groupRole && v.role != townRole {
		return viewer{}, fmt.Errorf("account of the role %q: %w", v.role, store.ErrUnknown)
	}
	return v, nil
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// begin signs an account in, in this browser, with a cookie that nobody has
// seen before.
func (s *site) begin(w http.ResponseWriter, r *http.Request, account string) error {
	value, now := secret(), s.Now()
	err := s.Chronicle.Store.BeginSession(r.Context(), store.Session{
		Token: digestOf(value), Account: account, CSRF: secret(), Began: now, Ends: now.Add(idle),
	})
	if err != nil {
		return err
	}
	s.setCookie(w, sessionCookie, value, int(wholly/time.Second))
	s.setCookie(w, visitorCookie, "", -1)
	return nil
}

// end signs this browser out.
func (s *site) end(w http.ResponseWriter, r *http.Request) error {
	s.setCookie(w, sessionCookie, "", -1)
	cookie, err := r.Cookie(s.cookieName(sessionCookie))
	if err != nil {
		return nil //nolint:nilerr // without the cookie there is nothing to end
	}
	return s.Chronicle.Store.EndSession(r.Context(), digestOf(cookie.Value))
}
