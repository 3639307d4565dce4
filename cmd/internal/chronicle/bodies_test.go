package chronicle_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"campanile/cmd/internal/chronicle"
	"campanile/cmd/internal/inventory"
	"campanile/cmd/internal/store"
)

// arrive imports a list of one's own.
func arrive(t *testing.T, c *chronicle.Chronicle, list string) chronicle.Arrived {
	t.Helper()
	read, err := inventory.Import(strings.NewReader(list), inventory.Origin{Register: inventory.Own, Name: "list.csv"}, inventory.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	arrived, err := c.Import(t.Context(), read.Bodies, inventory.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	return arrived
}

// The second list has a new town, and one whose domain is another now; one of
// the first is gone and stays.
func TestASecondImportKeepsWhatWasKnown(t *testing.T) {
	t.Parallel()
	kept, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "territory.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer kept.Close()
	c := &chronicle.Chronicle{Store: kept}
	first := arrive(t, c, "domain,name,country,code\ncomune.uno.example,Uno,it,c_x001\ncomune.due.example,Due,it,c_x002\n")
	if first.New != 2 || first.Known != 0 || len(first.Gone) != 0 {
		t.Errorf("the first import: %+v", first)
	}
	one, err := kept.ByDomain(t.Context(), "comune.uno.example")
	if err != nil {
		t.Fatal(err)
	}
	second := arrive(t, c, "domain,name,country,code\nuno.example,Uno,it,c_x001\ncomune.tre.example,Tre,it,c_x003\n")
	if second.New != 1 || second.Known != 1 || len(second.Gone) != 1 || second.Gone[0].Domain != "comune.due.example" {
		t.Errorf("the second import: %+v", second)
	}
	again, err := kept.Body(t.Context(), one.ID)
	if err != nil || again.Domain != "uno.example" || !slices.Contains(again.Former, "comune.uno.example") {
		t.Errorf("a changed domain: %+v, %v", again, err)
	}
	if list, err := c.Bodies(t.Context(), inventory.Filter{}); err != nil || len(list) != 3 {
		t.Errorf("%d bodies, want 3: %v", len(list), err)
	}
}

// A filter of words that people write finds bodies by what the inventory knows.
func TestBodiesByFilter(t *testing.T) {
	t.Parallel()
	kept, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "territory.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer kept.Close()
	c := &chronicle.Chronicle{Store: kept}
	if _, err := kept.Put(t.Context(), []store.Body{
		body("comune.uno.example", "TO", 800), body("comune.due.example", "CN", 4000), body("comune.tre.example", "", 0),
	}); err != nil {
		t.Fatal(err)
	}
	for conditions, want := range map[string]string{
		"provincia=TO": "comune.uno.example", "provincia=Torino": "comune.uno.example", "population>1000": "comune.due.example", "provincia=AO": "",
	} {
		filter, err := inventory.ParseFilter(conditions)
		if err != nil {
			t.Fatal(err)
		}
		list, err := c.Bodies(t.Context(), filter)
		var got []string
		for _, b := range list {
			got = append(got, b.Domain)
		}
		if err != nil || strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s: %v", conditions, got, want, err)
		}
	}
}

func body(domain, province string, population int) store.Body {
	b := store.Body{Province: province, Population: population}
	b.Domain, b.Name, b.Country = domain, domain, "it"
	return b
}
