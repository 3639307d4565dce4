package checks

import (
	"campanile/collectors/evidence"
	"campanile/collectors/records"
)

// tlsRPTMissing fails a domain that makes senders insist on encryption and does
// not ask them to report when that fails (RFC 8460): mail would get lost unseen.
func tlsRPTMissing(b *evidence.Bundle) []Finding {
	if ended := exchangers(b); ended != nil {
		return ended
	}
	domain := b.Target.Domain
	switch l := insists(b); l.State {
	case evidence.Seen:
	case evidence.Absent:
		return notApplicable(domain)
	default:
		return unknown(domain, "dns "+l.Type+" "+l.Name, l.Observation)
	}
	txt := b.DNS.Lookup("_smtp._tls."+domain, "TXT")
	if !txt.Known() {
		return unknown(domain, "dns TXT "+txt.Name, txt.Observation)
	}
	// RFC 8460 section 3: senders take several records for none.
	if found := records.TLSRPTRecords(txt.Records); len(found) == 1 {
		if _, err := records.ParseTLSRPT(found[0]); err == nil {
			return pass(domain, nil)
		}
	}
	return fail(domain, nil)
}
