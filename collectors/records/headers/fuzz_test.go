package headers_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"campanile/collectors/records/headers"
)

// seed gives a fuzz function the lines of a file of cases, each kind by itself.
func seed(f *testing.F, name string, kinds ...string) {
	f.Helper()
	for _, c := range readCases(f, filepath.Join("../../../testdata/records/headers", name+".txt")) {
		if len(kinds) == 0 {
			f.Add(strings.Join(c.lines, "\n"))
			continue
		}
		v := sorted(c.lines)
		f.Add(strings.Join(v[kinds[0]], "\n"), strings.Join(v[kinds[1]], "\n"))
	}
}

// linesOf gives the lines of a header; an empty text is no header.
func linesOf(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

// FuzzHSTS: a header that is accepted says the same written plainly, and no
// result is of another test.
func FuzzHSTS(f *testing.F) {
	seed(f, "hsts")
	f.Fuzz(func(t *testing.T, text string) {
		h, err := headers.ParseHSTS(text)
		if err != nil {
			if len(err.Error()) > 1024 || h != (headers.HSTS{}) {
				t.Errorf("%+v, with a message of %d bytes", h, len(err.Error()))
			}
		} else {
			if again, err := headers.ParseHSTS(plain(h)); err != nil || again != h {
				t.Errorf("%q is %+v, %v; want %+v", plain(h), again, err, h)
			}
			if !strings.Contains(strings.ToLower(text), "max-age") {
				t.Errorf("%+v without max-age", h)
			}
		}
		r := headers.StrictTransport(linesOf(text))
		if r.Test() != headers.TransportTest || (text != "" && !strings.Contains(text, "\n")) && (r == headers.TransportInvalid) != (err != nil) {
			t.Errorf("%s, %v", r, err)
		}
	})
}

// FuzzCSP: policies hold nothing that is not written; one more policy never opens
// anything; the order of policies does not matter; written plainly they say the
// same.
func FuzzCSP(f *testing.F) {
	seed(f, "csp", "header", "meta")
	f.Fuzz(func(t *testing.T, header, meta string) {
		lines, contents := linesOf(header), linesOf(meta)
		policies := append(headers.ParseCSP(lines), headers.ParseMetaCSP(contents)...)
		var written []string
		for _, p := range policies {
			written = append(written, holdPolicy(t, p, header+meta))
		}
		all := headers.Open(policies)
		if again := headers.Open(headers.ParseCSP(asHeaders(written))); again != all {
			t.Errorf("%+v, and written plainly %+v", all, again)
		}
		for i := range policies {
			if part := headers.Open(policies[i:]); !narrower(all, part) {
				t.Errorf("%+v with all, and %+v without the first %d", all, part, i)
			}
		}
		slices.Reverse(policies)
		if back := headers.Open(policies); back != all {
			t.Errorf("%+v, and %+v the other way round", all, back)
		}
		for _, https := range []bool{true, false} {
			r := headers.ContentPolicy(lines, contents, nil, https)
			if r.Test() != headers.PolicyTest || len(policies) == 0 && r != headers.PolicyMissing && r != headers.PolicyInvalid {
				t.Errorf("%s for %d policies", r, len(policies))
			}
		}
		if r := headers.Framing(contents, lines); r.Test() != headers.FramingTest {
			t.Errorf("framing: %q", r)
		}
	})
}

// FuzzReferrer: the policy is one of eight words, and is written there; what the
// header says last counts.
func FuzzReferrer(f *testing.F) {
	seed(f, "referrer", "header", "meta")
	f.Fuzz(func(t *testing.T, header, meta string) {
		lines, contents := linesOf(header), linesOf(meta)
		policy := headers.ReferrerPolicy(lines, contents)
		known := []string{
			"", "no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin",
			"origin", "origin-when-cross-origin", "unsafe-url", "no-referrer-when-downgrade",
		}
		if !slices.Contains(known, policy) {
			t.Errorf("policy %q", policy)
		}
		if meta == "" && !strings.Contains(strings.ToLower(header), policy) {
			t.Errorf("%q is not in %q", policy, header)
		}
		if after := headers.ReferrerPolicy(append(slices.Clone(lines), "Same-Origin, x"), nil); after != "same-origin" {
			t.Errorf("%q in place of the last word", after)
		}
		if r := headers.Referrer(lines, contents); r.Test() != headers.ReferrerTest || (r == headers.ReferrerPrivate || r == headers.ReferrerUnsafe) != (policy != "") {
			t.Errorf("%s for %q", r, policy)
		}
	})
}

// FuzzCookie: a cookie that is accepted has a name or a value, and every word of
// it is in the line.
func FuzzCookie(f *testing.F) {
	for _, c := range readCases(f, "../../../testdata/records/headers/cookies.txt") {
		for _, line := range sorted(c.lines)["set"] {
			f.Add(line)
		}
	}
	f.Fuzz(func(t *testing.T, line string) {
		c, ok := headers.ParseCookie(line)
		if !ok && c != (headers.Cookie{}) {
			t.Errorf("ignored, and %+v", c)
		}
		for _, word := range []string{c.Name, c.SameSite, c.Path} {
			if !strings.Contains(line, word) || strings.ContainsAny(word, ";\n\r\x00") {
				t.Errorf("%q is not of the line", word)
			}
		}
		r := headers.CookiesSet([]headers.Cookie{c}, false)
		if r.Test() != headers.CookiesTest || (c.Refused() || c.Removed || c.Name == "") && r != headers.CookiesNone {
			t.Errorf("%s for %+v", r, c)
		}
	})
}
