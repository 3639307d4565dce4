package office

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode"
)

// texts walks through a part and gives its text; a part that is not well
// formed fails the test.
func texts(t *testing.T, name string, data []byte) string {
	t.Helper()
	var b strings.Builder
	decoder := xml.NewDecoder(bytes.NewReader(data))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return b.String()
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if text, ok := token.(xml.CharData); ok {
			b.Write(text)
		}
	}
}

func TestTheSameDocumentGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	for format := range formats {
		if !bytes.Equal(written(t, full(t), format), written(t, full(t), format)) {
			t.Errorf("%s differs", format)
		}
	}
}

func TestHostileTextIsOnlyText(t *testing.T) {
	t.Parallel()
	d := full(t)
	d.Title, d.Subject, d.Author, d.Footer, d.Page = hostile, hostile, hostile, hostile, hostile
	d.Body = append(d.Body, Heading{Level: 1, Text: Plain(hostile)}, Text(hostile), Paragraph{Style: Code, Text: []Run{{Text: hostile, Link: hostile, Bold: true}}},
		List{Kind: Ticks, Items: []Item{{Text: Plain(hostile)}}}, Table{Caption: hostile, Rows: [][]Cell{{Words(hostile)}}})
	for format := range formats {
		parts, _ := files(t, written(t, d, format))
		for name, data := range parts {
			if !strings.HasSuffix(name, ".xml") && !strings.HasSuffix(name, ".rels") {
				continue
			}
			texts(t, name, data)
			if bytes.Contains(data, []byte("<script")) || strings.ContainsFunc(string(data), func(r rune) bool { return r != '\n' && r != noBreak && !unicode.IsPrint(r) }) {
				t.Errorf("%s, %s: something that acts", format, name)
			}
		}
		body := texts(t, format, parts[map[string]string{"docx": "word/document.xml", "odt": "content.xml"}[format]])
		if strings.Count(body, "<script>alert(1)</script> =HYPERLINK(") < 6 || !strings.Contains(body, `\u202eexe.fdp`) || !strings.Contains(body, "{{.Default}}") {
			t.Errorf("%s: the text is not shown", format)
		}
	}
}

func TestOnlyHarmlessLinksLead(t *testing.T) {
	t.Parallel()
	for link, want := range map[string]string{
		"https://docs.example/a?b=1&c=2":                    "https://docs.example/a?b=1&c=2",
		"mailto:noi@valbassa.example":                       "mailto:noi@valbassa.example",
		"javascript:alert(1)":                               "",
		"file:///etc/passwd":                                "",
		`\\192.0.2.1\share`:                                 "",
		"//192.0.2.1/share":                                 "",
		"https://bank.example@evil.test":                    "",
		"https://a.example/\u202efdp":                       "",
		"https:///nowhere":                                  "",
		"https://a.example/" + strings.Repeat("a", maxLink): "",
	} {
		if got := outward(link); got != want {
			t.Errorf("outward(%q) = %q, want %q", link, got, want)
		}
	}
}

func TestTheStructureIsReal(t *testing.T) {
	t.Parallel()
	docx, _ := files(t, written(t, full(t), "docx"))
	odt, names := files(t, written(t, full(t), "odt"))
	for _, want := range []string{`w:val="Heading1"`, "<w:tblHeader/>", `<w14:checked w14:val="1"/>`, `<w:lang w:val="fr-FR"/>`, `descr="Tre gravi, due medie"`, "<w:pageBreakBefore/>", `w:anchor="lista"`} {
		if !bytes.Contains(docx["word/document.xml"], []byte(want)) {
			t.Errorf("docx has no %s", want)
		}
	}
	for _, want := range []string{`text:outline-level="1"`, "<table:table-header-rows>", "☒", `fo:language="fr" fo:country="FR"`, "<svg:desc>Tre gravi, due medie</svg:desc>", `fo:break-before="page"`, `xlink:href="#lista"`} {
		if !bytes.Contains(odt["content.xml"], []byte(want)) {
			t.Errorf("odt has no %s", want)
		}
	}
	if !bytes.Contains(docx["word/styles.xml"], []byte(`<w:lang w:val="it-IT"/>`)) || !bytes.Contains(odt["styles.xml"], []byte(`fo:language="it" fo:country="IT"`)) {
		t.Error("a document does not name its language")
	}
	if data := written(t, full(t), "odt"); names[0] != "mimetype" || !bytes.HasPrefix(data[30:], []byte("mimetype"+odtKind)) {
		t.Error("odt does not begin with its kind")
	}
}

