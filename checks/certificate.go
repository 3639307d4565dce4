package checks

import (
	"cmp"
	"maps"
	"strconv"
	"strings"
	"time"

	"campanile/collectors/evidence"
)

// https is the port of the web endpoints.
const https = 443

// webNames lists the names that were visited on port 443, in the order of the
// evidence, each with its endpoints.
func webNames(b *evidence.Bundle) (names []string, by map[string][]evidence.Endpoint) {
	by = map[string][]evidence.Endpoint{}
	for _, e := range b.Endpoints {
		if e.Port != https {
			continue
		}
		if by[e.Name] == nil {
			names = append(names, e.Name)
		}
		by[e.Name] = append(by[e.Name], e)
	}
	return names, by
}

// eachName judges every web name by what its endpoints showed. A name whose
// site has no TLS at all is tls-missing's to tell.
func eachName(b *evidence.Bundle, judge func(name string, endpoints []evidence.Endpoint) []Finding) []Finding {
	names, by := webNames(b)
	var findings []Finding
	for _, name := range names {
		if noService(b, name) {
			continue
		}
		if withoutTLS(b, name) {
			findings = append(findings, notApplicable(name)...)
			continue
		}
		findings = append(findings, judge(name, by[name])...)
	}
	if findings == nil {
		return noEndpoint(b)
	}
	return findings
}

// noEndpoint is the verdict where no name was connected to: where the DNS says
// that none has an address, the question is empty; anything else leaves it open.
func noEndpoint(b *evidence.Bundle) []Finding {
	domain := b.Target.Domain
	for _, name := range webHosts(b) {
		for _, kind := range []string{"A", "AAAA"} {
			switch l := b.DNS.Lookup(name, kind); l.State {
			case evidence.Absent:
			case evidence.Seen:
				return unknown(domain, "tls "+name+":443", evidence.Observation{})
			case evidence.NotAsked, evidence.Unknown:
				return unknown(domain, "dns "+kind+" "+name, l.Observation)
			}
		}
	}
	return notApplicable(domain)
}

// webHosts lists the names that were visited, or would have been.
func webHosts(b *evidence.Bundle) []string {
	list := []string{b.Target.Domain}
	for _, n := range b.Names {
		if n.Name != b.Target.Domain && (n.Site || n.Source == "www") {
			list = append(list, n.Name)
		}
	}
	return list
}

// handshake gives what one endpoint showed of its TLS: an open port alone shows
// nothing, and a server that proves to speak no TLS has no certificate to judge.
func handshake(e evidence.Endpoint) evidence.Observation {
	switch {
	case e.TLS.State == evidence.NotAsked && e.Connect.State == evidence.Unknown:
		return e.Connect
	case e.TLS.State == evidence.Absent:
		return evidence.Observation{State: evidence.Unknown, Problem: evidence.Malformed}
	}
	return e.TLS.Observation
}

// leafJudge answers nil where it has nothing to tell, and empty where the question
// makes no sense.
type leafJudge func(leaf evidence.Certificate, h evidence.Handshake) (evidence.Observation, Facts)

// eachLeaf judges the certificates of every name: one address with the defect
// fails the name, and all must be known for a pass. A server with one certificate
// for RSA and one for ECDSA is judged by the worse.
func eachLeaf(b *evidence.Bundle, judge leafJudge) []Finding {
	return eachName(b, func(name string, endpoints []evidence.Endpoint) []Finding {
		views := make([]view, len(endpoints))
		facts := map[string]Facts{}
		for i, e := range endpoints {
			o, found := judge.of(handshake(e), e.TLS)
			if hasSecond(e) {
				if second, more := judge.of(e.Second.Observation, e.Second); rank(second.State) > rank(o.State) {
					o, found = second, more
				}
			}
			views[i], facts[e.Address] = view{e.Address, o}, found
		}
		return verdictOf(name, "tls "+name+":443", views, facts)
	})
}

func (judge leafJudge) of(o evidence.Observation, h evidence.Handshake) (evidence.Observation, Facts) {
	switch {
	case h.State != evidence.Seen:
		return o, nil
	case len(h.Certificates) == 0:
		return unreadable(evidence.Certificate{}), nil
	}
	return judge(h.Certificates[0], h)
}

// hasSecond reports whether a server has a certificate for another kind of key, or
// may have: one that nobody asked for is no part of the scan. Nor is one that a
// server hides by hanging up: many say no in this way to suites that they do not
// know, and the certificate that visitors get is known.
func hasSecond(e evidence.Endpoint) bool {
	switch h := e.Second; h.State {
	case evidence.Absent:
		return false
	case evidence.NotAsked:
		return h.Problem != "" && h.Problem != evidence.NotInProfile || len(h.Certificates) > 0
	case evidence.Unknown:
		return h.Problem != evidence.Reset && h.Problem != evidence.Closed
	case evidence.Seen:
	}
	return true
}

// empty is the observation of a question that makes no sense; no collector uses
// its problem.
var empty = evidence.Observation{Problem: "empty"}

