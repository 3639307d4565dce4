package report

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/olekukonko/tablewriter/pkg/twwidth"

	"campanile/checks"
	"campanile/report/score"
	"campanile/rules"
)

func terminal(t *testing.T, docs []Document, o TerminalOptions) string {
	t.Helper()
	var text bytes.Buffer
	if err := WriteTerminal(&text, docs, o); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// longNamed is a town whose names are as long as DNS allows a label to be.
func longNamed(t *testing.T, language rules.Language) Document {
	t.Helper()
	set := sampleRules()
	domain := strings.Repeat("valle", 12) + "." + strings.Repeat("montagna-", 6) + "x.example"
	name := "Unione Montana dei Comuni delle Valli Alte, Medie e Basse del Campanile con Sede in " + strings.Repeat("Lunghissimo", 12)
	return documentOf(sampleBundle(domain, name), set, []score.Verdict{
		judged(t, set, "tls-certificate-expired", domain, checks.Fail, checks.Facts{"host": domain}),
		judged(t, set, "tls-certificate-expired", "www."+domain, checks.Fail, checks.Facts{"host": "www." + domain}),
		judged(t, set, "mail-dmarc-missing", "窓口.example", checks.Fail, nil),
		judged(t, set, "web-forms-paper-only", domain, checks.Fail, nil),
		judged(t, set, "dns-caa-missing", domain, checks.Inconclusive, checks.Facts{"what": "DNS CAA " + domain, "problem": "timeout"}),
	}, language)
}

func TestNoLineIsWiderThanTheTerminal(t *testing.T) {
	t.Parallel()
	for _, l := range rules.Languages {
		town := longNamed(t, l)
		for _, docs := range [][]Document{{town}, {forgeable(t, l)}, {hostileTown(t, l)}, {town, wellKept(t, l), hostileTown(t, l)}} {
			for _, width := range []int{narrowest, 80, 120} {
				t.Run(fmt.Sprintf("%s-%d-towns-%d-columns", l, len(docs), width), func(t *testing.T) {
					t.Parallel()
					for _, color := range []bool{false, true} {
						for line := range strings.Lines(terminal(t, docs, TerminalOptions{Width: width, Color: color})) {
							if got := twwidth.Width(strings.TrimSuffix(line, "\n")); got > width {
								t.Errorf("%d columns: %q", got, line)
							}
						}
					}
				})
			}
		}
	}
}

func TestEightyColumnsWhenNobodySays(t *testing.T) {
	t.Parallel()
	d := forgeable(t, rules.Italian)
	if diff := cmp.Diff(terminal(t, []Document{d}, TerminalOptions{Width: 80}), terminal(t, []Document{d}, TerminalOptions{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestColourOnlyWhenAsked(t *testing.T) {
	t.Parallel()
	docs := []Document{forgeable(t, rules.English)}
	plain, colored := terminal(t, docs, TerminalOptions{}), terminal(t, docs, TerminalOptions{Color: true})
	if strings.Contains(plain, "\x1b") {
		t.Error("colour that nobody asked for")
	}
	if !strings.Contains(colored, "\x1b["+red+"mcritical") {
		t.Error("no colour on the gravest severity")
	}
	for _, code := range []string{"0", bold, dim, red, orange, yellow, green} {
		colored = strings.ReplaceAll(colored, "\x1b["+code+"m", "")
	}
	if diff := cmp.Diff(plain, colored); diff != "" {
		t.Errorf("the words differ with colour (-plain +colored):\n%s", diff)
	}
}

func TestNothingFromTheNetworkActsOnTheTerminal(t *testing.T) {
	t.Parallel()
	for _, docs := range [][]Document{{hostileTown(t, rules.Italian)}, {hostileTown(t, rules.Italian), wellKept(t, rules.Italian)}} {
		text := terminal(t, docs, TerminalOptions{})
		if i := strings.IndexFunc(text, func(r rune) bool { return r != '\n' && r != noBreak && !unicode.IsPrint(r) }); i >= 0 {
			t.Errorf("%q reaches the terminal", text[i:min(len(text), i+20)])
		}
		if !strings.Contains(text, `\x1b[31m`) {
			t.Error("the escape sequence is not even shown")
		}
	}
}

func TestQuietLeavesTheNextStepToTheCaller(t *testing.T) {
	t.Parallel()
	for _, docs := range [][]Document{{wellKept(t, rules.English)}, {wellKept(t, rules.English), forgeable(t, rules.English)}} {
		if text := terminal(t, docs, TerminalOptions{Quiet: true}); strings.Contains(text, "What to do next") {
			t.Errorf("not quiet:\n%s", text)
		}
	}
}

func TestNothingMeasuredIsNotCalledInOrder(t *testing.T) {
	t.Parallel()
	set := sampleRules()
	d := documentOf(sampleBundle("comune.example", ""), set, []score.Verdict{
		judged(t, set, "dns-caa-missing", "comune.example", checks.Inconclusive, checks.Facts{"what": "DNS CAA comune.example", "problem": "timeout"}),
	}, rules.English)
	text := terminal(t, []Document{d}, TerminalOptions{})
	if strings.Contains(text, "in order.") || !strings.Contains(text, "this is not a pass") || !strings.Contains(text, "No grade") {
		t.Errorf("unknown passes for good:\n%s", text)
	}
}

func TestNoMunicipalityIsNoText(t *testing.T) {
	t.Parallel()
	if text := terminal(t, nil, TerminalOptions{}); text != "" {
		t.Errorf("%q", text)
	}
}

func TestWrappedCommandsStillWork(t *testing.T) {
	t.Parallel()
	command := "campanile scan " + strings.Repeat("x", 90) + ".example --profile passive --format html --out " + strings.Repeat("y", 30) + ".html"
	lines := wrapCommand(command, 4, 60)
	joined := strings.ReplaceAll(strings.Join(lines, "\n"), "\\\n", "")
	if diff := cmp.Diff(strings.Fields(command), strings.Fields(joined)); diff != "" {
		t.Errorf("what the shell reads (-want +got):\n%s\nfrom\n%s", diff, strings.Join(lines, "\n"))
	}
}

// full is a disk without room.
type full struct{}

var errFull = errors.New("no space left on device")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestAFullDiskIsReported(t *testing.T) {
	t.Parallel()
	d := forgeable(t, rules.English)
	for name, err := range map[string]error{
		"terminal": WriteTerminal(full{}, []Document{d}, TerminalOptions{}),
		"json":     WriteJSON(full{}, d),
		"lines":    WriteJSONLines(full{}, d),
		"html":     WriteHTML(full{}, d),
	} {
		if !errors.Is(err, errFull) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
