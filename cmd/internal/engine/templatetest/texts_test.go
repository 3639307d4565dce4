package templatetest_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/report/score"
	"campanile/rules"
)

// facts are what a finding of a template carries: host and url of the place
// that matched, its address, the template, and what the template takes out.
var facts = []string{"host", "url", "address", "template", "extract"}

// ruleOf gives the rule of a template: several templates may prove the same.
func ruleOf(template string) string {
	rule, _, _ := strings.Cut(template, "_")
	return rule
}

func TestEveryTemplateHasItsRuleAndEveryRuleItsTemplate(t *testing.T) {
	t.Parallel()
	want := []string{"exposed-own-template"} // speaks of what is in a folder of the user
	for _, id := range ids(t) {
		want = append(want, ruleOf(id))
	}
	paths, err := filepath.Glob(filepath.Join(texts, "exposed-*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	got := make([]string, 0, len(paths))
	for _, path := range paths {
		got = append(got, strings.TrimSuffix(filepath.Base(path), ".yaml"))
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(slices.Compact(want), got); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
}

func TestARuleIsWholeAndAsGraveAsItsTemplate(t *testing.T) {
	t.Parallel()
	set, err := score.Rules()
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids(t) {
		name := ruleOf(id)
		rule, err := rules.LoadFile(os.DirFS(texts), name+".yaml", "services", set.Law, []rules.Known{{ID: name, Family: "services", Facts: facts}})
		if err != nil {
			t.Errorf("%s: %v", id, err)
			continue
		}
		if want, got := load(t, id).Info.Severity, string(rule.SeverityOf(map[string]string{"template": id})); want != got {
			t.Errorf("%s: the template says %s, the rule %s", id, want, got)
		}
		for _, language := range rules.Languages {
			if text := rule.Text[language]; text.Good == "" || text.ToSupplier == "" {
				t.Errorf("%s: %s: the good news or the text to forward is missing", name, language)
			}
			if text := rule.Text[language]; strings.Contains(text.Title+text.Good+text.Why+text.ToSupplier, "{extract}") && !takesOut(t, id) {
				t.Errorf("%s: %s: a text speaks of what the template does not take out", id, language)
			}
		}
	}
}

// takesOut reports whether a match always comes with a version.
func takesOut(t *testing.T, id string) bool {
	t.Helper()
	return slices.ContainsFunc(load(t, id).HTTP, func(q question) bool {
		return slices.ContainsFunc(q.Extractors, func(e extractor) bool { return !e.Internal })
	})
}
