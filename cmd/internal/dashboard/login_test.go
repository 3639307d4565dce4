package dashboard

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"campanile/cmd/internal/store"
)

func TestPasswords(t *testing.T) {
	t.Parallel()
	hash, err := HashPassword("quattro parole lì per caso")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=32768,t=3,p=1$") {
		t.Errorf("%s", hash)
	}
	if again, _ := HashPassword("quattro parole lì per caso"); again == hash {
		t.Error("the salt is not random")
	}
	for password, want := range map[string]bool{
		"quattro parole lì per caso": true, "quattro parole li\u0300 per caso": true, // another keyboard composes the ì
		"quattro parole li per caso": false, "": false, "Quattro parole lì per caso": false, strings.Repeat("a", 1<<20): false,
	} {
		if CheckPassword(hash, password) != want {
			t.Errorf("%.40q: not %v", password, want)
		}
	}
	// The example of the argon2 command: echo -n password | argon2 somesalt -id -t 2 -m 16 -p 1 -l 32
	if !CheckPassword("$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", "password") {
		t.Error("a hash of another program does not fit")
	}
}

func TestPasswordsThatAreNone(t *testing.T) {
	t.Parallel()
	for password, want := range map[string]string{
		"elevenchars": "at least 12", "": "at least 12", "èèè": "at least 12", strings.Repeat("ab", 65): "at most 128", "aaaaaaaaaaaaaaa": "repeats", "abcdefghijk\xff": "UTF-8",
	} {
		if _, err := HashPassword(password); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", password, err, want)
		}
	}
	if _, err := HashPassword("dodicicaratt"); err != nil {
		t.Error(err)
	}
}

// A damaged hash fits nothing, and takes no memory either.
func TestHashesThatAreNone(t *testing.T) {
	t.Parallel()
	for _, hash := range []string{
		"", "password", "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$", "$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=19$m=4294967295,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", "$argon2id$v=19$m=65536,t=4000000,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=19$m=65536,t=0,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", "$argon2id$v=19$m=65536,t=2,p=0$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=16$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", "$argon2id$v=19$m=65536,t=2$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
	} {
		if CheckPassword(hash, "password") {
			t.Errorf("%q fits", hash)
		}
	}
	if _, err := readHash(dummyHash()); err != nil {
		t.Errorf("the hash for who is not there is none: %v", err)
	}
	if CheckPassword(dummyHash(), "") || CheckPassword(dummyHash(), password) {
		t.Error("the hash for who is not there has a password")
	}
}

func session(v *visitor) string {
	home, _ := url.Parse(v.server.URL)
	for _, c := range v.client.Jar.Cookies(home) {
		if c.Name == sessionCookie {
			return c.Value
		}
	}
	return ""
}

func TestSigningInAndOut(t *testing.T) {
	t.Parallel()
	p := withAccounts(t)
	v := p.visitor()
	wanted := v.get(p.path(p.town, "/checklist")).Header.Get("Location")
	got := v.wants("signing in", v.send(wanted, "/login", url.Values{"name": {" VALBASSA "}, "password": {password}, "to": {p.path(p.town, "/checklist")}}), http.StatusSeeOther)
	if to := got.Header.Get("Location"); to != p.path(p.town, "/checklist") {
		t.Errorf("leads to %s", to)
	}
	var cookie *http.Cookie
	for _, c := range got.Cookies() {
		if c.Name == sessionCookie {
			cookie = c
		}
	}
	if cookie == nil || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || len(cookie.Value) < 43 {
		t.Fatalf("%+v", cookie)
	}
	v.shows(v.wants("inside", v.get(p.path(p.town, "/checklist")), http.StatusOK), "Valbassa")
	v.wants("the page to sign in", v.get("/login"), http.StatusSeeOther)
	v.wants("signing out", v.send("/account", "/logout", url.Values{}), http.StatusSeeOther)
	v.wants("afterwards", v.get(p.path(p.town, "")), http.StatusSeeOther)
	// The cookie of before leads nowhere, also for who has kept it.
	request := v.ask(http.MethodGet, p.path(p.town, ""), nil)
	request.AddCookie(cookie)
	v.wants("with the cookie of before", v.do(request), http.StatusSeeOther)
	if log := p.log.String(); strings.Contains(log, password) || strings.Contains(log, cookie.Value) || strings.Contains(strings.ToLower(log), townName) {
		t.Errorf("the log holds what it must not: %s", log)
	}
}

// Who was given a cookie before signing in has another one afterwards.
func TestASessionCannotBeFixed(t *testing.T) {
	t.Parallel()
	p := withAccounts(t)
	v := p.visitor()
	home, _ := url.Parse(p.server.URL)
	chosen := secret()
	v.client.Jar.SetCookies(home, []*http.Cookie{{Name: sessionCookie, Value: chosen, Path: "/"}, {Name: visitorCookie, Value: secret(), Path: "/"}})
	v.wants("signing in", v.send("/login", "/login", url.Values{"name": {groupName}, "password": {password}}), http.StatusSeeOther)
	first := session(v)
	if first == chosen || first == "" {
		t.Error("the session has the cookie of before")
	}
	attacker := p.visitor()
	attacker.client.Jar.SetCookies(home, []*http.Cookie{{Name: sessionCookie, Value: chosen, Path: "/"}})
	attacker.wants("the attacker", attacker.get("/towns"), http.StatusSeeOther)
	// Each signing in has its own.
	if second := session(p.as(groupName)); second == first {
		t.Error("two sessions with one cookie")
	}
}

