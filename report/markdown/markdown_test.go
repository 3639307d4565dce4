package markdown

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"campanile/report"
	"campanile/report/internal/sample"
	"campanile/rules"
)

var update = flag.Bool("update", false, "write the golden files anew")

func markdown(t *testing.T, docs ...report.Document) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, docs); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestGoldenMarkdown(t *testing.T) {
	t.Parallel()
	_, body := Issue(firstItem(sample.Valbassa(t, rules.French)))
	for name, got := range map[string]string{
		"to-mend-it.md":  markdown(t, sample.Valbassa(t, rules.Italian)),
		"in-order-fr.md": markdown(t, sample.Montechiaro(t, rules.French)),
		"hostile-en.md":  markdown(t, sample.Valtorta(t, rules.English)),
		"issue-fr.md":    body,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join("testdata", name)
			if *update {
				if err := errors.Join(os.MkdirAll("testdata", 0o755), os.WriteFile(file, []byte(got), 0o644)); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("\"go test ./report/markdown -update\" writes it anew (-want +got):\n%s", diff)
			}
		})
	}
}

func firstItem(d report.Document) (report.Document, *report.Item) { return d, d.Actors[0].Items[0] }

// TestNothingFromTheNetworkActsInATracker takes away what the program itself
// writes; what is left outside of code must be plain words.
func TestNothingFromTheNetworkActsInATracker(t *testing.T) {
	t.Parallel()
	own := regexp.MustCompile(`^(#{1,4} |> ?|- \[ \] |  - |- )|\*\*|\]\(<https://[^<>]*>\)|\\_`)
	for _, l := range rules.Languages {
		d := sample.Valtorta(t, l)
		_, body := Issue(firstItem(d))
		for _, page := range []string{markdown(t, d), body} {
			if i := strings.IndexFunc(page, func(r rune) bool { return r != '\n' && r != '\u00a0' && !unicode.IsPrint(r) }); i >= 0 {
				t.Errorf("%q reaches the reader", page[i:i+20])
			}
			if !strings.Contains(page, "`<script>alert(1)</script>`") || !strings.Contains(page, `\x1b[31mred`) {
				t.Error("the hostile text is not even shown")
			}
			for line := range strings.Lines(page) {
				if strings.HasPrefix(line, "    ") {
					continue // a block of code
				}
				bare := own.ReplaceAllString(withoutCode(strings.TrimSuffix(line, "\n")), "")
				bare = strings.TrimPrefix(bare, "[") // of a link of ours
				if i := strings.IndexAny(bare, "`\\<>[]{}|#@$~^&*_"); i >= 0 {
					t.Errorf("%q is left of %q", bare[i:], line)
				}
			}
		}
	}
}

func TestAnIssueStandsAlone(t *testing.T) {
	t.Parallel()
	d := sample.Valbassa(t, rules.English)
	title, body := Issue(firstItem(d))
	if want := "comune.valbassa.example: Visitors of comune.valbassa.example meet tls-certificate-expired"; title != want {
		t.Errorf("title %q, want %q", title, want)
	}
	for _, part := range []string{"21 November 2026", "- [ ] Look at `comune.valbassa.example`.", "> Hello, please mend", "`2026-11-01`", d.Method.Evidence} {
		if !strings.Contains(body, part) {
			t.Errorf("no %q in the body", part)
		}
	}
}

// broken is a disk that is full.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestAFullDiskIsSaid(t *testing.T) {
	t.Parallel()
	err := Write(broken{}, []report.Document{sample.Montechiaro(t, rules.Italian)})
	if err == nil || !strings.Contains(err.Error(), "no space left") || !strings.Contains(err.Error(), "comune.montechiaro.example") {
		t.Errorf("%v", err)
	}
}
