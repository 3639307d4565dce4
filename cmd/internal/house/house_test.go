// Package house holds the tests that keep the house to its plan: who may rely
// on whom (section 2 of the architecture), and what may never come in.
package house_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const module = "campanile"

// pkg is a package as "go list" describes it.
type pkg struct {
	ImportPath string
	Dir        string
	Standard   bool
	GoFiles    []string
	Imports    []string // directly
	Deps       []string // at any depth
}

// packages lists the packages of the module and all that they rely on.
func packages(t *testing.T) map[string]pkg {
	t.Helper()
	var trouble bytes.Buffer
	list := exec.CommandContext(t.Context(), "go", "list", "-deps", "-json=ImportPath,Dir,Standard,GoFiles,Imports,Deps", module+"/...")
	list.Stderr = &trouble
	output, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, &trouble)
	}
	all := map[string]pkg{}
	decoder := json.NewDecoder(bytes.NewReader(output))
	for {
		var p pkg
		err := decoder.Decode(&p)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all[p.ImportPath] = p
	}
}

func ours(path string) bool { return path == module || strings.HasPrefix(path, module+"/") }

// fits reports whether a path is meant by a pattern: itself, or with "/..." at
// the end everything below as well.
func fits(pattern, path string) bool {
	above, deep := strings.CutSuffix(pattern, "/...")
	return path == above || deep && strings.HasPrefix(path, above+"/")
}

// breaches lists what in the packages is not as the plan has it.
func breaches(plan []room, all map[string]pkg) []string {
	list := []string{}
	for _, p := range all {
		if !ours(p.ImportPath) {
			continue
		}
		i := slices.IndexFunc(plan, func(r room) bool { return fits(r.Path, p.ImportPath) })
		if i < 0 {
			list = append(list, p.ImportPath+" is not in the plan; give it a row")
			continue
		}
		list = append(list, plan[i].breaches(p, all)...)
	}
	slices.Sort(list)
	return list
}

func (r room) breaches(p pkg, all map[string]pkg) []string {
	var list []string
	for _, path := range p.Imports {
		if !r.admits(path, all[path].Standard) {
			list = append(list, fmt.Sprintf("%s may not import %s", p.ImportPath, path))
		}
	}
	for _, path := range p.Deps {
		if slices.Contains(r.NeverFar, path) {
			list = append(list, fmt.Sprintf("%s may not rely on %s, not even through others", p.ImportPath, path))
		}
	}
	return list
}

func (r room) admits(path string, standard bool) bool {
	switch {
	case slices.Contains(r.NeverNear, path):
		return false
	case standard:
		return true
	case ours(path):
		return slices.ContainsFunc(r.House, func(pattern string) bool { return fits(pattern, path) })
	}
	return slices.ContainsFunc(r.Guests, func(guest string) bool { return guest == "*" || strings.HasPrefix(path, guest) })
}

func TestEveryPackageKeepsToThePlan(t *testing.T) {
	t.Parallel()
	all := packages(t)
	if diff := cmp.Diff([]string{}, breaches(plan, all)); diff != "" {
		t.Errorf("see \"Who may import whom\" in the architecture (-want +got):\n%s", diff)
	}
	for _, r := range plan[:3] { // a row that fits nothing would prove nothing
		found := false
		for path := range all {
			found = found || fits(r.Path, path)
		}
		if !found {
			t.Errorf("%s was not found", r.Path)
		}
	}
}

