package templatetest_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"
)

const program = "../../../../bin/campanile-nuclei"

// verdict is a line that the engine answers.
type verdict struct {
	Kind     string `json:"kind"`
	Template string `json:"template"`
	URL      string `json:"url"`
	Problem  string `json:"problem"`
	Detail   string `json:"detail"`
	Extract  string `json:"extract"`
}

// TestTheEngineSaysTheSame puts every situation to the engine: what our reader
// of templates takes for a match must be one for the engine, and nothing else.
func TestTheEngineSaysTheSame(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("the engine starts once for each template: left out of short runs")
	}
	if _, err := os.Stat(program); errors.Is(err, fs.ErrNotExist) {
		const reason = "bin/campanile-nuclei is not built: run \"make build\""
		if os.Getenv("CI") == "true" {
			t.Fatal(reason) // a test that was left out looks like one that passed
		}
		t.Skip(reason)
	}
	var group errgroup.Group
	group.SetLimit(2)
	for _, id := range ids(t) {
		var list []string
		names := map[string]situation{}
		for _, s := range cases(t, id) {
			base := s.serve(t)
			names[base] = s
			list = append(list, base)
		}
		group.Go(func() error {
			got := tried(t, id, list)
			for base, s := range names {
				if got[base] != s.fault {
					t.Errorf("%s: %s: match %v, want %v", id, s.name, got[base], s.fault)
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		t.Error(err)
	}
}

// tried gives the servers on which the engine says that a template matches.
func tried(t *testing.T, id string, servers []string) map[string]bool {
	t.Helper()
	matched := map[string]bool{}
	for _, line := range run(t, id, servers) {
		switch line.Kind {
		case "match":
			for _, base := range servers {
				if strings.HasPrefix(line.URL, base+"/") || line.URL == base {
					matched[base] = true
				}
			}
		case "unchecked", "trouble":
			t.Errorf("%s: %s: %s %s %s", id, line.Kind, line.URL, line.Problem, line.Detail)
		}
	}
	return matched
}

// run starts the engine in a folder of its own with one template.
func run(t *testing.T, id string, servers []string) []verdict {
	t.Helper()
	home := t.TempDir()
	binary, err := filepath.Abs(program)
	if err == nil {
		err = os.CopyFS(filepath.Join(home, "templates"), only{os.DirFS(templates), id + ".yaml"})
	}
	if err != nil {
		t.Errorf("%s: %v", id, err)
		return nil
	}
	command := exec.CommandContext(t.Context(), binary)
	command.Dir = home
	for _, name := range []string{"CAMPANILE_ENGINE_FOLDER", "HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "NUCLEI_CONFIG_DIR", "TMPDIR", "PATH"} {
		command.Env = append(command.Env, name+"="+home)
	}
	// It stops when its input ends, so the input must outlast it.
	input, end, err := os.Pipe()
	if err != nil {
		t.Errorf("%s: %v", id, err)
		return nil
	}
	defer input.Close()
	defer end.Close()
	if _, err := end.WriteString(order(t, filepath.Join(home, "templates"), id, servers)); err != nil {
		t.Errorf("%s: %v", id, err)
		return nil
	}
	var out, trouble bytes.Buffer
	command.Stdin, command.Stdout, command.Stderr = input, &out, &trouble
	if err := command.Run(); err != nil {
		t.Errorf("%s: %v: %s", id, err, trouble.String())
	}
	return verdicts(t, &out)
}

func verdicts(t *testing.T, out io.Reader) []verdict {
	t.Helper()
	var lines []verdict
	scanner := bufio.NewScanner(out)
	for scanner.Scan() {
		var line verdict
		if err := json.Unmarshal(scanner.Bytes(), &line); err != nil {
			t.Errorf("%q: %v", scanner.Text(), err)
		}
		lines = append(lines, line)
	}
	if err := scanner.Err(); err != nil {
		t.Error(err)
	}
	return lines
}

// only is a folder of which one file is seen.
type only struct {
	fs.FS
	name string
}

// ReadDir lists the one file.
func (o only) ReadDir(name string) ([]fs.DirEntry, error) {
	list, err := fs.ReadDir(o.FS, name)
	return slices.DeleteFunc(list, func(e fs.DirEntry) bool { return e.Name() != o.name }), err
}

// order is the job, its targets and the line that starts it.
func order(t *testing.T, folder, id string, servers []string) string {
	t.Helper()
	lines := []map[string]any{{
		"kind": "job", "protocol": 1, "folder": folder, "templates": []string{id}, "allow_reserved": true,
		"per_second": 1000, "at_once": 8, "timeout": 10, "max_body": 1 << 20,
	}}
	for _, base := range servers {
		lines = append(lines, map[string]any{"kind": "target", "url": base, "address": "127.0.0.1"})
	}
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	for _, line := range append(lines, map[string]any{"kind": "start"}) {
		if err := encoder.Encode(line); err != nil {
			t.Errorf("order: %v", err)
		}
	}
	return text.String()
}

// TestOnlyAVersionIsTakenOut holds the engine to the promise that no secret
// leaves it.
func TestOnlyAVersionIsTakenOut(t *testing.T) {
	t.Parallel()
	var got []string
	for _, id := range ids(t) {
		for _, q := range load(t, id).HTTP {
			for _, e := range q.Extractors {
				if !e.Internal && !slices.Contains(got, id+" "+e.Name) {
					got = append(got, id+" "+e.Name)
				}
			}
		}
	}
	want := []string{"exposed-cms-outdated version", "exposed-mail-admin version", "exposed-phpinfo version", "exposed-plugin-outdated version"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("taken out (-want +got):\n%s", diff)
	}
}
