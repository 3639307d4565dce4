package report

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
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
	write := func(name string, d Document) {
		var text bytes.Buffer
		if err := WriteAnnexHTML(&text, d); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(folder, name+".html")
		if err := os.WriteFile(file, text.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, file)
	}
	for _, l := range rules.Languages {
		write("answered-"+string(l), sampleAnnex(t, ticked(), l))
	}
	write("unanswered", sampleAnnex(t, nil, rules.English))
	write("hostile", hostileAnnex(t, rules.Italian))
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, "node", args...)
	command.Dir, command.Env = "pagetest", append(os.Environ(), "CHROMIUM="+browser)
	out, err := command.CombinedOutput()
	if want := fmt.Sprintf("looked at %d pages\n", 4*(len(args)-1)); err != nil || string(out) != want {
		t.Errorf("want only %q (%v):\n%s", want, err, out)
	}
}
