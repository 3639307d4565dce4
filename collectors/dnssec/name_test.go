package dnssec

import "testing"

func TestCanonicalOrder(t *testing.T) {
	t.Parallel()
	// The order of RFC 4034 section 6.1, with names of our own.
	names := []string{
		"test.", "a.test.", "duomo.a.test.", "x.duomo.a.test.", "z.a.test.", `\001.z.test.`, "*.z.test.", `\200.z.test.`,
	}
	for i := range names {
		for j := range names {
			got := compareNames(names[i], names[j])
			if want := min(1, max(-1, i-j)); got != want {
				t.Errorf("compareNames(%s, %s) = %d, want %d", names[i], names[j], got, want)
			}
		}
	}
}

func TestBetween(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		owner, name, next string
		want              bool
	}{
		"in-the-gap":                        {"a.test.", "b.test.", "c.test.", true},
		"at-its-start":                      {"b.test.", "b.test.", "c.test.", false},
		"at-its-end":                        {"a.test.", "c.test.", "c.test.", false},
		"before-it":                         {"b.test.", "a.test.", "c.test.", false},
		"in-the-last-gap-of-the-zone":       {"z.test.", "zz.test.", "test.", true},
		"before-the-last-gap":               {"z.test.", "b.test.", "test.", false},
		"last-gap-of-another-zone":          {"z.test.", "a.zona.", "test.", false},
		"in-a-zone-with-nothing-but-itself": {"test.", "b.test.", "test.", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := between(test.owner, test.name, test.next); got != test.want {
				t.Errorf("between(%s, %s, %s) = %v", test.owner, test.name, test.next, got)
			}
		})
	}
}
