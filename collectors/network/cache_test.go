package network_test

import (
	"context"
	"net/netip"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"campanile/collectors/network"
)

func TestSilentResolverCostsExactlyTheQueryLimit(t *testing.T) {
	t.Parallel()
	for _, count := range []int{1, 2, 3, 7} {
		synctest.Test(t, func(t *testing.T) {
			fake := fakeResolver{answer: silence}
			n := fake.network()
			n.Limits.Query = 8 * time.Second
			for i := 1; i < count; i++ {
				n.Resolvers = append(n.Resolvers, netip.AddrPortFrom(resolver.Addr(), uint16(1000+i)))
			}
			s := n.Session()
			start := s.Now()
			answer := s.Ask(t.Context(), "comune.example", dns.TypeMX)
			if got := network.Problem(answer.Err); got != "timeout" {
				t.Errorf("problem %q, want timeout: %v", got, answer.Err)
			}
			if got := s.Now().Sub(start); got != 8*time.Second {
				t.Errorf("%d servers: cost %v, want exactly 8s", count, got)
			}
			// Each once, and the first again by UDP and by TCP.
			if got := len(fake.questions()); got != count+2 || s.Sent().Queries != got {
				t.Errorf("%d servers: received %d questions and counted %d, want %d", count, got, s.Sent().Queries, count+2)
			}
		})
	}
}

func TestResolverWithoutAnOpenPortCostsExactlyTheQueryLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := network.Network{Resolvers: []netip.AddrPort{resolver}, Connect: hang, Limits: network.Limits{Query: 8 * time.Second}}
		s := n.Session()
		start := s.Now()
		answer := s.Ask(t.Context(), "comune.example", dns.TypeMX)
		if got := network.Problem(answer.Err); got != "timeout" {
			t.Errorf("problem %q, want timeout: %v", got, answer.Err)
		}
		if got := s.Now().Sub(start); got != 8*time.Second {
			t.Errorf("cost %v, want exactly 8s", got)
		}
	})
}

func TestHundredEqualQuestionsAreSentOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		mx := reply(t, dns.RcodeSuccess, "comune.example. 300 IN MX 10 mail.comune.example.")
		fake := fakeResolver{answer: func(query *dns.Msg) *dns.Msg {
			wait(time.Second)
			return mx(query)
		}}
		n := fake.network()
		var all sync.WaitGroup
		for range 100 {
			all.Go(func() {
				// Names differ in case and final dot only (RFC 4343).
				answer := n.Session().Ask(t.Context(), "Comune.Example", dns.TypeMX)
				if answer.Err != nil || len(answer.Records) != 1 || answer.Name != "comune.example." {
					t.Errorf("got %+v", answer)
				}
			})
		}
		all.Wait()
		if diff := cmp.Diff([]string{"comune.example. MX"}, fake.questions()); diff != "" {
			t.Errorf("questions (-want +got):\n%s", diff)
		}
	})
}

func TestAnswerIsKeptAsLongAsItsRecordsLive(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		ttl  string
		want time.Duration
	}{
		"as-long-as-they-say":        {"300", 5 * time.Minute},
		"never-shorter-than-minute":  {"0", time.Minute},
		"never-longer-than-one-hour": {"4294967295", time.Hour},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				fake := fakeResolver{answer: reply(t, dns.RcodeSuccess, "comune.example. "+test.ttl+" IN A 192.0.2.1")}
				s := fake.network().Session()
				askedAfter(t, s, &fake, 0, 1)
				askedAfter(t, s, &fake, test.want, 1)
				askedAfter(t, s, &fake, 1, 2)
			})
		})
	}
}

func TestFailureIsForgottenAfterHalfAMinute(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fake := fakeResolver{answer: reply(t, dns.RcodeServerFailure)}
		s := fake.network().Session()
		if got := network.Problem(askedAfter(t, s, &fake, 0, 1).Err); got != "servfail" {
			t.Errorf("problem %q, want servfail", got)
		}
		fake.answer = reply(t, dns.RcodeSuccess, "comune.example. 300 IN A 192.0.2.1")
		if got := network.Problem(askedAfter(t, s, &fake, 30*time.Second, 1).Err); got != "servfail" {
			t.Errorf("problem %q, want servfail from the cache", got)
		}
		if answer := askedAfter(t, s, &fake, 1, 2); answer.Err != nil {
			t.Errorf("got %v, want the answer of the healed server", answer.Err)
		}
	})
}

