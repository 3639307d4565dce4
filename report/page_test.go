package report

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"campanile/checks"
	"campanile/collectors/evidence"
	"campanile/report/checklist"
	"campanile/report/score"
	"campanile/rules"
)

// rich is a town with everything a page can hold: failures of every severity
// and for every actor, every reason why something is unknown, and long words.
func rich(t *testing.T, language rules.Language) Document {
	t.Helper()
	set := withGuidelines(t, sampleRules())
	long := strings.Repeat("sottodominio-lunghissimo-", 2) + "senza-fine.comune.valbassa.example"
	b := sampleBundle(long, "Comune di Valbassa, "+strings.Repeat("Lunghissimo", 9))
	b.Endpoints = sampleEndpoints(long)
	var verdicts []score.Verdict
	for i, actor := range rules.Actors {
		rule := *set.Rules[i%2]
		rule.ID, rule.Actor, rule.Severity = "rule-for-"+string(actor), actor, rules.Severities[i%len(rules.Severities)]
		set.Rules = append(set.Rules, &rule)
		verdicts = append(
			verdicts,
			judged(t, set, rule.ID, long, checks.Fail, checks.Facts{"host": long, "expired_on": "2026-11-01", "record": strings.Repeat("v=spf1include:", 60)}),
			judged(t, set, rule.ID, "www."+long, checks.Fail, checks.Facts{"host": hostile}),
		)
	}
	for _, problem := range evidence.Problems {
		verdicts = append(verdicts, judged(t, set, "dns-caa-missing", long, checks.Inconclusive, checks.Facts{"what": string(problem) + " " + long, "problem": string(problem)}))
	}
	for _, id := range []string{"tls-certificate-expired", "mail-dmarc-missing", "web-hsts-missing"} {
		verdicts = append(verdicts, judged(t, set, id, long, checks.Pass, nil))
	}
	return documentOf(b, set, verdicts, language)
}

// whole is a town of which everything is known that a document can hold: a form
// that is filled in, and a checklist that is kept.
func whole(t *testing.T, language rules.Language) Document {
	t.Helper()
	questionnaire, err := rules.EmbeddedQuestionnaire()
	if err != nil {
		t.Fatal(err)
	}
	set, domain, before := withGuidelines(t, sampleRules()), "comune.valbassa.example", taken.AddDate(0, -1, 0)
	b := sampleBundle(domain, "Comune di Valbassa")
	b.Endpoints = sampleEndpoints(domain)
	verdicts := []score.Verdict{
		judged(t, set, "mail-dmarc-missing", domain, checks.Pass, nil),
		judged(t, set, "web-hsts-missing", "www."+domain, checks.Inconclusive, checks.Facts{"what": "https www." + domain, "problem": "timeout"}),
	}
	kept := &checklist.Checklist{Domain: domain, Reviews: []checklist.Review{{On: before, By: "Ada Prova", Taken: before, Evidence: digest, Note: "Chiesto al fornitore."}}}
	keep := func(rule, subject string, e checklist.Entry) {
		e.Rule, e.Subject, e.Title, e.First, e.Last = rule, subject, rule, before, before
		kept.Entries = append(kept.Entries, e)
	}
	keep("mail-dmarc-missing", domain, checklist.Entry{State: checklist.Done, On: before})
	keep("tls-certificate-expired", domain, checklist.Entry{State: checklist.Done, On: before})
	keep("web-hsts-missing", domain, checklist.Entry{State: checklist.Asked, On: before})
	keep("web-hsts-missing", "www."+domain, checklist.Entry{State: checklist.Asked, On: before})
	keep("dns-caa-missing", domain, checklist.Entry{State: checklist.Accepted, Until: taken.AddDate(0, 3, 0), By: "Ada Prova", Because: "Cambio di fornitore in primavera."})
	keep("privacy-notice-missing", domain, checklist.Entry{Fixed: before})
	for _, id := range []string{"tls-certificate-expired", "web-hsts-missing", "dns-caa-missing", "privacy-notice-missing", "web-forms-paper-only"} {
		verdicts = append(verdicts, judged(t, set, id, domain, checks.Fail, checks.Facts{"host": domain, "expired_on": "2026-11-01"}))
	}
	return New(Input{
		Bundle: b, Digest: digest, Verdicts: verdicts, Summary: score.Summarise(verdicts, []rules.Grade{{Grade: "E"}}), Rules: set,
		Language: language, Tool: tool, Questionnaire: questionnaire, Answers: ticked(), Checklist: kept,
	})
}

