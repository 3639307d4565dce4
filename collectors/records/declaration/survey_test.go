package declaration_test

import (
	"testing"
	"time"

	"campanile/collectors/records/declaration"
)

func TestNextLinkToFollow(t *testing.T) {
	t.Parallel()
	const (
		inner = "https://www.mairie.example/accessibilite"
		agid  = "https://form.agid.gov.it/view/0f0e0d0c-0b0a-4908-8706-050403020100"
	)
	link := func(address, raw, text string) declaration.Link {
		return declaration.Link{URL: address, Raw: raw, Text: text, Place: "footer"}
	}
	const mention = "Accessibilité : non conforme"
	for name, each := range map[string]struct {
		page declaration.Page
		want int
	}{
		"definite":                      {declaration.Page{Links: []declaration.Link{link(inner, "", "Plan du site"), link(inner, "", mention)}}, 1},
		"likely":                        {declaration.Page{Links: []declaration.Link{link(inner, "", "Accessibilité")}}, 0},
		"likely-beside-a-mention":       {declaration.Page{Links: []declaration.Link{link(inner, "", "Plan du site"), link(inner, "", "Accessibilité")}, Mentions: []string{mention}}, 1},
		"likely-beside-a-placeholder":   {declaration.Page{Links: []declaration.Link{link("", "#", "Dichiarazione di accessibilità"), link(inner, "", "Accessibilità")}}, 1},
		"mention-alone":                 {declaration.Page{Mentions: []string{mention}}, -1},
		"placeholder-alone":             {declaration.Page{Links: []declaration.Link{link("", "#", "Dichiarazione di accessibilità")}}, -1},
		"address-of-agid-beside-likely": {declaration.Page{Links: []declaration.Link{link(inner, "", "Accessibilità"), link(agid, "", "Dichiarazione di accessibilità")}}, -1},
		"nothing":                       {declaration.Page{}, -1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			survey := declaration.Look(each.page, declaration.Seen)
			if got := survey.Next(); got != each.want {
				t.Errorf("got link %d, want %d (%s)", got, each.want, survey.Outcome)
			}
		})
	}
}

func TestDateIsReadBackAsItIsWritten(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]declaration.Date{
		"2024-09-13": {Year: 2024, Month: 9, Day: 13},
		"2024-09":    {Year: 2024, Month: 9},
		"2024-02-30": {}, "2024-13": {}, "13/09/2024": {}, "2024": {}, "": {},
	} {
		got, ok := declaration.ParseDate(text)
		if got != want || ok != !want.IsZero() {
			t.Errorf("%q: got %v, %v", text, got, ok)
		}
		if ok && got.String() != text {
			t.Errorf("%q is written %q", text, got)
		}
	}
}

// The first day of the French period is the oldest that still holds.
func TestFrenchPeriodBeginsWhereDeclarationsStopHolding(t *testing.T) {
	t.Parallel()
	for at := time.Date(2026, 2, 20, 12, 0, 0, 0, time.UTC); at.Year() < 2030; at = at.AddDate(0, 0, 1) {
		first := declaration.FrenchPeriod(at).From
		day := time.Date(first.Year, time.Month(first.Month), first.Day, 12, 0, 0, 0, time.UTC)
		before := declaration.DateOf(day.AddDate(0, 0, -1), time.UTC)
		if declaration.InFrance(first, at) != declaration.Current || declaration.InFrance(before, at) != declaration.Outdated {
			t.Fatalf("at %s: %s is %s and %s is %s", at.Format(time.DateOnly),
				first, declaration.InFrance(first, at), before, declaration.InFrance(before, at))
		}
	}
}

// A link of the last minutes of a day in UTC was created on the next day in Italy.
func TestDayOfALinkIsThatOfItaly(t *testing.T) {
	t.Parallel()
	filed := declaration.ReadAddress("https://form.agid.gov.it/view/d6aae140-719a-11ef-8000-0000deadbeef")
	if filed.Day().String() != "2024-09-13" {
		t.Errorf("got %s, made at %s", filed.Day(), filed.Created)
	}
	filed.Created = time.Date(2026, 9, 23, 22, 30, 0, 0, time.UTC)
	if filed.Day().String() != "2026-09-24" {
		t.Errorf("got %s", filed.Day())
	}
	if none := (declaration.Filed{}); !none.Day().IsZero() {
		t.Errorf("no address tells %s", none.Day())
	}
}
