package office

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"slices"
	"strings"
)

// Bounds of a picture.
const (
	maxWidth   = 170 // millimetres: A4 without its margins
	maxHeight  = 240
	maxPicture = 10 << 20 // bytes
)

func (f Figure) check() error {
	switch {
	case clean(f.Title) == "" || clean(f.Description) == "":
		return errors.New("figure: give a title and a description for whoever does not see it")
	case !(f.Width > 0 && f.Width <= maxWidth && f.Height > 0 && f.Height <= maxHeight):
		return fmt.Errorf("figure %q: %v by %v mm; give at most %d by %d", f.Title, f.Width, f.Height, maxWidth, maxHeight)
	case len(f.PNG) == 0 && len(f.SVG) == 0:
		return fmt.Errorf("figure %q: no picture; give PNG or SVG", f.Title)
	case len(f.PNG) > maxPicture || len(f.SVG) > maxPicture:
		return fmt.Errorf("figure %q: more than %d bytes; make it smaller", f.Title, maxPicture)
	}
	if len(f.PNG) > 0 {
		if _, err := png.DecodeConfig(bytes.NewReader(f.PNG)); err != nil {
			return fmt.Errorf("figure %q: %w", f.Title, err)
		}
	}
	if len(f.SVG) > 0 {
		if err := still(f.SVG); err != nil {
			return fmt.Errorf("figure %q: %w", f.Title, err)
		}
	}
	return nil
}

// drawing are the elements that a still picture needs. Everything else, such
// as script, image, foreignObject, style, animation and links, is refused.
var drawing = []string{
	"svg", "g", "title", "desc", "defs", "rect", "circle", "ellipse", "line", "polyline", "polygon", "path", "text", "tspan",
	"linearGradient", "radialGradient", "stop", "clipPath",
}

// still refuses an SVG that does more than show itself.
func still(svg []byte) error {
	decoder := xml.NewDecoder(bytes.NewReader(svg))
	for first := true; ; {
		token, err := decoder.Token()
		switch {
		case errors.Is(err, io.EOF) && !first:
			return nil
		case err != nil:
			return fmt.Errorf("the SVG cannot be read: %w", err)
		}
		switch each := token.(type) {
		case xml.StartElement:
			if first && each.Name.Local != "svg" {
				return fmt.Errorf("the SVG begins with %q", each.Name.Local)
			}
			first = false
			if err := calm(each); err != nil {
				return err
			}
		case xml.Directive:
			return errors.New("the SVG has a document type; leave it out")
		case xml.ProcInst:
			if each.Target != "xml" {
				return fmt.Errorf("the SVG has an instruction %q; leave it out", each.Target)
			}
		}
	}
}

func calm(e xml.StartElement) error {
	if !slices.Contains(drawing, e.Name.Local) {
		return fmt.Errorf("the SVG has an element %q, which a still picture does not need", e.Name.Local)
	}
	for _, a := range e.Attr {
		name, value := strings.ToLower(a.Name.Local), strings.ToLower(a.Value)
		// url(#name) is a colour run or a shape of its own; others are fetched.
		elsewhere := strings.Contains(strings.ReplaceAll(value, "url(#", ""), "url(")
		if strings.HasPrefix(name, "on") || name == "href" || elsewhere || strings.Contains(value, `\`) || strings.Contains(value, "@import") {
			return fmt.Errorf("the SVG has an attribute %s=%q, which a still picture does not need", a.Name.Local, clip(a.Value, 60))
		}
	}
	return nil
}

// nothing is a picture of one clear point, for readers that cannot show an SVG
// and to whom none was given in its place.
func nothing() []byte {
	point := image.NewNRGBA(image.Rect(0, 0, 1, 1))
	point.Set(0, 0, color.Transparent)
	var b bytes.Buffer
	if err := png.Encode(&b, point); err != nil {
		panic(err) // a buffer takes everything
	}
	return b.Bytes()
}
