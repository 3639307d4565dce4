package lab

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"campanile/collectors/network"
)

// ask puts a question to the lab's resolver by UDP, and by TCP when the answer
// is truncated.
func ask(t *testing.T, l *Lab, name string, kind uint16) *dns.Msg {
	t.Helper()
	query := new(dns.Msg).SetQuestion(name, kind)
	query.SetEdns0(payload, true)
	query.CheckingDisabled = name == firmamenti().zone.origin || strings.HasSuffix(name, "."+firmamenti().zone.origin)
	client := dns.Client{UDPSize: payload}
	reply, _, err := client.ExchangeContext(t.Context(), query, l.DNSAddress().String())
	if err == nil && reply.Truncated {
		client.Net = "tcp"
		reply, _, err = client.ExchangeContext(t.Context(), query, l.DNSAddress().String())
	}
	if err != nil {
		t.Fatalf("%s %s: %v", name, dns.TypeToString[kind], err)
	}
	return reply
}

var kinds = []uint16{
	dns.TypeA, dns.TypeAAAA, dns.TypeNS, dns.TypeSOA, dns.TypeMX, dns.TypeTXT, dns.TypeCAA, dns.TypeDS,
	dns.TypeDNSKEY, dns.TypeCNAME, dns.TypePTR, dns.TypeTLSA, dns.TypeNSEC,
}

// questions are every type at every name of the lab, at an empty non-terminal
// and at names that do not exist; the hostile town's faults are left out.
func questions(l *Lab) []dns.Question {
	names := map[string]bool{
		"roccafinta.campanile.test.": true, "_domainkey.comune.roccafinta.campanile.test.": true,
		"nessuno.campanile.test.": true, "a.b.nessuno.comune.roccafinta.campanile.test.": true,
		"zzz.": true, "form.agid.gov.it.": true, "nessuno.tuttoincluso.test.": true,
	}
	for _, table := range l.tree {
		for _, owner := range table.owners {
			names[owner] = true
		}
	}
	broken := selvastregata().faults
	var list []dns.Question
	for name := range names {
		for _, kind := range kinds {
			q := dns.Question{Name: name, Qtype: kind, Qclass: dns.ClassINET}
			if broken[q] == 0 {
				list = append(list, q)
			}
		}
	}
	slices.SortFunc(list, func(a, b dns.Question) int {
		if c := compareNames(a.Name, b.Name); c != 0 {
			return c
		}
		return int(a.Qtype) - int(b.Qtype)
	})
	return list
}

func TestEveryAnswerValidatesFromTheAnchor(t *testing.T) {
	t.Parallel()
	l := raised(t)
	v := newValidator(t, l)
	proofs := 0
	for _, q := range questions(l) {
		reply := ask(t, l, q.Name, q.Qtype)
		v.signed(reply.Answer)
		name := q.Name
		for _, rr := range reply.Answer {
			if alias, is := rr.(*dns.CNAME); is && q.Qtype != dns.TypeCNAME {
				name = alias.Target
			}
		}
		zone := l.tree.answering(name, q.Qtype).origin
		v.learn(zone)
		positive := slices.ContainsFunc(reply.Answer, func(rr dns.RR) bool { return rr.Header().Rrtype == q.Qtype })
		if positive != (l.tree[zone].sets[name][q.Qtype] != nil) {
			t.Errorf("%s %s: answered %t", q.Name, dns.TypeToString[q.Qtype], positive)
		}
		if !positive && v.keys[zone] != nil {
			proofs++
			v.denied(reply, name, q.Qtype)
		}
	}
	if len(v.keys) != len(l.tree) || proofs == 0 {
		t.Errorf("%d zones of %d and %d denials were tested", len(v.keys), len(l.tree), proofs)
	}
}

func TestSignedTownsAreTheOnesThatSayIt(t *testing.T) {
	t.Parallel()
	l := raised(t)
	for _, town := range l.Towns() {
		origin := town.Domain + "."
		if slices.Contains(town.Unknown, "dnssec-missing") {
			continue
		}
		signed := slices.ContainsFunc(ask(t, l, origin, dns.TypeDS).Answer, func(rr dns.RR) bool { return rr.Header().Rrtype == dns.TypeDS })
		if signed == slices.Contains(town.Planted, "dnssec-missing") {
			t.Errorf("%s: DS in the zone above: %t", town.Domain, signed)
		}
		holds := signed && !slices.Contains(town.Planted, "dnssec-invalid")
		if reply := ask(t, l, origin, dns.TypeSOA); reply.AuthenticatedData != holds {
			t.Errorf("%s: the resolver's AD bit is %t", town.Domain, reply.AuthenticatedData)
		}
	}
}

