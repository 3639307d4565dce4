package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"campanile/cmd/internal/browser"
	"campanile/collectors/evidence"
)

// hostile is what a stranger may put into a record, a certificate or a name: a
// formula, markup, a link and a clearing of the screen for a terminal (ECMA-48),
// marks that turn the direction of writing (UAX #9), a mention and a link for a
// tracker.
const hostile = "=HYPERLINK(\"http://evil.example\",\"x\")<script>alert(1)</script>" +
	"\x1b]8;;http://evil.example\x07click\x1b]8;;\x07\x1b[2J\u202eexe.fdp\u2066x\u2069@mayor[x](javascript:alert(1))<b>"

// told are the parts of it that a reader must find in every format, without the
// white space where lines may end.
var told = []string{`HYPERLINK("http://evil.example"`, `<script>alert(1)</script>`, `\x1b]8;;`, `\x1b[2J`, `\u202eexe.fdp`, `\u2066x`}

// hostileTown is a municipality whose certificate, mail record, hosts and
// supplier try to act on the reader.
func hostileTown() *evidence.Bundle {
	const domain = "comune.valtorta.example"
	seen := evidence.Observation{State: evidence.Seen}
	taken := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	certificate := evidence.Certificate{SHA256: "aa11", Issuer: "CN=" + hostile, NotBefore: taken.AddDate(-1, 0, 0), NotAfter: taken.AddDate(0, 0, -9), Names: []string{hostile}}
	endpoint := func(name string) evidence.Endpoint {
		return evidence.Endpoint{
			Name: name, Address: "192.0.2.10", Port: 443, Connect: seen,
			TLS: evidence.Handshake{Observation: seen, Version: "TLS 1.3", Certificates: []evidence.Certificate{certificate}, Trust: evidence.Trust{Observation: seen, Match: evidence.Seen}},
		}
	}
	b := &evidence.Bundle{
		Schema: evidence.Schema, Tool: tool, Taken: taken, Profile: evidence.Standard,
		Target:   evidence.Target{Domain: domain, Name: "Comune di " + hostile, Country: "it"},
		Families: []evidence.Family{evidence.DNSFamily, evidence.MailFamily, evidence.TLSFamily, evidence.WebFamily},
	}
	b.Endpoints = []evidence.Endpoint{endpoint("www." + domain), endpoint(hostile)}
	b.DNS.Lookups = []evidence.Lookup{
		{Name: domain, Type: "MX", Observation: seen, Rcode: "NOERROR", Records: []string{"10 mx." + domain + "."}},
		{Name: domain, Type: "TXT", Observation: seen, Rcode: "NOERROR", Records: []string{"\"v=spf1 " + strings.ReplaceAll(hostile, `"`, `\"`) + " -all\""}},
	}
	b.Suppliers = []evidence.Supplier{{ID: "x", Name: hostile, Role: "web", Evidence: "host " + hostile}}
	return b
}

// medium is how one format is read by its reader, and how it is looked at for
// what acts.
type medium struct {
	shown func(testing.TB, []byte) string // what the reader sees
	acts  func(testing.TB, []byte) []string
}

func mediumOf(name string) medium {
	switch filepath.Ext(name) {
	case ".json", ".sarif", ".jsonl":
		return medium{jsonText, shapeless}
	case ".csv":
		return medium{csvText, csvActs}
	case ".xlsx":
		return medium{xlsxText, packedActs}
	case ".html":
		return medium{htmlText, htmlActs}
	case ".pdf":
		return medium{pdfText, pdfActs}
	case ".docx", ".odt":
		return medium{packedText, packedActs}
	case ".md":
		return medium{markdownText, markdownActs}
	case ".yaml":
		return medium{yamlText, shapeless}
	default: // a terminal, a letter as text
		return medium{plainText, shapeless}
	}
}

// TestHostileTextIsShownAndDoesNothingInEveryFormat is the promise of the
// formats: what a stranger wrote is seen, spelled out, and acts on nobody.
func TestHostileTextIsShownAndDoesNothingInEveryFormat(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for _, path := range everyFormat(t, folder) {
		name, err := filepath.Rel(folder, path)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			look(t, mediumOf(path), data)
		})
	}
}

func look(t *testing.T, m medium, data []byte) {
	t.Helper()
	text := withoutSpace(spelled(m.shown(t, data)))
	for _, want := range told {
		if !strings.Contains(text, want) {
			t.Errorf("%s is not shown", want)
		}
	}
	for _, what := range m.acts(t, data) {
		t.Errorf("acts: %s", what)
	}
}

// everyFormat writes the hostile town in every format that there is, and gives
// the files.
func everyFormat(t *testing.T, folder string) []string {
	t.Helper()
	kept := filepath.Join(folder, "evidence.jsonl")
	line, err := evidence.Marshal(hostileTown())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(kept, append(line, '\n'), 0o600); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(folder, "out")
	var list []string
	for _, name := range formatNames() {
		if name != "pdf" || canPrint(t) {
			list = append(list, name)
		}
	}
	commands := [][]string{{"report", kept, "--lang", "it", "--format", strings.Join(list, ","), "--out", out + "/"}}
	for _, name := range annexFormats {
		commands = append(commands, []string{"dma", "annex", "--evidence", kept, "--lang", "it", "--format", name, "--out", filepath.Join(out, "annex-"+name+formatOf(name).ending)})
	}
	for _, ending := range []string{".yaml", ".csv", ".xlsx"} {
		commands = append(commands, []string{"checklist", "update", filepath.Join(out, "checklist"+ending), "--evidence", kept, "--by", "Ufficio tecnico", "--lang", "it"})
	}
	// What became of the findings stands in the document too.
	commands = append(commands, []string{"report", kept, "--lang", "fr,it", "--format", "terminal,html,docx,odt,markdown,letters", "--checklist", filepath.Join(out, "checklist.yaml"), "--out", filepath.Join(folder, "again") + "/"})
	for _, arguments := range commands {
		inProcess(t, os.DevNull, arguments)
	}
	inProcess(t, filepath.Join(out, "checklist.txt"), []string{"checklist", "show", filepath.Join(out, "checklist.csv"), "--lang", "it"})
	paths, err := filepath.Glob(filepath.Join(folder, "*", "*"))
	if err != nil || len(paths) < 2*len(list) {
		t.Fatalf("too few files: %q %v", paths, err)
	}
	return paths
}

// canPrint reports whether a page can be printed and read again here. Where
// CI=true it must be.
func canPrint(t *testing.T) bool {
	t.Helper()
	_, err := browser.Find("")
	for _, tool := range []string{"pdftotext", "qpdf"} {
		if err == nil {
			_, err = exec.LookPath(tool)
		}
	}
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatal(err)
	}
	return err == nil
}

// inProcess runs one command as main does; what it prints goes to a file.
func inProcess(t *testing.T, printed string, arguments []string) {
	t.Helper()
	stdout, err := os.Create(printed)
	if err != nil {
		t.Fatal(err)
	}
	defer stdout.Close()
	p := &program{stdin: strings.NewReader(""), stdout: stdout, stderr: stdout, now: func() time.Time { return hostileTown().Taken }}
	if err := p.execute(t.Context(), arguments); err != nil {
		t.Fatalf("%s: %v", strings.Join(arguments[:2], " "), err)
	}
}
