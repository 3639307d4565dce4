package network_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"campanile/collectors/network"
)

// byQuestion answers from a table; what is not in it does not exist.
func byQuestion(t *testing.T, table map[string][]string, denial string) func(*dns.Msg) *dns.Msg {
	t.Helper()
	answers := map[string][]dns.RR{}
	for question, records := range table {
		answers[question] = parse(t, records...)
	}
	proof := parse(t, denial)
	return func(query *dns.Msg) *dns.Msg {
		message := new(dns.Msg).SetReply(query)
		message.Answer = answers[query.Question[0].Name+" "+dns.TypeToString[query.Question[0].Qtype]]
		if n := len(message.Answer); n == 0 || message.Answer[n-1].Header().Rrtype != query.Question[0].Qtype {
			message.Ns = proof
		}
		return message
	}
}

const (
	alias      = "www.comune.example. 300 IN CNAME comune.example."
	apexSOA    = "comune.example. 300 IN SOA ns1.comune.example. admin.comune.example. 1 2 3 4 300"
	apexA      = "comune.example. 300 IN A 192.0.2.1"
	aliasProof = "www.comune.example. 300 IN RRSIG CNAME 13 3 300 20261231000000 20261101000000 1 comune.example. AAAA"
)

func TestOneAnswerTellsOfTheAliasesTargetToo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fake := fakeResolver{answer: byQuestion(t, map[string][]string{"www.comune.example. A": {alias, aliasProof, apexA}}, apexSOA)}
		s := fake.network().Session()
		s.Ask(t.Context(), "www.comune.example", dns.TypeA)
		got := s.Ask(t.Context(), "comune.example", dns.TypeA)
		if diff := cmp.Diff([]string{"192.0.2.1"}, rdata(got)); diff != "" || len(got.Aliases) != 0 || len(got.Answer) != 1 {
			t.Errorf("apex: %+v\n%s", got, diff)
		}
		// The apex has no AAAA: what denies it denies it for www too.
		s.Ask(t.Context(), "comune.example", dns.TypeAAAA)
		got = s.Ask(t.Context(), "www.comune.example", dns.TypeAAAA)
		absent, wholeName := got.Denied()
		if !absent || wholeName || len(got.Proof) != 1 || got.Name != "www.comune.example." || got.Type != dns.TypeAAAA {
			t.Errorf("www AAAA: %+v", got)
		}
		if diff := cmp.Diff([]string{"comune.example."}, got.Aliases); diff != "" || len(got.Answer) != 2 {
			t.Errorf("aliases (-want +got):\n%s%v", diff, got.Answer)
		}
		if diff := cmp.Diff([]string{"www.comune.example. A", "comune.example. AAAA"}, fake.questions()); diff != "" {
			t.Errorf("questions (-want +got):\n%s", diff)
		}
	})
}

// A failure behind a known alias stays a failure, and is not kept for www.
func TestKnownAliasOfASilentTarget(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fake := fakeResolver{answer: byQuestion(t, map[string][]string{"www.comune.example. A": {alias, apexA}}, apexSOA)}
		s := fake.network().Session()
		s.Ask(t.Context(), "www.comune.example", dns.TypeA)
		fake.answer = silence
		got := s.Ask(t.Context(), "www.comune.example", dns.TypeCAA)
		if absent, _ := got.Denied(); absent || network.Problem(got.Err) != "timeout" || len(got.Aliases) != 1 {
			t.Errorf("got %+v, want a timeout behind an alias", got)
		}
	})
}

