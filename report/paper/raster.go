package paper

import (
	"bytes"
	"encoding/xml"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"strconv"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"campanile/report/chart"
)

// finer is how many points of the picture stand for one of the drawing's scale.
const finer = 3

// bars draws a chart as PNG, for programs that do not show SVG, such as older
// ones for word processing: the rectangles and the words of the drawing, which
// has nothing else.
func bars(svg []byte, width, height int) []byte {
	picture := image.NewRGBA(image.Rect(0, 0, width*finer, height*finer))
	draw.Draw(picture, picture.Bounds(), image.White, image.Point{}, draw.Src)
	decoder, letters, words := xml.NewDecoder(bytes.NewReader(svg)), face(), attributes(nil)
	for {
		token, err := decoder.Token()
		if err != nil {
			break // the end: the drawing is the report's own
		}
		switch each := token.(type) {
		case xml.StartElement:
			words = nil
			switch each.Name.Local {
			case "rect":
				rect(picture, attributesOf(each))
			case "text":
				words = attributesOf(each)
			}
		case xml.CharData:
			if words != nil {
				write(picture, letters, words, string(each))
			}
		case xml.EndElement:
			words = nil
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		panic(err) // a buffer takes everything
	}
	return b.Bytes()
}

// attributes are those of one element of a drawing.
type attributes map[string]string

func attributesOf(e xml.StartElement) attributes {
	list := attributes{}
	for _, a := range e.Attr {
		list[a.Name.Local] = a.Value
	}
	return list
}

// at gives the sum of some attributes in points of the picture.
func (a attributes) at(names ...string) int {
	sum := 0.0
	for _, name := range names {
		n, err := strconv.ParseFloat(a[name], 64)
		if err != nil {
			return 0
		}
		sum += n
	}
	return int(math.Round(sum * finer))
}

// rect draws a rectangle: its edge, and inside it its area.
func rect(picture draw.Image, a attributes) {
	area := image.Rect(a.at("x"), a.at("y"), a.at("x", "width"), a.at("y", "height"))
	draw.Draw(picture, area.Inset(-finer/2), image.NewUniform(colour(a["stroke"])), image.Point{}, draw.Src)
	draw.Draw(picture, area.Inset(finer/2), image.NewUniform(colour(a["fill"])), image.Point{}, draw.Src)
}

// face is the type of the words: one that travels with the program, since a
// picture must not depend on what is installed.
func face() font.Face {
	parsed, err := opentype.Parse(goregular.TTF)
	if err != nil {
		panic(err) // the font is part of the program
	}
	letters, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: chart.Letter * finer, DPI: 72})
	if err != nil {
		panic(err) // so are its options
	}
	return letters
}

// write sets words where the drawing has them.
func write(picture draw.Image, letters font.Face, a attributes, text string) {
	pen := font.Drawer{Dst: picture, Src: image.NewUniform(colour(a["fill"])), Face: letters}
	pen.Dot = fixed.P(a.at("x"), a.at("y"))
	switch length := pen.MeasureString(text); a["text-anchor"] {
	case "middle":
		pen.Dot.X -= length / 2
	case "end":
		pen.Dot.X -= length
	}
	pen.DrawString(text)
}

// colour reads #rrggbb; anything else is white.
func colour(text string) color.Color {
	n, err := strconv.ParseUint(text[min(1, len(text)):], 16, 24)
	if err != nil || len(text) != len("#rrggbb") {
		return color.White
	}
	return color.RGBA{R: uint8(n >> 16), G: uint8(n >> 8), B: uint8(n), A: 255}
}
