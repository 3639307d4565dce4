package dnssec

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/miekg/dns"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/dnstest"
	"campanile/collectors/network"
)

// piped is the network with the server behind a pipe, which costs no ports.
func piped(s *dnstest.Server) *network.Session {
	world := &network.Network{
		Resolvers: []netip.AddrPort{netip.MustParseAddrPort("192.0.2.53:53")},
		Now:       func() time.Time { return now },
		Limits:    network.Limits{Queries: 1 << 30},
		Connect: func(context.Context, string, netip.AddrPort) (net.Conn, error) {
			ours, theirs := net.Pipe()
			go s.Serve(theirs) // ends when our end is closed
			return ours, nil
		},
	}
	return world.Session()
}

// signedSets is what the keys of the fuzzed world have signed, in wire form.
type signedSets map[string]bool

func (s signedSets) add(records []dns.RR) {
	for _, rr := range records {
		s[canonical(rr)] = true
	}
}

func canonical(rr dns.RR) string {
	rr = dns.Copy(rr)
	rr.Header().Ttl, rr.Header().Name = 0, dns.CanonicalName(rr.Header().Name)
	return rr.String()
}

// FuzzValidate changes answers byte by byte. None of them may break the
// validator, or make it call something secure that nobody signed.
func FuzzValidate(f *testing.F) {
	w := newWorld(f)
	signed := signedSets{}
	answers := fuzzedAnswers(w)
	for i, a := range answers {
		signed.add(a.Answer)
		for position := range 4 {
			f.Add(uint8(i), uint16(position*37), uint8(1), uint8(position))
		}
	}
	session, anchor := piped(w.Server), w.root.anchor()
	f.Fuzz(func(t *testing.T, which uint8, at uint16, change, again uint8) {
		message := answers[int(which)%len(answers)]
		wire, err := message.Pack()
		if err != nil {
			t.Fatal(err)
		}
		for i := range 1 + int(again)%4 { // behind the question, which is ours
			wire[20+(int(at)+i*97)%(len(wire)-20)] ^= change
		}
		reply := new(dns.Msg)
		if reply.Unpack(wire) != nil || len(reply.Question) != 1 || reply.Question[0] != message.Question[0] {
			return
		}
		a := answerOf(reply)
		got := New(session, anchor).Validate(t.Context(), a)
		if got.Security != evidence.Secure {
			return
		}
		for _, rr := range a.Records {
			if !signed[canonical(rr)] {
				t.Errorf("secure: %v, which nobody signed\nbefore: %v", rr, message.Answer)
			}
		}
		denies := len(a.Records) == 0
		if denied := len(message.Answer) == 0 || message.Rcode == dns.RcodeNameError; denies && !denied {
			t.Errorf("secure: that there is no %v, where there is one", reply.Question[0])
		}
	})
}

// fuzzedAnswers are answers of each kind, all of them secure as they are.
func fuzzedAnswers(w *world) []*dns.Msg {
	message := func(name string, kind uint16, rcode int, answer, authority []dns.RR) *dns.Msg {
		m := new(dns.Msg).SetQuestion(name, kind)
		m.Response, m.Rcode, m.Answer, m.Ns = true, rcode, answer, authority
		return m
	}
	apex := w.town.lines("comune.test. 300 IN NSEC xyz.comune.test. NS SOA RRSIG NSEC DNSKEY")
	hashes := w.town.lines(at3("comune.test.", "NS SOA RRSIG DNSKEY"), over3("borgo.comune.test.", 0), over3("*.comune.test.", 0))
	alias := w.town.lines("www.comune.test. 300 IN CNAME web.comune.test.")
	return []*dns.Msg{
		message("www.comune.test.", dns.TypeA, 0, w.town.set(www, "www.comune.test. 300 IN A 192.0.2.2"), nil),
		message("www.comune.test.", dns.TypeA, 0, slices.Concat(alias, w.town.set("web.comune.test. 300 IN A 192.0.2.1")), nil),
		message("www.comune.test.", dns.TypeA, 0, w.town.star("comune.test.", www), apex),
		message("borgo.comune.test.", dns.TypeA, dns.RcodeNameError, nil, apex),
		message("borgo.comune.test.", dns.TypeA, dns.RcodeNameError, nil, hashes),
		message("www.comune.test.", dns.TypeTXT, 0, nil, w.town.lines("www.comune.test. 300 IN NSEC comune.test. A RRSIG NSEC")),
		message("www.comune.test.", dns.TypeTXT, 0, nil, w.town.lines(at3("www.comune.test.", "A RRSIG"))),
	}
}

// answerOf reads a reply as the network does.
func answerOf(reply *dns.Msg) network.Answer {
	q := reply.Question[0]
	a := network.Answer{Name: dns.CanonicalName(q.Name), Type: q.Qtype, At: now, Rcode: reply.Rcode, Answer: reply.Answer, Proof: reply.Ns}
	owner := a.Name
	for range 8 {
		i := slices.IndexFunc(reply.Answer, func(rr dns.RR) bool {
			return rr.Header().Rrtype == dns.TypeCNAME && dns.CanonicalName(rr.Header().Name) == owner
		})
		if i < 0 {
			break
		}
		owner = dns.CanonicalName(reply.Answer[i].(*dns.CNAME).Target)
		a.Aliases = append(a.Aliases, owner)
	}
	for _, rr := range reply.Answer {
		if rr.Header().Rrtype == a.Type && dns.CanonicalName(rr.Header().Name) == owner {
			a.Records = append(a.Records, rr)
		}
	}
	return a
}

// TestFuzzedAnswersAreSecureToBeginWith keeps the fuzz test honest.
func TestFuzzedAnswersAreSecureToBeginWith(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := New(piped(w.Server), w.root.anchor())
	for i, m := range fuzzedAnswers(w) {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			if got := v.Validate(t.Context(), answerOf(m)); got.Security != evidence.Secure {
				t.Errorf("verdict = %+v, want secure", got)
			}
		})
	}
}
