package templatetest_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

var idForm = regexp.MustCompile(`^exposed(-[a-z0-9]+)+(_[2-9])?$`)

// TestATemplateHoldsOnlyWhatTheTableAllows holds our own templates to the table
// of rules/nuclei/README.md; load has refused every key that is not in it.
func TestATemplateHoldsOnlyWhatTheTableAllows(t *testing.T) {
	t.Parallel()
	for _, id := range ids(t) {
		tp := load(t, id)
		paths := 0
		for _, q := range tp.HTTP {
			paths += len(q.Path)
			for _, reason := range q.faults() {
				t.Errorf("%s: %s", id, reason)
			}
		}
		if tp.ID != id || !idForm.MatchString(id) {
			t.Errorf("%s: id %q is not the file name, or not of the form", id, tp.ID)
		}
		if len(tp.HTTP) != 1 || paths < 1 || paths > 3 || paths != tp.Info.Metadata.Requests {
			t.Errorf("%s: %d requests to %d addresses, max-request %d; want one request and one to three addresses", id, len(tp.HTTP), paths, tp.Info.Metadata.Requests)
		}
		if tp.Info.Name == "" || tp.Info.Description == "" || tp.Info.Author != "campanile" {
			t.Errorf("%s: info is not whole", id)
		}
	}
}

// faults says what of a request the table does not allow.
func (q question) faults() []string {
	var reasons []string
	add := func(wrong bool, reason string) {
		if wrong {
			reasons = append(reasons, reason)
		}
	}
	add(!slices.Contains([]string{"GET", "HEAD", "OPTIONS"}, q.Method), "method "+q.Method)
	add(q.Size < 1 || q.Size > 256<<10, "max-size is missing or too large")
	add(!q.NoCookies, "disable-cookie is missing")
	add(len(q.Matchers) > 1 && q.Condition != "and", "matchers-condition is not and")
	for _, path := range q.Path {
		add(!strings.HasPrefix(path, "{{BaseURL}}/"), "path "+path)
	}
	for name, value := range q.Headers {
		add(name != "Range" || !strings.HasPrefix(value, "bytes=0-"), "header "+name)
	}
	add(!q.proven(), "a status without a proof in the body")
	for _, m := range q.Matchers {
		add(!slices.Contains([]string{"status", "word", "regex", "binary"}, m.Type), "matcher "+m.Type)
		add(m.Type != "status" && m.Part != "body", "a matcher looks at "+m.Part)
	}
	for _, e := range q.Extractors {
		add(e.Type != "regex" || e.Part != "body" || !e.Internal && e.Name != "version", "extractor "+e.Name)
	}
	return reasons
}

// proven reports whether the body has to say something, or, where the fault is
// that a file is not there, whether the answer is a plain no.
func (q question) proven() bool {
	if slices.ContainsFunc(q.Matchers, func(m matcher) bool { return m.Type != "status" && !m.Negative }) {
		return true
	}
	statuses := 0
	for _, m := range q.Matchers {
		for _, status := range m.Status {
			if status != 404 && status != 410 {
				return false
			}
			statuses++
		}
	}
	return statuses > 0
}
