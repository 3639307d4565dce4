package lab

import (
	"encoding/base64"
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"campanile/collectors/network"
)

// at puts a question to the name server at a fictional address.
func at(t *testing.T, l *Lab, address, name string, kind uint16) network.Reply {
	t.Helper()
	reply := l.Network().Session().AskServer(t.Context(), netip.MustParseAddr(address), network.Query{Name: name, Type: kind, Recursion: true})
	if reply.Err != nil {
		t.Fatalf("%s %s at %s: %v", name, dns.TypeToString[kind], address, reply.Err)
	}
	return reply
}

func lines(section []dns.RR) []string {
	var list []string
	for _, rr := range section {
		kind := dns.TypeToString[rr.Header().Rrtype]
		if signature, is := rr.(*dns.RRSIG); is {
			kind += " " + dns.TypeToString[signature.TypeCovered]
		}
		list = append(list, rr.Header().Name+" "+kind)
	}
	slices.Sort(list)
	return list
}

func TestServersAnswerForTheirZonesOnly(t *testing.T) {
	t.Parallel()
	l := raised(t)
	const town = "comune.roccafinta.campanile.test."
	for _, address := range []string{"192.0.2.12", "203.0.113.12", "2001:db8:12::53", "2001:db8:13::53"} {
		reply := at(t, l, address, town, dns.TypeMX)
		if !reply.Authoritative || reply.RecursionAvailable || len(reply.Answer) < 2 {
			t.Errorf("%s: AA %t, RA %t, answer %q", address, reply.Authoritative, reply.RecursionAvailable, lines(reply.Answer))
		}
		foreign := at(t, l, address, "test.", dns.TypeSOA)
		if foreign.Rcode != dns.RcodeRefused || foreign.Authoritative || len(foreign.Answer) > 0 {
			t.Errorf("%s: a foreign name gets %s", address, dns.RcodeToString[foreign.Rcode])
		}
		got := l.Network().Session().Transfer(t.Context(), netip.MustParseAddr(address), town)
		if got.Err != nil || got.Records > 0 || got.Rcode != dns.RcodeRefused {
			t.Errorf("%s: a transfer gets %+v", address, got)
		}
	}
	denied := at(t, l, "192.0.2.12", "nessuno."+town, dns.TypeA)
	if denied.Rcode != dns.RcodeNameError || !denied.Authoritative || !slices.Contains(lines(denied.Authority), town+" SOA") {
		t.Errorf("a missing name: %s %q", dns.RcodeToString[denied.Rcode], lines(denied.Authority))
	}
}

func TestServersReferToTheZonesBelow(t *testing.T) {
	t.Parallel()
	l := raised(t)
	for name, c := range map[string]struct {
		server, question string
		kind             uint16
		authority, glue  []string
	}{
		"a signed town with servers of its own": {
			"192.0.2.1", "www.comune.roccafinta.campanile.test.", dns.TypeA,
			[]string{
				"comune.roccafinta.campanile.test. DS", "comune.roccafinta.campanile.test. NS", "comune.roccafinta.campanile.test. NS",
				"comune.roccafinta.campanile.test. RRSIG DS",
			},
			[]string{
				"ns1.comune.roccafinta.campanile.test. A", "ns1.comune.roccafinta.campanile.test. AAAA",
				"ns2.comune.roccafinta.campanile.test. A", "ns2.comune.roccafinta.campanile.test. AAAA",
			},
		},
		"a town that is not signed, at a supplier": {
			"198.51.100.1", "comune.valscaduta.campanile.test.", dns.TypeNS,
			[]string{
				"comune.valscaduta.campanile.test. NS", "comune.valscaduta.campanile.test. NS",
				"comune.valscaduta.campanile.test. NSEC", "comune.valscaduta.campanile.test. RRSIG NSEC",
			},
			nil,
		},
		"a supplier below the top level, whose denial is hashed": {
			"192.0.2.1", "mx.tuttoincluso.test.", dns.TypeA,
			[]string{
				hashOf("tuttoincluso.test.") + ".test. NSEC3", hashOf("tuttoincluso.test.") + ".test. RRSIG NSEC3",
				"tuttoincluso.test. NS", "tuttoincluso.test. NS",
			},
			[]string{"ns1.tuttoincluso.test. A", "ns2.tuttoincluso.test. A"},
		},
	} {
		reply := at(t, l, c.server, c.question, c.kind)
		if reply.Authoritative || reply.Rcode != dns.RcodeSuccess || len(reply.Answer) > 0 {
			t.Errorf("%s: AA %t, %s, answer %q", name, reply.Authoritative, dns.RcodeToString[reply.Rcode], lines(reply.Answer))
		}
		slices.Sort(c.authority)
		if diff := cmp.Diff(c.authority, lines(reply.Authority)); diff != "" {
			t.Errorf("%s: authority (-want +got)\n%s", name, diff)
		}
		if diff := cmp.Diff(c.glue, lines(reply.Additional)); diff != "" {
			t.Errorf("%s: glue (-want +got)\n%s", name, diff)
		}
	}
}

