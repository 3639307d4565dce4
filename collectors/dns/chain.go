package dns

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/miekg/dns"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/observe"
	"campanile/collectors/network"
)

// descent goes from the root down to a zone and looks at each delegation on
// the way (RFC 4035 section 5). It verifies the keys of the root; of the DS
// records and denials below it takes the resolver's word that their signatures
// are good, as long as there are any.
type descent struct {
	session *network.Session
	anchor  Anchor
	at      string // the last zone that the chain reached, with the final dot
	proof   string // the record that led there
	lookups []evidence.Lookup
}

// chain says whether the chain of DS records leads from the anchor to the zone
// of the domain.
func chain(ctx context.Context, s *network.Session, r Request, home place) (evidence.Signed, []evidence.Lookup) {
	switch {
	case r.Anchor.empty():
		return skipped(evidence.NoDNSSEC, "no trust anchor was given"), nil
	case home.missing:
		return skipped(evidence.DependsOnOther, "the domain does not exist"), nil
	}
	d := &descent{session: s, anchor: r.Anchor, at: "."}
	signed := d.descend(ctx, r.Domain, home)
	return signed, d.lookups
}

func skipped(why evidence.Problem, detail string) evidence.Signed {
	return evidence.Signed{Observation: evidence.Skipped(why, detail)}
}

// descend ends at the zone, or at the domain itself where the zone is not
// known: a name without a delegation of its own does not end the chain.
func (d *descent) descend(ctx context.Context, domain string, home place) evidence.Signed {
	if end := d.root(ctx); end != nil {
		return *end
	}
	goal := dns.CanonicalName(domain)
	if home.apex != "" {
		goal = dns.CanonicalName(home.apex)
	}
	for _, name := range below(goal) {
		if end := d.step(ctx, name, goal); end != nil {
			return *end
		}
	}
	// A zone of its own without a delegation has data that nobody signed for.
	if home.apex != "" && d.at != goal {
		return *d.unknown(evidence.Bogus, "a signed denial says that %s is no zone, yet it answers as one", goal)
	}
	return evidence.Signed{Observation: evidence.SeenAt(d.session.Now()), Zone: observe.Name(d.at), Proof: d.proof}
}

// below lists the names from the top level down to the goal.
func below(goal string) []string {
	var list []string
	for _, start := range dns.Split(goal) {
		list = append(list, goal[start:])
	}
	slices.Reverse(list)
	return list
}

func (d *descent) ask(ctx context.Context, name string, kind uint16) network.Answer {
	answer := d.session.Ask(ctx, name, kind)
	d.lookups = append(d.lookups, observe.Lookup(answer))
	return answer
}

// root gives nil when the keys of the root are signed by a key of the anchor,
// else the end of the chain.
func (d *descent) root(ctx context.Context) *evidence.Signed {
	answer := d.ask(ctx, ".", dns.TypeDNSKEY)
	signatures := signaturesOf(answer.Answer, ".", dns.TypeDNSKEY)
	switch {
	case answer.Err != nil:
		return d.failed(answer)
	case len(answer.Records) == 0:
		return d.unknown(evidence.NoDNSSEC, "the resolver gives no keys of the root")
	case len(signatures) == 0:
		return d.unknown(evidence.NoDNSSEC, "the resolver gives the keys of the root without a signature")
	}
	key, err := d.anchor.verify(answer.Records, signatures, d.session.Now())
	if err != nil {
		return d.unknown(evidence.Bogus, "%v", err)
	}
	d.proof = fmt.Sprintf("DNSKEY %d at .", key.KeyTag())
	return nil
}

// step looks at one name: nil means that the chain goes on below it.
func (d *descent) step(ctx context.Context, name, goal string) *evidence.Signed {
	answer := d.ask(ctx, name, dns.TypeDS)
	absent, wholeName := answer.Denied()
	switch {
	case answer.Err != nil:
		return d.failed(answer)
	case len(answer.Aliases) > 0:
		return d.alias(answer)
	case !absent:
		return d.delegation(answer)
	case wholeName && answer.Signed():
		return d.unknown(evidence.Malformed, "a signed denial says that %s does not exist, yet there is something below", name)
	}
	return d.denied(ctx, answer, goal)
}

