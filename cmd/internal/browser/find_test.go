package browser

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/cmd/internal/exit"
)

func TestWhereBrowsersAre(t *testing.T) {
	t.Parallel()
	variable := func(name string) string {
		return map[string]string{"HOME": "/Users/nonna", "ProgramFiles": `C:\Program Files`, "LocalAppData": `C:\Users\nonna\AppData\Local`}[name]
	}
	for system, want := range map[string][]string{
		"linux":   {"chromium", "google-chrome-stable", "google-chrome", "microsoft-edge-stable", "microsoft-edge", "/snap/bin/chromium", "chromium-browser", "chrome"},
		"freebsd": {"chromium", "google-chrome-stable", "google-chrome", "microsoft-edge-stable", "microsoft-edge", "/snap/bin/chromium", "chromium-browser", "chrome"},
		"darwin": {
			"/Applications/Chromium.app/Contents/MacOS/Chromium", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
			"/Users/nonna/Applications/Chromium.app/Contents/MacOS/Chromium", "/Users/nonna/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Users/nonna/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
			"chromium",
		},
		"windows": {
			`C:\Program Files\Chromium\Application\chrome.exe`, `C:\Users\nonna\AppData\Local\Chromium\Application\chrome.exe`,
			`C:\Program Files\Google\Chrome\Application\chrome.exe`, `C:\Users\nonna\AppData\Local\Google\Chrome\Application\chrome.exe`,
			`C:\Program Files\Microsoft\Edge\Application\msedge.exe`, `C:\Users\nonna\AppData\Local\Microsoft\Edge\Application\msedge.exe`,
			"chrome.exe", "msedge.exe",
		},
	} {
		if diff := cmp.Diff(want, places(system, variable)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", system, diff)
		}
	}
}

func TestNoBrowserIsSaidWithTheNextStep(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := Find("")
	var known *exit.Error
	if !errors.As(err, &known) || known.Code != exit.Usage || !strings.Contains(err.Error(), "install Chromium, Google Chrome or Microsoft Edge, or name its program with --browser") {
		t.Errorf("%v", err)
	}
	if _, err := Find("no-such-browser"); err == nil || !strings.Contains(err.Error(), "the browser no-such-browser cannot be started") {
		t.Errorf("%v", err)
	}
	named := program(t, "")
	t.Chdir(filepath.Dir(named))
	if got, err := Find("./" + filepath.Base(named)); err != nil || got != named {
		t.Errorf("by its place from here: %s: %v", got, err)
	}
	if got, err := Find(named); err != nil || got != named {
		t.Errorf("%s: %v", got, err)
	}
}

// A snap package sees no hidden folder and another /tmp: it prints where it may.
func TestASnapPrintsInItsOwnFolder(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	own := filepath.Join(home, "snap", "chromium", "common")
	if got := workplace("/snap/bin/chromium"); got != home {
		t.Errorf("before its first start: %q, want %q", got, home)
	}
	if err := os.MkdirAll(own, 0o750); err != nil {
		t.Fatal(err)
	}
	if got := workplace("/snap/bin/chromium"); got != own {
		t.Errorf("%q, want %q", got, own)
	}
	if got := workplace("/usr/bin/chromium"); got != "" {
		t.Errorf("%q, want where temporary files are", got)
	}
	for _, pair := range (job{program: "/snap/bin/chromium", folder: own}).environment([]string{"HOME=" + home, "TZ=Europe/Rome"}) {
		if strings.HasPrefix(pair, "HOME=") && pair != "HOME="+home || pair == "TZ=Europe/Rome" {
			t.Error(pair)
		}
	}
}

func TestTheSandboxStaysForWhoeverIsNotRoot(t *testing.T) {
	t.Parallel()
	for root, want := range map[bool]bool{true: true, false: false} {
		got := strings.Contains(strings.Join(job{program: "/usr/bin/chromium", folder: "/tmp/x"}.arguments(root), " "), "--no-sandbox")
		if got != want {
			t.Errorf("root %v: without a sandbox %v", root, got)
		}
	}
}
