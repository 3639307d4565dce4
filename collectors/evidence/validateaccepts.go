package evidence

import (
	"fmt"
	"slices"
)

// validate refuses what no collector writes.
func (a Accepts) validate(where string) error {
	if a.Depth != "" && a.Depth != GradeDepth && a.Depth != FullDepth {
		return fmt.Errorf("%s: unknown depth %q", where, a.Depth)
	}
	for _, o := range []struct {
		what string
		Observation
	}{
		{"phase-out suites", a.PhaseOut.Observation},
		{"order", a.Order.Observation},
		{"dh", a.DH.Observation},
		{"curve", a.Curve.Observation},
		{"signing", a.Signing.Observation},
		{"sha1", a.SHA1},
		{"compression", a.Compression},
		{"secure renegotiation", a.SecureRenegotiation},
		{"extended master secret", a.MasterSecret},
		{"heartbeat", a.Heartbeat},
		{"heartbleed", a.Heartbleed},
		{"client renegotiation", a.ClientRenegotiation},
		{"post-quantum", a.PostQuantum.Observation},
		{"suites", a.SuitesDone},
		{"groups", a.GroupsDone},
	} {
		if err := o.valid(where + " " + o.what); err != nil {
			return err
		}
	}
	return firstError(
		func() error { return validWeak(where, a.Weak) },
		func() error { return a.Order.Server.valid(where + " order of the server") },
		func() error { return atMost(where+": suites", len(a.Suites), MaxSuites) },
		func() error { return atMost(where+": groups", len(a.Groups), MaxSuites) },
	)
}

func validWeak(where string, weak []SuiteOffer) error {
	for _, o := range weak {
		if !slices.Contains(WeakClasses, o.Class) {
			return fmt.Errorf("%s: unknown class of suites %q", where, o.Class)
		}
		if err := o.valid(where + " suites of class " + o.Class); err != nil {
			return err
		}
	}
	return atMost(where+": classes of weak suites", len(weak), len(WeakClasses))
}
