package browser

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"campanile/cmd/internal/exit"
)

// Find gives the browser to print with: the one named, or the first of those
// that this system keeps where such programs are.
func Find(named string) (string, error) {
	if named != "" {
		path, err := exec.LookPath(named)
		if err != nil {
			return "", exit.Usagef("the browser %s cannot be started: %w; name the program of Chromium, Chrome or Edge with --browser", named, err)
		}
		return filepath.Abs(path) // it is started in another folder
	}
	for _, place := range places(runtime.GOOS, os.Getenv) {
		if path, err := exec.LookPath(place); err == nil {
			return path, nil
		}
	}
	return "", exit.Usagef("no browser to print with is installed here: install Chromium, Google Chrome or Microsoft Edge, or name its program with --browser (or in CAMPANILE_BROWSER); without one, write --format html and print that from any browser")
}

// places are the names and paths of browsers on a system, in the order in which
// they are tried: those that belong to the system before those that phone home.
func places(system string, variable func(string) string) []string {
	switch system {
	case "darwin":
		var list []string
		for _, base := range []string{"/Applications", filepath.Join(variable("HOME"), "Applications")} {
			for _, name := range []string{"Chromium", "Google Chrome", "Microsoft Edge"} {
				list = append(list, filepath.Join(base, name+".app", "Contents", "MacOS", name))
			}
		}
		return append(list, "chromium")
	case "windows":
		return windowsPlaces(variable)
	}
	// Ubuntu's chromium-browser only starts the snap package, whose folder is not in
	// the PATH of every service.
	return []string{"chromium", "google-chrome-stable", "google-chrome", "microsoft-edge-stable", "microsoft-edge", snapFolder + "chromium", "chromium-browser", "chrome"}
}

func windowsPlaces(variable func(string) string) []string {
	var list []string
	for _, program := range []string{`Chromium\Application\chrome.exe`, `Google\Chrome\Application\chrome.exe`, `Microsoft\Edge\Application\msedge.exe`} {
		for _, base := range []string{"ProgramFiles", "ProgramFiles(x86)", "LocalAppData"} {
			if folder := variable(base); folder != "" {
				list = append(list, strings.TrimRight(folder, `\`)+`\`+program)
			}
		}
	}
	return append(list, "chrome.exe", "msedge.exe")
}

// snapFolder is where the programs of snap packages stand.
const snapFolder = "/snap/bin/"

// inSnap reports whether the program is a snap package: it sees no hidden
// folders, and its /tmp is another.
func inSnap(program string) bool { return strings.HasPrefix(program, snapFolder) }

// workplace is where the folder for a page is made: where temporary files are,
// or where a program that cannot see those keeps its own.
func workplace(program string) string {
	if !inSnap(program) {
		return ""
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	common := filepath.Join(home, "snap", filepath.Base(program), "common")
	if _, err := os.Stat(common); err != nil {
		return home
	}
	return common
}
