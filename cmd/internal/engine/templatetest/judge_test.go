package templatetest_test

import (
	"slices"
	"strings"
	"testing"
)

func TestATemplateSeesTheFaultAndNothingThatAlmostIs(t *testing.T) {
	t.Parallel()
	for _, id := range ids(t) {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			tp := load(t, id)
			faults, logins := 0, 0
			for _, s := range cases(t, id) {
				got, err := tp.matches(t.Context(), s.serve(t))
				if err != nil {
					t.Errorf("%s: %v", s.name, err)
					continue
				}
				if got != s.fault {
					t.Errorf("%s: match %v, want %v", s.name, got, s.fault)
				}
				if s.fault {
					faults++
				}
				if strings.HasPrefix(s.name, "login page with") {
					logins++
				}
			}
			if faults == 0 || logins == 0 {
				t.Errorf("%d faults and %d login pages of its own; want at least one of each", faults, logins)
			}
		})
	}
}

// twice lists the faults that are also another one.
var twice = []string{"exposed-mail-admin exposed-webmail_2"} // an old Exchange is a webmail

func TestAFaultIsCalledByItsNameAlone(t *testing.T) {
	t.Parallel()
	all := ids(t)
	read := map[string]template{}
	for _, id := range all {
		read[id] = load(t, id)
	}
	for _, id := range all {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			for _, s := range written(t, id) {
				if !s.fault {
					continue
				}
				base := s.serve(t)
				for _, other := range all {
					if other == id || other == "exposed-security-contact" || slices.Contains(twice, id+" "+other) {
						continue
					}
					if got, err := read[other].matches(t.Context(), base); got || err != nil {
						t.Errorf("%s: %s: match %v, %v", s.name, other, got, err)
					}
				}
			}
		})
	}
}
