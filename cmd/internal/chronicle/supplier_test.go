package chronicle_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"campanile/cmd/internal/chronicle"
	"campanile/cmd/internal/store"
	"campanile/collectors/evidence"
	"campanile/report"
	"campanile/report/checklist"
	"campanile/report/score"
	"campanile/report/territory"
	"campanile/rules"
)

// served records towns of several suppliers and gives what report/territory makes of
// their evidence.
func served(t *testing.T, c *chronicle.Chronicle, n int) ([]int64, territory.Input) {
	t.Helper()
	in := territory.Input{Rules: c.Rules, Language: rules.Italian, Tool: c.Tool, Sender: c.Sender}
	var bodies []int64
	for i := range n {
		name := fmt.Sprint("paese", i)
		body := town(t, c, name)
		bodies = append(bodies, body)
		b := look(t, name, week(i%2), []evidence.State{bad, good, mute}[i%3])
		b.Suppliers = []evidence.Supplier{
			{ID: "posta", Name: []string{"Posta Finta", "Lettera & Figli/Snc"}[i%2], Role: "mail", Evidence: "MX mail." + b.Target.Domain},
			{ID: "nomi", Name: "Nomi Finti", Role: "dns", Evidence: "NS ns1.nomi.example"},
			{ID: "rete", Name: "Posta Finta", Role: "web", Evidence: "AS 64500"},
		}
		if i%3 == 0 {
			b.Platforms = nil
		}
		if _, err := c.Record(t.Context(), body, 0, b); err != nil {
			t.Fatal(err)
		}
		in.Towns = append(in.Towns, territory.TownOf(report.Input{Bundle: b, Verdicts: score.Judge(b, c.Rules)}))
	}
	return bodies, in
}

// shown leaves of suppliers what people see.
var shown = cmpopts.IgnoreUnexported(territory.Supplier{}, territory.Change{}, territory.Concerned{})

// What is kept of suppliers is what the evidence of all towns says of them: each one
// alone, and all together.
func TestSuppliersAreThoseOfTheEvidence(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, c *chronicle.Chronicle) {
		_, in := served(t, c, 7)
		want := territory.Suppliers(in)
		if diff := cmp.Diff(want, got(c.Suppliers(t.Context(), store.Filter{}, rules.Italian))(t), shown); diff != "" {
			t.Errorf("all (-want +got):\n%s", diff)
		}
		if len(want.Suppliers) < 3 {
			t.Fatalf("%d suppliers", len(want.Suppliers))
		}
		for i := range want.Suppliers {
			one := &want.Suppliers[i]
			is, about, err := c.Supplier(t.Context(), store.Filter{}, one.ID(), rules.Italian)
			if err != nil {
				t.Errorf("%s: %v", one.Name, err)
				continue
			}
			if diff := cmp.Diff(one, is, shown); diff != "" {
				t.Errorf("%s alone (-want +got):\n%s", one.Name, diff)
			}
			document, letter := one.Letter(in)
			isDocument, isLetter := is.Letter(about)
			if diff := cmp.Diff(letter, isLetter); diff != "" || document.Language != isDocument.Language {
				t.Errorf("the letter to %s (-want +got):\n%s", one.Name, diff)
			}
			if diff := cmp.Diff(one.Table(), is.Table()); diff != "" {
				t.Errorf("the table for %s (-want +got):\n%s", one.Name, diff)
			}
		}
	})
}

// A supplier is found by its name, and by its number in the rules where that is only
// its own. A municipality finds only what concerns itself.
func TestASupplierIsFound(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, c *chronicle.Chronicle) {
		bodies, _ := served(t, c, 4)
		for id, want := range map[string]string{"posta finta": "Posta Finta", "POSTA FINTA": "Posta Finta", "nomi": "Nomi Finti", "lettera & figli/snc": "Lettera & Figli/Snc"} {
			s, _, err := c.Supplier(t.Context(), store.Filter{}, id, rules.English)
			if err != nil || s.Name != want {
				t.Errorf("%s: %+v, %v", id, s, err)
			}
		}
		for _, id := range []string{"", "nessuno", "posta", "%", "' OR 1=1"} {
			if s, _, err := c.Supplier(t.Context(), store.Filter{}, id, rules.English); !errors.Is(err, store.ErrUnknown) {
				t.Errorf("%q: %+v, %v", id, s, err)
			}
		}
		own := store.Filter{Bodies: bodies[:1]}
		s, _, err := c.Supplier(t.Context(), own, "nomi finti", rules.English)
		if err != nil || len(s.Customers) != 1 || strings.Contains(s.Said, "4") {
			t.Errorf("of one town: %+v, %v", s, err)
		}
		if s, _, err := c.Supplier(t.Context(), own, "lettera & figli/snc", rules.English); !errors.Is(err, store.ErrUnknown) {
			t.Errorf("of another town: %+v, %v", s, err)
		}
	})
}

// What a town has accepted is asked of nobody, from the moment it is written down; so
// is what a newer scan no longer finds.
func TestSuppliersFollowWhatIsWritten(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, c *chronicle.Chronicle) {
		bodies, _ := served(t, c, 1)
		asked := func() map[string]bool {
			all := map[string]bool{}
			for _, s := range got(c.Suppliers(t.Context(), store.Filter{}, rules.Italian))(t).Suppliers {
				for _, change := range s.Changes {
					all[change.Rule] = true
				}
				one, _, err := c.Supplier(t.Context(), store.Filter{}, s.ID(), rules.Italian)
				if err != nil || len(one.Changes) != len(s.Changes) {
					t.Errorf("%s alone: %+v, %v", s.Name, one, err)
				}
			}
			return all
		}
		if all := asked(); !all[withdrawn] || !all["tls-cipher-weak"] {
			t.Fatalf("asked for %v", all)
		}
		if err := c.Store.Tick(t.Context(), bodies[0], func(l *checklist.Checklist) (*checklist.Checklist, error) {
			l.Entries = []checklist.Entry{{Rule: "tls-cipher-weak", State: checklist.Accepted, On: week(0), Until: week(20), Because: "si cambia"}}
			return l, nil
		}); err != nil {
			t.Fatal(err)
		}
		if all := asked(); all["tls-cipher-weak"] || !all[withdrawn] {
			t.Errorf("it was accepted: %v", all)
		}
		weeklyOnce(t, c, bodies[0], "paese0", 9, good)
		if all := asked(); all[withdrawn] {
			t.Errorf("it is mended: %v", all)
		}
		old := look(t, "paese0", week(2), bad)
		if _, err := c.Record(t.Context(), bodies[0], 0, old); err != nil {
			t.Fatal(err)
		}
		if all := asked(); all[withdrawn] {
			t.Errorf("an old scan came late: %v", all)
		}
	})
}

// A workshop is what report/territory makes of the evidence.
func TestAWorkshopIsThatOfTheEvidence(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, c *chronicle.Chronicle) {
		_, in := served(t, c, 5)
		themes := got(rules.EmbeddedThemes(c.Rules))(t)
		for _, anonymous := range []bool{false, true} {
			is := got(c.Workshop(t.Context(), store.Filter{}, rules.Italian, anonymous))(t)
			if diff := cmp.Diff(territory.Workshop(in, themes, anonymous), is); diff != "" {
				t.Errorf("anonymous=%v (-want +got):\n%s", anonymous, diff)
			}
		}
		if none := got(c.Workshop(t.Context(), store.Filter{Province: "XX"}, rules.French, true))(t); none.Language != rules.French || len(none.Themes) != 4 {
			t.Errorf("of nobody: %+v", none)
		}
	})
}
