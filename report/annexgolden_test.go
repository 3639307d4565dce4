package report

import (
	"bytes"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"campanile/checks"
	"campanile/collectors/evidence"
	"campanile/report/checklist"
	"campanile/report/score"
	"campanile/report/score/dma"
	"campanile/rules"
)

// sampleAnnex is the annex under the sample rules, whose words do not change.
func sampleAnnex(t *testing.T, answers *dma.Assessment, language rules.Language) Document {
	t.Helper()
	q, err := rules.EmbeddedQuestionnaire()
	if err != nil {
		t.Fatal(err)
	}
	set := sampleRules()
	tie := func(id, item string) *rules.Rule {
		rule, _ := set.Rule(id)
		rule.DMA = []rules.DMA{{Item: item, Fail: "contradicts", Pass: "supports"}}
		return rule
	}
	tie("tls-certificate-expired", "8.2")
	tie("web-forms-paper-only", "7.2").DMA[0].Pass = ""
	set.Rules = append(set.Rules, sampleRule("service-remote-desktop-exposed", "services", rules.Critical, rules.NetSupplier))
	tie("service-remote-desktop-exposed", "8.2")
	b := sampleBundle(fableDomain, "Comune di Roccaspina")
	b.Suppliers = []evidence.Supplier{{Name: "Posta Esempio", Role: "mail", Evidence: "MX mx.example"}}
	verdicts := []score.Verdict{
		judged(t, set, "tls-certificate-expired", fableDomain, checks.Fail, checks.Facts{"host": fableDomain, "expired_on": "2026-11-18", "issuer": "Prova CA"}),
		judged(t, set, "tls-certificate-expired", "servizi."+fableDomain, checks.Pass, checks.Facts{"host": "servizi." + fableDomain}),
		judged(t, set, "service-remote-desktop-exposed", "192.0.2.10", checks.Fail, checks.Facts{"address": "192.0.2.10", "port": "3389"}),
		judged(t, set, "mail-dmarc-missing", fableDomain, checks.Pass, nil),
		judged(t, set, "mail-dmarc-missing", "posta."+fableDomain, checks.Inconclusive, checks.Facts{"what": "DNS TXT", "problem": "timeout"}),
		judged(t, set, "web-forms-paper-only", fableDomain, checks.Fail, nil),
	}
	kept := &checklist.Checklist{Reviews: []checklist.Review{{On: taken, By: "Ada Prova", Taken: taken, Evidence: digest, Note: "Chiesto al fornitore."}}}
	if answers == nil {
		kept = nil
	}
	return New(Input{
		Bundle: b, Digest: digest, Verdicts: verdicts, Summary: score.Summarise(verdicts, []rules.Grade{{Grade: "E"}}),
		Rules: set, Language: language, Tool: tool, Questionnaire: q, Answers: answers, Checklist: kept,
	})
}

func TestTheAnnexFollowsItsSchema(t *testing.T) {
	t.Parallel()
	const id = "urn:campanile:schema:annex:1"
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(SchemaOfAnnex()))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource(id, parsed); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile(id)
	if err != nil {
		t.Fatal(err)
	}
	for name, d := range map[string]Document{
		"answered": sampleAnnex(t, ticked(), rules.Italian), "unanswered": sampleAnnex(t, nil, rules.French), "hostile": hostileAnnex(t, rules.English),
		"every-box": annexDocument(t, unguarded(t), everyBox(t), nil, rules.English),
	} {
		var text bytes.Buffer
		if err := WriteAnnexJSON(&text, d); err != nil {
			t.Fatal(err)
		}
		value, err := jsonschema.UnmarshalJSON(&text)
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestGoldenAnnexes(t *testing.T) {
	t.Parallel()
	for _, l := range rules.Languages {
		golden(t, "annex/"+string(l)+".txt", sampleAnnex(t, ticked(), l), annexWriters["terminal"])
	}
	golden(t, "annex/unanswered.txt", sampleAnnex(t, nil, rules.English), annexWriters["terminal"])
	golden(t, "annex/it.json", sampleAnnex(t, ticked(), rules.Italian), WriteAnnexJSON)
	golden(t, "annex/it.html", sampleAnnex(t, ticked(), rules.Italian), withoutStyle(WriteAnnexHTML))
}

// withoutStyle leaves the style sheet out, which a reviewer reads in
// page/style.css.
func withoutStyle(write func(io.Writer, Document) error) func(io.Writer, Document) error {
	return func(w io.Writer, d Document) error {
		var text bytes.Buffer
		if err := write(&text, d); err != nil {
			return err
		}
		short := strings.Replace(text.String(), style, "…", 1)
		short = regexp.MustCompile(`sha256-\S+?&#39;`).ReplaceAllString(short, "sha256-…&#39;")
		_, err := io.WriteString(w, short)
		return err
	}
}
