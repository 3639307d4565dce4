package dns

import (
	"context"
	"errors"
	"slices"

	"github.com/miekg/dns"

	"campanile/collectors/dnssec"
	"campanile/collectors/evidence"
	"campanile/collectors/internal/ask"
	"campanile/collectors/internal/observe"
	"campanile/collectors/network"
)

// trust follows the chain of DS records to the zone.
func (p *plan) trust(ctx context.Context) []network.Answer {
	if !p.home.missing {
		_ = p.request.Validator.Zone(ctx, p.zone()) // it remembers
	}
	return nil
}

// zone is the zone of the domain, or the domain where it is not known.
func (p *plan) zone() string {
	if p.home.apex != "" {
		return p.home.apex
	}
	return p.request.Domain
}

// evidence puts everything together.
func (p *plan) evidence(ctx context.Context) evidence.DNS {
	answers := p.sorted()
	signed, security := p.signed(ctx, answers)
	lookups := p.request.Validator.Lookups()
	for i, a := range answers {
		l := observe.Lookup(a)
		l.Security = security[i]
		lookups = append(lookups, l)
	}
	d := evidence.DNS{
		Zone: p.home.apex, Lookups: ask.Unique(lookups), Signed: signed,
		Delegation: p.delegation, Servers: p.nameServers(),
	}
	if p.home.missing {
		d.Zone, d.Delegation = "", evidence.Delegation{}
		return d
	}
	if !p.request.Basics {
		d.MadeUp = p.madeUp
	}
	return d
}

// signed says whether the chain of trust reaches the zone and whether the data
// of the zone validates; security is that of each answer.
func (p *plan) signed(ctx context.Context, answers []network.Answer) (signed evidence.Signed, security []evidence.Security) {
	security = make([]evidence.Security, len(answers))
	switch {
	case p.request.Validator == nil:
		return skipped(evidence.NoDNSSEC, "no trust anchor was given"), security
	case p.home.missing:
		return skipped(evidence.DependsOnOther, "the domain does not exist"), security
	}
	verdict := p.request.Validator.Zone(ctx, p.zone())
	signed = ofZone(verdict, p.session)
	if verdict.Security == evidence.BogusData && p.keysDamaged(ctx) {
		return unsettled(signed, "DNSKEY", p.zone(), p.session), security
	}
	for i, a := range answers {
		if a.Err != nil || !dns.IsSubDomain(dns.CanonicalName(p.zone()), a.Name) {
			continue
		}
		own, whole := p.inZone(a)
		v := p.request.Validator.Validate(ctx, own)
		if v.Security == evidence.BogusData && v.Zone == p.zone() && verdict.Security == evidence.Secure && p.damaged(ctx, a) {
			v = dnssec.Verdict{Problem: evidence.NoDNSSEC}
			signed = unsettled(signed, dns.TypeToString[a.Type], observe.Name(a.Name), p.session)
		}
		if whole {
			security[i] = v.Security
		}
		// An alias into a supplier's broken zone is not this zone's fault.
		if v.Security == evidence.BogusData && v.Zone == p.zone() && signed.State == evidence.Seen && signed.Fault == "" {
			signed.Fault, signed.FaultAt, signed.Detail = v.Fault, v.At, v.Detail
		}
		if v.Zone == p.zone() {
			signed.First = sooner(signed.First, v.First)
		}
	}
	return signed, security
}

func skipped(why evidence.Problem, detail string) evidence.Signed {
	return evidence.Signed{Observation: evidence.Skipped(why, detail)}
}

// ofZone is the evidence of the chain of trust itself (RFC 4035 section 4.3).
func ofZone(v dnssec.Verdict, s *network.Session) evidence.Signed {
	signed := evidence.Signed{Zone: v.Zone, Proof: v.Proof, First: v.First}
	switch v.Security {
	case evidence.Secure:
		signed.Observation = evidence.SeenAt(s.Now())
	case evidence.Insecure:
		signed.Observation = evidence.AbsentAt(s.Now())
	case evidence.BogusData:
		signed.Observation = evidence.SeenAt(s.Now())
		signed.Fault, signed.FaultAt, signed.Detail = v.Fault, v.At, v.Detail
	default:
		signed.Observation = evidence.UnknownAt(s.Now(), v.Problem, v.Detail)
	}
	return signed
}

// damaged reports that the zone's own server gives data which validates where
// the resolver's does not: then something on the way spoils it, and the zone is
// not to blame.
func (p *plan) damaged(ctx context.Context, a network.Answer) bool {
	own := p.own(ctx, a.Name, a.Type)
	return own.Err == nil && p.request.Validator.Validate(ctx, own).Security == evidence.Secure
}

// keysDamaged reports the same of the keys of the zone, on which all else rests.
func (p *plan) keysDamaged(ctx context.Context) bool {
	keys := p.own(ctx, p.zone(), dns.TypeDNSKEY)
	if keys.Err != nil {
		return false
	}
	return p.request.Validator.With(p.session.Instead(keys)).Zone(ctx, p.zone()).Security == evidence.Secure
}

// own is what a server of the zone itself answers.
func (p *plan) own(ctx context.Context, name string, kind uint16) network.Answer {
	i := slices.IndexFunc(p.servers, func(s *server) bool { return s.soa != nil })
	if i < 0 {
		return network.Answer{Err: &network.Error{Problem: "no-route", Err: errors.New("no server of the zone answers")}}
	}
	return p.session.AskServer(ctx, p.servers[i].address, network.Query{Name: name, Type: kind, Recursion: true}).AnswerOf()
}

// unsettled is the verdict where the resolver and the zone's own server differ.
func unsettled(signed evidence.Signed, kind, name string, s *network.Session) evidence.Signed {
	detail := "the resolver spoils the signed " + kind + " data of " + name + "; the zone's own server gives it intact"
	signed.Observation = evidence.UnknownAt(s.Now(), evidence.NoDNSSEC, detail)
	signed.Fault, signed.FaultAt = "", ""
	return signed
}

// inZone gives the part of an answer that the zone itself signs. Where an alias
// leads out of the zone, that is the alias: whether a supplier's zone is signed
// is the supplier's affair, and would cost questions.
func (p *plan) inZone(a network.Answer) (own network.Answer, whole bool) {
	zone := dns.CanonicalName(p.zone())
	leaves := slices.IndexFunc(a.Aliases, func(alias string) bool { return !dns.IsSubDomain(zone, alias) })
	if leaves < 0 {
		return a, true
	}
	own = a
	own.Type, own.Aliases, own.Proof = dns.TypeCNAME, nil, nil
	own.Answer = slices.DeleteFunc(slices.Clone(a.Answer), func(rr dns.RR) bool { return dns.CanonicalName(rr.Header().Name) != a.Name })
	own.Records = owned(own.Answer, a.Name, dns.TypeCNAME)
	return own, false
}

// sooner gives the signature that expires first; one without a date is none.
func sooner(a, b evidence.Signature) evidence.Signature {
	if a.Expiration.IsZero() || !b.Expiration.IsZero() && b.Expiration.Before(a.Expiration) {
		return b
	}
	return a
}
