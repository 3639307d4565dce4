package report

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"campanile/rules"
)

func formPage(t *testing.T, language rules.Language) []byte {
	t.Helper()
	var text bytes.Buffer
	if err := WriteFormHTML(&text, questionnaire(t), language); err != nil {
		t.Fatal(err)
	}
	return text.Bytes()
}

// comparedPages are pages of comparisons, with names that are long or hostile.
func comparedPages(t *testing.T, language rules.Language) map[string][]byte {
	t.Helper()
	q := questionnaire(t)
	town := "Comune di Valtorta, " + strings.Repeat("Lunghissimo", 4)
	over, err := CompareStages(q, []Filled{
		filled(town, "T0", time.March, "7.1", "8.1"), filled(town, "dopo il laboratorio", time.May, "8.1"), filled(town, "T2", time.June, "1.1", "8.1", "8.2"),
	}, language)
	if err != nil {
		t.Fatal(err)
	}
	averages, err := CompareGroup(q, append(valley(), hostileForms()...), language, true)
	if err != nil {
		t.Fatal(err)
	}
	list := map[string][]byte{}
	for name, c := range map[string]Comparison{"stages": over, "group": averages} {
		var text bytes.Buffer
		if err := WriteComparisonHTML(&text, c); err != nil {
			t.Fatal(err)
		}
		list[name+"-"+string(language)] = text.Bytes()
	}
	return list
}

// Every item can be answered in all the ways that its question has, and in no
// other.
func TestEveryItemOfTheFormCanBeAnswered(t *testing.T) {
	t.Parallel()
	q := questionnaire(t)
	want := map[string][]string{}
	for _, question := range q.Questions() {
		for _, item := range question.Items {
			want["q"+strings.ReplaceAll(item.ID, ".", "-")] = map[rules.AnswerType][]string{
				rules.Tick: {"checkbox yes"}, rules.PlannedDone: {"checkbox planned", "checkbox done"},
				rules.ZeroToFive:  {"radio 0", "radio 1", "radio 2", "radio 3", "radio 4", "radio 5"},
				rules.NoPartlyYes: {"radio no", "radio partly", "radio yes"},
			}[question.Answer]
		}
	}
	for _, language := range rules.Languages {
		root, err := html.Parse(bytes.NewReader(formPage(t, language)))
		if err != nil {
			t.Fatal(err)
		}
		got, words := map[string][]string{}, visible(root)
		for n := range root.Descendants() {
			if name, ok := attribute(n, "name"); ok && n.Data == "input" {
				kind, _ := attribute(n, "type")
				value, _ := attribute(n, "value")
				got[name] = append(got[name], kind+" "+value)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", language, diff)
		}
		for _, item := range q.Items() {
			if !strings.Contains(words, item.ID+" "+wordsIn(language).spaced(item.Text[language])) {
				t.Errorf("%s: item %s is not on the page", language, item.ID)
			}
		}
	}
}

// visible is the text of a page, with single spaces.
func visible(root *html.Node) string {
	var b strings.Builder
	for n := range root.Descendants() {
		if n.Type == html.TextNode && n.Parent.Data != "style" {
			b.WriteString(n.Data)
		}
	}
	return strings.Join(strings.FieldsFunc(b.String(), func(r rune) bool { return r == ' ' || r == '\n' }), " ")
}

// The form promises to keep nothing: it has nothing that could send anything.
func TestFormsAndComparisonsRunNothingAndSendNothing(t *testing.T) {
	t.Parallel()
	pages := map[string][]byte{}
	for _, language := range rules.Languages {
		pages["form-"+string(language)] = formPage(t, language)
		maps.Copy(pages, comparedPages(t, language))
	}
	for name, page := range pages {
		root, err := html.Parse(bytes.NewReader(page))
		if err != nil {
			t.Fatal(err)
		}
		ids := map[string]bool{}
		for n := range root.Descendants() {
			if slices.Contains([]string{"script", "form", "button", "img", "iframe", "link", "object"}, n.Data) && n.Type == html.ElementNode {
				t.Errorf("%s: element %s", name, n.Data)
			}
			if id, ok := attribute(n, "id"); ok {
				if ids[id] {
					t.Errorf("%s: id %s twice", name, id)
				}
				ids[id] = true
			}
		}
		for n := range root.Descendants() {
			for _, key := range []string{"for", "aria-labelledby"} {
				if target, ok := attribute(n, key); ok && !ids[target] {
					t.Errorf("%s: %s=%q leads nowhere", name, key, target)
				}
			}
			if href, ok := attribute(n, "href"); ok && href != "#main" && !strings.HasPrefix(href, questionnaire(t).Groups[0].Link) {
				t.Errorf("%s: link to %s", name, href)
			}
		}
		if !bytes.Contains(page, []byte("default-src &#39;none&#39;")) {
			t.Errorf("%s: no policy", name)
		}
	}
}

func TestTheSameFormGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	if !bytes.Equal(formPage(t, rules.French), formPage(t, rules.French)) {
		t.Error("two forms differ")
	}
	a, b := comparedPages(t, rules.French), comparedPages(t, rules.French)
	for name, page := range a {
		if !bytes.Equal(page, b[name]) {
			t.Errorf("%s: two pages differ", name)
		}
	}
}

// TestFormsInABrowser looks at forms and comparisons as TestThePageInABrowser
// does at reports.
func TestFormsInABrowser(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("a browser takes its time, and -short was asked for")
	}
	browser, folder := browserTools(t), t.TempDir()
	args := []string{"look.js"}
	keep := func(name string, page []byte) {
		file := filepath.Join(folder, name+".html")
		if err := os.WriteFile(file, page, 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, file)
	}
	for _, language := range rules.Languages {
		keep("form-"+string(language), formPage(t, language))
		for name, page := range comparedPages(t, language) {
			keep(name, page)
		}
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
