package opendata_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"campanile/collectors/evidence"
	"campanile/report/opendata"
	"campanile/rules"
)

// valley is a territory as somebody would publish it.
func valley(language rules.Language) opendata.Input {
	in := invented(rand.New(rand.NewPCG(4, 2)), 60, 3)
	in.Language = language
	in.Tool, in.Rules = evidence.Tool{Version: "1.2.3"}, "sha256:abc"
	in.Publisher = opendata.Publisher{Name: "GAL Valli di Esempio", Identifier: "gal_esempio", Homepage: "https://gal.example/", Mail: "dati@gal.example"}
	in.Address = "https://gal.example/dati/"
	return in
}

func filesOf(t *testing.T, in opendata.Input) map[string]opendata.File {
	t.Helper()
	list, err := opendata.Export(in)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]opendata.File{}
	for _, f := range list {
		files[f.Name] = f
	}
	return files
}

func TestTheDataKeepToTheirSchema(t *testing.T) {
	t.Parallel()
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(opendata.Schema()))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("opendata.json", schema); err != nil {
		t.Fatal(err)
	}
	compiled := compiler.MustCompile("opendata.json")
	inputs := []opendata.Input{valley(rules.Italian), valley(rules.French), valley(rules.English), {Language: rules.English}}
	for seed := range uint64(20) {
		chance := rand.New(rand.NewPCG(seed, 10))
		inputs = append(inputs, invented(chance, chance.IntN(30), 1+chance.IntN(3)))
	}
	for i, in := range inputs {
		data := filesOf(t, in)["data.json"].Content
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if err := compiled.Validate(document); err != nil {
			t.Errorf("input %d: %v", i, err)
		}
	}
	if compiled.Validate(map[string]any{"schema": 1}) == nil {
		t.Error("the schema lets anything through")
	}
}

// TestTheDictionaryKnowsEveryField reads the tables as anybody would.
func TestTheDictionaryKnowsEveryField(t *testing.T) {
	t.Parallel()
	files := filesOf(t, valley(rules.Italian))
	want := map[string][]string{}
	var kinds [][]string
	for i, row := range table(t, files["dictionary.csv"]) {
		if i == 0 {
			if diff := cmp.Diff([]string{"file", "field", "type", "meaning_it", "meaning_fr", "meaning_en"}, row); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			continue
		}
		want[row[0]] = append(want[row[0]], row[1])
		kinds = append(kinds, row)
		if slices.Contains(row, "") {
			t.Errorf("%v has a gap", row)
		}
	}
	for _, name := range []string{"grades.csv", "duties.csv", "maturity.csv"} {
		rows := table(t, files[name])
		if diff := cmp.Diff(want[name], rows[0]); diff != "" || len(rows) < 2 {
			t.Errorf("%s, %d rows (-dictionary +table):\n%s", name, len(rows), diff)
		}
		for _, row := range rows[1:] {
			for i, cell := range row {
				fits(t, name, rows[0][i], cell, kinds)
			}
		}
	}
}

// fits holds a cell against the type in the dictionary.
func fits(t *testing.T, file, field, cell string, kinds [][]string) {
	t.Helper()
	i := slices.IndexFunc(kinds, func(row []string) bool { return row[0] == file && row[1] == field })
	var err error
	switch kind := kinds[i][2]; {
	case cell == "" && kind != "string" && kind != "date":
	case kind == "integer":
		_, err = strconv.Atoi(cell)
	case kind == "decimal":
		_, err = strconv.ParseFloat(cell, 64)
	case kind == "date":
		_, err = time.Parse(time.DateOnly, cell)
	}
	if err != nil {
		t.Errorf("%s, %s: %v", file, field, err)
	}
}

func table(t *testing.T, f opendata.File) [][]string {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(f.Content, []byte("\uFEFF")))).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", f.Name, err)
	}
	return rows
}

