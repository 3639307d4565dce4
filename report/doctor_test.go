package report

import (
	"bytes"
	"strings"
	"testing"

	"campanile/rules"
)

func TestTheDoctorOnTheEngine(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		capability Capability
		says       []string
		silent     string
	}{
		"found-with-its-version":  {Capability{ID: "engine", State: Works, Detail: "/opt/campanile-nuclei: nuclei v3.8.0"}, []string{"works", "Found: /opt/campanile-nuclei: nuclei v3.8.0."}, "What to do"},
		"not-found":               {Capability{ID: "engine", State: Fails}, []string{"NO", "will be inconclusive", "What to do: put the program campanile-nuclei"}, "Technical detail:"},
		"there-and-does-not-run":  {Capability{ID: "engine", State: Fails, Detail: "the engine broke off"}, []string{"NO", "Technical detail: the engine broke off"}, "Found"},
		"what-it-says-is-hostile": {Capability{ID: "engine", State: Works, Detail: hostile}, []string{"works", "Found: "}, "\x1b"},
	} {
		var out bytes.Buffer
		if err := WriteDoctor(&out, []Capability{c.capability}, rules.English, TerminalOptions{Width: 2000}); err != nil {
			t.Fatal(err)
		}
		for _, want := range c.says {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%s: does not say %q: %s", name, want, out.String())
			}
		}
		if strings.Contains(out.String(), c.silent) {
			t.Errorf("%s: says %q", name, c.silent)
		}
	}
}
