package office

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
)

// docxWidth is the width of a page without its margins, in twentieths of a
// point.
const docxWidth = 11906 - 2*1134

func (d *docx) table(t Table) []element {
	var list []element
	switch {
	case t.Caption != "":
		list = append(list, d.paragraph("Caption", d.run(Run{Text: t.Caption, Language: t.Language}, "")))
	case d.turn: // only a paragraph can begin a page
		list = append(list, d.paragraph("TableGap"))
	}
	widths := t.spread(docxWidth)
	grid := tag("w:tblGrid")
	for _, width := range widths {
		grid = grid.with(tag("w:gridCol", "w:w", strconv.Itoa(width)))
	}
	table := tag("w:tbl").with(t.docxProperties(), grid)
	if len(t.Header) > 0 {
		// Repeated on every page, and read as what the columns are about.
		table = table.with(d.row(t.Header, widths, tag("w:tblHeader"), "TableHeading", t.Heads))
	}
	for _, row := range t.Rows {
		table.add(d.row(row, widths, element{}, "TableText", t.Heads))
	}
	return append(list, table)
}

// docxProperties come in the order of the schema (ISO/IEC 29500-1, 17.4.59).
func (t Table) docxProperties() element {
	look := tag("w:tblLook", "w:val", "0000", "w:firstRow", flag(len(t.Header) > 0), "w:lastRow", "0", "w:firstColumn", flag(t.Heads), "w:lastColumn", "0", "w:noHBand", "1", "w:noVBand", "1")
	look.attributes[1] = t.look()
	properties := tag("w:tblPr").with(
		tag("w:tblStyle", "w:val", "Lines"),
		tag("w:tblW", "w:w", strconv.Itoa(docxWidth), "w:type", "dxa"),
		tag("w:tblLayout", "w:type", "fixed"),
		look,
	)
	if t.Caption == "" {
		return properties
	}
	return properties.with(tag("w:tblCaption", "w:val", t.Caption))
}

// look is the same as the other attributes of tblLook, for older readers.
func (t Table) look() string {
	bits := 0x0600 // no bands
	if len(t.Header) > 0 {
		bits |= 0x0020
	}
	if t.Heads {
		bits |= 0x0080
	}
	return fmt.Sprintf("%04X", bits)
}

func flag(set bool) string {
	if set {
		return "1"
	}
	return "0"
}

func (d *docx) row(cells []Cell, widths []int, header element, style string, heads bool) element {
	// No cantSplit: where the page ends below a repeated header, LibreOffice 7.4
	// then leaves the rows out.
	row := tag("w:tr").with(tag("w:trPr").with(header).orNone())
	for i, cell := range cells {
		own := style
		if heads && i == 0 {
			own = "TableHeading"
		}
		c := tag("w:tc").with(tag("w:tcPr").with(tag("w:tcW", "w:w", strconv.Itoa(widths[i]), "w:type", "dxa")))
		for _, p := range cell {
			c.add(d.paragraph(cmp.Or(looks[p.Style].docx, own), d.runs(p.Text)...))
		}
		if len(cell) == 0 { // a cell holds at least a paragraph
			c = c.with(d.paragraph(own))
		}
		row = row.with(c)
	}
	return row
}

// emu is a millimetre in the unit of drawings.
const emu = 36000

func (d *docx) figure(f Figure) []element {
	id := d.id()
	wide, high := strconv.Itoa(int(math.Round(f.Width*emu))), strconv.Itoa(int(math.Round(f.Height*emu)))
	shown := tag("w:drawing").with(tag("wp:inline", "distT", "0", "distB", "0", "distL", "0", "distR", "0").with(
		tag("wp:extent", "cx", wide, "cy", high),
		tag("wp:docPr", "id", id, "name", "Figure "+id, "descr", f.Description, "title", f.Title),
		tag("a:graphic").with(tag("a:graphicData", "uri", drawName+"/picture").with(tag("pic:pic").with(
			tag("pic:nvPicPr").with(tag("pic:cNvPr", "id", id, "name", "Figure "+id, "descr", f.Description), tag("pic:cNvPicPr")),
			tag("pic:blipFill").with(d.picture(f, id), tag("a:stretch").with(tag("a:fillRect"))),
			tag("pic:spPr").with(
				tag("a:xfrm").with(tag("a:off", "x", "0", "y", "0"), tag("a:ext", "cx", wide, "cy", high)),
				tag("a:prstGeom", "prst", "rect").with(tag("a:avLst")),
			),
		))),
	))
	keep := element{} // on the page of its caption
	if f.Caption != "" {
		keep = tag("w:keepNext")
	}
	list := []element{d.shaped("Figure", keep, tag("w:r").with(shown))}
	if f.Caption != "" {
		list = append(list, d.paragraph("FigureCaption", d.run(Run{Text: f.Caption, Language: f.Language}, "")))
	}
	return list
}

// picture puts the picture into the package: always a PNG, and beside it the
// SVG for readers that can show it.
func (d *docx) picture(f Figure, id string) element {
	data := f.PNG
	if len(data) == 0 {
		data = nothing()
	}
	blip := tag("a:blip", "r:embed", d.media("figure"+id+".png", data))
	if len(f.SVG) == 0 {
		return blip
	}
	return blip.with(tag("a:extLst").with(tag("a:ext", "uri", "{96DAC541-7B7A-43D3-8B79-37D633B846F1}").with(
		tag("asvg:svgBlip", "xmlns:asvg", svgName, "r:embed", d.media("figure"+id+".svg", f.SVG)),
	)))
}

func (d *docx) media(name string, data []byte) string {
	d.pictures = append(d.pictures, part{"word/media/" + name, data})
	return d.link(linkName+"/image", "media/"+name, false)
}
