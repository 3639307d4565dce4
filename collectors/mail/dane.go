package mail

import (
	"cmp"
	"slices"
	"time"

	"campanile/collectors/evidence"
	"campanile/collectors/records"
)

// promise is what the TLSA records of a host say that its servers present. The
// observation is seen when senders hold them to it, unknown when that cannot be
// told.
type promise struct {
	evidence.Observation
	pins  []pin
	names []string // that the certificate may be for
}

// promised reads the records of a host. RFC 7672 section 2.2: they count where
// the MX records, the addresses and the records themselves are securely signed.
func promised(r Request, mx validated, name string, h host) promise {
	tlsa := h.tlsa[0]
	// Section 2.2.2: the name that the host is an alias of goes first.
	if at := h.tlsa[len(h.tlsa)-1]; at.State == evidence.Unknown || at.State == evidence.Seen && at.Security == evidence.Secure {
		tlsa = at
	}
	if r.Validator == nil || tlsa.State == evidence.Absent {
		return promise{}
	}
	p := promise{Observation: trusted(mx, tlsa, h), names: []string{name, r.Domain}}
	if at := h.alias(); at != "" {
		p.names = append(p.names, at) // RFC 7672 section 3.2.2
	}
	for _, text := range tlsa.Records {
		if record, err := records.ParseTLSA(text); err == nil && record.Usable() {
			p.pins = append(p.pins, pin{record, text})
		}
	}
	// Section 2.2: without a usable record the certificate is nobody's concern.
	if p.State == evidence.Seen && len(p.pins) == 0 {
		return promise{}
	}
	p.pins = strongest(p.pins)
	return p
}

// trusted says whether the records are to be believed: seen, not asked where
// something on the way is not signed, or unknown.
func trusted(mx, tlsa validated, h host) evidence.Observation {
	way := []validated{mx}
	for _, l := range h.addresses {
		if l.State == evidence.Seen {
			way = append(way, l)
		}
	}
	way = append(way, tlsa)
	for _, l := range way {
		if l.Security == evidence.Insecure {
			return evidence.Observation{Detail: "the " + l.Type + " records of " + l.Name + " are not signed"}
		}
	}
	for _, l := range way {
		switch {
		case l.State == evidence.Unknown:
			return l.Observation
		case l.Security == evidence.BogusData:
			return evidence.UnknownAt(l.At, evidence.Bogus, "the signatures over "+l.Name+" "+l.Type+" do not fit")
		case l.Security != evidence.Secure:
			return evidence.UnknownAt(l.At, cmp.Or(l.unsure, evidence.DependsOnOther), "whether "+l.Name+" "+l.Type+" is signed is not known")
		}
	}
	return evidence.SeenAt(tlsa.At)
}

// strongest leaves of several digests of one kind only the strongest (RFC 7671
// section 9): senders pass over the SHA-256 beside a SHA-512.
func strongest(pins []pin) []pin {
	outdone := func(p pin) bool {
		return p.Matching == 1 && slices.ContainsFunc(pins, func(q pin) bool {
			return q.Matching == 2 && q.Usage == p.Usage && q.Selector == p.Selector
		})
	}
	return slices.DeleteFunc(slices.Clone(pins), outdone)
}

// keptBy says whether the server presents what the records promise.
func (p promise) keptBy(server evidence.Server, now time.Time) evidence.DANE {
	if p.State != evidence.Seen {
		return evidence.DANE{Observation: p.Observation}
	}
	shown := server.TLS
	if shown.State != evidence.Seen || len(shown.Certificates) == 0 {
		return evidence.DANE{Observation: evidence.UnknownAt(now, evidence.DependsOnOther, "what the server presents is not known"), Record: p.pins[0].text}
	}
	chain := parsed(shown.Certificates)
	if chain == nil {
		return evidence.DANE{Observation: evidence.UnknownAt(now, evidence.Malformed, "a certificate of the server cannot be read"), Record: p.pins[0].text}
	}
	verdict := evidence.DANE{Observation: evidence.AbsentAt(now), Record: p.pins[0].text, Reason: noMatch}
	for _, each := range p.pins {
		switch fault := each.faultOf(chain, p.names, now); {
		case fault == "":
			return evidence.DANE{Observation: evidence.SeenAt(now), Record: each.text}
		case verdict.Reason == noMatch && fault != noMatch:
			verdict.Record, verdict.Reason = each.text, fault // it came nearer
		}
	}
	return verdict
}
