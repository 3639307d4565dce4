package tls

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"math/big"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/loopback"
	"campanile/collectors/network"
)

const listAt = "http://ca.example/list.crl"

// listOf signs a list that revokes the serial numbers of this package's tests.
func listOf(t *testing.T, by *authority, until time.Time) []byte {
	t.Helper()
	der, err := x509.CreateRevocationList(rand.Reader, &x509.RevocationList{
		Number: big.NewInt(1), ThisUpdate: loopback.Now().Add(-day), NextUpdate: until,
		RevokedCertificateEntries: []x509.RevocationListEntry{{SerialNumber: big.NewInt(0x1234), RevocationTime: loopback.Now().Add(-day)}},
	}, by.certificate, by.key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// signer makes an authority that may sign lists.
func signer(t *testing.T, name string) *authority {
	t.Helper()
	return newAuthority(t, name, nil, func(c *x509.Certificate) { c.KeyUsage |= x509.KeyUsageCRLSign })
}

// serveLists answers for ca.example and counts.
func serveLists(t *testing.T, w *loopback.World, answer http.HandlerFunc) *atomic.Int64 {
	t.Helper()
	requests := new(atomic.Int64)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		answer(w, r)
	}))
	t.Cleanup(server.Close)
	w.Host(t, "ca.example", "198.51.100.80")
	w.Map(caPlace, server.Listener.Addr())
	return requests
}

func TestOneListForAllWhoWantIt(t *testing.T) {
	t.Parallel()
	ca := signer(t, "Root of the test")
	der := listOf(t, ca, loopback.Now().Add(7*day))
	w := loopback.New(t)
	requests := serveLists(t, w, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(der) })
	memory := new(lists)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			found, err := memory.get(t.Context(), w.Network.Session(), listAt, ca.certificate)
			if err != nil || len(found.revoked) != 1 {
				t.Errorf("got %+v, %v", found, err)
			}
		})
	}
	group.Wait()
	if n := requests.Load(); n != 1 {
		t.Errorf("%d requests, want 1", n)
	}
}

func TestAListIsFetchedAgain(t *testing.T) {
	t.Parallel()
	ca := signer(t, "Root of the test")
	for name, each := range map[string]struct {
		until time.Duration // the end of the list
		later time.Duration
		fail  bool
		want  int64
	}{
		"within-the-day":             {7 * day, 23 * time.Hour, false, 1},
		"the-day-after":              {7 * day, 25 * time.Hour, false, 2},
		"when-it-ends-before":        {2 * time.Hour, 3 * time.Hour, false, 2},
		"not-at-once-after-a-fault":  {7 * day, 30 * time.Minute, true, 1},
		"two-hours-after-a-fault":    {7 * day, 2 * time.Hour, true, 2},
		"not-while-it-is-still-good": {2 * time.Hour, time.Hour, false, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := new(atomic.Int64)
			w := loopback.New(t)
			w.Network.Now = func() time.Time { return loopback.Now().Add(time.Duration(now.Load())) }
			der := listOf(t, ca, loopback.Now().Add(each.until))
			requests := serveLists(t, w, func(w http.ResponseWriter, _ *http.Request) {
				if each.fail {
					w.WriteHeader(http.StatusBadGateway)
				}
				_, _ = w.Write(der)
			})
			memory, s := new(lists), w.Network.Session()
			for _, at := range []time.Duration{0, each.later} {
				now.Store(int64(at))
				if _, err := memory.get(t.Context(), s, listAt, ca.certificate); (err != nil) != (each.fail || at > each.until) {
					t.Errorf("after %v: %v", at, err)
				}
			}
			if n := requests.Load(); n != each.want {
				t.Errorf("%d requests, want %d", n, each.want)
			}
		})
	}
}

// A certificate of a stranger that points at somebody's list must not spoil it.
func TestAStrangerSpoilsTheListForItselfAlone(t *testing.T) {
	t.Parallel()
	ca, stranger := signer(t, "Root of the test"), signer(t, "Root that nobody knows")
	der := listOf(t, ca, loopback.Now().Add(7*day))
	w := loopback.New(t)
	serveLists(t, w, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(der) })
	memory, s := new(lists), w.Network.Session()
	if _, err := memory.get(t.Context(), s, listAt, stranger.certificate); network.Problem(err) != string(evidence.Malformed) {
		t.Errorf("for the stranger: %v", err)
	}
	if _, err := memory.get(t.Context(), s, listAt, ca.certificate); err != nil {
		t.Errorf("for the authority: %v", err)
	}
}

