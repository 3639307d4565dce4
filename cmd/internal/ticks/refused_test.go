package ticks_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/ticks"
	"campanile/report"
	"campanile/rules"
)

const head = "domain: comune.example\n"

func TestWhatDoesNotFitIsRefusedWithPlaceAndNextStep(t *testing.T) {
	t.Parallel()
	table := "kind,title,subject,state,on,until,by,because,note,rule,first,last,fixed,back,taken,evidence\nmunicipality,,comune.example,,,,,,,,,,,,,\n"
	for situation, c := range map[string]struct{ name, data, want string }{
		"no domain":               {"l.yaml", "name: Borgo\n", "l.yaml: domain: missing; write whose checklist this is, such as comune.example"},
		"a domain that is none":   {"l.yaml", "domain: \"a b\"\n", "l.yaml:1: domain: "},
		"empty":                   {"l.yaml", "", "l.yaml: the file is empty; delete it, and \"campanile checklist update\" makes it anew"},
		"two documents":           {"l.yaml", head + "---\na: b\n", "l.yaml: more than one document; keep one checklist in one file"},
		"a list":                  {"l.yaml", "- a\n", "l.yaml: not a checklist; it begins with a line such as \"domain: comune.example\""},
		"no YAML":                 {"l.yaml", "a: [\n", "l.yaml: not readable as YAML: "},
		"an unknown part":         {"l.yaml", head + "entires: []\n", `l.yaml:2: "entires" is not known; did you mean "entries"?`},
		"a part twice":            {"l.yaml", head + head, "l.yaml:2: domain stands twice, first at line 1; leave one out"},
		"entries without a list":  {"l.yaml", head + "entries:\n  rule: x\n", `l.yaml:3: entries: wants a list; begin each with "- "`},
		"an entry without fields": {"l.yaml", head + "entries:\n  - web-hsts-missing\n", `l.yaml:3: wants lines such as "rule: mail-dmarc-missing"`},
		"no rule":                 {"l.yaml", head + "entries:\n  - subject: x\n", "l.yaml:3: entry: rule: missing; write which rule was broken, or delete the entry"},
		"an unknown field":        {"l.yaml", head + "entries:\n  - rule: x\n    stat: done\n", `l.yaml:4: "stat" is not known; did you mean "state"?`},
		"a field twice":           {"l.yaml", head + "entries:\n  - rule: x\n    rule: y\n", `l.yaml:4: "rule" stands twice, first at line 3; leave one out`},
		"a list for a field":      {"l.yaml", head + "entries:\n  - rule: [x]\n", "l.yaml:3: rule: wants one value; write it here itself"},
		"an alias":                {"l.yaml", "domain: &d comune.example\nname: *d\n", "l.yaml:2: name: wants one value; write it here itself"},
		"no rule by its form":     {"l.yaml", head + "entries:\n  - rule: \"Web HSTS\"\n", `l.yaml:3: rule: "Web HSTS" is no rule; "campanile rules list" names them`},
		"no state":                {"l.yaml", head + "entries:\n  - rule: x\n    state: perhaps\n", `l.yaml:4: state: "perhaps" is no state; write done, asked or accepted, or leave it empty`},
		"no day":                  {"l.yaml", head + "entries:\n  - rule: x\n    state: done\n    on: soon\n", `l.yaml:5: on: "soon" is not a day such as 2026-11-22`},
		"two days in one":         {"l.yaml", head + "entries:\n  - rule: x\n    state: done\n    on: 3/4/2026\n", `l.yaml:5: on: "3/4/2026" can be 2026-04-03 or 2026-03-04; write which`},
		"no time of a scan":       {"l.yaml", head + "entries:\n  - rule: x\n    first: soon\n", `l.yaml:4: first: "soon" is not the time of a scan such as 2026-11-22T10:00:00Z; leave what the program has written`},
		"a day without a state":   {"l.yaml", head + "entries:\n  - rule: x\n    on: 2026-11-22\n", "l.yaml:3: x: on: there is a day, but no state; write done, asked or accepted in state, or leave on empty"},
		"an end without accepted": {"l.yaml", head + "entries:\n  - rule: x\n    state: done\n    until: 2026-11-22\n", "l.yaml:3: x: until: only what is accepted has a last day; write accepted in state, or leave until empty"},
		"an exception of nobody":  {"l.yaml", head + "entries:\n  - rule: x\n    state: accepted\n", "l.yaml:3: x: accepted, without because, by, until; an exception has a reason, an author and a last day"},
		"an end before the start": {"l.yaml", head + "entries:\n  - rule: x\n    state: accepted\n    on: 2026-11-22\n    until: 2026-11-21\n    by: A\n    because: b\n", "l.yaml:3: x: until: 2026-11-21 is before 2026-11-22; write the last day of the exception"},
		"an entry twice":          {"l.yaml", head + "entries:\n  - rule: x\n    subject: A.example.\n  - rule: x\n    subject: a.example\n", "l.yaml:5: x@a.example stands twice, first at line 3; leave one out"},
		"control characters":      {"l.yaml", head + "entries:\n  - rule: x\n    by: \"\\e[1m\"\n", "l.yaml:4: by: holds control characters; type it again"},
		"a novel":                 {"l.yaml", head + "entries:\n  - rule: x\n    by: " + strings.Repeat("a", 1001) + "\n", "l.yaml:4: by: longer than 1000 bytes; shorten it"},
		"an endless subject":      {"l.yaml", head + "entries:\n  - rule: x\n    subject: " + strings.Repeat("a", 4001) + "\n", "l.yaml:4: subject: longer than 4000 bytes; leave what the program has written"},
		"a review of nobody":      {"l.yaml", head + "reviews:\n  - on: 2026-11-22\n", "l.yaml:3: review: by: missing; write who looked at the results"},
		"a review without a day":  {"l.yaml", head + "reviews:\n  - by: Anna\n", `l.yaml:3: review: on: missing; write the day on which "Anna" looked at the results`},
		"no digest":               {"l.yaml", head + "reviews:\n  - by: Anna\n    evidence: a b\n", `l.yaml:4: evidence: "a b" is no digest; leave what the program has written`},
		"no ending":               {"l.ods", head, `l.ods: ".ods" is no ending of a checklist; name it .yaml, .csv or .xlsx`},
		"a huge file":             {"l.yaml", strings.Repeat("#", 4<<20) + "\n", "l.yaml: larger than 4194304 bytes; a checklist is smaller"},
		"an empty table":          {"l.csv", ",\n", `l.csv: the file is empty; delete it, and "campanile checklist update" makes it anew`},
		"a column too many":       {"l.csv", "kind,colour\n", `l.csv: cell B1: "colour" is none of the columns of a checklist; leave the first row as the program has written it`},
		"a column twice":          {"l.csv", "kind,tipo\n", `l.csv: cell B1: the column "tipo" stands twice; leave one out`},
		"a column too few":        {"l.csv", "kind,rule\n", `l.csv: the column "title" is missing; leave the columns as the program has written them`},
		"beside the list":         {"l.csv", table + "finding,,,,,,,,,x,,,,,,,stray\n", `l.csv:3: cell Q3: "stray" stands beside the list, in a column without a name; delete it`},
		"no kind":                 {"l.csv", table + ",,,,,,,,,x,,,,,,\n", "l.csv:3: cell A3: the row says nothing of its kind; write finding or review here"},
		"a note of a finding":     {"l.csv", table + "finding,,,,,,,,lost,x,,,,,,\n", `l.csv:3: cell I3: note: a row of this kind has none, and "lost" would be lost; move it to because or note, or delete it`},
		"a bad cell":              {"l.csv", table + "finding,,,perhaps,,,,,,x,,,,,,\n", `l.csv:3: cell D3: state: "perhaps" is no state; write done, asked or accepted, or leave it empty`},
		"the head twice":          {"l.csv", table + "comune,,c.example,,,,,,,,,,,,,\n", "l.csv:3: cell A3: the municipality stands twice, first at cell A2; leave one out"},
		"a bad domain in a cell":  {"l.csv", strings.Replace(table, "comune.example", "a b", 1), "l.csv:2: cell C2: domain: "},
		"a number as a day":       {"l.csv", table + "finding,,,done,46348,,,,,x,,,,,,\n", `l.csv:3: cell E3: on: "46348" is not a day such as 2026-11-22`},
		"a broken table":          {"l.csv", "kind,\"rule\n", "l.csv: line 1: not readable as CSV: "},
		"no workbook":             {"l.xlsx", "kind", "l.xlsx: this is no XLSX workbook"},
		"no UTF-8":                {"l.csv", table + "finding,,,done,,,Andr\xe9,,,x,,,,,,\n", `l.csv: not UTF-8 text; save the file as "CSV UTF-8"`},
	} {
		got, err := ticks.Parse(c.name, []byte(c.data))
		if got != nil || exit.Code(err) != exit.Usage || !strings.HasPrefix(strings.SplitN(fmt.Sprint(err), "\n", 2)[0], c.want) {
			t.Errorf("%s:\n%v, want\n%s", situation, err, c.want)
		}
	}
}

