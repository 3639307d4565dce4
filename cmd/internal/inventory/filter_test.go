package inventory_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/inventory"
)

func TestConditionsAreReadInThreeLanguages(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]inventory.Filter{
		"provincia=TO;regione=Piemonte":     {Provinces: []string{"TO"}, Regions: []string{"Piemonte"}},
		"département=13, 83;Région=Corse":   {Departments: []string{"13", "83"}, Regions: []string{"Corse"}},
		"province=TO;province=CN":           {Provinces: []string{"TO", "CN"}},
		"population<5000":                   {MaxPopulation: 4999},
		"popolazione <= 5000":               {MaxPopulation: 5000},
		"population>999;population<5000":    {MinPopulation: 1000, MaxPopulation: 4999},
		"population>=1000":                  {MinPopulation: 1000},
		"population=1000-5000":              {MinPopulation: 1000, MaxPopulation: 5000},
		"categoria=L6,L18;unione=Del Finto": {Categories: []string{"L6", "L18"}, Unions: []string{"Del Finto"}},
		"tipo=comune":                       {Municipalities: true},
		"kind=municipality":                 {Municipalities: true},
	} {
		got, err := inventory.ParseFilter(strings.Split(text, ";")...)
		if err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", text, diff)
		}
	}
}

func TestConditionThatIsNotUnderstoodIsNamed(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Torino":                         `condition "Torino" is not understood; write it like provincia=TO`,
		"=TO":                            "is not understood",
		"cantone=GE":                     "it names none of province, region",
		"provincia=":                     "a value is missing after the =",
		"provincia<TO":                   "only the population is compared by <",
		"population<many":                `"many" is no number of inhabitants`,
		"population<1-5":                 `"1-5" is no number of inhabitants`,
		"population<1":                   "no municipality has fewer than one inhabitant",
		"tipo=scuola":                    "the one kind that can be asked for is municipality",
		"population>900;population<=300": "no population is at least 901 and at most 300",
	} {
		_, err := inventory.ParseFilter(strings.Split(text, ";")...)
		if exit.Code(err) != exit.Usage || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v; want %s", text, err, want)
		}
	}
}

const valley = "Codice_IPA,Denominazione_ente,Codice_Categoria,Codice_comune_ISTAT,Sito_istituzionale\n" +
	"c_x001,Comune di Uno,L6,001001,comune.uno.example\n" + // TO
	"c_x002,Comune di Due,L6,007001,comune.due.example\n" + // AO
	"c_x003,Comune di Tre,L6,104001,comune.tre.example\n" + // OT, its older code
	"c_x004,Comune di Quattro,L6,113001,comune.quattro.example\n" + // OT, its younger code
	"un,Unione dei Monti,L18,001001,unione.example\n" +
	"c_x005,Comune di Cinque,L6,,comune.cinque.example\n"

func TestFilterTakesWhatIsAskedFor(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"provincia=TO":                        "c_x001 un",
		"provincia=torino;categoria=l6":       "c_x001",
		"provincia=TO,AO;tipo=comune":         "c_x001 c_x002",
		"regione=valle d'aosta":               "c_x002",
		"regione=Vallée d’Aoste":              "c_x002",
		"provincia=OT":                        "c_x003 c_x004",
		"provincia=olbia tempio":              "c_x003 c_x004",
		"provincia=Gallura nord est Sardegna": "c_x003 c_x004",
		"provincia=001":                       "c_x001 un",
		"categoria=L18":                       "un",
	} {
		got := read(t, inventory.IPA, valley, strings.Split(text, ";")...)
		var codes []string
		for _, b := range got.Bodies {
			codes = append(codes, b.Code)
		}
		if list := strings.Join(codes, " "); list != want {
			t.Errorf("%s: got %s, want %s", text, list, want)
		}
		unknown := 0
		if !strings.HasPrefix(text, "categoria") {
			unknown = 1 // the place of c_x005 is not known: refused with its line, and not left out
		}
		if got.Refused != unknown || got.LeftOut != 6-len(codes)-unknown {
			t.Errorf("%s: %d refused, %d left out: %q", text, got.Refused, got.LeftOut, notes(got))
		}
	}
}

func TestConditionThatNoRowCanFitIsASlip(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"provincia=TR0":  `no Italian province is called "TR0"; write its two letters`,
		"regione=Padana": `no region is called "Padana"`,
		"department=13":  "an Italian list has no departments; write provincia=TO",
		"department=99":  `no French department is called "99"`,
		"population<100": "the filter asks for what no row tells (its population is not known)",
	} {
		filter, err := inventory.ParseFilter(text)
		if err != nil {
			t.Fatal(err)
		}
		_, err = inventory.Import(strings.NewReader(valley), inventory.Origin{Register: inventory.IPA, Name: "list"}, filter)
		if exit.Code(err) != exit.Usage || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v; want %s", text, err, want)
		}
	}
	_, err := inventory.Import(strings.NewReader("[]"), inventory.Origin{Register: inventory.Annuaire, Name: "list"}, inventory.Filter{Provinces: []string{"TO"}})
	if exit.Code(err) != exit.Usage || !strings.Contains(err.Error(), "a French list has no provinces; write department=13") {
		t.Errorf("got %v", err)
	}
}
