package network_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"campanile/collectors/network"
)

func TestAliases(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		records     []string
		wantAliases []string
		wantRecords []string
		wantErr     string
	}{
		"chain": {
			[]string{
				"cdn.example. 300 IN CNAME edge.cdn.example.", // in no order that matters
				"WWW.comune.example. 300 IN CNAME cdn.EXAMPLE.",
				"edge.cdn.example. 300 IN A 192.0.2.1",
				"other.example. 300 IN A 192.0.2.66", // nobody asked
			},
			[]string{"cdn.example.", "edge.cdn.example."},
			[]string{"192.0.2.1"},
			"",
		},
		"chain-not-followed-to-its-end": {
			[]string{"www.comune.example. 300 IN CNAME gone.example."},
			nil,
			[]string{},
			"malformed: the resolver denies gone.example without the SOA record of a zone",
		},
		"alias-of-itself": {
			[]string{"www.comune.example. 300 IN CNAME www.comune.example."},
			nil,
			[]string{},
			"too-many: the aliases of www.comune.example run in a circle",
		},
		"circle": {
			[]string{"www.comune.example. 300 IN CNAME a.example.", "a.example. 300 IN CNAME b.example.", "b.example. 300 IN CNAME a.example."},
			[]string{"a.example.", "b.example."},
			[]string{},
			"too-many: the aliases of www.comune.example run in a circle",
		},
		"longer-than-anyone-follows": {
			longChain(20),
			names(16),
			[]string{},
			"too-many: the aliases of www.comune.example run in a circle",
		},
		"as-long-as-we-follow": {
			append(longChain(16), "a15.example. 300 IN A 192.0.2.1"),
			names(16),
			[]string{"192.0.2.1"},
			"",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, always(reply(t, dns.RcodeSuccess, test.records...)))
			answer := session(server).Ask(t.Context(), "www.comune.example", dns.TypeA)
			got := ""
			if answer.Err != nil {
				got = answer.Err.Error()
			}
			if got != test.wantErr {
				t.Errorf("error %q, want %q", got, test.wantErr)
			}
			if diff := cmp.Diff(test.wantAliases, answer.Aliases); diff != "" {
				t.Errorf("aliases (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.wantRecords, rdata(answer)); diff != "" {
				t.Errorf("records (-want +got):\n%s", diff)
			}
		})
	}
}

// A denial counts where a zone stands behind it: what a resolver blocks by a list
// of its own is there for everybody else, and another resolver may say so.
func TestDenialWithoutAZoneIsNone(t *testing.T) {
	t.Parallel()
	soa := ". 300 IN SOA a.root.test. admin.root.test. 1 1800 900 604800 300"
	for name, test := range map[string]struct {
		rcode     int
		answer    []string
		authority []string
		want      string // the problem; none: a denial that counts
	}{
		"nxdomain-of-a-zone-above":          {rcode: dns.RcodeNameError, authority: []string{soa}},
		"nxdomain-with-signed-records":      {rcode: dns.RcodeNameError, authority: []string{"example. 300 IN NSEC a.example. NS SOA"}},
		"nxdomain-of-a-blocklist":           {rcode: dns.RcodeNameError, want: "malformed"},
		"nxdomain-of-a-policy-zone":         {rcode: dns.RcodeNameError, authority: []string{"rpz.test." + soa[1:]}, want: "malformed"},
		"no-record-of-the-type":             {},
		"alias-to-a-name-without-records":   {answer: []string{"www.comune.example. 300 IN CNAME a.example."}, authority: []string{soa}},
		"alias-that-was-not-followed":       {answer: []string{"www.comune.example. 300 IN CNAME a.example."}, want: "malformed"},
		"alias-and-the-zone-of-the-name":    {answer: []string{"www.comune.example. 300 IN CNAME a.test."}, authority: []string{"example." + soa[1:]}, want: "malformed"},
		"alias-to-a-name-that-is-not-there": {rcode: dns.RcodeNameError, answer: []string{"www.comune.example. 300 IN CNAME a.test."}, authority: []string{"test." + soa[1:]}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			authority := parse(t, test.authority...)
			say := reply(t, test.rcode, test.answer...)
			server := serve(t, always(func(query *dns.Msg) *dns.Msg {
				message := say(query)
				message.Ns = authority
				return message
			}))
			answer := session(server).Ask(t.Context(), "www.comune.example", dns.TypeA)
			absent, _ := answer.Denied()
			if test.want == "" && !absent || test.want != "" && (absent || network.Problem(answer.Err) != test.want) {
				t.Errorf("absent %t, error %v; want problem %q", absent, answer.Err, test.want)
			}
			if test.want == "" {
				return
			}
			honest := serve(t, always(reply(t, dns.RcodeSuccess, "www.comune.example. 300 IN A 192.0.2.1")))
			if answer := session(server, honest).Ask(t.Context(), "www.comune.example", dns.TypeA); len(answer.Records) != 1 {
				t.Errorf("records %v, %v; want those of the other resolver", answer.Records, answer.Err)
			}
		})
	}
}

// longChain makes aliases from www.comune.example through a0 to a(n-1).
func longChain(n int) []string {
	chain := []string{}
	owner := "www.comune.example."
	for _, target := range names(n) {
		chain = append(chain, owner+" 300 IN CNAME "+target)
		owner = target
	}
	return chain
}

