package scheme_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/checks"
	"campanile/collectors/evidence"
	"campanile/collectors/records/headers"
	"campanile/report/scheme"
)

// wellHeaded gives a page all headers that the Observatory likes.
func wellHeaded(host string) evidence.Site {
	s := soundSite(host)
	last := &s.HTTPS.Hops[0]
	last.Headers = []evidence.Header{
		{Name: "content-security-policy", Value: "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"},
		{Name: "cross-origin-resource-policy", Value: "same-origin"},
		{Name: "referrer-policy", Value: "no-referrer"},
		{Name: "strict-transport-security", Value: "max-age=31536000"},
		{Name: "x-content-type-options", Value: "nosniff"},
	}
	s.HTTPS.Cookies = []evidence.Cookie{{URL: last.URL, Name: "sessid", Secure: true, HTTPOnly: true, SameSite: "Lax"}}
	s.HTTPS.Page.Scripts = []evidence.Script{{URL: "https://" + host + "/a.js", Raw: "a.js"}}
	return s
}

func TestTheGradeOfTheObservatory(t *testing.T) {
	t.Parallel()
	type change func(site *evidence.Site, b *evidence.Bundle)
	header := func(name, value string) change {
		return func(s *evidence.Site, _ *evidence.Bundle) {
			list := s.HTTPS.Hops[0].Headers
			s.HTTPS.Hops[0].Headers = slices.DeleteFunc(list, func(h evidence.Header) bool { return h.Name == name })
			if value != "" {
				s.HTTPS.Hops[0].Headers = append(s.HTTPS.Hops[0].Headers, evidence.Header{Name: name, Value: value})
			}
		}
	}
	for name, c := range map[string]struct {
		change  change
		verdict string
		best    string
		score   int
		results map[headers.Test]headers.Result // where they are of interest; empty: open
	}{
		"everything-there": {
			func(*evidence.Site, *evidence.Bundle) {}, "A+", "A+", 135,
			map[headers.Test]headers.Result{headers.PolicyTest: headers.PolicyNoUnsafeDefaultNone, headers.CookiesTest: headers.CookiesSecureSameSite, headers.SharingTest: "", headers.RedirectionTest: headers.RedirectionToHTTPS},
		},
		"no-policy": {header("content-security-policy", ""), "C", "C", 55, map[headers.Test]headers.Result{headers.PolicyTest: headers.PolicyMissing, headers.FramingTest: headers.FramingMissing}},
		"untrusted-certificate": {
			func(_ *evidence.Site, b *evidence.Bundle) { b.Endpoints[0].TLS.Trust.State = evidence.Absent },
			"C+", "C+", 60,
			map[headers.Test]headers.Result{headers.TransportTest: headers.TransportInvalidChain, headers.RedirectionTest: headers.RedirectionInvalidChain},
		},
		"chain-that-a-browser-completes": {
			func(_ *evidence.Site, b *evidence.Bundle) {
				b.Endpoints[0].TLS.Trust.Fetched = []string{"http://ca.example/i.crt"}
			},
			"C+", "C+", 60,
			map[headers.Test]headers.Result{headers.TransportTest: headers.TransportInvalidChain},
		},
		"expired-certificate": {
			func(_ *evidence.Site, b *evidence.Bundle) {
				b.Endpoints[0].TLS.Certificates[0].NotAfter = at.AddDate(0, 0, -1)
			},
			"C+", "C+", 60,
			map[headers.Test]headers.Result{headers.TransportTest: headers.TransportInvalidChain},
		},
		"certificate-not-looked-at": {
			func(_ *evidence.Site, b *evidence.Bundle) { b.Endpoints = nil },
			scheme.Unknown, "A+", 0,
			map[headers.Test]headers.Result{headers.TransportTest: "", headers.RedirectionTest: "", headers.PolicyTest: headers.PolicyNoUnsafeDefaultNone},
		},
		"addresses-that-disagree": {
			func(_ *evidence.Site, b *evidence.Bundle) {
				other := soundEndpoint(domain)
				other.Address, other.TLS.Trust.Match = "2001:db8::10", evidence.Absent
				b.Endpoints = append(b.Endpoints, other)
			},
			scheme.Unknown, "A+", 0,
			map[headers.Test]headers.Result{headers.TransportTest: ""},
		},
		"nothing-listens-on-http": {
			func(s *evidence.Site, _ *evidence.Bundle) {
				s.HTTP = evidence.Visit{Observation: evidence.UnknownAt(at, evidence.Refused, "")}
			},
			"A+", "A+", 135,
			map[headers.Test]headers.Result{headers.RedirectionTest: headers.RedirectionNoHTTP},
		},
		"a-page-that-sends-on-by-itself": {
			func(s *evidence.Site, _ *evidence.Bundle) {
				s.HTTP.Hops[0] = evidence.Hop{URL: "http://" + domain + "/", Status: 200, Refresh: "https://" + domain + "/"}
			},
			"B+", "B+", 80,
			map[headers.Test]headers.Result{headers.RedirectionTest: headers.RedirectionMissing},
		},
		"timeout-on-http-is-no-verdict": {
			func(s *evidence.Site, _ *evidence.Bundle) {
				s.HTTP = evidence.Visit{Observation: evidence.UnknownAt(at, evidence.Timeout, "")}
			},
			scheme.Unknown, "A+", 0,
			map[headers.Test]headers.Result{headers.RedirectionTest: ""},
		},
		"policy-of-which-the-beginning-is-known": {
			func(s *evidence.Site, _ *evidence.Bundle) { s.HTTPS.Hops[0].Headers[0].Cut = true },
			scheme.Unknown, "A+", 0,
			map[headers.Test]headers.Result{headers.PolicyTest: "", headers.FramingTest: "", headers.TypeTest: headers.TypeNosniff},
		},
		"page-that-was-not-read-to-its-end": {
			func(s *evidence.Site, _ *evidence.Bundle) { s.HTTPS.Page.Truncated = true },
			scheme.Unknown, "A+", 0,
			map[headers.Test]headers.Result{headers.IntegrityTest: "", headers.PolicyTest: headers.PolicyNoUnsafeDefaultNone},
		},
		"https-refused": {
			func(s *evidence.Site, b *evidence.Bundle) {
				s.HTTPS = evidence.Visit{Observation: evidence.UnknownAt(at, evidence.Refused, "")}
				s.HTTP.Hops = []evidence.Hop{{URL: "http://" + domain + "/", Status: 200}}
				b.Endpoints = nil
			},
			"F", "F", 10,
			map[headers.Test]headers.Result{headers.TransportTest: headers.TransportNoHTTPS, headers.RedirectionTest: headers.RedirectionMissing},
		},
		"cookie-with-a-bare-samesite": {
			func(s *evidence.Site, _ *evidence.Bundle) {
				s.HTTPS.Cookies[0].SameSite, s.HTTPS.Cookies[0].Bare = "", true
			},
			"B+", "B+", 80,
			map[headers.Test]headers.Result{headers.CookiesTest: headers.CookiesSameSiteInvalid},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := named(t, "http-observatory")
			b := &evidence.Bundle{Target: evidence.Target{Domain: domain}, Taken: at, Sites: []evidence.Site{wellHeaded(domain)}, Endpoints: []evidence.Endpoint{soundEndpoint(domain)}}
			c.change(&b.Sites[0], b)
			list := scheme.Of(s, b, nil)
			if len(list) != 1 {
				t.Fatalf("%+v", list)
			}
			a := list[0]
			if a.Verdict != c.verdict || a.Best != c.best {
				t.Errorf("%s, at best %s; want %s, at best %s", a.Verdict, a.Best, c.verdict, c.best)
			}
			if (a.Score == nil) != (c.verdict == scheme.Unknown) || a.Score != nil && *a.Score != c.score {
				t.Errorf("score %v, want %d", a.Score, c.score)
			}
			got := map[headers.Test]headers.Result{}
			for _, one := range a.Criteria {
				if _, ok := c.results[headers.Test(one.ID)]; ok {
					got[headers.Test(one.ID)] = headers.Result(one.Result)
				}
			}
			if diff := cmp.Diff(c.results, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// What a firewall puts in the place of a page has headers of its own.
func TestNoPageNoGrade(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*evidence.Visit)
		want   evidence.Problem
	}{
		"firewall":    {func(v *evidence.Visit) { v.Barrier = "firewall" }, evidence.Firewall},
		"captcha":     {func(v *evidence.Visit) { v.Barrier = "captcha" }, evidence.Firewall},
		"script-only": {func(v *evidence.Visit) { v.Barrier = "script-only" }, evidence.Unreadable},
		"rate-limit":  {func(v *evidence.Visit) { v.Barrier = "rate-limit" }, evidence.RateLimited},
		"forbidden":   {func(v *evidence.Visit) { v.Hops[0].Status = 403 }, evidence.Firewall},
		"busy":        {func(v *evidence.Visit) { v.Hops[0].Status = 503 }, evidence.ServerBusy},
		"too-many":    {func(v *evidence.Visit) { v.Hops[0].Status = 429 }, evidence.RateLimited},
		"timeout": {func(v *evidence.Visit) {
			*v = evidence.Visit{Observation: evidence.UnknownAt(at, evidence.Timeout, "")}
		}, evidence.Timeout},
		"never-asked":  {func(v *evidence.Visit) { *v = evidence.Visit{} }, evidence.Interrupted},
		"reset-on-443": {func(v *evidence.Visit) { *v = evidence.Visit{Observation: evidence.UnknownAt(at, evidence.Reset, "")} }, evidence.Reset},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			site := wellHeaded(domain)
			c.change(&site.HTTPS)
			b := &evidence.Bundle{Target: evidence.Target{Domain: domain}, Taken: at, Sites: []evidence.Site{site}}
			a := scheme.Of(named(t, "http-observatory"), b, nil)[0]
			if a.Verdict != scheme.Unknown || a.Problem != c.want || len(a.Criteria) != 0 || a.Score != nil {
				t.Errorf("%s, %s, %d criteria; want none for %s", a.Verdict, a.Problem, len(a.Criteria), c.want)
			}
		})
	}
}

