package markdown

import (
	"regexp"
	"strings"
	"unicode"
)

// text writes a text as one line of Markdown that shows it and does nothing
// else. A word in which any tracker sees more than letters (markup, a link, a
// mention, the number of an issue, a command) is set as code: inside code no
// tracker looks for meaning, and some look again after a backslash was obeyed.
func text(s string) string {
	var b strings.Builder
	for i, word := range strings.FieldsFunc(s, func(r rune) bool { return r != noBreak && unicode.IsSpace(r) }) {
		if i > 0 {
			b.WriteByte(' ')
		}
		for j, part := range strings.Split(word, string(noBreak)) {
			if j > 0 {
				b.WriteRune(noBreak)
			}
			b.WriteString(written(part, b.Len() == 0))
		}
	}
	return b.String()
}

// noBreak keeps two words on one line; French puts it before a colon.
const noBreak = '\u00A0'

// written gives one word. An underscore, which words of ours hold at times, must
// not begin emphasis; every other mark of the kind makes a word hot. The first of a
// line can also open a list, a heading or a line across the page.
func written(word string, first bool) string {
	switch {
	case hot(word):
		core := strings.TrimLeft(word, before)
		if !strings.Contains(core, "(") { // else its bracket may close at the end
			core = strings.TrimRight(core, after)
		}
		at := strings.Index(word, core)
		return word[:at] + code(core) + word[at+len(core):]
	case first && opener.MatchString(word):
		return code(word)
	}
	return strings.ReplaceAll(word, "_", `\_`)
}

// before and after are the signs that stay outside the code when a hot word
// stands in brackets, in quotes or at the end of a sentence.
const (
	before = "\"'(«“"
	after  = ".,;:?)\"'»”"
)

// opener opens a block at the start of a line (CommonMark 4.1 to 4.3, 5.2).
var opener = regexp.MustCompile(`^([-+=]+|_+|[0-9]+[.)])$`)

// hot reports whether a tracker could see more than a word.
func hot(word string) bool {
	return strings.ContainsAny(word, "`\\<>[]{}|#@$~^&*") || meant.MatchString(word) ||
		domain.MatchString(word) && !abbreviation.MatchString(word)
}

var (
	// meant are addresses with a scheme and emoji by name (a colon inside), merge
	// requests and milestones (!1, %x), commands (a slash at the start) and paths,
	// formulas, issues by prefix and commits by number.
	meant = regexp.MustCompile(`(?i):[^\s]|[!%][\pL\pN"]|^["'(«“]*/|//|^["'(«“]*=|\bgh-[0-9]|\b[0-9a-f]{7,}\b`)
	// domain is a name with a point inside, of which some trackers make a link.
	domain = regexp.MustCompile(`[\pL\pN_-]\.[\pL\pN-]`)
	// abbreviation is what looks like a name and is none: e.g., d.lgs., 4.1.2.5.
	abbreviation = regexp.MustCompile(`(?i)^["'(«“]*(d\.lgs|(\pL\.)*\pL|[0-9]+(\.[0-9]+)*)[.,;:)"'»”]*$`)
)

// code writes a text as code. The fence is longer than any run of backticks
// inside (CommonMark 6.1).
func code(s string) string {
	if s == "" {
		return ""
	}
	longest, run := 0, 0
	for _, r := range s {
		if run++; r != '`' {
			run = 0
		}
		longest = max(longest, run)
	}
	fence := strings.Repeat("`", longest+1)
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		s = " " + s + " "
	}
	return fence + s + fence
}

// block writes lines as a block of code that nothing inside can end.
func block(lines ...string) string {
	var b strings.Builder
	for _, line := range lines {
		b.WriteString("    " + line + "\n")
	}
	return b.String()
}

// link writes a reference to an address of ours. What could end the address is
// percent-encoded.
func link(title, address string) string {
	if address == "" {
		return text(title)
	}
	return "[" + text(title) + "](<" + ends.Replace(address) + ">)"
}

var ends = strings.NewReplacer("<", "%3C", ">", "%3E", `\`, "%5C", " ", "%20", "\n", "%0A", "`", "%60", "|", "%7C")