func names(n int) []string {
	list := []string{}
	for i := range n {
		list = append(list, fmt.Sprintf("a%d.example.", i))
	}
	return list
}

func TestQuestionForTheAliasItselfDoesNotFollowIt(t *testing.T) {
	t.Parallel()
	server := serve(t, always(reply(t, dns.RcodeSuccess, "www.comune.example. 300 IN CNAME cdn.example.")))
	answer := session(server).Ask(t.Context(), "www.comune.example", dns.TypeCNAME)
	if diff := cmp.Diff([]string{"cdn.example."}, rdata(answer)); diff != "" || answer.Aliases != nil {
		t.Errorf("records (-want +got):\n%s\naliases %q", diff, answer.Aliases)
	}
}

func TestUnusualNamesAreAskedAsTheyAre(t *testing.T) {
	t.Parallel()
	server := serve(t, always(reply(t, dns.RcodeSuccess)))
	for _, name := range []string{`a(b).example`, `a"b.example`, `città.example`, `a\.b.example`, `\065.example`, `_25._tcp.mail.example`, "."} {
		if answer := session(server).Ask(t.Context(), name, dns.TypeTXT); answer.Err != nil {
			t.Errorf("%s: %v", name, answer.Err)
		}
	}
	for _, name := range []string{"a..example", ".example", strings.Repeat("a", 64) + ".example", strings.Repeat("a.", 130) + "example"} {
		answer := session(server).Ask(t.Context(), name, dns.TypeTXT)
		if got := network.Problem(answer.Err); got != "malformed" {
			t.Errorf("%s: problem %q, want malformed", name, got)
		}
	}
}

func TestAddressesAreUnknownOnlyWhenNothingIsKnown(t *testing.T) {
	t.Parallel()
	a := reply(t, dns.RcodeSuccess, "www.comune.example. 300 IN A 192.0.2.9", "www.comune.example. 300 IN A 192.0.2.1", "www.comune.example. 300 IN A 192.0.2.9")
	aaaa := reply(t, dns.RcodeSuccess, "www.comune.example. 300 IN AAAA 2001:db8::1")
	none, broken := reply(t, dns.RcodeSuccess), reply(t, dns.RcodeServerFailure)
	tests := map[string]struct {
		a, aaaa func(*dns.Msg) *dns.Msg
		want    []string
		problem string
	}{
		"both":                   {a, aaaa, []string{"192.0.2.1", "192.0.2.9", "2001:db8::1"}, ""},
		"one-broken-one-there":   {broken, aaaa, []string{"2001:db8::1"}, ""},
		"one-broken-one-not":     {none, broken, nil, "servfail"},
		"none-is-a-certain-none": {none, none, nil, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, func(_ int, _ string, query *dns.Msg) *dns.Msg {
				if query.Question[0].Qtype == dns.TypeA {
					return test.a(query)
				}
				return test.aaaa(query)
			})
			list, err := session(server).Addresses(t.Context(), "www.comune.example")
			var got []string
			for _, address := range list {
				got = append(got, address.String())
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("addresses (-want +got):\n%s", diff)
			}
			if (err == nil) != (test.problem == "") || err != nil && network.Problem(err) != test.problem {
				t.Errorf("got %v, want problem %q", err, test.problem)
			}
		})
	}
}

func TestSignaturesAreNoticed(t *testing.T) {
	t.Parallel()
	const signature = " 300 IN RRSIG %s 13 2 300 20261231000000 20261101000000 1 example. AAAA"
	sign := func(kind string) string { return strings.ReplaceAll("comune.example."+signature, "%s", kind) }
	tests := map[string]struct {
		answer, proof []string
		want          bool
	}{
		"signed-answer":   {[]string{"comune.example. 300 IN A 192.0.2.1", sign("A")}, nil, true},
		"plain-answer":    {[]string{"comune.example. 300 IN A 192.0.2.1"}, []string{sign("NS")}, false},
		"signed-denial":   {nil, []string{sign("SOA")}, true},
		"unsigned-denial": {nil, nil, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer := network.Answer{Answer: parse(t, test.answer...), Proof: parse(t, test.proof...)}
			if len(test.answer) > 0 {
				answer.Records = answer.Answer[:1]
			}
			if got := answer.Signed(); got != test.want {
				t.Errorf("signed %v, want %v", got, test.want)
			}
		})
	}
}

func TestWithoutAResolverTheProblemIsOurs(t *testing.T) {
	t.Parallel()
	answer := new(network.Network).Session().Ask(t.Context(), "comune.example", dns.TypeA)
	want := "no-route: no resolver is known; give one with --resolver"
	if answer.Err == nil || answer.Err.Error() != want {
		t.Errorf("got %v, want %s", answer.Err, want)
	}
}

func TestResolverThatIsNotThereIsRefused(t *testing.T) {
	t.Parallel()
	packets, listener := samePort(t)
	n := network.Network{Resolvers: []netip.AddrPort{netip.MustParseAddrPort(listener.Addr().String())}}
	packets.Close()
	listener.Close()
	answer := n.Session().Ask(t.Context(), "comune.example", dns.TypeA)
	if got := network.Problem(answer.Err); got != "refused" {
		t.Errorf("problem %q, want refused: %v", got, answer.Err)
	}
}
