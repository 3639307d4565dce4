package office

import (
	"archive/zip"
	"bytes"
	"image"
	"image/color"
	"image/png"
	"io"
	"slices"
	"testing"
	"time"
)

// hostile is what a stranger's server might put into a banner, a record or a
// certificate.
const hostile = "<script>alert(1)</script> =HYPERLINK(\"http://evil.example\") ]]> &amp; \x1b[31mred\x1b[0m \u009b2J \u202eexe.fdp\u202c \u2066x\u2069 \u200e\u200f zero\u200bwidth\ufeff \x00\x07\r\nnext\tline \U000e0041 \uffff \xff {{.Default}} {page}"

// drawn is a small picture.
func drawn(t *testing.T) []byte {
	t.Helper()
	picture := image.NewNRGBA(image.Rect(0, 0, 60, 20))
	for x := range 60 {
		for y := range 20 {
			picture.Set(x, y, color.NRGBA{R: 31, G: 79, B: uint8(100 + x), A: 255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// chart is a picture as the reports draw it.
const chart = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 20"><title>Bars</title><rect width="40" height="20" fill="#1F4F7D"/><text x="42" y="14" font-size="8">3</text></svg>`

// full is a document with everything that there is.
func full(t *testing.T) Document {
	t.Helper()
	return Document{
		Language: "it", Title: "Comune di Valbassa: il documento", Subject: "Sicurezza vista da fuori", Author: "Campanile",
		Date:   time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC),
		Footer: "Comune di Valbassa", Page: "pagina {page} di {pages}",
		Body: slices.Concat(opening(), checklist(t), tables()),
	}
}

func opening() []Block {
	return []Block{
		Paragraph{Style: Title, Text: Plain("Comune di Valbassa")},
		Paragraph{Style: Subtitle, Text: Plain("Che cosa si vede da fuori")},
		Paragraph{Style: Lead, Text: []Run{{Text: "Tre cose", Bold: true}, {Text: " da fare per prime."}}},
		Contents{Title: "Indice", Levels: 2},
		PageBreak{},
		Heading{Level: 1, Text: Plain("Per il sindaco"), Anchor: "per-il-sindaco"},
		Paragraph{Text: []Run{
			{Text: "Vedi "},
			{Text: "la lista", Link: "#lista"},
			{Text: ", "},
			{Text: "la guida", Link: "https://docs.example/guida?a=1&b=2"},
			{Text: " o scrivi a "},
			{Text: "noi", Link: "mailto:aiuto@valbassa.example"},
			{Text: "."},
		}},
		Paragraph{Text: []Run{
			{Text: "En français : ", Bold: true},
			{Text: "la sécurité de la commune", Language: "fr"},
			{Text: " e in inglese ", Italic: true},
			{Text: "security", Italic: true, Language: "en"},
			{Text: "v=spf1  -all", Code: true, Break: true},
		}},
		Paragraph{Style: Quote, Text: Plain("220 mail.valbassa.example")},
		Paragraph{Style: Code, Text: Plain("campanile  scan valbassa.example")},
		Paragraph{Style: Note, Text: Plain("Ciò che non si è potuto misurare non è né giusto né sbagliato.")},
	}
}

func checklist(t *testing.T) []Block {
	t.Helper()
	return []Block{
		Heading{Level: 1, Text: Plain("La lista"), Anchor: "lista"},
		Heading{Level: 2, Text: Plain("Per il fornitore del sito")},
		List{Kind: Ticks, Items: []Item{
			{Text: Plain("Rinnovare il certificato"), More: []Paragraph{Text("Scade tra tre giorni."), {Style: Code, Text: Plain("openssl x509 -enddate")}}},
			{Text: Plain("Chiudere la porta 3389"), Done: true},
		}},
		List{Items: []Item{{Text: Plain("Un punto")}, {Text: Plain("Un altro")}}},
		List{Kind: Numbers, Items: []Item{{Text: Plain("Prima")}, {Text: Plain("Poi")}}},
		Heading{Level: 3, Text: Plain("Passi")},
		List{Kind: Numbers, Items: []Item{{Text: Plain("Di nuovo prima")}}},
		Figure{PNG: drawn(t), SVG: []byte(chart), Width: 120, Height: 40, Title: "Gravità", Description: "Tre gravi, due medie", Caption: "Le mancanze per gravità"},
		Figure{SVG: []byte(chart), Width: 60, Height: 20, Title: "Sola", Description: "Una barra"},
		Figure{PNG: drawn(t), Width: 60, Height: 20, Title: "Punti", Description: "Una sfumatura"},
	}
}

func tables() []Block {
	sign := Cell{{Text: Plain("Il sindaco")}, {Style: SignHere, Text: Plain("Firma")}}
	return []Block{
		Table{
			Caption: "Che cosa è stato mandato", Widths: []int{2, 1, 1}, Heads: true,
			Header: []Cell{Words("Indirizzo"), Words("Connessioni"), Words("Byte")},
			Rows: [][]Cell{
				{Words("192.0.2.10"), Words("12"), Words("8.123")},
				{Words("2001:db8::1"), nil, Words("77")},
			},
		},
		Table{Rows: [][]Cell{{Words("senza"), Words("titolo")}}},
		PageBreak{},
		Table{Rows: [][]Cell{{sign, sign}}},
		PageBreak{},
		List{Kind: Ticks, Items: []Item{{Text: Plain("Ultima")}}},
		Paragraph{Text: Plain("  due spazi,  e altri   tre ")},
		Table{Header: []Cell{Words("fine")}},
	}
}

// files gives the files of a document by name, and their names in order.
func files(t *testing.T, data []byte) (map[string][]byte, []string) {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	parts, names := map[string][]byte{}, []string{}
	for _, file := range archive.File {
		opened, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		if parts[file.Name], err = io.ReadAll(opened); err != nil {
			t.Fatal(err)
		}
		names = append(names, file.Name)
	}
	return parts, names
}

// formats are the two ways to write a document.
var formats = map[string]func(Document, io.Writer) error{"docx": Document.DOCX, "odt": Document.ODT}

func written(t *testing.T, d Document, format string) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := formats[format](d, &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
