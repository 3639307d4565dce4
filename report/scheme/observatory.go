package scheme

import (
	"slices"

	"campanile/collectors/evidence"
	"campanile/collectors/records/headers"
	"campanile/rules"
)

// observe grades a site as the HTTP Observatory does. The test for which another
// request is needed is never made here; any other one that stays open leaves the
// grade open too.
func observe(scheme *rules.Scheme, b *evidence.Bundle, site evidence.Site) Assessment {
	a := Assessment{Scheme: scheme, Host: site.Host, Verdict: Unknown, Best: headers.Grade(headers.Score(best))}
	views, problem := viewsOf(b, site)
	if len(views) == 0 {
		a.Problem = problem
		return a
	}
	results := agreed(views)
	for test := range results {
		if clipped(site, test, results[test]) {
			delete(results, test)
		}
	}
	var made, most []headers.Result
	settled := true
	for i, test := range headers.Tests() {
		result, known := results[test]
		c := Criterion{ID: string(test), Verdict: Unknown}
		if known {
			made = append(made, result)
			c.Verdict, c.Result, c.Points = NotMet, string(result), result.Modifier()
			if result.Passes() {
				c.Verdict = Met
			}
		} else {
			settled = settled && test == headers.SharingTest
			result = best[i]
		}
		most = append(most, result)
		a.Criteria = append(a.Criteria, c)
	}
	a.Best = headers.Grade(headers.Score(most))
	if settled {
		points := headers.Score(made)
		a.Score, a.Verdict = &points, a.Best
	}
	return a
}

// best is the best result of each test, in the order of headers.Tests.
var best = []headers.Result{
	headers.PolicyNoUnsafeDefaultNone, headers.CookiesSecureSameSite, headers.SharingNone, headers.RedirectionToHTTPS, headers.ReferrerPrivate,
	headers.TransportSixMonths, headers.IntegrityEverywhere, headers.TypeNosniff, headers.FramingByPolicy, headers.ResourceSameOrigin,
}

// agreed gives the results on which every view of the site comes out the same.
func agreed(views []headers.Site) map[headers.Test]headers.Result {
	common := map[headers.Test]headers.Result{}
	for i, view := range views {
		own := map[headers.Test]headers.Result{}
		for _, result := range headers.Judge(view).Results {
			own[result.Test()] = result
		}
		for test, result := range own {
			if i == 0 {
				common[test] = result
			}
		}
		for test, result := range common {
			if own[test] != result {
				delete(common, test)
			}
		}
	}
	return common
}

// clipped reports whether a result rests on a header of which only the beginning
// is known, or on elements that may stand in the part of a page that was not read.
func clipped(site evidence.Site, test headers.Test, result headers.Result) bool {
	visit := site.HTTPS
	if !shows(visit) {
		visit = site.HTTP
	}
	if visit.Page != nil && visit.Page.Truncated && slices.Contains([]headers.Result{headers.PolicyMissing, headers.PolicyReportOnly, headers.ReferrerMissing}, result) {
		return true
	}
	hops := []evidence.Hop{visit.Last()}
	if test == headers.TransportTest {
		hops = site.HTTPS.Hops
	}
	for _, hop := range hops {
		for _, header := range hop.Headers {
			if header.Cut && slices.Contains(restsOn(test), header.Name) {
				return true
			}
		}
	}
	return false
}

// restsOn gives the headers that a test reads, where it reads the answer's own.
func restsOn(test headers.Test) []string {
	switch test {
	case headers.PolicyTest:
		return []string{"content-security-policy", "content-security-policy-report-only"}
	case headers.FramingTest:
		return []string{"content-security-policy", "x-frame-options"}
	case headers.TransportTest, headers.TypeTest, headers.ReferrerTest, headers.ResourceTest:
		return []string{string(test)}
	case headers.CookiesTest, headers.SharingTest, headers.RedirectionTest, headers.IntegrityTest:
	}
	return nil
}
