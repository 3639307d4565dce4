package inventory_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/cmd/internal/inventory"
	"campanile/collectors/evidence"
)

func TestDirectoryIsReadInEachFormThatItIsServedIn(t *testing.T) {
	t.Parallel()
	one, two := inString(hallOf(1)), inString(hallOf(2))
	for name, text := range map[string]string{
		"export":               "[" + one + "," + two + "]",
		"export-one-a-line":    "\ufeff[\n" + one + ",\n" + two + "\n]\n",
		"answer-of-records":    `{"total_count": 2, "results": [` + one + "," + two + "]}",
		"file-of-the-open-day": `{"service": [` + one + "," + two + "]}",
		"lines":                one + "\n" + two + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := read(t, inventory.Annuaire, text)
			if len(got.Bodies) != 2 || got.Kept != 2 {
				t.Fatalf("got %+v", got)
			}
			line := 1
			if name == "export-one-a-line" {
				line = 2
			}
			want := inventory.Body{
				Target: evidence.Target{
					Domain: "mairie-bourgfictif1.example", Name: "Mairie - Bourgfictif 1", Country: "fr", Code: "02001",
					Mailboxes: []evidence.Mailbox{{Address: "accueil@mairie-bourgfictif1.example"}},
				},
				Register: inventory.Annuaire, Line: line, Place: "02001", Category: "mairie", Municipality: true, Department: "02", Region: "Hauts-de-France",
			}
			if diff := cmp.Diff(want, got.Bodies[0]); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestEachKindOfDirtOfTheDirectory(t *testing.T) {
	t.Parallel()
	domains := map[string]string{
		"own": "mairie-bourgfictif7.example", "below": "bourgfictif7.e-monsite.com", "portal": "portail.example",
	}
	for _, dirt := range hallDirt {
		t.Run(dirt.name, func(t *testing.T) {
			t.Parallel()
			got := read(t, inventory.Annuaire, "["+inString(hallOf(0))+",\n"+inString(dirt.change(hallOf(7), 7))+"]")
			counts := [3]int{got.Kept - 1, got.Repaired, got.Refused}
			want := [3]int{}
			if dirt.name == "shared-host" {
				want[kept] = 1 // nobody shares it here
			} else {
				want[dirt.want] = 1
			}
			if diff := cmp.Diff(want, counts); diff != "" {
				t.Fatalf("kept, repaired, refused: -want +got\n%s\n%q", diff, notes(got))
			}
			for _, note := range notes(got) {
				if !strings.HasPrefix(note, "list:2: entry 2: ") {
					t.Errorf("note without its place: %q", note)
				}
			}
			if dirt.want == refused {
				return
			}
			domain := domains["own"]
			switch dirt.name {
			case "below-a-platform":
				domain = domains["below"]
			case "shared-host":
				domain = domains["portal"]
			case "no-site-and-an-open-mailbox":
				domain = ""
			}
			body := got.Bodies[1]
			if body.Domain != domain || body.Department != "08" {
				t.Errorf("got %+v; %q", body, notes(got))
			}
			if formers := len(body.Former); formers > 0 != (dirt.name == "personal-page") {
				t.Errorf("former domains %q", body.Former)
			}
		})
	}
}

func TestUnionOfTheDirectoryIsNoMunicipality(t *testing.T) {
	t.Parallel()
	union := hallOf(1)
	union["pivot"] = inString([]any{map[string]any{"type_service_local": "epci"}})
	union["nom"] = "Communauté de communes fictive"
	text := "[" + inString(union) + "," + inString(hallOf(1)) + "]"
	got := read(t, inventory.Annuaire, text)
	if len(got.Bodies) != 2 || got.Bodies[0].Municipality || got.Bodies[0].Code != "00000000000001" || got.Bodies[0].Category != "epci" {
		t.Errorf("got %+v", got)
	}
	got = read(t, inventory.Annuaire, text, "tipo=comune", "département=Aisne")
	if len(got.Bodies) != 1 || got.LeftOut != 1 || got.Bodies[0].Code != "02001" {
		t.Errorf("got %+v", got)
	}
}

func TestOverseasMunicipalityHasADepartmentOfThreeDigits(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{"97101": "971 Guadeloupe", "97411": "974 La Réunion", "2B033": "2B Corse", "98818": "988 "} {
		entry := hallOf(1)
		entry["code_insee_commune"] = code
		got := read(t, inventory.Annuaire, "["+inString(entry)+"]")
		if place := got.Bodies[0].Department + " " + got.Bodies[0].Region; place != want {
			t.Errorf("%s: got %s, want %s", code, place, want)
		}
	}
}

func TestNestedListWithoutEndIsBounded(t *testing.T) {
	t.Parallel()
	entry := hallOf(1)
	var many []string
	for range 5000 {
		many = append(many, "https://un.example")
	}
	entry["site_internet"] = inString(sitesOf(many...))
	entry["adresse_courriel"] = strings.Repeat("a@un.example;", 5000)
	got := read(t, inventory.Annuaire, "["+inString(entry)+"]")
	if got.Repaired != 1 || got.Bodies[0].Domain != "un.example" || len(got.Bodies[0].Mailboxes) > 0 {
		t.Errorf("got %+v", got)
	}
}