// askedAfter asks again after a while and holds the number of questions that
// the server has received so far against what it should be.
func askedAfter(t *testing.T, s *network.Session, fake *fakeResolver, d time.Duration, want int) network.Answer {
	t.Helper()
	wait(d)
	answer := s.Ask(t.Context(), "comune.example", dns.TypeA)
	if got := len(fake.questions()); got != want {
		t.Errorf("after %v: %d questions were sent, want %d", d, got, want)
	}
	return answer
}

func TestNothingIsAskedBelowANameThatDoesNotExist(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fake := fakeResolver{answer: signedDenial(t)}
		s := fake.network().Session()
		s.Ask(t.Context(), "_domainkey.comune.example", dns.TypeTXT)
		for _, name := range []string{"_domainkey.comune.example", "default._domainkey.comune.example", "a.b._domainkey.comune.example"} {
			answer := s.Ask(t.Context(), name, dns.TypeCNAME)
			if absent, wholeName := answer.Denied(); !absent || !wholeName || answer.Name != name+"." || answer.Type != dns.TypeCNAME {
				t.Errorf("%s: got %+v, want a denial of the whole name", name, answer)
			}
		}
		s.Ask(t.Context(), "other.comune.example", dns.TypeTXT)
		s.Ask(t.Context(), "comune.example", dns.TypeTXT)
		want := []string{"_domainkey.comune.example. TXT", "other.comune.example. TXT", "comune.example. TXT"}
		if diff := cmp.Diff(want, fake.questions()); diff != "" {
			t.Errorf("questions (-want +got):\n%s", diff)
		}
	})
}

// signedDenial is NXDOMAIN with a signature in its proof.
func signedDenial(t *testing.T) func(*dns.Msg) *dns.Msg {
	t.Helper()
	nothing := reply(t, dns.RcodeNameError)
	proof := parse(t, "example. 300 IN RRSIG SOA 13 1 300 20261231000000 20261101000000 1 example. AAAA")
	return func(query *dns.Msg) *dns.Msg {
		message := nothing(query)
		message.Ns = append(message.Ns, proof...)
		return message
	}
}

// An old server says NXDOMAIN for a name that only has names below it; nobody
// signed for that, and the names below are there.
func TestUnsignedDenialSaysNothingOfNamesBelow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		nothing, address := reply(t, dns.RcodeNameError), reply(t, dns.RcodeSuccess, "comune.valle.example. 300 IN A 192.0.2.1")
		fake := fakeResolver{answer: func(query *dns.Msg) *dns.Msg {
			if query.Question[0].Name == "valle.example." {
				return nothing(query)
			}
			return address(query)
		}}
		s := fake.network().Session()
		s.Ask(t.Context(), "valle.example", dns.TypeCAA)
		if answer := s.Ask(t.Context(), "comune.valle.example", dns.TypeA); len(answer.Records) != 1 {
			t.Errorf("got %+v, want the record", answer)
		}
	})
}

func TestNameThatAppearsLaterIsSeen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fake := fakeResolver{answer: signedDenial(t)}
		s := fake.network().Session()
		for range 3 { // the denial is remembered anew each time
			s.Ask(t.Context(), "comune.example", dns.TypeA)
			s.Ask(t.Context(), "www.comune.example", dns.TypeA)
			wait(2 * time.Hour)
		}
		if got := len(fake.questions()); got != 3 {
			t.Errorf("%d questions, want 3: %q", got, fake.questions())
		}
		fake.answer = reply(t, dns.RcodeSuccess, "www.comune.example. 300 IN A 192.0.2.1")
		if answer := s.Ask(t.Context(), "www.comune.example", dns.TypeA); len(answer.Records) != 1 {
			t.Errorf("got %+v, want the record", answer)
		}
	})
}

// NXDOMAIN behind an alias is about the target: the alias itself exists, and so
// may names below it.
func TestBrokenAliasDeniesTheTargetOnly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fake := fakeResolver{answer: reply(t, dns.RcodeNameError, "www.comune.example. 300 IN CNAME gone.hosting.example.")}
		s := fake.network().Session()
		answer := s.Ask(t.Context(), "www.comune.example", dns.TypeA)
		if absent, wholeName := answer.Denied(); !absent || wholeName {
			t.Errorf("absent %v, whole name %v; want true, false", absent, wholeName)
		}
		s.Ask(t.Context(), "a.www.comune.example", dns.TypeA)
		if got := len(fake.questions()); got != 2 {
			t.Errorf("%d questions, want 2", got)
		}
	})
}

