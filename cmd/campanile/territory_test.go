package main

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"campanile/cmd/internal/store/storetest"
)

// TestTerritorySessions runs the same sessions on a SQLite file and on a real
// PostgreSQL: $STORE is the territory.
func TestTerritorySessions(t *testing.T) {
	t.Parallel()
	for name, fresh := range storetest.All() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testscript.Run(t, testscript.Params{
				Dir:                 filepath.Join("..", "..", "testdata", "script", "territory"),
				RequireExplicitExec: true,
				Setup: func(env *testscript.Env) error {
					env.Setenv("HOME", filepath.Join(env.WorkDir, "home"))
					env.Setenv("LANG", "en_GB.UTF-8")
					env.Setenv("NO_COLOR", "1")
					env.Setenv("STORE", fresh(env.T().(testing.TB)))
					return errors.Join(os.MkdirAll(filepath.Join(env.WorkDir, "home"), 0o750))
				},
				Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
			})
		})
	}
}
