package message

import (
	"bufio"
	"encoding/json"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func readText(t *testing.T, text string) (Order, error) {
	t.Helper()
	return Read(bufio.NewReaderSize(strings.NewReader(text), MaxLine))
}

func sample(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../../../testdata/engine", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The samples keep this program and campanile together; campanile's own tests
// read the same files.
func TestOrderOfTheSample(t *testing.T) {
	t.Parallel()
	got, err := readText(t, sample(t, "order.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	want := Job{
		Kind: "job", Protocol: 1, Folder: "/tmp/campanile-engine/templates", Templates: []string{"exposed-environment-file", "exposed-version-control"}, AllowReserved: true,
		PerSecond: 5, Connections: 400, AtOnce: 2, Timeout: 10, MaxBody: 262144, Headers: []string{"User-Agent: Campanile"},
	}
	if !reflect.DeepEqual(got.Job, want) || len(got.Targets) != 2 {
		t.Errorf("got %+v", got)
	}
	if first := got.Targets[0]; first.Host != "www.comune.example" || first.At != netip.MustParseAddrPort("198.51.100.7:443") || first.Origin != "https://www.comune.example:443" {
		t.Errorf("got %+v", first)
	}
}

func TestReservedAddressOfTheSample(t *testing.T) {
	t.Parallel()
	text := sample(t, "order-small.jsonl")
	if _, err := readText(t, text); err == nil || !strings.Contains(err.Error(), "reserved address") {
		t.Errorf("without permission: %v", err)
	}
	text = strings.Replace(text, `"per_second"`, `"allow_reserved":true,"per_second"`, 1)
	if got, err := readText(t, text); err != nil || got.Targets[0].At != netip.MustParseAddrPort("[::1]:8080") {
		t.Errorf("got %+v, %v", got, err)
	}
}

// Every field that this program says is one of the samples, and the other way
// round.
func TestAnswersOfTheSamples(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("../../../testdata/engine/answer*.jsonl")
	if err != nil || len(paths) < 3 {
		t.Fatalf("%d samples, %v", len(paths), err)
	}
	seen := map[string]bool{}
	for _, path := range paths {
		for line := range strings.Lines(sample(t, filepath.Base(path))) {
			var a Answer
			decoder := json.NewDecoder(strings.NewReader(line))
			decoder.DisallowUnknownFields()
			if err := decoder.Decode(&a); err != nil {
				t.Errorf("%s: %v", path, err)
			}
			var said strings.Builder
			(&Answers{To: &said}).Say(a)
			if said.String() != line {
				t.Errorf("%s: got %s, want %s", path, said.String(), line)
			}
			var fields map[string]any
			if err := json.Unmarshal([]byte(line), &fields); err != nil {
				t.Fatal(err)
			}
			for name := range fields {
				seen[name] = true
			}
		}
	}
	if kind := reflect.TypeFor[Answer](); len(seen) != kind.NumField() {
		t.Errorf("the samples show %d of %d fields", len(seen), kind.NumField())
	}
}

func TestOrdersThatAreRefused(t *testing.T) {
	t.Parallel()
	good := `{"kind":"job","protocol":1,"folder":"/x","templates":["a"],"per_second":5,"at_once":1,"timeout":5,"max_body":1}` + "\n"
	at := func(url, address string) string {
		return `{"kind":"target","url":"` + url + `","address":"` + address + `"}` + "\n"
	}
	end := `{"kind":"start"}` + "\n"
	tests := map[string]struct{ text, want string }{
		"nothing":           {"", "the line does not end"},
		"no-json":           {"<html>\n", "not JSON"},
		"endless-line":      {strings.Repeat("x", MaxLine+1), "the line does not end"},
		"target-first":      {end, "not a job"},
		"other-protocol":    {strings.Replace(good, `"protocol":1`, `"protocol":2`, 1), "protocol 2"},
		"no-templates":      {strings.Replace(good, `"a"`, "", 1), "names no templates"},
		"no-pace":           {strings.Replace(good, `"per_second":5,`, "", 1), "a limit of the job is missing"},
		"no-targets":        {good + end, "has no targets"},
		"no-end":            {good + at("http://a.example:80", "198.51.100.7"), "the line does not end"},
		"no-port":           {good + at("http://a.example", "198.51.100.7"), "has no port"},
		"port-zero":         {good + at("http://a.example:0", "198.51.100.7"), "has no port"},
		"other-scheme":      {good + at("file://a.example:80/etc/passwd", "198.51.100.7"), "only http, https and tcp"},
		"user":              {good + at("http://admin:admin@a.example:80", "198.51.100.7"), "without a user"},
		"no-address":        {good + at("http://a.example:80", ""), "is no address"},
		"zone":              {good + at("http://a.example:80", "fe80::1%eth0"), "is no address"},
		"other-literal":     {good + at("http://198.51.100.8:80", "198.51.100.7"), "is not at"},
		"loopback":          {good + at("http://a.example:80", "127.0.0.1"), "reserved"},
		"mapped":            {good + at("http://a.example:80", "::ffff:10.0.0.1"), "reserved"},
		"translated":        {good + at("http://a.example:80", "64:ff9b::a00:1"), "reserved"},
		"link-local":        {good + at("http://a.example:80", "fe80::1"), "reserved"},
		"unspecified":       {good + at("http://a.example:80", "0.0.0.0"), "reserved"},
		"carrier":           {good + at("http://a.example:80", "100.64.1.1"), "reserved"},
		"one-host-at-two":   {good + at("http://a.example:80", "8.8.8.8") + at("http://A.example:80", "8.8.4.4") + end, "one after the other"},
		"unknown-kind-line": {good + `{"kind":"rumour"}` + "\n", "is no target"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := strings.ReplaceAll(test.text, "198.51.100.", "8.8.8.")
			if _, err := readText(t, text); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func FuzzOrder(f *testing.F) {
	for _, name := range []string{"order.jsonl", "order-small.jsonl"} {
		text, err := os.ReadFile(filepath.Join("../../../testdata/engine", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, text string) {
		o, err := readText(t, text)
		if err != nil {
			return
		}
		for _, place := range o.Targets {
			if !o.AllowReserved && (place.At.Addr().IsLoopback() || place.At.Addr().IsPrivate()) || place.At.Port() == 0 {
				t.Errorf("admitted %+v", place)
			}
		}
	})
}

// A folder may hold two thousand templates with long names.
func TestOrderOfManyTemplates(t *testing.T) {
	t.Parallel()
	j := Job{Kind: "job", Protocol: Protocol, Folder: "t", PerSecond: 5, AtOnce: 1, Timeout: 10, MaxBody: 1}
	for range 2053 {
		j.Templates = append(j.Templates, strings.Repeat("a", 250))
	}
	line, err := json.Marshal(j)
	if err != nil {
		t.Fatal(err)
	}
	o, err := readText(t, string(line)+"\n"+`{"kind":"target","url":"http://comune.example:80","address":"9.9.9.9"}`+"\n"+`{"kind":"start"}`+"\n")
	if err != nil || len(o.Templates) != len(j.Templates) {
		t.Errorf("%d templates, %v", len(o.Templates), err)
	}
}
