package scheme_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"campanile/checks"
	"campanile/collectors/evidence"
	"campanile/report/scheme"
	"campanile/report/score"
	"campanile/rules"
)

const (
	domain = "comune.valbassa.example"
	www    = "www." + domain
)

var at = time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)

// named gives a scheme of the program.
func named(t *testing.T, id string) *rules.Scheme {
	t.Helper()
	all, err := rules.EmbeddedSchemes()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(s *rules.Scheme) bool { return s.ID == id })
	if i < 0 {
		t.Fatalf("no scheme %s", id)
	}
	return all[i]
}

// town is a town of which everything is known and well.
type town struct {
	bundle   *evidence.Bundle
	verdicts []score.Verdict
}

func sound(t *testing.T, s *rules.Scheme) *town {
	t.Helper()
	n := &town{bundle: &evidence.Bundle{
		Target: evidence.Target{Domain: domain, Country: s.Countries[0]}, Taken: at,
		Sites: []evidence.Site{soundSite(domain), soundSite(www)}, Endpoints: []evidence.Endpoint{soundEndpoint(domain), soundEndpoint(www)},
	}}
	for _, id := range rulesOf(s) {
		for _, host := range []string{domain, www} {
			n.says(id, host, checks.Pass, nil)
		}
	}
	return n
}

// says replaces what a rule says of a host.
func (n *town) says(rule, host string, outcome checks.Outcome, facts checks.Facts) {
	n.verdicts = slices.DeleteFunc(n.verdicts, func(v score.Verdict) bool { return v.Finding.Rule == rule && v.Subject == host })
	n.verdicts = append(n.verdicts, score.Verdict{Finding: checks.Finding{Rule: rule, Subject: host, Outcome: outcome, Facts: facts}})
}

// silent takes away everything that a rule says.
func (n *town) silent(rule string) {
	n.verdicts = slices.DeleteFunc(n.verdicts, func(v score.Verdict) bool { return v.Finding.Rule == rule })
}

func (n *town) unclear(rule, host string) {
	n.says(rule, host, checks.Inconclusive, checks.Facts{"what": rule, "problem": "timeout"})
}

// rulesOf lists the rules that a scheme names.
func rulesOf(s *rules.Scheme) []string {
	var list []rules.Condition
	for _, c := range s.Classes {
		list = append(list, c.Any...)
	}
	for _, c := range s.Criteria {
		list = slices.Concat(list, c.Fails, c.Open, c.Without)
	}
	var ids []string
	for _, c := range list {
		if c.Rule != "" && !slices.Contains(ids, c.Rule) {
			ids = append(ids, c.Rule)
		}
	}
	return ids
}

func soundSite(host string) evidence.Site {
	seen := evidence.SeenAt(at)
	page := evidence.Hop{URL: "https://" + host + "/", Status: 200}
	return evidence.Site{
		Host: host, Addresses: seen,
		HTTP: evidence.Visit{URL: "http://" + host + "/", Observation: seen, Hops: []evidence.Hop{
			{URL: "http://" + host + "/", Status: 301, Location: "https://" + host + "/"}, page,
		}, Page: &evidence.Page{}},
		HTTPS: evidence.Visit{URL: page.URL, Observation: seen, Hops: []evidence.Hop{page}, Page: &evidence.Page{}},
	}
}

func soundEndpoint(host string) evidence.Endpoint {
	seen := evidence.SeenAt(at)
	return evidence.Endpoint{Name: host, Port: 443, Address: "192.0.2.10", Connect: seen, TLS: evidence.Handshake{
		Observation:  seen,
		Certificates: []evidence.Certificate{{NotBefore: at.AddDate(0, -1, 0), NotAfter: at.AddDate(0, 1, 0)}},
		Trust:        evidence.Trust{Observation: seen, Match: evidence.Seen},
	}}
}

func (n *town) on(t *testing.T, s *rules.Scheme) []scheme.Assessment {
	t.Helper()
	return scheme.Of(s, n.bundle, n.verdicts)
}

// criterion gives the verdict on one criterion of the one assessment of a body.
func (n *town) criterion(t *testing.T, s *rules.Scheme, id string) scheme.Criterion {
	t.Helper()
	list := n.on(t, s)
	if len(list) != 1 {
		t.Fatalf("%d assessments of one body", len(list))
	}
	for _, c := range list[0].Criteria {
		if c.ID == id {
			return c
		}
	}
	t.Fatalf("no criterion %s", id)
	return scheme.Criterion{}
}

