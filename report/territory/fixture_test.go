package territory

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"campanile/checks"
	"campanile/collectors/evidence"
	"campanile/report"
	"campanile/report/score"
	"campanile/rules"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden holds a text against a file of testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// taken is when the towns were looked at.
func taken() time.Time { return time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC) }

// ruleSet is a few rules with short words, one for each actor, and two of the
// suppliers that they may lead to.
func ruleSet() *rules.Set {
	database := rule("service-database-exposed", "services", rules.High, rules.NetSupplier)
	starttls := rule("mail-starttls-missing", "mail", rules.High, rules.EmailSupplier)
	starttls.Variants = []rules.Variant{{Fact: "level", Values: []string{"broken"}, Severity: rules.Low, Text: inAll(rules.Text{
		Title: "Messages travel with a broken protection", Why: "It breaks.", ToSupplier: "Please mend {host}.", Verify: "Look.",
	})}}
	return &rules.Set{
		Suppliers: []rules.Supplier{
			{ID: "posta", Name: "Posta Esempio", Countries: []string{"it"}},
			{ID: "nuage", Name: "Nuage Exemple", Countries: []string{"fr"}},
			{ID: "nomi", Name: "Nomi Esempio", Countries: []string{"it", "fr"}},
		},
		Platforms: []rules.Platform{{ID: "sito", Name: "Sito Facile", Countries: []string{"it"}}},
		Rules: []*rules.Rule{
			rule("mail-dmarc-missing", "mail", rules.High, rules.EmailSupplier), starttls,
			rule("dns-caa-missing", "dns", rules.Low, rules.DNSSupplier),
			rule("tls-version-obsolete", "tls", rules.Medium, rules.WebSupplier), database,
			rule("accessibility-declaration-missing", "web", rules.High, rules.RTD),
			rule("web-open-data-missing", "web", rules.Info, rules.RTD),
			rule("web-form-insecure", "web", rules.Critical, rules.WebSupplier),
		},
		Procurement: []*rules.Procurement{{
			ID: "acquisti", Country: "it", Title: inAll("Purchases"), Link: "https://purchases.example/", Source: "primary",
			Note: inAll("The codes serve as a reference."), Requirements: []rules.Requirement{{ID: "R13", Text: inAll("encrypted protocols"), Rules: []string{"tls-version-obsolete"}}},
		}},
	}
}

func rule(id, family string, severity rules.Severity, actor rules.Actor) *rules.Rule {
	r := &rules.Rule{ID: id, Family: family, Countries: []string{"it", "fr"}, Severity: severity, Actor: actor, Effort: rules.Hours, Text: map[rules.Language]rules.Text{}}
	for language, hello := range map[rules.Language]string{rules.Italian: "Buongiorno,", rules.French: "Bonjour,", rules.English: "Hello,"} {
		r.Text[language] = rules.Text{
			Title: "Residents meet " + id, Good: "In order.", Why: "At {host} there is " + id + ".\nA clerk of {name} waits.", Fix: []string{"Write."},
			ToSupplier: hello + " please mend " + id + " at {host} for {domain}.", Verify: "Look again.",
		}
	}
	return r
}

func inAll[T any](value T) map[rules.Language]T {
	all := map[rules.Language]T{}
	for _, l := range rules.Languages {
		all[l] = value
	}
	return all
}

// themes are the four, over the rules of ruleSet.
func themes() []rules.Theme {
	list := make([]rules.Theme, len(rules.ThemeIDs))
	for i, id := range rules.ThemeIDs {
		list[i] = rules.Theme{ID: id, Name: inAll("Theme " + id), Intro: inAll("About " + id + "."), Limits: inAll("Not all is seen."), Questions: inAll([]string{"What then?"})}
	}
	list[1].Families = []string{"dns", "mail", "tls", "web", "services"}
	list[2].Rules = []string{"accessibility-declaration-missing"}
	list[3].Rules = []string{"web-open-data-missing"}
	return list
}

// valley makes towns: each town of a, b, c ... has what the lines say of it.
type valley struct {
	t     *testing.T
	set   *rules.Set
	towns []Town
}

func newValley(t *testing.T, set *rules.Set) *valley {
	t.Helper()
	return &valley{t: t, set: set}
}

