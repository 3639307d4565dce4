package lab

import (
	"github.com/miekg/dns"
)

// reply is what a server knows about a question.
type reply struct {
	rcode  int
	secure bool // every part of it leads to the root's key
	stale  bool // a part of it has expired signatures
	Answer []dns.RR
	Proof  []dns.RR
}

// maxAliases bounds a chain of CNAME records.
const maxAliases = 8

// resolve answers like a recursive resolver that has asked everybody.
func (t tree) resolve(question dns.Question, withProofs bool) reply {
	return answerFrom(t.answering, question, withProofs)
}

// answerFrom follows aliases from zone to zone, as far as there is one to answer
// from, and says in the last one what is not there (RFC 1034 section 4.3.2, RFC
// 2308). Signatures and denials are added on wish (RFC 4035 section 3.2.1).
func answerFrom(zoneFor func(name string, kind uint16) *table, question dns.Question, withProofs bool) reply {
	r := reply{secure: true}
	name := dns.CanonicalName(question.Name)
	for range maxAliases {
		table := zoneFor(name, question.Qtype)
		if table == nil {
			return r // the alias leads to names that others have to answer for
		}
		r.secure, r.stale = r.secure && table.secure, r.stale || table.stale
		sets := table.at(name)
		if set := sets[question.Qtype]; set != nil {
			r.Answer = set.appendTo(r.Answer, withProofs)
			return r
		}
		alias := sets[dns.TypeCNAME]
		if alias == nil {
			r.deny(table, name, withProofs)
			return r
		}
		r.Answer = alias.appendTo(r.Answer, withProofs)
		name = dns.CanonicalName(alias.records[0].(*dns.CNAME).Target)
	}
	return reply{rcode: dns.RcodeServerFailure}
}

// at gives the sets of a name. Where there is no such name, those of a wildcard
// stand in for it (RFC 4592 section 3.3.1); no signed zone of the lab has one.
func (t *table) at(name string) map[uint16]*rrset {
	if t.exists(name) {
		return t.sets[name]
	}
	made := map[uint16]*rrset{}
	for kind, set := range t.sets["*."+t.closestEncloser(name)] {
		made[kind] = set.renamed(name)
	}
	return made
}

func (s *rrset) renamed(owner string) *rrset {
	copied := &rrset{}
	for _, rr := range s.records {
		rr = dns.Copy(rr)
		rr.Header().Name = owner
		copied.records = append(copied.records, rr)
	}
	return copied
}

// deny says no: the zone's SOA goes along, and the proof where wished.
func (r *reply) deny(table *table, name string, withProofs bool) {
	if !table.exists(name) && table.sets["*."+table.closestEncloser(name)] == nil {
		r.rcode = dns.RcodeNameError
	}
	r.Proof = table.sets[table.origin][dns.TypeSOA].appendTo(nil, withProofs)
	if !withProofs {
		return
	}
	for _, set := range table.denial(name) {
		r.Proof = set.appendTo(r.Proof, true)
	}
}

func (s *rrset) appendTo(section []dns.RR, withSignatures bool) []dns.RR {
	section = append(section, s.records...)
	if withSignatures {
		section = append(section, s.signatures...)
	}
	return section
}
