package dashboard

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"campanile/cmd/internal/store"
)

// How many logins may fail before one has to wait. Several people may sit
// behind one address.
const (
	failedWithin  = 15 * time.Minute
	failedAccount = 10
	failedAddress = 30
)

// longestWait is how long a login waits for its turn to be checked.
const longestWait = 5 * time.Second

// The ways in which a login can fail.
var (
	errWrong   = errors.New("wrong name or password")
	errTooMany = errors.New("too many failed logins")
	errBusy    = errors.New("too many logins at a time")
)

// loginForm is what the page "login" shows.
type loginForm struct {
	Name, To string
	Problem  string // wrong, wait or busy; none at first
}

func (s *site) loginPage(w http.ResponseWriter, r *http.Request) {
	if v := s.viewerOf(r); v.known() {
		http.Redirect(w, r, s.first(v, r.URL.Query().Get("to")), http.StatusSeeOther) //nolint:gosec // within the site: see inside
		return
	}
	s.page(w, r, "login", http.StatusOK, loginForm{To: r.URL.Query().Get("to")})
}

// first is where a viewer goes after signing in: where he wanted to, else to
// his own page.
func (s *site) first(v viewer, wanted string) string {
	if to := inside(wanted); to != "/" || v.Group() {
		return to
	}
	return "/towns/" + strconv.FormatInt(v.body, 10)
}

