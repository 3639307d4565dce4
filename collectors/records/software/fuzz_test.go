package software_test

import (
	"strings"
	"testing"
	"time"

	"campanile/collectors/records/software"
)

// FuzzStatements: any text in any place. A version is short and made of digits,
// points and at most one letter, and whoever states it has a name.
func FuzzStatements(f *testing.F) {
	for _, file := range archiveOf(f).Files {
		if file.Name == "support" {
			continue
		}
		for _, c := range linesOf(f, string(file.Data)) {
			name, value, _ := strings.Cut(c.input, "|")
			f.Add(strings.TrimSpace(name), strings.TrimSpace(value))
		}
	}
	f.Fuzz(func(t *testing.T, name, value string) {
		said := append(software.FromHeader(name, value), software.FromHeader("server", value)...)
		said = append(said, software.FromGenerator(value)...)
		for _, address := range []string{name, value} {
			if one, ok := software.FromAddress(address); ok {
				said = append(said, one)
			}
		}
		for _, s := range said {
			letters := strings.Trim(s.Version, "0123456789.")
			if s.Version == "" || len(s.Version) > 30 || len(letters) > 1 || s.Name == "" || s.Product == "" || s.Kind == "" {
				t.Errorf("%#v", s)
			}
			support, life := s.Support(time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC))
			if support == software.Ended && (life.EndedOn == "" || s.Mended) {
				t.Errorf("%s is %s by %#v", s, support, life)
			}
		}
	})
}
