package mandate

import (
	"archive/zip"
	"embed"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"text/template"
	"time"
)

//go:embed docx/*.xml docx/*.rels
var docxFiles embed.FS

// docxParts are the parts of the smallest document that word processors open
// (ISO/IEC 29500, Open Packaging Conventions), in the order in which they are
// written: where it lies in the package, and the file of ours.
var docxParts = []struct{ name, file string }{
	{"[Content_Types].xml", "types.xml"},
	{"_rels/.rels", "package.rels"},
	{"docProps/core.xml", "core.xml"},
	{"word/document.xml", "document.xml"},
	{"word/_rels/document.xml.rels", "document.rels"},
	{"word/styles.xml", "styles.xml"},
	{"word/numbering.xml", "numbering.xml"},
	{"word/footer.xml", "footer.xml"},
}

// docx writes the letter for a word processor. The same letter gives the same
// bytes.
func (l letter) docx(w io.Writer) error {
	parts, err := template.New("docx").Funcs(template.FuncMap{"x": escaped, "tag": languageTag, "style": styled}).ParseFS(docxFiles, "docx/*")
	if err != nil {
		return fmt.Errorf("the letter's document: %w", err)
	}
	archive := zip.NewWriter(w)
	for _, each := range docxParts {
		// No clock: the first day that the format can name.
		header := &zip.FileHeader{Name: each.name, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)}
		file, err := archive.CreateHeader(header)
		if err != nil {
			return fmt.Errorf("writing the letter: %w", err)
		}
		if err := parts.ExecuteTemplate(file, each.file, l); err != nil {
			return fmt.Errorf("writing the letter, %s: %w", each.name, err)
		}
	}
	if err := archive.Close(); err != nil {
		return fmt.Errorf("writing the letter: %w", err)
	}
	return nil
}

// escaped makes any text harmless in XML.
func escaped(text string) (string, error) {
	var out strings.Builder
	err := xml.EscapeText(&out, []byte(text))
	return out.String(), err
}

// languageTag is the language as word processors name it, for their spelling.
func languageTag(language string) string {
	return map[string]string{"it": "it-IT", "fr": "fr-FR", "en": "en-GB"}[language]
}

// paragraph is a text with the name of its style.
type paragraph struct{ Style, Text string }

func styled(style, text string) paragraph { return paragraph{style, text} }
