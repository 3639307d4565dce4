package geo

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Read reads a map. What it refuses it names, with the number of the feature and
// what to do.
func Read(data []byte) (*Map, error) {
	switch {
	case len(data) > MaxBytes:
		return nil, fmt.Errorf("the map has %d MB, and %d are the most; make it simpler (in QGIS: Vector, Geometry Tools, Simplify) or cut it to your territory", len(data)>>20, MaxBytes>>20)
	case depth(data) > maxDepth:
		return nil, fmt.Errorf("the map is nested deeper than %d levels; give GeoJSON (RFC 7946)", maxDepth)
	}
	in := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\uFEFF"))))
	m := &Map{}
	if err := m.file(in); err != nil {
		return nil, err
	}
	if len(m.Shapes) == 0 {
		return nil, errors.New("the map holds no feature; give a FeatureCollection of GeoJSON")
	}
	if _, err := in.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the map in the file; keep one FeatureCollection in it")
	}
	return m, nil
}

// depth tells how deep brackets are nested. What is between quotes does not count.
func depth(data []byte) int {
	now, most, quoted := 0, 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case !quoted && (c == '{' || c == '['):
			now++
			most = max(most, now)
		case !quoted && (c == '}' || c == ']'):
			now--
		}
	}
	return most
}

// notGeoJSON wraps what the reader of JSON says.
func notGeoJSON(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the map ends in the middle; was the file copied as a whole?")
	}
	return fmt.Errorf("the map is no GeoJSON (%w); give a FeatureCollection, as \"ogr2ogr -f GeoJSON\" or QGIS writes it", err)
}

// file reads the outer object. The type may come after the features.
func (m *Map) file(in *json.Decoder) error {
	if t, err := in.Token(); err != nil {
		return notGeoJSON(err)
	} else if t != json.Delim('{') {
		return errors.New("the map does not begin with {; give a FeatureCollection of GeoJSON")
	}
	kind, budget := "", &budget{}
	for in.More() {
		key, err := in.Token()
		if err != nil {
			return notGeoJSON(err)
		}
		switch key {
		case "type":
			err = in.Decode(&kind)
		case "features":
			if m.Shapes != nil {
				return errors.New("the map has two lists of features; keep one")
			}
			err = m.features(in, budget)
			if own, ok := errors.AsType[refusal](err); ok {
				return own
			}
		default:
			var rest json.RawMessage
			err = in.Decode(&rest)
		}
		if err != nil {
			return notGeoJSON(err)
		}
	}
	if _, err := in.Token(); err != nil {
		return notGeoJSON(err)
	}
	if kind != "FeatureCollection" {
		return fmt.Errorf("the map is of the type %q; give a FeatureCollection of GeoJSON", short(kind))
	}
	return nil
}

// refusal is what is wrong with one feature, in our own words.
type refusal string

func (r refusal) Error() string { return string(r) }

func refuse(format string, values ...any) error { return refusal(fmt.Sprintf(format, values...)) }

// budget counts what a map may hold.
type budget struct{ points, rings int }

func (m *Map) features(in *json.Decoder, b *budget) error {
	if t, err := in.Token(); err != nil {
		return err
	} else if t != json.Delim('[') {
		return refuse("the features of the map are no list; give a FeatureCollection of GeoJSON")
	}
	m.Shapes = []Shape{}
	for in.More() {
		if len(m.Shapes) == MaxShapes {
			return refuse("the map has more than %d features; cut it to your territory", MaxShapes)
		}
		var f feature
		if err := in.Decode(&f); err != nil {
			return err
		}
		s, err := f.shape(b)
		if err != nil {
			return refuse("feature %d of the map%s: %v", len(m.Shapes)+1, called(s), err)
		}
		m.Shapes = append(m.Shapes, s)
	}
	_, err := in.Token()
	return err
}

// called names a shape in a message.
func called(s Shape) string {
	for _, name := range []string{s.Name, s.Code, s.Domain} {
		if name != "" {
			return fmt.Sprintf(" (%q)", name)
		}
	}
	return ""
}

// feature is one as it stands in the file.
type feature struct {
	Type       string                     `json:"type"`
	Properties map[string]json.RawMessage `json:"properties"`
	Geometry   *struct {
		Type        string          `json:"type"`
		Coordinates json.RawMessage `json:"coordinates"`
	} `json:"geometry"`
}