// Whoever is sent on from one name to the other meets the headers of the last page
// and the HSTS of the first.
func TestANameThatLeadsOnIsJudgedAtItsEnd(t *testing.T) {
	t.Parallel()
	end := wellHeaded(www)
	site := soundSite(domain)
	site.HTTPS.Hops = []evidence.Hop{{URL: "https://" + domain + "/", Status: 301, Location: "https://" + www + "/"}, end.HTTPS.Hops[0]}
	site.HTTPS.Page = end.HTTPS.Page
	b := &evidence.Bundle{
		Target: evidence.Target{Domain: domain}, Taken: at, Sites: []evidence.Site{site, end},
		Endpoints: []evidence.Endpoint{soundEndpoint(domain), soundEndpoint(www)},
	}
	list := scheme.Of(named(t, "http-observatory"), b, nil)
	if len(list) != 2 || list[1].Verdict != "A+" {
		t.Fatalf("%+v", list)
	}
	for _, c := range list[0].Criteria {
		if c.ID == string(headers.TransportTest) && c.Result != string(headers.TransportMissing) {
			t.Errorf("%s: the first name sends no such header", c.Result)
		}
		if c.ID == string(headers.PolicyTest) && c.Result != string(headers.PolicyNoUnsafeDefaultNone) {
			t.Errorf("%s: the page has a policy", c.Result)
		}
	}
}

// TestTheGradeNeedsNoVerdicts: the headers are evidence; whether rules speak of
// them, and in which country, changes nothing.
func TestTheGradeNeedsNoVerdicts(t *testing.T) {
	t.Parallel()
	s := named(t, "http-observatory")
	n := &town{bundle: &evidence.Bundle{Target: evidence.Target{Domain: domain}, Taken: at, Sites: []evidence.Site{wellHeaded(domain)}, Endpoints: []evidence.Endpoint{soundEndpoint(domain)}}}
	before := n.on(t, s)
	n.says("web-csp-missing", domain, checks.Fail, nil)
	if diff := cmp.Diff(before[0].Criteria, n.on(t, s)[0].Criteria); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
