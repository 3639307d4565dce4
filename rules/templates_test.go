package rules_test

import (
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"campanile/checks"
	"campanile/collectors/evidence"
	"campanile/report/score"
	"campanile/rules"
)

func TestEveryTemplateIsShipped(t *testing.T) {
	t.Parallel()
	want, err := fs.Glob(os.DirFS("nuclei"), "*.yaml")
	if err != nil || len(want) == 0 {
		t.Fatalf("no templates: %v", err)
	}
	got, err := fs.Glob(rules.Templates(), "*")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// TestEveryRuleKnowsHowManyTemplatesItHas gives the engine all but one of the
// templates: the rule of that one must not pass then.
func TestEveryRuleKnowsHowManyTemplatesItHas(t *testing.T) {
	t.Parallel()
	names, err := fs.Glob(rules.Templates(), "*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = strings.TrimSuffix(name, ".yaml")
	}
	for i, left := range all {
		rule, _, _ := strings.Cut(left, "_")
		if got := outcomeOf(all, rule); got != "pass" {
			t.Errorf("%s is %s with all templates; correct the number in checks/list.go", rule, got)
		}
		if got := outcomeOf(slices.Delete(slices.Clone(all), i, i+1), rule); got != "inconclusive" {
			t.Errorf("%s is %s without %s; correct the number in checks/list.go", rule, got, left)
		}
	}
}

// outcomeOf judges a host at which the given templates were tried in vain.
func outcomeOf(templates []string, rule string) checks.Outcome {
	seen := evidence.Observation{State: evidence.Seen}
	b := &evidence.Bundle{Target: evidence.Target{Domain: "comune.example"}, Families: []evidence.Family{evidence.ServicesFamily}}
	b.Services = evidence.Services{
		Observation: seen,
		Engine:      evidence.Engine{Observation: seen},
		Templates:   templates,
		Tried:       []evidence.Tried{{URL: "https://www.comune.example", Address: "192.0.2.10", Observation: seen}},
	}
	for _, f := range checks.Judge(b) {
		if f.Rule == rule {
			return f.Outcome
		}
	}
	return "missing"
}

func TestTheDigestKnowsTheTemplates(t *testing.T) {
	t.Parallel()
	const name = "nuclei/exposed-phpinfo.yaml"
	digest := func(change func(fstest.MapFS)) string {
		folder := ownFolder(t)
		change(folder)
		set, err := rules.Load(folder, score.Known())
		if err != nil {
			t.Fatal(err)
		}
		return set.Digest
	}
	embedded, err := score.Rules()
	if err != nil {
		t.Fatal(err)
	}
	whole := digest(func(fstest.MapFS) {})
	if whole != embedded.Digest {
		t.Errorf("the folder has %s, the program %s", whole, embedded.Digest)
	}
	windows := digest(func(f fstest.MapFS) {
		f[name] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(string(f[name].Data), "\n", "\r\n"))}
	})
	if windows != whole {
		t.Error("another line end changed the digest")
	}
	for what, changed := range map[string]string{
		"changed": digest(func(f fstest.MapFS) { f[name] = &fstest.MapFile{Data: append(slices.Clone(f[name].Data), '#')} }),
		"gone":    digest(func(f fstest.MapFS) { delete(f, name) }),
		"none": digest(func(f fstest.MapFS) {
			for path := range f {
				if strings.HasPrefix(path, "nuclei/") {
					delete(f, path)
				}
			}
		}),
	} {
		if changed == whole {
			t.Errorf("with a template %s the digest is the same", what)
		}
	}
}

// ownFolder is the folder of the rules in memory.
func ownFolder(t *testing.T) fstest.MapFS {
	t.Helper()
	folder := fstest.MapFS{}
	err := fs.WalkDir(os.DirFS("."), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".yaml") {
			return err
		}
		data, err := os.ReadFile(path)
		folder[path] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return folder
}
