package office

import "strconv"

func (o *odt) block(block Block) []element {
	switch b := block.(type) {
	case Heading:
		return []element{o.heading(b)}
	case Paragraph:
		return []element{o.paragraph(looks[b.Style].odt, o.runs(b.Text)...)}
	case List:
		return []element{o.list(b)}
	case Table:
		return o.table(b)
	case Figure:
		return o.figure(b)
	case Contents:
		return []element{o.contents(b)}
	case PageBreak:
		o.turn = true
	}
	return nil
}

// paragraph gives a paragraph in a style of odt/styles.xml.
func (o *odt) paragraph(style string, inside ...element) element {
	return tag("text:p", "text:style-name", o.turned(style)).with(inside...)
}

// turned gives the style, or where a page begins here one made of it that says so.
func (o *odt) turned(style string) string {
	if !o.turn {
		return style
	}
	o.turn = false
	return o.made("P", "paragraph", style, tag("style:paragraph-properties", "fo:break-before", "page"))
}

func (o *odt) heading(h Heading) element {
	level := strconv.Itoa(h.Level)
	o.headings++
	heading := tag("text:h", "text:style-name", o.turned("Heading_20_"+level), "text:outline-level", level).
		with(tag("text:bookmark", "text:name", place(o.headings)))
	if h.Anchor != "" {
		heading = heading.with(tag("text:bookmark", "text:name", bookmark(h.Anchor)))
	}
	return heading.with(o.runs(h.Text)...)
}

func (o *odt) list(l List) element {
	style := map[Kind]string{Bullets: "Bullets", Numbers: "Numbers", Ticks: "Ticks"}[l.Kind]
	list := tag("text:list", "text:style-name", style)
	for _, item := range l.Items {
		first := o.paragraph("List_20_Contents")
		if l.Kind == Ticks {
			// OpenDocument has no box in the text that is more than a letter.
			first = first.with(words(box(item.Done)), tag("text:tab"))
		}
		entry := tag("text:list-item").with(first.with(o.runs(item.Text)...))
		for _, p := range item.More {
			entry.add(o.paragraph("List_20_Contents", o.runs(p.inList())...))
		}
		list.add(entry)
	}
	if len(l.Items) == 0 {
		return element{}
	}
	return list
}

// box gives the letter of a box.
func box(done bool) string {
	if done {
		return fullBox
	}
	return emptyBox
}

// runs lays out the pieces of a text.
func (o *odt) runs(runs []Run) []element {
	var list []element
	for _, r := range runs {
		if r.Break {
			list = append(list, tag("text:line-break"))
		}
		if r.Text != "" {
			list = append(list, o.linked(r)...)
		}
	}
	return list
}

// linked gives a run, inside its link where it has one that leads somewhere.
func (o *odt) linked(r Run) []element {
	target := outward(r.Link)
	if anchor := inward(r.Link); anchors.MatchString(anchor) {
		target = "#" + bookmark(anchor)
	}
	if target == "" {
		return o.run(r)
	}
	return []element{tag(
		"text:a", "xlink:type", "simple", "xlink:href", target,
		"text:style-name", "Internet_20_link", "text:visited-style-name", "Internet_20_link",
	).with(o.run(r)...)}
}

// run gives a text in its manner.
func (o *odt) run(r Run) []element {
	style := o.manner(r)
	if style == "" {
		return spaced(r.Text)
	}
	return []element{tag("text:span", "text:style-name", style).with(spaced(r.Text)...)}
}

// manner gives the name of the style for a run, made when it is first needed.
func (o *odt) manner(r Run) string {
	var attributes []string
	if r.Bold {
		attributes = append(attributes, "fo:font-weight", "bold")
	}
	if r.Italic {
		attributes = append(attributes, "fo:font-style", "italic")
	}
	if r.Language != "" {
		attributes = append(attributes, speech(r.Language)...)
	}
	parent := ""
	if r.Code {
		parent = "Source_20_Text"
	}
	if len(attributes) == 0 {
		return parent
	}
	properties := tag("style:text-properties", attributes...)
	key := parent + properties.string()
	if o.manners[key] == "" {
		o.manners[key] = o.made("T", "text", parent, properties)
	}
	return o.manners[key]
}

// spaced gives a text of which every space is kept: of several in a row the
// format takes only the first, and none at the beginning of a paragraph
// (OpenDocument 1.3 part 3, 6.1.2).
func spaced(text string) []element {
	text = clean(text)
	var list []element
	begin := 0
	for i := 0; i < len(text); {
		end := i
		for end < len(text) && text[end] == ' ' {
			end++
		}
		first := i // of the spaces that must be written out
		if i > 0 {
			first++
		}
		if end > first {
			list = append(list, element{text: text[begin:first]}, tag("text:s", "text:c", strconv.Itoa(end-first)))
			begin = end
		}
		i = max(end, i+1)
	}
	return append(list, element{text: text[begin:]})
}

// contents is a list of the headings that the program can make anew, already
// filled.
func (o *odt) contents(c Contents) element {
	o.indexes++
	name := "Contents" + strconv.Itoa(o.indexes)
	source := tag("text:table-of-content-source", "text:outline-level", strconv.Itoa(c.Levels), "text:use-index-marks", "false")
	source = source.with(tag("text:index-title-template", "text:style-name", "Contents_20_Heading").with(words(c.Title)))
	for level := 1; level <= deepest; level++ {
		n := strconv.Itoa(level)
		source = source.with(tag("text:table-of-content-entry-template", "text:outline-level", n, "text:style-name", "Contents_20_"+n).with(
			tag("text:index-entry-link-start", "text:style-name", "Index_20_Link"), tag("text:index-entry-text"), tag("text:index-entry-link-end"),
		))
	}
	body := tag("text:index-body")
	if c.Title != "" {
		body = body.with(tag("text:index-title", "text:name", name+"_Head").with(o.paragraph("Contents_20_Heading", spaced(c.Title)...)))
	}
	number := 0
	for _, block := range o.Body {
		h, ok := block.(Heading)
		if !ok {
			continue
		}
		if number++; h.Level > c.Levels {
			continue
		}
		link := tag("text:a", "xlink:type", "simple", "xlink:href", "#"+place(number), "text:style-name", "Index_20_Link", "text:visited-style-name", "Index_20_Link")
		body.add(o.paragraph("Contents_20_"+strconv.Itoa(h.Level), link.with(o.run(h.entry())...)))
	}
	return tag("text:table-of-content", "text:name", name).with(source, body)
}
