package headers_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"campanile/collectors/records/headers"
)

// longest is what a reader may take for two lines of 128 KiB, of which it
// reads 64 KiB. A few milliseconds are usual.
const longest = 400 * time.Millisecond

// within fails when reading takes too long every time; a busy machine is slow
// now and then only.
func within(t *testing.T, name string, read func()) {
	t.Helper()
	var took time.Duration
	for range 8 {
		began := time.Now()
		read()
		if took = time.Since(began); took < longest {
			return
		}
	}
	t.Errorf("%s took %v", name, took)
}

// TestHostileHeaders: whatever a server sends, and however much of it, every
// reader is done at once, and messages stay short.
func TestHostileHeaders(t *testing.T) {
	t.Parallel()
	for name, text := range hostileTexts() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, start := range []string{"", "max-age=", `max-age="`, "a=1; Path=", "default-src ", "default-src https:, "} {
				readAll(t, start+text)
			}
		})
	}
}

func readAll(t *testing.T, text string) {
	t.Helper()
	lines := []string{text, text}
	if h, err := headers.ParseHSTS(text); err != nil && (len(err.Error()) > 1024 || h != headers.HSTS{}) {
		t.Errorf("a message of %d bytes", len(err.Error()))
	}
	for name, read := range map[string]func(){
		"hsts":     func() { headers.StrictTransport(lines) },
		"csp":      func() { headers.ContentPolicy(lines, lines, lines, true) },
		"framing":  func() { headers.Framing(lines, lines) },
		"referrer": func() { headers.Referrer(lines, lines) },
		"type":     func() { headers.ContentType(lines) },
		"resource": func() { headers.Resource(lines) },
		"cookie":   func() { headers.ParseCookie(text) },
	} {
		within(t, name, read)
	}
}

// hostileTexts are twice as long as what is read.
func hostileTexts() map[string]string {
	const long = 128 << 10
	texts := map[string]string{}
	for name, part := range map[string]string{
		"nul-bytes": "\x00", "invalid-utf8": "\xff\xfe", "backslashes": `\`, "quotes": `"`, "blanks": " ", "digits": "0", "semicolons": ";",
		"commas": ",", "signs": "=", "letters": "a", "directives": "a=b;", "sources": "'nonce-a' ", "policies": "default-src *,",
		"clear-policies": "script-src http://a.example, ", "words": "no-referrer,", "quoted": `a="b";`, "not-ascii": "é;",
	} {
		texts[name] = strings.Repeat(part, long/len(part))
	}
	for name, form := range map[string]string{"names": "a%d;", "names-twice": "a%[1]d;a%[1]d;", "options": "a%d,", "policies-of-names": "a%d-src http:,"} {
		var text strings.Builder
		for i := 0; text.Len() < long; i++ {
			fmt.Fprintf(&text, form, i)
		}
		texts[name] = text.String()
	}
	return texts
}

// TestWhatStandsBeyondTheBoundIsNotRead: it neither helps nor harms.
func TestWhatStandsBeyondTheBoundIsNotRead(t *testing.T) {
	t.Parallel()
	text := "default-src 'self';" + strings.Repeat(" ", 64<<10) + "script-src 'unsafe-inline'"
	if r := headers.ContentPolicy([]string{text}, nil, nil, true); r != headers.PolicyNoUnsafe {
		t.Errorf("%s", r)
	}
}