// delegation goes on below a name that has DS records, when the zone above
// signed them (RFC 4035 section 5.2).
func (d *descent) delegation(answer network.Answer) *evidence.Signed {
	if !d.signed(answer.Answer, answer.Name, dns.TypeDS) {
		return d.unknown(evidence.NoDNSSEC, "the DS records of %s come without a signature of zone %q", answer.Name, d.at)
	}
	var tags []string
	for _, rr := range answer.Records {
		if ds, ok := rr.(*dns.DS); ok {
			tags = append(tags, strconv.Itoa(int(ds.KeyTag)))
		}
	}
	slices.Sort(tags)
	d.at = answer.Name
	d.proof = evidence.Clip("DS "+strings.Join(tags, ", ")+" at "+observe.Name(answer.Name), evidence.MaxDetail)
	return nil
}

// alias goes on below a name that has a CNAME record of the zone above: such a
// name has no other data, so it is no delegation (RFC 2181 section 10.1). The
// alias may come from a DNAME record at a parent (RFC 6672 section 3.1).
func (d *descent) alias(answer network.Answer) *evidence.Signed {
	if d.signed(answer.Answer, answer.Name, dns.TypeCNAME) {
		return nil
	}
	for _, rr := range answer.Answer {
		owner := dns.CanonicalName(rr.Header().Name)
		if rr.Header().Rrtype == dns.TypeDNAME && dns.IsSubDomain(owner, answer.Name) && d.signed(answer.Answer, owner, dns.TypeDNAME) {
			return nil
		}
	}
	return d.unknown(evidence.NoDNSSEC, "%s is an alias, and its record comes without a signature of zone %q", answer.Name, d.at)
}

// denied reads the proof that a name has no DS record.
func (d *descent) denied(ctx context.Context, answer network.Answer, goal string) *evidence.Signed {
	said := d.readDenial(answer)
	switch said.meaning {
	case noDelegation:
		return nil
	case unsignedDelegation:
		return d.absent(answer.Name, said.proof)
	case optedOut:
		return d.absent(d.firstZone(ctx, answer.Name, goal), said.proof)
	case noSuchName:
		return d.unknown(evidence.Malformed, "%s says that %s does not exist, yet there is something below", said.proof, answer.Name)
	case contradiction:
		return d.unknown(evidence.Bogus, "%s says that %s has DS records, and none came", said.proof, answer.Name)
	case tooCostly:
		return d.unknown(evidence.TooMany, "%s hashes more than %d times", said.proof, maxIterations)
	case nothing:
	}
	return d.unknown(evidence.NoDNSSEC, "the resolver denies DS of %s without a signed proof of zone %q", answer.Name, d.at)
}

// firstZone finds which zone at or below the name is the one that an opt-out
// leaves unsigned: the name itself may only stand between two delegations,
// and then has no record of its own in the denial (RFC 5155 section 7.1).
func (d *descent) firstZone(ctx context.Context, name, goal string) string {
	for _, each := range below(goal) {
		if !dns.IsSubDomain(name, each) || each == goal {
			continue
		}
		if answer := d.ask(ctx, each, dns.TypeSOA); len(answer.Records) > 0 && len(answer.Aliases) == 0 {
			return each
		}
	}
	return goal
}

// signed reports whether a signature of the zone reached last covers the
// records (RFC 4035 section 5.3.1: the signer is the zone that holds them).
func (d *descent) signed(section []dns.RR, owner string, kind uint16) bool {
	return slices.ContainsFunc(signaturesOf(section, owner, kind), func(sig *dns.RRSIG) bool {
		return dns.CanonicalName(sig.SignerName) == d.at
	})
}

func signaturesOf(section []dns.RR, owner string, kind uint16) []*dns.RRSIG {
	var list []*dns.RRSIG
	for _, rr := range section {
		if sig, ok := rr.(*dns.RRSIG); ok && sig.TypeCovered == kind && dns.CanonicalName(sig.Hdr.Name) == owner {
			list = append(list, sig)
		}
	}
	return list
}

func (d *descent) failed(answer network.Answer) *evidence.Signed {
	return &evidence.Signed{Observation: observe.Failure(answer.At, answer.Err), Zone: observe.Name(d.at)}
}

func (d *descent) absent(zone, proof string) *evidence.Signed {
	return &evidence.Signed{
		Observation: evidence.AbsentAt(d.session.Now()),
		Zone:        observe.Name(zone),
		Proof:       evidence.Clip(proof, evidence.MaxDetail),
	}
}

func (d *descent) unknown(why evidence.Problem, format string, values ...any) *evidence.Signed {
	detail := fmt.Sprintf(format, values...)
	return &evidence.Signed{Observation: evidence.UnknownAt(d.session.Now(), why, detail), Zone: observe.Name(d.at)}
}
