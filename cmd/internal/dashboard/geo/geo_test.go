package geo_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"campanile/cmd/internal/dashboard/geo"
)

const square = `{"type":"Feature","properties":{"code":"c_x001","name":"Uno"},"geometry":{"type":"Polygon","coordinates":[[[7,45],[8,45],[8,46],[7,46],[7,45]]]}}`

func collection(features ...string) string {
	return `{"type":"FeatureCollection","features":[` + strings.Join(features, ",") + `]}`
}

func feature(properties, geometry string) string {
	return `{"type":"Feature","properties":` + properties + `,"geometry":` + geometry + `}`
}

func TestWhatAMapSaysOfItsShapes(t *testing.T) {
	t.Parallel()
	m, err := geo.Read([]byte("\uFEFF" + collection(
		square,
		feature(`{"PRO_COM_T":"001272","COMUNE":"Due","x":{"y":[1]}}`, `{"type":"Point","coordinates":[7.5,45.5,300]}`),
		feature(`{"insee":1004,"nom":"Trois"}`, `{"type":"MultiPolygon","coordinates":[[[[7,45],[7.1,45],[7,45.1],[7,45]]],[[[8,45],[8.1,45],[8,45.1],[8,45]]]]}`),
		feature(`{"domain":"Comune.Quattro.Example."}`, `{"type":"Point","coordinates":[7,45]}`),
	)))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range m.Shapes {
		got = append(got, s.Code+"|"+s.Domain+"|"+s.Name)
	}
	want := "c_x001||Uno 001272||Due 1004||Trois |comune.quattro.example|"
	if strings.Join(got, " ") != want {
		t.Errorf("%q, want %q", strings.Join(got, " "), want)
	}
}

func TestAWrongFileIsRefusedWithTheNextStep(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("[", 40) + strings.Repeat("]", 40)
	for name, c := range map[string]struct{ file, want string }{
		"empty":                 {"", "ends in the middle"},
		"cut off":               {collection(square)[:90], "ends in the middle"},
		"no JSON":               {"<kml/>", "no GeoJSON"},
		"a list":                {"[]", "does not begin with {"},
		"no features":           {`{"type":"FeatureCollection","features":[]}`, "holds no feature"},
		"a bare feature":        {square, "FeatureCollection"},
		"another type":          {`{"type":"Topology","features":[` + square + `]}`, `"Topology"`},
		"features no list":      {`{"type":"FeatureCollection","features":{}}`, "no list"},
		"twice":                 {`{"type":"FeatureCollection","features":[` + square + `],"features":[` + square + `]}`, "two lists"},
		"something after":       {collection(square) + collection(square), "something follows"},
		"a line":                {collection(feature(`{"code":"x"}`, `{"type":"LineString","coordinates":[[7,45],[8,45]]}`)), `feature 1 of the map ("x"): its geometry is of the type "LineString"`},
		"no geometry":           {collection(square, feature(`{"code":"x"}`, `null`)), "feature 2 of the map"},
		"nameless":              {collection(feature(`{"area":3}`, `{"type":"Point","coordinates":[7,45]}`)), "nothing says whose shape"},
		"metres":                {collection(feature(`{"code":"x"}`, `{"type":"Point","coordinates":[395000,4990000]}`)), "EPSG:4326"},
		"open ring":             {collection(feature(`{"code":"x"}`, `{"type":"Polygon","coordinates":[[[7,45],[8,45],[8,46],[7,46]]]}`)), "not closed"},
		"short ring":            {collection(feature(`{"code":"x"}`, `{"type":"Polygon","coordinates":[[[7,45],[8,45],[7,45]]]}`)), "takes four"},
		"a point of one number": {collection(feature(`{"code":"x"}`, `{"type":"Point","coordinates":[7]}`)), "longitude and latitude"},
		"a polygon as a point":  {collection(feature(`{"code":"x"}`, `{"type":"Point","coordinates":[[7,45]]}`)), "do not fit a Point"},
		"an empty polygon":      {collection(feature(`{"code":"x"}`, `{"type":"Polygon","coordinates":[]}`)), "empty"},
		"deep":                  {`{"type":"FeatureCollection","x":` + deep + `,"features":[]}`, "deeper"},
		"too many":              {collection(strings.Split(strings.Repeat(feature(`{"code":"x"}`, `{"type":"Point","coordinates":[7,45]}`)+"\n", geo.MaxShapes+1), "\n")[:geo.MaxShapes+1]...), "more than 8000 features"},
		"too large":             {strings.Repeat(" ", geo.MaxBytes+1), "the most"},
	} {
		if _, err := geo.Read([]byte(c.file)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want a message with %q", name, err, c.want)
		}
	}
}

// places gives the corners that a path goes through.
func places(t *testing.T, path string) [][2]int {
	t.Helper()
	var list [][2]int
	for _, part := range strings.FieldsFunc(path, func(r rune) bool { return r == 'M' || r == 'z' }) {
		start, steps, _ := strings.Cut(part, "l")
		numbers := strings.Fields(start + " " + steps)
		x, y := 0, 0
		for i := 0; i+1 < len(numbers); i += 2 {
			dx, err := strconv.Atoi(numbers[i])
			dy, err2 := strconv.Atoi(numbers[i+1])
			if err != nil || err2 != nil {
				t.Fatalf("path %q", path)
			}
			x, y = x+dx, y+dy
			list = append(list, [2]int{x, y})
		}
	}
	return list
}

