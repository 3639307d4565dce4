package dnssec

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/miekg/dns"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/observe"
	"campanile/collectors/network"
)

// zone is a zone on the way down from the anchor. Where its verdict is not
// secure, the way ends.
type zone struct {
	name     string // with the final dot
	keys     []*dns.DNSKEY
	verdict  Verdict
	optedOut bool // an opt-out leaves it, or one below it, unsigned
}

func (z *zone) secure() bool { return z.verdict.Security == evidence.Secure }

// cut is what is known of a name below a secure zone.
type cut struct {
	zone *zone // that starts there; nil when none does
	last bool  // nor below
}

// maxLabels bounds the questions for one name: nobody's alias may use up what a
// target may ask. The longest honest names are those of IPv6 addresses in
// ip6.arpa (RFC 3596 section 2.5), with a label or two before them.
const maxLabels = 36

// reach goes from the root down to the zone that holds a name, and looks at
// each delegation on the way (RFC 4035 section 5). It ends at the first zone
// that is not secure: nothing is asked below.
func (v *Validator) reach(ctx context.Context, goal string) *zone {
	z := v.root(ctx)
	if dns.CountLabel(goal) > maxLabels {
		return &zone{name: z.name, verdict: indeterminate(z.name, evidence.TooMany, "%.80s... has more than %d labels", goal, maxLabels)}
	}
	for _, name := range below(goal) {
		if !z.secure() {
			break
		}
		if name != goal && v.spokenFor(z, goal) {
			v.remember(name, cut{}) // the zone reaches down to the goal: none starts here
			continue
		}
		c := v.cut(ctx, z, name)
		if c.zone != nil {
			z = c.zone
		}
		if c.last {
			break
		}
	}
	return z
}

// spokenFor reports that the zone itself is known to have answered for DS of the
// goal, as a referral does: what it signs is its own (RFC 4035 section 5.3.1), so
// no other zone lies between. Whether the signatures hold is seen at the goal.
func (v *Validator) spokenFor(z *zone, goal string) bool {
	if _, ok := v.remembered(goal); ok {
		return false
	}
	answer, known := v.session.Known(goal, dns.TypeDS)
	if !known || len(answer.Aliases) > 0 {
		return false
	}
	signed := false
	for _, rr := range slices.Concat(answer.Answer, answer.Proof) {
		if sig, ok := rr.(*dns.RRSIG); ok {
			if dns.CanonicalName(sig.SignerName) != z.name {
				return false
			}
			signed = true
		}
	}
	return signed
}

// root reads the keys of the root. What is wrong with them is nothing that a
// municipality, nor anybody below the root, has done: it is the way to the
// root, our clock or the anchor.
func (v *Validator) root(ctx context.Context) *zone {
	if c, ok := v.remembered("."); ok {
		return c.zone
	}
	z, answer := v.enter(ctx, ".", v.anchored)
	if answer.Err != nil {
		return z
	}
	switch z.verdict.Fault {
	case "":
		if z.secure() {
			z.verdict.Proof = "DNSKEY " + z.verdict.Proof + " at ."
		}
	case evidence.FaultNoKeys:
		z.verdict = indeterminate(".", evidence.NoDNSSEC, "the resolver gives no keys of the root")
	case evidence.FaultNoSignature:
		z.verdict = indeterminate(".", evidence.NoDNSSEC, "the resolver gives the keys of the root without a signature")
	default:
		z.verdict = indeterminate(".", evidence.Bogus, "the keys of the root: %s", z.verdict.Detail)
	}
	v.remember(".", cut{zone: z})
	return z
}

// anchored gives the keys that the anchor names.
func (v *Validator) anchored(keys []*dns.DNSKEY) ([]*dns.DNSKEY, *failure) {
	var found []*dns.DNSKEY
	var tags []uint16
	for _, key := range keys {
		tags = append(tags, key.KeyTag())
		if v.anchor.holds(key) {
			found = append(found, key)
		}
	}
	if len(found) > 0 {
		return found, nil
	}
	return nil, &failure{
		fault:  evidence.FaultDSMismatch,
		detail: fmt.Sprintf("none of them (tags %v) is in the trust anchor (tags %v)", tags[:min(len(tags), 8)], v.anchor.tags()),
	}
}

// cut looks at one name below a secure zone.
func (v *Validator) cut(ctx context.Context, above *zone, name string) cut {
	if c, ok := v.remembered(name); ok {
		return c
	}
	answer := v.ask(ctx, name, dns.TypeDS)
	if answer.Err != nil {
		return ends(above.name, unanswered(above.name, answer))
	}
	var c cut
	security := evidence.Secure
	if len(answer.Records) > 0 && len(answer.Aliases) == 0 {
		c, security = v.delegation(ctx, above, answer)
	} else {
		c = v.undelegated(above, answer)
		if c.zone != nil && (c.zone.optedOut || c.zone.verdict.Security != evidence.Insecure) {
			security = c.zone.verdict.Security
		}
	}
	v.note(answer, security)
	// What failed is asked again: the network remembers for how long not.
	if c.zone == nil || c.zone.verdict.Security != "" {
		v.remember(name, c)
	}
	return c
}

