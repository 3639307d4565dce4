package headers_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/collectors/records/headers"
)

// exemplary is a site that gets all points but those of what it has no use for.
func exemplary() headers.Site {
	lines := map[string][]string{
		"strict-transport-security":    {"max-age=63072000"},
		"content-security-policy":      {"default-src 'none'; frame-ancestors 'none'"},
		"x-content-type-options":       {"nosniff"},
		"referrer-policy":              {"no-referrer"},
		"cross-origin-resource-policy": {"same-origin"},
	}
	values := func(name string) []string { return lines[name] }
	return headers.Site{
		Domain:  "comune.example",
		Route:   &headers.Route{Addresses: []string{"http://comune.example/", "https://comune.example/"}, Trusted: true},
		HTTPS:   true,
		Trusted: true,
		Own:     []headers.Values{values},
		Page:    headers.Page{Values: values, HTML: true, Scripts: &[]headers.Script{}},
		Sharing: &headers.Sharing{Origin: "https://chi-chiede.example"},
	}
}

func TestExemplarySite(t *testing.T) {
	t.Parallel()
	want := headers.Report{
		Results: []headers.Result{
			headers.PolicyNoUnsafeDefaultNone, headers.CookiesNone, headers.SharingNone, headers.RedirectionToHTTPS, headers.ReferrerPrivate,
			headers.TransportSixMonths, headers.IntegrityNoScripts, headers.TypeNosniff, headers.FramingByPolicy, headers.ResourceSameOrigin,
		},
		Score: 130, Grade: "A+",
	}
	if diff := cmp.Diff(want, headers.Judge(exemplary())); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// TestWhatWasNotAskedIsOpen: it is neither passed nor failed, and is named.
func TestWhatWasNotAskedIsOpen(t *testing.T) {
	t.Parallel()
	s := exemplary()
	s.Route, s.Sharing, s.Page.Scripts = nil, nil, nil
	r := headers.Judge(s)
	if diff := cmp.Diff([]headers.Test{headers.SharingTest, headers.RedirectionTest, headers.IntegrityTest}, r.Open); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if len(r.Results) != 7 || slices.Contains(r.Results, "") {
		t.Errorf("results: %v", r.Results)
	}
}

// TestTransport: without https, or with a certificate that nobody takes, there is
// no HSTS; else the last answer of the host that has the header counts.
func TestTransport(t *testing.T) {
	t.Parallel()
	says := func(lines ...string) headers.Values { return func(string) []string { return lines } }
	for name, c := range map[string]struct {
		change func(s *headers.Site)
		want   headers.Result
	}{
		"no-https":                {func(s *headers.Site) { s.HTTPS, s.Trusted = false, false }, headers.TransportNoHTTPS},
		"untrusted-certificate":   {func(s *headers.Site) { s.Trusted = false }, headers.TransportInvalidChain},
		"no-answer-of-its-own":    {func(s *headers.Site) { s.Own = nil }, headers.TransportMissing},
		"first-answer-only":       {func(s *headers.Site) { s.Own = append(s.Own, says()) }, headers.TransportSixMonths},
		"second-answer-takes-off": {func(s *headers.Site) { s.Own = append(s.Own, says("max-age=0")) }, headers.TransportShort},
		"answer-without-headers":  {func(s *headers.Site) { s.Own = append(s.Own, nil) }, headers.TransportSixMonths},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := exemplary()
			c.change(&s)
			if r := headers.Judge(s); !slices.Contains(r.Results, c.want) {
				t.Errorf("no %s in %v", c.want, r.Results)
			}
		})
	}
}

// TestScore holds the sum to the Observatory's: a bonus counts only from 90 on.
func TestScore(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		results []headers.Result
		score   int
		grade   string
	}{
		"nothing":                  {nil, 100, "A+"},
		"bonus-at-ninety":          {[]headers.Result{headers.TransportShort, headers.ReferrerPrivate}, 95, "A"},
		"no-bonus-below-ninety":    {[]headers.Result{headers.TransportShort, headers.TypeMissing, headers.ReferrerPrivate}, 85, "A-"},
		"never-below-nought":       {[]headers.Result{headers.SharingUniversal, headers.IntegrityMissingOnClear, headers.TransportMissing}, 0, "F"},
		"what-is-unknown-is-worth": {[]headers.Result{"", "hsts-preloaded"}, 100, "A+"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			score := headers.Score(c.results)
			if score != c.score || headers.Grade(score) != c.grade {
				t.Errorf("%d, %s; want %d, %s", score, headers.Grade(score), c.score, c.grade)
			}
		})
	}
}

func TestGrades(t *testing.T) {
	t.Parallel()
	want := []string{"F", "F", "F", "F", "F", "D-", "D", "D", "D+", "C-", "C", "C", "C+", "B-", "B", "B", "B+", "A-", "A", "A", "A+", "A+"}
	var got []string
	for score := 0; score <= 105; score += 5 {
		got = append(got, headers.Grade(score))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
