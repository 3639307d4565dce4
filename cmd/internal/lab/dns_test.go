package lab

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"
)

// ask puts a question to the lab's resolver by UDP, and by TCP when the answer
// is truncated.
func ask(t *testing.T, l *Lab, name string, kind uint16) *dns.Msg {
	t.Helper()
	query := new(dns.Msg).SetQuestion(name, kind)
	query.SetEdns0(payload, true)
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

// validator checks answers as RFC 4035 section 5 asks, from the anchor down. It
// shares no code with the signer.
type validator struct {
	t    *testing.T
	lab  *Lab
	keys map[string][]*dns.DNSKEY // nil: provably not signed
}

func newValidator(t *testing.T, l *Lab) *validator {
	t.Helper()
	v := &validator{t, l, map[string][]*dns.DNSKEY{}}
	var anchors []*dns.DS
	parser := dns.NewZoneParser(strings.NewReader(l.Anchor()), ".", "")
	for rr, ok := parser.Next(); ok; rr, ok = parser.Next() {
		if ds, is := rr.(*dns.DS); is {
			anchors = append(anchors, ds)
		}
	}
	v.trust(".", anchors)
	return v
}

// trust takes the keys of a zone when a DS record vouches for them.
func (v *validator) trust(zone string, vouchers []*dns.DS) {
	v.t.Helper()
	reply := ask(v.t, v.lab, zone, dns.TypeDNSKEY)
	for _, rr := range reply.Answer {
		key, is := rr.(*dns.DNSKEY)
		if !is {
			continue
		}
		for _, ds := range vouchers {
			if made := key.ToDS(ds.DigestType); made != nil && strings.EqualFold(made.Digest, ds.Digest) && made.KeyTag == ds.KeyTag {
				v.keys[zone] = []*dns.DNSKEY{key}
			}
		}
	}
	if v.keys[zone] == nil {
		v.t.Fatalf("no key of %s fits its DS records", zone)
	}
	v.signed(reply.Answer)
	for _, rr := range reply.Answer {
		if key, is := rr.(*dns.DNSKEY); is {
			v.keys[zone] = append(v.keys[zone], key)
		}
	}
}

// learn makes sure that the keys of a zone are known, or that it has none.
func (v *validator) learn(zone string) {
	v.t.Helper()
	if _, known := v.keys[zone]; known {
		return
	}
	v.learn(v.lab.tree.holding(parent(zone)).origin)
	reply := ask(v.t, v.lab, zone, dns.TypeDS)
	var vouchers []*dns.DS
	for _, rr := range reply.Answer {
		if ds, is := rr.(*dns.DS); is {
			vouchers = append(vouchers, ds)
		}
	}
	if vouchers != nil {
		v.signed(reply.Answer)
		v.trust(zone, vouchers)
		return
	}
	v.keys[zone] = nil
	if zone != selvastregata().zone.origin { // whose DS question is broken on purpose
		v.denied(reply, zone, dns.TypeDS)
	}
}

// signed checks that every set of a section has a signature that fits.
func (v *validator) signed(section []dns.RR) {
	v.t.Helper()
	type set struct {
		name string
		kind uint16
	}
	sets, signatures := map[set][]dns.RR{}, map[set]*dns.RRSIG{}
	for _, rr := range section {
		if signature, is := rr.(*dns.RRSIG); is {
			signatures[set{signature.Hdr.Name, signature.TypeCovered}] = signature
			continue
		}
		at := set{rr.Header().Name, rr.Header().Rrtype}
		sets[at] = append(sets[at], rr)
	}
	for at, records := range sets {
		zone := v.lab.tree.answering(at.name, at.kind).origin
		if at.kind == dns.TypeNSEC && signatures[at] != nil {
			zone = signatures[at].SignerName
		}
		v.learn(zone)
		if v.keys[zone] == nil {
			continue
		}
		if signature := signatures[at]; signature == nil {
			v.t.Errorf("%s %s has no signature", at.name, dns.TypeToString[at.kind])
		} else if !v.fits(signature, records, zone) {
			v.t.Errorf("%s does not fit", signature)
		}
	}
}

func (v *validator) fits(signature *dns.RRSIG, records []dns.RR, zone string) bool {
	return signature.SignerName == zone && signature.ValidityPeriod(v.lab.now) && slices.ContainsFunc(v.keys[zone], func(key *dns.DNSKEY) bool {
		return signature.Verify(key, records) == nil
	})
}

// denied checks the proof of a negative answer (RFC 4035 section 5.4).
func (v *validator) denied(reply *dns.Msg, name string, kind uint16) {
	v.t.Helper()
	v.signed(reply.Ns)
	var proofs []*dns.NSEC
	for _, rr := range reply.Ns {
		if nsec, is := rr.(*dns.NSEC); is {
			proofs = append(proofs, nsec)
		}
	}
	covered := func(name string) bool {
		return slices.ContainsFunc(proofs, func(n *dns.NSEC) bool { return covers(n, name) })
	}
	here := slices.IndexFunc(proofs, func(n *dns.NSEC) bool { return n.Hdr.Name == name })
	switch {
	case reply.Rcode == dns.RcodeNameError:
		encloser := name
		for slices.ContainsFunc(proofs, func(n *dns.NSEC) bool { return covers(n, encloser) }) {
			encloser = parent(encloser)
		}
		if !covered(name) || !covered("*."+encloser) {
			v.t.Errorf("%s: the denial of the name or of the wildcard *.%s is missing", name, encloser)
		}
	case here >= 0:
		if slices.Contains(proofs[here].TypeBitMap, kind) || slices.Contains(proofs[here].TypeBitMap, dns.TypeCNAME) {
			v.t.Errorf("%s: %s denies nothing", name, proofs[here])
		}
	case !slices.ContainsFunc(proofs, func(n *dns.NSEC) bool { return covers(n, name) && dns.IsSubDomain(name, n.NextDomain) }):
		v.t.Errorf("%s %s: no proof that there is nothing", name, dns.TypeToString[kind])
	}
}

// covers reports whether a name falls into the gap of an NSEC record. The last
// record of a zone leads back to its apex.
func covers(n *dns.NSEC, name string) bool {
	last := compareNames(n.NextDomain, n.Hdr.Name) <= 0
	return compareNames(n.Hdr.Name, name) < 0 && (last || compareNames(name, n.NextDomain) < 0)
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
		if reply := ask(t, l, origin, dns.TypeSOA); reply.AuthenticatedData != signed {
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
		"www.comune.isolachenonce.campanile.test.":     dns.RcodeNameError,
		"comune.isolachenonce.campanile.test.":         dns.RcodeSuccess,
		"isolachenonce.campanile.test.":                dns.RcodeSuccess, // an empty non-terminal
		"_domainkey.comune.roccafinta.campanile.test.": dns.RcodeSuccess,
		"_domainkey.comune.montebugia.campanile.test.": dns.RcodeNameError,
		"www.rete.example.":                            dns.RcodeNameError,
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
	for question, fault := range selvastregata().faults {
		answer := session.Ask(t.Context(), question.Name, question.Qtype)
		if answer.Err == nil {
			t.Errorf("%s %s has an answer, want none that can be used", question.Name, dns.TypeToString[question.Qtype])
			continue
		}
		if problem, _, _ := strings.Cut(answer.Err.Error(), ":"); want[fault] != "" && problem != want[fault] {
			t.Errorf("%s %s: %s, want %s", question.Name, dns.TypeToString[question.Qtype], problem, want[fault])
		}
	}
}
