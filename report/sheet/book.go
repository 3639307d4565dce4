// Package sheet writes lists as spreadsheets: CSV and XLSX. Every cell is text,
// and no text of a stranger ever becomes a formula.
//
// It must not judge, and it knows neither a clock nor a network: the same lists
// give the same bytes.
package sheet

import (
	"time"

	"campanile/report"
	"campanile/rules"
)

// Book is a workbook of lists.
type Book struct {
	Title    string
	Author   string // the program that made it
	Language rules.Language
	Taken    time.Time // of the evidence: the only date that a book bears
	Lists    []report.List
}

// Of makes the book of one municipality or of several, in the language of the
// first. Its date is that of the latest evidence.
func Of(docs []report.Document) Book {
	if len(docs) == 0 {
		return Book{}
	}
	first := docs[0]
	w := report.WordsIn(first.Language)
	b := Book{
		Title:    w.Say("page.title", "Name", first.Name, "Date", first.Date),
		Author:   first.Method.Judge.Name + " " + first.Method.Judge.Version,
		Language: first.Language,
		Lists:    report.Lists(docs),
	}
	if len(docs) > 1 {
		b.Title = w.Say("sheet.findings")
	}
	for _, d := range docs {
		if d.Method.Taken.After(b.Taken) {
			b.Taken = d.Method.Taken
		}
	}
	return b
}