// Two authorities may have one key: what one revokes says nothing about the other.
func TestListOfAnotherAuthorityWithTheSameKey(t *testing.T) {
	t.Parallel()
	ca := signer(t, "Root of the test")
	other := *ca.certificate
	other.RawSubject = signer(t, "Another root").certificate.RawSubject
	der := listOf(t, &authority{certificate: &other, key: ca.key}, loopback.Now().Add(7*day))
	if _, _, err := readList(der, ca.certificate, loopback.Now()); err == nil {
		t.Error("it is taken for the authority's")
	}
}

// Long lists are kept up to a bound, short ones always.
func TestLongListsAreBounded(t *testing.T) {
	t.Parallel()
	l, kept := new(lists), 0
	for range 100 {
		if l.hasRoom(maxEntries / 8) {
			kept++
		}
	}
	if kept != 8 || !l.hasRoom(fewEntries) {
		t.Errorf("%d long lists are kept, a short one: %v", kept, l.hasRoom(fewEntries))
	}
}

func TestWhoWasStoppedSpoilsTheListForNobody(t *testing.T) {
	t.Parallel()
	ca := signer(t, "Root of the test")
	der := listOf(t, ca, loopback.Now().Add(7*day))
	w := loopback.New(t)
	asked, ended := make(chan struct{}), make(chan struct{})
	var first sync.Once
	serveLists(t, w, func(w http.ResponseWriter, _ *http.Request) {
		first.Do(func() {
			close(asked)
			<-ended
		})
		_, _ = w.Write(der)
	})
	memory, s := new(lists), w.Network.Session()
	stopped, stop := context.WithCancel(t.Context())
	var group, one sync.WaitGroup
	one.Go(func() {
		if _, err := memory.get(stopped, s, listAt, ca.certificate); err == nil {
			t.Error("a list in spite of the end")
		}
	})
	<-asked
	group.Go(func() {
		if _, err := memory.get(t.Context(), s, listAt, ca.certificate); err != nil {
			t.Errorf("the other: %v", err)
		}
	})
	stop()
	one.Wait() // else the list might still come in time
	close(ended)
	group.Wait()
}

func TestWhoWaitsForAListGivesUpWithItsContext(t *testing.T) {
	t.Parallel()
	var c cache[string, int]
	hold, held := make(chan struct{}), make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() {
		_, _ = c.get(t.Context(), loopback.Now, "a", 4, func() (int, time.Time) {
			close(held)
			<-hold
			return 1, loopback.Now().Add(time.Hour)
		})
	})
	<-held
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := c.get(ended, loopback.Now, "a", 4, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	close(hold)
	group.Wait()
}

func TestCacheIsBounded(t *testing.T) {
	t.Parallel()
	var c cache[int, int]
	for i := range 100 {
		_, _ = c.get(t.Context(), loopback.Now, i, 4, func() (int, time.Time) { return i, loopback.Now().Add(time.Hour) })
		if len(c.by) > 4 {
			t.Fatalf("%d entries", len(c.by))
		}
	}
}

// Every visit but those of Collect leaves the authority's list alone.
func TestNoListIsFetchedWithoutAMemory(t *testing.T) {
	t.Parallel()
	ca := signer(t, "Root of the test")
	w := loopback.New(t)
	requests := serveLists(t, w, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) })
	chain := ca.issue(t, nil, func(c *x509.Certificate) { c.CRLDistributionPoints = []string{listAt} })
	got := handshakeWith(t, w, chain, ca.roots())
	if got.Revoked != (evidence.Revocation{}) || requests.Load() != 0 {
		t.Errorf("got %+v after %d requests", got.Revoked, requests.Load())
	}
}

func TestListOnAPrivateAddressIsLeftAlone(t *testing.T) {
	t.Parallel()
	ca := signer(t, "Root of the test")
	w := loopback.New(t)
	w.Host(t, "ca.example", "10.1.2.3")
	w.Network.Permit = network.Permit{}
	if _, err := new(lists).get(t.Context(), w.Network.Session(), listAt, ca.certificate); network.Problem(err) != string(evidence.NotPermitted) {
		t.Errorf("got %v", err)
	}
}
