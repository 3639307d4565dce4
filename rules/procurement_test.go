package rules_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"campanile/report/score"
	"campanile/rules"
)

const soundProcurement = `id: sample
country: it
title: {it: Esempio, fr: Exemple, en: Sample}
read: 2026-01-02
link: https://purchases.example/
source: primary
note: {it: Nota, fr: Note, en: Note}
requirements:
  - {id: R1, text: {it: a, fr: b, en: c}, rules: [web-sample]}
  - {id: R22, text: {it: a, fr: b, en: c}, rules: [web-sample]}
`

const procurementRule = `id: web-sample
countries: [it]
severity: low
actor: web-supplier
effort: hours
text:
  it: &text {title: a, good: b, why: c, fix: [d], to_supplier: "Buongiorno, e", verify: f}
  fr: *text
  en: *text
`

var procurementChecks = []rules.Known{{ID: "web-sample", Family: "web"}}

// procurementFolder is a rules folder with one rule and one document.
func procurementFolder(rule, document string) fstest.MapFS {
	return fstest.MapFS{
		"law.yaml":                {Data: []byte("{}\n")},
		"glossary.yaml":           {Data: []byte("{}\n")},
		"grades.yaml":             {Data: []byte("- grade: A\n")},
		"web/web-sample.yaml":     {Data: []byte(rule)},
		"procurement/sample.yaml": {Data: []byte(document)},
	}
}

// TestMistakesInAProcurementDocumentAreNamed spoils one place at a time.
func TestMistakesInAProcurementDocumentAreNamed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ from, to, want string }{
		"unknown-field":      {"read:", "seen:", "field seen is not known in a Procurement"},
		"other-file-name":    {"id: sample", "id: other", `id: "other" does not fit the file name`},
		"foreign-country":    {"country: it", "country: xx", `country: "xx" is none of it, fr, eu`},
		"no-country":         {"country: it\n", "", "country: missing"},
		"language-missing":   {"fr: Exemple, ", "", "title.fr: missing"},
		"no-note":            {", en: Note", "", "note.en: missing"},
		"no-day":             {"read: 2026-01-02\n", "", "read: missing"},
		"no-link":            {"https://purchases", "http://purchases", `link: "http://purchases.example/" does not begin with https://`},
		"source":             {"primary", "hearsay", `source: "hearsay" is none of primary, secondary`},
		"no-number":          {"id: R22", "id: clause", `requirements: "clause" is not a number such as R32`},
		"number-twice":       {"id: R22", "id: R1", "requirements: R1 stands there twice"},
		"text-missing":       {"{it: a, fr: b, en: c}", "{it: a, en: c}", "R1.text.fr: missing"},
		"speaks-of-nothing":  {"rules: [web-sample]", "rules: []", "R1.rules: missing; name the findings of which it speaks"},
		"unknown-rule":       {"[web-sample]", "[web-other]", `R1.rules: no rule is called "web-other"`},
		"rule-twice":         {"[web-sample]", "[web-sample, web-sample]", "R1.rules: web-sample stands there twice"},
		"no-requirements":    {soundProcurement[strings.Index(soundProcurement, "requirements:"):], "", "requirements: missing"},
		"nothing-at-all":     {soundProcurement, "", "the file is empty"},
		"a-second-document":  {"id: sample", "---\nid: sample\n---\nid: sample", "more than one document"},
		"family-not-allowed": {"rules: [web-sample]", "families: [web]", "field families is not known in a Requirement"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(soundProcurement, c.from) {
				t.Fatalf("nothing to spoil: %s", c.from)
			}
			_, err := rules.Load(procurementFolder(procurementRule, strings.Replace(soundProcurement, c.from, c.to, 1)), procurementChecks)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "procurement/sample.yaml: ") {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}

func TestARequirementOnWhatAsksNoSupplierIsRefused(t *testing.T) {
	t.Parallel()
	alone := strings.Replace(procurementRule, "Buongiorno, e", "", 1)
	_, err := rules.Load(procurementFolder(alone, soundProcurement), procurementChecks)
	if err == nil || !strings.Contains(err.Error(), "R22.rules: web-sample asks no supplier for anything") {
		t.Errorf("%v", err)
	}
}

func TestASoundProcurementDocumentIsFoundByCountryAndRule(t *testing.T) {
	t.Parallel()
	set, err := rules.Load(procurementFolder(procurementRule, soundProcurement), procurementChecks)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(set.ProcurementIn("fr")) + len(set.ProcurementIn("eu")) + len(set.ProcurementIn("")); n > 0 {
		t.Errorf("%d documents of another country", n)
	}
	found := set.ProcurementIn("it")
	if len(found) != 1 {
		t.Fatalf("%d documents", len(found))
	}
	var got []string
	for _, r := range found[0].On("web-sample") {
		got = append(got, r.ID)
	}
	if diff := cmp.Diff([]string{"R1", "R22"}, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if other := found[0].On("web-other"); len(other) > 0 {
		t.Errorf("requirements on another rule: %v", other)
	}
}

func TestADocumentForPurchasesIsPartOfTheDigest(t *testing.T) {
	t.Parallel()
	digest := func(document string) string {
		set, err := rules.Load(procurementFolder(procurementRule, document), procurementChecks)
		if err != nil {
			t.Fatal(err)
		}
		return set.Digest
	}
	if digest(soundProcurement) == digest(strings.Replace(soundProcurement, "it: Nota", "it: Altra", 1)) {
		t.Error("two documents have one digest")
	}
}

// TestTheEmbeddedRequirements holds a few of them against what the document
// says, so that a slip of the hand is seen.
func TestTheEmbeddedRequirements(t *testing.T) {
	t.Parallel()
	set, err := score.Rules()
	if err != nil {
		t.Fatal(err)
	}
	for rule, want := range map[string]string{
		"tls-certificate-expired":        "R13",
		"tls-version-obsolete":           "R13 R19",
		"mail-starttls-missing":          "R13",
		"web-form-insecure":              "R13 R22",
		"web-software-outdated":          "R32 R45",
		"service-telnet-exposed":         "R13 R24 R36",
		"service-ssh-password":           "R34",
		"service-remote-desktop-exposed": "R42 R43",
		"exposed-tampering":              "R14 R42 R43",
		"mail-dmarc-missing":             "",
		"web-google-fonts":               "",
		"privacy-notice-missing":         "",
	} {
		var got []string
		for _, p := range set.ProcurementIn("it") {
			for _, r := range p.On(rule) {
				got = append(got, r.ID)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %q, want %q", rule, got, want)
		}
	}
	for _, country := range []string{"fr", "eu"} {
		if n := len(set.ProcurementIn(country)); n > 0 {
			t.Errorf("%s: %d documents; none is known", country, n)
		}
	}
}
