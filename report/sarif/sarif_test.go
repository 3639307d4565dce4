package sarif_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/url"
	"os"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"campanile/report"
	"campanile/report/internal/sample"
	"campanile/report/sarif"
	"campanile/rules"
)

func written(t *testing.T, docs ...report.Document) string {
	t.Helper()
	var text bytes.Buffer
	if err := sarif.Write(&text, docs); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

func decoded(t *testing.T, text string) map[string]any {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return value.(map[string]any)
}

func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := os.ReadFile("testdata/sarif-part.json")
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("urn:sarif", decoded(t, string(text))); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("urn:sarif")
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

// seen is what the tests read back.
type seen struct {
	Runs []struct {
		Tool struct {
			Driver struct {
				Rules []struct {
					ID   string
					Help struct{ Text string }
				}
			}
		}
		AutomationDetails struct{ ID string }
		Results           []struct {
			RuleID              string
			RuleIndex           int
			Kind, Level         string
			Message             struct{ Text string }
			PartialFingerprints map[string]string
			Locations           []struct {
				PhysicalLocation struct {
					ArtifactLocation struct{ URI string }
				}
			}
			Properties struct {
				Severity string
				DMA      []string
			}
		}
	}
}

func read(t *testing.T, text string) seen {
	t.Helper()
	var s seen
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestTheLogFollowsTheSchema(t *testing.T) {
	t.Parallel()
	valid := schema(t)
	for _, l := range rules.Languages {
		for name, docs := range map[string][]report.Document{
			"some-to-mend": {sample.Valbassa(t, l)}, "nothing-to-mend": {sample.Montechiaro(t, l)}, "hostile": {sample.Valtorta(t, l)},
			"several": {sample.Valbassa(t, l), sample.Montechiaro(t, l), sample.Valtorta(t, l)}, "none": nil,
		} {
			if err := valid.Validate(decoded(t, written(t, docs...))); err != nil {
				t.Errorf("%s %s: %v", l, name, err)
			}
		}
	}
}

// A schema that accepts everything would prove nothing.
func TestTheSchemaRefuses(t *testing.T) {
	t.Parallel()
	valid, text := schema(t), written(t, sample.Valbassa(t, rules.English))
	for _, change := range [][2]string{
		{`"version": "2.1.0"`, `"version": "2.0.0"`},
		{`"kind": "open"`, `"kind": "unknown"`},
		{`"level": "error"`, `"level": "critical"`},
		{`"ruleId"`, `"rule"`},
		{`"message"`, `"text"`},
		{`"kind": "fail"`, `"kind": "pass"`}, // and still has a level
		{`"executionSuccessful"`, `"successful"`},
		{`2026-11-21T10:00:00Z`, `21 November`},
		{`"uri": "comune`, `"uri": "::comune`},
		{`"language": "en"`, `"language": "English"`},
	} {
		spoilt := strings.Replace(text, change[0], change[1], 1)
		if spoilt == text {
			t.Errorf("%s is not in the log", change[0])
		}
		if valid.Validate(decoded(t, spoilt)) == nil {
			t.Errorf("%s instead of %s is accepted", change[1], change[0])
		}
	}
}

func TestUnknownStaysOpenAndWhatIsInOrderIsLeftOut(t *testing.T) {
	t.Parallel()
	s := read(t, written(t, sample.Valbassa(t, rules.Italian)))
	var got []string
	for _, r := range s.Runs[0].Results {
		got = append(got, strings.Join([]string{r.RuleID, r.Kind, r.Level, r.Properties.Severity, strings.Join(r.Properties.DMA, " ")}, " | "))
		if id := s.Runs[0].Tool.Driver.Rules[r.RuleIndex].ID; id != r.RuleID {
			t.Errorf("%s points at %s", r.RuleID, id)
		}
	}
	want := []string{
		"dns-caa-missing | fail | note | low | ",
		"web-forms-paper-only | informational | none | info | ",
		"tls-certificate-expired | fail | error | critical | 8.2 contradicts",
		"tls-certificate-expired | fail | error | critical | 8.2 contradicts",
		"mail-dmarc-missing | open | none |  | ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	open := s.Runs[0].Results[4].Message.Text
	if want := "non verificabile (Nessuna risposta in tempo): Visitors of comune.valbassa.example meet mail-dmarc-missing"; open != want {
		t.Errorf("%q, want %q", open, want)
	}
	if s.Runs[0].Tool.Driver.Rules[3].Help.Text != "" {
		t.Error("help on what nobody has to mend")
	}
}

func TestAResultSaysWhyAndHow(t *testing.T) {
	t.Parallel()
	run := read(t, written(t, sample.Valbassa(t, rules.English))).Runs[0]
	if got, want := run.Results[2].Message.Text, "Visitors of comune.valbassa.example meet tls-certificate-expired\nThe certificate of "; !strings.HasPrefix(got, want) {
		t.Errorf("%q does not begin with %q", got, want)
	}
	if got := run.Tool.Driver.Rules[2].Help.Text; !strings.Contains(got, "What to do\n- Look at comune.valbassa.example.") {
		t.Errorf("help: %q", got)
	}
}

func TestTheSameProblemHasTheSamePrint(t *testing.T) {
	t.Parallel()
	run := read(t, written(t, sample.Valbassa(t, rules.English))).Runs[0]
	prints := map[string]bool{}
	for _, r := range run.Results {
		prints[r.PartialFingerprints["campanileKey/v1"]] = true
	}
	if len(prints) != len(run.Results) || !prints["mail-dmarc-missing@comune.valbassa.example"] {
		t.Errorf("prints: %v", prints)
	}
	if run.AutomationDetails.ID != "campanile/comune.valbassa.example/" {
		t.Errorf("series %q", run.AutomationDetails.ID)
	}
}

func TestNothingFromTheNetworkActsOnAReader(t *testing.T) {
	t.Parallel()
	text := written(t, sample.Valtorta(t, rules.English))
	if i := strings.IndexFunc(text, func(r rune) bool { return r != '\n' && r != '\u00a0' && !unicode.IsPrint(r) }); i >= 0 {
		t.Errorf("%q reaches the reader", text[i:i+20])
	}
	if strings.Contains(text, "<script>") {
		t.Error("markup stands as it is")
	}
	for _, run := range read(t, text).Runs {
		for _, r := range run.Results {
			// SARIF 3.11.5 and 3.11.6: neither a placeholder nor a link is left.
			bare := strings.NewReplacer(`\\`, "", `\[`, "", `\]`, "", "{{", "", "}}", "").Replace(r.Message.Text)
			if strings.ContainsAny(bare, "[]{}") {
				t.Errorf("a link or a placeholder in %q", r.Message.Text)
			}
			for _, l := range r.Locations {
				u, err := url.Parse(l.PhysicalLocation.ArtifactLocation.URI)
				if err != nil || u.Scheme != "" || u.Host != "" || strings.ContainsAny(u.EscapedPath(), "/<>\"") {
					t.Errorf("address %q: %v", l.PhysicalLocation.ArtifactLocation.URI, err)
				}
			}
		}
	}
	if !strings.Contains(text, `\u003cscript\u003ealert(1)`) || !strings.Contains(text, `\\x1b\\[31mred`) && !strings.Contains(text, `\\x1b[31mred`) {
		t.Error("the hostile text is not even shown")
	}
}

func TestTheSameDocumentsGiveTheSameBytes(t *testing.T) {
	t.Parallel()
	d := sample.Valtorta(t, rules.French)
	want := written(t, d)
	for range 5 {
		if diff := cmp.Diff(want, written(t, d)); diff != "" {
			t.Fatal(diff)
		}
	}
}

// broken is a disk that is full.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestAFullDiskIsSaid(t *testing.T) {
	t.Parallel()
	if err := sarif.Write(broken{}, nil); err == nil || !strings.Contains(err.Error(), "no space left") {
		t.Errorf("%v", err)
	}
}