func TestTheClassIsTheWorstThatAnythingPutsTheSiteInto(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change        func(*town)
		verdict, best string
	}{
		"nothing-against-it":             {func(*town) {}, "secure", "secure"},
		"an-old-version-beside-good-one": {func(n *town) { n.says("tls-version-obsolete", www, checks.Fail, nil) }, "misconfigured", "misconfigured"},
		"an-old-version-alone": {func(n *town) {
			n.says("tls-version-obsolete", www, checks.Fail, nil)
			n.says("tls-version-modern-missing", www, checks.Fail, checks.Facts{"level": "none"})
		}, "serious", "serious"},
		"no-tls-1.3":   {func(n *town) { n.says("tls-version-modern-missing", www, checks.Fail, checks.Facts{"level": "old"}) }, "secure", "secure"},
		"expired":      {func(n *town) { n.says("tls-certificate-expired", www, checks.Fail, nil) }, "serious", "serious"},
		"back-to-http": {func(n *town) { n.says("web-https-downgraded", www, checks.Fail, nil) }, "serious", "serious"},
		"left-in-clear": {func(n *town) {
			n.bundle.Sites[1].HTTP.Hops = []evidence.Hop{{URL: "http://" + www + "/", Status: 200}}
		}, "serious", "serious"},
		"in-clear-to-the-other-name-and-then-secure": {func(n *town) {
			n.bundle.Sites[1].HTTP.Hops[0].Location = "http://" + domain + "/"
			n.says("web-http-not-redirected", www, checks.Fail, nil)
		}, "secure", "secure"},
		"nothing-on-http": {func(n *town) {
			n.bundle.Sites[1].HTTP.Hops = []evidence.Hop{{URL: "http://" + www + "/", Status: 404}}
		}, "secure", "secure"},
		"firewall-on-http": {func(n *town) {
			n.bundle.Sites[1].HTTP.Hops = []evidence.Hop{{URL: "http://" + www + "/", Status: 403}}
		}, scheme.Unknown, "secure"},
		"the-other-name-had-nothing-to-judge": {func(n *town) {
			n.only("tls-certificate-expired", checks.NotApplicable)
			n.says("tls-certificate-expired", "servizi."+domain, checks.Pass, nil)
			n.says("tls-certificate-expired", domain, checks.Pass, nil)
		}, scheme.Unknown, "secure"},
		"no-host-to-judge": {func(n *town) { n.only("tls-certificate-expired", checks.NotApplicable) }, "secure", "secure"},
		"port-80-refused": {func(n *town) {
			n.bundle.Sites[1].HTTP = evidence.Visit{Observation: evidence.UnknownAt(at, evidence.Refused, "")}
		}, "secure", "secure"},
		"port-80-silent": {func(n *town) {
			n.bundle.Sites[1].HTTP = evidence.Visit{Observation: evidence.UnknownAt(at, evidence.Timeout, "")}
		}, scheme.Unknown, "secure"},
		"no-https": {func(n *town) {
			n.says("tls-missing", www, checks.Fail, nil)
			n.unclear("tls-certificate-expired", www)
		}, "no-https", "no-https"},
		"timeout-is-no-verdict": {func(n *town) { n.unclear("tls-cipher-weak", www) }, scheme.Unknown, "secure"},
		"the-worse-one-is-not-known": {func(n *town) {
			n.says("tls-cipher-weak", www, checks.Fail, nil)
			n.unclear("tls-certificate-untrusted", www)
		}, scheme.Unknown, "misconfigured"},
		"the-better-one-is-not-known": {func(n *town) {
			n.unclear("tls-cipher-weak", www)
			n.says("tls-certificate-untrusted", www, checks.Fail, nil)
		}, "serious", "serious"},
		"not-asked-is-no-verdict": {func(n *town) {
			n.only("tls-cipher-weak", checks.Pass)
		}, scheme.Unknown, "secure"},
		"another-host-is-not-this": {func(n *town) { n.says("tls-certificate-expired", "servizi."+domain, checks.Fail, nil) }, "secure", "secure"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := named(t, "cert-agid")
			n := sound(t, s)
			c.change(n)
			list := n.on(t, s)
			if len(list) != 2 || list[1].Host != www {
				t.Fatalf("%+v, want both names of the town", list)
			}
			if list[0].Verdict != "secure" {
				t.Errorf("%s: %s; nothing was said against it", list[0].Host, list[0].Verdict)
			}
			if list[1].Verdict != c.verdict || list[1].Best != c.best {
				t.Errorf("%s, at best %s; want %s, at best %s: %+v", list[1].Verdict, list[1].Best, c.verdict, c.best, list[1].Criteria)
			}
		})
	}
}

