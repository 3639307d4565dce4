package datagram_test

import (
	"strings"
	"testing"
	"unicode"

	"campanile/collectors/records/datagram"
)

// FuzzRead: no datagram crashes a reader, and what is taken from one is short
// and printable. Every token is tried, so that the readers get past it.
func FuzzRead(f *testing.F) {
	for _, answer := range answers(f) {
		f.Add(uint64(token), answer)
	}
	for _, p := range datagram.Protocols() {
		f.Add(uint64(token), p.Question(token))
	}
	f.Fuzz(func(t *testing.T, token uint64, answer []byte) {
		for _, p := range datagram.Protocols() {
			if _, ok := p.Read(token, p.Question(token)); ok {
				t.Errorf("%s: the question is its own answer with token %x", p.Service, token)
			}
			said, ok := p.Read(token, answer)
			if !ok {
				continue
			}
			if said.Service == "" || len(said.Facts) > 64 {
				t.Errorf("%s: %+v", p.Service, said)
			}
			all := []string{said.Service, said.Product, said.Version, said.Greeting}
			for _, f := range said.Facts {
				all = append(all, f.Name, f.Value)
			}
			for _, text := range all {
				if len(text) > 120 || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
					t.Errorf("%s: %q is not safe to keep", p.Service, text)
				}
			}
		}
	})
}
