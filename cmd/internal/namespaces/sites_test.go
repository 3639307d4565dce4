package namespaces

import (
	"os"
	"testing"
)

// sitesVariable tells the copy of the test in the namespaces which program to
// test.
const sitesVariable = "CAMPANILE_NAMESPACES_SITES"

// TestSites scans sites that nginx serves: pages of the municipal template, and
// sites of several shapes, whose visitors nginx counts.
func TestSites(t *testing.T) {
	if program := os.Getenv(sitesVariable); program != "" {
		testSites(t, program)
		return
	}
	requireTools(t)
	output, err := inNamespaces(t, pattern(t.Name()), remaining(t), sitesVariable+"="+build(t))
	t.Log("\n" + output)
	if err != nil {
		t.Errorf("the test in the namespaces: %v", err)
	}
}

func testSites(t *testing.T, program string) {
	t.Helper()
	trials, shapes := municipalTrials(t), siteShapes()
	var towns []*town
	for _, trial := range trials {
		towns = append(towns, trial.town)
	}
	for _, shape := range shapes {
		towns = append(towns, shape.town)
	}
	w := raise(t, program, false, placed(towns))
	t.Run("visits", func(t *testing.T) { w.testVisits(t, shapes) })
	t.Run("municipal-template", func(t *testing.T) { w.testMunicipal(t, trials) })
}