// A name without an address is no site.
func TestANameWithoutAddressIsNotGraded(t *testing.T) {
	t.Parallel()
	s := named(t, "cert-agid")
	n := sound(t, s)
	n.bundle.Sites[1] = evidence.Site{Host: www, Addresses: evidence.AbsentAt(at)}
	if list := n.on(t, s); len(list) != 1 || list[0].Host != domain {
		t.Errorf("%+v", list)
	}
	n.bundle.Sites = nil
	if list := n.on(t, s); len(list) != 0 {
		t.Errorf("%+v, where nothing was visited", list)
	}
}

func TestTheCriteriaOfTheFrenchReference(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*town)
		want   map[string]string
	}{
		"everything-well": {func(*town) {}, map[string]string{
			"1.1": scheme.Unknown, "1.2": scheme.Met, "1.3": scheme.Met, "1.4": scheme.Met, "1.5": scheme.Met, "1.6": scheme.Met, "1.7": scheme.Met, "1.8": scheme.Unknown,
			"2.1": scheme.Unknown, "2.2": scheme.Met, "2.3": scheme.Met, "2.4": scheme.Met, "2.5": scheme.Met, "2.6": scheme.Met, "2.7": scheme.Met, "2.8": scheme.Unknown,
		}},
		"unreachable-blocks-the-site": {func(n *town) { n.says("web-unreachable", domain, checks.Fail, nil) }, map[string]string{
			"1.2": scheme.Met, "1.3": scheme.NotMet, "1.4": scheme.NotMet, "1.5": scheme.NotMet, "1.6": scheme.NotMet, "1.7": scheme.NotMet, "2.4": scheme.Met,
		}},
		"timeout-is-no-verdict":   {func(n *town) { n.unclear("web-unreachable", domain) }, map[string]string{"1.3": scheme.Unknown, "1.4": scheme.Unknown, "1.7": scheme.Unknown, "2.4": scheme.Met}},
		"expired-where-it-stands": {func(n *town) { n.says("tls-certificate-expired", www, checks.Fail, nil) }, map[string]string{"1.4": scheme.Met, "1.5": scheme.NotMet}},
		"expired-elsewhere":       {func(n *town) { n.says("tls-certificate-expired", domain, checks.Fail, nil) }, map[string]string{"1.5": scheme.Met}},
		"no-https":                {func(n *town) { n.says("tls-missing", www, checks.Fail, nil) }, map[string]string{"1.3": scheme.Met, "1.4": scheme.NotMet, "1.5": scheme.NotMet}},
		"left-on-http": {func(n *town) {
			n.bundle.Sites[1].HTTP.Hops = []evidence.Hop{{URL: "http://" + www + "/", Status: 200}}
		}, map[string]string{"1.3": scheme.Met, "1.4": scheme.NotMet, "1.5": scheme.Met, "1.7": scheme.NotMet}},
		"timeout-on-http": {func(n *town) {
			n.bundle.Sites[1].HTTP = evidence.Visit{Observation: evidence.UnknownAt(at, evidence.Timeout, "")}
		}, map[string]string{"1.4": scheme.Unknown, "1.5": scheme.Met, "1.7": scheme.Unknown}},
		"led-back-to-http": {func(n *town) { n.says("web-https-downgraded", www, checks.Fail, nil) }, map[string]string{"1.4": scheme.NotMet, "1.7": scheme.NotMet}},
		"extension":        {func(n *town) { n.only("domain-not-institutional", checks.Fail) }, map[string]string{"1.2": scheme.NotMet, "2.2": scheme.Met, "2.3": scheme.NotMet}},
		"extension-of-a-site": {func(n *town) {
			n.only("domain-not-institutional", checks.Fail)
			n.only("mail-address-other-domain", checks.NotApplicable)
		}, map[string]string{"1.2": scheme.NotMet, "2.3": scheme.Unknown}},
		"without-www":            {func(n *town) { n.says("web-name-missing", domain, checks.Fail, checks.Facts{"host": domain}) }, map[string]string{"1.7": scheme.NotMet}},
		"without-the-other-name": {func(n *town) { n.says("web-name-missing", domain, checks.Fail, checks.Facts{"host": www}) }, map[string]string{"1.7": scheme.Met}},
		"consumer-mail": {func(n *town) {
			n.says("mail-address-generic", domain, checks.Fail, nil)
			n.says("mail-address-other-domain", domain, checks.NotApplicable, nil)
		}, map[string]string{"2.2": scheme.NotMet, "2.3": scheme.NotMet, "2.4": scheme.Unknown, "2.5": scheme.Unknown}},
		"mail-elsewhere": {func(n *town) { n.says("mail-address-other-domain", domain, checks.Fail, nil) }, map[string]string{"2.2": scheme.Met, "2.3": scheme.NotMet, "2.6": scheme.Unknown}},
		"address-unknown": {func(n *town) {
			n.only("mail-address-generic", checks.NotApplicable)
			n.only("mail-address-other-domain", checks.NotApplicable)
		}, map[string]string{"2.2": scheme.Unknown, "2.3": scheme.Unknown, "2.4": scheme.Met}},
		"no-mail-exchange": {func(n *town) { n.only("mail-mx-invalid", checks.NotApplicable) }, map[string]string{"2.4": scheme.NotMet, "2.5": scheme.NotMet, "2.6": scheme.NotMet, "2.7": scheme.NotMet, "2.8": scheme.NotMet}},
		"no-site-at-all":   {func(n *town) { n.only("web-unreachable", checks.NotApplicable) }, map[string]string{"1.3": scheme.Unknown, "2.3": scheme.LeftOut}},
		"no-dmarc":         {func(n *town) { n.only("mail-dmarc-missing", checks.Fail) }, map[string]string{"2.5": scheme.Met, "2.6": scheme.NotMet, "2.7": scheme.NotMet}},
		"policy-none":      {func(n *town) { n.only("mail-dmarc-policy-none", checks.Fail) }, map[string]string{"2.6": scheme.Met, "2.7": scheme.NotMet}},
		"quarantine-for-a-part": {func(n *town) {
			n.says("mail-dmarc-partial", domain, checks.Fail, checks.Facts{"reason": "percent"})
			n.says("mail-dmarc-policy-none", domain, checks.Pass, checks.Facts{"policy": "quarantine"})
		}, map[string]string{"2.6": scheme.Met, "2.7": scheme.NotMet}},
		"reject-for-a-part": {func(n *town) {
			n.says("mail-dmarc-partial", domain, checks.Fail, checks.Facts{"reason": "percent"})
			n.says("mail-dmarc-policy-none", domain, checks.Pass, checks.Facts{"policy": "reject"})
		}, map[string]string{"2.7": scheme.Met}},
		"record-that-nobody-takes": {func(n *town) {
			n.only("mail-dmarc-missing", checks.NotApplicable)
			n.says("mail-dmarc-invalid", domain, checks.Fail, checks.Facts{"reason": "version"})
		}, map[string]string{"2.6": scheme.NotMet, "2.7": scheme.NotMet}},
		"another-address-range": {func(n *town) { n.says("tls-certificate-expired", "portail."+domain, checks.Fail, nil) }, map[string]string{"1.5": scheme.Met}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := named(t, "rpnt")
			n := sound(t, s)
			n.bundle.Sites[1].Robots = evidence.Visit{Observation: evidence.SeenAt(at)} // the page stands there
			c.change(n)
			got := map[string]string{}
			for id := range c.want {
				got[id] = n.criterion(t, s, id).Verdict
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// only makes a rule say one thing, of the domain alone.
func (n *town) only(rule string, outcome checks.Outcome) {
	n.silent(rule)
	n.says(rule, domain, outcome, nil)
}

func TestTheModelOfMunicipalSites(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*town)
		want   map[string]string
	}{
		// What needs a browser is never kept for certain.
		"everything-well": {func(*town) {}, map[string]string{
			"C.SI.2.3": scheme.Met, "C.SI.3.1": scheme.Unknown, "C.SI.3.2": scheme.Unknown, "C.SI.3.3": scheme.Met, "C.SI.3.4": scheme.Met,
			"C.SI.5.1": scheme.Met, "C.SI.5.2": scheme.Met,
		}},
		"declaration-missing": {func(n *town) { n.only("accessibility-declaration-missing", checks.Fail) }, map[string]string{"C.SI.3.2": scheme.NotMet}},
		"cookie-of-others": {func(n *town) {
			n.says("web-cookie-before-consent", domain, checks.Fail, checks.Facts{"kind": "third-party"})
		}, map[string]string{"C.SI.3.1": scheme.NotMet}},
		"tracking-of-its-own": {func(n *town) {
			n.says("web-cookie-before-consent", domain, checks.Fail, checks.Facts{"kind": "tracking"})
		}, map[string]string{"C.SI.3.1": scheme.Unknown}},
		"only-tls-1.2": {func(n *town) { n.says("tls-version-modern-missing", domain, checks.Fail, checks.Facts{"level": "old"}) }, map[string]string{"C.SI.5.1": scheme.Unknown}},
		"only-tls-1.1": {func(n *town) {
			n.says("tls-version-modern-missing", domain, checks.Fail, checks.Facts{"level": "none"})
		}, map[string]string{"C.SI.5.1": scheme.NotMet}},
		"expired":            {func(n *town) { n.says("tls-certificate-expired", domain, checks.Fail, nil) }, map[string]string{"C.SI.5.1": scheme.NotMet}},
		"other-domain":       {func(n *town) { n.only("domain-not-institutional", checks.Fail) }, map[string]string{"C.SI.5.2": scheme.NotMet}},
		"no-reserved-domain": {func(n *town) { n.only("domain-not-institutional", checks.NotApplicable) }, map[string]string{"C.SI.5.2": scheme.Unknown}},
		"not-without-www":    {func(n *town) { n.says("web-name-missing", domain, checks.Fail, checks.Facts{"host": domain}) }, map[string]string{"C.SI.5.2": scheme.NotMet}},
		"timeout-is-no-verdict": {func(n *town) {
			n.only("privacy-notice-missing", checks.Pass)
			n.unclear("privacy-notice-missing", domain)
		}, map[string]string{
			"C.SI.3.3": scheme.Unknown,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := named(t, "site-model")
			n := sound(t, s)
			c.change(n)
			got := map[string]string{}
			for id := range c.want {
				got[id] = n.criterion(t, s, id).Verdict
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestGroupsAreBrokenByOneCriterionAndOpenByAnother(t *testing.T) {
	t.Parallel()
	s := named(t, "rpnt")
	n := sound(t, s)
	n.only("web-redirect-other-domain", checks.Fail)
	list := n.on(t, s)
	got := map[string]string{}
	for _, g := range list[0].Groups {
		got[g.ID] = g.Verdict
	}
	// Criterion 1.6 belongs to the level of the site and not to that of the whole.
	want := map[string]string{
		"1.a": scheme.NotMet, "1.aa": scheme.NotMet, "2.a": scheme.Unknown, "2.aa": scheme.Unknown, "a": scheme.Unknown, "aa": scheme.NotMet,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if list[0].Verdict != scheme.NotMet || list[0].Best != scheme.NotMet {
		t.Errorf("%s, at best %s", list[0].Verdict, list[0].Best)
	}
}

func TestWhyACriterionIsOpen(t *testing.T) {
	t.Parallel()
	s := named(t, "rpnt")
	n := sound(t, s)
	n.unclear("mail-spf-missing", domain)
	want := scheme.Criterion{ID: "2.5", Verdict: scheme.Unknown, Rules: []string{"mail-spf-missing"}, Problem: evidence.Timeout}
	if diff := cmp.Diff(want, n.criterion(t, s, "2.5")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	want = scheme.Criterion{ID: "1.8", Verdict: scheme.Unknown, Beyond: "inventory"}
	if diff := cmp.Diff(want, n.criterion(t, s, "1.8")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
