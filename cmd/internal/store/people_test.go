package store_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"campanile/cmd/internal/store"
	"campanile/cmd/internal/store/storetest"
)

// dealings are the situations of people: who may look, and what was told to whom.
var dealings = []situation{
	{"an-account-is-found-however-it-is-typed", accountComesBack},
	{"a-name-that-cannot-be", badAccounts},
	{"a-session-lives-until-its-end", sessionLives},
	{"who-is-disabled-is-out", disabledIsOut},
	{"a-changed-password-logs-out", changedPassword},
	{"failed-logins-are-counted", attempts},
	{"a-flood-of-failed-logins-has-an-end", flood},
	{"a-message-is-sent-once", sentOnce},
	{"two-send-at-once", twoSend},
	{"what-was-told-never-goes-back", toldOnce},
	{"settings-come-back", settings},
}

func TestEveryEngineKnowsPeople(t *testing.T) {
	t.Parallel()
	for _, dealing := range dealings {
		t.Run(dealing.name, func(t *testing.T) {
			t.Parallel()
			storetest.Engines(t, func(t *testing.T, address string) { dealing.run(t, open(t, address)) })
		})
	}
}

// peopled leaves something in every table of people.
func peopled(t *testing.T, s *store.Store, body int64) {
	t.Helper()
	for _, err := range []error{
		s.PutAccount(t.Context(), store.Account{Name: "Montefinto", Role: store.TownRole, Body: body, Hash: "h", Disabled: true}),
		s.PutAccount(t.Context(), clerk),
		s.BeginSession(t.Context(), visit("Unione", "cookie")),
		s.Attempt(t.Context(), "unione", week(0)),
		s.PutMessages(t.Context(), []store.Message{{Recipient: "rtd@montefinto.example", Run: "7", Due: week(0), Content: []byte{0, 255}}}),
		s.SetTold(t.Context(), []int64{body}, week(1)),
		s.Set(t.Context(), "schedule", "weekly"),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
}

var clerk = store.Account{Name: "Unione", Role: store.GroupRole, Hash: "$argon2id$1", Language: "it", Created: week(0)}

func visit(account, cookie string) store.Session {
	token := sha256.Sum256([]byte(cookie))
	return store.Session{Token: token[:], Account: account, CSRF: "csrf", Began: week(0), Ends: week(1)}
}

func putAccounts(t *testing.T, s *store.Store, accounts ...store.Account) {
	t.Helper()
	for _, a := range accounts {
		if err := s.PutAccount(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
}

func begin(t *testing.T, s *store.Store, session store.Session) {
	t.Helper()
	if err := s.BeginSession(t.Context(), session); err != nil {
		t.Fatal(err)
	}
}

func accountComesBack(t *testing.T, s *store.Store) {
	body := put(t, s, town("montefinto", "c_x001"))[0]
	mayor := store.Account{Name: "Sindaco di Città", Role: store.TownRole, Body: body, Hash: "$argon2id$2", Created: week(1)}
	putAccounts(t, s, clerk, mayor)
	for _, typed := range []string{"Sindaco di Città", "SINDACO DI CITTÀ", "  sindaco di citta\u0300 "} {
		if diff := cmp.Diff(mayor, got(s.Account(t.Context(), typed))(t)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", typed, diff)
		}
	}
	again := clerk
	again.Name, again.Hash, again.Language, again.Created = "UNIONE", "$argon2id$3", "fr", week(9)
	putAccounts(t, s, again)
	again.Created = clerk.Created
	if diff := cmp.Diff([]store.Account{mayor, again}, got(s.Accounts(t.Context()))(t)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err := s.DropAccount(t.Context(), "unione"); err != nil {
		t.Error(err)
	}
	for what, err := range map[string]error{
		"dropped":       second(s.Account(t.Context(), "Unione")),
		"dropped twice": s.DropAccount(t.Context(), "Unione"),
		"no town":       s.PutAccount(t.Context(), store.Account{Name: "x", Role: store.TownRole, Body: 999, Hash: "h"}),
	} {
		if !errors.Is(err, store.ErrUnknown) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func badAccounts(t *testing.T, s *store.Store) {
	for words, change := range map[string]func(*store.Account){
		"needs a name":       func(a *store.Account) { a.Name = " \t" },
		"at most 100":        func(a *store.Account) { a.Name = strings.Repeat("è", 101) },
		"nobody can type":    func(a *store.Account) { a.Name = "a\x00b" },
		"can type":           func(a *store.Account) { a.Name = "uni\u200bone" },
		"is not known":       func(a *store.Account) { a.Role = "root" },
		"its municipality":   func(a *store.Account) { a.Role = store.TownRole },
		"no municipality":    func(a *store.Account) { a.Body = 1 },
		"needs a password":   func(a *store.Account) { a.Hash = "" },
		"has characters":     func(a *store.Account) { a.Name = "a\xff" },
		"whole territory":    func(a *store.Account) { a.Body = 7 },
		"group or municipal": func(a *store.Account) { a.Role = "" },
	} {
		a := clerk
		change(&a)
		if err := s.PutAccount(t.Context(), a); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%+v: %v, want %q", a, err, words)
		}
	}
	if list := got(s.Accounts(t.Context()))(t); len(list) != 0 {
		t.Errorf("kept: %+v", list)
	}
}

func sessionLives(t *testing.T, s *store.Store) {
	putAccounts(t, s, clerk)
	want := visit("Unione", "one")
	named := want
	named.Account = "UNIONE"
	begin(t, s, named)
	begin(t, s, visit("Unione", "two"))
	if diff := cmp.Diff(want, got(s.Session(t.Context(), want.Token, week(1).Add(-time.Second)))(t)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	gone := func(what string, token []byte, at time.Time) {
		t.Helper()
		if _, err := s.Session(t.Context(), token, at); !errors.Is(err, store.ErrUnknown) {
			t.Errorf("%s: %v", what, err)
		}
	}
	gone("at its end", want.Token, week(1))
	gone("of another cookie", visit("", "three").Token, week(0))
	gone("of none", nil, week(0))
	if err := s.EndSession(t.Context(), want.Token); err != nil {
		t.Error(err)
	}
	gone("after the logout", want.Token, week(0))
	got(s.Session(t.Context(), visit("", "two").Token, week(0)))(t)
	if err := s.Sweep(t.Context(), week(1)); err != nil {
		t.Error(err)
	}
	gone("swept", visit("", "two").Token, week(0))
	if err := s.BeginSession(t.Context(), store.Session{Token: []byte("cookie"), Account: "Unione"}); err == nil {
		t.Error("a cookie was kept as it is")
	}
	if err := s.BeginSession(t.Context(), visit("nessuno", "x")); !errors.Is(err, store.ErrUnknown) {
		t.Errorf("of no account: %v", err)
	}
}

func disabledIsOut(t *testing.T, s *store.Store) {
	putAccounts(t, s, clerk)
	session := visit("Unione", "one")
	begin(t, s, session)
	off := clerk
	off.Disabled = true
	putAccounts(t, s, off)
	if err := s.BeginSession(t.Context(), visit("Unione", "two")); !errors.Is(err, store.ErrUnknown) {
		t.Errorf("logged in: %v", err)
	}
	putAccounts(t, s, clerk)
	if _, err := s.Session(t.Context(), session.Token, week(0)); !errors.Is(err, store.ErrUnknown) {
		t.Errorf("a session of before: %v", err)
	}
	begin(t, s, session)
	if err := s.DropAccount(t.Context(), "unione"); err != nil {
		t.Fatal(err)
	}
	putAccounts(t, s, clerk)
	if _, err := s.Session(t.Context(), session.Token, week(0)); !errors.Is(err, store.ErrUnknown) {
		t.Errorf("a session of the one before: %v", err)
	}
}

func changedPassword(t *testing.T, s *store.Store) {
	putAccounts(t, s, clerk)
	session := visit("Unione", "one")
	begin(t, s, session)
	french := clerk
	french.Language = "fr"
	putAccounts(t, s, french)
	got(s.Session(t.Context(), session.Token, week(0)))(t)
	french.Hash = "$argon2id$9"
	putAccounts(t, s, french)
	if _, err := s.Session(t.Context(), session.Token, week(0)); !errors.Is(err, store.ErrUnknown) {
		t.Errorf("with the password of before: %v", err)
	}
	begin(t, s, session)
	if err := s.EndSessions(t.Context(), "UNIONE"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Session(t.Context(), session.Token, week(0)); !errors.Is(err, store.ErrUnknown) {
		t.Errorf("logged out everywhere: %v", err)
	}
}

func attempts(t *testing.T, s *store.Store) {
	for range 3 {
		if err := s.Attempt(t.Context(), "unione", week(0)); err != nil {
			t.Fatal(err)
		}
	}
	long := strings.Repeat("x", 1<<20) + "\x00\xff"
	for _, key := range []string{"unione", "192.0.2.7", long} {
		if err := s.Attempt(t.Context(), key, week(0).Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	count := func(want int, key string, since time.Time) {
		t.Helper()
		if n := got(s.Attempts(t.Context(), key, since))(t); n != want {
			t.Errorf("%.20s since %v: %d, want %d", key, since, n, want)
		}
	}
	count(4, "unione", week(0))
	count(1, "unione", week(0).Add(time.Second))
	count(1, long, week(0))
	count(0, long+"y", week(0))
	if err := s.Sweep(t.Context(), week(1)); err != nil {
		t.Fatal(err)
	}
	count(0, "unione", week(0))
}

func flood(t *testing.T, s *store.Store) {
	if err := s.FillAttempts(t.Context(), 10_000, week(0)); err != nil {
		t.Fatal(err)
	}
	last := week(0).Add(24 * time.Hour)
	for n := range 3 {
		if err := s.Attempt(t.Context(), fmt.Sprint("key", n), last); err != nil {
			t.Fatal(err)
		}
	}
	if n := got(s.Tables(t.Context()))(t)["attempts"]; n > 9_100 || n < 8_900 {
		t.Errorf("%d rows are kept", n)
	}
	if n := got(s.Attempts(t.Context(), "key0", last))(t); n != 1 {
		t.Errorf("of the newest %d are counted", n)
	}
}

func sentOnce(t *testing.T, s *store.Store) {
	first := store.Message{Recipient: "rtd@montefinto.example", Run: "7", Due: week(1), Content: []byte("uno\x00\xff")}
	other := store.Message{Recipient: "rtd@montefinto.example", Run: "8", Due: week(0), Content: []byte("due")}
	again := first
	again.Content = []byte("tre")
	for _, list := range [][]store.Message{{first, other}, {again}} {
		if err := s.PutMessages(t.Context(), list); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]store.Message{other, first}, got(s.Messages(t.Context(), true, 0))(t)); diff != "" {
		t.Errorf("to send (-want +got):\n%s", diff)
	}
	why := strings.Repeat("è", 900)
	for range 2 {
		if err := s.NotDelivered(t.Context(), first.Recipient, first.Run, why); err != nil {
			t.Fatal(err)
		}
	}
	first.Tries, first.Failed = 2, strings.Repeat("è", 499)+"…"
	if diff := cmp.Diff([]store.Message{first}, got(s.Messages(t.Context(), false, 1))(t)); diff != "" {
		t.Errorf("the newest (-want +got):\n%s", diff)
	}
	for _, at := range []time.Time{week(2), week(3)} {
		if err := s.Delivered(t.Context(), first.Recipient, first.Run, at); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.NotDelivered(t.Context(), first.Recipient, first.Run, "late news"); err != nil {
		t.Fatal(err)
	}
	first.Sent, first.Failed, first.Tries = week(2), "", 3
	if diff := cmp.Diff([]store.Message{first, other}, got(s.Messages(t.Context(), false, 0))(t)); diff != "" {
		t.Errorf("all (-want +got):\n%s", diff)
	}
	if err := s.PutMessages(t.Context(), []store.Message{again}); err != nil {
		t.Fatal(err)
	}
	if left := got(s.Messages(t.Context(), true, 0))(t); len(left) != 1 || left[0].Run != "8" {
		t.Errorf("to send again: %+v", left)
	}
	for what, err := range map[string]error{
		"delivered": s.Delivered(t.Context(), "nessuno", "7", week(0)), "not": s.NotDelivered(t.Context(), "nessuno", "7", ""),
	} {
		if !errors.Is(err, store.ErrUnknown) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := s.PutMessages(t.Context(), []store.Message{{Run: "7"}}); err == nil {
		t.Error("a message to nobody was kept")
	}
}

func twoSend(t *testing.T, s *store.Store) {
	if err := s.PutMessages(t.Context(), []store.Message{{Recipient: "a@a.example", Run: "7", Due: week(0)}}); err != nil {
		t.Fatal(err)
	}
	hold := func(at time.Time) bool {
		held, err := s.HoldMessage(t.Context(), "a@a.example", "7", at, at.Add(time.Minute))
		if err != nil {
			t.Error(err)
		}
		return held
	}
	var held [6]bool
	var group errgroup.Group
	for n := range held {
		group.Go(func() error { held[n] = hold(week(0)); return nil })
	}
	_ = group.Wait()
	count := 0
	for _, h := range held {
		if h {
			count++
		}
	}
	if count != 1 {
		t.Errorf("%d send it at once", count)
	}
	if hold(week(0).Add(59*time.Second)) || !hold(week(0).Add(time.Minute)) {
		t.Error("it is held too short or too long")
	}
	if err := s.NotDelivered(t.Context(), "a@a.example", "7", "421"); err != nil || !hold(week(0).Add(time.Minute)) {
		t.Errorf("after a failure it is held still, %v", err)
	}
	if err := s.Delivered(t.Context(), "a@a.example", "7", week(0)); err != nil || hold(week(9)) {
		t.Errorf("it is sent twice, %v", err)
	}
}

func toldOnce(t *testing.T, s *store.Store) {
	bodies := put(t, s, town("montefinto", "c_x001"), town("vallefinta", "c_x002"))
	for _, at := range []time.Time{week(2), week(1)} {
		if err := s.SetTold(t.Context(), bodies[:1], at); err != nil {
			t.Fatal(err)
		}
	}
	if at := got(s.Told(t.Context(), bodies[0]))(t); !at.Equal(week(2)) {
		t.Errorf("told at %v", at)
	}
	if at := got(s.Told(t.Context(), bodies[1]))(t); !at.IsZero() {
		t.Errorf("never told, and yet at %v", at)
	}
	if err := s.SetTold(t.Context(), []int64{bodies[1], 999}, week(1)); !errors.Is(err, store.ErrUnknown) {
		t.Errorf("of nobody: %v", err)
	}
	if at := got(s.Told(t.Context(), bodies[1]))(t); !at.IsZero() {
		t.Error("half of it was kept")
	}
}

func settings(t *testing.T, s *store.Store) {
	long := strings.Repeat("{\"type\":\"FeatureCollection\"}", 1<<16)
	for _, value := range []string{"one", long, ""} {
		if err := s.Set(t.Context(), "geojson", value); err != nil {
			t.Fatal(err)
		}
		if is := got(s.Setting(t.Context(), "geojson"))(t); is != value {
			t.Errorf("%d bytes, want %d", len(is), len(value))
		}
	}
	if n := got(s.Tables(t.Context()))(t)["settings"]; n != 0 {
		t.Errorf("%d settings are left", n)
	}
}
