package office

import (
	"fmt"
	"strconv"
)

func (d *docx) runs(runs []Run) []element {
	var list []element
	for _, r := range runs {
		if r.Break {
			list = append(list, tag("w:r").with(tag("w:br")))
		}
		list = append(list, d.linked(r))
	}
	return list
}

// linked gives a run, inside its link where it has one that leads somewhere.
func (d *docx) linked(r Run) element {
	if anchor := inward(r.Link); anchors.MatchString(anchor) {
		return tag("w:hyperlink", "w:anchor", bookmark(anchor), "w:history", "1").with(d.run(r, "Hyperlink"))
	}
	if address := outward(r.Link); address != "" {
		id := d.link(linkName+"/hyperlink", address, true)
		return tag("w:hyperlink", "r:id", id, "w:history", "1").with(d.run(r, "Hyperlink"))
	}
	return d.run(r, "")
}

// run gives a text in its manner.
func (d *docx) run(r Run, style string) element {
	if r.Text == "" {
		return element{}
	}
	// The order of what is in rPr is the schema's (ISO/IEC 29500-1, 17.3.2.28).
	properties := tag("w:rPr")
	switch {
	case style != "":
		properties = properties.with(tag("w:rStyle", "w:val", style))
	case r.Code:
		properties = properties.with(tag("w:rStyle", "w:val", "CodeText"))
	}
	if r.Bold {
		properties = properties.with(tag("w:b"), tag("w:bCs"))
	}
	if r.Italic {
		properties = properties.with(tag("w:i"), tag("w:iCs"))
	}
	if r.Language != "" {
		properties = properties.with(tag("w:lang", "w:val", regional(r.Language)))
	}
	return tag("w:r").with(properties.orNone(), docxText(r.Text))
}

// docxText keeps every space.
func docxText(text string) element {
	return tag("w:t", "xml:space", "preserve").with(words(text))
}

// contents is a list of the headings that Word can make anew, already filled.
func (d *docx) contents(c Contents) element {
	var entries []element
	if c.Title != "" {
		entries = append(entries, d.paragraph("TOCHeading", d.runs(Plain(c.Title))...))
	}
	// \o: by the levels of headings; \h: as links; \n: without pages, which
	// nobody has counted yet (ISO/IEC 29500-1, 17.16.5.68).
	levels := fmt.Sprintf(`TOC \o "1-%d" \h \n`, c.Levels)
	begin := []element{field("begin"), tag("w:r").with(tag("w:instrText", "xml:space", "preserve").with(words(levels))), field("separate")}
	number := 0
	for _, block := range d.Body {
		h, ok := block.(Heading)
		if !ok {
			continue
		}
		number++
		if h.Level > c.Levels {
			continue
		}
		link := tag("w:hyperlink", "w:anchor", place(number), "w:history", "1").with(d.run(h.entry(), ""))
		entries = append(entries, d.paragraph("TOC"+strconv.Itoa(h.Level), append(begin, link)...))
		begin = nil
	}
	if begin != nil { // no heading yet
		entries = append(entries, d.paragraph("TOC1", begin...))
	}
	last := &entries[len(entries)-1]
	*last = last.with(field("end"))
	return tag("w:sdt").with(
		tag("w:sdtPr").with(tag("w:docPartObj").with(tag("w:docPartGallery", "w:val", "Table of Contents"), tag("w:docPartUnique"))),
		tag("w:sdtContent").with(entries...),
	)
}

func field(end string) element {
	return tag("w:r").with(tag("w:fldChar", "w:fldCharType", end))
}