// town adds a municipality with its suppliers, as role, id and name.
func (v *valley) town(name, country string, suppliers ...[3]string) *Town {
	v.t.Helper()
	domain := "comune." + name + ".example"
	town := Town{Target: evidence.Target{Domain: domain, Name: "Comune di " + name, Country: country, Code: "c_" + name}, Taken: taken(), Addresses: map[string][]string{}}
	for _, s := range suppliers {
		town.Suppliers = append(town.Suppliers, evidence.Supplier{Role: s[0], ID: s[1], Name: s[2], Evidence: "MX mx." + s[1] + ".example"})
	}
	v.towns = append(v.towns, town)
	return &v.towns[len(v.towns)-1]
}

// says adds a verdict to a town.
func (v *valley) says(town *Town, id, subject string, outcome checks.Outcome, facts checks.Facts) {
	v.t.Helper()
	r, ok := v.set.Rule(id)
	if !ok {
		v.t.Fatalf("no rule %s", id)
	}
	finding := checks.Finding{Rule: id, Subject: subject, Outcome: outcome, Facts: facts}
	town.Verdicts = append(town.Verdicts, score.Verdict{Finding: finding, Rule: r, Severity: r.SeverityOf(facts)})
}

func (v *valley) input(language rules.Language) Input {
	return Input{Towns: v.towns, Rules: v.set, Language: language, Sender: "GAL Valle di Prova", Tool: evidence.Tool{Name: "campanile", Version: "0.1.0"}}
}

var (
	posta = [3]string{"mail", "posta", "Posta Esempio"}
	nuage = [3]string{"web", "nuage", "Nuage Exemple"}
	nomi  = [3]string{"dns", "nomi", "Nomi Esempio"}
)

// sampleValley has six municipalities: four behind one mail supplier, of which
// one could not be measured, three whose site one host has, a French one, and a
// machine that nobody is known to look after.
func sampleValley(t *testing.T) *valley {
	t.Helper()
	v := newValley(t, ruleSet())
	for i, name := range []string{"aceto", "brina", "cedro", "duomo"} {
		town := v.town(name, "it", posta, nomi)
		domain := town.Target.Domain
		if i < 3 {
			v.says(town, "mail-starttls-missing", "mx.posta.example", checks.Fail, checks.Facts{"host": "mx.posta.example"})
			v.says(town, "mail-dmarc-missing", domain, checks.Fail, nil)
		} else {
			v.says(town, "mail-starttls-missing", "mx.posta.example", checks.Inconclusive, checks.Facts{"what": "smtp mx.posta.example", "problem": "timeout"})
			v.says(town, "mail-dmarc-missing", domain, checks.Pass, nil)
		}
		v.says(town, "dns-caa-missing", domain, checks.Fail, nil)
		v.says(town, "accessibility-declaration-missing", domain, checks.Fail, nil)
		v.says(town, "web-open-data-missing", domain, checks.Fail, nil)
	}
	for _, name := range []string{"erica", "felce"} {
		country := map[string]string{"erica": "it", "felce": "fr"}[name]
		town := v.town(name, country, nuage, nomi)
		host := "www." + town.Target.Domain
		town.Addresses[host] = []string{"192.0.2.7"}
		v.says(town, "tls-version-obsolete", host, checks.Fail, checks.Facts{"host": host, "versions": "TLS 1.0"})
		v.says(town, "service-database-exposed", "192.0.2.7:5432", checks.Fail, checks.Facts{"service": "PostgreSQL"})
		v.says(town, "web-open-data-missing", host, checks.Pass, nil)
	}
	return v
}

// shortly tells an overview.
func shortly(o Overview) []string {
	var list []string
	for _, s := range o.Suppliers {
		list = append(list, fmt.Sprintf("%s (%s): %s", s.Name, s.Language, s.Said))
		for _, c := range s.Changes {
			list = append(list, "  "+c.Rule+": "+c.Said)
		}
	}
	for _, c := range o.Unrecognised {
		list = append(list, "? "+c.Rule+": "+c.Said)
	}
	for _, c := range o.Own {
		list = append(list, "= "+c.Rule+": "+c.Said)
	}
	return list
}

func letterOf(t *testing.T, s Supplier, in Input) string {
	t.Helper()
	document, letter := s.Letter(in)
	var text bytes.Buffer
	if err := report.WriteLetter(&text, document, letter); err != nil {
		t.Fatal(err)
	}
	return text.String()
}
