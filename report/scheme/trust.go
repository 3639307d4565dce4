package scheme

import (
	"campanile/collectors/evidence"
)

// trustOf says whether programs take the certificate of a host: seen, absent, or
// unknown. A chain that a browser would have to complete is none for the
// Observatory, which does not. Addresses that disagree leave it open: nobody knows
// which one a visitor meets.
func trustOf(b *evidence.Bundle, host string) evidence.State {
	state := evidence.NotAsked
	for _, e := range b.Endpoints {
		if e.Name != host || e.Port != 443 || e.TLS.State != evidence.Seen {
			continue
		}
		own := taken(b, e.TLS)
		switch {
		case state == evidence.NotAsked:
			state = own
		case state != own:
			state = evidence.Unknown
		}
	}
	if state == evidence.NotAsked {
		return evidence.Unknown
	}
	return state
}

// taken judges the certificates of one handshake.
func taken(b *evidence.Bundle, h evidence.Handshake) evidence.State {
	if len(h.Certificates) == 0 {
		return evidence.Unknown
	}
	leaf := h.Certificates[0]
	switch {
	case h.Trust.State == evidence.Absent || h.Trust.Match == evidence.Absent || len(h.Trust.Fetched) > 0:
		return evidence.Absent
	case leaf.NotAfter.IsZero() || leaf.NotBefore.IsZero():
		return evidence.Unknown
	// RFC 5280 section 4.1.2.5: the first and the last second belong to the validity.
	case b.Taken.After(leaf.NotAfter) || b.Taken.Before(leaf.NotBefore):
		return evidence.Absent
	case h.Trust.State == evidence.Seen && h.Trust.Match == evidence.Seen:
		return evidence.Seen
	}
	return evidence.Unknown
}

// either gives the truths that a state leaves open.
func either(s evidence.State) []bool {
	switch s {
	case evidence.Seen:
		return []bool{true}
	case evidence.Absent:
		return []bool{false}
	case evidence.Unknown, evidence.NotAsked:
	}
	return []bool{true, false}
}

// lesser joins the trust of two hosts on one way: one that is not trusted decides.
func lesser(x, y evidence.State) evidence.State {
	switch {
	case x == evidence.Absent || y == evidence.Absent:
		return evidence.Absent
	case x == evidence.Seen && y == evidence.Seen:
		return evidence.Seen
	}
	return evidence.Unknown
}