func TestAllMistakesAreToldAtOnceAndInOrder(t *testing.T) {
	t.Parallel()
	data := head + "entries:\n" + strings.Repeat("  - rule: x\n", 24)
	_, err := ticks.Parse("l.yaml", []byte(data))
	lines := strings.Split(fmt.Sprint(err), "\n")
	if len(lines) != 21 || lines[0] != "l.yaml:4: x stands twice, first at line 3; leave one out" || lines[20] != "l.yaml: and 3 more mistakes" {
		t.Errorf("%d lines:\n%v", len(lines), err)
	}
}

func TestAFileThatIsNotThereSaysHowToMakeOne(t *testing.T) {
	t.Parallel()
	_, err := ticks.Read("nowhere/borgo.yaml")
	if exit.Code(err) != exit.Usage || !strings.Contains(fmt.Sprint(err), `make one with "campanile checklist update nowhere/borgo.yaml --evidence FILE"`) {
		t.Errorf("%v", err)
	}
	if err := ticks.Write("nowhere/borgo.yaml", full(), rules.English); exit.Code(err) != exit.Usage {
		t.Errorf("%v", err)
	}
	if err := ticks.Write(t.TempDir()+"/x.yaml/", full(), rules.English); err == nil {
		t.Error("a folder was written over")
	}
}

