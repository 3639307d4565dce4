// Package dashboard is the pages of "campanile serve": what the group sees of
// its territory, and a municipality of itself. The pages are laid out here and
// hold no program; they ask nobody but this server.
//
// It judges nothing and asks no municipality anything. Whoever is not the group
// gets what is his own, and of everything else not even that it exists.
package dashboard

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"campanile/cmd/internal/chronicle"
	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/queue"
	"campanile/rules"
)

// Site is a dashboard to be served.
type Site struct {
	Chronicle   *chronicle.Chronicle
	Queue       Queue          // nil: nothing can be looked at again from here
	Listen      string         // the address it is served at; empty: this computer alone
	Accounts    bool           // people sign in; without, whoever reaches it is the group
	BehindProxy bool           // a proxy before it speaks TLS and says who asks
	Certificate string         // file of the certificate, with Key; empty: no TLS here
	Key         string         // file of the key
	Browser     string         // program that prints documents as PDF; empty: the one that is installed, if any
	Language    rules.Language // of whoever says no other; empty: Italian
	Now         func() time.Time
	Zone        *time.Location // in which times of day are told; nil: UTC
	Log         *slog.Logger   // nil: nothing is logged
}

// site is a Site that is ready: with its pages, its clock and its secrets.
type site struct {
	Site

	routes  []route
	shelf   shelf
	pages   pages
	key     []byte        // of the tokens of visitors who have not signed in
	hashing chan struct{} // a place for each password that is checked at a time
	printer chan struct{} // a place for each document that is printed at a time
	secure  bool          // browsers reach it by TLS alone
	local   bool          // it answers to the names of this computer alone
}

// How much is done at once, whoever asks.
const (
	hashesAtOnce = 2 // each takes the memory of hashMemory
	printsAtOnce = 1 // each starts a browser
)

// Handler gives the dashboard, or says why it must not be served as it is.
func (s *Site) Handler() (http.Handler, error) {
	if err := s.permitted(s.Listen); err != nil {
		return nil, err
	}
	ready, err := s.ready()
	if err != nil {
		return nil, err
	}
	return ready.handler(), nil
}

func (s *Site) ready() (*site, error) {
	w := &site{Site: *s, key: make([]byte, 32), hashing: make(chan struct{}, hashesAtOnce), printer: make(chan struct{}, printsAtOnce)}
	if w.Language == "" {
		w.Language = rules.Italian
	}
	if w.Zone == nil {
		w.Zone = time.UTC
	}
	if w.Now == nil {
		w.Now = s.Chronicle.Now
	}
	if w.Log == nil {
		w.Log = slog.New(slog.DiscardHandler)
	}
	if _, err := rand.Read(w.key); err != nil {
		return nil, err
	}
	w.secure = w.BehindProxy || w.Certificate != ""
	w.local = loopback(s.Listen) && !w.BehindProxy
	var err error
	if w.pages, err = laidOut(w.Zone); err != nil {
		return nil, fmt.Errorf("the pages of the dashboard: %w", err)
	}
	w.routes = w.table()
	return w, nil
}

// permitted says why the dashboard must not be served at an address: who can
// reach it from elsewhere must sign in, and nobody may listen on the way.
func (s *Site) permitted(address string) error {
	switch {
	case (s.Certificate == "") != (s.Key == ""):
		return exit.Usagef("TLS needs a certificate and its key; give both files")
	case s.BehindProxy && !s.Accounts:
		return exit.Usagef("a proxy lets other computers in, so whoever uses the dashboard must sign in: make an account and serve with accounts, or leave the proxy out")
	case loopback(address):
		return nil
	case !s.Accounts:
		return exit.Usagef("%s can be reached from other computers, so whoever uses the dashboard must sign in: make an account and serve with accounts, or listen on 127.0.0.1", address)
	case s.Certificate == "" && !s.BehindProxy:
		return exit.Usagef("%s can be reached from other computers, and passwords would cross the network in the clear: give a certificate and its key, or state that a proxy before it speaks TLS, or listen on 127.0.0.1", address)
	}
	return nil
}

// loopback reports whether an address is one of this computer alone. A name is
// not looked up: only localhost is known to be one.
func loopback(address string) bool {
	if address == "" {
		return true
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = address
	}
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// now is the time that people read.
func (s *site) now() time.Time { return s.Now().In(s.Zone) }

// Queue is who looks at municipalities, as the dashboard needs it.
type Queue interface {
	State(ctx context.Context) (queue.State, error)
	Enqueue(ctx context.Context, run int64, bodies []int64, p queue.Priority) (int, error)
}
