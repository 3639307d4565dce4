// Package geo reads a map that somebody gives as GeoJSON (RFC 7946) and lays its
// shapes out on a sheet, with no more points than the sheet can show. It is pure:
// it knows no municipality, no colour and no words but those of its errors.
//
// It must not fetch anything: a map comes from a file, never from a server.
package geo

// The bounds of a map. All municipalities of Italy or of one French region are well
// within them.
const (
	MaxBytes  = 48 << 20
	MaxShapes = 8000
	MaxPoints = 1_500_000
	maxDepth  = 16
	maxRings  = 200_000
	maxText   = 200 // bytes of a name or a code; what is longer is cut
)

// Map is a set of shapes, in degrees.
type Map struct {
	Shapes []Shape
}

// Shape is one feature: an area, a place, or both.
type Shape struct {
	Code   string // of a register: the property code, istat or insee
	Domain string
	Name   string
	rings  []ring
	spots  []point
}

// ring is a closed line around an area, or around a hole in it.
type ring []point

// point is a place: degrees of longitude and latitude, or steps on a sheet.
type point struct{ x, y float64 }
