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
)

// finer is how many points of the picture stand for one of the drawing's scale.
const finer = 3

// bars draws the bars of a chart as PNG, for programs that do not show SVG, such
// as older ones for word processing. The words are left out: a picture of letters
// needs a font, and the table below has them in the same order.
func bars(svg []byte, width, height int) []byte {
	picture := image.NewRGBA(image.Rect(0, 0, width*finer, height*finer))
	draw.Draw(picture, picture.Bounds(), image.White, image.Point{}, draw.Src)
	decoder := xml.NewDecoder(bytes.NewReader(svg))
	for {
		token, err := decoder.Token()
		if err != nil {
			break // the end: the drawing is the report's own
		}
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == "rect" {
			rect(picture, e)
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		panic(err) // a buffer takes everything
	}
	return b.Bytes()
}

// rect draws a rectangle: its edge, and inside it its area.
func rect(picture draw.Image, e xml.StartElement) {
	value := map[string]string{}
	for _, a := range e.Attr {
		value[a.Name.Local] = a.Value
	}
	at := func(names ...string) int {
		sum := 0.0
		for _, name := range names {
			n, err := strconv.ParseFloat(value[name], 64)
			if err != nil {
				return 0
			}
			sum += n
		}
		return int(math.Round(sum * finer))
	}
	area := image.Rect(at("x"), at("y"), at("x", "width"), at("y", "height"))
	draw.Draw(picture, area.Inset(-finer/2), image.NewUniform(colour(value["stroke"])), image.Point{}, draw.Src)
	draw.Draw(picture, area.Inset(finer/2), image.NewUniform(colour(value["fill"])), image.Point{}, draw.Src)
}

// colour reads #rrggbb; anything else is white.
func colour(text string) color.Color {
	n, err := strconv.ParseUint(text[min(1, len(text)):], 16, 24)
	if err != nil || len(text) != len("#rrggbb") {
		return color.White
	}
	return color.RGBA{R: uint8(n >> 16), G: uint8(n >> 8), B: uint8(n), A: 255}
}
