package markdown

import (
	"strings"
	"testing"
	"unicode"
)

func TestWordsThatATrackerWouldActOnAreCode(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                            "",
		"Il sito non si apre.":        "Il sito non si apre.",
		"well-known (e.g. d.lgs. 82)": "well-known (e.g. d.lgs. 82)",
		"RFC 5280, section 4.1.2.5.":  "RFC 5280, section 4.1.2.5.",
		"50% at 3! Really?":           "50% at 3! Really?",
		"two  blanks\tand a tab":      "two blanks and a tab",
		"Attention\u00a0: voici":      "Attention\u00a0: voici",
		"*bold* __init__":             "`*bold*` \\_\\_init\\_\\_",
		"@mayor":                      "`@mayor`",
		"ask (@org/team).":            "ask (`@org/team`).",
		"a@comune.example":            "`a@comune.example`",
		"see #1, GH-2 and !3":         "see `#1`, `GH-2` and `!3`",
		"%milestone ~label $1 &2 ^^":  "`%milestone` `~label` `$1` `&2` `^^`",
		"/close":                      "`/close`",
		"http://evil.example/":        "`http://evil.example/`",
		"//evil.example":              "`//evil.example`",
		"www.evil.example":            "`www.evil.example`",
		"x.com":                       "`x.com`",
		"javascript:alert(1)":         "`javascript:alert(1)`",
		"mailto:a :tada:":             "`mailto:a` `:tada`:",
		"[x](y)":                      "`[x](y)`",
		"![i](y)":                     "`![i](y)`",
		"<script>":                    "`<script>`",
		"&lt;b&gt;":                   "`&lt;b&gt`;",
		"a|b":                         "`a|b`",
		"=HYPERLINK(1)":               "`=HYPERLINK(1)`",
		"a`b":                         "``a`b``",
		"`":                           "`` ` ``",
		"``a``":                       "``` ``a`` ```",
		`\`:                           "`\\`",
		"deadbeef1":                   "`deadbeef1`",
		"- item":                      "`-` item",
		"1. item":                     "`1.` item",
		"---":                         "`---`",
		"# heading":                   "`#` heading",
		"a - b":                       "a - b",
	} {
		if got := text(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestALinkIsOursAlone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ title, address, want string }{
		{"Title", "", "Title"},
		{"Title", "https://law.example/a", "[Title](<https://law.example/a>)"},
		{"[x] @all", "https://law.example/(a)?b=<c>", "[`[x]` `@all`](<https://law.example/(a)?b=%3Cc%3E>)"},
		{"x", "https://law.example/ `|\\\n>", "[x](<https://law.example/%20%60%7C%5C%0A%3E>)"},
	} {
		if got := link(c.title, c.address); got != c.want {
			t.Errorf("%q %q: %q, want %q", c.title, c.address, got, c.want)
		}
	}
}

// withoutCode takes the code out of a line as CommonMark 6.1 finds it: from a
// run of backticks to the next run of the same length.
func withoutCode(line string) string {
	var b strings.Builder
	for line != "" {
		at := strings.IndexByte(line, '`')
		if at < 0 {
			break
		}
		b.WriteString(line[:at])
		line = line[at:]
		fence := line[:len(line)-len(strings.TrimLeft(line, "`"))]
		line = line[len(fence):]
		end, from := -1, 0
		for from < len(line) {
			i := strings.IndexByte(line[from:], '`')
			if i < 0 {
				break
			}
			run := len(line[from+i:]) - len(strings.TrimLeft(line[from+i:], "`"))
			if run == len(fence) {
				end = from + i
				break
			}
			from += i + run
		}
		if end < 0 {
			b.WriteString(fence)
			continue
		}
		line = line[end+len(fence):]
	}
	return b.String() + line
}

func FuzzTextIsOnlyShown(f *testing.F) {
	for _, seed := range []string{"a", "=HYPERLINK(\"http://evil.example\") <script> @x #1 `` ` ```", "- * _ 1. [x](y) |\u00a0/close", "\\`@x`"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		got := text(in)
		if strings.ContainsAny(got, "\n\r") {
			t.Errorf("%q: more than one line: %q", in, got)
		}
		bare := strings.ReplaceAll(withoutCode(got), `\_`, "x")
		if i := strings.IndexAny(bare, "`\\<>[]{}|#@$~^&*_"); i >= 0 {
			t.Errorf("%q: %q is left in %q", in, bare[i:], got)
		}
		for word := range strings.FieldsFuncSeq(bare, unicode.IsSpace) {
			if strings.HasPrefix(word, "/") || strings.Contains(word, "://") || strings.HasPrefix(strings.ToLower(word), "www.") {
				t.Errorf("%q: %q is left in %q", in, word, got)
			}
		}
	})
}
