package namespaces

import (
	"fmt"
	"maps"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
)

// accessibilityRules are all that judge a declaration, in the order of the signs
// of a trial.
var accessibilityRules = []string{
	"accessibility-declaration-missing", "accessibility-declaration-not-official", "accessibility-declaration-placeholder",
	"accessibility-declaration-other-body", "accessibility-declaration-outdated", "accessibility-declaration-contradictory",
	"accessibility-objectives-missing", "accessibility-mention-missing", "accessibility-feedback-missing",
}

// signs stand for outcomes: one for each of the rules.
var signs = map[string]string{"pass": "+", "fail": "!", "inconclusive": "?", "not-applicable": "-"}

// elsewhere stands for a rule of another country.
const elsewhere = "."

// municipalTrial is one way to use the municipal template.
type municipalTrial struct {
	what  string
	town  *town
	signs string
	facts []string // "rule fact=value" of findings, the word accessibility left out
}

// municipalTown is a town with a page of the template and further files.
func municipalTown(name, home string, files map[string]string, locations ...string) *town {
	return &town{
		Domain: "comune." + name + ".example", Code: "c_x000", Home: home, Files: files, Locations: locations,
		Flags: []string{"--only", "web"},
	}
}

// testMunicipal scans each town and holds the verdicts against its signs.
func (w *world) testMunicipal(t *testing.T, trials []municipalTrial) {
	t.Helper()
	beMute(t, muteServer)
	rows := make([]string, len(trials))
	t.Run("towns", func(t *testing.T) {
		for i, trial := range trials {
			t.Run(trial.town.Domain, func(t *testing.T) {
				t.Parallel()
				s := w.run(t, trial.town, w.Resolver.V4)
				rows[i] = trial.hold(t, s)
			})
		}
	})
	t.Logf("\n%s\n%s\n%d pages, %d verdicts", municipalHead(), strings.Join(rows, "\n"), len(trials), len(trials)*len(accessibilityRules))
}

// hold compares, and gives the row of the table.
func (m municipalTrial) hold(t *testing.T, s *scan) string {
	t.Helper()
	told, why := "", []string{}
	for _, rule := range accessibilityRules {
		at := slices.IndexFunc(s.Findings, func(f finding) bool { return f.Rule == rule })
		if at < 0 {
			told += elsewhere
			continue
		}
		f := s.Findings[at]
		told += signs[f.Outcome]
		short := strings.TrimPrefix(rule, "accessibility-")
		for _, name := range []string{"reason", "problem", "found", "code", "basis", "standing"} {
			if value := f.Facts[name]; value != "" && !slices.Contains(why, name+"="+value) {
				why = append(why, name+"="+value)
			}
		}
		for _, fact := range m.facts {
			of, wanted, _ := strings.Cut(fact, " ")
			name, value, _ := strings.Cut(wanted, "=")
			if of == short && f.Facts[name] != value {
				t.Errorf("%s says %s=%s, want %s", rule, name, f.Facts[name], value)
			}
		}
	}
	if told != m.signs {
		t.Errorf("%s: %s, want %s\n%s", m.what, told, m.signs, municipalHead())
		for _, f := range s.Findings {
			if slices.Contains(accessibilityRules, f.Rule) {
				t.Logf("%s: %s %v", f.Rule, f.Outcome, f.Facts)
			}
		}
	}
	return fmt.Sprintf("%-52s %s  %s", m.what, strings.Join(strings.Split(told, ""), " "), strings.Join(why, " "))
}

// municipalHead names the columns of the table.
func municipalHead() string {
	var lines []string
	for i, rule := range accessibilityRules {
		lines = append(lines, strings.Repeat(" ", 53)+strings.Repeat("| ", i)+rule)
	}
	slices.Reverse(lines)
	legend := []string{}
	for _, outcome := range slices.Sorted(maps.Keys(signs)) {
		legend = append(legend, signs[outcome]+" "+outcome)
	}
	return strings.Join(append(legend, elsewhere+" of another country"), ", ") + "\n" + strings.Join(lines, "\n")
}

// muteServer is where somebody takes connections and says nothing.
const muteServer = "127.0.0.1:8090"

func beMute(t *testing.T, at string) {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() {
		var held []net.Conn
		for {
			conn, err := listener.Accept()
			if err != nil {
				break
			}
			held = append(held, conn)
		}
		for _, conn := range held {
			_ = conn.Close()
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		serving.Wait()
	})
}
