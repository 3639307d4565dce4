package lab

import (
	"github.com/miekg/dns"
)

// reply is what a resolver knows about a question.
type reply struct {
	rcode  int
	secure bool // every part of it leads to the root's key
	Answer []dns.RR
	Proof  []dns.RR
}

// maxAliases bounds a chain of CNAME records.
const maxAliases = 8

// resolve answers like a recursive resolver that has asked everybody: it
// follows aliases from zone to zone, and says in the last one what is not there
// (RFC 1034 section 4.3.2, RFC 2308). Signatures and denials are added on wish
// (RFC 4035 section 3.2.1).
func (t tree) resolve(question dns.Question, withProofs bool) reply {
	r := reply{secure: true}
	name := dns.CanonicalName(question.Name)
	for range maxAliases {
		table := t.answering(name, question.Qtype)
		r.secure = r.secure && table.secure
		if set := table.sets[name][question.Qtype]; set != nil {
			r.Answer = set.appendTo(r.Answer, withProofs)
			return r
		}
		alias := table.sets[name][dns.TypeCNAME]
		if alias == nil {
			r.deny(table, name, withProofs)
			return r
		}
		r.Answer = alias.appendTo(r.Answer, withProofs)
		name = dns.CanonicalName(alias.records[0].(*dns.CNAME).Target)
	}
	return reply{rcode: dns.RcodeServerFailure}
}

// deny says no: the zone's SOA goes along, and the proof where wished.
func (r *reply) deny(table *table, name string, withProofs bool) {
	if !table.exists(name) {
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
