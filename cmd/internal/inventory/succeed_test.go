package inventory_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/cmd/internal/inventory"
	"campanile/collectors/evidence"
)

func town(code, place, domain string) inventory.Body {
	return inventory.Body{
		Target: evidence.Target{Name: "Comune " + code, Code: code, Country: "it", Domain: domain}, Register: inventory.IPA, Place: place, Municipality: true,
	}
}

func TestHistoryOfATownGoesOnInTheNextImport(t *testing.T) {
	t.Parallel()
	with := func(b inventory.Body, change func(*inventory.Body)) inventory.Body {
		change(&b)
		return b
	}
	for name, test := range map[string]struct {
		before, after, want []inventory.Body
		gone                int
		notes               []string
	}{
		"nothing-changed": {
			before: []inventory.Body{town("c_x001", "001001", "uno.example")},
			after:  []inventory.Body{town("c_x001", "001001", "uno.example")},
			want:   []inventory.Body{town("c_x001", "001001", "uno.example")},
		},
		"domain-changed": {
			before: []inventory.Body{with(town("c_x001", "001001", "uno.example"), func(b *inventory.Body) { b.Former = []string{"primo.example"} })},
			after:  []inventory.Body{town("c_x001", "001001", "comune.uno.example")},
			want: []inventory.Body{with(town("c_x001", "001001", "comune.uno.example"), func(b *inventory.Body) {
				b.Former = []string{"uno.example", "primo.example"}
			})},
			notes: []string{"c_x001: the domain was uno.example and is comune.uno.example now; the older one is kept as a former domain"},
		},
		"domain-went-back": {
			before: []inventory.Body{with(town("c_x001", "001001", "due.example"), func(b *inventory.Body) { b.Former = []string{"uno.example"} })},
			after:  []inventory.Body{town("c_x001", "001001", "uno.example")},
			want:   []inventory.Body{with(town("c_x001", "001001", "uno.example"), func(b *inventory.Body) { b.Former = []string{"due.example"} })},
			notes:  []string{"c_x001: the domain was due.example and is uno.example now; the older one is kept as a former domain"},
		},
		"cell-was-emptied": {
			before: []inventory.Body{with(town("c_x001", "001001", "uno.example"), func(b *inventory.Body) { b.Population = 80; b.Union = "U" })},
			after:  []inventory.Body{town("c_x001", "001001", "")},
			want:   []inventory.Body{with(town("c_x001", "001001", "uno.example"), func(b *inventory.Body) { b.Population = 80; b.Union = "U" })},
			notes:  []string{"c_x001: the new list gives no domain; uno.example of the earlier one stays"},
		},
		"name-was-retired": {
			before: []inventory.Body{town("c_x001", "001001", "uno.example")},
			after:  []inventory.Body{with(town("c_x001", "001001", ""), func(b *inventory.Body) { b.Former = []string{"uno.example"} })},
			want:   []inventory.Body{with(town("c_x001", "001001", ""), func(b *inventory.Body) { b.Former = []string{"uno.example"} })},
			notes:  []string{"c_x001: uno.example is a former domain now, and no other is known"},
		},
		"two-towns-merged": {
			before: []inventory.Body{town("c_x001", "001001", "uno.example"), with(town("c_x002", "001002", "due.example"), func(b *inventory.Body) {
				b.FormerCodes = []string{"001009"}
			})},
			after: []inventory.Body{with(town("X3Y4", "001003", "unodue.example"), func(b *inventory.Body) { b.FormerCodes = []string{"001001", "001002"} })},
			want: []inventory.Body{with(town("X3Y4", "001003", "unodue.example"), func(b *inventory.Body) {
				b.FormerCodes = []string{"001001", "001002", "c_x001", "001009", "c_x002"}
				b.Former = []string{"uno.example", "due.example"}
			})},
			notes: []string{
				"c_x001: merged into Comune X3Y4 (X3Y4); its codes and domains stay with it",
				"c_x002: merged into Comune X3Y4 (X3Y4); its codes and domains stay with it",
			},
		},
		"new-code-in-the-same-place": {
			before: []inventory.Body{town("c_x001", "001001", "uno.example")},
			after:  []inventory.Body{town("X1Y2", "001001", "uno.example")},
			want:   []inventory.Body{with(town("X1Y2", "001001", "uno.example"), func(b *inventory.Body) { b.FormerCodes = []string{"c_x001"} })},
			notes:  []string{"c_x001: its code is X1Y2 now"},
		},
		"moved-to-another-province": {
			before: []inventory.Body{town("c_x001", "104001", "uno.example")},
			after:  []inventory.Body{town("c_x001", "113001", "uno.example")},
			want:   []inventory.Body{with(town("c_x001", "113001", "uno.example"), func(b *inventory.Body) { b.FormerCodes = []string{"104001"} })},
		},
		"gone-without-a-successor": {
			before: []inventory.Body{town("c_x001", "001001", "uno.example")},
			gone:   1,
			notes:  []string{"c_x001: no longer in the list, and no successor is named; kept apart"},
		},
		"consortium-leaves-nothing-to-its-seat": {
			before: []inventory.Body{with(town("cons", "001001", "cons.example"), func(b *inventory.Body) { b.Municipality = false })},
			after:  []inventory.Body{with(town("X3Y4", "001003", "tre.example"), func(b *inventory.Body) { b.FormerCodes = []string{"001001"} })},
			want:   []inventory.Body{with(town("X3Y4", "001003", "tre.example"), func(b *inventory.Body) { b.FormerCodes = []string{"001001"} })},
			gone:   1,
			notes:  []string{"cons: no longer in the list, and no successor is named; kept apart"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := inventory.Succeed(test.before, test.after)
			if diff := cmp.Diff(test.want, got.Bodies); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			var told []string
			for _, n := range got.Notes {
				told = append(told, n.String())
			}
			if diff := cmp.Diff(test.notes, told); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			if len(got.Gone) != test.gone {
				t.Errorf("gone: %+v", got.Gone)
			}
		})
	}
}
