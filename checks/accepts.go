package checks

import (
	"maps"
	"slices"

	"campanile/collectors/evidence"
)

// old are the versions whose handshakes show suite, group and extensions in the
// clear, and with them the questions that TLS 1.3 has no room for.
var old = []string{"SSL 3.0", "TLS 1.0", "TLS 1.1", "TLS 1.2"}

// acceptance is a question about what a server accepts.
type acceptance struct {
	// versions are those of which the question makes sense; nil for all.
	versions []string
	// fact is the one by which the gravest address is told, worst value first.
	fact  string
	worst []string
	judge func(e evidence.Endpoint) (evidence.Observation, Facts)
}

// findings judges every name by what its endpoints accept. Those that provably
// speak none of the versions are left out.
func (a acceptance) findings(b *evidence.Bundle) []Finding {
	return eachName(b, func(name string, endpoints []evidence.Endpoint) []Finding {
		var views []view
		facts := map[string]Facts{}
		for _, e := range endpoints {
			if speaksNone(e, a.versions) {
				continue
			}
			o, found := a.judge(e)
			views = append(views, view{e.Address, o})
			if facts[e.Address] = maps.Clone(found); o.State == evidence.Absent {
				facts[e.Address] = with(found, "software", webSoftwareOf(b, name))
			}
		}
		if len(views) == 0 {
			return notApplicable(name)
		}
		slices.SortStableFunc(views, func(x, y view) int { return a.place(facts[x.address]) - a.place(facts[y.address]) })
		return verdictOf(name, "tls "+name+":443", views, facts)
	})
}

// place is how far from the worst the facts of an address are.
func (a acceptance) place(facts Facts) int {
	if i := slices.Index(a.worst, facts[a.fact]); i >= 0 {
		return i
	}
	return len(a.worst)
}

// with adds a fact to a copy.
func with(facts Facts, key, value string) Facts {
	all := Facts{key: value}
	maps.Copy(all, facts)
	return all
}

// speaksNone reports whether the endpoint refused every one of the versions.
func speaksNone(e evidence.Endpoint, versions []string) bool {
	spoken := func(version string) bool {
		return e.Offer(version).State != evidence.Absent || e.TLS.State == evidence.Seen && e.TLS.Version == version
	}
	return len(versions) > 0 && !slices.ContainsFunc(versions, spoken)
}

// told gives what is known of a question: where it was not asked, what stood in
// the way.
func told(e evidence.Endpoint, o evidence.Observation) evidence.Observation {
	switch first := handshake(e); {
	case o.State != evidence.NotAsked || o.Problem != "":
		return o
	case first.State != evidence.Seen:
		return first
	case e.Accepts.Depth == "":
		return evidence.Observation{Problem: evidence.NotInProfile}
	}
	return o
}

// graver gives the observation that leaves more open.
func graver(a, b evidence.Observation) evidence.Observation {
	if rank(b.State) > rank(a.State) {
		return b
	}
	return a
}

// unwanted turns an observation round: what is there is the defect.
func unwanted(o evidence.Observation) evidence.Observation {
	switch o.State {
	case evidence.Seen:
		return defect()
	case evidence.Absent:
		return sound()
	case evidence.NotAsked, evidence.Unknown:
	}
	return o
}

// extension is a question that one observation answers: absent is the defect.
func extension(versions []string, find func(e evidence.Endpoint) evidence.Observation) acceptance {
	return acceptance{versions: versions, judge: func(e evidence.Endpoint) (evidence.Observation, Facts) { return told(e, find(e)), nil }}
}
