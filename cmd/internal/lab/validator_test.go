package lab

import (
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

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
	v.keys[zone] = nil
	if zone == selvastregata().zone.origin { // whose keys nobody gets to see
		return
	}
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
	// The signatures of one town are over, and fit all the same.
	timely := signature.ValidityPeriod(v.lab.now) != (zone == firmamenti().zone.origin)
	return signature.SignerName == zone && timely && slices.ContainsFunc(v.keys[zone], func(key *dns.DNSKEY) bool {
		return signature.Verify(key, records) == nil
	})
}

// denied checks the proof of a negative answer (RFC 4035 section 5.4).
func (v *validator) denied(reply *dns.Msg, name string, kind uint16) {
	v.t.Helper()
	v.signed(reply.Ns)
	if slices.ContainsFunc(reply.Ns, func(rr dns.RR) bool { return rr.Header().Rrtype == dns.TypeNSEC3 }) {
		v.deniedByHash(reply, name, kind)
		return
	}
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

// deniedByHash checks a proof of NSEC3 records (RFC 5155 section 8).
func (v *validator) deniedByHash(reply *dns.Msg, name string, kind uint16) {
	v.t.Helper()
	var proofs []*dns.NSEC3
	for _, rr := range reply.Ns {
		if nsec3, is := rr.(*dns.NSEC3); is {
			proofs = append(proofs, nsec3)
		}
	}
	matching := func(name string) int {
		return slices.IndexFunc(proofs, func(n *dns.NSEC3) bool { return n.Match(name) })
	}
	covered := func(name string) bool {
		return slices.ContainsFunc(proofs, func(n *dns.NSEC3) bool { return n.Cover(name) })
	}
	if reply.Rcode != dns.RcodeNameError {
		here := matching(name)
		if here < 0 || slices.Contains(proofs[here].TypeBitMap, kind) || slices.Contains(proofs[here].TypeBitMap, dns.TypeCNAME) {
			v.t.Errorf("%s %s: no proof that there is nothing", name, dns.TypeToString[kind])
		}
		return
	}
	next, encloser := name, parent(name)
	for matching(encloser) < 0 && encloser != "." {
		next, encloser = encloser, parent(encloser)
	}
	if !covered(next) || !covered("*."+encloser) {
		v.t.Errorf("%s: the denial of %s or of the wildcard *.%s is missing", name, next, encloser)
	}
}

// covers reports whether a name falls into the gap of an NSEC record. The last
// record of a zone leads back to its apex.
func covers(n *dns.NSEC, name string) bool {
	last := compareNames(n.NextDomain, n.Hdr.Name) <= 0
	return compareNames(n.Hdr.Name, name) < 0 && (last || compareNames(name, n.NextDomain) < 0)
}
