package lab

import (
	"maps"
	"slices"

	"github.com/miekg/dns"
)

// habit is a way in which a name server of a zone is a bad one.
type habit int

const (
	lame     habit = iota + 1 // it knows nothing of the zone (RFC 1912 section 2.8)
	late                      // it has the zone of yesterday
	generous                  // it hands the whole zone out to anybody, and resolves every name for everybody
	mute                      // it does not answer at all
)

// zoneServer is the name server at one address. It answers with authority for
// its zones, refers to the zones below, and refuses the rest (RFC 1034 section
// 4.3.1).
type zoneServer struct {
	tree   tree
	zones  map[string]habit // by origin; 0: as it should
	faults map[dns.Question]fault
}

var _ dns.Handler = (*zoneServer)(nil)

// ServeDNS answers one question by UDP or TCP.
func (z *zoneServer) ServeDNS(w dns.ResponseWriter, query *dns.Msg) {
	if z.is(mute) {
		return
	}
	question := query.Question[0]
	question.Name = dns.CanonicalName(question.Name)
	table := z.serving(question.Name, question.Qtype)
	overTCP := w.LocalAddr().Network() == "tcp"
	switch {
	case question.Qtype == dns.TypeAXFR && overTCP && table != nil && table.origin == question.Name && z.zones[table.origin] == generous:
		// The asker may be gone; nobody is left to tell.
		_ = w.WriteMsg(table.transfer(query))
	case question.Qtype == dns.TypeAXFR || question.Qtype == dns.TypeIXFR || table == nil && !z.is(generous):
		_ = w.WriteMsg(failure(query, dns.RcodeRefused))
	case table == nil:
		(&resolver{z.tree, z.faults}).ServeDNS(w, query)
	case table.cut(question.Name, question.Qtype) != "":
		respond(w, query, z.refer(table, query), 0)
	default:
		respond(w, query, z.answer(table, query), z.faults[question])
	}
}

func (z *zoneServer) is(h habit) bool {
	return slices.Contains(slices.Collect(maps.Values(z.zones)), h)
}

// serving gives the zone to answer from: of those that the server has, the one
// nearest to the name; for DS, above the cut where it has that zone too (RFC
// 4035 section 3.1.4.1).
func (z *zoneServer) serving(name string, kind uint16) *table {
	if kind == dns.TypeDS && name != "." {
		if above := z.holding(parent(name)); above != nil && above.cut(parent(name), kind) == "" {
			return above
		}
	}
	return z.holding(name)
}

func (z *zoneServer) holding(name string) *table {
	for ; ; name = parent(name) {
		if h, ours := z.zones[name]; ours && h != lame {
			return z.tree[name]
		}
		if name == "." {
			return nil
		}
	}
}

// cut gives the delegation that stands between the zone and a name, or nothing.
func (t *table) cut(name string, kind uint16) string {
	found := ""
	for at := name; at != t.origin && at != "."; at = parent(at) {
		// The DS record of a delegation is on this side of it.
		if t.sets[at][dns.TypeNS] != nil && (at != name || kind != dns.TypeDS) {
			found = at
		}
	}
	return found
}

// refer sends the asker to the servers of a zone below, with the proof of how it
// is signed (RFC 4035 section 3.1.4) and the addresses that only that zone has.
func (z *zoneServer) refer(t *table, query *dns.Msg) *dns.Msg {
	question := query.Question[0]
	below := t.cut(dns.CanonicalName(question.Name), question.Qtype)
	m := z.begin(query, dns.RcodeSuccess)
	servers := t.sets[below][dns.TypeNS]
	m.Ns = servers.appendTo(nil, false)
	if wantsProofs(query) {
		if ds := t.sets[below][dns.TypeDS]; ds != nil {
			m.Ns = ds.appendTo(m.Ns, true)
		} else {
			for _, proof := range t.denial(below) {
				m.Ns = proof.appendTo(m.Ns, true)
			}
		}
	}
	for _, rr := range servers.records {
		host := rr.(*dns.NS).Ns
		if !dns.IsSubDomain(below, host) {
			continue
		}
		for _, kind := range []uint16{dns.TypeA, dns.TypeAAAA} {
			if glue := z.tree.holding(host).sets[host][kind]; glue != nil {
				m.Extra = glue.appendTo(m.Extra, false)
			}
		}
	}
	return m
}

// answer gives what the zone says, with authority.
func (z *zoneServer) answer(t *table, query *dns.Msg) *dns.Msg {
	question := query.Question[0]
	switch question.Qtype {
	case dns.TypeANY, dns.TypeRRSIG:
		return failure(query, dns.RcodeNotImplemented)
	}
	known := answerFrom(func(name string, kind uint16) *table {
		if zone := z.serving(name, kind); zone != nil && zone.cut(name, kind) == "" {
			return zone
		}
		return nil
	}, question, wantsProofs(query))
	m := z.begin(query, known.rcode)
	m.Authoritative = true
	m.Answer, m.Ns = known.Answer, known.Proof
	if z.zones[t.origin] == late {
		yesterday(m.Answer)
		yesterday(m.Ns)
	}
	return m
}

func (z *zoneServer) begin(query *dns.Msg, code int) *dns.Msg {
	m := failure(query, code)
	m.RecursionAvailable = z.is(generous)
	m.Compress = true
	if query.IsEdns0() != nil {
		m.SetEdns0(payload, wantsProofs(query))
	}
	return m
}

// yesterday puts the serial number of the day before into SOA records.
func yesterday(section []dns.RR) {
	for i, rr := range section {
		if soa, is := rr.(*dns.SOA); is {
			old := *soa
			old.Serial -= 100
			section[i] = &old
		}
	}
}

// transfer is the whole zone, which begins and ends with its SOA record (RFC
// 5936 section 2.2).
func (t *table) transfer(query *dns.Msg) *dns.Msg {
	m := failure(query, dns.RcodeSuccess)
	m.Authoritative = true
	first := t.sets[t.origin][dns.TypeSOA].records
	m.Answer = slices.Clone(first)
	for _, owner := range t.owners {
		for _, kind := range slices.Sorted(maps.Keys(t.sets[owner])) {
			if kind != dns.TypeSOA {
				m.Answer = t.sets[owner][kind].appendTo(m.Answer, true)
			}
		}
	}
	m.Answer = append(m.Answer, first...)
	return m
}