func TestTheDSRecordIsAboveTheCut(t *testing.T) {
	t.Parallel()
	l := raised(t)
	const town = "comune.roccafinta.campanile.test."
	if above := at(t, l, "192.0.2.1", town, dns.TypeDS); !above.Authoritative || len(above.Answer) != 2 {
		t.Errorf("the zone above: AA %t, %q", above.Authoritative, lines(above.Answer))
	}
	if below := at(t, l, "192.0.2.12", town, dns.TypeDS); !below.Authoritative || len(below.Answer) > 0 {
		t.Errorf("the zone itself: AA %t, %q", below.Authoritative, lines(below.Answer))
	}
	// This server has both zones, and knows which of them to ask.
	if both := at(t, l, "192.0.2.1", "campanile.test.", dns.TypeDS); !both.Authoritative || len(both.Answer) != 2 {
		t.Errorf("a server of both: AA %t, %q", both.Authoritative, lines(both.Answer))
	}
}

func serialAt(t *testing.T, l *Lab, address, zone string) uint32 {
	t.Helper()
	reply := at(t, l, address, zone, dns.TypeSOA)
	for _, rr := range reply.Answer {
		if soa, is := rr.(*dns.SOA); is && reply.Authoritative {
			return soa.Serial
		}
	}
	return 0
}

func TestServersWithBadHabits(t *testing.T) {
	t.Parallel()
	l := raised(t)
	const voices, open = "comune.vocidiscordi.campanile.test.", "comune.tuttilosanno.campanile.test."
	first, second := serialAt(t, l, "192.0.2.121", voices), serialAt(t, l, "198.51.100.121", voices)
	if first != 2026112200 || second != 2026112100 {
		t.Errorf("serials %d and %d", first, second)
	}
	if reply := at(t, l, "203.0.113.121", voices, dns.TypeSOA); reply.Rcode != dns.RcodeRefused {
		t.Errorf("the lame server says %s", dns.RcodeToString[reply.Rcode])
	}
	generous := netip.MustParseAddr("198.51.100.131")
	if got := l.Network().Session().Transfer(t.Context(), generous, open); got.Err != nil || got.Records < 15 {
		t.Errorf("the zone is not handed out: %+v", got)
	}
	if got := l.Network().Session().Transfer(t.Context(), generous, "campanile.test."); got.Records > 0 {
		t.Errorf("another's zone is handed out: %+v", got)
	}
	resolved := at(t, l, generous.String(), "test.", dns.TypeSOA)
	if !resolved.RecursionAvailable || resolved.Authoritative || !slices.Contains(lines(resolved.Answer), "test. SOA") {
		t.Errorf("the open resolver: RA %t, AA %t, %q", resolved.RecursionAvailable, resolved.Authoritative, lines(resolved.Answer))
	}
	silent := l.Network().Session().AskServer(t.Context(), netip.MustParseAddr("203.0.113.122"), network.Query{Name: voices, Type: dns.TypeSOA})
	if silent.Err == nil || network.Problem(silent.Err) != "timeout" {
		t.Errorf("the mute server: %v", silent.Err)
	}
}

func TestEveryZoneIsServedWhereItIsDelegated(t *testing.T) {
	t.Parallel()
	l := raised(t)
	for origin, table := range l.tree {
		for _, host := range slices.Concat(table.servers, table.above) {
			addresses := l.tree.addresses(host)
			if len(addresses) == 0 {
				t.Errorf("%s: %s has no address", origin, host)
			}
			for _, address := range addresses {
				if l.zoneServers[address] == nil {
					t.Errorf("%s: nobody listens at %s %s", origin, host, address)
				}
			}
		}
	}
}

func TestAWildcardAnswersForEveryName(t *testing.T) {
	t.Parallel()
	l := raised(t)
	const town = "comune.montebugia.campanile.test."
	for name, want := range map[string]bool{"nessuno." + town: true, "uno.due." + town: true, "nessuno.mx." + town: false} {
		reply := ask(t, l, name, dns.TypeA)
		if got := slices.Contains(lines(reply.Answer), name+" A"); got != want {
			t.Errorf("%s: an address %t, want %t", name, got, want)
		}
	}
	if reply := ask(t, l, "nessuno."+town, dns.TypeTXT); reply.Rcode != dns.RcodeSuccess || len(reply.Answer) > 0 {
		t.Errorf("another type at the wildcard: %s", dns.RcodeToString[reply.Rcode])
	}
}

func TestTheResolverHidesWhatDoesNotValidate(t *testing.T) {
	t.Parallel()
	l := raised(t)
	query := new(dns.Msg).SetQuestion(firmamenti().zone.origin, dns.TypeA)
	for _, checked := range []bool{true, false} {
		query.CheckingDisabled = !checked
		reply, err := dns.ExchangeContext(t.Context(), query, l.DNSAddress().String())
		if err != nil {
			t.Fatal(err)
		}
		if failed := reply.Rcode == dns.RcodeServerFailure; failed != checked {
			t.Errorf("checking %t: %s", checked, dns.RcodeToString[reply.Rcode])
		}
	}
}

func TestOneZoneHasAShortKey(t *testing.T) {
	t.Parallel()
	l := raised(t)
	for _, rr := range ask(t, l, sceaulebref().zone.origin, dns.TypeDNSKEY).Answer {
		if key, is := rr.(*dns.DNSKEY); is {
			raw, err := base64.StdEncoding.DecodeString(key.PublicKey)
			if err != nil || key.Algorithm != dns.RSASHA256 || len(raw) != 4+1024/8 {
				t.Errorf("%s is no RSA key of 1024 bits", key)
			}
		}
	}
}
