package browser

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"campanile/cmd/internal/group"
)

// lastWord is the time that the output of a program has to end once it was ended.
const lastWord = 2 * time.Second

// run starts the browser and waits for its end; when the context ends, the
// browser is ended with all that it has started. It gives what the browser said.
func (j job) run(ctx context.Context) (words, error) {
	var said words
	cmd := exec.CommandContext(ctx, j.program, j.arguments(os.Geteuid() == 0)...) //nolint:gosec // G204: starting it is what this package is for
	cmd.Dir, cmd.Env = j.folder, j.environment(os.Environ())
	cmd.Stdout, cmd.Stderr = &said, &said
	cmd.WaitDelay = lastWord
	group.Lead(cmd)
	err := cmd.Run()
	group.End(cmd)
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return said, errors.New("it did not come to an end in its time and was ended")
	case ctx.Err() != nil:
		return said, ctx.Err()
	case err != nil:
		return said, fmt.Errorf("it broke off (%w)%s", err, said)
	}
	return said, nil
}

// arguments tell the browser to print and to do nothing else.
func (j job) arguments(root bool) []string {
	list := []string{
		"--headless=new",
		"--print-to-pdf=" + j.pdf(),
		"--no-pdf-header-footer",
		"--generate-pdf-document-outline", // tags are the default
		"--user-data-dir=" + j.profile(),

		// The page needs nothing of the network; the browser is kept from
		// calling home for itself. No name and no address resolves.
		"--host-resolver-rules=MAP * ~NOTFOUND",
		"--disable-background-networking",
		"--disable-component-update",
		"--disable-default-apps",
		"--disable-domain-reliability",
		"--disable-extensions",
		"--disable-features=MediaRouter,OptimizationHints,Translate",
		"--disable-sync",
		"--metrics-recording-only",
		"--no-default-browser-check",
		"--no-first-run",
		"--no-pings",

		// Nor does it touch what is kept of the user.
		"--disable-breakpad",
		"--password-store=basic",
		"--use-mock-keychain",

		// Nor does it need what a server or a container often has not.
		"--disable-dev-shm-usage",
		"--disable-gpu",
		"--mute-audio",
	}
	if root {
		// Chromium refuses to start as root with its sandbox. What it opens is
		// our own page: no script, nothing loaded, every text escaped.
		list = append(list, "--no-sandbox")
	}
	page := url.URL{Scheme: "file", Path: filepath.ToSlash(j.page())}
	if !strings.HasPrefix(page.Path, "/") {
		page.Path = "/" + page.Path // C:/Users
	}
	return append(list, page.String())
}

// environment is that of the user, with a home that goes away with the folder:
// browsers and their libraries leave caches there. The time zone and the
// language do not depend on the computer.
func (j job) environment(user []string) []string {
	values := map[string]string{"TZ": "UTC", "LC_ALL": "C.UTF-8", "DBUS_SESSION_BUS_ADDRESS": "disabled:"}
	if !inSnap(j.program) && runtime.GOOS != "windows" { // these two find themselves by the home
		for _, name := range []string{"HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR"} {
			values[name] = j.folder
		}
		// Chromium opens a socket in a folder that it makes here, and the path of
		// a socket is short.
		if values["TMPDIR"] = j.folder; len(j.folder) > maxSocketFolder {
			values["TMPDIR"] = "/tmp"
		}
	}
	list := slices.DeleteFunc(slices.Clone(user), func(pair string) bool {
		name, _, _ := strings.Cut(pair, "=")
		_, ours := values[name]
		return ours
	})
	for _, name := range slices.Sorted(maps.Keys(values)) {
		list = append(list, name+"="+values[name])
	}
	return list
}

// maxSocketFolder is the longest path to which the name of Chromium's socket,
// 46 bytes, can be added: macOS takes 104, Linux 108.
const maxSocketFolder = 57

// maxSaid is how much of the browser's words is kept, in bytes.
const maxSaid = 16 << 10

// words keep the beginning of what the browser says.
type words struct{ text []byte }

// Write keeps what still fits.
func (w *words) Write(p []byte) (int, error) {
	w.text = append(w.text, p[:min(len(p), maxSaid-len(w.text))]...)
	return len(p), nil
}

// String gives the last line that says something of the page, as the end of a
// sentence. A browser without a desktop always misses its message bus.
func (w words) String() string {
	for _, line := range slices.Backward(strings.Split(strings.ToValidUTF8(string(w.text), ""), "\n")) {
		line = strings.Join(strings.Fields(line), " ")
		if line != "" && !strings.Contains(line, "dbus") {
			return ": " + strings.ToValidUTF8(line[:min(len(line), 300)], "") // not half a letter
		}
	}
	return ""
}
