package main

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/xuri/excelize/v2"
	"go.yaml.in/yaml/v3"
	"golang.org/x/net/html"
)

// withoutSpace leaves out where lines may end.
func withoutSpace(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, text)
}

// spelled writes characters without a shape as the documents do: the formats for
// programs hold the facts as they are, and a program shows them so.
func spelled(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case unicode.IsPrint(r) || unicode.IsSpace(r):
			b.WriteRune(r)
		case r <= unicode.MaxLatin1:
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

// shapeless finds what acts on a terminal, an editor or a printer: characters
// that have no shape of their own.
func shapeless(_ testing.TB, data []byte) []string {
	text := strings.TrimPrefix(string(data), "\uFEFF") // the mark of a list for spreadsheets
	i := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsPrint(r) && !strings.ContainsRune("\n\r\u00a0", r) })
	if i < 0 {
		return nil
	}
	return []string{fmt.Sprintf("%q reaches the reader", text[i:min(len(text), i+12)])}
}

// holding lists the strings that a text holds and should not.
func holding(text string, bad ...string) []string {
	return slices.DeleteFunc(bad, func(s string) bool { return !strings.Contains(strings.ToLower(text), s) })
}

func plainText(_ testing.TB, data []byte) string { return string(data) }

// jsonText joins all strings of one JSON value, or of one a line.
func jsonText(t testing.TB, data []byte) string {
	t.Helper()
	var b strings.Builder
	decoder := json.NewDecoder(bytes.NewReader(data))
	for {
		var value any
		err := decoder.Decode(&value)
		if errors.Is(err, io.EOF) {
			return b.String()
		}
		if err != nil {
			t.Fatal(err)
		}
		collect(&b, value)
	}
}

func yamlText(t testing.TB, data []byte) string {
	t.Helper()
	var value any
	if err := yaml.Unmarshal(data, &value); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	collect(&b, value)
	return b.String()
}

// collect writes all strings of a decoded value.
func collect(b *strings.Builder, value any) {
	switch value := value.(type) {
	case string:
		b.WriteString(value + "\n")
	case []any:
		for _, each := range value {
			collect(b, each)
		}
	case map[string]any:
		for _, each := range value {
			collect(b, each)
		}
	}
}

// csvRows reads a list as a spreadsheet does, whatever its separator.
func csvRows(t testing.TB, data []byte, separator rune) [][]string {
	t.Helper()
	reader := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\uFEFF"))))
	reader.Comma, reader.LazyQuotes, reader.FieldsPerRecord = separator, true, -1
	rows, err := reader.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func csvText(t testing.TB, data []byte) string {
	t.Helper()
	separator := ','
	if line, _, _ := strings.Cut(string(data), "\n"); strings.Count(line, ";") > strings.Count(line, ",") {
		separator = ';'
	}
	return joined(csvRows(t, data, separator))
}

func joined(rows [][]string) string {
	var b strings.Builder
	for _, row := range rows {
		b.WriteString(strings.Join(row, "\n") + "\n")
	}
	return b.String()
}

// csvActs finds cells that a spreadsheet would calculate.
func csvActs(t testing.TB, data []byte) []string {
	t.Helper()
	found := shapeless(t, data)
	for _, separator := range ",;\t|" {
		for _, row := range csvRows(t, data, separator) {
			for _, cell := range row {
				if cell = strings.TrimLeft(cell, " \t\r\u00a0\""); cell != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(cell)[0]) {
					found = append(found, "a cell is a formula: "+cell[:min(len(cell), 30)])
				}
			}
		}
	}
	return found
}

func xlsxText(t testing.TB, data []byte) string {
	t.Helper()
	book, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	var b strings.Builder
	for _, sheet := range book.GetSheetList() {
		rows, err := book.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		b.WriteString(joined(rows))
	}
	return b.String()
}

