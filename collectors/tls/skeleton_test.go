package tls

import (
	"testing"
	"unicode/utf8"

	"campanile/collectors/evidence"
)

// FuzzParse reads what any server may present.
func FuzzParse(f *testing.F) {
	chain := newAuthority(f, "Root of the test", nil).issue(f, nil).Certificate[0]
	f.Add(chain)
	f.Add(chain[:100])
	f.Add([]byte{0x30, 3, 1, 2, 3})
	f.Fuzz(func(t *testing.T, der []byte) {
		_, facts := parse([][]byte{der})
		c := facts[0]
		if c.Unparsed == "" && c.NotAfter.IsZero() {
			t.Skip()
		}
		for _, text := range append(c.Names, c.Subject, c.Issuer, c.Serial, c.Key, c.Unparsed) {
			if !utf8.ValidString(text) || len(text) > evidence.MaxText {
				t.Errorf("%q", text)
			}
		}
		if skeleton, _ := skeletonOf(der); skeleton != nil {
			factsOf(skeleton)
			_ = match(der, skeleton, "comune.example")
		}
		if len(der) < 1<<12 {
			lintsOf(der, true)
		}
	})
}
