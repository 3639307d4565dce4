package namespaces

import (
	"fmt"
	"testing"
	"time"
)

// testInside is the test as it runs in the namespaces.
func testInside(t *testing.T, program string, mail bool) {
	t.Helper()
	start := time.Now()
	w := raise(t, program, mail, towns())
	up := time.Since(start)
	t.Run("ground", w.testGround)
	t.Run("planted", w.testPlanted)
	t.Run("sent", w.testSent)
	t.Run("judged-again-without-network", w.testJudge)
	t.Run("resolver-without-dnssec", w.testOldResolver)
	t.Run("stopped", w.testStopped)
	t.Run("silent", w.testSilent)
	w.summary(t, up, time.Since(start))
}

// summary tells in a few lines what was run.
func (w *world) summary(t *testing.T, up, all time.Duration) {
	t.Helper()
	planted, found := 0, 0
	for i, town := range w.Towns {
		planted += len(town.Fails)
		if s := w.scans[i]; s != nil {
			found += len(rules(s.Findings, is("fail")))
		}
	}
	names := ""
	for _, s := range w.servers() {
		names += s.name + ", "
	}
	rows := [][2]string{
		{"servers", fmt.Sprintf("%sup in %.1f s", names, up.Seconds())},
		{"municipalities", fmt.Sprint(len(w.Towns))},
		{"scans", fmt.Sprint(w.runs.Load())},
		{"planted faults", fmt.Sprintf("%d, found %d", planted, found)},
		{"seconds", fmt.Sprintf("%.1f", all.Seconds())},
	}
	table := "\n"
	for _, row := range rows {
		table += fmt.Sprintf("%-16s %s\n", row[0], row[1])
	}
	t.Log(table)
}
