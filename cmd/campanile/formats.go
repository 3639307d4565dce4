package main

import (
	"bytes"
	"context"
	"io"

	"campanile/cmd/internal/browser"
	"campanile/report"
	"campanile/report/markdown"
	"campanile/report/paper"
	"campanile/report/sarif"
	"campanile/report/sheet"
)

// format is one way to write a report.
type format struct {
	name   string
	ending string // of its files in a folder
	alone  bool   // a file shows one municipality
	binary bool   // nothing that a person reads on a terminal
	lay    func(context.Context, *output, io.Writer, []town) error
}

// formats are all that --format knows. Only those of whole documents hold
// several languages; the others take the first.
func formats() []format {
	return []format{
		{"terminal", ".txt", false, false, layTerminal},
		{"json", ".json", false, false, layJSON},
		{"jsonl", ".jsonl", false, false, inOne(layJSONLines)},
		{"csv", ".csv", false, false, inOne(layCSV)},
		{"sarif", ".sarif", false, false, inOne(sarif.Write)},
		{"html", ".html", true, false, each(layHTML)},
		{"pdf", ".pdf", true, true, layPDF},
		{"xlsx", ".xlsx", false, true, inOne(layXLSX)},
		{"docx", ".docx", true, true, each(layDOCX)},
		{"odt", ".odt", true, true, each(layODT)},
		{"markdown", ".md", false, false, inOne(markdown.Write)},
		{"letters", "", true, false, nil}, // a file for each letter: see letters.go
	}
}

func formatNames() []string {
	var names []string
	for _, f := range formats() {
		names = append(names, f.name)
	}
	return names
}

func formatOf(name string) format {
	for _, f := range formats() {
		if f.name == name {
			return f
		}
	}
	return format{} // the flag takes no other name
}

// inOne lays out all municipalities together, in the first language.
func inOne(write func(io.Writer, []report.Document) error) func(context.Context, *output, io.Writer, []town) error {
	return func(_ context.Context, _ *output, w io.Writer, towns []town) error { return write(w, firsts(towns)) }
}

// each lays out one municipality after the other, in every language.
func each(write func(io.Writer, town) error) func(context.Context, *output, io.Writer, []town) error {
	return func(_ context.Context, _ *output, w io.Writer, towns []town) error {
		for _, t := range towns {
			if err := write(w, t); err != nil {
				return err
			}
		}
		return nil
	}
}

func firsts(towns []town) []report.Document {
	documents := make([]report.Document, len(towns))
	for i, t := range towns {
		documents[i] = t[0]
	}
	return documents
}

func layTerminal(_ context.Context, o *output, w io.Writer, towns []town) error {
	return report.WriteTerminal(w, firsts(towns), o.terminal(w))
}

// layJSON writes several reports as one list, unless each has a file of its own.
func layJSON(_ context.Context, o *output, w io.Writer, towns []town) error {
	if o.several && !o.folder {
		return array(w, firsts(towns))
	}
	for _, t := range towns {
		if err := report.WriteJSON(w, t[0]); err != nil {
			return err
		}
	}
	return nil
}

// array writes several reports as one JSON list.
func array(w io.Writer, documents []report.Document) error {
	before := "[\n"
	for _, d := range documents {
		if _, err := io.WriteString(w, before); err != nil {
			return err
		}
		if err := report.WriteJSON(w, d); err != nil {
			return err
		}
		before = ",\n"
	}
	_, err := io.WriteString(w, "]\n")
	return err
}

func layJSONLines(w io.Writer, documents []report.Document) error {
	for _, d := range documents {
		if err := report.WriteJSONLines(w, d); err != nil {
			return err
		}
	}
	return nil
}

// layCSV writes the findings: a file in this format holds one list.
func layCSV(w io.Writer, documents []report.Document) error {
	return sheet.WriteCSV(w, report.Lists(documents)[0])
}

func layXLSX(w io.Writer, documents []report.Document) error {
	return sheet.WriteXLSX(w, sheet.Of(documents))
}

func layHTML(w io.Writer, t town) error { return report.WriteHTML(w, t[0], t[1:]...) }

func layDOCX(w io.Writer, t town) error { return paper.Of(t[0], t[1:]...).DOCX(w) }

func layODT(w io.Writer, t town) error { return paper.Of(t[0], t[1:]...).ODT(w) }

// layPDF prints the page: what the browser shows on paper is the document.
func layPDF(ctx context.Context, o *output, w io.Writer, towns []town) error {
	ctx, stop := interruptible(ctx) // at Ctrl-C the browser is ended too
	defer stop()
	for _, t := range towns {
		var page bytes.Buffer
		if err := layHTML(&page, t); err != nil {
			return err
		}
		pdf, err := browser.Print(ctx, o.browser, page.Bytes(), properties(t[0]))
		if err != nil {
			return err
		}
		if _, err := w.Write(pdf); err != nil {
			return err
		}
	}
	return nil
}

// properties are what the PDF says about itself: the title of the page, whom it
// is about, the program that has written it, the date of the evidence.
func properties(d report.Document) browser.Properties {
	return browser.Properties{
		Title:   report.WordsIn(d.Language).Say("page.title", "Name", d.Name, "Date", d.Date),
		Subject: d.ASCII,
		Author:  d.Method.Judge.Name + " " + d.Method.Judge.Version,
		Date:    d.Method.Taken,
	}
}
