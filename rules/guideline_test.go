package rules_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"campanile/rules"
)

const soundGuideline = `id: sample
name: {it: Esempio, fr: Exemple, en: Sample}
date: 2026-01-01
read: 2026-01-02
link: https://guideline.example/
source: primary
note: {it: Nota, fr: Note, en: Note}
words:
  meets: {it: sì, fr: oui, en: "yes"}
  fails: {it: no, fr: non, en: no}
versions: {meets: [TLS 1.3]}
suites: {meets: [TLS_AES_128_GCM_SHA256]}
groups: {meets: [x25519]}
rsa_bits: {meets: 2048}
faults: {compression: [fails]}
`

const soundScore = `score:
  weights: {version: 30, key: 30, cipher: 40}
  versions: {SSL 2.0: 0, SSL 3.0: 80, TLS 1.0: 90, TLS 1.1: 95, TLS 1.2: 100, TLS 1.3: 100}
  key_bits: [{mark: 100}]
  curve_bits: [{mark: 100}]
  cipher_bits: [{mark: 100}]
  letters: [{letter: A, least: 0}]
  ladder: [A, T]
  caps: {untrusted: T}
`

// TestMistakesInAGuidelineAreNamed spoils one place at a time.
func TestMistakesInAGuidelineAreNamed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ from, to, want string }{
		"unknown-field":        {"rsa_bits:", "rsa_bit:", "field rsa_bit is not known in a Guideline"},
		"other-file-name":      {"id: sample", "id: other", `id: "other" does not fit the file name`},
		"no-link":              {"https://guideline", "http://guideline", `link: "http://guideline.example/" does not begin with https://`},
		"no-day":               {"date: 2026-01-01\n", "", "date or read: missing"},
		"source":               {"primary", "hearsay", `source: "hearsay" is none of primary, secondary`},
		"language-missing":     {"fr: Exemple, ", "", "name.fr: missing"},
		"foreign-language":     {"fr: Exemple", "fr: Exemple, de: Beispiel", `name: "de" is none of it, fr, en`},
		"level-without-words":  {"groups: {meets", "groups: {phase-out", "words.phase-out: missing; the guideline uses that level"},
		"unknown-level":        {"suites: {meets", "suites: {fine", `suites: "fine" is none of meets, sufficient, phase-out`},
		"a-list-of-what-fails": {"suites: {meets", "suites: {fails", `suites: "fails" is none of meets, sufficient, phase-out`},
		"unknown-version":      {"[TLS 1.3]", "[TLS 1.4]", `versions: "TLS 1.4" is not a name that the evidence has`},
		"no-suite":             {"TLS_AES_128_GCM_SHA256", "AES128-SHA", `suites: "AES128-SHA" is not a name that the evidence has`},
		"twice":                {"[x25519]", "[x25519, x25519]", `groups: "x25519" stands there twice`},
		"nothing-asked":        {"versions: {meets: [TLS 1.3]}\n", "", "versions or suites: missing"},
		"no-size":              {"2048", "20", "rsa_bits: 20 is no size of a prime"},
		"unknown-fault":        {"compression", "colour", `faults: "colour" is none of compression`},
		"fault-that-is-free":   {"[fails]", "[meets]", `faults.compression: "meets" is none of sufficient, phase-out, fails`},
		"costs-in-wrong-order": {"[fails]", "[fails, phase-out]", "faults.compression: wants one level, or two with the better first"},
		"unseen":               {"faults:", "unseen: [weather]\nfaults:", `unseen: "weather" is none of`},
		"weights":              {"faults:", strings.Replace(soundScore, "40", "50", 1) + "faults:", "score.weights: version, key and cipher do not make 100"},
		"mark-missing":         {"faults:", strings.Replace(soundScore, "SSL 2.0: 0, ", "", 1) + "faults:", "score.versions: SSL 2.0: missing"},
		"last-step-limited":    {"faults:", strings.Replace(soundScore, "curve_bits: [{mark", "curve_bits: [{below: 9, mark", 1) + "faults:", "score.curve_bits: the last step must have no limit"},
		"letters-from-one":     {"faults:", strings.Replace(soundScore, "least: 0", "least: 1", 1) + "faults:", "score.letters: the last letter must begin at 0"},
		"letter-off-ladder":    {"faults:", strings.Replace(soundScore, "untrusted: T", "untrusted: F", 1) + "faults:", `score.caps.untrusted: "F" is none of A, T`},
		"unknown-cap":          {"faults:", strings.Replace(soundScore, "untrusted", "ugly", 1) + "faults:", `score.caps: "ugly" is none of untrusted`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(soundGuideline, c.from) {
				t.Fatalf("nothing to spoil: %s", c.from)
			}
			_, err := rules.Load(guidelineFolder(strings.Replace(soundGuideline, c.from, c.to, 1)), nil)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "guidelines/sample.yaml: ") {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}

func TestASoundGuidelineIsLoaded(t *testing.T) {
	t.Parallel()
	for _, text := range []string{soundGuideline, soundGuideline + soundScore} {
		set, err := rules.Load(guidelineFolder(text), nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(set.Guidelines) != 1 || set.Guidelines[0].ID != "sample" {
			t.Errorf("%v", set.Guidelines)
		}
	}
}

// guidelineFolder is a rules folder that holds nothing else.
func guidelineFolder(text string) fstest.MapFS {
	return fstest.MapFS{
		"law.yaml":               {Data: []byte("{}\n")},
		"glossary.yaml":          {Data: []byte("{}\n")},
		"grades.yaml":            {Data: []byte("- grade: A\n")},
		"guidelines/sample.yaml": {Data: []byte(text)},
	}
}