func verdictOf(subject, what string, views []view, facts map[string]Facts) []Finding {
	all := together(views)
	if all.Observation == empty {
		return notApplicable(subject)
	}
	found := Facts{"host": subject}
	maps.Copy(found, facts[all.address])
	switch all.State {
	case evidence.Absent:
		return fail(subject, found)
	case evidence.Seen:
		return pass(subject, found)
	case evidence.NotAsked, evidence.Unknown:
	}
	return unknown(subject, what, all.Observation)
}

// sound and defect are what a judge answers.
func sound() evidence.Observation  { return evidence.Observation{State: evidence.Seen} }
func defect() evidence.Observation { return evidence.Observation{State: evidence.Absent} }

func certificateExpired(b *evidence.Bundle) []Finding {
	return eachLeaf(b, func(leaf evidence.Certificate, _ evidence.Handshake) (evidence.Observation, Facts) {
		if leaf.NotAfter.IsZero() {
			return unreadable(leaf), nil
		}
		facts := Facts{"expired_on": leaf.NotAfter.Format(time.DateOnly), "issuer": issuerOf(leaf)}
		// RFC 5280 section 4.1.2.5: the last second belongs to the validity.
		if b.Taken.After(leaf.NotAfter) {
			return defect(), facts
		}
		return sound(), Facts{"expires_on": facts["expired_on"]}
	})
}

func unreadable(leaf evidence.Certificate) evidence.Observation {
	return evidence.Observation{State: evidence.Unknown, Problem: evidence.Malformed, Detail: leaf.Unparsed}
}

// shortLived is the longest life of a certificate that is renewed every few
// days (CA/Browser Forum Baseline Requirements, short-lived certificate).
const shortLived = 10 * 24 * time.Hour

// renewalRound is how often programs that renew certificates look: one of 47 days,
// renewed at a third of its life, may have a day less than that and be in good hands.
const renewalRound = 24 * time.Hour

// certificateExpiring fails a certificate that nobody seems to renew: under a
// third of its life, by a round of renewals, and under 21 days left; for short-lived
// ones under a tenth, which is a day at most.
func certificateExpiring(b *evidence.Bundle) []Finding {
	return eachLeaf(b, func(leaf evidence.Certificate, _ evidence.Handshake) (evidence.Observation, Facts) {
		life, left := leaf.NotAfter.Sub(leaf.NotBefore), leaf.NotAfter.Sub(b.Taken)
		switch {
		case leaf.NotAfter.IsZero():
			return unreadable(leaf), nil
		case left < 0:
			return empty, nil // expired: another rule's finding
		}
		limit := min(life/3-renewalRound, 21*24*time.Hour)
		if life <= shortLived {
			limit = life / 10
		}
		facts := Facts{"expires_on": leaf.NotAfter.Format(time.DateOnly), "days": strconv.Itoa(int(left / (24 * time.Hour)))}
		if left < limit {
			return defect(), facts
		}
		return sound(), facts
	})
}

// certificateWrongHost fails a certificate none of whose names is the name
// asked for (RFC 9525 section 6.3).
func certificateWrongHost(b *evidence.Bundle) []Finding {
	return eachLeaf(b, func(leaf evidence.Certificate, h evidence.Handshake) (evidence.Observation, Facts) {
		switch h.Trust.Match {
		case evidence.Seen:
			return sound(), nil
		case evidence.Absent:
			return defect(), Facts{"names": cmp.Or(strings.Join(leaf.Names, ", "), leaf.Subject, leaf.SHA256)}
		case evidence.NotAsked, evidence.Unknown:
		}
		return unreadable(leaf), nil
	})
}

// certificateUntrusted fails a certificate from which no chain leads to a
// trusted root, even with the intermediates fetched.
func certificateUntrusted(b *evidence.Bundle) []Finding {
	return eachLeaf(b, func(leaf evidence.Certificate, h evidence.Handshake) (evidence.Observation, Facts) {
		if h.Trust.State == evidence.Absent {
			return defect(), Facts{"issuer": issuerOf(leaf), "reason": h.Trust.Reason}
		}
		return h.Trust.Observation, Facts{"issuer": issuerOf(leaf)}
	})
}

// certificateChainIncomplete fails a server that leaves out an intermediate: it
// must send every certificate but the root (RFC 8446 section 4.4.2).
func certificateChainIncomplete(b *evidence.Bundle) []Finding {
	return eachLeaf(b, func(leaf evidence.Certificate, h evidence.Handshake) (evidence.Observation, Facts) {
		switch {
		case h.Trust.State == evidence.Absent:
			return empty, nil // untrusted: another rule's finding
		case h.Trust.State == evidence.Seen && len(h.Trust.Fetched) > 0:
			return defect(), Facts{"issuer": issuerOf(leaf)}
		}
		return h.Trust.Observation, nil
	})
}

// issuerOf gives the name by which people know an authority: the common name of
// the issuer, else its organization, else the whole distinguished name (RFC 4514
// section 3).
func issuerOf(leaf evidence.Certificate) string {
	for _, kind := range []string{"CN=", "O="} {
		for part := range strings.SplitSeq(leaf.Issuer, ",") {
			// A name with an escaped comma is shown whole rather than in half.
			if name, ok := strings.CutPrefix(part, kind); ok && name != "" && !strings.Contains(name, `\`) {
				return name
			}
		}
	}
	return cmp.Or(leaf.Issuer, "?")
}
