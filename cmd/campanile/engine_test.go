package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/cmd/internal/engine"
	"campanile/cmd/internal/exit"
)

// fitting is a template that may run, but for its id.
const fitting = `id: %ID%
info: {name: A page, author: someone, severity: low}
http:
  - method: GET
    path: ["{{BaseURL}}/page"]
    max-size: 4096
    disable-cookie: true
    matchers-condition: and
    matchers:
      - {type: status, status: [200]}
      - {type: word, part: body, words: [proof]}
`

// folderOf holds templates by file name; an empty text is the fitting one.
func folderOf(t *testing.T, files map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, text := range files {
		if text == "" {
			text = strings.ReplaceAll(fitting, "%ID%", strings.TrimSuffix(name, filepath.Ext(name)))
		}
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func TestShippedTemplatesMayRun(t *testing.T) {
	t.Parallel()
	list, err := shippedTemplates()
	if err != nil || len(list) < 36 {
		t.Fatalf("%d templates, %v; want those of 24 exposures and 12 panels at least", len(list), err)
	}
	for _, template := range list {
		if len(template.Content) == 0 || !strings.HasPrefix(template.ID, "exposed-") {
			t.Errorf("%q: %d bytes", template.ID, len(template.Content))
		}
	}
}

// What may not run is named with its reason, and the others go on.
func TestOwnTemplates(t *testing.T) {
	t.Parallel()
	shipped := []engine.Template{{ID: "exposed-phpinfo"}}
	folder := folderOf(t, map[string]string{
		"own-page.yaml": "", "own-panel.yml": "", "notes.txt": "not a template",
		"exposed-phpinfo.yaml": "", "exposed-phpinfo_3.yaml": "", "exposed-own-template.yaml": "",
		"posts.yaml": strings.ReplaceAll(strings.ReplaceAll(fitting, "GET", "POST"), "%ID%", "posts"),
		"runs.yaml":  "id: runs\ninfo: {name: x, author: x, severity: low}\ncode:\n  - engine: [sh]\n    source: id\n",
	})
	own, notes, err := ownTemplates(folder, shipped)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, template := range own {
		ids = append(ids, template.ID)
	}
	if diff := cmp.Diff([]string{"own-page", "own-panel"}, ids); diff != "" {
		t.Errorf("admitted (-want +got):\n%s", diff)
	}
	for _, want := range []string{
		"exposed-phpinfo.yaml: left out: the id exposed-phpinfo is one of ours; give it another",
		"exposed-phpinfo_3.yaml: left out: the id exposed-phpinfo_3 is one of ours; give it another",
		`posts.yaml: left out: method "POST": only GET, HEAD and OPTIONS`,
		"runs.yaml: left out: code",
	} {
		if !slices.ContainsFunc(notes, func(n string) bool { return strings.HasPrefix(n, filepath.Join(folder, want)) }) {
			t.Errorf("no note %q in %q", want, notes)
		}
	}
	if len(notes) != 5 {
		t.Errorf("%d notes, want 5: %q", len(notes), notes)
	}
}

func TestOwnTemplatesOfWhichNoneMayRun(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ folder, want string }{
		"missing":      {filepath.Join(t.TempDir(), "nowhere"), "there is no such folder; give one"},
		"a-file":       {filepath.Join(folderOf(t, map[string]string{"a.yaml": ""}), "a.yaml"), "there is no such folder; give one"},
		"empty":        {t.TempDir(), "no template there may run; see"},
		"all-left-out": {folderOf(t, map[string]string{"broken.yaml": "id: ["}), "no template there may run; see"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			own, _, err := ownTemplates(test.folder, nil)
			if exit.Code(err) != exit.Usage || !strings.Contains(err.Error(), test.want) || len(own) > 0 {
				t.Errorf("got %v, %v, want a hint with %q", own, err, test.want)
			}
		})
	}
}

// The path is followed where it is absolute: a program in the folder where the
// scan happens to start is not the user's choice.
func TestEngineIsFoundAlongThePath(t *testing.T) {
	path := engineThat(t, "exit 0")
	t.Setenv("PATH", filepath.Dir(path))
	if got := findEngine(); got != path {
		t.Errorf("got %q, want %q", got, path)
	}
	t.Chdir(filepath.Dir(path))
	for _, entry := range []string{".", filepath.Join("..", filepath.Base(filepath.Dir(path))), ""} {
		t.Setenv("PATH", entry)
		if got := findEngine(); got != "" {
			t.Errorf("PATH=%q: got %q", entry, got)
		}
	}
}
