package territory

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"campanile/checks"
	"campanile/collectors/evidence"
	"campanile/report"
	"campanile/report/checklist"
	"campanile/report/score"
	"campanile/rules"
)

func TestOneChangeAtASupplierServesManyTowns(t *testing.T) {
	t.Parallel()
	want := []string{
		"Posta Esempio (it): Mail: 4 municipalities of 6",
		"  mail-starttls-missing: One change at Posta Esempio, on mx.posta.example, can put this right for 3 municipalities of 6.",
		"  mail-dmarc-missing: One request to Posta Esempio can put this right for 3 municipalities of 6: the same work for each.",
		"Nuage Exemple (fr): Hosting of the site: 2 municipalities of 6",
		"  tls-version-obsolete: One change of settings at Nuage Exemple may be enough for 2 municipalities of 6: their names lead to the same address, 192.0.2.7.",
		"Nomi Esempio (it): Domain and DNS: 6 municipalities of 6",
		"  dns-caa-missing: One request to Nomi Esempio can put this right for 4 municipalities of 6: the same work for each.",
		"? service-database-exposed: This concerns 2 municipalities of 6. Their suppliers could not be recognised from outside: each municipality knows whom to ask.",
		"= accessibility-declaration-missing: 4 municipalities of 6 can do this by themselves, and do it together.",
	}
	if diff := cmp.Diff(want, shortly(Suppliers(sampleValley(t).input(rules.English)))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTheOverviewSpeaksEveryLanguage(t *testing.T) {
	t.Parallel()
	in := sampleValley(t).input(rules.Italian)
	if got, want := Suppliers(in).Suppliers[0].Changes[0].Said, "Un solo intervento di Posta Esempio, su mx.posta.example, può risolvere questo punto per 3 Comuni su 6."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	in.Language = rules.French
	if got, want := Suppliers(in).Suppliers[0].Changes[0].Said, "Une seule intervention de Posta Esempio, sur mx.posta.example, peut régler ce point pour 3 communes sur 6."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestATimeoutCountsNowhere(t *testing.T) {
	t.Parallel()
	c := Suppliers(sampleValley(t).input(rules.English)).Suppliers[0].Changes[0]
	if diff := cmp.Diff([]string{"Comune di duomo"}, c.Unmeasured); diff != "" {
		t.Errorf("unmeasured (-want +got):\n%s", diff)
	}
	if want := "1 further municipality could not be measured, and is not counted."; c.Left != want {
		t.Errorf("got %q, want %q", c.Left, want)
	}
	v := newValley(t, ruleSet())
	for _, name := range []string{"aceto", "brina"} {
		v.says(v.town(name, "it", posta), "mail-dmarc-missing", "comune."+name+".example", checks.Inconclusive, checks.Facts{"problem": "timeout"})
	}
	if got := shortly(Suppliers(v.input(rules.English))); len(got) > 0 {
		t.Errorf("timeouts alone gave %q", got)
	}
}

// Every failure that counts stands in one part of the overview and in no other.
func TestNoFailureIsLostAndNoneCountsTwice(t *testing.T) {
	t.Parallel()
	v := sampleValley(t)
	want := map[string]int{}
	for _, town := range v.towns {
		for _, verdict := range town.Verdicts {
			if verdict.Outcome == checks.Fail && verdict.Severity != rules.Info {
				want[verdict.Key()+" "+town.Target.Domain]++
			}
		}
	}
	got := map[string]int{}
	o := Suppliers(v.input(rules.English))
	all := slices.Concat(o.Unrecognised, o.Own)
	for _, s := range o.Suppliers {
		all = append(all, s.Changes...)
	}
	for _, c := range all {
		for _, concerned := range c.Towns {
			for _, verdict := range concerned.verdicts {
				got[verdict.Key()+" "+concerned.Domain]++
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWhoIsAskedIsWhoWasRecognised(t *testing.T) {
	t.Parallel()
	gateway := [3]string{"gateway", "filtro", "Filtro Esempio"}
	for name, c := range map[string]struct {
		suppliers []([3]string)
		platform  evidence.Platform
		rule      string
		subject   string
		want      string
	}{
		"mail-of-the-domain-is-the-mail-supplier's":       {[][3]string{posta, gateway}, evidence.Platform{}, "mail-dmarc-missing", "comune.aceto.example", "Posta Esempio"},
		"the-filter's-own-server-is-the-filter's":         {[][3]string{posta, gateway}, evidence.Platform{}, "mail-starttls-missing", "mx.filtro.example", "Filtro Esempio"},
		"a-server-beside-it-too":                          {[][3]string{posta, gateway}, evidence.Platform{}, "mail-starttls-missing", "mx2.filtro.example", "Filtro Esempio"},
		"a-like-ending-is-another's":                      {[][3]string{posta, gateway}, evidence.Platform{}, "mail-starttls-missing", "mx.altrofiltro.example", "Posta Esempio"},
		"a-filter-alone-does-not-run-the-mail":            {[][3]string{gateway}, evidence.Platform{}, "mail-dmarc-missing", "comune.aceto.example", ""},
		"host-of-the-site":                                {[][3]string{nuage}, evidence.Platform{}, "tls-version-obsolete", "www.comune.aceto.example", "Nuage Exemple"},
		"company-that-the-page-names":                     {[][3]string{nuage}, evidence.Platform{ID: "sito", Name: "Sito Facile", Use: evidence.ForSite, Company: "Ditta Esempio", Evidence: "cookie s"}, "tls-version-obsolete", "www.comune.aceto.example", "Ditta Esempio"},
		"product-on-its-own-hosts":                        {[][3]string{nuage}, evidence.Platform{ID: "sito", Name: "Sito Facile", Use: evidence.ForSite, Definite: true, Evidence: "host aceto.sito.example"}, "tls-version-obsolete", "www.comune.aceto.example", "Sito Facile"},
		"software-that-anybody-can-install-is-no-company": {[][3]string{nuage}, evidence.Platform{ID: "x", Name: "Programma", Use: evidence.ForSite, Definite: true, Evidence: "generator programma"}, "tls-version-obsolete", "www.comune.aceto.example", "Nuage Exemple"},
		"the-portal's-host-is-its-maker's":                {[][3]string{nuage}, evidence.Platform{ID: "p", Name: "Portale", Use: evidence.ForTransparency, Definite: true, Host: "aceto.portale.example", Evidence: "host aceto.portale.example"}, "tls-version-obsolete", "Aceto.Portale.example.", "Portale"},
		"the-portal-does-not-run-the-site":                {[][3]string{nuage}, evidence.Platform{ID: "p", Name: "Portale", Use: evidence.ForTransparency, Definite: true, Host: "aceto.portale.example"}, "tls-version-obsolete", "www.comune.aceto.example", "Nuage Exemple"},
		"nobody-is-guessed":                               {[][3]string{posta}, evidence.Platform{}, "dns-caa-missing", "comune.aceto.example", ""},
		"nobody-is-recognised-behind-a-firewall":          {[][3]string{posta, nuage, nomi}, evidence.Platform{}, "service-database-exposed", "192.0.2.7:5432", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := newValley(t, ruleSet())
			town := v.town("aceto", "it", c.suppliers...)
			if c.platform.Name != "" {
				town.Platforms = []evidence.Platform{c.platform}
			}
			v.says(town, c.rule, c.subject, checks.Fail, nil)
			o, got := Suppliers(v.input(rules.English)), ""
			if len(o.Suppliers) > 0 {
				got = o.Suppliers[0].Name
			}
			if got != c.want || len(o.Suppliers)+len(o.Unrecognised) != 1 {
				t.Errorf("got %q of %d and %d, want %q", got, len(o.Suppliers), len(o.Unrecognised), c.want)
			}
		})
	}
}

func TestOneCompanyWithSeveralRolesIsOneSupplier(t *testing.T) {
	t.Parallel()
	v := newValley(t, ruleSet())
	for _, name := range []string{"aceto", "brina"} {
		town := v.town(name, "it", posta, [3]string{"dns", "posta-nomi", "POSTA esempio"})
		v.says(town, "mail-dmarc-missing", town.Target.Domain, checks.Fail, nil)
		v.says(town, "dns-caa-missing", town.Target.Domain, checks.Fail, nil)
	}
	o := Suppliers(v.input(rules.English))
	if len(o.Suppliers) != 1 {
		t.Fatalf("%d suppliers", len(o.Suppliers))
	}
	s := o.Suppliers[0]
	if want := "Mail, Domain and DNS: 2 municipalities of 2"; s.Said != want || len(s.Changes) != 2 {
		t.Errorf("got %q with %d changes, want %q with 2", s.Said, len(s.Changes), want)
	}
}

func TestTheMostUrgentAndTheWidestComeFirst(t *testing.T) {
	t.Parallel()
	v := newValley(t, ruleSet())
	for i, name := range []string{"aceto", "brina", "cedro"} {
		town := v.town(name, "it", posta, nuage, nomi)
		host := "www." + town.Target.Domain
		v.says(town, "dns-caa-missing", town.Target.Domain, checks.Fail, nil)
		v.says(town, "tls-version-obsolete", host, checks.Fail, nil)
		if i < 2 {
			v.says(town, "mail-dmarc-missing", town.Target.Domain, checks.Fail, nil)
		}
		if i == 0 {
			v.says(town, "web-form-insecure", host, checks.Fail, nil)
		}
	}
	var got []string
	for _, s := range Suppliers(v.input(rules.English)).Suppliers {
		for _, c := range s.Changes {
			got = append(got, s.Name+" "+c.Rule)
		}
	}
	want := []string{"Posta Esempio mail-dmarc-missing", "Nuage Exemple web-form-insecure", "Nuage Exemple tls-version-obsolete", "Nomi Esempio dns-caa-missing"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestATownScannedTwiceCountsOnceAsItIsNow(t *testing.T) {
	t.Parallel()
	v := newValley(t, ruleSet())
	now := *v.town("aceto", "it", posta)
	v.says(&now, "mail-dmarc-missing", now.Target.Domain, checks.Pass, nil)
	before := now
	before.Verdicts, before.Taken, before.Target.Domain = nil, taken().Add(-time.Hour), "Comune.aceto.example."
	v.says(&before, "mail-dmarc-missing", before.Target.Domain, checks.Fail, nil)
	in := v.input(rules.English)
	for _, in.Towns = range [][]Town{{now, before}, {before, now}} {
		if o := Suppliers(in); o.Towns != 1 || len(o.Suppliers) > 0 {
			t.Errorf("%d towns, %q", o.Towns, shortly(o))
		}
	}
}

func TestTwoDefectsOfOneRuleAreTwoChanges(t *testing.T) {
	t.Parallel()
	v := newValley(t, ruleSet())
	town := v.town("aceto", "it", posta)
	v.says(town, "mail-starttls-missing", "mx.posta.example", checks.Fail, nil)
	v.says(town, "mail-starttls-missing", "mx2.posta.example", checks.Fail, checks.Facts{"level": "broken"})
	var got []string
	for _, c := range Suppliers(v.input(rules.English)).Suppliers[0].Changes {
		got = append(got, string(c.Severity)+": "+c.Title)
	}
	want := []string{"high: Residents meet mail-starttls-missing", "low: Messages travel with a broken protection"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A record that is missing in two zones is two records, wherever the sites stand.
func TestOneAddressDoesNotMakeTwoZonesOne(t *testing.T) {
	t.Parallel()
	v := newValley(t, ruleSet())
	for _, name := range []string{"aceto", "brina"} {
		town := v.town(name, "it", posta)
		town.Addresses[town.Target.Domain] = []string{"192.0.2.7"}
		v.says(town, "mail-dmarc-missing", town.Target.Domain, checks.Fail, nil)
	}
	if c := Suppliers(v.input(rules.English)).Suppliers[0].Changes[0]; c.Place != "" || c.Once {
		t.Errorf("place %q, once %t", c.Place, c.Once)
	}
}

func TestATownIsTakenFromAReport(t *testing.T) {
	t.Parallel()
	set := ruleSet()
	r, _ := set.Rule("mail-dmarc-missing")
	in := report.Input{
		Bundle: &evidence.Bundle{
			Target: evidence.Target{Domain: "comune.aceto.example"},
			Taken:  taken(),
			Endpoints: []evidence.Endpoint{
				{Name: "WWW.comune.aceto.example", Address: "2001:db8::7", Port: 443},
				{Name: "www.comune.aceto.example", Address: "192.0.2.7", Port: 443},
				{Name: "www.comune.aceto.example", Address: "192.0.2.7", Port: 8443},
				{Name: "old.comune.aceto.example"},
			},
		},
		Verdicts: []score.Verdict{
			{Finding: checks.Finding{Rule: r.ID, Subject: "comune.aceto.example", Outcome: checks.Fail}, Rule: r, Severity: rules.High},
			{Finding: checks.Finding{Rule: r.ID, Subject: "a.example", Outcome: checks.Fail}, Rule: r, Severity: rules.High},
		},
	}
	if got := TownOf(in); len(got.Verdicts) != 2 {
		t.Errorf("without a checklist: %d verdicts", len(got.Verdicts))
	}
	in.Checklist = &checklist.Checklist{Entries: []checklist.Entry{
		{Rule: r.ID, Subject: "a.example", State: checklist.Accepted, Until: taken().AddDate(0, 1, 0)},
	}}
	got := TownOf(in)
	if len(got.Verdicts) != 1 || got.Verdicts[0].Subject != "comune.aceto.example" {
		t.Errorf("what the town has accepted is still there: %v", got.Verdicts)
	}
	if diff := cmp.Diff(map[string][]string{"www.comune.aceto.example": {"192.0.2.7", "2001:db8::7"}}, got.Addresses); diff != "" {
		t.Errorf("addresses (-want +got):\n%s", diff)
	}
}

func TestALetterIsInTheLanguageOfItsReader(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		supplier  [3]string
		countries []string
		want      rules.Language
	}{
		"supplier-of-one-country":            {nuage, []string{"it", "it"}, rules.French},
		"supplier-of-two-follows-its-towns":  {nomi, []string{"fr", "fr", "it"}, rules.French},
		"supplier-of-no-country-does-so-too": {[3]string{"dns", "cloud", "Cloud Example"}, []string{"it", "it", "fr"}, rules.Italian},
		"elsewhere-it-is-english":            {[3]string{"dns", "cloud", "Cloud Example"}, []string{"eu"}, rules.English},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := newValley(t, ruleSet())
			for i, country := range c.countries {
				town := v.town(strings.Repeat("x", i+1), country, c.supplier)
				v.says(town, map[string]string{"dns": "dns-caa-missing", "web": "tls-version-obsolete"}[c.supplier[0]], town.Target.Domain, checks.Fail, nil)
			}
			if got := Suppliers(v.input(rules.English)).Suppliers[0].Language; got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}
