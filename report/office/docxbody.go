package office

import (
	"fmt"
	"slices"
	"strconv"
)

// body lays the whole document out.
func (d *docx) body() element {
	body := tag("w:body")
	for i, block := range d.Body {
		body.add(d.block(block)...)
		// Two tables without anything between them would become one, and a
		// document does not end with one (ISO/IEC 29500-1, 17.2.2).
		if _, ok := block.(Table); ok && d.crowded(i+1) {
			body.add(d.paragraph("TableGap"))
		}
	}
	if d.turn {
		body = body.with(d.paragraph("TableGap"))
	}
	body = body.with(tag("w:sectPr").with(
		tag("w:footerReference", "w:type", "default", "r:id", "rId4"),
		tag("w:pgSz", "w:w", "11906", "w:h", "16838"),
		tag("w:pgMar", "w:top", "1134", "w:right", "1134", "w:bottom", "1134", "w:left", "1134", "w:header", "567", "w:footer", "567", "w:gutter", "0"),
	))
	return tag("w:document", "xmlns:w", wordName, "xmlns:r", linkName, "xmlns:w14", word14,
		"xmlns:wp", drawName+"/wordprocessingDrawing", "xmlns:a", drawName+"/main", "xmlns:pic", drawName+"/picture",
		"xmlns:mc", mixedName, "mc:Ignorable", "w14").with(body)
}

// crowded reports whether the block at a place needs a space before it, where a
// table comes before.
func (d *docx) crowded(place int) bool {
	if place == len(d.Body) {
		return true
	}
	table, ok := d.Body[place].(Table)
	return ok && table.Caption == ""
}

func (d *docx) block(block Block) []element {
	switch b := block.(type) {
	case Heading:
		return []element{d.heading(b)}
	case Paragraph:
		return []element{d.paragraph(looks[b.Style].docx, d.runs(b.Text)...)}
	case List:
		return d.list(b)
	case Table:
		return d.table(b)
	case Figure:
		return d.figure(b)
	case Contents:
		return []element{d.contents(b)}
	case PageBreak:
		d.turn = true
	}
	return nil
}

// paragraph gives a paragraph in a style of docx/styles.xml.
func (d *docx) paragraph(style string, inside ...element) element {
	return d.shaped(style, element{}, inside...)
}

// shaped gives a paragraph that says more of itself than its style does: its
// place in a list, or that the next one stays on its page.
func (d *docx) shaped(style string, place element, inside ...element) element {
	// The order of what is in pPr is the schema's (ISO/IEC 29500-1, 17.3.1.26).
	properties := tag("w:pPr")
	if style != "" {
		properties = properties.with(tag("w:pStyle", "w:val", style))
	}
	if place.name == "w:keepNext" {
		properties, place = properties.with(place), element{}
	}
	if d.turn {
		properties = properties.with(tag("w:pageBreakBefore"))
		d.turn = false
	}
	return tag("w:p").with(properties.with(place).orNone()).with(inside...)
}

func (d *docx) heading(h Heading) element {
	d.headings++
	inside := d.marked(place(d.headings), d.runs(h.Text))
	if h.Anchor != "" {
		inside = d.marked(bookmark(h.Anchor), inside)
	}
	return d.paragraph("Heading"+strconv.Itoa(h.Level), inside...)
}

// place names the n-th heading for the contents. No anchor begins like it.
func place(n int) string { return fmt.Sprintf("_Toc%05d", n) }

// marked puts a bookmark around what is inside.
func (d *docx) marked(name string, inside []element) []element {
	id := d.id()
	return slices.Concat(
		[]element{tag("w:bookmarkStart", "w:id", id, "w:name", name)},
		inside,
		[]element{tag("w:bookmarkEnd", "w:id", id)},
	)
}

// Numbers of the lists in docx/numbering.xml.
const (
	docxBullets = "1"
	docxTicks   = "2"
	docxCounted = 3 // and above: every list that counts has its own
)

func (d *docx) list(l List) []element {
	number := docxBullets
	switch l.Kind {
	case Ticks:
		number = docxTicks
	case Numbers:
		d.Lists = append(d.Lists, docxCounted+len(d.Lists))
		number = strconv.Itoa(d.Lists[len(d.Lists)-1])
	case Bullets:
	}
	place := tag("w:numPr").with(tag("w:ilvl", "w:val", "0"), tag("w:numId", "w:val", number))
	var list []element
	for _, item := range l.Items {
		var inside []element
		if l.Kind == Ticks {
			inside = append(inside, d.box(item), tag("w:r").with(tag("w:tab")))
		}
		list = append(list, d.shaped("ListParagraph", place, append(inside, d.runs(item.Text)...)...))
		for _, p := range item.More {
			list = append(list, d.shaped("ListContinue", element{}, d.runs(p.inList())...))
		}
	}
	return list
}

// The boxes, and the letters that have them on every computer with Word.
const (
	emptyBox = "☐"
	fullBox  = "☒"
	boxes    = "MS Gothic"
	maxAlias = 60
)

// box is a box that can be ticked with the mouse and the keyboard. Its name is
// the item's, for whoever does not see what stands beside it.
func (d *docx) box(item Item) element {
	letters := tag("w:rPr").with(tag("w:rFonts", "w:ascii", boxes, "w:eastAsia", boxes, "w:hAnsi", boxes))
	return tag("w:sdt").with(
		tag("w:sdtPr").with(
			letters,
			tag("w:alias", "w:val", clip(clean(plain(item.Text)), maxAlias)),
			tag("w:id", "w:val", d.id()),
			tag("w14:checkbox").with(
				tag("w14:checked", "w14:val", flag(item.Done)),
				tag("w14:checkedState", "w14:val", "2612", "w14:font", boxes),
				tag("w14:uncheckedState", "w14:val", "2610", "w14:font", boxes),
			),
		),
		tag("w:sdtContent").with(tag("w:r").with(letters, tag("w:t").with(words(box(item.Done))))),
	)
}