// ends is a cut at which the chain ends.
func ends(name string, verdict Verdict) cut {
	return cut{zone: &zone{name: name, verdict: verdict}, last: true}
}

// delegation enters the zone that DS records lead to. Besides the cut it says
// how secure the DS records themselves are.
func (v *Validator) delegation(ctx context.Context, above *zone, answer network.Answer) (cut, evidence.Security) {
	s := pick(answer.Answer, answer.Name, dns.TypeDS)
	// A resolver that strips DNSSEC data strips it here first. One that strips
	// only from some point on cannot be told from a broken zone by asking it;
	// whoever can asks the servers of the zone.
	if len(s.signatures) == 0 && above.name == "." {
		verdict := indeterminate(".", evidence.NoDNSSEC, "the DS records of %s come without a signature", observe.Name(answer.Name))
		return ends(above.name, verdict), ""
	}
	if _, f := verify(s, above.name, above.keys, v.session.Now(), &work{left: maxWork}); f != nil {
		c := ends(above.name, bogus(above.name, s.at(), f))
		return c, c.zone.verdict.Security
	}
	usable := usableDS(s.records)
	if len(usable) == 0 {
		verdict := insecure(answer.Name, describeDS(answer.Name, s.records), "no DS record of a kind that is verified here: %s", methods(s.records))
		return ends(answer.Name, verdict), evidence.Secure
	}
	z, _ := v.enter(ctx, answer.Name, func(keys []*dns.DNSKEY) ([]*dns.DNSKEY, *failure) { return delegated(keys, usable) })
	if z.verdict.Security != "" {
		z.verdict.Proof = describeDS(answer.Name, s.records)
	}
	return cut{zone: z}, evidence.Secure
}

// delegated gives the keys that DS records name (RFC 4035 section 5.2).
func delegated(keys []*dns.DNSKEY, list []*dns.DS) ([]*dns.DNSKEY, *failure) {
	found, tooMany := pointedAt(keys, list)
	switch {
	case len(found) > 0:
		return found, nil
	case tooMany:
		return nil, &failure{fault: evidence.FaultTooCostly, detail: fmt.Sprintf("more than %d pairs of DS and DNSKEY records have equal tags", maxDigests)}
	}
	var have, want []uint16
	for _, key := range keys {
		have = append(have, key.KeyTag())
	}
	for _, ds := range list {
		want = append(want, ds.KeyTag)
	}
	return nil, &failure{
		fault:  evidence.FaultDSMismatch,
		detail: fmt.Sprintf("the DS records name keys %v; the zone's keys are %v, and none has such a digest", want[:min(len(want), 8)], have[:min(len(have), 8)]),
	}
}

// enter reads the keys of a zone: the set has to be signed by one of the keys
// that are trusted already.
func (v *Validator) enter(ctx context.Context, name string, trusted func([]*dns.DNSKEY) ([]*dns.DNSKEY, *failure)) (*zone, network.Answer) {
	answer := v.ask(ctx, name, dns.TypeDNSKEY)
	z := &zone{name: name}
	if answer.Err != nil {
		z.verdict = unanswered(name, answer)
		return z, answer
	}
	s := pick(answer.Answer, name, dns.TypeDNSKEY)
	keys, sig, f := readKeys(s, trusted, v)
	if f != nil {
		z.verdict = bogus(name, s.at(), f)
	} else {
		z.keys = keys
		z.verdict = Verdict{Security: evidence.Secure, Zone: observe.Name(name), Proof: strconv.Itoa(int(sig.KeyTag)), First: signatureOf(sig)}
	}
	v.note(answer, z.verdict.Security)
	return z, answer
}

func readKeys(s rrset, trusted func([]*dns.DNSKEY) ([]*dns.DNSKEY, *failure), v *Validator) ([]*dns.DNSKEY, *dns.RRSIG, *failure) {
	var keys []*dns.DNSKEY
	for _, rr := range s.records {
		if key, ok := rr.(*dns.DNSKEY); ok && isZoneKey(key) {
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return nil, nil, &failure{fault: evidence.FaultNoKeys, detail: s.at() + ": the zone publishes no key, though the parent has DS records"}
	}
	entry, f := trusted(keys)
	if f != nil {
		return nil, nil, f
	}
	sig, f := verify(s, s.owner, entry, v.session.Now(), &work{left: maxWork})
	// The set is signed, by keys that nothing leads to.
	if f != nil && f.fault == evidence.FaultKeyMissing {
		f = &failure{fault: evidence.FaultDSMismatch, detail: "the keys that the parent's DS records name did not sign " + s.at(), signature: f.signature}
	}
	return keys, sig, f
}
