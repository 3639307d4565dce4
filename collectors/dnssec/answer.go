package dnssec

import (
	"context"

	"github.com/miekg/dns"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/observe"
	"campanile/collectors/network"
)

// Validate says whether an answer is to be believed: the records, or the
// denial, and each alias that leads there, in the zone that each is of. The
// weakest link counts.
func (v *Validator) Validate(ctx context.Context, a network.Answer) Verdict {
	switch {
	case v == nil:
		return Verdict{}
	case a.Err != nil:
		return unanswered("", a)
	case a.Type == dns.TypeRRSIG || a.Type == dns.TypeANY:
		return Verdict{} // no record set of its own, so nothing signs it (RFC 4035 section 2.2)
	}
	w := &work{left: maxWork}
	name := a.Name
	var verdict Verdict
	for i, target := range a.Aliases {
		link := v.alias(ctx, a, name, target, w)
		if i == 0 {
			verdict = link
		} else {
			verdict = verdict.join(link)
		}
		name = target
	}
	end := v.end(ctx, a, name, w)
	if len(a.Aliases) == 0 {
		return end
	}
	return verdict.join(end)
}

// end validates what stands at the end of the aliases.
func (v *Validator) end(ctx context.Context, a network.Answer, name string, w *work) Verdict {
	if len(a.Records) > 0 {
		s := pick(a.Answer, name, a.Type)
		s.records = nil
		for _, rr := range a.Records { // whatever their class: all of them are to be believed, or none
			s.records = append(s.records, named(rr, name))
		}
		return v.records(ctx, s, a.Proof, w)
	}
	return v.denied(ctx, a, name, w)
}

// alias validates one link: the CNAME record at the name, or the DNAME record
// that it was made from (RFC 6672 section 5.3.1).
func (v *Validator) alias(ctx context.Context, a network.Answer, name, target string, w *work) Verdict {
	s := pick(a.Answer, name, dns.TypeCNAME)
	if len(s.signatures) == 0 {
		if dname := redirection(a.Answer, name, target); dname != nil {
			s = *dname
		}
	}
	return v.records(ctx, s, a.Proof, w)
}

// records validates a set of records.
func (v *Validator) records(ctx context.Context, s rrset, proof []dns.RR, w *work) Verdict {
	z := v.reach(ctx, home(s))
	if !z.secure() {
		return z.verdict
	}
	sig, f := verify(s, z.name, z.keys, v.session.Now(), w)
	if f != nil {
		// Signatures of a zone further up are no fault of an unsigned one.
		if end := v.reach(ctx, holder(s.owner, s.kind)); end.verdict.Security == evidence.Insecure {
			return end.verdict
		}
		return bogus(z.name, s.at(), f)
	}
	verdict := Verdict{Security: evidence.Secure, Zone: observe.Name(z.name), Proof: z.verdict.Proof, First: signatureOf(sig)}
	if !expanded(s, sig) {
		return verdict
	}
	// RFC 4035 section 5.3.4: a wildcard speaks only for names that do not exist.
	d := z.readDenial(proof, v, w)
	switch holds, optedOut := d.exact(s.owner, int(sig.Labels)); {
	case !holds:
		return d.verdict(d.nothing(), s.owner, s.kind, "")
	case optedOut:
		return insecure(z.name, "NSEC3 with opt-out in "+observe.Name(z.name), "a wildcard that an unsigned zone may come before")
	}
	verdict.Detail, verdict.First = d.remark(), earlier(verdict.First, d.first())
	return verdict
}

// home is the name down to which the chain is followed for a set: the zone that
// signed it, or where nobody did, the name itself, since any zone on the way may
// turn out not to be signed. A signer that is not above the records is no home
// of theirs (RFC 4035 section 5.3.1). That no zone starts between the signer and
// the name is not looked at, as others do not: what the signer could forge there
// it could forge by moving the delegation.
func home(s rrset) string {
	goal := holder(s.owner, s.kind)
	return nearest(goal, s.signatures)
}

// holder is the name whose zone has the records: those of type DS stand in the
// zone above (RFC 4035 section 3.1.4.1).
func holder(owner string, kind uint16) string {
	if kind == dns.TypeDS {
		return parent(owner)
	}
	return owner
}

// nearest gives the signer that is nearest above the goal, or the goal.
func nearest(goal string, signatures []*dns.RRSIG) string {
	best, found := goal, false
	for _, sig := range signatures {
		signer := dns.CanonicalName(sig.SignerName)
		if dns.IsSubDomain(signer, goal) && (!found || dns.IsSubDomain(best, signer)) {
			best, found = signer, true
		}
	}
	return best
}

// denied validates a denial.
func (v *Validator) denied(ctx context.Context, a network.Answer, name string, w *work) Verdict {
	goal := holder(name, a.Type)
	var signatures []*dns.RRSIG
	for _, s := range denialSets(a.Proof, ".") {
		signatures = append(signatures, s.signatures...)
	}
	z := v.reach(ctx, nearest(goal, signatures))
	if !z.secure() {
		return z.verdict
	}
	d := z.readDenial(a.Proof, v, w)
	m, record := d.denies(name, a.Type, a.Rcode == dns.RcodeNameError)
	if m == unproven {
		// The signer may be the zone of an earlier link, and an unsigned one lies
		// between it and the name.
		end := v.reach(ctx, goal)
		if !end.secure() && (end.name != z.name || end.verdict.Security != evidence.BogusData) {
			return end.verdict
		}
	}
	if why := unsignedDenial(z, a.Proof); m == unproven && why != nil {
		return why.verdict(z.name, name, a.Type)
	}
	verdict := d.verdict(m, name, a.Type, record)
	if m == proven {
		verdict.Proof = z.verdict.Proof
	}
	return verdict
}
