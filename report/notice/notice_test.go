package notice_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"campanile/report/history"
	"campanile/report/notice"
	"campanile/report/score"
	"campanile/rules"
)

var update = flag.Bool("update", false, "write the golden messages anew")

func day(month time.Month, n int) time.Time {
	return time.Date(2026, month, n, 9, 0, 0, 0, time.UTC)
}

// evening is a message with everything that can be told.
func evening(t *testing.T, language rules.Language) notice.Input {
	t.Helper()
	set, err := score.Rules()
	if err != nil {
		t.Fatal(err)
	}
	seen := func(a history.Alert) history.Alert {
		a.Since, a.Confirmed = day(time.November, 1), day(time.November, 8)
		return a
	}
	return notice.Input{
		Language: language, Rules: set, Sender: "GAL Valli di Esempio", Address: "segreteria@gal.example", Contact: "avvisi@gal.example", Towns: 2,
		Places: map[string]notice.Place{
			"1": {Name: "Comune di Borgo Esempio", Domain: "comune.borgo.example", Country: "it"},
			"2": {Name: "Commune de Sans-Souci", Domain: "mairie.sanssouci.example", Country: "fr"},
		},
		Message: history.Message{Recipient: "segreteria@gal.example", Run: "7", Alerts: []history.Alert{
			seen(history.Alert{Topic: history.Critical, Town: "1", Rule: "mail-dmarc-missing", Subject: "comune.borgo.example", To: rules.Critical, Again: true}),
			seen(history.Alert{Topic: history.Critical, Town: "1", Rule: "service-remote-desktop-exposed", Subject: "192.0.2.7:3389", To: rules.Critical}),
			seen(history.Alert{Topic: history.Critical, Town: "2", Rule: "tls-certificate-expired", Subject: "www.mairie.sanssouci.example", To: rules.Critical}),
			seen(history.Alert{Topic: history.Critical, Town: "2", Rule: "tls-certificate-expired", Subject: "xn--t-bia.mairie.sanssouci.example.", To: rules.Critical}),
			seen(history.Alert{Topic: history.CertEnding, Town: "1", Rule: "tls-certificate-expiring", Subject: "www.comune.borgo.example", Ends: "2026-12-01"}),
			seen(history.Alert{Topic: history.Fixed, Town: "2", Rule: "web-hsts-missing", Subject: "www.mairie.sanssouci.example", From: rules.Medium}),
			seen(history.Alert{Topic: history.NewlyJudged, Town: "1", Rule: "tls-version-obsolete", Subject: "www.comune.borgo.example", To: rules.Critical}),
		}},
	}
}

func TestWhatAClerkReads(t *testing.T) {
	t.Parallel()
	for _, l := range rules.Languages {
		text := notice.Write(evening(t, l))
		path := filepath.Join("testdata", string(l)+".txt")
		got := "Subject: " + text.Subject + "\n\n" + text.Body
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
}

func TestAFloodIsCounted(t *testing.T) {
	t.Parallel()
	in := evening(t, rules.English)
	in.Message.Alerts = nil
	for i := range 500 {
		town := fmt.Sprint(100 + i)
		in.Message.Alerts = append(in.Message.Alerts, history.Alert{Topic: history.Critical, Town: town, Name: "Town " + town, Rule: "mail-dmarc-missing", Subject: "town" + town + ".example", To: rules.Critical})
	}
	text := notice.Write(in)
	if n := strings.Count(text.Body, "\nWhere: "); n != 12 || !strings.Contains(text.Body, "And 488 more points") || text.Subject != "Campanile: 500 new critical findings" {
		t.Errorf("%d points\n%s\n%s", n, text.Subject, text.Body)
	}
	data, err := notice.JSON(in, "x")
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		News []any
		More int
	}
	if err := json.Unmarshal(data, &document); err != nil || len(document.News) != 100 || document.More != 400 {
		t.Errorf("%d points and %d more, %v", len(document.News), document.More, err)
	}
}

// hostile is what a stranger may put into a name.
const hostile = "x\r\nBcc: everybody@evil.example\x1b[2J\u202e\x00$(reboot)"

func TestAStrangersTextActsOnNothing(t *testing.T) {
	t.Parallel()
	for _, l := range rules.Languages {
		in := evening(t, l)
		in.Sender, in.Address, in.Contact, in.Towns = hostile, hostile, hostile, 0
		in.Places = map[string]notice.Place{"1": {Name: hostile + strings.Repeat("y", 10_000), Domain: hostile}}
		for i := range in.Message.Alerts {
			a := &in.Message.Alerts[i]
			a.Town, a.Name, a.Subject = "1", hostile, hostile
		}
		in.Message.Alerts[0].Rule, in.Message.Alerts[4].Ends = hostile, hostile
		text := notice.Write(in)
		if strings.ContainsAny(text.Subject, "\r\n\x1b\x00\u202e") || utf8.RuneCountInString(text.Subject) > 150 {
			t.Errorf("%s: %q", l, text.Subject)
		}
		if strings.ContainsAny(text.Body, "\r\x1b\x00\u202e") || strings.Contains(text.Body, "\nBcc") || strings.Contains(text.Body, "campanile scan x") || len(text.Body) > 20_000 {
			t.Errorf("%s: %q", l, text.Body)
		}
		data, err := notice.JSON(in, "x")
		if err != nil || !valid(t, data) || bytes.ContainsAny(data, "\r\x1b\x00\u202e") {
			t.Errorf("%s: %s, %v", l, data, err)
		}
	}
}

func TestTheDocumentKeepsToItsSchema(t *testing.T) {
	t.Parallel()
	for _, l := range rules.Languages {
		data, err := notice.JSON(evening(t, l), "0123")
		if err != nil || !valid(t, data) {
			t.Errorf("%s: %v\n%s", l, err, data)
		}
	}
	if valid(t, []byte(`{"schema": 1}`)) || valid(t, []byte(`{}`)) {
		t.Error("the schema lets anything through")
	}
}

func valid(t *testing.T, data []byte) bool {
	t.Helper()
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(notice.Schema()))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("notice.json", schema); err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	err = compiler.MustCompile("notice.json").Validate(document)
	if err != nil {
		t.Log(err)
	}
	return err == nil
}
