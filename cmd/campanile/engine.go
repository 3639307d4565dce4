package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"campanile/cmd/internal/engine"
	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/templates"
	"campanile/rules"
)

// findEngine gives the program that tries the templates, or nothing: it stands
// beside this one, or along the path. A path that is not absolute is not followed.
func findEngine() string {
	name := engine.Name
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	if own, err := os.Executable(); err == nil {
		beside := filepath.Join(filepath.Dir(own), name)
		if info, err := os.Stat(beside); err == nil && info.Mode().IsRegular() {
			return beside
		}
	}
	found, err := exec.LookPath(name)
	if err != nil || !filepath.IsAbs(found) {
		return ""
	}
	return found
}

// shippedTemplates are those of the rules folder. One that our own lint refuses
// is our fault.
func shippedTemplates() ([]engine.Template, error) {
	list, refused, err := templates.Read(rules.Templates())
	if err != nil {
		return nil, fmt.Errorf("the templates that the program ships with: %w", err)
	}
	for _, r := range refused {
		return nil, fmt.Errorf("the templates that the program ships with: %s: %s", r.File, r.Reason)
	}
	return ordered(list), nil
}

func ordered(list []templates.Template) []engine.Template {
	admitted := make([]engine.Template, len(list))
	for i, t := range list {
		admitted[i] = engine.Template{ID: t.ID, Content: t.Content}
	}
	return admitted
}

// ownRule speaks of what the templates of a user found.
const ownRule = "exposed-own-template"

// rule is the one that a template proves: "exposed-phpinfo_2" is a further
// template of exposed-phpinfo.
func rule(id string) string {
	id, _, _ = strings.Cut(id, "_")
	return id
}

// ownTemplates reads a folder of the user beside ours. What may not run is
// listed with its reason, and the others go on.
func ownTemplates(folder string, shipped []engine.Template) (own []engine.Template, notes []string, err error) {
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return nil, nil, exit.Usagef("--templates %s: there is no such folder; give one that holds nuclei templates (.yaml)", folder)
	}
	list, refused, err := templates.Read(os.DirFS(folder))
	if err != nil {
		return nil, nil, exit.Usagef("--templates %s: %w", folder, err)
	}
	for _, r := range refused {
		notes = append(notes, fmt.Sprintf("%s: left out: %s", filepath.Join(folder, r.File), r.Reason))
	}
	for _, t := range list {
		if rule(t.ID) == ownRule || slices.ContainsFunc(shipped, func(s engine.Template) bool { return rule(s.ID) == rule(t.ID) }) {
			notes = append(notes, fmt.Sprintf("%s: left out: the id %s is one of ours; give it another", filepath.Join(folder, t.File), t.ID))
			continue
		}
		own = append(own, engine.Template{ID: t.ID, Content: t.Content})
	}
	if len(own) == 0 {
		return nil, notes, exit.Usagef("--templates %s: no template there may run; see rules/nuclei/README.md for what a template may do. Nothing was sent", folder)
	}
	return own, notes, nil
}