// packedParts are the parts of a file that is a ZIP archive of XML (XLSX, DOCX,
// ODT), by name; pictures are left out.
func packedParts(t testing.TB, data []byte) map[string]string {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	for _, file := range archive.File {
		if !slices.Contains([]string{".xml", ".rels", ".svg", ".rdf"}, filepath.Ext(file.Name)) {
			continue
		}
		part, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(part)
		if err != nil {
			t.Fatal(err)
		}
		parts[file.Name] = string(content)
	}
	return parts
}

// packedText joins the text of all parts.
func packedText(t testing.TB, data []byte) string {
	t.Helper()
	var b strings.Builder
	for name, part := range packedParts(t, data) {
		decoder := xml.NewDecoder(strings.NewReader(part))
		for {
			token, err := decoder.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if text, ok := token.(xml.CharData); ok {
				b.Write(text)
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// packedActs finds formulas, fields, macros and links to strangers in the parts
// of an office file.
func packedActs(t testing.TB, data []byte) []string {
	t.Helper()
	var found []string
	for name, part := range packedParts(t, data) {
		bad := append(shapeless(t, []byte(part)), holding(part, "<script", "<f>", "<f ", "<b>", "vbaproject", "externallink",
			"text:database", "script:event", "office:scripts", `="javascript:`, `="http://evil`, `="//evil`, `="=hyperlink`)...)
		for _, what := range append(bad, fields(part)...) {
			found = append(found, name+": "+what)
		}
	}
	return found
}

var (
	field = regexp.MustCompile(`w:instr="([^"]*)"|<w:instrText[^>]*>([^<]*)<`)
	// What a field of ours does: the number of a page, the table of contents.
	ownField = regexp.MustCompile(`^ *(PAGE|NUMPAGES|PAGEREF \w+|TOC [\\\w "&#;-]*) *$`)
)

// fields finds the fields of a part (ECMA-376 part 1 section 17.16) that are none
// of ours: a word processor runs them.
func fields(part string) []string {
	var found []string
	for _, match := range field.FindAllStringSubmatch(part, -1) {
		if instruction := match[1] + match[2]; !ownField.MatchString(instruction) {
			found = append(found, "a field "+instruction)
		}
	}
	return found
}

// htmlNodes walks a page as a browser reads it.
func htmlNodes(t testing.TB, data []byte, each func(*html.Node)) {
	t.Helper()
	page, err := html.Parse(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	for node := range page.Descendants() {
		each(node)
	}
}

func htmlText(t testing.TB, data []byte) string {
	t.Helper()
	var b strings.Builder
	htmlNodes(t, data, func(n *html.Node) {
		if n.Type == html.TextNode && n.Parent.Data != "style" {
			b.WriteString(n.Data)
		}
	})
	return b.String()
}

// htmlActs finds elements and attributes that run something or ask somebody.
func htmlActs(t testing.TB, data []byte) []string {
	t.Helper()
	found := shapeless(t, data)
	htmlNodes(t, data, func(n *html.Node) {
		if n.Type != html.ElementNode {
			return
		}
		if slices.Contains([]string{"script", "iframe", "frame", "object", "embed", "base"}, n.Data) {
			found = append(found, "an element "+n.Data)
		}
		for _, a := range n.Attr {
			address := slices.Contains([]string{"href", "src", "action", "style", "srcset", "formaction"}, a.Key)
			if strings.HasPrefix(a.Key, "on") || address && len(holding(a.Val, "javascript:", "evil")) > 0 {
				found = append(found, fmt.Sprintf("%s=%q of %s", a.Key, a.Val, n.Data))
			}
		}
	})
	return found
}

// pdfText is what a reader of the printed page sees.
func pdfText(t testing.TB, data []byte) string {
	t.Helper()
	return string(poppler(t, data, "pdftotext", "-raw", "-enc", "UTF-8"))
}

// pdfActs unfolds the file and looks for actions.
func pdfActs(t testing.TB, data []byte) []string {
	t.Helper()
	plain := poppler(t, data, "qpdf", "--qdf", "--object-streams=disable")
	return holding(string(plain), "/javascript", "/js ", "/launch", "/uri (http://evil", "/submitform", "/embeddedfile", "/uri (javascript")
}

// poppler runs a tool from a file to standard output.
func poppler(t testing.TB, data []byte, tool string, options ...string) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "page.pdf")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	output, err := exec.CommandContext(t.Context(), tool, append(options, path, "-")...).Output()
	if err != nil {
		t.Fatalf("%s: %v", tool, err)
	}
	return output
}

// markdownText takes away the signs that make a tracker show text as it is.
func markdownText(_ testing.TB, data []byte) string {
	text := strings.ReplaceAll(string(data), "`", "")
	for _, sign := range `<>[](){}"=|#*_~$@.!:-` {
		text = strings.ReplaceAll(text, `\`+string(sign), string(sign))
	}
	return text
}

// markdownActs finds what a tracker would act on outside of code.
func markdownActs(t testing.TB, data []byte) []string {
	t.Helper()
	found := shapeless(t, data)
	for line := range strings.Lines(string(data)) {
		if !strings.HasPrefix(line, "    ") { // a block of code
			found = append(found, holding(outsideCode(line), "<script", "<b>", "@mayor", "](javascript", "evil.example")...)
		}
	}
	return found
}

// outsideCode leaves out the spans of code of a line (CommonMark 0.31 section
// 6.1): they end at a run of as many backticks as they begin with.
func outsideCode(line string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(line, "`")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		length := 1 + len(rest) - len(strings.TrimLeft(rest, "`"))
		fence := strings.Repeat("`", length)
		_, after, closed := strings.Cut(rest[length-1:], fence)
		if !closed {
			b.WriteString(rest)
			return b.String()
		}
		line = after
	}
}

// TestWhatActsIsFound holds the tests of this file against files that do act.
func TestWhatActsIsFound(t *testing.T) {
	t.Parallel()
	packed := func(part string) []byte {
		var file bytes.Buffer
		archive := zip.NewWriter(&file)
		entry, err := archive.Create("word/document.xml")
		if err == nil {
			_, err = entry.Write([]byte(part))
		}
		if err := errors.Join(err, archive.Close()); err != nil {
			t.Fatal(err)
		}
		return file.Bytes()
	}
	for name, c := range map[string]struct {
		acts func(testing.TB, []byte) []string
		data []byte
	}{
		"an-escape-in-a-text":       {shapeless, []byte("one\x1b[2J")},
		"a-turning-mark-in-json":    {shapeless, []byte(`{"a":"` + "\u202e" + `"}`)},
		"a-formula-in-a-list":       {csvActs, []byte("a,b\n1,=1+1\n")},
		"a-formula-behind-a-quote":  {csvActs, []byte("a;b\n1;\"=HYPERLINK(1)\"\n")},
		"a-script-in-a-page":        {htmlActs, []byte("<p><script>1</script>")},
		"a-handler-in-a-page":       {htmlActs, []byte(`<p onclick="x()">`)},
		"a-stranger's-link":         {htmlActs, []byte(`<a href="http://EVIL.example">x</a>`)},
		"a-mention-in-a-tracker":    {markdownActs, []byte("`one` @mayor")},
		"a-link-in-a-tracker":       {markdownActs, []byte("[x](javascript:1)")},
		"a-formula-in-a-workbook":   {packedActs, packed("<c><f>1+1</f></c>")},
		"a-field-in-a-document":     {packedActs, packed(`<w:fldSimple w:instr="HYPERLINK http://evil.example"/>`)},
		"a-long-field":              {packedActs, packed(`<w:instrText xml:space="preserve"> INCLUDETEXT "x" </w:instrText>`)},
		"a-relationship-to-someone": {packedActs, packed(`<Relationship Target="http://evil.example"/>`)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if len(c.acts(t, c.data)) == 0 {
				t.Error("nothing was found")
			}
		})
	}
	for _, harmless := range []string{`<w:fldSimple w:instr="PAGE"/>`, `<w:instrText xml:space="preserve"> TOC \o "1-3" \h </w:instrText>`} {
		if found := packedActs(t, packed(harmless)); len(found) > 0 {
			t.Errorf("%s: %s", harmless, found)
		}
	}
}
