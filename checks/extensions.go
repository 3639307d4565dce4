package checks

import (
	"cmp"

	"campanile/collectors/evidence"
	"campanile/collectors/records"
)

// tlsCompression fails a server that compresses what it encrypts (RFC 3749): the
// length betrays secrets (RFC 9325 section 3.3).
func tlsCompression(b *evidence.Bundle) []Finding {
	return extension(old, func(e evidence.Endpoint) evidence.Observation {
		return unwanted(e.Accepts.Compression)
	}).findings(b)
}

// tlsRenegotiationInsecure fails a server that cannot tell whose second handshake
// it sees: it does not know RFC 5746 (RFC 9325 section 3.5).
func tlsRenegotiationInsecure(b *evidence.Bundle) []Finding {
	return extension(old, func(e evidence.Endpoint) evidence.Observation {
		return e.Accepts.SecureRenegotiation
	}).findings(b)
}

// tlsRenegotiationClient fails a server that lets a visitor begin handshake upon
// handshake, each of which costs it far more than the visitor. Only the full
// profile tries: elsewhere it is no part of the scan.
func tlsRenegotiationClient(b *evidence.Bundle) []Finding {
	return extension(old, func(e evidence.Endpoint) evidence.Observation {
		o := e.Accepts.ClientRenegotiation
		first := handshake(e)
		switch {
		case o.State != evidence.NotAsked, o.Problem != "" && o.Problem != evidence.NotInProfile:
			return unwanted(o)
		case b.Profile == evidence.Full && first.State != evidence.Seen:
			return first
		}
		return empty
	}).findings(b)
}

// tlsHeartbleed fails a server that answers a malformed heartbeat with memory of
// its own (CVE-2014-0160). One that does not know heartbeats (RFC 6520) cannot.
func tlsHeartbleed(b *evidence.Bundle) []Finding {
	return extension(old, func(e evidence.Endpoint) evidence.Observation {
		a := e.Accepts
		switch {
		case a.Heartbleed.State == evidence.Seen:
			return defect()
		case a.Heartbeat.State == evidence.Absent, a.Heartbleed.State == evidence.Absent:
			return sound()
		case a.Heartbleed.State == evidence.Unknown, a.Heartbleed.Problem != "":
			return a.Heartbleed
		case a.Heartbeat.State == evidence.Seen:
			return evidence.Observation{Problem: evidence.NotInProfile}
		}
		return a.Heartbeat
	}).findings(b)
}

// tlsMasterSecretMissing fails a server whose TLS 1.2 does not bind its keys to
// the whole handshake (RFC 7627, RFC 9325 section 3.5).
func tlsMasterSecretMissing(b *evidence.Bundle) []Finding {
	return extension([]string{"TLS 1.2"}, func(e evidence.Endpoint) evidence.Observation {
		return in12(e, e.Accepts.MasterSecret)
	}).findings(b)
}

// tlsPostQuantumMissing fails a server that agrees on keys which a quantum
// computer of the future could find out from today's recordings. The groups that
// prevent it exist in TLS 1.3 only; who lacks that is told so by another rule.
func tlsPostQuantumMissing(b *evidence.Bundle) []Finding {
	return acceptance{judge: func(e evidence.Endpoint) (evidence.Observation, Facts) {
		group, _ := records.GroupByName(e.TLS.Group)
		switch o := e.Accepts.PostQuantum; {
		case speaksNone(e, modern[:1]):
			return empty, nil
		case o.State == evidence.Seen:
			return sound(), Facts{"group": cmp.Or(o.Group, "-")}
		case e.TLS.State == evidence.Seen && group.PostQuantum:
			return sound(), Facts{"group": e.TLS.Group}
		case o.State == evidence.Absent && speaks(e, modern[0]):
			return defect(), Facts{"group": cmp.Or(e.TLS.Group, "-")}
		case o.State == evidence.Absent: // of a server that may lack the version, too
			return told(e, e.Offer(modern[0]).Observation), nil
		default:
			return told(e, o.Observation), nil
		}
	}}.findings(b)
}

// speaks reports whether a server was seen to speak the version.
func speaks(e evidence.Endpoint, version string) bool {
	return e.Offer(version).State == evidence.Seen || e.TLS.State == evidence.Seen && e.TLS.Version == version
}
