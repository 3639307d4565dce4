package namespaces

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// testPlanted scans every town and holds the verdicts against its row of the
// table: the planted faults are found, and nothing else is reported.
func (w *world) testPlanted(t *testing.T) {
	for i, town := range w.Towns {
		t.Run(town.Domain, func(t *testing.T) {
			t.Parallel()
			resolver := w.Resolver.V4
			if i%2 == 1 {
				resolver = w.Resolver.V6
			}
			s := w.run(t, town, resolver)
			w.compare(t, town, s)
			w.scans[i] = s
		})
	}
}

func (w *world) compare(t *testing.T, town *town, s *scan) {
	t.Helper()
	fails, unknown := slices.Clone(town.Fails), slices.Clone(town.Unknown)
	if w.postfix == nil {
		silent := rules(s.Findings, func(f finding) bool { return needsMailServer(f) && f.Outcome != "not-applicable" })
		fails = slices.DeleteFunc(fails, func(rule string) bool { return slices.Contains(silent, rule) })
		unknown = slices.Compact(slices.Sorted(slices.Values(append(unknown, silent...))))
	}
	sorted := cmpopts.SortSlices(func(a, b string) bool { return a < b })
	if diff := cmp.Diff(fails, rules(s.Findings, is("fail")), sorted, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("rules that find a fault (-planted +found):\n%s", diff)
	}
	if diff := cmp.Diff(unknown, rules(s.Findings, is("inconclusive")), sorted, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("rules that cannot tell (-expected +found):\n%s", diff)
	}
	for _, f := range s.Findings {
		if f.Outcome == "pass" && slices.Contains(fails, f.Rule) {
			t.Errorf("%s passes at %s, although the fault is there too", f.Rule, f.Subject)
		}
	}
	for _, fact := range town.Facts {
		rule, wanted, _ := strings.Cut(fact, " ")
		name, value, _ := strings.Cut(wanted, "=")
		says := func(f finding) bool { return f.Rule == rule && f.Outcome == "fail" && f.Facts[name] == value }
		if slices.Contains(fails, rule) && !slices.ContainsFunc(s.Findings, says) {
			t.Errorf("%s does not say %s", rule, wanted)
		}
	}
	if !t.Failed() {
		return
	}
	for _, l := range s.bundle(t).DNS.Lookups {
		if !l.Known() {
			t.Logf("%s %s: %s %s", l.Name, l.Type, l.Problem, l.Detail)
		}
	}
	for _, f := range s.Findings {
		if f.Outcome != "pass" && f.Outcome != "not-applicable" {
			t.Logf("%s at %s: %s %v", f.Rule, f.Subject, f.Outcome, f.Facts)
		}
	}
}

// rules lists the rules of the findings that the filter admits.
func rules(findings []finding, admit func(finding) bool) []string {
	var list []string
	for _, f := range findings {
		if admit(f) && !slices.Contains(list, f.Rule) {
			list = append(list, f.Rule)
		}
	}
	return list
}

func is(outcome string) func(finding) bool {
	return func(f finding) bool { return f.Outcome == outcome }
}

// testOldResolver asks through a resolver that knows nothing of DNSSEC: whether
// a zone is signed cannot be told, and all the rest can.
func (w *world) testOldResolver(t *testing.T) {
	w.forwardWithoutDNSSEC(t)
	dnssec := func(f finding) bool {
		return strings.HasPrefix(f.Rule, "dnssec-") || strings.HasPrefix(f.Rule, "mail-dane-")
	}
	for i, town := range w.Towns[:2] { // one that signs, and one that does not
		t.Run(town.Domain, func(t *testing.T) {
			t.Parallel()
			s := w.run(t, town, w.OldResolver.V4)
			w.compareStopped(t, w.scans[i], s, dnssec)
		})
	}
}
