package namespaces

import (
	"slices"
	"testing"

	"campanile/checks"
	"campanile/collectors/evidence"
)

// unplanted are the rules that no town of the lab can break.
var unplanted = []string{
	// It says nothing of names that nobody can register, as all of these are.
	"domain-not-institutional",
	// No server of Debian 12 compresses what it encrypts: OpenSSL is built without
	// it, and GnuTLS no longer can.
	"tls-compression",
	// Only the full profile tries them, for which there is no command yet.
	"tls-heartbleed",
	"tls-renegotiation-client",
}

// Every rule finds its fault on real servers: a new one needs a town that has it.
func TestEveryRuleIsPlantedSomewhere(t *testing.T) {
	t.Parallel()
	planted := map[string]bool{}
	for _, town := range towns() {
		for _, rule := range town.Fails {
			planted[rule] = true
		}
	}
	for _, check := range checks.All {
		if check.Family == evidence.ServicesFamily {
			continue // TestServices, TestPermission and the templates' own tests plant them
		}
		if without := slices.Contains(unplanted, check.ID); planted[check.ID] == without {
			t.Errorf("%s: planted %v, left out %v", check.ID, planted[check.ID], without)
		}
		delete(planted, check.ID)
	}
	for rule := range planted {
		t.Errorf("%s is planted, and there is no such rule", rule)
	}
	for _, rule := range unplanted {
		if !slices.ContainsFunc(checks.All, func(c checks.Check) bool { return c.ID == rule }) {
			t.Errorf("%s is left out, and there is no such rule", rule)
		}
	}
}
