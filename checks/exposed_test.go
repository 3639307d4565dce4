package checks_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"campanile/checks"
	"campanile/collectors/evidence"
)

// secondWitnesses are the rules that keep silent where another rule tells the
// same. Where that one lost its voice they speak, and say what they always knew.
var secondWitnesses = []string{
	"exposed-hypervisor-panel", "exposed-webmin", "exposed-wireless-controller", "exposed-cms-outdated", "exposed-security-contact",
}

// isSecondWitness reports a verdict of such a rule that was not there before only
// because another rule told it, and that rests on nothing but the templates.
func isSecondWitness(before map[string]checks.Outcome, b *evidence.Bundle, f checks.Finding) bool {
	if before[f.Key()] != checks.NotApplicable || !slices.Contains(secondWitnesses, f.Rule) {
		return false
	}
	alone := *b
	alone.Sites, alone.Services.Hosts = nil, nil
	return verdicts(&alone)[f.Key()] == f.Outcome
}

// triedTown has hosts at which every rule of templates says something.
func triedTown() *evidence.Bundle {
	b := defaultBundle()
	b.Profile, b.Families = evidence.Full, []evidence.Family{evidence.ServicesFamily}
	s := &b.Services
	s.Observation, s.Engine.Observation = seen(), seen()
	for _, check := range exposures() {
		s.Templates = append(s.Templates, check.ID, check.ID+"_2", check.ID+"_3")
	}
	place := func(host string) string { return "https://" + host + ".comune.example" }
	for i, host := range []string{"clean", "exposed", "late", "silent"} {
		s.Tried = append(s.Tried, evidence.Tried{URL: place(host), Address: fmt.Sprintf("192.0.2.%d", i+1), Observation: seen()})
	}
	s.Tried[3].Observation = silent
	for _, check := range exposures() {
		s.Exposed = append(s.Exposed, evidence.Match{Template: check.ID, URL: place("exposed") + "/page", Address: "192.0.2.2"})
		s.Untried = append(s.Untried, evidence.Untried{Template: check.ID + "_2", URL: place("late"), Address: "192.0.2.3", Observation: silent})
	}
	return b
}

func exposures() []checks.Check {
	return slices.DeleteFunc(slices.Clone(checks.All), func(c checks.Check) bool { return !strings.HasPrefix(c.ID, "exposed-") })
}

func TestEveryRuleOfTemplatesSpeaksOfEveryHost(t *testing.T) {
	t.Parallel()
	got := verdicts(triedTown())
	for _, check := range exposures() {
		for host, want := range map[string]checks.Outcome{
			"clean": checks.Pass, "exposed": checks.Fail, "late": checks.Inconclusive, "silent": checks.Inconclusive,
		} {
			if key := check.ID + "@" + host + ".comune.example"; got[key] != want {
				t.Errorf("%s is %q, want %s", key, got[key], want)
			}
		}
	}
}

// TestALostMatchIsNoPass takes matches away together with the end of their place,
// as an engine does that dies in the middle.
func TestALostMatchIsNoPass(t *testing.T) {
	t.Parallel()
	for name, b := range withTemplates(t) {
		before := verdicts(b)
		random := rand.New(rand.NewPCG(3, 4))
		for range 20 {
			less := loseMatches(b, random)
			valid(t, name, less)
			for _, complaint := range added(before, less) {
				t.Errorf("%s: with fewer matches: %s", name, complaint)
			}
		}
	}
}

func loseMatches(b *evidence.Bundle, random *rand.Rand) *evidence.Bundle {
	less := *b
	less.Services.Tried = slices.Clone(b.Services.Tried)
	less.Services.Exposed = nil
	for _, m := range b.Services.Exposed {
		if random.IntN(2) == 0 {
			less.Services.Exposed = append(less.Services.Exposed, m)
			continue
		}
		for i, place := range less.Services.Tried {
			if m.Address == place.Address {
				less.Services.Tried[i].Observation = []evidence.Observation{silent, notAsked}[random.IntN(2)]
			}
		}
	}
	return &less
}

// TestATemplateMoreThatWasNotTriedIsNoNewVerdict adds what did not come to its end.
func TestATemplateMoreThatWasNotTriedIsNoNewVerdict(t *testing.T) {
	t.Parallel()
	for name, b := range withTemplates(t) {
		before := verdicts(b)
		for _, place := range b.Services.Tried {
			for _, template := range b.Services.Templates {
				more := *b
				late := evidence.Untried{Template: template, URL: place.URL, Address: place.Address, Observation: silent}
				more.Services.Untried = append(slices.Clone(b.Services.Untried), late)
				valid(t, name, &more)
				for _, complaint := range added(before, &more) {
					t.Errorf("%s: with %s untried at %s: %s", name, template, place.URL, complaint)
				}
			}
		}
	}
}

// TestFewerTemplatesAreNoNewVerdict gives the engine fewer templates than the
// rules have.
func TestFewerTemplatesAreNoNewVerdict(t *testing.T) {
	t.Parallel()
	for name, b := range withTemplates(t) {
		before := verdicts(b)
		for i := range b.Services.Templates {
			fewer := *b
			fewer.Services.Templates = slices.Delete(slices.Clone(b.Services.Templates), i, i+1)
			for _, complaint := range added(before, &fewer) {
				t.Errorf("%s: without %s: %s", name, b.Services.Templates[i], complaint)
			}
		}
	}
}

// withTemplates gives the town above and the cases of one rule of each kind.
func withTemplates(t *testing.T) map[string]*evidence.Bundle {
	t.Helper()
	bundles := map[string]*evidence.Bundle{"tried-town": triedTown()}
	kinds := append([]string{"exposed-phpinfo", "exposed-directory-listing", "exposed-own-template"}, secondWitnesses...)
	for _, file := range readCases(t) {
		if slices.Contains(kinds, file.rule) {
			for _, s := range file.situations {
				bundles[file.rule+"/"+s.name] = s.bundle
			}
		}
	}
	return bundles
}
