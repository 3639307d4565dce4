package message

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// campanile judges templates by a copy of the engine's schema: it must be that
// of the engine that runs them.
func TestSchemaIsThatOfTheEngine(t *testing.T) {
	t.Parallel()
	folder, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/projectdiscovery/nuclei/v3").Output()
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(folder)), "nuclei-jsonschema.json"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../../internal/templates/nuclei-jsonschema.json")
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("the copies differ (%v): copy the schema of the engine's module again", err)
	}
}
