package geo

import (
	"math"
	"slices"
	"strconv"
)

// Drawing is a map on a sheet.
type Drawing struct {
	Width, Height int
	Outlines      []Outline // in the order of the shapes
}

// Outline is one shape on the sheet.
type Outline struct {
	Path string // for the attribute d of a path of SVG
	// Middle is a place inside for a letter, and Room how wide the shape is there.
	MiddleX, MiddleY, Room int
	Spot                   bool // a place without an area, or one too small for the sheet: it is drawn as a dot
}

// maxDrawn is how many points a drawing may have. A sheet of a coarser raster is
// taken until they fit.
const maxDrawn = 250_000

// tall is the most that a sheet is higher than wide.
const tall = 1.5

// Draw lays the shapes out on a sheet of a width: equirectangular, with the cosine
// of the middle latitude, so that a town there has its proportions. Points that fall
// together on the sheet's raster, or lie on a line, are left out; neighbours keep
// their common border, as both lose the same points.
func (m *Map) Draw(width int) Drawing {
	for raster := 1; ; raster *= 2 {
		d, points := m.draw(width, raster)
		if points <= maxDrawn || raster >= width/8 {
			return d
		}
	}
}

func (m *Map) draw(width, raster int) (Drawing, int) {
	v := m.view(float64(width))
	d := Drawing{Width: width, Height: v.height, Outlines: make([]Outline, len(m.Shapes))}
	points := 0
	for i, s := range m.Shapes {
		var drawn []ring
		for _, r := range s.rings {
			if r = v.onto(r, float64(raster)); len(r) >= 3 {
				drawn, points = append(drawn, r), points+len(r)
			}
		}
		d.Outlines[i] = outline(drawn, v.middle(s))
	}
	return d, points
}

// view is how degrees become steps on the sheet.
type view struct {
	west, north, squeeze, scale float64
	height                      int
	left                        float64 // where the map is narrower than the sheet
}

// edge is the margin of a sheet: a border has its thickness.
const edge = 8

func (m *Map) view(width float64) view {
	low, high := m.bounds()
	v := view{west: low.x, north: high.y, squeeze: math.Cos((low.y + high.y) / 2 * math.Pi / 180)}
	w, h := max((high.x-low.x)*v.squeeze, 1e-6), max(high.y-low.y, 1e-6)
	v.scale = min((width-2*edge)/w, (width*tall-2*edge)/h)
	v.left = (width - w*v.scale) / 2
	v.height = max(int(math.Ceil(h*v.scale))+2*edge, int(width)/8)
	return v
}

func (m *Map) bounds() (low, high point) {
	low, high = point{180, 90}, point{-180, -90}
	see := func(list []point) {
		for _, p := range list {
			low.x, low.y = min(low.x, p.x), min(low.y, p.y)
			high.x, high.y = max(high.x, p.x), max(high.y, p.y)
		}
	}
	for _, s := range m.Shapes {
		see(s.spots)
		for _, r := range s.rings {
			see(r)
		}
	}
	return low, high
}

func (v view) at(p point) point {
	return point{v.left + (p.x-v.west)*v.squeeze*v.scale, edge + (v.north-p.y)*v.scale}
}

// onto puts a ring on the raster, without the last point, which is the first.
func (v view) onto(r ring, raster float64) ring {
	out := make(ring, 0, min(len(r), 64))
	for _, p := range r[:len(r)-1] {
		q := v.at(p)
		q.x, q.y = math.Round(q.x/raster)*raster, math.Round(q.y/raster)*raster
		if len(out) > 0 && out[len(out)-1] == q {
			continue
		}
		if n := len(out); n > 1 && onLine(out[n-2], out[n-1], q) {
			out[n-1] = q
			continue
		}
		out = append(out, q)
	}
	for len(out) > 1 && out[0] == out[len(out)-1] {
		out = out[:len(out)-1]
	}
	return out
}

// onLine reports whether b lies between a and c.
func onLine(a, b, c point) bool {
	return (b.x-a.x)*(c.y-b.y) == (b.y-a.y)*(c.x-b.x) && (b.x-a.x)*(c.x-b.x)+(b.y-a.y)*(c.y-b.y) > 0
}

// middle gives the place of a shape on the sheet where it has no area.
func (v view) middle(s Shape) point {
	if len(s.spots) > 0 {
		return v.at(s.spots[0])
	}
	return v.at(s.rings[0][0])
}

// outline writes rings down, or a dot where none is left.
func outline(rings []ring, middle point) Outline {
	if len(rings) == 0 {
		return Outline{MiddleX: int(math.Round(middle.x)), MiddleY: int(math.Round(middle.y)), Spot: true}
	}
	var path []byte
	largest, most := 0, 0.0
	for i, r := range rings {
		path = r.write(path)
		if a := math.Abs(r.area()); a > most {
			largest, most = i, a
		}
	}
	o := Outline{Path: string(path)}
	o.MiddleX, o.MiddleY, o.Room = rings[largest].room(rings)
	return o
}

// write writes a ring in steps from point to point: shorter than places.
func (r ring) write(path []byte) []byte {
	path = append(path, 'M')
	path = strconv.AppendInt(path, int64(r[0].x), 10)
	path = append(path, ' ')
	path = strconv.AppendInt(path, int64(r[0].y), 10)
	path = append(path, 'l')
	for i := 1; i < len(r); i++ {
		if i > 1 {
			path = append(path, ' ')
		}
		path = strconv.AppendInt(path, int64(r[i].x-r[i-1].x), 10)
		path = append(path, ' ')
		path = strconv.AppendInt(path, int64(r[i].y-r[i-1].y), 10)
	}
	return append(path, 'z')
}

func (r ring) area() float64 {
	sum := 0.0
	for i, p := range r {
		q := r[(i+1)%len(r)]
		sum += p.x*q.y - q.x*p.y
	}
	return sum / 2
}

// room gives the middle of the widest stretch inside the shape at the height where
// its largest ring has its middle, and how wide that is: a bent valley has its centre
// in its neighbour. Holes are no room.
func (r ring) room(all []ring) (x, y, width int) {
	top, bottom := r[0].y, r[0].y
	for _, p := range r {
		top, bottom = min(top, p.y), max(bottom, p.y)
	}
	at := (top+bottom)/2 + 0.25 // beside the raster, where no corner lies
	var cuts []float64
	for _, each := range all {
		for i, p := range each {
			q := each[(i+1)%len(each)]
			if (p.y < at) != (q.y < at) {
				cuts = append(cuts, p.x+(at-p.y)/(q.y-p.y)*(q.x-p.x))
			}
		}
	}
	slices.Sort(cuts)
	from, most := r[0].x, 0.0
	for i := 0; i+1 < len(cuts); i += 2 {
		if w := cuts[i+1] - cuts[i]; w > most {
			from, most = cuts[i], w
		}
	}
	return int(math.Round(from + most/2)), int(math.Round(at)), int(min(most, bottom-top))
}
