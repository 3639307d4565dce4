package report

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"campanile/checks"
	"campanile/collectors/evidence"
	"campanile/report/score"
	"campanile/rules"
)

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("urn:campanile:schema:scan:1", parsed); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("urn:campanile:schema:scan:1")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func written(t *testing.T, d Document) []byte {
	t.Helper()
	var text bytes.Buffer
	if err := WriteJSON(&text, d); err != nil {
		t.Fatal(err)
	}
	return text.Bytes()
}

func decoded(t *testing.T, text []byte) map[string]any {
	t.Helper()
	var value map[string]any
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatal(err)
	}
	return value
}

func TestJSONFollowsItsSchema(t *testing.T) {
	t.Parallel()
	schema := compiled(t)
	empty := documentOf(&evidence.Bundle{Target: evidence.Target{Domain: "comune.example"}, Taken: taken, Profile: evidence.Passive}, sampleRules(), nil, rules.English)
	for name, d := range map[string]Document{"forgeable": forgeable(t, rules.French), "well-kept": wellKept(t, rules.Italian), "hostile": hostileTown(t, rules.English), "empty": empty} {
		if err := schema.Validate(decoded(t, written(t, d))); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestTheSchemaMissesNothing takes each property away, and adds a foreign one:
// a schema that accepts either describes nothing.
func TestTheSchemaMissesNothing(t *testing.T) {
	t.Parallel()
	schema := compiled(t)
	text := written(t, forgeable(t, rules.English))
	broken := func(what string, spoil func(map[string]any)) {
		value := decoded(t, text)
		spoil(value)
		if schema.Validate(value) == nil {
			t.Errorf("accepted: %s", what)
		}
	}
	within := map[string]func(map[string]any) map[string]any{
		"":             func(v map[string]any) map[string]any { return v },
		"tool":         func(v map[string]any) map[string]any { return v["tool"].(map[string]any) },
		"target":       func(v map[string]any) map[string]any { return v["target"].(map[string]any) },
		"summary":      func(v map[string]any) map[string]any { return v["summary"].(map[string]any) },
		"fail":         func(v map[string]any) map[string]any { return v["summary"].(map[string]any)["fail"].(map[string]any) },
		"finding":      func(v map[string]any) map[string]any { return v["findings"].([]any)[0].(map[string]any) },
		"sent":         func(v map[string]any) map[string]any { return v["sent"].(map[string]any) },
		"not_measured": func(v map[string]any) map[string]any { return v["not_measured"].([]any)[0].(map[string]any) },
	}
	for where, find := range within {
		for _, property := range slices.Sorted(maps.Keys(find(decoded(t, text)))) {
			broken(where+" without "+property, func(v map[string]any) { delete(find(v), property) })
		}
		broken(where+" with a foreign property", func(v map[string]any) { find(v)["foreign"] = 1 })
	}
	broken("a fact that is a number", func(v map[string]any) { within["finding"](v)["facts"] = map[string]any{"days": 3} })
	broken("an unknown outcome", func(v map[string]any) { within["finding"](v)["outcome"] = "maybe" })
	broken("a grade of its own", func(v map[string]any) { within["summary"](v)["grade"] = "A+" })
	broken("a day for a time", func(v map[string]any) { v["taken"] = "2026-11-22" })
}

func TestTheSchemaKnowsEveryWordOfTheProgram(t *testing.T) {
	t.Parallel()
	schema := decoded(t, Schema())
	defs := schema["$defs"].(map[string]any)
	finding := defs["finding"].(map[string]any)["properties"].(map[string]any)
	enum := func(v any) []string {
		var list []string
		for _, each := range v.(map[string]any)["enum"].([]any) {
			list = append(list, each.(string))
		}
		return list
	}
	for name, c := range map[string]struct{ want, got []string }{
		"problem":  {texts(evidence.Problems), enum(defs["problem"])},
		"severity": {texts(rules.Severities), enum(finding["severity"])},
		"actor":    {texts(rules.Actors), enum(finding["actor"])},
		"outcome":  {texts([]checks.Outcome{checks.Pass, checks.Fail, checks.NotApplicable, checks.Inconclusive}), enum(finding["outcome"])},
		"profile":  {texts([]evidence.Profile{evidence.Passive, evidence.Standard, evidence.Full}), enum(schema["properties"].(map[string]any)["profile"])},
	} {
		if diff := cmp.Diff(c.want, c.got); diff != "" {
			t.Errorf("%s (-program +schema):\n%s", name, diff)
		}
	}
}

func texts[T ~string](list []T) []string {
	var out []string
	for _, each := range list {
		out = append(out, string(each))
	}
	return out
}

func TestJSONKeepsFactsAndHarmsNobody(t *testing.T) {
	t.Parallel()
	text := written(t, hostileTown(t, rules.English))
	if i := strings.IndexFunc(string(text), func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }); i >= 0 {
		t.Errorf("%q stands in the file as it is", text[i:min(len(text), i+20)])
	}
	if bytes.Contains(text, []byte("<script>")) {
		t.Error("markup stands in the file as it is")
	}
	want := strings.ToValidUTF8(hostile, "\ufffd")
	got := decoded(t, text)["findings"].([]any)[0].(map[string]any)["facts"].(map[string]any)["host"]
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the fact itself changed (-want +got):\n%s", diff)
	}
}

func TestJSONLinesHoldOneTownALine(t *testing.T) {
	t.Parallel()
	var text bytes.Buffer
	for _, d := range []Document{forgeable(t, rules.English), hostileTown(t, rules.English)} {
		if err := WriteJSONLines(&text, d); err != nil {
			t.Fatal(err)
		}
	}
	lines := slices.Collect(strings.Lines(text.String()))
	if len(lines) != 2 {
		t.Fatalf("%d lines", len(lines))
	}
	if diff := cmp.Diff(decoded(t, written(t, forgeable(t, rules.English))), decoded(t, []byte(lines[0]))); diff != "" {
		t.Errorf("a line differs from the file (-file +line):\n%s", diff)
	}
}

func TestWhatWasNotMeasuredSaysNothingAboutTheAssessment(t *testing.T) {
	t.Parallel()
	set := sampleRules()
	for outcome, want := range map[checks.Outcome][]scanDMA{
		checks.Fail:          {{"8.1", "contradicts"}},
		checks.Pass:          {{"8.1", "supports"}},
		checks.Inconclusive:  {},
		checks.NotApplicable: {},
	} {
		verdict := judged(t, set, "mail-dmarc-missing", "comune.example", outcome, nil)
		got := scanOf(documentOf(sampleBundle("comune.example", ""), set, []score.Verdict{verdict}, rules.English)).Findings[0].DMA
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", outcome, diff)
		}
	}
}
