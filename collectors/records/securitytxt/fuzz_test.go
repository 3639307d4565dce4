package securitytxt_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/collectors/records/securitytxt"
)

// FuzzParse: any text, twice the same; a time that is told is the only one; what
// the faults deny is not told.
func FuzzParse(f *testing.F) {
	for _, file := range archiveOf(f).Files {
		if strings.HasSuffix(file.Name, "/file") {
			f.Add(string(file.Data))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		file := securitytxt.Parse(text)
		if diff := cmp.Diff(file, securitytxt.Parse(text)); diff != "" {
			t.Fatalf("read twice\n%s", diff)
		}
		has := func(fault securitytxt.Fault) bool { return slices.Contains(file.Faults, fault) }
		if has(securitytxt.NoContact) != (len(file.Contacts) == 0) {
			t.Errorf("contacts %q with the faults %v", file.Contacts, file.Faults)
		}
		if !file.Expires.IsZero() && (has(securitytxt.NoExpires) || has(securitytxt.SeveralExpires) || has(securitytxt.ExpiresMalformed)) {
			t.Errorf("expires %s with the faults %v", file.Expires, file.Faults)
		}
		if !slices.Equal(file.Faults, securitytxt.Sort(file.Faults)) {
			t.Errorf("%v: not in order, or twice", file.Faults)
		}
		if len(file.Contacts) > 50 || len(file.Canonical) > 50 {
			t.Errorf("%d contacts, %d addresses: no bound", len(file.Contacts), len(file.Canonical))
		}
		securitytxt.ContentType(text)
	})
}
