package rules_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"campanile/collectors/records/headers"
	"campanile/rules"
)

const soundScheme = `id: sample
name: {it: Esempio, fr: Exemple, en: Sample}
short: {it: Es., fr: Ex., en: Sa.}
countries: [it]
read: 2026-01-02
link: https://scheme.example/
source: primary
note: {it: Nota, fr: Note, en: Note}
per: host
`

const soundClasses = soundScheme + `classes:
  - {id: good, words: {it: a, fr: b, en: c}}
  - {id: bad, words: {it: a, fr: b, en: c}, any: [{rule: web-sample, fact: reason, values: [x], and: [{rule: web-other, outcome: pass}]}, {sees: left-in-clear}]}
figures:
  caption: {it: a, fr: b, en: c}
  rows: [{year: 2021, sites: 10, share: {good: 40}, number: {good: 4}, link: "https://figures.example/"}]
`

const soundCriteria = soundScheme + `criteria:
  - {id: "1", words: {it: a, fr: b, en: c}, fails: [{rule: web-sample, "on": front}]}
  - {id: "2", words: {it: a, fr: b, en: c}, beyond: browser, open: [{rule: web-other}]}
groups: [{id: all, words: {it: a, fr: b, en: c}, criteria: ["1", "2"]}]
`

// sampleChecks are what the rules of the sample schemes are held against.
var sampleChecks = []rules.Known{{ID: "web-sample", Family: "web", Facts: []string{"reason"}}, {ID: "web-other", Family: "web"}}

// TestMistakesInASchemeAreNamed spoils one place at a time.
func TestMistakesInASchemeAreNamed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ sound, from, to, want string }{
		"unknown-field":          {soundClasses, "per: host", "pro: host", "field pro is not known in a Scheme"},
		"other-file-name":        {soundClasses, "id: sample", "id: other", `id: "other" does not fit the file name`},
		"no-link":                {soundClasses, "https://scheme", "http://scheme", `link: "http://scheme.example/" does not begin with https://`},
		"no-day":                 {soundClasses, "read: 2026-01-02\n", "", "read: missing"},
		"no-country":             {soundClasses, "[it]", "[]", "countries: missing"},
		"foreign-country":        {soundClasses, "[it]", "[xx]", `countries: "xx" is none of`},
		"language-missing":       {soundClasses, "fr: Ex., ", "", "short.fr: missing"},
		"nothing-graded":         {soundClasses, "host", "town", `per: "town" is none of host, body`},
		"two-kinds":              {soundClasses, "figures:", "criteria: [{id: x, words: {it: a, fr: b, en: c}, beyond: browser}]\nfigures:", "wants one of classes, criteria and tests"},
		"class-twice":            {soundClasses, "id: bad", "id: good", `classes: id "good": missing, or there twice`},
		"best-with-conditions":   {soundClasses, "en: c}}\n  - {id: bad", "en: c}, any: [{rule: web-other}]}\n  - {id: bad", "classes.good.any: every class has conditions but the first"},
		"unknown-rule":           {soundClasses, "rule: web-sample", "rule: web-nothing", `rule "web-nothing": no check of that name`},
		"unknown-rule-within":    {soundClasses, "rule: web-other", "rule: web-nothing", `rule "web-nothing": no check of that name`},
		"unknown-fact":           {soundClasses, "fact: reason", "fact: colour", `rule web-sample: the check fills no fact "colour"`},
		"fact-without-values":    {soundClasses, ", values: [x]", "", "web-sample: fact and values go together"},
		"unknown-outcome":        {soundClasses, "outcome: pass", "outcome: maybe", `and.outcome: "maybe" is none of fail, pass, not-applicable`},
		"neither-rule-nor-sight": {soundClasses, "{sees: left-in-clear}", "{outcome: fail}", "a condition wants one of rule and sees"},
		"unknown-sight":          {soundClasses, "left-in-clear", "rain", `sees: "rain" is none of left-in-clear`},
		"figure-of-no-class":     {soundClasses, "share: {good", "share: {fine", `figures.2021: "fine" is none of good, bad`},
		"share-above-all":        {soundClasses, "good: 40", "good: 140", "140 is no share of a hundred"},
		"more-than-there-were":   {soundClasses, "number: {good: 4}", "number: {good: 14}", "14 of 10 sites"},
		"figure-without-source":  {soundClasses, "https://figures", "http://figures", "wants a year, a share and a link"},
		"criterion-twice":        {soundCriteria, `id: "2"`, `id: "1"`, `criteria: id "1": missing, or there twice`},
		"criterion-unbroken":     {soundCriteria, `, fails: [{rule: web-sample, "on": front}]`, "", "1: fails: missing"},
		"unknown-beyond":         {soundCriteria, "browser", "weather", `beyond: "weather" is none of inventory`},
		"unknown-place":          {soundCriteria, `"on": front`, `"on": moon`, `fails.on: "moon" is none of front, domain`},
		"group-of-nothing":       {soundCriteria, `criteria: ["1", "2"]`, `criteria: ["1", "3"]`, `groups.all: "3" is none of 1, 2`},
		"tests-without-words":    {soundScheme + "tests: [{id: cookies, words: {it: a, fr: b, en: c}}]\n", "host", "host", "tests: 1; all 10 are made, and want words"},
		"unknown-test":           {soundScheme + "tests: [{id: magic, words: {it: a, fr: b, en: c}}]\n", "host", "host", `tests: "magic" is none of`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(c.sound, c.from) {
				t.Fatalf("nothing to spoil: %s", c.from)
			}
			_, err := rules.Load(schemeFolder(strings.Replace(c.sound, c.from, c.to, 1)), sampleChecks)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "schemes/sample.yaml: ") {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}

// TestASoundSchemeIsLoaded wants no complaint but the one on the sample checks,
// which have no rules.
func TestASoundSchemeIsLoaded(t *testing.T) {
	t.Parallel()
	for _, text := range []string{soundClasses, soundCriteria} {
		if _, err := rules.Load(schemeFolder(text), sampleChecks); err == nil || strings.Contains(err.Error(), "schemes/") {
			t.Errorf("%v", err)
		}
	}
}

// TestASchemeNamesNoRuleOfAnotherCountry: a rule that never speaks to the country
// would leave its criterion open for ever.
func TestASchemeNamesNoRuleOfAnotherCountry(t *testing.T) {
	t.Parallel()
	folder := schemeFolder(soundCriteria)
	folder["web/web-sample.yaml"] = &fstest.MapFile{Data: []byte("id: web-sample\ncountries: [fr]\n")}
	_, err := rules.Load(folder, sampleChecks)
	if want := "schemes/sample.yaml: rule web-sample: does not speak to it"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
}

func TestTheTestsOfHeadersAreThoseThatAreMade(t *testing.T) {
	t.Parallel()
	var made []string
	for _, test := range headers.Tests() {
		made = append(made, string(test))
	}
	if got, want := strings.Join(rules.HeaderTests, " "), strings.Join(made, " "); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// schemeFolder is a rules folder that holds nothing else.
func schemeFolder(text string) fstest.MapFS {
	folder := guidelineFolder("")
	delete(folder, "guidelines/sample.yaml")
	folder["schemes/sample.yaml"] = &fstest.MapFile{Data: []byte(text)}
	return folder
}