// TestNoWordOfAFileMeansTwoThings keeps the words of the languages apart: a file
// says nothing of its own.
func TestNoWordOfAFileMeansTwoThings(t *testing.T) {
	t.Parallel()
	for _, group := range []struct {
		name string
		keys []string
	}{
		{"kind", []string{"town", "finding", "review"}},
		{"state", []string{"open", "done", "asked", "accepted"}},
		{"column", []string{"kind", "title", "subject", "state", "on", "until", "by", "because", "note", "rule", "first", "last", "fixed", "back", "taken", "evidence"}},
	} {
		meaning := map[string]string{}
		for _, l := range rules.Languages {
			for _, key := range group.keys {
				word := strings.ToLower(report.WordsIn(l).Say("followup.file." + group.name + "." + key))
				if other, ok := meaning[word]; ok && other != key {
					t.Errorf("%s: %q means %s and %s", group.name, word, other, key)
				}
				meaning[word] = key
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, name := range []string{"l.yaml", "l.csv", "l.xlsx"} {
		data, err := ticks.Encode(name, full(), rules.Italian)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(name, data)
	}
	f.Add("l.yaml", []byte(head+"entries:\n  - {rule: x, subject: \"\\u202e\", state: fatto}\n"))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		c, err := ticks.Parse(name, data)
		if err != nil {
			if c != nil || exit.Code(err) != exit.Usage {
				t.Errorf("%+v, %v", c, err)
			}
			return
		}
		for _, format := range []string{"again.yaml", "again.csv"} {
			again, err := ticks.Encode(format, c, rules.French)
			if err != nil {
				t.Fatal(err)
			}
			back, err := ticks.Parse(format, again)
			if err != nil {
				t.Fatalf("%v\n%s", err, again)
			}
			if diff := cmp.Diff(c, back); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		}
	})
}
