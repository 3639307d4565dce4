package report

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"campanile/rules"
)

// TestTheAnnexInABrowser looks at the annex as a page of its own: WCAG 2.2 A and AA
// by axe-core, no sideways scroll, no request, keyboard, paper.
func TestTheAnnexInABrowser(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("a browser takes its time, and -short was asked for")
	}
	browser := browserTools(t)
	folder, args := t.TempDir(), []string{"look.js"}
	save := func(name, page string) {
		file := filepath.Join(folder, name+".html")
		if err := os.WriteFile(file, []byte(page), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, file)
	}
	for _, l := range rules.Languages {
		save("answered-"+string(l), annexPageOf(t, sampleAnnex(t, ticked(), l)))
	}
	save("unanswered", annexPageOf(t, sampleAnnex(t, nil, rules.English)))
	save("hostile", annexPageOf(t, hostileAnnex(t, rules.Italian)))
	save("within", withinReport(t))
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, "node", args...)
	command.Dir, command.Env = "pagetest", append(os.Environ(), "CHROMIUM="+browser)
	out, err := command.CombinedOutput()
	if want := fmt.Sprintf("looked at %d pages\n", 4*(len(args)-1)); err != nil || string(out) != want {
		t.Errorf("want only %q (%v):\n%s", want, err, out)
	}
}

func annexPageOf(t *testing.T, d Document) string {
	t.Helper()
	var text bytes.Buffer
	if err := WriteAnnexHTML(&text, d); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// withinReport is the annex as a part of the report, in two languages.
func withinReport(t *testing.T) string {
	t.Helper()
	var text bytes.Buffer
	if err := WriteHTML(&text, sampleAnnex(t, ticked(), rules.Italian), sampleAnnex(t, ticked(), rules.French)); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// Every link inside a page leads somewhere, and no identifier stands twice: also
// where the annex is a part of a report in two languages.
func TestLinksOfTheAnnexLeadSomewhere(t *testing.T) {
	t.Parallel()
	for name, page := range map[string]string{"alone": annexPageOf(t, sampleAnnex(t, ticked(), rules.Italian)), "within": withinReport(t)} {
		there := map[string]bool{}
		for _, found := range regexp.MustCompile(` id="([^"]+)"`).FindAllStringSubmatch(page, -1) {
			if there[found[1]] {
				t.Errorf("%s: the identifier %s stands twice", name, found[1])
			}
			there[found[1]] = true
		}
		links := regexp.MustCompile(` href="#([^"]+)"`).FindAllStringSubmatch(page, -1)
		for _, found := range links {
			if !there[found[1]] {
				t.Errorf("%s: the link #%s leads nowhere", name, found[1])
			}
		}
		if !there["annex-8.2"] || len(links) < 4 {
			t.Errorf("%s: no item 8.2, or hardly a link (%d)", name, len(links))
		}
	}
	if page := annexPageOf(t, sampleAnnex(t, ticked(), rules.Italian)); strings.Contains(page, `href="#tls-certificate-expired"`) {
		t.Error("the annex alone points to an entry that does not stand beside it")
	}
}

func TestNoAnnexWithoutTheQuestionnaire(t *testing.T) {
	t.Parallel()
	d := wellKept(t, rules.English)
	d.Annex = nil
	for name, write := range map[string]func(io.Writer, Document) error{"terminal": annexWriters["terminal"], "html": WriteAnnexHTML, "json": WriteAnnexJSON} {
		var text bytes.Buffer
		if err := write(&text, d); err == nil || text.Len() > 0 {
			t.Errorf("%s: %v, %d bytes", name, err, text.Len())
		}
	}
	if annex(wordsIn(rules.English), Input{Questionnaire: &rules.Questionnaire{}}, nil) != nil {
		t.Error("an annex to a form that has no such dimension")
	}
}
