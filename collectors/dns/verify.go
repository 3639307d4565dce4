package dns

import (
	"errors"
	"fmt"
	"time"

	"github.com/miekg/dns"
)

// maxVerifications bounds the work that one answer can ask of us, however many
// keys share a tag.
const maxVerifications = 16

// verify finds a key of the anchor that signed the set of keys, now (RFC 4035
// sections 5.2 and 5.3). The error says how near it came.
func (a Anchor) verify(set []dns.RR, signatures []*dns.RRSIG, now time.Time) (*dns.DNSKEY, error) {
	trusted, tags := a.among(set)
	if len(trusted) == 0 {
		return nil, fmt.Errorf("none of the root's keys (tags %v) is in the trust anchor (tags %v)", tags, a.tags())
	}
	last := errors.New("no signature over the root's keys is of a key in the trust anchor")
	left := maxVerifications
	for _, key := range trusted {
		for _, sig := range signatures {
			if sig.KeyTag != key.KeyTag() || sig.Algorithm != key.Algorithm || dns.CanonicalName(sig.SignerName) != "." {
				continue
			}
			if left--; left < 0 {
				return nil, fmt.Errorf("more than %d signatures over the root's keys", maxVerifications)
			}
			err := check(sig, key, set, now)
			if err == nil {
				return key, nil
			}
			last = err
		}
	}
	return nil, last
}

// among gives the keys of the set that the anchor names, and the tags of all.
func (a Anchor) among(set []dns.RR) (trusted []*dns.DNSKEY, tags []uint16) {
	for _, rr := range set {
		key, ok := rr.(*dns.DNSKEY)
		if !ok {
			continue
		}
		tags = append(tags, key.KeyTag())
		if a.holds(key) {
			trusted = append(trusted, key)
		}
	}
	return trusted, tags
}

func check(sig *dns.RRSIG, key *dns.DNSKEY, set []dns.RR, now time.Time) error {
	// RFC 4035 section 5.3.1: now lies between inception and expiration.
	if !sig.ValidityPeriod(now) {
		return fmt.Errorf("the signature of key %d over the root's keys holds from %s to %s, now is %s", sig.KeyTag,
			dns.TimeToString(sig.Inception), dns.TimeToString(sig.Expiration), now.UTC().Format("20060102150405"))
	}
	if err := sig.Verify(key, set); err != nil {
		return fmt.Errorf("the signature of key %d over the root's keys does not verify: %w", sig.KeyTag, err)
	}
	return nil
}
