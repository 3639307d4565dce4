package report

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"campanile/checks"
	"campanile/collectors/evidence"
	"campanile/report/score"
	"campanile/rules"
)

func item(t *testing.T, d Document, rule string) *Item {
	t.Helper()
	for _, i := range sorted(d) {
		if i.Rule == rule {
			return i
		}
	}
	t.Fatalf("no entry %s", rule)
	return nil
}

func TestOneRuleOnTwoHostsIsOneEntry(t *testing.T) {
	t.Parallel()
	got := item(t, forgeable(t, rules.Italian), "tls-certificate-expired")
	if diff := cmp.Diff([]string{"comune.valbassa.example", "www.comune.valbassa.example"}, got.Subjects); diff != "" {
		t.Errorf("subjects (-want +got):\n%s", diff)
	}
	want := []string{
		"Il certificato di comune.valbassa.example (anche www.comune.valbassa.example) è scaduto (data di scadenza: 1° novembre 2026).",
		"I genitori che pagano la mensa si fermano lì.",
	}
	if diff := cmp.Diff(want, got.Why); diff != "" {
		t.Errorf("why (-want +got):\n%s", diff)
	}
}

func TestEntriesStandByActorMostUrgentFirst(t *testing.T) {
	t.Parallel()
	d := forgeable(t, rules.English)
	var got []string
	for _, actor := range d.Actors {
		got = append(got, string(actor.Actor))
		for _, i := range actor.Items {
			got = append(got, wordsIn(rules.English).number(int64(i.Number))+" "+i.Rule)
		}
	}
	want := []string{
		"web-supplier", "1 tls-certificate-expired", "2 web-hsts-missing",
		"email-supplier", "3 mail-dmarc-missing",
		"staff", "4 privacy-notice-missing",
		"dns-supplier", "5 dns-caa-missing",
		"rtd", "6 web-forms-paper-only",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

func TestEqualSeverityGoesByEffort(t *testing.T) {
	t.Parallel()
	items := []*Item{
		{Rule: "weeks", Severity: rules.High, Effort: rules.Weeks},
		{Rule: "minutes", Severity: rules.High, Effort: rules.Minutes},
		{Rule: "critical", Severity: rules.Critical, Effort: rules.Weeks},
		{Rule: "info", Severity: rules.Info, Effort: rules.Minutes},
	}
	var got []string
	for _, i := range first(items) {
		got = append(got, i.Rule)
	}
	if diff := cmp.Diff([]string{"critical", "minutes", "weeks"}, got); diff != "" {
		t.Errorf("first three (-want +got):\n%s", diff)
	}
}

func TestMereInformationIsNeverAmongTheFirst(t *testing.T) {
	t.Parallel()
	if got := first([]*Item{{Severity: rules.Info}, {Severity: rules.Low}}); len(got) != 1 || got[0].Severity != rules.Low {
		t.Errorf("first: %v", got)
	}
}

func TestTheGravestOfAGroupWeighs(t *testing.T) {
	t.Parallel()
	set := sampleRules()
	rule, _ := set.Rule("dns-caa-missing")
	rule.Raise = []rules.Raise{{Fact: "class", Values: []string{"bad"}, To: rules.High}}
	d := documentOf(sampleBundle("comune.example", ""), set, []score.Verdict{
		judged(t, set, rule.ID, "a.example", checks.Fail, nil),
		judged(t, set, rule.ID, "b.example", checks.Fail, checks.Facts{"class": "bad"}),
	}, rules.English)
	if got := item(t, d, rule.ID).Severity; got != rules.High {
		t.Errorf("severity %s, want high", got)
	}
}

func TestUnknownsAreGroupedByReasonAndNeverAmongTheEntries(t *testing.T) {
	t.Parallel()
	set := sampleRules()
	open := func(rule, what, problem string) score.Verdict {
		return judged(t, set, rule, "comune.example", checks.Inconclusive, checks.Facts{"what": what, "problem": problem})
	}
	d := documentOf(sampleBundle("comune.example", ""), set, []score.Verdict{
		open("mail-dmarc-missing", "DNS TXT _dmarc.comune.example", "servfail"),
		open("web-hsts-missing", "https comune.example", "timeout"),
		open("privacy-notice-missing", "https comune.example", "timeout"),
		open("tls-certificate-expired", "https comune.example", "timeout"),
		open("dns-caa-missing", "DNS CAA comune.example", "made-up-code"),
		judged(t, set, "web-forms-paper-only", "comune.example", checks.Inconclusive, nil),
	}, rules.English)
	if len(d.Actors)+len(d.First)+len(d.Good) > 0 {
		t.Errorf("an unknown became an entry or a pass: %v %v %v", d.Actors, d.First, d.Good)
	}
	type gap struct {
		Problem   evidence.Problem
		Questions []Question
	}
	var got []gap
	for _, g := range d.Gaps {
		got = append(got, gap{g.Problem, g.Questions})
	}
	want := []gap{
		{evidence.Timeout, []Question{{"Web site", "https comune.example", "", 2}, {"Secure connection", "https comune.example", "", 1}}},
		{evidence.ServFail, []Question{{"E-mail", "DNS TXT _dmarc.comune.example", "", 1}}},
		{evidence.DependsOnOther, []Question{{"Domain and DNS", "DNS CAA comune.example", "", 1}, {"Web site", "comune.example", "", 1}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("gaps (-want +got):\n%s", diff)
	}
	wantMissing := []Missing{
		{"DNS TXT _dmarc.comune.example", "servfail"},
		{"https comune.example", "timeout"},
		{"DNS CAA comune.example", "depends-on-unknown"},
		{"comune.example", "depends-on-unknown"},
	}
	if diff := cmp.Diff(wantMissing, d.Missing); diff != "" {
		t.Errorf("not measured (-want +got):\n%s", diff)
	}
}

func TestGoodNewsOfTheWholeTownNeedsTheWholeTown(t *testing.T) {
	t.Parallel()
	set := sampleRules()
	rule, _ := set.Rule("tls-certificate-expired")
	for name, c := range map[string]struct {
		good  string
		other checks.Outcome
		want  []string
	}{
		"kept-everywhere":       {"No device answers.", checks.Pass, []string{"No device answers."}},
		"broken-elsewhere":      {"No device answers.", checks.Fail, nil},
		"unknown-elsewhere":     {"No device answers.", checks.Inconclusive, nil},
		"not-asked-elsewhere":   {"No device answers.", checks.NotApplicable, []string{"No device answers."}},
		"a-place-for-itself":    {"All is well at {host}.", checks.Fail, []string{"All is well at a.example."}},
		"of-the-domain":         {"All is well at {domain}.", checks.Fail, []string{"All is well at a.example."}},
		"unknown-but-by-itself": {"All is well at {host}.", checks.Inconclusive, []string{"All is well at a.example."}},
	} {
		rule.Text[rules.English] = rules.Text{Title: "-", Good: c.good}
		verdicts := []score.Verdict{
			judged(t, set, rule.ID, "a.example", checks.Pass, nil),
			judged(t, set, rule.ID, "b.example", c.other, checks.Facts{"what": "https b.example", "problem": "timeout"}),
		}
		if c.other == checks.Pass {
			verdicts = verdicts[:1]
		}
		var got []string
		for _, p := range documentOf(sampleBundle("a.example", ""), set, verdicts, rules.English).Good {
			got = append(got, p.Sentences...)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestPraiseWithoutItsFactIsOnlyCounted(t *testing.T) {
	t.Parallel()
	set := sampleRules()
	rule, _ := set.Rule("mail-dmarc-missing")
	rule.Text[rules.English] = rules.Text{Title: "-", Good: "The policy is {policy}."}
	for name, c := range map[string]struct {
		facts checks.Facts
		want  Praise
	}{
		"with-the-fact":    {checks.Facts{"policy": "reject"}, Praise{Family: "E-mail", Sentences: []string{"The policy is reject."}}},
		"without-the-fact": {nil, Praise{Family: "E-mail", More: 1}},
	} {
		d := documentOf(sampleBundle("comune.example", ""), set, []score.Verdict{judged(t, set, rule.ID, "comune.example", checks.Pass, c.facts)}, rules.English)
		if diff := cmp.Diff([]Praise{c.want}, d.Good); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestPlaceholders(t *testing.T) {
	t.Parallel()
	target := evidence.Target{Domain: "xn--citt-3na.example"}
	findings := []checks.Finding{
		{Subject: "xn--citt-3na.example", Facts: checks.Facts{"expires_on": "2026-12-01", "record": "v=spf1 ?all", "empty": ""}},
		{Subject: "www.xn--citt-3na.example", Facts: checks.Facts{"expires_on": "soon"}},
	}
	taken := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	f := fillerFor(wordsIn(rules.Italian), &evidence.Bundle{Target: target, Taken: taken}, new(rules.Rule), findings)
	for in, want := range map[string]string{
		"Il dominio {domain}.":               "Il dominio città.example.",
		"Il sito {host} risponde.":           "Il sito città.example (anche www.città.example) risponde.",
		"apra https://{host}/x":              "apra https://xn--citt-3na.example/x",
		"in _dmarc.{domain} «{record}»":      "in _dmarc.xn--citt-3na.example «v=spf1 ?all»",
		"rua=mailto:{report_mailbox}»":       "rua=mailto:dmarc@xn--citt-3na.example»",
		"{name}, {date}":                     "città.example, 21 novembre 2026",
		"chi gestisce la posta ({supplier})": "chi gestisce la posta (il Suo fornitore)",
		"scade il {expires_on}":              "scade il 1° dicembre 2026 e soon",
		"emesso da {issuer}, {empty}":        "emesso da non indicato, non indicato",
		"server { listen 443; } {}":          "server { listen 443; } {}",
		"{subject}":                          "città.example (anche www.città.example)",
	} {
		if diff := cmp.Diff(want, f.must(in)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", in, diff)
		}
	}
	if got, want := f.forSupplier().must("Il dominio {domain} («{host}»)"), "Il dominio città.example (xn--citt-3na.example) («città.example (xn--citt-3na.example) (anche www.città.example (www.xn--citt-3na.example))»)"; got != want {
		t.Errorf("for the supplier:\n got %s\nwant %s", got, want)
	}
}

func TestASupplierNamedInTheFactsIsNamed(t *testing.T) {
	t.Parallel()
	f := fillerFor(wordsIn(rules.French), &evidence.Bundle{Target: evidence.Target{Domain: "commune.example"}}, new(rules.Rule), []checks.Finding{{Subject: "commune.example", Facts: checks.Facts{"supplier": "Prestataire Exemple"}}})
	if got := f.must("({supplier})"); got != "(Prestataire Exemple)" {
		t.Errorf("%s", got)
	}
}

func TestTheRecognisedSupplierOfTheActorIsNamed(t *testing.T) {
	t.Parallel()
	b := &evidence.Bundle{
		Target: evidence.Target{Domain: "comune.example"},
		Suppliers: []evidence.Supplier{
			{ID: "nomi", Name: "Nomi e Domini", Role: "dns"}, {ID: "posta", Name: "Posta Esempio", Role: "mail"},
		},
	}
	findings := []checks.Finding{{Subject: "comune.example"}}
	for actor, want := range map[rules.Actor]string{
		rules.EmailSupplier: "Posta Esempio", rules.DNSSupplier: "Nomi e Domini", rules.WebSupplier: "il Suo fornitore", rules.Staff: "il Suo fornitore", rules.NetSupplier: "il Suo fornitore di rete",
	} {
		if got := fillerFor(wordsIn(rules.Italian), b, &rules.Rule{Actor: actor}, findings).must("{supplier}"); got != want {
			t.Errorf("%s: %q, want %q", actor, got, want)
		}
	}
}

func TestWhoRunsTheSiteIsNamedByItsPlatform(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		platform evidence.Platform
		want     string
	}{
		"company-that-the-page-names":        {evidence.Platform{Name: "Prodotto", Use: evidence.ForSite, Company: "Ditta Esempio", Evidence: "cookie p"}, "Ditta Esempio"},
		"product-on-its-own-hosts":           {evidence.Platform{Name: "Prodotto", Use: evidence.ForSite, Definite: true, Evidence: "host comune.prodotto.test"}, "Prodotto"},
		"software-that-anybody-can-install":  {evidence.Platform{Name: "Joomla", Use: evidence.ForSite, Definite: true, Evidence: "generator joomla! 2.5"}, "Rete Esempio"},
		"portal-that-is-not-the-site's-home": {evidence.Platform{Name: "Portale", Use: evidence.ForTransparency, Definite: true, Evidence: "host x.portale.test"}, "Rete Esempio"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := &evidence.Bundle{
				Target:    evidence.Target{Domain: "comune.example"},
				Suppliers: []evidence.Supplier{{ID: "rete", Name: "Rete Esempio", Role: "web"}},
				Platforms: []evidence.Platform{c.platform},
			}
			f := fillerFor(wordsIn(rules.Italian), b, &rules.Rule{Actor: rules.WebSupplier}, []checks.Finding{{Subject: "comune.example"}})
			if got := f.must("{supplier}"); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestFurtherPagesStandInBrackets(t *testing.T) {
	t.Parallel()
	findings := []checks.Finding{
		{Subject: "comune.example", Facts: checks.Facts{"url": "https://comune.example/"}},
		{Subject: "www.comune.example", Facts: checks.Facts{"url": "https://www.comune.example/"}},
		{Subject: "albo.comune.example", Facts: checks.Facts{"url": "https://albo.comune.example/"}},
	}
	for language, want := range map[rules.Language]string{
		rules.Italian: "La pagina https://comune.example/ (anche https://www.comune.example/ e https://albo.comune.example/) carica",
		rules.French:  "La page https://comune.example/ (ainsi que https://www.comune.example/ et https://albo.comune.example/) charge",
		rules.English: "The page https://comune.example/ (also https://www.comune.example/ and https://albo.comune.example/) loads",
	} {
		words := strings.Fields(want)
		template := words[0] + " " + words[1] + " {url} " + words[len(words)-1]
		f := fillerFor(wordsIn(language), &evidence.Bundle{Target: evidence.Target{Domain: "comune.example"}}, new(rules.Rule), findings)
		if got := f.must(template); got != want {
			t.Errorf("%s: %q, want %q", language, got, want)
		}
	}
}

func TestAKindOfDefectHasItsOwnWords(t *testing.T) {
	t.Parallel()
	text := func(title string) map[rules.Language]rules.Text {
		return map[rules.Language]rules.Text{rules.English: {Title: title}}
	}
	rule := &rules.Rule{
		ID: "dns-cname-dangling", Family: "dns", Severity: rules.High, Text: text("{service} is free: {level}"),
		Variants: []rules.Variant{{Fact: "level", Values: []string{"broken"}, Severity: rules.Low, Text: text("leads nowhere")}},
		Values:   map[string]map[string]map[rules.Language]string{"level": {"claimable": {rules.English: "anybody can take it"}}},
	}
	verdict := func(subject, level string) score.Verdict {
		facts := checks.Facts{"level": level, "service": "Cloud"}
		return score.Verdict{Finding: checks.Finding{Rule: rule.ID, Subject: subject, Outcome: checks.Fail, Facts: facts}, Rule: rule, Severity: rule.SeverityOf(facts)}
	}
	in := Input{
		Bundle:   &evidence.Bundle{Target: evidence.Target{Domain: "comune.example"}},
		Verdicts: []score.Verdict{verdict("a.comune.example", "claimable"), verdict("b.comune.example", "broken"), verdict("c.comune.example", "broken")},
		Rules:    &rules.Set{}, Language: rules.English,
	}
	var got []string
	for _, item := range itemise(wordsIn(rules.English), in) {
		got = append(got, string(item.Severity)+": "+item.Title+": "+strings.Join(item.Subjects, ", "))
	}
	want := []string{"high: Cloud is free: anybody can take it: a.comune.example", "low: leads nowhere: b.comune.example, c.comune.example"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("items (-want +got):\n%s", diff)
	}
}

func TestFrenchPunctuationStaysOnItsLine(t *testing.T) {
	t.Parallel()
	f := fillerFor(wordsIn(rules.French), &evidence.Bundle{Target: evidence.Target{Domain: "commune.example"}}, new(rules.Rule), []checks.Finding{{Subject: "commune.example", Facts: checks.Facts{"record": "v=DMARC1 ; p=none"}}})
	want := "publiez\u00a0: «\u00a0v=DMARC1 ; p=none\u00a0»\u00a0; merci\u00a0!"
	if diff := cmp.Diff(want, f.must("publiez : « {record} » ; merci !")); diff != "" {
		t.Errorf("the record must stay as it is (-want +got):\n%s", diff)
	}
}

func TestOnlyTheLawOfTheCountryIsCited(t *testing.T) {
	t.Parallel()
	want := []Reference{
		{"Regulation (EU) 2016/679, 32", "https://law.example/gdpr", "duty, note reviewed on 1 November 2026"},
		{"Italian guideline", "https://law.example/it", "recommendation, text known through commentary, note reviewed on 1 November 2026"},
	}
	if diff := cmp.Diff(want, item(t, forgeable(t, rules.English), "tls-certificate-expired").Laws); diff != "" {
		t.Errorf("laws (-want +got):\n%s", diff)
	}
}

func TestALawNotYetInForceIsNotCited(t *testing.T) {
	t.Parallel()
	set := sampleRules()
	law := set.Law["eu-gdpr-32"]
	law.Since = rules.Date{Time: taken.AddDate(0, 0, 1)}
	set.Law["eu-gdpr-32"] = law
	d := documentOf(sampleBundle("comune.example", ""), set, []score.Verdict{judged(t, set, "mail-dmarc-missing", "comune.example", checks.Fail, nil)}, rules.English)
	if got := item(t, d, "mail-dmarc-missing").Laws; len(got) != 0 {
		t.Errorf("cited: %v", got)
	}
}

func TestTechnicalReferencesLeadToTheirText(t *testing.T) {
	t.Parallel()
	got := technical(wordsIn(rules.Italian), []string{"RFC 9989 section 4.10", "RFC 9110", "EN 301 549"})
	want := []Reference{
		{"RFC 9989, sezione 4.10", "https://www.rfc-editor.org/rfc/rfc9989#section-4.10", ""},
		{"RFC 9110", "https://www.rfc-editor.org/rfc/rfc9110", ""},
		{"EN 301 549", "", ""},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestOnlyTermsInUseAreExplained(t *testing.T) {
	t.Parallel()
	got := forgeable(t, rules.French).Terms
	if len(got) != 1 || got[0].Term != "DMARC" {
		t.Errorf("terms: %v", got)
	}
}

func TestATermIsExplainedInEveryFormAndWithWhatItsMeaningNeeds(t *testing.T) {
	t.Parallel()
	all := func(term, meaning string, forms ...string) map[rules.Language]rules.Term {
		return map[rules.Language]rules.Term{rules.French: {Term: term, Forms: forms, Meaning: meaning}}
	}
	for name, c := range map[string]struct {
		title string
		want  []string
	}{
		"a-form-stands-for-its-term":         {"Les certificats ont expiré", []string{"certificat", "serveur"}},
		"a-meaning-brings-its-own-words":     {"Le CERTIFICAT a expiré", []string{"certificat", "serveur"}},
		"part-of-another-word-is-not-a-term": {"Le décertificateur", nil},
		"after-an-apostrophe":                {"L'IPv6 manque, et préIPv6", []string{"IPv6"}},
		"at-the-second-place":                {"Des serveursque ; un serveur", []string{"serveur"}},
		"an-empty-text":                      {"", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			set := &rules.Set{Glossary: map[string]map[rules.Language]rules.Term{
				"certificate": all("certificat", "Ce que le serveur présente.", "certificats"),
				"server":      all("serveur", "Un ordinateur."),
				"ipv6":        all("IPv6", "Une adresse."),
				"nothing":     all("", ""),
			}}
			in := Input{Rules: set, Language: rules.French}
			var got []string
			for _, term := range terms(wordsIn(rules.French), in, []*Item{{Title: c.title}}) {
				got = append(got, term.Term)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestTheCommandRepeatsTheScan(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		profile  evidence.Profile
		families []evidence.Family
		want     string
	}{
		"all":          {evidence.Standard, evidence.Families[:4], "campanile scan comune.example --country it"},
		"passive-mail": {evidence.Passive, []evidence.Family{evidence.MailFamily}, "campanile scan comune.example --profile passive --country it --only mail"},
		"full":         {evidence.Full, evidence.Families, "campanile scan comune.example --profile full --mandate FILE --country it"},
		"full-partly":  {evidence.Full, evidence.Families[:4], "campanile scan comune.example --profile full --mandate FILE --country it --only dns,mail,tls,web"},
	} {
		b := sampleBundle("comune.example", "")
		b.Profile, b.Families = c.profile, c.families
		if got := documentOf(b, sampleRules(), nil, rules.English).Method.Command; got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestAHostileDomainIsNoCommand(t *testing.T) {
	t.Parallel()
	got := documentOf(sampleBundle("x.example; reboot", ""), sampleRules(), nil, rules.English).Method.Command
	if !strings.Contains(got, "'x.example; reboot'") {
		t.Errorf("not quoted: %s", got)
	}
}

func TestATownWithoutANameIsCalledByItsDomain(t *testing.T) {
	t.Parallel()
	d := documentOf(sampleBundle("xn--citt-3na.example", ""), sampleRules(), nil, rules.English)
	if got, want := []string{d.Name, d.Domain, d.ASCII}, []string{"città.example", "città.example", "xn--citt-3na.example"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
