package lab

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"
)

func TestTheMapHasEveryTownOnce(t *testing.T) {
	t.Parallel()
	l := raised(t)
	text := l.Map()
	if !bytes.Equal(text, l.Map()) {
		t.Error("two maps differ")
	}
	var drawn valleyMap
	if err := json.Unmarshal(text, &drawn); err != nil {
		t.Fatal(err)
	}
	domains := map[string]bool{}
	for _, f := range drawn.Features {
		domains[f.Properties.Domain] = true
	}
	for _, town := range l.Towns() {
		if !domains[town.Domain] {
			t.Errorf("%s has no land", town.Domain)
		}
	}
	if len(drawn.Features) != len(l.Towns()) {
		t.Errorf("%d polygons for %d towns", len(drawn.Features), len(l.Towns()))
	}
}

// Neighbours share their border to the point: each piece of a line belongs to one
// polygon in each direction at most, and the pieces that nobody has on the other side
// are one closed line, the border of the valley.
func TestMunicipalitiesAdjoinWithoutGaps(t *testing.T) {
	t.Parallel()
	type piece struct{ from, to point }
	pieces := map[piece]int{}
	for i, p := range parcels() {
		ring := p.outline()
		if area(ring) <= 0.0003 {
			t.Errorf("polygon %d is as good as nothing, or runs with the clock: %f", i, area(ring))
		}
		if ring[0] != ring[len(ring)-1] {
			t.Errorf("polygon %d is open", i)
		}
		for j := range ring[1:] {
			pieces[piece{ring[j], ring[j+1]}]++
		}
		if crossing := crosses(ring); crossing != "" {
			t.Errorf("polygon %d crosses itself: %s", i, crossing)
		}
	}
	next := map[point]point{}
	for p, n := range pieces {
		if n != 1 {
			t.Errorf("%v belongs to %d polygons", p, n)
		}
		if pieces[piece{p.to, p.from}] == 0 {
			next[p.from] = p.to
		}
	}
	var start point
	for start = range next {
		break
	}
	steps := 1
	for at := next[start]; at != start && steps <= len(next); at = next[at] {
		steps++
	}
	if steps != len(next) {
		t.Errorf("the border of the valley has %d pieces, of which %d are one line", len(next), steps)
	}
}

func area(ring []point) float64 {
	sum := 0.0
	for i := range ring[1:] {
		sum += ring[i][0]*ring[i+1][1] - ring[i+1][0]*ring[i][1]
	}
	return sum / 2
}

func crosses(ring []point) string {
	turn := func(a, b, c point) float64 { return (b[0]-a[0])*(c[1]-a[1]) - (b[1]-a[1])*(c[0]-a[0]) }
	for i := range len(ring) - 1 {
		for j := i + 2; j < len(ring)-1; j++ {
			if i == 0 && j == len(ring)-2 {
				continue
			}
			a, b, c, d := ring[i], ring[i+1], ring[j], ring[j+1]
			if turn(a, b, c)*turn(a, b, d) < 0 && turn(c, d, a)*turn(c, d, b) < 0 {
				return fmt.Sprint(a, b, c, d)
			}
		}
	}
	return ""
}