func (s *site) login(w http.ResponseWriter, r *http.Request) {
	if !s.Accounts {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	name, to := strings.TrimSpace(r.PostForm.Get("name")), r.PostForm.Get("to")
	account, err := s.admitted(r, name, r.PostForm.Get("password"))
	if err == nil {
		err = s.begin(w, r, account.Name)
	}
	form := loginForm{Name: clipped(name, 400), To: to}
	switch {
	case err == nil:
		s.Log.Info("signed in", "role", account.Role)
		_ = s.Chronicle.Store.Sweep(background(r.Context()), s.Now())                                         // tidying up must not keep anybody out
		http.Redirect(w, r, s.first(viewer{role: account.Role, body: account.Body}, to), http.StatusSeeOther) //nolint:gosec // within the site: see inside
	case errors.Is(err, errWrong), errors.Is(err, store.ErrUnknown):
		form.Problem = "wrong"
		s.page(w, r, "login", http.StatusUnprocessableEntity, form)
	case errors.Is(err, errTooMany):
		w.Header().Set("Retry-After", strconv.Itoa(int(failedWithin/time.Second)))
		form.Problem = "wait"
		s.page(w, r, "login", http.StatusTooManyRequests, form)
	case errors.Is(err, errBusy):
		w.Header().Set("Retry-After", "60")
		form.Problem = "busy"
		s.page(w, r, "login", http.StatusServiceUnavailable, form)
	default:
		s.fail(w, r, err)
	}
}

// admitted gives the account with a name and password. An account that is not
// there takes as long as one that is.
func (s *site) admitted(r *http.Request, name, password string) (store.Account, error) {
	ctx := r.Context()
	keys := s.attemptKeys(r, name)
	if err := s.mayTry(ctx, keys); err != nil {
		return store.Account{}, err
	}
	leave, err := s.hash(ctx)
	if err != nil {
		return store.Account{}, err
	}
	defer leave()
	// Asked again, as others may have failed meanwhile.
	if err := s.mayTry(ctx, keys); err != nil {
		return store.Account{}, err
	}
	account, err := s.Chronicle.Store.Account(ctx, clipped(name, 400))
	if err != nil && !errors.Is(err, store.ErrUnknown) {
		return store.Account{}, err
	}
	there := err == nil && !account.Disabled
	hash := account.Hash
	if !there {
		hash = dummyHash()
	}
	if fits := CheckPassword(hash, clipped(password, 4*mostPassword)); fits && there {
		return account, nil
	}
	s.Log.Warn("login failed", "address", s.addressOf(r))
	for _, k := range keys {
		if err := s.Chronicle.Store.Attempt(background(ctx), k.key, s.Now()); err != nil {
			return store.Account{}, err
		}
	}
	return store.Account{}, errWrong
}

// hash waits for a place to check a password at, and gives how to leave it.
func (s *site) hash(ctx context.Context) (func(), error) {
	wait, stop := context.WithTimeout(ctx, longestWait)
	defer stop()
	select {
	case s.hashing <- struct{}{}:
		return func() { <-s.hashing }, nil
	case <-wait.Done():
		return nil, errBusy
	}
}

// attempt is what failed logins are counted by.
type attempt struct {
	key  string
	most int
}

// attemptKeys are the account and the address. What was typed as a name may be
// a password in the wrong field: it is not kept in the clear.
func (s *site) attemptKeys(r *http.Request, name string) []attempt {
	sum := sha256.Sum256([]byte(strings.ToLower(norm.NFKC.String(clipped(name, 400)))))
	return []attempt{{"account " + hex.EncodeToString(sum[:16]), failedAccount}, {"address " + s.addressOf(r), failedAddress}}
}

// mayTry reports whether a login may be tried.
func (s *site) mayTry(ctx context.Context, keys []attempt) error {
	for _, k := range keys {
		n, err := s.Chronicle.Store.Attempts(ctx, k.key, s.Now().Add(-failedWithin))
		if err != nil {
			return err
		}
		if n >= k.most {
			return errTooMany
		}
	}
	return nil
}

func (s *site) logout(w http.ResponseWriter, r *http.Request) {
	if err := s.end(w, r); err != nil {
		s.fail(w, r, err)
		return
	}
	to := "/login"
	if !s.Accounts {
		to = "/"
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// accountForm is what the page "account" shows.
type accountForm struct {
	Least   int
	Problem string // wrong, wait, busy, different, short or same
	Changed bool
}

func (s *site) accountPage(w http.ResponseWriter, r *http.Request) {
	if s.viewerOf(r).account == "" {
		s.unknown(w, r)
		return
	}
	s.page(w, r, "account", http.StatusOK, accountForm{Least: LeastPassword, Changed: r.URL.Query().Get("changed") != ""})
}

// changePassword keeps another password, for who knows the one before. All
// browsers are signed out, and this one in again.
func (s *site) changePassword(w http.ResponseWriter, r *http.Request) {
	v := s.viewerOf(r)
	if v.account == "" {
		s.unknown(w, r)
		return
	}
	again := func(status int, problem string) {
		s.page(w, r, "account", status, accountForm{Least: LeastPassword, Problem: problem})
	}
	next := r.PostForm.Get("new")
	if next != r.PostForm.Get("again") {
		again(http.StatusUnprocessableEntity, "different")
		return
	}
	account, err := s.admitted(r, v.account, r.PostForm.Get("password"))
	switch {
	case errors.Is(err, errWrong):
		again(http.StatusUnprocessableEntity, "wrong")
		return
	case errors.Is(err, errTooMany):
		again(http.StatusTooManyRequests, "wait")
		return
	case errors.Is(err, errBusy):
		again(http.StatusServiceUnavailable, "busy")
		return
	case err != nil:
		s.fail(w, r, err)
		return
	}
	account.Hash, err = s.hashed(r.Context(), next)
	switch {
	case errors.Is(err, errBusy):
		again(http.StatusServiceUnavailable, "busy")
		return
	case err != nil:
		again(http.StatusUnprocessableEntity, "weak")
		return
	}
	if err := s.renew(w, r, account); err != nil {
		s.fail(w, r, err)
		return
	}
	http.Redirect(w, r, "/account?changed=1", http.StatusSeeOther)
}

// renew keeps an account with its new password, signs it out everywhere, and in
// again here.
func (s *site) renew(w http.ResponseWriter, r *http.Request, account store.Account) error {
	kept := s.Chronicle.Store
	if err := kept.PutAccount(r.Context(), account); err != nil {
		return err
	}
	if err := kept.EndSessions(r.Context(), account.Name); err != nil {
		return err
	}
	return s.begin(w, r, account.Name)
}

func (s *site) hashed(ctx context.Context, password string) (string, error) {
	leave, err := s.hash(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	return HashPassword(password)
}