func TestCaptionsAndContentsNameTheirLanguage(t *testing.T) {
	t.Parallel()
	d := Document{Language: "it", Title: "a", Body: []Block{
		Contents{Levels: 1},
		Heading{Level: 1, Text: []Run{{Text: "Sommaire", Language: "fr"}}},
		Table{Caption: "Tableau", Language: "fr", Rows: [][]Cell{{Words("a")}}},
		Figure{SVG: []byte(chart), Width: 9, Height: 9, Title: "a", Description: "b", Caption: "Image", Language: "fr"},
	}}
	docx, _ := files(t, written(t, d, "docx"))
	if n := bytes.Count(docx["word/document.xml"], []byte(`<w:lang w:val="fr-FR"/>`)); n != 4 {
		t.Errorf("docx names French %d times, want 4", n)
	}
	odt, _ := files(t, written(t, d, "odt"))
	if n := bytes.Count(odt["content.xml"], []byte(`<text:span text:style-name="T1">`)); n != 4 {
		t.Errorf("odt names French %d times, want 4", n)
	}
	for _, bad := range []Block{Table{Language: "French", Rows: [][]Cell{{Words("a")}}}, Figure{SVG: []byte(chart), Width: 9, Height: 9, Title: "a", Description: "b", Language: "French"}} {
		if (Document{Language: "it", Title: "a", Body: []Block{bad}}).DOCX(io.Discard) == nil {
			t.Errorf("%T in the language French was written", bad)
		}
	}
}

func TestWhatWouldNotOpenIsRefused(t *testing.T) {
	t.Parallel()
	for name, block := range map[string]Block{
		"level-left-out":   Heading{Level: 2, Text: Plain("a")},
		"empty-heading":    Heading{Level: 1},
		"uneven-table":     Table{Rows: [][]Cell{{Words("a")}, {Words("a"), Words("b")}}},
		"no-columns":       Table{},
		"wrong-widths":     Table{Widths: []int{1}, Rows: [][]Cell{{Words("a"), Words("b")}}},
		"unknown-style":    Paragraph{Style: "pretty"},
		"unknown-list":     List{Kind: "stars"},
		"link-to-nowhere":  Paragraph{Text: []Run{{Text: "a", Link: "#nowhere"}}},
		"unknown-language": Paragraph{Text: []Run{{Text: "a", Language: "Italian"}}},
		"script-in-figure": Figure{SVG: []byte(`<svg><script/></svg>`), Width: 9, Height: 9, Title: "a", Description: "b"},
		"figure-fetches":   Figure{SVG: []byte(`<svg><rect fill="url(http://a.example/)"/></svg>`), Width: 9, Height: 9, Title: "a", Description: "b"},
		"figure-unsaid":    Figure{SVG: []byte(chart), Width: 9, Height: 9, Title: "a"},
		"nothing":          nil,
	} {
		d := Document{Language: "it", Title: "a", Body: []Block{block}}
		if d.DOCX(io.Discard) == nil || d.ODT(io.Discard) == nil {
			t.Errorf("%s was written", name)
		}
	}
}

func TestNoSpaceIsLost(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a b": "a b", " a": `<text:s text:c="1"/>a`, "a  b": `a <text:s text:c="1"/>b`, "a   ": `a <text:s text:c="2"/>`, "": "",
	} {
		if got := tag("p").with(spaced(text)...).string(); got != "<p>"+want+"</p>" && (text != "" || got != "<p/>") {
			t.Errorf("%q: %s", text, got)
		}
	}
}
