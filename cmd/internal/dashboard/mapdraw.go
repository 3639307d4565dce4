package dashboard

import (
	"encoding/xml"
	"fmt"
	"slices"
	"strings"

	"campanile/cmd/internal/store"
	"campanile/report"
)

// Bounds of what the page shows of a map.
const (
	maxTabbed = 60  // with more shapes the keyboard goes by the list, not from shape to shape
	maxListed = 60  // rows of the table beside the map; of more towns the list has pages
	maxLost   = 12  // names of towns that no shape was found for
	leastRoom = 36  // steps across a shape that has a letter in it
	dot       = "7" // the radius of a place without an area
)

// mapView is the map as the page shows it.
type mapView struct {
	SVG     []byte
	Problem string // what is wrong with the map that was given
	Table   table  // the same values; without rows where the list has them
	Lost    string // towns that are not on the map
	Foreign int    // shapes that belong to nobody in the list
}

// mapOf lays the map out, with the towns as they stand.
func (t teller) mapOf(d *drawn, towns map[int64]store.Town) mapView {
	view := mapView{Table: table{Caption: t.Say("figures.map.table"), Head: []string{t.Say("column.town"), t.Say("column.grade"), t.Say("figures.column.seen")}}}
	var shapes, letters strings.Builder
	there := map[int64]bool{}
	tabbed := len(d.bodies) <= maxTabbed
	for i, o := range d.Outlines {
		town, known := towns[d.bodies[i]]
		if !known {
			view.Foreign++
			shapes.WriteString(`<g class="map-out">` + figure(o.Path, o.Spot, o.MiddleX, o.MiddleY, "none") + "</g>\n")
			continue
		}
		there[town.ID] = true
		label := escaped(t.label(town))
		skip := ""
		if !tabbed {
			skip = ` tabindex="-1"`
		}
		fmt.Fprintf(&shapes, `<a href="%s" aria-label="%s"%s><title>%s</title>%s</a>`+"\n",
			townPath(town.ID), label, skip, label, figure(o.Path, o.Spot, o.MiddleX, o.MiddleY, "url(#grade-"+signOf(town)+")"))
		if o.Room >= leastRoom {
			fmt.Fprintf(&letters, `<text x="%d" y="%d" font-size="%d">%s</text>`+"\n", o.MiddleX, o.MiddleY, min(max(o.Room/2, 22), 40), letterOf(town))
		}
	}
	var out strings.Builder
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" class="map" viewBox="0 0 %d %d" role="group" aria-labelledby="map-title" aria-describedby="map-desc">`+"\n", d.Width, d.Height)
	fmt.Fprintf(&out, `<title id="map-title">%s</title><desc id="map-desc">%s</desc>`+"\n", escaped(t.Say("figures.map.title")), escaped(t.Say("figures.map.described")))
	out.WriteString(shapes.String())
	out.WriteString(`<g class="map-letters" aria-hidden="true" pointer-events="none" text-anchor="middle" dominant-baseline="central" paint-order="stroke" stroke-linejoin="round" stroke-width="7" stroke="#ffffff" fill="#1c2430">` + "\n" + letters.String() + "</g>\n</svg>\n")
	view.SVG = []byte(out.String())
	t.beside(&view, d, towns, there)
	return view
}

// beside fills the table beside the map, and names the towns without a shape.
func (t teller) beside(view *mapView, d *drawn, towns map[int64]store.Town, there map[int64]bool) {
	var lost []string
	for _, id := range d.known {
		town, ok := towns[id]
		if !ok {
			continue
		}
		if !there[id] {
			lost = append(lost, report.Plain(town.Name))
		}
		if len(d.known) > maxListed {
			continue
		}
		seen := cell{Text: t.Say("figures.never")}
		if town.Scan != 0 {
			seen.Text = t.day(town.Taken)
		}
		view.Table.Rows = append(view.Table.Rows, []cell{
			{Text: report.Plain(town.Name), Link: townPath(id)}, {Text: letterOf(town), Sign: signOf(town)}, seen,
		})
	}
	if n := len(lost); n > 0 {
		slices.Sort(lost)
		view.Lost = t.Count("figures.map.lost", n, "Towns", t.List(lost[:min(n, maxLost)]))
	}
}

// label is what a shape says of itself.
func (t teller) label(town store.Town) string {
	name := report.Plain(town.Name)
	switch {
	case town.Scan == 0:
		return t.Say("figures.map.unseen", "Town", name)
	case town.Summary.Grade == "":
		return t.Say("figures.map.ungraded", "Town", name, "Date", t.day(town.Taken))
	}
	return t.Say("figures.map.graded", "Town", name, "Grade", town.Summary.Grade, "Date", t.day(town.Taken))
}

// signOf names the pattern of a town.
func signOf(town store.Town) string {
	switch grade := town.Summary.Grade; {
	case town.Scan == 0:
		return "never"
	case grade == "":
		return "none"
	default:
		return grade
	}
}

// letterOf is what is written into a town.
func letterOf(town store.Town) string {
	if town.Scan == 0 || town.Summary.Grade == "" {
		return "–"
	}
	return escaped(town.Summary.Grade)
}

// figure draws the shape itself.
func figure(path string, spot bool, x, y int, fill string) string {
	if spot {
		return fmt.Sprintf(`<circle cx="%d" cy="%d" r="%s" fill="%s"/>`, x, y, dot, fill)
	}
	return `<path d="` + path + `" fill="` + fill + `" fill-rule="evenodd"/>`
}

func escaped(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a strings.Builder never fails
	return b.String()
}
