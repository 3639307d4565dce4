package checks

import (
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

// obsolete lists the versions that RFC 7568 and RFC 8996 forbid, oldest first.
var obsolete = []string{"SSL 3.0", "TLS 1.0", "TLS 1.1"}

// tlsVersionObsolete fails a server that still accepts SSL 3.0 (RFC 7568),
// TLS 1.0 or TLS 1.1 (RFC 8996).
func tlsVersionObsolete(b *evidence.Bundle) []Finding {
	return eachName(b, func(name string, endpoints []evidence.Endpoint) []Finding {
		views := make([]view, len(endpoints))
		facts := map[string]Facts{}
		for i, e := range endpoints {
			accepted, open := offered(e)
			views[i] = view{e.Address, open}
			if len(accepted) > 0 {
				views[i].Observation = defect()
				facts[e.Address] = Facts{"versions": strings.Join(accepted, ", "), "oldest": accepted[0]}
			}
		}
		return verdictOf(name, "tls "+name+":443", views, facts)
	})
}

// offered lists the obsolete versions that an endpoint accepts, and what is
// known of the others.
func offered(e evidence.Endpoint) (accepted []string, rest evidence.Observation) {
	rest = sound()
	if first := handshake(e); first.State != evidence.Seen && len(e.Offers) == 0 {
		return nil, first
	}
	for _, version := range obsolete {
		switch o := e.Offer(version); {
		case o.State == evidence.Seen || e.TLS.Version == version:
			accepted = append(accepted, version)
		case o.State == evidence.NotAsked && o.Problem == "":
			rest = evidence.Observation{Problem: evidence.NotInProfile}
		case o.State != evidence.Absent:
			rest = o.Observation
		}
	}
	return accepted, rest
}

// tlsVersionModernMissing fails a server whose best version is older than
// TLS 1.3: offered both, a server takes the newest it has (RFC 8446 4.2.1).
func tlsVersionModernMissing(b *evidence.Bundle) []Finding {
	return eachName(b, func(name string, endpoints []evidence.Endpoint) []Finding {
		views := make([]view, len(endpoints))
		facts := map[string]Facts{}
		for i, e := range endpoints {
			views[i] = view{e.Address, handshake(e)}
			switch {
			case e.TLS.State != evidence.Seen || e.TLS.Version == "TLS 1.3":
			case e.TLS.Version == "":
				views[i].Observation = unreadable(evidence.Certificate{})
			default:
				views[i].Observation = defect()
				facts[e.Address] = Facts{"version": e.TLS.Version}
			}
		}
		return verdictOf(name, "tls "+name+":443", views, facts)
	})
}