func TestSessionsEnd(t *testing.T) {
	t.Parallel()
	p := withAccounts(t)
	v := p.as(groupName)
	p.clock.pass(idle - time.Minute)
	v.wants("who comes back in time", v.get("/towns"), http.StatusOK)
	p.clock.pass(idle - time.Minute)
	v.wants("and again", v.get("/towns"), http.StatusOK)
	p.clock.pass(idle + time.Minute)
	v.wants("who does not", v.get("/towns"), http.StatusSeeOther)

	v = p.as(groupName)
	for range int(wholly/time.Hour) - 1 {
		p.clock.pass(time.Hour)
		v.wants("during the day", v.get("/towns"), http.StatusOK)
	}
	p.clock.pass(time.Hour + time.Second)
	v.wants("after the day", v.get("/towns"), http.StatusSeeOther)

	v = p.as(townName)
	account, err := p.Chronicle.Store.Account(t.Context(), townName)
	if err != nil {
		t.Fatal(err)
	}
	account.Disabled = true
	if err := p.Chronicle.Store.PutAccount(t.Context(), account); err != nil {
		t.Fatal(err)
	}
	v.wants("whose account is disabled", v.get(p.path(p.town, "")), http.StatusSeeOther)
	v.wants("and who tries again", v.send("/login", "/login", url.Values{"name": {townName}, "password": {password}}), http.StatusUnprocessableEntity)
}

func TestWrongPasswordsTellNothing(t *testing.T) {
	t.Parallel()
	p := withAccounts(t)
	v := p.visitor()
	text := func(name, password string) string {
		got := v.wants(name, v.send("/login", "/login", url.Values{"name": {name}, "password": {password}}), http.StatusUnprocessableEntity)
		v.shows(got, `role="alert"`)
		return strings.ReplaceAll(got.text, `value="`+name+`"`, "")
	}
	there, nobody := text(groupName, "not the password"), text("zzz", "not the password")
	if there != nobody {
		t.Error("the page tells whether there is such an account")
	}
	v.hides(v.send("/login", "/login", url.Values{"name": {`"><script>alert(1)</script>`}, "password": {"x"}}), "<script>")
	v.wants("no name, no password", v.send("/login", "/login", url.Values{}), http.StatusUnprocessableEntity)
}

func TestLoginsAreThrottled(t *testing.T) {
	t.Parallel()
	p := withAccounts(t)
	v := p.visitor()
	try := func(name, password string) got {
		return v.send("/login", "/login", url.Values{"name": {name}, "password": {password}})
	}
	for range failedAccount {
		v.wants("wrong", try(groupName, "wrong"), http.StatusUnprocessableEntity)
	}
	answer := v.wants("the right one, too late", try(strings.ToUpper(groupName), password), http.StatusTooManyRequests)
	v.shows(answer, "quarter of an hour")
	if answer.Header.Get("Retry-After") == "" {
		t.Error("does not say when")
	}
	v.wants("another account", try(townName, password), http.StatusSeeOther)
	p.clock.pass(failedWithin + time.Second)
	v = p.visitor()
	v.wants("after a while", try(groupName, password), http.StatusSeeOther)

	v = p.visitor()
	for i := range failedAddress {
		if err := p.Chronicle.Store.Attempt(t.Context(), "address 127.0.0.1", p.clock.now().Add(time.Duration(-i)*time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	v.wants("an address that has tried many names", try(townName, password), http.StatusTooManyRequests)
}

// Each password that is checked takes its memory: few are checked at a time, and who
// waits long is sent away.
func TestFewPasswordsAreCheckedAtATime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &site{hashing: make(chan struct{}, hashesAtOnce)}
		var leave []func()
		for range hashesAtOnce {
			done, err := s.hash(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			leave = append(leave, done)
		}
		began := time.Now()
		if _, err := s.hash(t.Context()); !errors.Is(err, errBusy) || time.Since(began) != longestWait {
			t.Errorf("%v after %s", err, time.Since(began))
		}
		leave[0]()
		if _, err := s.hash(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestChangingThePassword(t *testing.T) {
	t.Parallel()
	p := withAccounts(t)
	v, elsewhere := p.as(townName), p.as(townName)
	const next = "cinque parole tutte diverse"
	send := func(password, new, again string) got {
		return v.send("/account", "/account", url.Values{"password": {password}, "new": {new}, "again": {again}})
	}
	v.wants("the wrong one", send("wrong", next, next), http.StatusUnprocessableEntity)
	v.wants("two different ones", send(password, next, next+"!"), http.StatusUnprocessableEntity)
	v.wants("a short one", send(password, "corta", "corta"), http.StatusUnprocessableEntity)
	before := session(v)
	v.wants("a good one", send(password, next, next), http.StatusSeeOther)
	if session(v) == before {
		t.Error("the session is the one of before")
	}
	v.wants("here", v.get(p.path(p.town, "")), http.StatusOK)
	elsewhere.wants("elsewhere", elsewhere.get(p.path(p.town, "")), http.StatusSeeOther)
	account, err := p.Chronicle.Store.Account(t.Context(), townName)
	if err != nil {
		t.Fatal(err)
	}
	if !CheckPassword(account.Hash, next) || CheckPassword(account.Hash, password) || account.Role != store.TownRole || account.Body != p.town || account.Language != "it" {
		t.Errorf("%+v", account)
	}
}
