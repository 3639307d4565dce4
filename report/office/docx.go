package office

import (
	"embed"
	"io"
	"strconv"
	"time"
)

//go:embed docx/*.xml
var docxFiles embed.FS

// Names of the parts' grammars.
const (
	wordName  = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
	word14    = "http://schemas.microsoft.com/office/word/2010/wordml"
	linkName  = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	packName  = "http://schemas.openxmlformats.org/package/2006"
	drawName  = "http://schemas.openxmlformats.org/drawingml/2006"
	mixedName = "http://schemas.openxmlformats.org/markup-compatibility/2006"
	svgName   = "http://schemas.microsoft.com/office/drawing/2016/SVG/main"
	wordType  = "application/vnd.openxmlformats-officedocument.wordprocessingml."
)

// docx is a DOCX in the making.
type docx struct {
	Document
	Default  string // language, with its country
	Lists    []int  // numbers of the lists that count, for numbering.xml
	links    []element
	pictures []part
	ids      int  // of boxes, pictures and bookmarks
	turn     bool // the next paragraph begins a page
	headings int
}

func newDOCX(d Document) *docx { return &docx{Document: d, Default: regional(d.Language)} }

// fixed are the parts that every document has, with what leads from the body
// to them. The first is led to by the body's links.
var fixed = []struct{ file, kind string }{
	{"styles.xml", "styles"}, {"numbering.xml", "numbering"}, {"settings.xml", "settings"}, {"footer.xml", "footer"},
}

func (d *docx) write(w io.Writer) error {
	for _, each := range fixed {
		d.link(linkName+"/"+each.kind, each.file, false)
	}
	body := d.body().page()
	parts := []part{
		{"[Content_Types].xml", docxTypes().page()},
		{"_rels/.rels", docxRoot().page()},
		{"docProps/core.xml", d.properties().page()},
		{"word/document.xml", body},
		{"word/_rels/document.xml.rels", relationships().with(d.links...).page()},
		{"word/footer.xml", d.footer().page()},
	}
	// Executed after the body, which counts the lists.
	for _, name := range []string{"styles.xml", "numbering.xml", "settings.xml"} {
		data, err := filled(docxFiles, "docx/"+name, d)
		if err != nil {
			return err
		}
		parts = append(parts, part{"word/" + name, data})
	}
	return pack(w, "", append(parts, d.pictures...))
}

// link adds what leads from the body to another part or out of the document.
func (d *docx) link(kind, target string, outside bool) string {
	id := "rId" + strconv.Itoa(len(d.links)+1)
	link := tag("Relationship", "Id", id, "Type", kind, "Target", target)
	if outside {
		link.attributes = append(link.attributes, "TargetMode", "External")
	}
	d.links = append(d.links, link)
	return id
}

func (d *docx) id() string {
	d.ids++
	return strconv.Itoa(d.ids)
}

func relationships() element { return tag("Relationships", "xmlns", packName+"/relationships") }

func docxRoot() element {
	return relationships().with(
		tag("Relationship", "Id", "rId1", "Type", linkName+"/officeDocument", "Target", "word/document.xml"),
		tag("Relationship", "Id", "rId2", "Type", packName+"/relationships/metadata/core-properties", "Target", "docProps/core.xml"),
	)
}

func docxTypes() element {
	types := tag("Types", "xmlns", packName+"/content-types").with(
		tag("Default", "Extension", "rels", "ContentType", "application/vnd.openxmlformats-package.relationships+xml"),
		tag("Default", "Extension", "xml", "ContentType", "application/xml"),
		tag("Default", "Extension", "png", "ContentType", "image/png"),
		tag("Default", "Extension", "svg", "ContentType", "image/svg+xml"),
		tag("Override", "PartName", "/docProps/core.xml", "ContentType", "application/vnd.openxmlformats-package.core-properties+xml"),
		tag("Override", "PartName", "/word/document.xml", "ContentType", wordType+"document.main+xml"),
	)
	for _, each := range fixed {
		types = types.with(tag("Override", "PartName", "/word/"+each.file, "ContentType", wordType+each.kind+"+xml"))
	}
	return types
}

// properties are what the program and a screen reader say about the file.
func (d *docx) properties() element {
	core := tag("cp:coreProperties", "xmlns:cp", packName+"/metadata/core-properties",
		"xmlns:dc", "http://purl.org/dc/elements/1.1/", "xmlns:dcterms", "http://purl.org/dc/terms/", "xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance")
	for _, each := range [][2]string{{"dc:title", d.Title}, {"dc:subject", d.Subject}, {"dc:creator", d.Author}, {"cp:lastModifiedBy", d.Author}, {"dc:language", d.Default}} {
		core = core.with(tag(each[0]).with(words(each[1])).orNone())
	}
	if d.Date.IsZero() {
		return core
	}
	date := words(d.Date.UTC().Format(time.RFC3339))
	return core.with(
		tag("dcterms:created", "xsi:type", "dcterms:W3CDTF").with(date),
		tag("dcterms:modified", "xsi:type", "dcterms:W3CDTF").with(date),
	)
}

// footer has the document's words on the left and the number of the page on
// the right.
func (d *docx) footer() element {
	paragraph := tag("w:p").with(tag("w:pPr").with(tag("w:pStyle", "w:val", "Footer")), d.run(Run{Text: d.Footer}, ""), tag("w:r").with(tag("w:tab")))
	for _, piece := range pieces(d.Page) {
		switch piece {
		case pageNumber, pageCount:
			field := map[string]string{pageNumber: "PAGE", pageCount: "NUMPAGES"}[piece]
			paragraph = paragraph.with(tag("w:fldSimple", "w:instr", field).with(tag("w:r").with(tag("w:t").with(words("1")))))
		default:
			paragraph = paragraph.with(d.run(Run{Text: piece}, ""))
		}
	}
	return tag("w:ftr", "xmlns:w", wordName).with(paragraph)
}