func TestWhatIsNotLearnedFromAnAlias(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		records []string
		denial  string
		next    uint16
		want    int
	}{
		// Without an SOA record the chain may just have been left off.
		"chain-that-was-not-followed":  {[]string{"www.comune.example. 300 IN CNAME x.test."}, "test. 300 IN NS ns.test.", dns.TypeAAAA, 2},
		"alias-that-a-dname-makes":     {[]string{"comune.example. 300 IN DNAME test.", "www.comune.example. 300 IN CNAME www.test.", "www.test. 300 IN A 192.0.2.1"}, apexSOA, dns.TypeAAAA, 2},
		"types-beside-a-wrong-alias":   {[]string{alias, apexA}, apexSOA, dns.TypeNS, 2},
		"known-alias-and-known-target": {[]string{alias, apexA}, apexSOA, dns.TypeA, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				fake := fakeResolver{answer: byQuestion(t, map[string][]string{"www.comune.example. A": test.records}, test.denial)}
				s := fake.network().Session()
				s.Ask(t.Context(), "www.comune.example", dns.TypeA)
				s.Ask(t.Context(), "www.comune.example", test.next)
				if got := fake.questions(); len(got) != test.want || len(got) == 2 && got[1] != "www.comune.example. "+dns.TypeToString[test.next] {
					t.Errorf("questions %q, want %d, all of them for www", got, test.want)
				}
			})
		})
	}
}

func TestAliasIsForgottenWithItsRecord(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fake := fakeResolver{answer: byQuestion(t, map[string][]string{"www.comune.example. A": {alias, apexA}}, apexSOA)}
		s := fake.network().Session()
		s.Ask(t.Context(), "www.comune.example", dns.TypeA)
		wait(6 * time.Minute)
		s.Ask(t.Context(), "www.comune.example", dns.TypeAAAA)
		if diff := cmp.Diff([]string{"www.comune.example. A", "www.comune.example. AAAA"}, fake.questions()); diff != "" {
			t.Errorf("questions (-want +got):\n%s", diff)
		}
	})
}

// What a referral told does not replace what the resolver said.
func TestKnownAnswerIsNotReplaced(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fake := fakeResolver{answer: reply(t, dns.RcodeSuccess, apexA)}
		s := fake.network().Session()
		told := network.Answer{Name: "Comune.example", Type: dns.TypeDS, Proof: parse(t, apexSOA)}
		s.Know(told)
		if absent, _ := s.Ask(t.Context(), "comune.example", dns.TypeDS).Denied(); !absent {
			t.Error("what is known was asked for")
		}
		s.Ask(t.Context(), "comune.example", dns.TypeA)
		s.Know(network.Answer{Name: "comune.example", Type: dns.TypeA})
		if got := s.Ask(t.Context(), "comune.example", dns.TypeA); len(got.Records) != 1 {
			t.Errorf("got %+v, want the resolver's answer", got)
		}
		if diff := cmp.Diff([]string{"comune.example. A"}, fake.questions()); diff != "" {
			t.Errorf("questions (-want +got):\n%s", diff)
		}
	})
}

func TestQuestionsInSearchOfNamesAreCountedApart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fake := fakeResolver{answer: reply(t, dns.RcodeSuccess, apexA)}
		n := fake.network()
		n.Limits.Queries = 3
		s := n.Session()
		s.Ask(t.Context(), "comune.example", dns.TypeA)
		search := s.InSearchOfNames()
		search.Ask(t.Context(), "comune.example", dns.TypeA) // known already
		search.Ask(t.Context(), "a.comune.example", dns.TypeA)
		search.Ask(t.Context(), "b.comune.example", dns.TypeA)
		if got := network.Problem(search.Ask(t.Context(), "c.comune.example", dns.TypeA).Err); got != "budget-spent" {
			t.Errorf("problem %q, want budget-spent: the budget is one", got)
		}
		sent := s.Sent()
		if sent.Queries != 1 || sent.NameQueries != 2 || sent.ByAddress[resolver.Addr()].Queries != 3 {
			t.Errorf("sent %+v, want one question and two in search of names", sent)
		}
	})
}

func TestReservedAddressesAreThoseThatPermitRefuses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"10.0.0.1": true, "127.0.0.1": true, "192.168.1.1": true, "192.0.2.1": true, "fd00::1": true, "::1": true, "64:ff9b::10.0.0.1": true,
		"::ffff:10.0.0.1": true, "8.8.8.8": false, "2a00::1": false,
	} {
		address := addr(t, text)
		why, got := network.Reserved(address)
		if got != want || got != (why != "") || got != (network.Permit{}.Check(address) != nil) {
			t.Errorf("%s: reserved %v (%s), want %v", text, got, why, want)
		}
	}
}
