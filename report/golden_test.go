package report

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/checks"
	"campanile/collectors/evidence"
	"campanile/report/score"
	"campanile/rules"
)

var update = flag.Bool("update", false, "write the golden reports anew")

// hostileTown is a town whose names and facts try to act on whoever reads them.
func hostileTown(t *testing.T, language rules.Language) Document {
	t.Helper()
	set := withGuidelines(t, sampleRules())
	b := sampleBundle("comune.valtorta.example", hostile)
	b.Endpoints = sampleEndpoints(hostile)
	b.Endpoints[0].Accepts.Groups, b.Endpoints[0].TLS.Certificates[0].Curve, b.Endpoints[0].TLS.Certificates[0].Key = []string{hostile}, hostile, "ECDSA"
	b.Endpoints[2].Offers = []evidence.VersionOffer{{Version: "TLS 1.0", Observation: evidence.Observation{State: evidence.Unknown, Problem: hostile}}}
	b.Target.Code = hostile
	b.Vantage.Resolvers, b.Vantage.Contact, b.Tool.Version = []string{hostile}, hostile, hostile
	b.Suppliers = []evidence.Supplier{{ID: "x", Name: hostile, Role: hostile, Evidence: hostile}, {ID: "posta", Name: "Posta Esempio", Role: "mail", Evidence: "MX mx.example"}}
	b.Names = []evidence.Name{{Name: hostile, Source: hostile}, {Name: "old.comune.valtorta.example", Source: "label", Site: true}}
	b.Sent.NameQueries = 38
	b.Sent.ByAddress[hostile] = b.Sent.ByAddress["192.0.2.10"]
	return documentOf(b, set, []score.Verdict{
		judged(t, set, "tls-certificate-expired", hostile, checks.Fail, checks.Facts{"host": hostile, "expired_on": hostile, "link": "javascript:alert(1)", "<b>": hostile}),
		judged(t, set, "mail-dmarc-missing", hostile, checks.Fail, checks.Facts{"supplier": hostile}),
		judged(t, set, "dns-caa-missing", hostile, checks.Inconclusive, checks.Facts{"what": hostile, "problem": hostile}),
		judged(t, set, "tls-certificate-expired", "www."+hostile, checks.Pass, checks.Facts{"host": hostile}),
	}, language)
}

// page writes the page without its style sheet, which a reviewer reads in
// page/style.css.
func page(w io.Writer, d Document) error {
	var text bytes.Buffer
	if err := WriteHTML(&text, d); err != nil {
		return err
	}
	short := strings.Replace(text.String(), style, "…", 1)
	short = regexp.MustCompile(`sha256-\S+?&#39;`).ReplaceAllString(short, "sha256-…&#39;")
	_, err := io.WriteString(w, short)
	return err
}

func plainText(docs ...Document) func(io.Writer, Document) error {
	return func(w io.Writer, d Document) error {
		return WriteTerminal(w, append([]Document{d}, docs...), TerminalOptions{})
	}
}

func TestGoldenReports(t *testing.T) {
	t.Parallel()
	for _, l := range rules.Languages {
		golden(t, "forgeable/"+string(l)+".txt", forgeable(t, l), plainText())
		golden(t, "well-kept/"+string(l)+".txt", wellKept(t, l), plainText())
		golden(t, "territory/"+string(l)+".txt", forgeable(t, l), plainText(wellKept(t, l), hostileTown(t, l)))
	}
	for _, l := range rules.Languages {
		golden(t, "services/"+string(l)+".txt", lookedAtTown(t, l, "Apparato Esempio"), plainText())
	}
	golden(t, "services/it.html", lookedAtTown(t, rules.Italian, "Apparato Esempio"), page)
	golden(t, "services/hostile.txt", lookedAtTown(t, rules.English, hostile), plainText())
	golden(t, "forgeable/it.json", forgeable(t, rules.Italian), WriteJSON)
	golden(t, "forgeable/it.html", forgeable(t, rules.Italian), page)
	golden(t, "well-kept/fr.html", wellKept(t, rules.French), page)
	golden(t, "hostile/en.txt", hostileTown(t, rules.English), plainText())
	golden(t, "hostile/en.json", hostileTown(t, rules.English), WriteJSON)
	golden(t, "hostile/en.html", hostileTown(t, rules.English), page)
}

func golden(t *testing.T, name string, d Document, write func(io.Writer, Document) error) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		t.Parallel()
		var got bytes.Buffer
		if err := write(&got, d); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join("..", "testdata", "report", filepath.FromSlash(name))
		if *update {
			if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, got.Bytes(), 0o644)); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got.String()); diff != "" {
			t.Errorf("%s; \"go test ./report -update\" writes it anew (-want +got):\n%s", name, diff)
		}
	})
}
