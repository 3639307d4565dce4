package report

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/olekukonko/tablewriter/pkg/twwidth"

	"campanile/checks"
	"campanile/collectors/evidence"
	"campanile/report/score"
	"campanile/rules"
)

// withSchemes adds the schemes of the program to the sample, and a rule for each
// one that they name.
func withSchemes(t *testing.T, set *rules.Set) *rules.Set {
	t.Helper()
	all, err := rules.EmbeddedSchemes()
	if err != nil {
		t.Fatal(err)
	}
	set.Schemes = all
	for _, s := range all {
		for _, id := range namedBy(s) {
			if _, ok := set.Rule(id); !ok {
				family, _, _ := strings.Cut(id, "-")
				if !slices.Contains(rules.Families, family) {
					family = "web"
				}
				set.Rules = append(set.Rules, sampleRule(id, family, rules.Medium, rules.WebSupplier))
			}
		}
	}
	return set
}

// namedBy lists the rules that a scheme names.
func namedBy(s *rules.Scheme) []string {
	var list []rules.Condition
	for _, c := range s.Classes {
		list = append(list, c.Any...)
	}
	for _, c := range s.Criteria {
		list = slices.Concat(list, c.Fails, c.Open, c.Without)
	}
	ids := []string{"web-http-not-redirected"}
	for _, c := range list {
		if c.Rule != "" && !slices.Contains(ids, c.Rule) {
			ids = append(ids, c.Rule)
		}
	}
	return ids
}

// gradedTown is a town whose names lead to www, where the page has few headers;
// what the verdicts do not say otherwise is in order.
func gradedTown(t *testing.T, l rules.Language, country string, other ...checks.Finding) Document {
	t.Helper()
	domain := "comune.valbassa.example"
	if country == "fr" {
		domain = "mairie-hauterive.example"
	}
	set := withSchemes(t, sampleRules())
	b := sampleBundle(domain, "Comune di Valbassa")
	b.Target.Country = country
	b.Sites = []evidence.Site{sampleSite(domain, "www."+domain), sampleSite("www."+domain, "www."+domain)}
	for _, site := range b.Sites {
		b.Endpoints = append(b.Endpoints, sampleEndpoint(site.Host))
	}
	var verdicts []score.Verdict
	for _, rule := range set.Rules {
		for _, host := range []string{domain, "www." + domain} {
			i := slices.IndexFunc(other, func(f checks.Finding) bool { return f.Rule == rule.ID && f.Subject == strings.TrimSuffix(host, domain) })
			f := checks.Finding{Rule: rule.ID, Outcome: checks.Pass}
			if i >= 0 {
				f = other[i]
			}
			verdicts = append(verdicts, judged(t, set, rule.ID, host, f.Outcome, f.Facts))
		}
	}
	return documentOf(b, set, verdicts, l)
}

// sampleSite is a host that leads to a page on another one, or shows it itself.
func sampleSite(host, end string) evidence.Site {
	seen := evidence.SeenAt(taken)
	page := evidence.Hop{URL: "https://" + end + "/", Status: 200, Headers: []evidence.Header{{Name: "x-content-type-options", Value: "nosniff"}}}
	hops := []evidence.Hop{{URL: "https://" + host + "/", Status: 301, Location: page.URL}, page}
	if host == end {
		hops = hops[1:]
	}
	plain := evidence.Hop{URL: "http://" + host + "/", Status: 301, Location: "https://" + host + "/"}
	return evidence.Site{
		Host: host, Addresses: seen,
		HTTP:  evidence.Visit{URL: plain.URL, Observation: seen, Hops: append([]evidence.Hop{plain}, hops...), Page: &evidence.Page{}},
		HTTPS: evidence.Visit{URL: hops[0].URL, Observation: seen, Hops: hops, Page: &evidence.Page{}},
	}
}

// sampleEndpoint is a server with a certificate that everybody takes.
func sampleEndpoint(host string) evidence.Endpoint {
	seen := evidence.SeenAt(taken)
	return evidence.Endpoint{Name: host, Address: "192.0.2.10", Port: 443, Connect: seen, TLS: evidence.Handshake{
		Observation: seen, Trust: evidence.Trust{Observation: seen, Match: evidence.Seen},
		Certificates: []evidence.Certificate{{NotBefore: taken.AddDate(0, -1, 0), NotAfter: taken.AddDate(0, 1, 0)}},
	}}
}

// mixed is what is wrong, and not known, in the town of the golden reports.
func mixed() []checks.Finding {
	return []checks.Finding{
		{Rule: "tls-certificate-expired", Subject: "", Outcome: checks.Fail, Facts: checks.Facts{"host": "comune.valbassa.example", "expired_on": "2026-11-01", "issuer": "Prova CA"}},
		{Rule: "tls-cipher-weak", Subject: "www.", Outcome: checks.Inconclusive, Facts: checks.Facts{"what": "TLS", "problem": "timeout"}},
		{Rule: "mail-dmarc-missing", Subject: "", Outcome: checks.Fail},
		{Rule: "web-name-missing", Subject: "", Outcome: checks.Fail, Facts: checks.Facts{"host": "mairie-hauterive.example"}},
		{Rule: "web-redirect-other-domain", Subject: "", Outcome: checks.Inconclusive, Facts: checks.Facts{"what": "web", "problem": "timeout"}},
	}
}

