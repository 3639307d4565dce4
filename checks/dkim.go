package checks

import (
	"cmp"
	"slices"
	"strconv"

	"campanile/collectors/evidence"
	"campanile/collectors/records"
)

// madeUp is the source of the selector that nobody would choose: a key there is
// a wildcard's, and says nothing about the others.
const madeUp = "made-up"

// keyRecord is what stands at a selector that was asked for.
type keyRecord struct {
	evidence.Lookup
	selector string
	text     string // the first record that is meant as a key; empty where there is none
}

// keyRecords lists the selectors that were asked for, each once; wild is the one
// that was made up, and absent where nobody made one up: whoever found a key at
// the first try has no need to.
func keyRecords(b *evidence.Bundle) (keys []keyRecord, wild keyRecord) {
	wild.State = evidence.Absent
	for _, s := range b.Mail.Selectors {
		k := keyRecord{Lookup: b.DNS.Lookup(s.Name+"._domainkey."+b.Target.Domain, "TXT"), selector: s.Name}
		if found := records.DKIMRecords(k.Records); k.State == evidence.Seen && len(found) > 0 {
			k.text = found[0]
		}
		switch {
		case s.Source == madeUp:
			wild = k
		case !slices.ContainsFunc(keys, func(other keyRecord) bool { return other.Name == k.Name }):
			keys = append(keys, k)
		}
	}
	return keys, wild
}

// signs reports whether mail may be signed with the key: it can be read, and is
// not revoked (RFC 6376 section 3.6.1, tag p).
func (k keyRecord) signs() bool {
	key, err := records.ParseDKIM(k.text)
	return err == nil && !key.Revoked
}

// unguessed is the observation of keys that may be there under a name which
// nobody can guess.
func unguessed() evidence.Observation {
	return evidence.Observation{State: evidence.Unknown, Problem: evidence.NotGuessable}
}

// dkimNotSeen fails a domain that provably has no DKIM key. A selector can have
// any name, so that guessing in vain proves nothing; but where _domainkey does
// not exist, nothing exists below it (RFC 8020 section 2).
func dkimNotSeen(b *evidence.Bundle) []Finding {
	domain := b.Target.Domain
	keys, wild := keyRecords(b)
	if i := slices.IndexFunc(keys, keyRecord.signs); i >= 0 && wild.Known() && wild.text == "" {
		return pass(domain, Facts{"selector": keys[i].selector})
	}
	if ended := writesNothing(b); ended != nil {
		return ended
	}
	base := keyRecord{Lookup: b.DNS.Lookup("_domainkey."+domain, "TXT")}
	for _, k := range slices.Concat([]keyRecord{wild}, keys, []keyRecord{base}) {
		switch {
		case !k.Known():
			return unknown(domain, "dns TXT "+k.Name, k.Observation)
		case k.text != "": // a wildcard's, or one that signs nothing
			return unknown(domain, "dkim "+domain, unguessed())
		}
	}
	if base.NXDomain() {
		return fail(domain, Facts{"count": strconv.Itoa(len(keys))})
	}
	return unknown(domain, "dkim "+domain, unguessed())
}

// writesNothing settles whether the domain declares that no mail comes from it:
// a DKIM key would have nothing to sign.
func writesNothing(b *evidence.Bundle) []Finding {
	if ended := unused(b); ended != nil {
		return ended
	}
	domain := b.Target.Domain
	txt := b.DNS.Lookup(domain, "TXT")
	switch {
	case !txt.Known():
		return unknown(domain, "dns TXT "+domain, txt.Observation)
	case refusesAll(txt.Records):
		return notApplicable(domain)
	}
	return nil
}

// dkimKeyWeak fails an RSA key of fewer than 2048 bits (RFC 8301 section 3.2);
// receivers must not accept one of fewer than 1024.
func dkimKeyWeak(b *evidence.Bundle) []Finding {
	domain := b.Target.Domain
	keys, wild := keyRecords(b)
	var findings []Finding
	open := wild
	for _, k := range keys {
		if k.text != "" {
			findings = append(findings, keyStrength(k)...)
		}
		if open.Known() {
			open = k
		}
	}
	switch base := b.DNS.Lookup("_domainkey."+domain, "TXT"); {
	case findings != nil:
		return findings
	case !open.Known():
		return unknown(domain, "dns TXT "+open.Name, open.Observation)
	case !base.Known():
		return unknown(domain, "dns TXT "+base.Name, base.Observation)
	case base.NXDomain():
		return notApplicable(domain)
	}
	return unknown(domain, "dkim "+domain, unguessed())
}

func keyStrength(k keyRecord) []Finding {
	key, err := records.ParseDKIM(k.text)
	facts := Facts{"selector": k.selector, "found_at": cmp.Or(last(k.Aliases), k.Name), "bits": strconv.Itoa(key.Bits)}
	if key.Testing {
		facts["testing"] = "yes"
	}
	switch {
	case err != nil, key.Type != "rsa" && key.Type != "ed25519" && !key.Revoked:
		// RFC 6376 section 3.6.1: verifiers ignore a key of a type that they do not know.
		return unknown(k.Name, "dns TXT "+k.Name, evidence.Observation{State: evidence.Unknown, Problem: evidence.Malformed})
	case key.Revoked:
		return []Finding{{Subject: k.Name, Outcome: NotApplicable, Facts: Facts{"selector": k.selector, "revoked": "yes"}}}
	case key.Type != "rsa" || key.Bits >= 2048:
		return pass(k.Name, facts)
	case key.Bits < 1024:
		facts["strength"] = "under-1024"
	default:
		facts["strength"] = "under-2048"
	}
	return fail(k.Name, facts)
}

func last(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[len(list)-1]
}