// TestTheDescriptionHasWhatCataloguesWant looks for the properties that DCAT-AP 3.0
// and DCAT-AP_IT make mandatory, and holds sizes and checksums against the files.
func TestTheDescriptionHasWhatCataloguesWant(t *testing.T) {
	t.Parallel()
	for _, l := range rules.Languages {
		in := valley(l)
		files := filesOf(t, in)
		var catalogue map[string]any
		if err := json.Unmarshal(files["dcat.jsonld"].Content, &catalogue); err != nil {
			t.Fatal(err)
		}
		has(t, catalogue, "dcat:Catalog", "dct:title", "dct:description", "dct:publisher", "dct:modified", "dcat:dataset")
		dataset := catalogue["dcat:dataset"].([]any)[0].(map[string]any)
		has(t, dataset, "dcat:Dataset", "dct:identifier", "dct:title", "dct:description", "dct:modified", "dcat:theme", "dct:rightsHolder", "dct:accrualPeriodicity",
			"dct:publisher", "dcat:contactPoint", "dcat:keyword", "dct:spatial", "dct:temporal", "dct:language", "dcat:distribution")
		has(t, dataset["dct:publisher"].(map[string]any), "foaf:Agent", "foaf:name", "dct:identifier")
		distributions := dataset["dcat:distribution"].([]any)
		if len(distributions) != len(files)-1 {
			t.Errorf("%d of %d files are described", len(distributions), len(files)-1)
		}
		for _, each := range distributions {
			d := each.(map[string]any)
			has(t, d, "dcat:Distribution", "dct:title", "dct:description", "dcat:accessURL", "dcat:downloadURL", "dct:format", "dcat:mediaType", "dct:license", "dcat:byteSize", "spdx:checksum")
			address := value(d["dcat:downloadURL"], "@id")
			f := files[strings.TrimPrefix(address, in.Address)]
			sum := sha256.Sum256(f.Content)
			if value(d["dcat:byteSize"], "@value") != strconv.Itoa(len(f.Content)) || value(d["spdx:checksum"].(map[string]any)["spdx:checksumValue"], "@value") != hex.EncodeToString(sum[:]) {
				t.Errorf("%s: size or checksum is wrong", address)
			}
			if value(d["dct:license"], "@id") != "https://creativecommons.org/licenses/by/4.0/" || !strings.HasSuffix(value(d["dcat:mediaType"], "@id"), f.Media) {
				t.Errorf("%s: %v", address, d)
			}
		}
		prefixes(t, catalogue, catalogue["@context"].(map[string]any))
	}
}

func value(node any, key string) string {
	text, _ := node.(map[string]any)[key].(string)
	return text
}

// has looks for a class and for properties that say something.
func has(t *testing.T, node map[string]any, class string, properties ...string) {
	t.Helper()
	classes, _ := node["@type"].([]any)
	if !slices.Contains(classes, any(class)) {
		t.Errorf("%v is no %s", node["@id"], class)
	}
	for _, p := range properties {
		switch v := node[p].(type) {
		case nil:
			t.Errorf("%s has no %s", class, p)
		case string:
			if v == "" {
				t.Errorf("%s: %s is empty", class, p)
			}
		case []any:
			if len(v) == 0 {
				t.Errorf("%s: %s is empty", class, p)
			}
		case map[string]any:
			if len(v) == 0 || v["@value"] == "" || v["@id"] == "" {
				t.Errorf("%s: %s is empty", class, p)
			}
		}
	}
}

// prefixes finds names whose vocabulary the context does not declare.
func prefixes(t *testing.T, node any, context map[string]any) {
	t.Helper()
	check := func(name string) {
		if prefix, _, ok := strings.Cut(name, ":"); ok && context[prefix] == nil {
			t.Errorf("%s: the context has no %s", name, prefix)
		}
	}
	switch n := node.(type) {
	case []any:
		for _, each := range n {
			prefixes(t, each, context)
		}
	case map[string]any:
		for key, each := range n {
			if key == "@context" {
				continue
			}
			check(key)
			if key == "@type" {
				list, many := each.([]any)
				if !many {
					list = []any{each}
				}
				for _, class := range list {
					check(class.(string))
				}
			}
			prefixes(t, each, context)
		}
	}
}

func TestStrangersTextIsHarmless(t *testing.T) {
	t.Parallel()
	in := valley(rules.English)
	in.Territory, in.Publisher.Name = "x\x1b[2J<script>", "=cmd|' /C calc'!A0\x1b"
	in.Areas = map[string]string{"IT-X0": "=HYPERLINK(\"http://evil.example\")\r\n+1"}
	in.Subjects[0].Name = texts("@SUM(1)")
	for i := range in.Towns {
		if i%2 == 0 {
			in.Towns[i].Area, in.Towns[i].Country = "comune.borgo.example", "=1+1" // no code: it could be a name
		} else {
			in.Towns[i].Area = "X0"
		}
	}
	for name, f := range filesOf(t, in) {
		if bytes.ContainsRune(f.Content, 0x1b) || bytes.Contains(f.Content, []byte("borgo")) || bytes.Contains(f.Content, []byte("=1+1")) {
			t.Errorf("%s:\n%s", name, f.Content)
		}
		if !strings.HasSuffix(name, ".csv") {
			continue
		}
		for _, row := range table(t, f) {
			for _, cell := range row {
				if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
					t.Errorf("%s: %q is a formula", name, cell)
				}
			}
		}
	}
}

func TestMonths(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 31, 23, 30, 0, 0, time.FixedZone("", -3600))
	var got []string
	for _, m := range opendata.Months(now, 3) {
		got = append(got, m.Format(time.DateTime))
	}
	if diff := cmp.Diff([]string{"2026-01-31 23:59:59", "2026-02-28 23:59:59", "2026-03-31 23:59:59", "2026-04-01 00:30:00"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
