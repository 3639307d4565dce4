package dnssec

import (
	"strings"

	"github.com/miekg/dns"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/observe"
	"campanile/collectors/network"
)

// undelegated reads an answer that has no DS records for the name.
func (v *Validator) undelegated(above *zone, answer network.Answer) cut {
	w := &work{left: maxWork}
	if len(answer.Aliases) > 0 {
		return v.aliased(above, answer, w)
	}
	if why := unsignedDenial(above, answer.Proof); why != nil {
		return ends(above.name, why.verdict(above.name, answer.Name, dns.TypeDS))
	}
	d := above.readDenial(answer.Proof, v, w)
	said, record := d.cutAt(answer.Name)
	switch said {
	case noCut:
		return cut{}
	case noneBelow:
		return cut{last: true}
	case unsignedCut:
		return ends(answer.Name, insecure(answer.Name, record, "%s", d.remark()))
	case optedOutCut:
		c := ends(answer.Name, insecure(answer.Name, record, "%s", d.remark()))
		c.zone.optedOut = true
		return c
	case falseCut, unknownCut:
	}
	verdict := d.verdict(d.nothing(), answer.Name, dns.TypeDS, record)
	if verdict.Security == evidence.Insecure {
		verdict.Zone = observe.Name(answer.Name)
		return ends(answer.Name, verdict)
	}
	return ends(above.name, verdict)
}

// aliased reads a name that has a CNAME record of the zone above: such a name
// has no other data, so it is no delegation (RFC 2181 section 10.1). The alias
// may come from a DNAME record at a parent (RFC 6672 section 3.1), below which
// this zone has nothing at all (section 2.4).
func (v *Validator) aliased(above *zone, answer network.Answer, w *work) cut {
	s := pick(answer.Answer, answer.Name, dns.TypeCNAME)
	if len(s.signatures) == 0 {
		if dname := redirection(answer.Answer, answer.Name, answer.Aliases[0]); dname != nil {
			s = *dname
		}
	}
	if _, f := verify(s, above.name, above.keys, v.session.Now(), w); f != nil {
		return ends(above.name, bogus(above.name, s.at(), f))
	}
	return cut{last: s.kind == dns.TypeDNAME}
}

// redirection finds the DNAME record that makes an alias out of a name (RFC
// 6672 section 2.2). The CNAME record in the answer carries no signature then.
func redirection(section []dns.RR, name, target string) *rrset {
	for _, rr := range section {
		dname, ok := rr.(*dns.DNAME)
		if !ok {
			continue
		}
		owner := dns.CanonicalName(dname.Hdr.Name)
		if owner == name || !dns.IsSubDomain(owner, name) {
			continue
		}
		if strings.TrimSuffix(name, owner)+dns.CanonicalName(dname.Target) != target {
			continue
		}
		s := pick(section, owner, dns.TypeDNAME)
		return &s
	}
	return nil
}

// naked is what is wrong with a denial that carries no signature at all.
type naked struct {
	problem evidence.Problem
	at      string
}

// unsignedDenial looks for a signature over a denial. Directly below the root,
// or where even the SOA record is missing that every server sends (RFC 2308
// section 3), it is the resolver that drops what we need.
func unsignedDenial(z *zone, section []dns.RR) *naked {
	at := ""
	for _, rr := range section {
		switch rr.Header().Rrtype {
		case dns.TypeRRSIG:
			return nil
		case dns.TypeNSEC, dns.TypeNSEC3, dns.TypeSOA:
			if at == "" {
				at = observe.Name(rr.Header().Name) + " " + typeName(rr.Header().Rrtype)
			}
		}
	}
	if at == "" || z.name == "." {
		return &naked{problem: evidence.NoDNSSEC}
	}
	return &naked{at: at}
}

func (n *naked) verdict(zone, name string, kind uint16) Verdict {
	if n.problem != "" {
		return indeterminate(zone, n.problem, "the resolver denies %s %s without a signed proof", observe.Name(name), typeName(kind))
	}
	return bogus(zone, n.at, &failure{
		fault:  evidence.FaultNoSignature,
		detail: observe.Name(name) + " " + typeName(kind) + " is denied, and the denial comes without a signature",
	})
}

// verdict is what a denial means that does not lead further.
func (d *denial) verdict(m meaning, name string, kind uint16, record string) Verdict {
	switch m {
	case proven:
		return Verdict{Security: evidence.Secure, Zone: observe.Name(d.zone), Detail: d.remark(), First: d.first()}
	case overIterated:
		return insecure(d.zone, record, "the NSEC3 records hash %d times more than once; above %d validators treat them as unsigned (RFC 9276)", d.iterations, maxIterations)
	case tooLong:
		return indeterminate(d.zone, evidence.TooMany, "the denial of %s %s takes more than %d hashes", observe.Name(name), typeName(kind), maxHashes)
	case unproven:
	}
	f, at := d.fault(name, kind, record)
	return bogus(d.zone, at, f)
}