func (f feature) shape(b *budget) (Shape, error) {
	s := Shape{
		Code: f.property("code", "istat", "insee", "pro_com_t"), Domain: strings.TrimSuffix(strings.ToLower(f.property("domain")), "."),
		Name: f.property("name", "nom", "comune"),
	}
	switch {
	case f.Type != "Feature":
		return s, fmt.Errorf("its type is %q, not Feature", short(f.Type))
	case f.Geometry == nil:
		return s, errors.New("it has no geometry; leave it out or give it a shape")
	case s.Code == "" && s.Domain == "" && s.Name == "":
		return s, errors.New("nothing says whose shape it is; give it a property code, istat, insee, domain or name")
	}
	return s, s.place(f.Geometry.Type, f.Geometry.Coordinates, b)
}

// property gives the first of some properties that says something, whatever its
// capitals. Programs write codes as numbers, too.
func (f feature) property(names ...string) string {
	for _, name := range names {
		for key, raw := range f.Properties {
			if !strings.EqualFold(key, name) {
				continue
			}
			var text string
			if json.Unmarshal(raw, &text) != nil {
				var n json.Number
				if json.Unmarshal(raw, &n) != nil {
					continue
				}
				text = n.String()
			}
			if text = short(strings.TrimSpace(text)); text != "" {
				return text
			}
		}
	}
	return ""
}

// short cuts a text that is longer than any name.
func short(text string) string {
	if len(text) > maxText {
		text = text[:maxText]
	}
	return strings.ToValidUTF8(text, "")
}

// place reads the coordinates of the three kinds of geometry that a municipality
// can have. How deep they are nested follows from the kind.
func (s *Shape) place(kind string, raw json.RawMessage, b *budget) error {
	var areas [][][][]float64
	var err error
	switch kind {
	case "Point":
		var spot []float64
		if err = json.Unmarshal(raw, &spot); err == nil {
			p, err := b.point(spot)
			s.spots = append(s.spots, p)
			return err
		}
	case "Polygon":
		areas = make([][][][]float64, 1)
		err = json.Unmarshal(raw, &areas[0])
	case "MultiPolygon":
		err = json.Unmarshal(raw, &areas)
	default:
		return fmt.Errorf("its geometry is of the type %q; a municipality is a Polygon, a MultiPolygon or a Point", short(kind))
	}
	if err != nil {
		return fmt.Errorf("its coordinates do not fit a %s", kind)
	}
	for _, area := range areas {
		for _, each := range area {
			r, err := b.ring(each)
			if err != nil {
				return err
			}
			s.rings = append(s.rings, r)
		}
	}
	if len(s.rings) == 0 {
		return errors.New("its geometry is empty; leave it out or give it a shape")
	}
	return nil
}

func (b *budget) ring(list [][]float64) (ring, error) {
	if b.rings++; b.rings > maxRings {
		return nil, fmt.Errorf("the map has more than %d rings; make it simpler", maxRings)
	}
	if len(list) < 4 {
		return nil, fmt.Errorf("a ring of %d points; it takes four, of which the last is the first again", len(list))
	}
	r := make(ring, len(list))
	for i, each := range list {
		var err error
		if r[i], err = b.point(each); err != nil {
			return nil, err
		}
	}
	if r[0] != r[len(r)-1] {
		return nil, errors.New("a ring is not closed; its last point must be its first")
	}
	return r, nil
}

// point checks a place. Numbers beyond the degrees of the Earth are the usual
// mistake: a map in metres.
func (b *budget) point(at []float64) (point, error) {
	if b.points++; b.points > MaxPoints {
		return point{}, fmt.Errorf("the map has more than %d points; make it simpler (in QGIS: Vector, Geometry Tools, Simplify)", MaxPoints)
	}
	if len(at) < 2 {
		return point{}, fmt.Errorf("a point of %d numbers; it takes longitude and latitude", len(at))
	}
	if at[0] < -180 || at[0] > 180 || at[1] < -90 || at[1] > 90 {
		return point{}, fmt.Errorf("%s, %s is no longitude and latitude; write the map in WGS 84 (\"ogr2ogr -t_srs EPSG:4326\")",
			strconv.FormatFloat(at[0], 'g', 8, 64), strconv.FormatFloat(at[1], 'g', 8, 64))
	}
	return point{at[0], at[1]}, nil
}
