package dnssec

import (
	"fmt"
	"time"

	"github.com/miekg/dns"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/observe"
	"campanile/collectors/network"
)

// Verdict is what validation says of one answer, or of one zone.
type Verdict struct {
	// Security is empty when it could not be told; then Problem says why.
	Security evidence.Security
	Problem  evidence.Problem
	// Fault is why the data is bogus, At the records that it fails on
	// ("comune.example MX").
	Fault evidence.Fault
	At    string
	// Detail explains it to a technician. A secure verdict has one too, when
	// something in the data is worth a word.
	Detail string
	// Zone is where the chain of DS records ends or breaks, and Proof the record
	// that it was read from.
	Zone  string
	Proof string
	// First is, of the signatures over records of that zone which this verdict
	// rests on, the one that expires first; at a fault, the signature at fault.
	First evidence.Signature
}

// indeterminate is a verdict that could not be reached.
func indeterminate(zone string, why evidence.Problem, format string, values ...any) Verdict {
	return Verdict{Problem: why, Zone: observe.Name(zone), Detail: clip(format, values...)}
}

// unanswered is the verdict on a question that the network did not answer.
func unanswered(zone string, a network.Answer) Verdict {
	o := observe.Failure(a.At, a.Err)
	return indeterminate(zone, o.Problem, "%s %s: %s", observe.Name(a.Name), typeName(a.Type), o.Detail)
}

// insecure is the verdict on data that provably nobody signed.
func insecure(zone, proof, format string, values ...any) Verdict {
	return Verdict{
		Security: evidence.Insecure, Zone: observe.Name(zone),
		Proof: evidence.Clip(proof, evidence.MaxDetail), Detail: clip(format, values...),
	}
}

// bogus is the verdict on data that should validate and does not. Where the
// reason is ours and not the data's, nothing can be told.
func bogus(zone, at string, f *failure) Verdict {
	switch {
	case f.exhausted:
		return indeterminate(zone, evidence.TooMany, "%s", f.detail)
	case f.unusable:
		return indeterminate(zone, evidence.Unreadable, "%s", f.detail)
	}
	v := Verdict{
		Security: evidence.BogusData, Fault: f.fault, Zone: observe.Name(zone), At: at,
		Detail: evidence.Clip(f.detail, evidence.MaxDetail),
	}
	if f.signature != nil {
		v.First = signatureOf(f.signature)
	}
	return v
}

func clip(format string, values ...any) string {
	return evidence.Clip(fmt.Sprintf(format, values...), evidence.MaxDetail)
}

// weight orders verdicts: of the links of an answer the heaviest counts.
func (v Verdict) weight() int {
	switch v.Security {
	case evidence.Secure:
		return 0
	case evidence.Insecure:
		return 1
	case evidence.BogusData:
		return 3
	}
	return 2
}

// join is the verdict on two links of one answer, the nearer one first: as weak
// as the weaker one (RFC 4035 section 4.3 speaks of all the records together).
func (v Verdict) join(next Verdict) Verdict {
	if next.weight() > v.weight() {
		return next
	}
	if v.weight() > 0 {
		return v
	}
	if next.Zone == v.Zone {
		v.First = earlier(v.First, next.First)
	}
	if v.Detail == "" {
		v.Detail = next.Detail
	}
	return v
}

// earlier is the signature that expires first; a zero one never does.
func earlier(a, b evidence.Signature) evidence.Signature {
	if a.Expiration.IsZero() || !b.Expiration.IsZero() && b.Expiration.Before(a.Expiration) {
		return b
	}
	return a
}

func signatureOf(sig *dns.RRSIG) evidence.Signature {
	return evidence.Signature{
		Name: observe.Name(sig.Hdr.Name), Type: typeName(sig.TypeCovered),
		KeyTag: int(sig.KeyTag), Algorithm: int(sig.Algorithm),
		Inception: instant(sig.Inception), Expiration: instant(sig.Expiration),
	}
}

// instant reads a time of RFC 4034 section 3.1.5, of this century.
func instant(seconds uint32) time.Time { return time.Unix(int64(seconds), 0).UTC() }

func typeName(kind uint16) string { return dns.Type(kind).String() }
