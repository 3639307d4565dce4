package evidence_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"campanile/collectors/evidence"
)

// smallest is the least that counts as a bundle.
const smallest = `{"schema":1,"tool":{"name":"campanile","version":"0"},"target":{"domain":"comune.example"},"taken":"2026-11-22T10:00:00Z","profile":"passive","families":[],"vantage":{},"sent":{"dns_queries":0,"connections":0,"requests":0,"bytes":0,"received":0}}`

// read gives what a stream yields, one line for each: the domain or the error.
func read(r io.Reader) []string {
	list := []string{}
	for b, err := range evidence.Read(r) {
		switch {
		case err != nil && b != nil:
			list = append(list, "both a bundle and "+err.Error())
		case err != nil:
			list = append(list, err.Error())
		default:
			list = append(list, b.Target.Domain)
		}
	}
	return list
}

func TestWhatWasWrittenIsRead(t *testing.T) {
	t.Parallel()
	want := []*evidence.Bundle{sample(t), sample(t)}
	want[1].Target.Domain = "autre.example"
	want[1].Names = nil
	var file bytes.Buffer
	for _, b := range want {
		if err := evidence.Write(&file, b); err != nil {
			t.Fatal(err)
		}
	}
	var got []*evidence.Bundle
	for b, err := range evidence.Read(iotest.OneByteReader(&file)) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, b)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestLinesOfAFile(t *testing.T) {
	t.Parallel()
	other := strings.Replace(smallest, "comune.example", "autre.example", 1)
	tests := map[string]struct {
		file string
		want []string
	}{
		"nothing":                   {"", []string{}},
		"one":                       {smallest + "\n", []string{"comune.example"}},
		"last-without-line-feed":    {smallest + "\n" + other, []string{"comune.example", "autre.example"}},
		"windows-line-ends":         {smallest + "\r\n" + other + "\r\n", []string{"comune.example", "autre.example"}},
		"blank-lines":               {"\n \n" + smallest + "\n\n\t\n" + other + "\n\n  ", []string{"comune.example", "autre.example"}},
		"cut-in-the-second":         {smallest + "\n" + other[:100], []string{"comune.example", "line 2: the line is cut off in the middle"}},
		"cut-before-the-last-brace": {smallest + "\n" + other[:len(other)-1], []string{"comune.example", "line 2: the line is cut off in the middle"}},
		"cut-in-the-first":          {smallest[:1], []string{"line 1: the line is cut off in the middle"}},
		"cut-after-blank-lines":     {"\n\n" + smallest[:50], []string{"line 3: the line is cut off in the middle"}},
		"goes-on-after-a-bad-line": {
			smallest + "\n{\n" + other + "\n",
			[]string{"comune.example", "line 2: not a bundle of evidence: unexpected EOF", "autre.example"},
		},
		"goes-on-after-a-wrong-bundle": {
			strings.Replace(smallest, "passive", "brave", 1) + "\n" + other + "\n",
			[]string{`line 1: unknown profile "brave"`, "autre.example"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, read(strings.NewReader(test.file))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Wherever a file is cut, its whole lines are read, and then ErrCut says where
// it ends.
func TestFileCutAnywhereYieldsItsWholeLines(t *testing.T) {
	t.Parallel()
	file := strings.Repeat(smallest+"\n", 2)
	for n := range len(file) + 1 {
		whole := strings.Count(file[:n], "\n")
		rest := n - whole*(len(smallest)+1)
		bundles, cuts := 0, 0
		for b, err := range evidence.Read(strings.NewReader(file[:n])) {
			var line *evidence.LineError
			switch {
			case err == nil && b != nil && cuts == 0:
				bundles++
			case errors.As(err, &line) && errors.Is(err, evidence.ErrCut) && line.Line == whole+1:
				cuts++
			default:
				t.Fatalf("cut at %d: %v", n, err)
			}
		}
		if rest == len(smallest) { // only the line feed is missing
			whole, rest = whole+1, 0
		}
		if bundles != whole || cuts != min(rest, 1) {
			t.Fatalf("cut at %d: %d bundles and %d cuts, want %d and %d", n, bundles, cuts, whole, min(rest, 1))
		}
	}
}

// endless gives the same byte for ever.
type endless byte

func (e endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = byte(e)
	}
	return len(b), nil
}

func TestOverlongLineIsSkippedWithItsNumber(t *testing.T) {
	t.Parallel()
	const tooLong = "line 2: longer than 33554432 bytes"
	long := func(n int64) io.Reader { return io.LimitReader(endless(' '), n) }
	tests := map[string]struct {
		file io.Reader
		want []string
	}{
		"in-the-middle": {
			io.MultiReader(strings.NewReader(smallest+"\n"), long(evidence.MaxLine), strings.NewReader("\n"+smallest+"\n")),
			[]string{"comune.example", tooLong, "comune.example"},
		},
		"at-the-end": {
			io.MultiReader(strings.NewReader(smallest+"\n"), long(evidence.MaxLine+1)),
			[]string{"comune.example", tooLong},
		},
		"blank-line-that-just-fits": {
			io.MultiReader(long(evidence.MaxLine-1), strings.NewReader("\n"+smallest+"\n")),
			[]string{"comune.example"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, read(test.file)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestBrokenDiskEndsTheStream(t *testing.T) {
	t.Parallel()
	broken := errors.New("input/output error")
	file := io.MultiReader(strings.NewReader(smallest+"\n"+smallest[:20]), iotest.ErrReader(broken))
	got := []string{}
	for b, err := range evidence.Read(file) {
		if err == nil {
			got = append(got, b.Target.Domain)
			continue
		}
		got = append(got, err.Error())
		if !errors.Is(err, broken) {
			t.Errorf("%v does not wrap the reason", err)
		}
	}
	if diff := cmp.Diff([]string{"comune.example", "reading evidence: input/output error"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestReaderMayStopAtAnyLine(t *testing.T) {
	t.Parallel()
	file := smallest + "\n{\n" + smallest + "\n" + smallest[:9]
	for stop := range 4 {
		n := 0
		for range evidence.Read(strings.NewReader(file)) {
			if n++; n > stop {
				break
			}
		}
		if n != stop+1 {
			t.Errorf("read %d, want %d", n, stop+1)
		}
	}
}

// Each possible mistake with its exact message; more than one of them in a file
// would be told one after the other.
func TestStrictReading(t *testing.T) {
	t.Parallel()
	const lookup = `"dns":{"lookups":[{"name":"comune.example","type":"MX",%s}]},"sent"`
	with := func(part string) string { return strings.Replace(smallest, `"sent"`, part, 1) }
	instead := func(old, replacement string) string { return strings.Replace(smallest, old, replacement, 1) }
	tests := map[string]struct {
		line string
		want string
	}{
		"unknown-field":          {with(`"weather":"fine","sent"`), `not a bundle of evidence: json: unknown field "weather"`},
		"unknown-field-far-down": {with(fmt.Sprintf(lookup, `"ttl":300`)), `not a bundle of evidence: json: unknown field "ttl"`},
		"unknown-state":          {with(fmt.Sprintf(lookup, `"state":"maybe"`)), `dns comune.example MX: unknown state "maybe"`},
		"unknown-without-problem": {
			with(fmt.Sprintf(lookup, `"state":"unknown"`)),
			"dns comune.example MX: unknown without a problem",
		},
		"unknown-problem": {
			with(fmt.Sprintf(lookup, `"state":"unknown","problem":"gremlins"`)),
			`dns comune.example MX: unknown problem "gremlins"`,
		},
		"seen-with-problem": {
			with(fmt.Sprintf(lookup, `"state":"seen","problem":"timeout"`)),
			`dns comune.example MX: seen, yet with problem "timeout"`,
		},
		"absent-with-problem": {
			with(fmt.Sprintf(lookup, `"state":"absent","problem":"timeout"`)),
			`dns comune.example MX: absent, yet with problem "timeout"`,
		},
		"newer-schema": {
			instead(`"schema":1`, `"schema":2`),
			"schema 2 is newer than this program reads (1); use a newer campanile",
		},
		"newer-schema-with-new-fields": {
			instead(`"schema":1`, `"schema":9,"weather":{"wind":"west"}`),
			"schema 9 is newer than this program reads (1); use a newer campanile",
		},
		"no-schema":      {instead(`"schema":1,`, ``), "schema 0, this program reads 1"},
		"text-as-schema": {instead(`"schema":1`, `"schema":"1"`), "not a bundle of evidence: json: cannot unmarshal string into Go struct field .schema of type int"},
		"bad-profile":    {instead(`"passive"`, `"brave"`), `unknown profile "brave"`},
		"no-profile":     {instead(`"passive"`, `""`), `unknown profile ""`},
		"bad-family":     {instead(`"families":[]`, `"families":["dns","cats"]`), `unknown family "cats"`},
		"no-domain":      {instead(`"comune.example"`, `""`), "target without a domain"},
		"no-time":        {instead(`"taken":"2026-11-22T10:00:00Z",`, ``), "no time (taken)"},
		"bad-time": {
			instead(`2026-11-22T10:00:00Z`, `yesterday`),
			`not a bundle of evidence: parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006"`,
		},
		"time-past-the-calendar": {instead(`2026-11-22T10:00:00Z`, `9999-12-31T23:59:59-01:00`), "taken in the year 10000"},
		"two-values":             {smallest + smallest, "more than one value on the line"},
		"two-values-of-a-kind":   {smallest + " 1", "more than one value on the line"},
		"rubbish-behind":         {smallest + "}", "more than one value on the line"},
		"not-json":               {"Comune di Esempio", "not a bundle of evidence: invalid character 'C' looking for beginning of value"},
		"a-list":                 {"[" + smallest + "]", "not a bundle of evidence: json: cannot unmarshal array into Go value of type struct { Schema int \"json:\\\"schema\\\"\" }"},
		"null":                   {"null", "schema 0, this program reads 1"},
		"empty":                  {"", "not a bundle of evidence: EOF"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, err := evidence.Unmarshal([]byte(test.line))
			if err == nil || err.Error() != test.want {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
			if b != nil {
				t.Error("half a bundle came with the error")
			}
		})
	}
	if _, err := evidence.Unmarshal([]byte(smallest)); err != nil {
		t.Errorf("the bundle that all of these are made of is refused: %v", err)
	}
}
