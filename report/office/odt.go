package office

import (
	"bytes"
	"embed"
	"io"
	"strconv"
	"time"
)

//go:embed odt/styles.xml
var odtFiles embed.FS

// odtKind is the media type of the document.
const odtKind = "application/vnd.oasis.opendocument.text"

// odf begins the names of the format's grammars.
const odf = "urn:oasis:names:tc:opendocument:xmlns:"

// odt is an ODT in the making.
type odt struct {
	Document
	styles   []element         // made for single places
	manners  map[string]string // of runs: their style's name by what they are
	pictures []part
	figures  int
	tables   int
	headings int
	indexes  int
	turn     bool // the next block begins a page
}

func newODT(d Document) *odt { return &odt{Document: d, manners: map[string]string{}} }

// speech gives the attributes that name a language.
func speech(language string) []string {
	found := tags.FindStringSubmatch(regional(language))
	country := found[2]
	if country == "" {
		country = "none"
	}
	return []string{"fo:language", found[1], "fo:country", country}
}

func (o *odt) write(w io.Writer) error {
	content := o.content().page()
	language := speech(o.Language)
	styles, err := filled(odtFiles, "odt/styles.xml", struct{ Words, Foot string }{
		// A language that was checked, and an element, which escapes.
		" fo:language=\"" + language[1] + "\" fo:country=\"" + language[3] + "\"", o.foot().string(),
	})
	if err != nil {
		return err
	}
	parts := []part{
		{"content.xml", content}, {"styles.xml", styles}, {"meta.xml", o.meta().page()},
	}
	parts = append(parts, o.pictures...)
	return pack(w, odtKind, append(parts, part{"META-INF/manifest.xml", manifest(parts).page()}))
}

// manifest lists the parts.
func manifest(parts []part) element {
	list := tag("manifest:manifest", "xmlns:manifest", odf+"manifest:1.0", "manifest:version", "1.3").with(
		tag("manifest:file-entry", "manifest:full-path", "/", "manifest:version", "1.3", "manifest:media-type", odtKind),
	)
	for _, each := range parts {
		list = list.with(tag("manifest:file-entry", "manifest:full-path", each.name, "manifest:media-type", medium(each.name)))
	}
	return list
}

// medium gives the media type of a part by the end of its name.
func medium(name string) string {
	switch name[len(name)-4:] {
	case ".png":
		return "image/png"
	case ".svg":
		return "image/svg+xml"
	}
	return "text/xml"
}

// meta are the properties of the document.
func (o *odt) meta() element {
	meta := tag("office:meta").with(tag("meta:generator").with(words("Campanile")))
	date := ""
	if !o.Date.IsZero() {
		date = o.Date.UTC().Format(time.RFC3339)
	}
	for _, each := range [][2]string{
		{"dc:title", o.Title},
		{"dc:subject", o.Subject},
		{"meta:initial-creator", o.Author},
		{"dc:creator", o.Author},
		{"meta:creation-date", date},
		{"dc:date", date},
		{"dc:language", regional(o.Language)},
	} {
		meta = meta.with(tag(each[0]).with(words(each[1])).orNone())
	}
	return tag("office:document-meta", "xmlns:office", odf+"office:1.0", "xmlns:meta", odf+"meta:1.0",
		"xmlns:dc", "http://purl.org/dc/elements/1.1/", "office:version", "1.3").with(meta)
}

// foot has the document's words on the left and the number of the page on the
// right.
func (o *odt) foot() element {
	foot := tag("text:p", "text:style-name", "Footer").with(spaced(o.Footer)...).with(tag("text:tab"))
	for _, piece := range pieces(o.Page) {
		switch piece {
		case pageNumber:
			foot = foot.with(tag("text:page-number", "text:select-page", "current").with(words("1")))
		case pageCount:
			foot = foot.with(tag("text:page-count").with(words("1")))
		default:
			foot = foot.with(spaced(piece)...)
		}
	}
	return foot
}

// string gives the element as text of XML.
func (e element) string() string {
	var b bytes.Buffer
	e.write(&b)
	return b.String()
}

// content lays the whole document out, with the styles that it came to need.
func (o *odt) content() element {
	text := tag("office:text")
	for _, block := range o.Body {
		text.add(o.block(block)...)
	}
	if o.turn {
		text = text.with(o.paragraph("Text_20_body"))
	}
	return tag("office:document-content", "xmlns:office", odf+"office:1.0", "xmlns:style", odf+"style:1.0", "xmlns:text", odf+"text:1.0",
		"xmlns:table", odf+"table:1.0", "xmlns:draw", odf+"drawing:1.0", "xmlns:fo", odf+"xsl-fo-compatible:1.0", "xmlns:svg", odf+"svg-compatible:1.0",
		"xmlns:xlink", "http://www.w3.org/1999/xlink", "office:version", "1.3").with(
		tag("office:automatic-styles").with(o.common()...).with(o.styles...),
		tag("office:body").with(text),
	)
}

// common are the styles of tables and pictures, which have no others.
func (o *odt) common() []element {
	cell := []string{"fo:padding-left", "1.9mm", "fo:padding-right", "1.9mm", "fo:border-left", "none", "fo:border-right", "none", "fo:border-top", "none", "fo:border-bottom", "0.2mm solid #B9B4A6"}
	head := append([]string{"fo:background-color", "#E8EEF4"}, cell...)
	return []element{
		styled("Row", "table-row").with(tag("style:table-row-properties", "fo:keep-together", "always")),
		styled("Cell", "table-cell").with(tag("style:table-cell-properties", cell...)),
		styled("HeadCell", "table-cell").with(tag("style:table-cell-properties", head...)),
		styled("Picture", "graphic").with(tag("style:graphic-properties", "style:vertical-pos", "top", "style:vertical-rel", "baseline")),
	}
}

func styled(name, family string) element {
	return tag("style:style", "style:name", name, "style:family", family)
}

// made adds a style for one place and gives its name.
func (o *odt) made(letter, family, parent string, properties element) string {
	name := letter + strconv.Itoa(len(o.styles)+1)
	style := styled(name, family)
	if parent != "" {
		style.attributes = append(style.attributes, "style:parent-style-name", parent)
	}
	o.styles = append(o.styles, style.with(properties))
	return name
}
