package checks_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/checks"
	"campanile/collectors/evidence"
)

func TestEveryCheckHasItsCases(t *testing.T) {
	t.Parallel()
	files := map[string]caseFile{}
	for _, file := range readCases(t) {
		files[file.rule] = file
	}
	for _, check := range checks.All {
		t.Run(check.ID, func(t *testing.T) {
			t.Parallel()
			file, ok := files[check.ID]
			if !ok {
				t.Fatalf("write %s/%s/%s.txtar", casesDir, check.Family, check.ID)
			}
			if file.family != string(check.Family) {
				t.Errorf("lies in %s, the check belongs to %s", file.family, check.Family)
			}
			if len(strings.TrimSpace(string(file.archive.Comment))) == 0 {
				t.Error("no words on top: say what the rule is about")
			}
			for _, outcome := range []checks.Outcome{checks.Fail, checks.Pass} {
				if !file.has(outcome) {
					t.Errorf("no case shows a %s", outcome)
				}
			}
			if !file.timeoutIsNoVerdict() {
				t.Error("no case named ...timeout... in which every finding is inconclusive")
			}
		})
	}
}

func (f caseFile) has(outcome checks.Outcome) bool {
	return slices.ContainsFunc(f.situations, func(s situation) bool {
		return slices.ContainsFunc(s.findings, func(f checks.Finding) bool { return f.Outcome == outcome })
	})
}

func (f caseFile) timeoutIsNoVerdict() bool {
	return slices.ContainsFunc(f.situations, func(s situation) bool {
		settled := func(f checks.Finding) bool {
			return f.Outcome != checks.Inconclusive || f.Facts["problem"] != "timeout"
		}
		return strings.Contains(s.name, "timeout") && len(s.findings) > 0 && !slices.ContainsFunc(s.findings, settled)
	})
}

func TestEveryCaseFileBelongsToACheck(t *testing.T) {
	t.Parallel()
	words := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	for _, file := range readCases(t) {
		if !slices.ContainsFunc(checks.All, func(c checks.Check) bool { return c.ID == file.rule }) {
			t.Errorf("%s: checks.All has no %s", file.path, file.rule)
		}
		for _, s := range file.situations {
			if !words.MatchString(s.name) {
				t.Errorf("%s: %q does not name a situation in words with hyphens", file.path, s.name)
			}
		}
	}
}

func TestEveryFindingSaysWhatItsOutcomeOwes(t *testing.T) {
	t.Parallel()
	declared := map[string][]string{}
	for _, check := range checks.All {
		declared[check.ID] = check.Facts
	}
	for _, file := range readCases(t) {
		for _, s := range file.situations {
			for _, f := range checks.Judge(s.bundle) {
				for _, fact := range owed(f, declared[f.Rule]) {
					if f.Facts[fact] == "" {
						t.Errorf("%s: %s: %s of %s is %s without the fact %q", file.path, s.name, f.Rule, f.Subject, f.Outcome, fact)
					}
				}
				if f.Subject == "" {
					t.Errorf("%s: %s: %s has no subject", file.path, s.name, f.Rule)
				}
				if f.Outcome == checks.Inconclusive && !slices.Contains(evidence.Problems, evidence.Problem(f.Facts["problem"])) {
					t.Errorf("%s: %s: %s: no words exist for the problem %q", file.path, s.name, f.Rule, f.Facts["problem"])
				}
			}
		}
	}
}

// owed lists the facts that a finding must fill.
func owed(f checks.Finding, declared []string) []string {
	switch f.Outcome {
	case checks.Fail:
		return declared
	case checks.Inconclusive:
		return []string{"what", "problem"}
	case checks.Pass, checks.NotApplicable:
	}
	return nil
}

func TestOnlyTheFamiliesAskedForAreJudged(t *testing.T) {
	t.Parallel()
	b := sample()
	b.Families = []evidence.Family{evidence.MailFamily, evidence.WebFamily}
	var got []string
	for _, f := range checks.Judge(b) {
		if !slices.Contains(got, f.Rule) {
			got = append(got, f.Rule)
		}
	}
	var want []string
	for _, check := range checks.All {
		if b.Asked(check.Family) {
			want = append(want, check.ID)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rules judged, in the order of checks.All (-want +got)\n%s", diff)
	}
}

func TestTheSameProblemKeepsItsKey(t *testing.T) {
	t.Parallel()
	before := checks.Finding{Rule: "web-hsts-missing", Subject: "www.comune.example", Outcome: checks.Fail, Facts: checks.Facts{"host": "a"}}
	after := checks.Finding{Rule: "web-hsts-missing", Subject: "WWW.comune.example.", Outcome: checks.Pass}
	if before.Key() != "web-hsts-missing@www.comune.example" || after.Key() != before.Key() {
		t.Errorf("%q and %q", before.Key(), after.Key())
	}
}

// TestTheCatalogueIsKept holds checks, rules and cases against the list of every
// rule that is planned, and says how far we are.
func TestTheCatalogueIsKept(t *testing.T) {
	t.Parallel()
	planned := plannedIDs(t)
	have := map[string]bool{}
	for _, check := range checks.All {
		id := string(check.Family) + " " + check.ID
		if have[id] {
			t.Errorf("%s stands twice in checks.All", id)
		}
		have[id] = true
	}
	for _, family := range evidence.Families {
		ours, all := 0, 0
		for id := range have {
			if strings.HasPrefix(id, string(family)+" ") {
				ours++
			}
		}
		for _, id := range planned {
			if strings.HasPrefix(id, string(family)+" ") {
				all++
			}
		}
		t.Logf("%s %d of %d", family, ours, all)
	}
	for _, id := range slices.Concat(keys(have), filesIn(t, "../rules", ".yaml"), filesIn(t, casesDir, ".txtar")) {
		if _, rule, _ := strings.Cut(id, " "); !slices.Contains(planned, id) && !strings.HasPrefix(rule, "exposed-") {
			t.Errorf("%s is not in testdata/check-ids.txt", id)
		}
		if !have[id] {
			t.Errorf("%s has a file and is not in checks.All", id)
		}
	}
	for _, id := range filesMissing(keys(have), filesIn(t, "../rules", ".yaml")) {
		t.Errorf("%s has no file under rules/", id)
	}
}

func plannedIDs(t *testing.T) []string {
	t.Helper()
	data, err := os.ReadFile("../testdata/check-ids.txt")
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			ids = append(ids, line)
		}
	}
	return ids
}

// filesIn lists FOLDER/FAMILY/ID.SUFFIX as "family id".
func filesIn(t *testing.T, folder, suffix string) []string {
	t.Helper()
	var ids []string
	for _, family := range evidence.Families {
		paths, err := filepath.Glob(filepath.Join(folder, string(family), "*"+suffix))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			ids = append(ids, string(family)+" "+strings.TrimSuffix(filepath.Base(path), suffix))
		}
	}
	return ids
}

func filesMissing(want, have []string) []string {
	return slices.DeleteFunc(slices.Clone(want), func(id string) bool { return slices.Contains(have, id) })
}

func keys(set map[string]bool) []string {
	var list []string
	for key := range set {
		list = append(list, key)
	}
	slices.Sort(list)
	return list
}