// inTheDark is a town with a note, and too little seen for a grade.
func inTheDark(t *testing.T, language rules.Language) Document {
	t.Helper()
	set, domain := sampleRules(), "comune.valbassa.example"
	verdicts := []score.Verdict{
		judged(t, set, "web-forms-paper-only", domain, checks.Fail, nil),
		judged(t, set, "dns-caa-missing", domain, checks.Pass, nil),
	}
	for _, id := range []string{"web-hsts-missing", "tls-certificate-expired", "privacy-notice-missing"} {
		verdicts = append(verdicts, judged(t, set, id, "www."+domain, checks.Inconclusive, checks.Facts{"what": "https www." + domain, "problem": "timeout"}))
	}
	d := documentOf(sampleBundle(domain, "Comune di Valbassa"), set, verdicts, language)
	if d.Summary.Grade != "" {
		t.Fatalf("graded %s", d.Summary.Grade)
	}
	return d
}

// TestThePageInABrowser writes the pages and looks at them in Chromium: WCAG
// 2.2 A and AA by axe-core, no sideways scroll, no request, keyboard, paper.
func TestThePageInABrowser(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("a browser takes its time, and -short was asked for")
	}
	browser := browserTools(t)
	folder := t.TempDir()
	documents := map[string]Document{
		"hostile-en": hostileTown(t, rules.English),
		"graded-it":  gradedTown(t, rules.Italian, "it", mixed()...), "graded-fr": gradedTown(t, rules.French, "fr", mixed()...),
	}
	for _, l := range rules.Languages {
		documents["rich-"+string(l)], documents["well-kept-"+string(l)], documents["whole-"+string(l)] = rich(t, l), wellKept(t, l), whole(t, l)
		documents["services-"+string(l)], documents["ungraded-"+string(l)] = lookedAtTown(t, l, hostile), inTheDark(t, l)
	}
	args := []string{"look.js"}
	for name, d := range documents {
		var text bytes.Buffer
		var more []Document
		switch name {
		case "rich-it":
			more = append(more, documents["rich-fr"])
		case "whole-fr":
			more = append(more, documents["whole-it"], documents["whole-en"])
		}
		if err := WriteHTML(&text, d, more...); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(folder, name+".html")
		if err := os.WriteFile(file, text.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, file)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, "node", args...)
	command.Dir, command.Env = "pagetest", append(os.Environ(), "CHROMIUM="+browser)
	out, err := command.CombinedOutput()
	if want := fmt.Sprintf("looked at %d pages\n", 4*(len(args)-1)); err != nil || string(out) != want {
		t.Errorf("want only %q (%v):\n%s", want, err, out)
	}
}

// browserTools finds what the test needs. Where CI=true all of it must be
// there; elsewhere the test says what is missing.
func browserTools(t *testing.T) string {
	t.Helper()
	missing := func(what string) {
		if os.Getenv("CI") == "true" {
			t.Fatal(what)
		}
		t.Skip(what)
	}
	browser := os.Getenv("CHROMIUM")
	if browser == "" {
		browser = "/usr/bin/chromium"
	}
	if _, err := os.Stat(browser); err != nil {
		missing("no Chromium: install the package chromium, or name one in CHROMIUM: " + err.Error())
	}
	if _, err := exec.LookPath("node"); err != nil {
		missing("no node: install the package nodejs")
	}
	for _, module := range []string{"playwright-core", "axe-core"} {
		if _, err := os.Stat(filepath.Join("pagetest", "node_modules", module)); err != nil {
			missing("no " + module + `: run "npm ci" in report/pagetest`)
		}
	}
	return browser
}
