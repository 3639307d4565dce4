package checks

import "campanile/collectors/evidence"

// view is what one address of a host showed.
type view struct {
	address string
	evidence.Observation
}

// together joins what the addresses of one host showed: one that shows the
// defect (absent) decides; else one that is not known leaves it open; only all
// of them together clear it. Addresses that this vantage point has no route to
// (IPv6 from an IPv4 network) are left out where another one was measured.
func together(views []view) view {
	var kept []view
	for _, v := range views {
		if v.Problem != evidence.NoRoute {
			kept = append(kept, v)
		}
	}
	if len(kept) == 0 {
		kept = views
	}
	var result view
	for i, v := range kept {
		if i == 0 || rank(v.State) > rank(result.State) {
			result = v
		}
	}
	return result
}

func rank(s evidence.State) int {
	switch s {
	case evidence.Absent:
		return 3
	case evidence.Unknown:
		return 2
	case evidence.NotAsked:
		return 1
	case evidence.Seen:
	}
	return 0
}

// problemOf gives the reason why something is not known; what was not asked and
// has no reason was cut short.
func problemOf(o evidence.Observation) evidence.Problem {
	if o.Problem == "" {
		return evidence.Interrupted
	}
	return o.Problem
}