// At 60 degrees north a degree of longitude is half as long as one of latitude.
func TestATownHasItsProportions(t *testing.T) {
	t.Parallel()
	m, err := geo.Read([]byte(collection(feature(`{"code":"x"}`, `{"type":"Polygon","coordinates":[[[10,59],[14,59],[14,61],[10,61],[10,59]]]}`))))
	if err != nil {
		t.Fatal(err)
	}
	d := m.Draw(1000)
	p := places(t, d.Outlines[0].Path)
	wide, high := p[1][0]-p[0][0], p[0][1]-p[2][1]
	if len(p) != 4 || wide < high-2 || wide > high+2 {
		t.Errorf("%d corners, %d wide and %d high; want a square", len(p), wide, high)
	}
	if o := d.Outlines[0]; o.Spot || o.MiddleX < 490 || o.MiddleX > 510 || o.Room < 900 {
		t.Errorf("the letter stands at %d, %d with room %d", o.MiddleX, o.MiddleY, o.Room)
	}
}

// Points on a straight line, and those that fall together, are no use on paper.
func TestADrawingHasNoMorePointsThanItShows(t *testing.T) {
	t.Parallel()
	var ring []string
	for i := range 5000 {
		ring = append(ring, fmt.Sprintf("[%g,45]", 7+float64(i)/5000))
	}
	ring = append(ring, "[8,45]", "[8,46]", "[7,46]", "[7,45]")
	m, err := geo.Read([]byte(collection(feature(`{"code":"x"}`, `{"type":"Polygon","coordinates":[[`+strings.Join(ring, ",")+`]]}`))))
	if err != nil {
		t.Fatal(err)
	}
	if p := places(t, m.Draw(1000).Outlines[0].Path); len(p) != 4 {
		t.Errorf("%d points for a square", len(p))
	}
}

// What is too small for the sheet is drawn as a dot, and does not vanish.
func TestAShapeThatIsTooSmallIsADot(t *testing.T) {
	t.Parallel()
	m, err := geo.Read([]byte(collection(square, feature(`{"code":"y"}`, `{"type":"Polygon","coordinates":[[[7.5,45.5],[7.50001,45.5],[7.5,45.50001],[7.5,45.5]]]}`))))
	if err != nil {
		t.Fatal(err)
	}
	d := m.Draw(1000)
	if o := d.Outlines[1]; !o.Spot || o.Path != "" || o.MiddleX < 480 || o.MiddleX > 520 {
		t.Errorf("%+v, want a dot in the middle", o)
	}
	if d.Outlines[0].Spot {
		t.Error("the large one is a dot too")
	}
}

// A valley bent like a horseshoe: the middle of its box is its neighbour's.
func TestTheLetterStandsInsideABentShape(t *testing.T) {
	t.Parallel()
	m, err := geo.Read([]byte(collection(feature(`{"code":"u"}`, `{"type":"Polygon","coordinates":[[[7,45],[10,45],[10,48],[9,48],[9,46],[8,46],[8,48],[7,48],[7,45]]]}`))))
	if err != nil {
		t.Fatal(err)
	}
	d := m.Draw(900)
	if o := d.Outlines[0]; o.MiddleX > d.Width/3+10 && o.MiddleX < d.Width*2/3-10 {
		t.Errorf("the letter stands at %d of %d, in the gap", o.MiddleX, d.Width)
	}
}

// A whole nation in detail still makes a page of bounded size.
func TestALargeMapIsDrawnCoarser(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	var features []string
	for i := range 4000 {
		x, y := 7+float64(i%80)/10, 40+float64(i/80)/10
		ring := fmt.Sprintf("[%g,%g]", x, y)
		for range 120 {
			ring += fmt.Sprintf(",[%.6f,%.6f]", x+random.Float64()/10, y+random.Float64()/10)
		}
		features = append(features, feature(fmt.Sprintf(`{"code":"%d"}`, i), `{"type":"Polygon","coordinates":[[`+ring+fmt.Sprintf(",[%g,%g]", x, y)+`]]}`))
	}
	m, err := geo.Read([]byte(collection(features...)))
	if err != nil {
		t.Fatal(err)
	}
	size := 0
	for _, o := range m.Draw(1000).Outlines {
		size += len(o.Path)
	}
	if size > 2_500_000 {
		t.Errorf("the paths take %d bytes", size)
	}
}

var drawnPath = regexp.MustCompile(`^(M-?\d+ -?\d+l(-?\d+ -?\d+ ?)+z)*$`)

// FuzzMap: no file may crash the reader, and whatever it takes can be drawn within
// its sheet, with nothing in a path but numbers.
func FuzzMap(f *testing.F) {
	f.Add([]byte(collection(square)))
	f.Add([]byte(collection(feature(`{"name":"\u0000<script>"}`, `{"type":"Point","coordinates":[180,-90]}`))))
	f.Add([]byte(collection(feature(`{"istat":7}`, `{"type":"MultiPolygon","coordinates":[[[[7,45],[7.1,45],[7,45.1],[7,45]]]]}`))))
	f.Add([]byte(`{"features":[],"type":1}`))
	f.Add([]byte(`{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":1e999},"geometry":{"type":"Point","coordinates":[-0,1e-320]}}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := geo.Read(data)
		if err != nil {
			return
		}
		d := m.Draw(1000)
		if len(d.Outlines) != len(m.Shapes) || d.Width != 1000 || d.Height < 1 || d.Height > 1600 {
			t.Fatalf("%d outlines of %d shapes on a sheet of %d x %d", len(d.Outlines), len(m.Shapes), d.Width, d.Height)
		}
		for _, o := range d.Outlines {
			if o.MiddleX < -1 || o.MiddleX > d.Width+1 || o.MiddleY < -1 || o.MiddleY > d.Height+1 {
				t.Errorf("the middle %d, %d lies outside", o.MiddleX, o.MiddleY)
			}
			if !drawnPath.MatchString(o.Path) || o.Spot != (o.Path == "") {
				t.Errorf("path %.80q", o.Path)
			}
		}
	})
}