// The same plan, held against a house with one breach of every kind.
func TestBreachesAreFound(t *testing.T) {
	t.Parallel()
	all := map[string]pkg{}
	for _, p := range []pkg{
		{ImportPath: "net", Standard: true},
		{ImportPath: "os", Standard: true},
		{ImportPath: "strings", Standard: true},
		{ImportPath: "example.com/dialler", Imports: []string{"net"}, Deps: []string{"net"}},
		{ImportPath: "campanile/collectors/evidence", Imports: []string{"strings"}, Deps: []string{"net", "strings"}},
		{ImportPath: "campanile/collectors/records", Imports: []string{"example.com/dialler"}},
		{ImportPath: "campanile/collectors/network", Imports: []string{"net", "github.com/miekg/dns", "campanile/collectors/evidence"}},
		{ImportPath: "campanile/collectors/tls", Imports: []string{"campanile/checks", "example.com/dialler"}},
		{ImportPath: "campanile/collectors/mail", Imports: []string{"campanile/collectors/tls", "campanile/collectors/web"}},
		{ImportPath: "campanile/checks", Imports: []string{"os", "campanile/rules", "campanile/collectors/records"}},
		{ImportPath: "campanile/rules", Imports: []string{"go.yaml.in/yaml/v3", "campanile/collectors/evidence"}},
		{ImportPath: "campanile/report", Imports: []string{"example.com/dialler"}, Deps: []string{"example.com/dialler", "net"}},
		{ImportPath: "campanile/cmd/internal/store", Imports: []string{"campanile/cmd/internal/queue"}},
		{ImportPath: "campanile/cmd/internal/queue", Imports: []string{"campanile/cmd/internal/store", "campanile/cmd/campanile"}},
		{ImportPath: "campanile/helpers", Imports: []string{"strings"}},
	} {
		all[p.ImportPath] = p
	}
	want := []string{
		"campanile/checks may not import campanile/rules",
		"campanile/checks may not import os",
		"campanile/cmd/internal/queue may not import campanile/cmd/campanile",
		"campanile/cmd/internal/store may not import campanile/cmd/internal/queue",
		"campanile/collectors/evidence may not rely on net, not even through others",
		"campanile/collectors/mail may not import campanile/collectors/web",
		"campanile/collectors/network may not import campanile/collectors/evidence",
		"campanile/collectors/records may not import example.com/dialler",
		"campanile/collectors/tls may not import campanile/checks",
		"campanile/helpers is not in the plan; give it a row",
		"campanile/report may not rely on net, not even through others",
		"campanile/rules may not import campanile/collectors/evidence",
	}
	if diff := cmp.Diff(want, breaches(plan, all)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Evidence, its grammars and the checks are the same everywhere: what they rely
// on, at any depth, can neither dial, nor start a program, nor verify a chain.
func TestJudgementReliesOnNothingThatReachesOut(t *testing.T) {
	t.Parallel()
	all := packages(t)
	for _, path := range []string{"campanile/collectors/evidence", "campanile/collectors/records", "campanile/collectors/records/spf", "campanile/collectors/records/duties", "campanile/collectors/records/headers", "campanile/checks"} {
		p, there := all[path]
		if !there || len(p.Deps) == 0 {
			t.Errorf("%s was not found", path)
		}
		for _, dep := range p.Deps {
			if slices.Contains([]string{"net", "net/http", "os/exec", "crypto/x509"}, dep) {
				t.Errorf("%s relies on %s", path, dep)
			}
			if !all[dep].Standard && !ours(dep) {
				t.Errorf("%s relies on %s, which is not the standard library", path, dep)
			}
		}
	}
}

// The nuclei engine is a program of its own (section 7).
func TestNucleiIsNotInThisModule(t *testing.T) {
	t.Parallel()
	all := packages(t)
	for path := range all {
		if strings.HasPrefix(path, "github.com/projectdiscovery/") {
			t.Errorf("%s came in", path)
		}
	}
	if _, there := all["github.com/miekg/dns"]; !there {
		t.Error("the list of packages does not go deep")
	}
}

// Evidence carries its time. Whoever judges it reads that clock and no other.
func TestJudgementHasNoClock(t *testing.T) {
	t.Parallel()
	all := packages(t)
	for _, path := range []string{"campanile/collectors/evidence", "campanile/collectors/records", "campanile/collectors/records/spf", "campanile/checks", "campanile/rules", "campanile/report/score"} {
		p := all[path]
		for _, name := range p.GoFiles {
			for _, use := range clocks(t, filepath.Join(p.Dir, name)) {
				t.Errorf("%s reads the clock: %s", path, use)
			}
		}
	}
	planted := filepath.Join(t.TempDir(), "planted.go")
	source := "package planted\n\nimport \"time\"\n\nvar now = time.Now\n\nfunc since(t time.Time) { time.Since(t) }\n"
	if err := os.WriteFile(planted, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := len(clocks(t, planted)); got != 2 {
		t.Errorf("%d of 2 clocks were found", got)
	}
}

// clocks lists the places in a file where the time of the machine is asked for.
func clocks(t *testing.T, path string) []string {
	t.Helper()
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	ast.Inspect(file, func(n ast.Node) bool {
		s, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := s.X.(*ast.Ident); ok && x.Name == "time" && slices.Contains([]string{"Now", "Since", "Until", "Sleep", "After", "Tick"}, s.Sel.Name) {
			list = append(list, files.Position(s.Pos()).String()+": time."+s.Sel.Name)
		}
		return true
	})
	return list
}
