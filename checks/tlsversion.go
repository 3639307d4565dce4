package checks

import (
	"slices"
	"strings"

	"campanile/collectors/evidence"
)

// tlsMissing fails a site that answers on http while nothing listens on 443.
// A refusal counts only because the same host answers on port 80: where it
// answers nowhere, or stays silent, nothing is known.
func tlsMissing(b *evidence.Bundle) []Finding {
	names, by := webNames(b)
	var findings []Finding
	for _, name := range names {
		if noService(b, name) {
			continue
		}
		views := make([]view, len(by[name]))
		for i, e := range by[name] {
			views[i] = view{e.Address, handshake(e)}
		}
		all := best(views)
		switch {
		case all.State == evidence.Seen:
			findings = append(findings, pass(name, Facts{"host": name})...)
		case withoutTLS(b, name):
			findings = append(findings, fail(name, Facts{"host": name})...)
		default:
			findings = append(findings, unknown(name, "tls "+name+":443", all.Observation)...)
		}
	}
	if findings == nil {
		return noEndpoint(b)
	}
	return findings
}

// withoutTLS reports whether the name answers on http and refuses every
// connection on 443. A firewall's page is not the site's answer: who blocks us
// there may refuse only us here.
func withoutTLS(b *evidence.Bundle, name string) bool {
	site := siteOf(b, name)
	if !answersHTTP(site.HTTP, name) {
		return false
	}
	_, by := webNames(b)
	if len(by[name]) == 0 { // the tls family was not asked for
		return site.HTTPS.Problem == evidence.Refused && len(site.HTTPS.Hops) == 0
	}
	refused := 0
	for _, e := range by[name] {
		switch e.Connect.Problem {
		case evidence.Refused:
			refused++
		case evidence.NoRoute:
		default:
			return false
		}
	}
	return refused > 0
}

// answersHTTP reports whether the site itself answered on port 80, with a page
// or with a redirect to its own https that was then refused. A redirect to
// anywhere else may be a firewall's.
func answersHTTP(v evidence.Visit, host string) bool {
	if v.State == evidence.Unknown && v.Problem == evidence.Refused && v.Barrier == "" && len(v.Hops) == 1 {
		to := v.Hops[0].Location
		return strings.HasPrefix(to, "https://") && hostOf(to) == host
	}
	return answered(v).State == evidence.Seen
}

// best gives the view that shows the most; one address that works is enough.
func best(views []view) view {
	var result view
	for i, v := range views {
		if i == 0 || rank(v.State) < rank(result.State) && v.State != evidence.NotAsked {
			result = v
		}
	}
	return result
}

func siteOf(b *evidence.Bundle, host string) evidence.Site {
	for _, s := range b.Sites {
		if s.Host == host {
			return s
		}
	}
	return evidence.Site{Host: host}
}

// obsolete lists the versions that RFC 6176, RFC 7568 and RFC 8996 forbid, oldest
// first.
var obsolete = []string{"SSL 2.0", "SSL 3.0", "TLS 1.0", "TLS 1.1"}

// tlsVersionObsolete fails a server that still accepts SSL 2.0 (RFC 6176), SSL 3.0
// (RFC 7568), TLS 1.0 or TLS 1.1 (RFC 8996).
func tlsVersionObsolete(b *evidence.Bundle) []Finding {
	return acceptance{fact: "oldest", worst: obsolete, judge: func(e evidence.Endpoint) (evidence.Observation, Facts) {
		accepted, open := offered(e)
		if len(accepted) > 0 {
			return defect(), Facts{"versions": strings.Join(accepted, ", "), "oldest": accepted[0], "exposures": versionExposures(e)}
		}
		return open, nil
	}}.findings(b)
}

// offered lists the obsolete versions that an endpoint accepts, and what is
// known of the others.
func offered(e evidence.Endpoint) (accepted []string, rest evidence.Observation) {
	rest = sound()
	first := handshake(e)
	if first.State != evidence.Seen && len(e.Offers) == 0 {
		return nil, first
	}
	for _, version := range obsolete {
		switch o := e.Offer(version); {
		case o.State == evidence.Seen || e.TLS.State == evidence.Seen && e.TLS.Version == version:
			accepted = append(accepted, version)
		case e.TLS.Version == version: // chosen, in a handshake that came to nothing
			rest = graver(rest, first)
		case !partOfScan(e, version), o.State == evidence.Absent, version == obsolete[0] && hungUp(o):
		case o.State == evidence.NotAsked && o.Problem == "":
			rest = graver(rest, evidence.Observation{Problem: evidence.NotInProfile})
		default:
			rest = graver(rest, o.Observation)
		}
	}
	return accepted, rest
}

// hungUp reports whether the server ended the connection over the hello of SSL
// 2.0. Many that know nothing of it do, being unable to read it; that proves
// nothing, and the versions after it, asked in a hello that they can read,
// decide alone: no known server kept the first and gave up all of those.
func hungUp(o evidence.VersionOffer) bool {
	return o.State == evidence.Unknown && (o.Problem == evidence.Reset || o.Problem == evidence.Closed)
}

// partOfScan reports whether a version belongs to the questions. SSL 2.0 has a
// hello of its own, which nobody sends to mail exchangers, nor did older scans.
func partOfScan(e evidence.Endpoint, version string) bool {
	asked := func(o evidence.VersionOffer) bool { return o.Version == version }
	return version != obsolete[0] || slices.ContainsFunc(e.Offers, asked)
}

// modern are the versions that RFC 9325 section 3.1.1 allows, newest first.
var modern = []string{"TLS 1.3", "TLS 1.2"}

// tlsVersionModernMissing fails a server whose best version is older than
// TLS 1.3: offered both, a server takes the newest it has (RFC 8446 4.2.1).
func tlsVersionModernMissing(b *evidence.Bundle) []Finding {
	return acceptance{fact: "level", worst: []string{"none", "old"}, judge: func(e evidence.Endpoint) (evidence.Observation, Facts) {
		switch version, o := newest(e); version {
		case "":
			return o, nil
		case modern[0]:
			return sound(), nil
		case modern[1]:
			return defect(), Facts{"version": version, "level": "old"}
		default:
			return defect(), Facts{"version": version, "level": "none"}
		}
	}}.findings(b)
}

// newest gives the best version of an endpoint. One that does not come to terms
// with an ordinary client may still have answered to each version alone.
func newest(e evidence.Endpoint) (version string, o evidence.Observation) {
	first := handshake(e)
	if first.State == evidence.Seen {
		return e.TLS.Version, unreadable(evidence.Certificate{})
	}
	for _, version := range slices.Concat(modern, []string{"TLS 1.1", "TLS 1.0", "SSL 3.0"}) {
		switch e.Offer(version).State {
		case evidence.Seen:
			return version, sound()
		case evidence.Absent:
		case evidence.NotAsked, evidence.Unknown:
			return "", first
		}
	}
	return "", first
}
