package records_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/collectors/records"
)

func TestMTASTSPolicy(t *testing.T) {
	t.Parallel()
	policy := func(mode string, age int, mx ...string) records.MTASTSPolicy {
		return records.MTASTSPolicy{Mode: mode, MX: mx, MaxAge: age}
	}
	const (
		version = "version is not STSv1"
		age     = "max_age is not a number of seconds up to one year"
	)
	tests := map[string]struct {
		body string
		want records.MTASTSPolicy
		err  string
	}{
		"enforce": {
			"version: STSv1\r\nmode: enforce\r\nmx: mail.comune.example\r\nmx: *.fornitore.example\r\nmax_age: 604800\r\n",
			policy("enforce", 604800, "mail.comune.example", "*.fornitore.example"), "",
		},
		"line-feeds-only":        {"version: STSv1\nmode: testing\nmx: mail.comune.example\nmax_age: 86400\n", policy("testing", 86400, "mail.comune.example"), ""},
		"no-line-end-at-the-end": {"version: STSv1\nmode: testing\nmx: mail.comune.example\nmax_age: 86400", policy("testing", 86400, "mail.comune.example"), ""},
		"none-needs-no-mx":       {"version: STSv1\nmode: none\nmax_age: 86400\n", policy("none", 86400), ""},
		"any-order":              {"max_age: 1\nmx: a.example\nmode: enforce\nversion: STSv1\n", policy("enforce", 1, "a.example"), ""},
		"blanks":                 {"version:STSv1 \t\nmode:  enforce\nmx:\ta.example \nmax_age: 1\n\n", policy("enforce", 1, "a.example"), ""},
		"mx-in-capitals":         {"version: STSv1\nmode: enforce\nmx: Mail.Comune.Example\nmax_age: 1\n", policy("enforce", 1, "mail.comune.example"), ""},
		"unknown-keys":           {"version: STSv1\nmode: enforce\nmx: a.example\nmax_age: 1\nweather: fine: very\n", policy("enforce", 1, "a.example"), ""},
		"first-of-two-counts":    {"version: STSv1\nversion: STSv2\nmode: enforce\nmode: none\nmx: a.example\nmax_age: 1\nmax_age: x\n", policy("enforce", 1, "a.example"), ""},
		"longest-age":            {"version: STSv1\nmode: none\nmax_age: 31557600\n", policy("none", 31557600), ""},
		"shortest-age":           {"version: STSv1\nmode: none\nmax_age: 0\n", policy("none", 0), ""},

		"no-version":           {"mode: enforce\nmx: a.example\nmax_age: 1\n", policy("enforce", 1, "a.example"), version},
		"another-version":      {"version: STSv2\nmode: enforce\nmx: a.example\nmax_age: 1\n", policy("enforce", 1, "a.example"), version},
		"version-in-capitals":  {"version: STSV1\nmode: enforce\nmx: a.example\nmax_age: 1\n", policy("enforce", 1, "a.example"), version},
		"key-in-capitals":      {"Version: STSv1\nmode: enforce\nmx: a.example\nmax_age: 1\n", policy("enforce", 1, "a.example"), version},
		"empty":                {"", policy("", 0), version},
		"no-mode":              {"version: STSv1\nmx: a.example\nmax_age: 1\n", policy("", 1, "a.example"), `unknown mode ""`},
		"mode-in-capitals":     {"version: STSv1\nmode: Enforce\nmx: a.example\nmax_age: 1\n", policy("Enforce", 1, "a.example"), `unknown mode "Enforce"`},
		"misspelt-mode":        {"version: STSv1\nmode: report\nmx: a.example\nmax_age: 1\n", policy("report", 1, "a.example"), `unknown mode "report"`},
		"no-age":               {"version: STSv1\nmode: none\n", policy("none", 0), age},
		"age-in-words":         {"version: STSv1\nmode: none\nmax_age: one week\n", policy("none", 0), age},
		"age-with-a-unit":      {"version: STSv1\nmode: none\nmax_age: 86400s\n", policy("none", 0), age},
		"age-with-a-sign":      {"version: STSv1\nmode: none\nmax_age: +86400\n", policy("none", 86400), age},
		"negative-age":         {"version: STSv1\nmode: none\nmax_age: -1\n", policy("none", -1), age},
		"age-over-a-year":      {"version: STSv1\nmode: none\nmax_age: 31557601\n", policy("none", 31557601), age},
		"age-of-eleven-digits": {"version: STSv1\nmode: none\nmax_age: 00000086400\n", policy("none", 86400), age},
		"enforce-without-mx":   {"version: STSv1\nmode: enforce\nmax_age: 1\n", policy("enforce", 1), "no mx"},
		"testing-without-mx":   {"version: STSv1\nmode: testing\nmax_age: 1\n", policy("testing", 1), "no mx"},
		"empty-mx":             {"version: STSv1\nmode: enforce\nmx:\nmax_age: 1\n", policy("enforce", 1, ""), `mx "" is not a host name`},
		"star-alone":           {"version: STSv1\nmode: enforce\nmx: *\nmax_age: 1\n", policy("enforce", 1, "*"), `mx "*" is not a host name`},
		"star-in-the-middle":   {"version: STSv1\nmode: enforce\nmx: mail.*.example\nmax_age: 1\n", policy("enforce", 1, "mail.*.example"), `mx "mail.*.example" is not a host name`},
		"two-stars":            {"version: STSv1\nmode: enforce\nmx: *.*.example\nmax_age: 1\n", policy("enforce", 1, "*.*.example"), `mx "*.*.example" is not a host name`},
		"dot-instead-of-star":  {"version: STSv1\nmode: enforce\nmx: .comune.example\nmax_age: 1\n", policy("enforce", 1, ".comune.example"), `mx ".comune.example" is not a host name`},
		"two-hosts-on-a-line":  {"version: STSv1\nmode: enforce\nmx: a.example b.example\nmax_age: 1\n", policy("enforce", 1, "a.example b.example"), `mx "a.example b.example" is not a host name`},
		"hyphen-at-the-end":    {"version: STSv1\nmode: enforce\nmx: a-.example\nmax_age: 1\n", policy("enforce", 1, "a-.example"), `mx "a-.example" is not a host name`},
		"line-without-a-key":   {"version: STSv1\nmode enforce\nmx: a.example\nmax_age: 1\n", policy("", 0), "line 2 has no key"},
		"a-page-instead":       {"<!DOCTYPE html>\n<title>Comune di Esempio</title>\n", policy("", 0), "line 1 has no key"},
		"as-a-record":          {"version=STSv1; mode=enforce; mx=a.example; max_age=1", policy("", 0), "line 1 has no key"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := records.ParseMTASTSPolicy(test.body)
			if message(err) != test.err {
				t.Errorf("error %q, want %q", message(err), test.err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestMXNamesHaveTheLengthOfDNS(t *testing.T) {
	t.Parallel()
	for mx, want := range map[string]bool{
		strings.Repeat("a", 63) + ".example":       true,
		strings.Repeat("a", 64) + ".example":       false,
		strings.Repeat("a.", 123) + "example":      true,
		strings.Repeat("a.", 123) + "example.aaaa": false,
	} {
		_, err := records.ParseMTASTSPolicy("version: STSv1\nmode: enforce\nmx: " + mx + "\nmax_age: 1\n")
		if got := err == nil; got != want {
			t.Errorf("%s: valid %v, want %v: %v", mx, got, want, err)
		}
	}
}
