package checks

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"campanile/collectors/evidence"
)

// certificateNotYetValid fails a certificate whose validity begins after the
// scan (RFC 5280 section 4.1.2.5).
func certificateNotYetValid(b *evidence.Bundle) []Finding {
	return eachLeaf(b, func(leaf evidence.Certificate, _ evidence.Handshake) (evidence.Observation, Facts) {
		facts := Facts{"starts_on": leaf.NotBefore.Format(time.DateOnly), "issuer": issuerOf(leaf)}
		switch {
		case leaf.NotBefore.IsZero():
			return unreadable(leaf), nil
		case b.Taken.Before(leaf.NotBefore):
			return defect(), facts
		}
		return sound(), facts
	})
}

// certificateKeyWeak fails a certificate whose key is too short (CA/Browser Forum
// Baseline Requirements section 6.1.5), or weak whatever its length.
func certificateKeyWeak(b *evidence.Bundle) []Finding {
	return eachLeaf(b, func(leaf evidence.Certificate, _ evidence.Handshake) (evidence.Observation, Facts) {
		facts := Facts{"key": leaf.Key, "bits": strconv.Itoa(leaf.KeyBits)}
		switch {
		case leaf.Key == "":
			return unreadable(leaf), nil
		case leaf.KeyFault != "":
			return defect(), with(with(facts, "kind", "known-weak"), "fault", leaf.KeyFault)
		case leaf.KeyBits <= 0:
			return unreadable(leaf), nil
		case leaf.Key == "RSA" && leaf.KeyBits < 2048:
			return defect(), with(facts, "kind", "rsa-short")
		case leaf.Key == "ECDSA" && leaf.KeyBits < 256:
			return defect(), with(facts, "kind", "ec-short")
		}
		return sound(), facts
	})
}

// certificateSignatureWeak fails a chain with a signature by SHA-1 or MD5: who
// finds two certificates with one digest has a false one. Nobody relies on the
// signature of a root.
func certificateSignatureWeak(b *evidence.Bundle) []Finding {
	return eachLeaf(b, func(leaf evidence.Certificate, h evidence.Handshake) (evidence.Observation, Facts) {
		if leaf.SelfSigned {
			return empty, nil
		}
		for i, c := range chainOf(h.Certificates) {
			switch {
			case c.Signature == "":
				return unreadable(c), nil
			case !brokenHash(c.Signature):
			case i == 0 || leans(h.Trust):
				return defect(), Facts{"signature": c.Signature, "certificate": cmp.Or(c.Subject, c.SHA256)}
			case h.Trust.State != evidence.Seen:
				return h.Trust.Observation, nil
			}
		}
		return sound(), Facts{"signature": leaf.Signature}
	})
}

// leans reports whether no chain leads to a root without the signatures whose hash
// is broken: with them none is looked for. Where one does, what else was sent is left
// over, a root signed once more by an older one.
func leans(t evidence.Trust) bool {
	return t.State == evidence.Absent || t.Problem == evidence.DependsOnOther
}

// brokenHash reports whether a signature algorithm, as crypto/x509 names it,
// digests with a hash for which collisions are made.
func brokenHash(algorithm string) bool {
	name := strings.ReplaceAll(strings.ToUpper(algorithm), "-", "")
	return slices.ContainsFunc([]string{"MD2", "MD4", "MD5", "SHA1"}, func(hash string) bool { return strings.Contains(name, hash) })
}

// chainOf gives the leaf and the presented certificates that lead from it towards
// the root, without the root. Of several for one authority the better counts:
// a visitor takes the way that works.
func chainOf(presented []evidence.Certificate) []evidence.Certificate {
	chain := presented[:1:1]
	for len(chain) <= len(presented) {
		last := chain[len(chain)-1]
		var next *evidence.Certificate
		for i, c := range presented[1:] {
			if c.SelfSigned || c.Subject == "" || c.Subject != last.Issuer || contains(chain, c) {
				continue
			}
			if next == nil || brokenHash(next.Signature) {
				next = &presented[1+i]
			}
		}
		if next == nil {
			break
		}
		chain = append(chain, *next)
	}
	return chain
}

func contains(chain []evidence.Certificate, c evidence.Certificate) bool {
	return slices.ContainsFunc(chain, func(other evidence.Certificate) bool { return other.SHA256 == c.SHA256 })
}

// certificateRevoked fails a certificate that its authority has withdrawn (RFC
// 5280 section 5). Where it names no list and nothing is stapled there is nobody
// to ask: authorities leave both out of certificates that live for days.
func certificateRevoked(b *evidence.Bundle) []Finding {
	return eachLeaf(b, func(leaf evidence.Certificate, h evidence.Handshake) (evidence.Observation, Facts) {
		switch r := h.Revoked; r.State {
		case evidence.Seen:
			return defect(), Facts{"source": cmp.Or(r.Source, "-"), "revoked_on": cmp.Or(r.On, "-"), "issuer": issuerOf(leaf)}
		case evidence.Absent:
			return sound(), Facts{"source": cmp.Or(r.Source, "-")}
		case evidence.NotAsked, evidence.Unknown:
			if r.Observation == (evidence.Observation{}) {
				return empty, nil
			}
		}
		return h.Revoked.Observation, nil
	})
}

// certificateMalformed fails a certificate that breaks the rules of its form, and
// a server that staples no answer although its certificate promises one (RFC 7633
// section 4.2.3).
func certificateMalformed(b *evidence.Bundle) []Finding {
	return eachLeaf(b, func(leaf evidence.Certificate, h evidence.Handshake) (evidence.Observation, Facts) {
		facts := Facts{"kind": "lint", "lints": listed(leaf.Lints)}
		switch {
		case leaf.MustStaple && h.Staple.State == evidence.Absent:
			return defect(), with(Facts{"lints": facts["lints"]}, "kind", "must-staple")
		case len(leaf.Lints) > 0:
			return defect(), facts
		case leaf.Unparsed != "":
			return unreadable(leaf), nil
		case leaf.MustStaple && h.Staple.Observation == (evidence.Observation{}):
			return evidence.Observation{Problem: evidence.NotInProfile}, nil // that handshake was not finished
		case leaf.MustStaple:
			return h.Staple.Observation, nil
		}
		return sound(), nil
	})
}