// What stops the one who asks says nothing about the name: the others, who wait
// for the same answer, must get it.
func TestStoppedLeaderDoesNotPoisonTheOthers(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		stop   func(context.Context) (context.Context, context.CancelFunc)
		leader string
	}{
		"cancelled": {func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(ctx)
			time.AfterFunc(time.Second/2, cancel)
			return ctx, cancel
		}, "interrupted"},
		"out-of-time": {func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, time.Second/2)
		}, "timeout"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				txt := reply(t, dns.RcodeSuccess, `comune.example. 300 IN TXT "v=spf1 -all"`)
				fake := fakeResolver{answer: func(query *dns.Msg) *dns.Msg {
					wait(time.Second)
					return txt(query)
				}}
				n := fake.network()
				ctx, cancel := test.stop(t.Context())
				defer cancel()
				var all sync.WaitGroup
				all.Go(func() {
					answer := n.Session().Ask(ctx, "comune.example", dns.TypeTXT)
					if got := network.Problem(answer.Err); got != test.leader {
						t.Errorf("leader: problem %q, want %s", got, test.leader)
					}
				})
				synctest.Wait()
				for range 99 {
					all.Go(func() {
						if answer := n.Session().Ask(t.Context(), "comune.example", dns.TypeTXT); answer.Err != nil {
							t.Errorf("follower: %v", answer.Err)
						}
					})
				}
				all.Wait()
				if got := len(fake.questions()); got != 2 {
					t.Errorf("%d questions, want 2: the leader's and one of the others'", got)
				}
			})
		})
	}
}

func TestWaiterGoesWhenItsOwnTimeIsUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fake := fakeResolver{answer: silence}
		n := fake.network()
		var leader sync.WaitGroup
		leader.Go(func() { n.Session().Ask(t.Context(), "comune.example", dns.TypeA) })
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		s := n.Session()
		start := s.Now()
		answer := s.Ask(ctx, "comune.example", dns.TypeA)
		if got := network.Problem(answer.Err); got != "timeout" || s.Now().Sub(start) != time.Second {
			t.Errorf("got %v after %v, want timeout after 1s", answer.Err, s.Now().Sub(start))
		}
		leader.Wait()
	})
}

// One town's share of questions is its own affair: the next town asks anew.
func TestSpentBudgetIsNotShared(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fake := fakeResolver{answer: reply(t, dns.RcodeSuccess)}
		n := fake.network()
		n.Limits.Queries = 2
		s := n.Session()
		for _, name := range []string{"a.example", "b.example"} {
			if answer := s.Ask(t.Context(), name, dns.TypeA); answer.Err != nil {
				t.Fatal(answer.Err)
			}
		}
		answer := s.Ask(t.Context(), "c.example", dns.TypeA)
		want := "budget-spent: 2 DNS questions for one target"
		if answer.Err == nil || answer.Err.Error() != want {
			t.Errorf("got %v, want %s", answer.Err, want)
		}
		// What the cache holds costs nothing.
		if answer := s.Ask(t.Context(), "a.example", dns.TypeA); answer.Err != nil {
			t.Errorf("from the cache: %v", answer.Err)
		}
		if answer := n.Session().Ask(t.Context(), "c.example", dns.TypeA); answer.Err != nil {
			t.Errorf("another target: %v", answer.Err)
		}
		if diff := cmp.Diff([]string{"a.example. A", "b.example. A", "c.example. A"}, fake.questions()); diff != "" {
			t.Errorf("questions (-want +got):\n%s", diff)
		}
	})
}

func TestAnswerIsDatedByTheGivenClock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fake := fakeResolver{answer: reply(t, dns.RcodeSuccess)}
		n := fake.network()
		taken := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
		n.Now = func() time.Time { return taken }
		if got := n.Session().Ask(t.Context(), "comune.example", dns.TypeA).At; !got.Equal(taken) {
			t.Errorf("dated %v, want %v", got, taken)
		}
	})
}

func TestStoppedScanAsksNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fake := fakeResolver{answer: silence}
		s := fake.network().Session()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if got := network.Problem(s.Ask(ctx, "comune.example", dns.TypeA).Err); got != "interrupted" {
			t.Errorf("problem %q, want interrupted", got)
		}
		if diff := cmp.Diff(network.Sent{}, s.Sent()); diff != "" {
			t.Errorf("sent (-want +got):\n%s", diff)
		}
	})
}

// Adding a question to a full cache forgets answers, never the place in line of
// somebody who waits.
func TestCacheOfAWholeCountryIsBounded(t *testing.T) {
	t.Parallel()
	cache := network.NewCache()
	for i := range 3 * network.MaxAnswers {
		cache.Add(i)
		if cache.Len() > network.MaxAnswers {
			t.Fatalf("%d answers are kept after %d questions", cache.Len(), i)
		}
	}
	if cache.Len() < network.MaxAnswers/2 {
		t.Errorf("only %d answers are kept", cache.Len())
	}
}