func TestAliasesLeadAcrossZones(t *testing.T) {
	t.Parallel()
	l := raised(t)
	var got []string
	for _, rr := range ask(t, l, "www.comune.gemellodisopra.campanile.test.", dns.TypeA).Answer {
		got = append(got, strings.Join(strings.Fields(rr.String()), " "))
	}
	want := []string{
		"www.comune.gemellodisopra.campanile.test. 3600 IN CNAME web7.tuttoincluso.test.",
		"web7.tuttoincluso.test. 3600 IN A 203.0.113.40",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
}

func TestNoNameIsToldFromNoRecord(t *testing.T) {
	t.Parallel()
	l := raised(t)
	for name, want := range map[string]int{
		"www.comune.isolachenonce.campanile.test.":         dns.RcodeNameError,
		"comune.isolachenonce.campanile.test.":             dns.RcodeSuccess,
		"isolachenonce.campanile.test.":                    dns.RcodeSuccess, // an empty non-terminal
		"_domainkey.comune.roccafinta.campanile.test.":     dns.RcodeSuccess,
		"_domainkey.comune.vocidiscordi.campanile.test.":   dns.RcodeSuccess,
		"_domainkey.comune.gemellodisopra.campanile.test.": dns.RcodeNameError,
		"nessuno.nuvolette.test.":                          dns.RcodeNameError,
		"www.rete.example.":                                dns.RcodeNameError,
	} {
		reply := ask(t, l, name, dns.TypeA)
		if reply.Rcode != want || len(reply.Answer) > 0 {
			t.Errorf("%s: %s with %d records, want %s", name, dns.RcodeToString[reply.Rcode], len(reply.Answer), dns.RcodeToString[want])
		}
		if len(reply.Ns) == 0 || reply.Ns[0].Header().Rrtype != dns.TypeSOA {
			t.Errorf("%s: no SOA record comes with the denial", name)
		}
	}
}

func TestWhoDoesNotAskForSignaturesGetsNone(t *testing.T) {
	t.Parallel()
	l := raised(t)
	for _, name := range []string{"comune.roccafinta.campanile.test.", "nessuno.campanile.test."} {
		reply, err := dns.ExchangeContext(t.Context(), new(dns.Msg).SetQuestion(name, dns.TypeA), l.DNSAddress().String())
		if err != nil {
			t.Fatal(err)
		}
		for _, rr := range slices.Concat(reply.Answer, reply.Ns, reply.Extra) {
			if kind := rr.Header().Rrtype; kind == dns.TypeRRSIG || kind == dns.TypeNSEC || kind == dns.TypeOPT {
				t.Errorf("%s: unasked %s", name, rr)
			}
		}
	}
}

func TestLongAnswersAreTruncatedOverUDP(t *testing.T) {
	t.Parallel()
	l := raised(t)
	query := new(dns.Msg).SetQuestion("default._domainkey.comune.roccafinta.campanile.test.", dns.TypeTXT)
	query.SetEdns0(512, true)
	client := dns.Client{UDPSize: 512}
	reply, _, err := client.ExchangeContext(t.Context(), query, l.DNSAddress().String())
	if err != nil {
		t.Fatal(err)
	}
	reply.Compress = true
	if !reply.Truncated || reply.Len() > 512 {
		t.Errorf("truncated %t, %d bytes; want a truncated answer of at most 512", reply.Truncated, reply.Len())
	}
}

func TestTheHostileTownsNamesAreUnknown(t *testing.T) {
	t.Parallel()
	l := raised(t)
	want := map[fault]string{servfail: "servfail", refuse: "refused", garbage: "", silence: "timeout", elsewhere: ""}
	session := l.Network().Session()
	var asking sync.WaitGroup // each costs its full time, so all at once
	for question, fault := range selvastregata().faults {
		asking.Go(func() {
			answer := session.Ask(t.Context(), question.Name, question.Qtype)
			if answer.Err == nil {
				t.Errorf("%s %s has an answer, want none that can be used", question.Name, dns.TypeToString[question.Qtype])
				return
			}
			if problem := network.Problem(answer.Err); want[fault] != "" && problem != want[fault] {
				t.Errorf("%s %s: %s, want %s", question.Name, dns.TypeToString[question.Qtype], problem, want[fault])
			}
		})
	}
	asking.Wait()
}
