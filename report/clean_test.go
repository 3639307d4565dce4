package report

import (
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
)

// hostile is what a stranger's server might put into a banner, a record or a
// certificate.
const hostile = "<script>alert(1)</script> =HYPERLINK(\"http://evil.example\") \x1b[31mred\x1b[0m \u009b2J \u202eexe.fdp\u202c \u2066x\u2069 \u200e\u200f zero\u200bwidth\ufeff \x00\x07\r\nnext\tline \U000e0041 \xff"

func TestCleanSpellsOutWhatHasNoShape(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ in, want string }{
		"plain-text-stays":           {"Città d'Aosta, 100 %", "Città d'Aosta, 100 %"},
		"no-break-space-stays":       {"règle\u00a0: oui", "règle\u00a0: oui"},
		"escape-sequence":            {"\x1b[31mred", `\x1b[31mred`},
		"one-byte-escape":            {"\u009b2J", `\x9b2J`},
		"delete":                     {"a\x7fb", `a\x7fb`},
		"turned-writing":             {"a\u202eb\u2069", `a\u202eb\u2069`},
		"marks-of-direction":         {"\u200e\u200f", `\u200e\u200f`},
		"zero-width":                 {"a\u200bb\ufeff", `a\u200bb\ufeff`},
		"tag-character":              {"\U000e0041", `\U000e0041`},
		"line-break-becomes-a-space": {"a\r\nb\tc\u2003d", "a  b c d"},
		"broken-utf-8":               {"a\xffb", "a\ufffdb"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, clean(c.in)); diff != "" {
				t.Errorf("clean(%q) (-want +got):\n%s", c.in, diff)
			}
		})
	}
}

func TestClipCutsBetweenCharacters(t *testing.T) {
	t.Parallel()
	if got := clip("èèè", 2); got != "èè…" {
		t.Errorf("clip: %q", got)
	}
	if got := clip("èè", 2); got != "èè" {
		t.Errorf("clip of what fits: %q", got)
	}
}

func TestNamesWithAccents(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ in, shown, both string }{
		"accent":       {"xn--citt-3na.example", "città.example", "città.example (xn--citt-3na.example)"},
		"ascii":        {"comune.example", "comune.example", "comune.example"},
		"broken-xn":    {"xn--a-ecp.example", "xn--a-ecp.example", "xn--a-ecp.example"},
		"not-a-name":   {"comune example\x1b", `comune example\x1b`, `comune example\x1b`},
		"address":      {"192.0.2.1", "192.0.2.1", "192.0.2.1"},
		"address-ipv6": {"2001:db8::1", "2001:db8::1", "2001:db8::1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := shown(c.in); got != c.shown {
				t.Errorf("shown: %q, want %q", got, c.shown)
			}
			if got := shownWithASCII(c.in); got != c.both {
				t.Errorf("both forms: %q, want %q", got, c.both)
			}
		})
	}
}

func TestCommandsAreQuotedForTheShell(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"comune.example":       "comune.example",
		"a; rm -rf /":          "'a; rm -rf /'",
		"$(reboot).example":    "'$(reboot).example'",
		"it's":                 `'it'\''s'`,
		"--out":                "'--out'",
		"":                     "''",
		"x\nreboot":            "'x reboot'",
		"dns,mail":             "dns,mail",
		"città.example":        "'città.example'",
		"\x1b]0;title\x07.exa": `'\x1b]0;title\x07.exa'`,
	} {
		if got := quoted(in); got != want {
			t.Errorf("quoted(%q) = %s, want %s", in, got, want)
		}
	}
}

func FuzzCleanLeavesNothingThatActs(f *testing.F) {
	f.Add(hostile)
	f.Fuzz(func(t *testing.T, text string) {
		got := clean(text)
		if i := strings.IndexFunc(got, func(r rune) bool { return r != noBreak && !unicode.IsPrint(r) }); i >= 0 {
			t.Errorf("clean(%q) keeps %q", text, got[i:])
		}
		if again := clean(got); again != got {
			t.Errorf("not stable: %q, then %q", got, again)
		}
	})
}
