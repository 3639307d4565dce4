package office

import "strconv"

// odtWidth is the width of a page without its margins, in hundredths of a
// millimetre.
const odtWidth = 17000

func (o *odt) table(t Table) []element {
	var list []element
	if t.Caption != "" {
		list = append(list, o.paragraph("Caption", o.run(Run{Text: t.Caption, Language: t.Language})...))
	}
	o.tables++
	name := "Table" + strconv.Itoa(o.tables)
	table := tag("table:table", "table:name", name, "table:style-name", o.tableStyle())
	// What a screen reader says of it.
	table = table.with(tag("table:title").with(words(t.Caption)).orNone()).with(o.columns(t)...)
	if len(t.Header) > 0 {
		// Repeated on every page, and read as what the columns are about.
		table = table.with(tag("table:table-header-rows").with(o.row(t.Header, "HeadCell", "Table_20_Heading", t.Heads)))
	}
	for _, row := range t.Rows {
		table.add(o.row(row, "Cell", "Table_20_Contents", t.Heads))
	}
	return append(list, table)
}

func (o *odt) tableStyle() string {
	properties := tag("style:table-properties", "style:width", "170mm", "table:align", "margins", "fo:margin-top", "1mm", "fo:margin-bottom", "3mm")
	if o.turn {
		properties.attributes = append(properties.attributes, "fo:break-before", "page")
		o.turn = false
	}
	return o.made("Table", "table", "", properties)
}

// columns names the columns with their widths; the first as the one that says
// what each row is about, where it does.
func (o *odt) columns(t Table) []element {
	var list []element
	for i, width := range t.spread(odtWidth) {
		properties := tag("style:table-column-properties", "style:column-width", hundredths(width))
		column := tag("table:table-column", "table:style-name", o.made("Column", "table-column", "", properties))
		if t.Heads && i == 0 {
			column = tag("table:table-header-columns").with(column)
		}
		list = append(list, column)
	}
	return list
}

// hundredths writes hundredths of a millimetre as millimetres.
func hundredths(n int) string {
	return strconv.FormatFloat(float64(n)/100, 'f', 2, 64) + "mm"
}

func (o *odt) row(cells []Cell, look, style string, heads bool) element {
	row := tag("table:table-row", "table:style-name", "Row")
	for i, cell := range cells {
		own := style
		if heads && i == 0 {
			own = "Table_20_Heading"
		}
		c := tag("table:table-cell", "table:style-name", look, "office:value-type", "string")
		for _, p := range cell {
			manner := own
			if p.Style != Normal {
				manner = looks[p.Style].odt
			}
			c.add(o.paragraph(manner, o.runs(p.Text)...))
		}
		if len(cell) == 0 {
			c = c.with(o.paragraph(own))
		}
		row = row.with(c)
	}
	return row
}

func (o *odt) figure(f Figure) []element {
	o.figures++
	name := strconv.Itoa(o.figures)
	frame := tag("draw:frame", "draw:name", "Figure "+name, "draw:style-name", "Picture", "text:anchor-type", "as-char",
		"svg:width", millimetres(f.Width), "svg:height", millimetres(f.Height))
	// The first that a reader can show counts (OpenDocument 1.3 part 3, 10.4.2).
	if len(f.SVG) > 0 {
		frame = frame.with(o.picture("Pictures/figure"+name+".svg", f.SVG))
	}
	if len(f.PNG) > 0 {
		frame = frame.with(o.picture("Pictures/figure"+name+".png", f.PNG))
	}
	frame = frame.with(tag("svg:title").with(words(f.Title)), tag("svg:desc").with(words(f.Description)))
	list := []element{o.paragraph("Figure", frame)}
	if f.Caption != "" {
		list = append(list, o.paragraph("Figure_20_caption", o.run(Run{Text: f.Caption, Language: f.Language})...))
	}
	return list
}

func (o *odt) picture(name string, data []byte) element {
	o.pictures = append(o.pictures, part{name, data})
	return tag("draw:image", "xlink:href", name, "xlink:type", "simple", "xlink:show", "embed", "xlink:actuate", "onLoad", "draw:mime-type", medium(name))
}

func millimetres(n float64) string { return strconv.FormatFloat(n, 'f', 2, 64) + "mm" }
