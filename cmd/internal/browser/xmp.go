package browser

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

var (
	rootIn     = regexp.MustCompile(`/Root (\d{1,7}) 0 R`)
	catalogue  = regexp.MustCompile(`^\d+ 0 obj\n<</Type /Catalog\n`)
	languageOf = regexp.MustCompile(`\n/Lang \(([A-Za-z-]{2,35})\)`)
)

// withPacket adds what the document says about itself in the form that archives
// and screen readers look for (XMP, ISO 16684-1): a metadata stream that the
// catalogue names (ISO 32000-1, 14.3.2). It is appended as an update (7.5.6), so
// nothing of what the browser wrote moves.
func withPacket(pdf []byte, p Properties) ([]byte, error) {
	t, err := readTable(pdf)
	if err != nil {
		return nil, err
	}
	found := rootIn.FindSubmatch(pdf[t.at:t.tail])
	if found == nil || !t.holds(pdf, number(found[1])) {
		return nil, errForm
	}
	root := number(found[1])
	catalog := pdf[t.places[root]:t.end(t.places[root])]
	head := catalogue.Find(catalog)
	if head == nil || bytes.Contains(catalog, []byte("/Metadata ")) {
		return nil, errForm
	}
	next, text := len(t.places), packet(p, catalog)
	out := slices.Clone(pdf)
	stream := len(out)
	out = fmt.Appendf(out, "%d 0 obj\n<</Type /Metadata\n/Subtype /XML\n/Length %d>>\nstream\n%s\nendstream\nendobj\n", next, len(text), text)
	again := len(out)
	out = fmt.Appendf(out, "%s/Metadata %d 0 R\n%s", head, next, catalog[len(head):])
	table := len(out)
	return fmt.Appendf(out, "xref\n%d 1\n%010d 00000 n \n%d 1\n%010d 00000 n \ntrailer\n<</Size %d\n/Root %d 0 R\n/Info %d 0 R\n/Prev %d>>\nstartxref\n%d\n%%%%EOF\n",
		root, again, next, stream, next+1, root, t.info, t.at, table), nil
}

// packet writes the properties as XMP. The language is the one that the page had.
func packet(p Properties, catalog []byte) string {
	language := "und" // not stated (ISO 639-2)
	if found := languageOf.FindSubmatch(catalog); found != nil {
		language = string(found[1])
	}
	when := p.Date.UTC().Format(time.RFC3339)
	return `<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">` + escaped(p.Title) + `</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>` + escaped(p.Author) + `</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">` + escaped(p.Subject) + `</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>` + language + `</rdf:li></rdf:Bag></dc:language>
<xmp:CreatorTool>` + escaped(p.Author) + `</xmp:CreatorTool>
<xmp:CreateDate>` + when + `</xmp:CreateDate>
<xmp:ModifyDate>` + when + `</xmp:ModifyDate>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>`
}

func escaped(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a strings.Builder never fails
	return b.String()
}
