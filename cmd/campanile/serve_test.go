package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// TestTheDashboardInABrowser runs "campanile demo --serve --accounts" as users do and
// walks through all of its pages in Chromium, as the group and as a municipality:
// WCAG 2.2 A and AA by axe-core, light and dark, wide and narrow; a tick is kept, a
// look shows its progress, nothing is asked of another origin, and what belongs to
// another municipality is not there, however its address is guessed.
func TestTheDashboardInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser takes its time, and -short was asked for")
	}
	browser, modules := walkingTools(t)
	began := time.Now()
	d := startDemo(t)
	t.Logf("the dashboard was there after %s", time.Since(began).Round(time.Second))
	script, err := filepath.Abs(filepath.Join("testdata", "serve", "walk.js"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
	defer cancel()
	walk := exec.CommandContext(ctx, "node", script)
	walk.Dir = modules
	walk.Env = append(os.Environ(), "CHROMIUM="+browser, "ADDRESS="+d.address, "GROUP_PASSWORD="+d.group, "TOWN_PASSWORD="+d.town)
	if testing.Verbose() {
		walk.Env, walk.Stderr = append(walk.Env, "VERBOSE=1"), os.Stderr
	}
	out, err := walk.Output()
	if lines := strings.Split(strings.TrimSpace(string(out)), "\n"); err != nil || len(lines) != 1 || !strings.HasPrefix(lines[0], "walked ") {
		t.Errorf("want only what was walked (%v):\n%s", err, out)
	}
	t.Logf("%s after %s\n%s", out, time.Since(began).Round(time.Second), d.words())
	d.end(t)
}

// walkingTools finds what the walk needs: a browser, and the modules that the test of
// the checklist's page uses too. Where CI=true all of it must be there.
func walkingTools(t *testing.T) (browser, modules string) {
	t.Helper()
	missing := func(what string) {
		if os.Getenv("CI") == "true" {
			t.Fatal(what)
		}
		t.Skip(what)
	}
	if browser = os.Getenv("CHROMIUM"); browser == "" {
		browser = "/usr/bin/chromium"
	}
	if _, err := os.Stat(browser); err != nil {
		missing("no Chromium: install the package chromium, or name one in CHROMIUM: " + err.Error())
	}
	if _, err := exec.LookPath("node"); err != nil {
		missing("no node: install the package nodejs")
	}
	modules, err := filepath.Abs(filepath.Join("..", "..", "report", "pagetest"))
	if err != nil {
		t.Fatal(err)
	}
	for _, module := range []string{"playwright-core", "axe-core"} {
		if _, err := os.Stat(filepath.Join(modules, "node_modules", module)); err != nil {
			missing("no " + module + `: run "npm ci" in report/pagetest`)
		}
	}
	return browser, modules
}

// demo is the program with its dashboard, running.
type demo struct {
	command              *exec.Cmd
	address, group, town string

	mu   sync.Mutex
	said []string
	over chan struct{} // closed when it says no more
}

// startDemo starts the program and waits until the dashboard is there.
func startDemo(t *testing.T) *demo {
	t.Helper()
	folder := t.TempDir()
	d := &demo{command: exec.Command(build(t), "demo", "--serve", "--accounts", "--lang", "it", "--out", folder), over: make(chan struct{})}
	stderr, err := d.command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := d.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if d.command.ProcessState == nil {
			_ = d.command.Process.Kill()
			<-d.over
			_ = d.command.Wait()
		}
	})
	ready := make(chan struct{})
	go d.listen(stderr, ready)
	select {
	case <-ready:
	case <-d.over:
		t.Fatalf("the demo ended:\n%s", d.words())
	case <-time.After(5 * time.Minute):
		t.Fatalf("the dashboard is not there after five minutes:\n%s", d.words())
	}
	return d
}

var passwordLine = regexp.MustCompile(`(?:as (gal|gemello) \(\w+\) with the password (\w+)|open (http://127\.0\.0\.1:\d+)/)$`)

// listen reads what the program says: its passwords, and where it is.
func (d *demo) listen(stderr io.Reader, ready chan struct{}) {
	defer close(d.over)
	lines := bufio.NewScanner(stderr)
	for lines.Scan() {
		d.mu.Lock()
		d.said = append(d.said, lines.Text())
		d.mu.Unlock()
		m := passwordLine.FindStringSubmatch(lines.Text())
		switch {
		case m == nil:
		case m[1] == "gal":
			d.group = m[2]
		case m[1] == "gemello":
			d.town = m[2]
		default:
			d.address = m[3]
			close(ready)
		}
	}
}

func (d *demo) words() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return strings.Join(d.said, "\n")
}

// end is Ctrl-C: the program ends in order, and said nothing but what people need.
func (d *demo) end(t *testing.T) {
	t.Helper()
	if err := d.command.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	<-d.over
	if err := d.command.Wait(); err != nil {
		t.Errorf("the demo ended with %v", err)
	}
	for line := range strings.Lines(d.words()) {
		if !strings.HasPrefix(line, "campanile: ") && !strings.Contains(line, "login failed") { // the walk tries a wrong password
			t.Errorf("the demo says %q", line)
		}
	}
	if n := strings.Count(d.words(), d.group) + strings.Count(d.words(), d.town); n != 2 {
		t.Errorf("the passwords were told %d times, want each once", n)
	}
}

// TestTheDemoServesOnlyAsItMay tries what the dashboard must refuse, before anything is
// raised.
func TestTheDemoServesOnlyAsItMay(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ arguments, want string }{
		{"demo --accounts", "add --serve"},
		{"demo --listen 127.0.0.1:0", "add --serve"},
		{"demo --serve --listen 127.0.0.1:99999", "--listen"},
		{"demo --serve --listen 0.0.0.0:0", "other computers"},
	} {
		said := filepath.Join(t.TempDir(), "said.txt")
		file, err := os.Create(said)
		if err != nil {
			t.Fatal(err)
		}
		p := &program{stdin: os.Stdin, stdout: file, stderr: file, now: time.Now}
		err = p.execute(t.Context(), append(strings.Fields(test.arguments), "--out", filepath.Join(t.TempDir(), "out")))
		file.Close()
		if err == nil || !strings.Contains(fmt.Sprint(err), test.want) {
			t.Errorf("%s: %v, want %q", test.arguments, err, test.want)
		}
		if text, _ := os.ReadFile(said); len(text) > 0 {
			t.Errorf("%s: it began, and said %s", test.arguments, text)
		}
	}
}
