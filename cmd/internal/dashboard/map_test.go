package dashboard

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"campanile/cmd/internal/store"
	"campanile/collectors/evidence"
	"campanile/rules"
)

// square is a shape of a map with some properties.
func square(n int, properties string) string {
	x, y := float64(n%20)/10, float64(n/20)/10
	return fmt.Sprintf(`{"type":"Feature","properties":{%s},"geometry":{"type":"Polygon","coordinates":[[[%g,%g],[%g,%g],[%g,%g],[%g,%g]]]}}`,
		properties, x, y, x+.1, y, x+.1, y+.1, x, y)
}

func mapFile(features ...string) string {
	return `{"type":"FeatureCollection","features":[` + strings.Join(features, ",") + `]}`
}

func TestTheMapShowsHowTheTownsStand(t *testing.T) {
	t.Parallel()
	p := newPlace(t, nil)
	file := mapFile(square(0, `"code":"C_X001"`), square(1, `"domain":"comune.ostile.example","name":"<script>alert(3)</script>"`), square(2, `"name":"Elsewhere \"><script>"`))
	if err := p.Chronicle.Store.Set(t.Context(), mapSetting, file); err != nil {
		t.Fatal(err)
	}
	v := p.visitor()
	page := v.wants("the overview", v.get("/"), http.StatusOK)
	v.shows(page, `<svg xmlns="http://www.w3.org/2000/svg" class="map"`, `role="group"`, `<title id="map-title">Map of the municipalities</title>`,
		`<a href="`+townPath(p.town)+`" aria-label="Comune di Valbassa: grade `, `<a href="`+townPath(p.hostile)+`"`,
		"1 municipality is not on the map", "1 shape of the map", "The same values as a table")
	v.hides(page, "<script>", "Elsewhere \"")
	if n := strings.Count(page.text, `fill="url(#grade-`); n < 2 {
		t.Errorf("%d shapes have a pattern", n)
	}
}

// A map that cannot be drawn says why, and the page stands.
func TestAMapThatCannotBeDrawn(t *testing.T) {
	t.Parallel()
	p := newPlace(t, nil)
	if err := p.Chronicle.Store.Set(t.Context(), mapSetting, mapFile(strings.ReplaceAll(square(0, `"code":"<b>x"`), "Polygon", "LineString"))); err != nil {
		t.Fatal(err)
	}
	v := p.visitor()
	page := v.wants("the overview", v.get("/"), http.StatusOK)
	v.shows(page, "The map cannot be drawn:", "LineString", "How the municipalities stand")
	v.hides(page, "<b>x")
}

// A new map is drawn within minutes; how the towns stand is never old.
func TestAMapIsReadAgain(t *testing.T) {
	t.Parallel()
	p := newPlace(t, nil)
	s, now, maps := p.Chronicle.Store, p.clock.now(), &atlas{}
	look := func(at time.Time) int {
		t.Helper()
		d, problem, err := maps.of(t.Context(), s, at)
		if err != nil || problem != nil {
			t.Fatal(err, problem)
		}
		if d == nil {
			return 0
		}
		return len(d.Outlines)
	}
	if n := look(now); n != 0 {
		t.Errorf("no map has %d shapes", n)
	}
	if err := s.Set(t.Context(), mapSetting, mapFile(square(0, `"code":"c_x001"`))); err != nil {
		t.Fatal(err)
	}
	if n := look(now.Add(mapFresh + time.Second)); n != 1 {
		t.Errorf("the new map has %d shapes, want 1", n)
	}
	towns, err := maps.standing(t.Context(), s)
	if err != nil || towns[p.unseen].Scan != 0 {
		t.Fatalf("%+v %v", towns[p.unseen], err)
	}
	p.look(p.unseen, "Nuovo", "comune.nuovo.example", 0, false)
	if towns, err = maps.standing(t.Context(), s); err != nil || towns[p.unseen].Scan == 0 {
		t.Errorf("the look of now is not seen: %+v %v", towns[p.unseen], err)
	}
}

func TestWhoseAShapeIs(t *testing.T) {
	t.Parallel()
	body := func(id int64, code, place, domain, name string, municipality bool) store.Body {
		return store.Body{ID: id, Target: evidence.Target{Code: code, Domain: domain, Name: name}, Place: place, Municipality: municipality}
	}
	bodies := []store.Body{
		body(1, "c_x001", "001001", "comune.uno.example", "Comune di Uno", true),
		body(2, "unione", "001001", "unione.example", "Unione dei Comuni di Uno", false),
		body(3, "", "01004", "due.example", "Commune de Deux", true),
		body(4, "c_x005", "", "x.example", "Comune di Gemello", true),
		body(5, "c_x006", "", "y.example", "GEMELLO", true),
		body(6, "c_x007", "", "z.example", "Comune d’Aria", true),
	}
	for _, order := range [][]store.Body{bodies, {bodies[1], bodies[0], bodies[5], bodies[4], bodies[3], bodies[2]}} {
		for name, c := range map[string]struct {
			owner
			want int64
		}{
			"code":                 {owner{code: "C_X001"}, 1},
			"the municipality":     {owner{code: "001001"}, 1},
			"without its zeros":    {owner{code: "1001"}, 1},
			"INSEE":                {owner{code: "01004", name: "Uno"}, 3},
			"domain":               {owner{domain: "unione.example"}, 2},
			"name":                 {owner{name: "Deux"}, 3},
			"name with an elision": {owner{name: "Comune d'Aria"}, 6},
			"two of one name":      {owner{name: "Gemello"}, 0},
			"nobody":               {owner{name: "Altrove", code: "999", domain: "no.example"}, 0},
			"nothing":              {owner{}, 0},
		} {
			d := (&drawn{owners: []owner{c.owner}}).matched(order)
			if d.bodies[0] != c.want {
				t.Errorf("%s: %d, want %d", name, d.bodies[0], c.want)
			}
		}
	}
}

// With hundreds of shapes the keyboard does not stop at each, and no table grows to
// thousands of rows.
func TestALargeMapDoesNotTrapTheKeyboard(t *testing.T) {
	t.Parallel()
	var features []string
	var bodies []store.Body
	towns := map[int64]store.Town{}
	for n := range 300 {
		features = append(features, square(n, fmt.Sprintf(`"code":"c%d"`, n)))
		bodies = append(bodies, store.Body{ID: int64(n + 1), Target: evidence.Target{Code: fmt.Sprintf("c%d", n), Name: fmt.Sprint(n)}})
		towns[int64(n+1)] = store.Town{ID: int64(n + 1), Name: fmt.Sprint(n)}
	}
	d, err := draw(mapFile(features...))
	if err != nil {
		t.Fatal(err)
	}
	view := tellerIn(t, rules.English).mapOf(d.matched(bodies), towns)
	if links, skipped := strings.Count(string(view.SVG), "<a "), strings.Count(string(view.SVG), `tabindex="-1"`); links != 300 || skipped != 300 || len(view.Table.Rows) != 0 {
		t.Errorf("%d links, of which %d are skipped, and %d rows", links, skipped, len(view.Table.Rows))
	}
}
