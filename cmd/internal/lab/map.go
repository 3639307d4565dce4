package lab

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math"
	"slices"
)

// Map is the valley as GeoJSON (RFC 7946): one polygon for each municipality, with
// its domain, code and name. The valley lies in the Atlantic, south of Ghana, where
// the equator meets the first meridian: nobody can take it for a real one.
func (l *Lab) Map() []byte {
	drawn := valleyMap{Type: "FeatureCollection"}
	for i, parcel := range parcels() {
		t := l.towns[i]
		drawn.Features = append(drawn.Features, feature{
			Type:       "Feature",
			Properties: properties{Domain: t.Domain, Code: t.Code, Name: t.Name},
			Geometry:   geometry{Type: "Polygon", Coordinates: [][]point{parcel.outline()}},
		})
	}
	text, err := json.Marshal(drawn)
	if err != nil {
		panic(fmt.Sprintf("the lab's map cannot be written: %v", err)) // numbers and names always can
	}
	return text
}

type valleyMap struct {
	Type     string    `json:"type"`
	Features []feature `json:"features"`
}

type feature struct {
	Type       string     `json:"type"`
	Properties properties `json:"properties"`
	Geometry   geometry   `json:"geometry"`
}

type properties struct {
	Domain string `json:"domain"`
	Code   string `json:"code"`
	Name   string `json:"name"`
}

type geometry struct {
	Type        string    `json:"type"`
	Coordinates [][]point `json:"coordinates"`
}

// point is longitude and latitude.
type point [2]float64

// corner is a place where borders meet, by its column along the main valley and its
// row across.
type corner struct{ column, row int }

// parcel is the land of one municipality: its corners in order, against the clock.
type parcel []corner

// The valley has a main branch of nine by two municipalities, and a side valley of
// two abreast that ends in a single one at its head.
const (
	columns   = 9
	mouth     = 3 // the column at which the side valley begins
	sideWidth = 2
	lastRow   = 6
)

// parcels lists the land of the towns, in the order of the towns: up the left bank,
// down the right bank, then up the side valley.
func parcels() []parcel {
	var list []parcel
	square := func(column, row int) parcel {
		return parcel{{column, row}, {column + 1, row}, {column + 1, row + 1}, {column, row + 1}}
	}
	for column := range columns {
		list = append(list, square(column, 0))
	}
	for column := range columns {
		p := square(columns-1-column, 1)
		list = append(list, p)
	}
	for row := 2; row < lastRow-1; row++ {
		list = append(list, square(mouth, row), square(mouth+1, row))
	}
	top := lastRow - 1
	return append(list, parcel{
		{mouth, top},
		{mouth + 1, top},
		{mouth + sideWidth, top},
		{mouth + sideWidth, lastRow},
		{mouth + 1, lastRow},
		{mouth, lastRow},
	})
}

// outline is the border of the parcel, closed.
func (p parcel) outline() []point {
	var ring []point
	for i, from := range p {
		to := p[(i+1)%len(p)]
		ring = append(ring, border(from, to)...)
	}
	return append(ring, ring[0])
}

// border is the line from one corner to another without its end. It is the same in
// both directions, so that neighbours meet without a gap.
func border(from, to corner) []point {
	if to.row < from.row || to.row == from.row && to.column < from.column {
		line := append(border(to, from), from.at())
		slices.Reverse(line)
		return line[:len(line)-1]
	}
	line := bend(from.at(), to.at(), fmt.Sprint(from, to), 3)
	return line[:len(line)-1]
}

// bend draws a line that winds as borders do, along ridges and streams.
func bend(from, to point, name string, depth int) []point {
	if depth == 0 {
		return []point{from, to}
	}
	across := chance(name) * 0.16
	middle := point{
		rounded((from[0]+to[0])/2 - (to[1]-from[1])*across),
		rounded((from[1]+to[1])/2 + (to[0]-from[0])*across),
	}
	return append(bend(from, middle, name+"<", depth-1), bend(middle, to, name+">", depth-1)[1:]...)
}

// at places a corner on the map. The main valley runs from the north-west, where it
// is narrow, in a bow to the south-east, where it opens; the side valley climbs
// north-east.
func (c corner) at() point {
	along, across := float64(c.column), float64(c.row-1)
	name := fmt.Sprint(c)
	along += 0.22 * chance(name+"along")
	across += 0.18 * chance(name+"across")
	width := 0.030 + 0.004*along
	side := 0.0
	if c.row > 2 { // of the side valley, which bends
		side, across = float64(c.row-2), 1
	}
	x := -0.18 + 0.042*along + 0.012*across + 0.020*side - 0.006*side*(along-4)
	y := 0.075 - 0.0155*along + 0.018*math.Sin(along*0.75) + width*across + 0.037*side
	return point{rounded(x), rounded(y)}
}

// chance is a number between -1 and 1 that follows from a name.
func chance(name string) float64 {
	sum := fnv.New64a()
	_, _ = sum.Write([]byte(name)) // it never fails
	mixed := sum.Sum64()
	mixed = (mixed ^ mixed>>31) * 0x9e3779b97f4a7c15 // names that differ at the end only give numbers far apart
	return float64(mixed>>11)/float64(1<<52) - 1
}

// rounded leaves ten metres, which is finer than any picture.
func rounded(degrees float64) float64 { return math.Round(degrees*1e4) / 1e4 }