func TestGoldenSchemes(t *testing.T) {
	t.Parallel()
	for _, l := range rules.Languages {
		country := "it"
		if l == rules.French {
			country = "fr"
		}
		golden(t, "schemes/"+string(l)+".txt", gradedTown(t, l, country, mixed()...), plainText())
		golden(t, "schemes/"+string(l)+".html", gradedTown(t, l, country, mixed()...), schemesOf)
	}
	golden(t, "schemes/it.json", gradedTown(t, rules.Italian, "it", mixed()...), WriteJSON)
	golden(t, "schemes/fr.json", gradedTown(t, rules.French, "fr", mixed()...), WriteJSON)
}

func TestASchemeIsShownInItsCountryOnly(t *testing.T) {
	t.Parallel()
	for country, want := range map[string]string{"it": "cert-agid http-observatory site-model", "fr": "http-observatory rpnt", "eu": "http-observatory"} {
		var ids []string
		for _, scale := range gradedTown(t, rules.English, country).Schemes.Scales {
			ids = append(ids, scale.ID)
		}
		if got := strings.Join(ids, " "); got != want {
			t.Errorf("%s: %s, want %s", country, got, want)
		}
	}
}

// What was not measured is no result: a section of question marks would only name
// the schemes.
func TestWhereNothingWasMeasuredNoSchemeIsNamed(t *testing.T) {
	t.Parallel()
	set := withSchemes(t, sampleRules())
	d := documentOf(sampleBundle("comune.valbassa.example", "Comune di Valbassa"), set, nil, rules.Italian)
	if d.Schemes != nil {
		t.Errorf("%+v", d.Schemes)
	}
	if text := terminal(t, []Document{d}, TerminalOptions{}); strings.Contains(text, "CERT-AGID") {
		t.Errorf("a table of nothing:\n%s", text)
	}
}

func TestSchemesKeepToTheTerminal(t *testing.T) {
	t.Parallel()
	for _, width := range []int{narrowest, 80, 120} {
		for _, l := range rules.Languages {
			for _, country := range []string{"it", "fr"} {
				text := terminal(t, []Document{gradedTown(t, l, country, mixed()...)}, TerminalOptions{Width: width})
				for line := range strings.Lines(text) {
					if twwidth.Width(strings.TrimRight(line, "\n")) > width {
						t.Errorf("%s in %s, %d columns: %q", country, l, width, line)
					}
				}
			}
		}
	}
}

// TestAHostileHostActsOnNobody: evidence files come from strangers too.
func TestAHostileHostActsOnNobody(t *testing.T) {
	t.Parallel()
	b := sampleBundle(hostile, "Comune di Valbassa")
	b.Sites, b.Endpoints = []evidence.Site{sampleSite(hostile, hostile)}, []evidence.Endpoint{sampleEndpoint(hostile)}
	d := documentOf(b, withSchemes(t, sampleRules()), nil, rules.English)
	if d.Schemes == nil || len(d.Schemes.Scales[0].Results) != 1 {
		t.Fatalf("%+v, want the grade of the one site", d.Schemes)
	}
	for line := range strings.Lines(terminal(t, []Document{d}, TerminalOptions{})) {
		if i := strings.IndexFunc(strings.TrimSuffix(line, "\n"), func(r rune) bool { return r != noBreak && !unicode.IsPrint(r) }); i >= 0 {
			t.Errorf("%q at %d", line, i)
		}
	}
	var page bytes.Buffer
	if err := schemesOf(&page, d); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(page.String(), "<script") {
		t.Errorf("markup of a stranger:\n%s", page.String())
	}
}

// Every class, grade and verdict of the schemes is one that the JSON schema knows.
func TestTheJSONKnowsEveryStanding(t *testing.T) {
	t.Parallel()
	schema := string(Schema())
	all, err := rules.EmbeddedSchemes()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		for _, class := range s.Classes {
			if !strings.Contains(schema, `"`+class.ID+`"`) {
				t.Errorf("%s: the schema does not know the class %s", s.ID, class.ID)
			}
		}
	}
	for country, d := range map[string]Document{"it": gradedTown(t, rules.Italian, "it", mixed()...), "fr": gradedTown(t, rules.French, "fr", mixed()...)} {
		if err := compiled(t).Validate(decoded(t, written(t, d))); err != nil {
			t.Errorf("%s: %v", country, err)
		}
	}
}

// schemesOf writes the section of the page alone.
func schemesOf(w io.Writer, d Document) error {
	var text bytes.Buffer
	if err := WriteHTML(&text, d); err != nil {
		return err
	}
	_, rest, _ := strings.Cut(text.String(), `<section class="schemes"`)
	section, _, _ := strings.Cut(rest, "</section>")
	_, err := io.WriteString(w, `<section class="schemes"`+section+"</section>\n")
	return err
}
