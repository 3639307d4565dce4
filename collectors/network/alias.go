package network

import (
	"errors"
	"slices"
	"time"

	"github.com/miekg/dns"
)

// links gives the answers that questions for the aliases themselves would have
// got. Aliases that a DNAME record makes are left out: what proves them is
// somewhere else (RFC 6672 section 5.3.1).
func links(answer Answer) []Answer {
	if slices.ContainsFunc(answer.Answer, func(rr dns.RR) bool { return rr.Header().Rrtype == dns.TypeDNAME }) {
		return nil
	}
	var list []Answer
	owner := answer.Name
	for _, next := range answer.Aliases {
		link := Answer{Name: owner, Type: dns.TypeCNAME, At: answer.At, Proof: answer.Proof}
		link.Answer = ownedBy(answer.Answer, owner)
		for _, rr := range link.Answer {
			if rr.Header().Rrtype == dns.TypeCNAME {
				link.Records = append(link.Records, rr)
			}
		}
		list = append(list, link)
		owner = next
	}
	return list
}

// chain is a name's way through aliases that are known already.
type chain struct {
	name    string
	kind    uint16
	aliases []string
	answer  []dns.RR
	proof   []dns.RR
}

func (c chain) target() string { return c.aliases[len(c.aliases)-1] }

// alias gives the known aliases of a name, as a caching resolver would follow
// them: a name with a CNAME record has no other data (RFC 2181 section 10.1).
// Only addresses and CAA are looked for this way: some zones have a forbidden
// alias at their apex, and NS and SOA records beside it.
func (a *answers) alias(q question, now time.Time) (chain, bool) {
	if q.kind != dns.TypeA && q.kind != dns.TypeAAAA && q.kind != dns.TypeCAA {
		return chain{}, false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if e := a.by[q]; e != nil && !e.stale(now) {
		return chain{}, false
	}
	c := chain{name: q.name, kind: q.kind}
	for owner := q.name; len(c.aliases) < maxAliases; {
		e := a.by[question{owner, dns.TypeCNAME}]
		if e == nil || !e.settled() || e.stale(now) || len(e.value.Records) == 0 {
			return c, len(c.aliases) > 0
		}
		alias, ok := e.value.Records[0].(*dns.CNAME)
		if !ok {
			return chain{}, false
		}
		owner = dns.CanonicalName(alias.Target)
		c.aliases = append(c.aliases, owner)
		c.answer = append(c.answer, e.value.Answer...)
		c.proof = append(c.proof, e.value.Proof...)
	}
	return chain{}, false // too long or a circle: the resolver shall say
}

// then puts the answer for the target behind the aliases. What proves that an
// alias comes from a wildcard goes along (RFC 4035 section 5.3.4).
func (c chain) then(answer Answer) Answer {
	joined := answer
	joined.Name, joined.Type = c.name, c.kind
	joined.Aliases = append(slices.Clone(c.aliases), answer.Aliases...)
	joined.Answer = append(slices.Clone(c.answer), answer.Answer...)
	if slices.ContainsFunc(c.answer, expanded) {
		joined.Proof = append(slices.Clone(answer.Proof), denials(c.proof)...)
	}
	if len(joined.Aliases) > maxAliases {
		joined.Records, joined.Err = nil, &Error{"too-many", errors.New("more aliases than we follow")}
	}
	return joined
}

// expanded reports a signature over records that a wildcard made: it covers
// fewer labels than the owner has (RFC 4034 section 3.1.3).
func expanded(rr dns.RR) bool {
	sig, ok := rr.(*dns.RRSIG)
	return ok && int(sig.Labels) < dns.CountLabel(sig.Hdr.Name)
}

// denials keeps the records of a proof that deny something, and their
// signatures; an SOA record of the alias's zone would be taken for the target's.
func denials(proof []dns.RR) []dns.RR {
	return slices.DeleteFunc(slices.Clone(proof), func(rr dns.RR) bool {
		kind := rr.Header().Rrtype
		if sig, ok := rr.(*dns.RRSIG); ok {
			kind = sig.TypeCovered
		}
		return kind != dns.TypeNSEC && kind != dns.TypeNSEC3
	})
}
