package dashboard

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"campanile/cmd/internal/browser"
	"campanile/cmd/internal/store"
	"campanile/report"
	"campanile/report/paper"
	"campanile/report/sheet"
	"campanile/rules"
)

// format is one way to hand out the report on a municipality.
type format struct {
	ending string
	kind   string // of the answer
	write  func(io.Writer, report.Document) error
}

// formats are all that there are, in the order of the page. PDF is printed from
// the page, by a browser.
func formats() []format {
	return []format{
		{"html", "text/html; charset=utf-8", func(w io.Writer, d report.Document) error { return report.WriteHTML(w, d) }},
		{"pdf", "application/pdf", nil},
		{"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", func(w io.Writer, d report.Document) error { return paper.Of(d).DOCX(w) }},
		{"odt", "application/vnd.oasis.opendocument.text", func(w io.Writer, d report.Document) error { return paper.Of(d).ODT(w) }},
		{"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", func(w io.Writer, d report.Document) error {
			return sheet.WriteXLSX(w, sheet.Of([]report.Document{d}))
		}},
		{"csv", "text/csv; charset=utf-8", func(w io.Writer, d report.Document) error {
			return sheet.WriteCSV(w, report.Lists([]report.Document{d})[0])
		}},
		{"json", "application/json; charset=utf-8", report.WriteJSON},
	}
}

// inlinePolicy is for a document that is shown as it is: it brings its own style,
// and a policy of its own that lets nothing else in. Nothing runs in either.
const inlinePolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; frame-ancestors 'none'; base-uri 'none'; sandbox"

// paperLink leads to a document in one language.
type paperLink struct {
	Path, Language, Name string // in the language itself
	Label                string // for whoever hears the link alone
}

// paperRow is a document to download, in each language.
type paperRow struct {
	Name, For string
	Links     []paperLink
}

// papers lists the documents of a body.
func (s *site) papers(t teller, body int64) []paperRow {
	var list []paperRow
	for _, f := range formats() {
		if f.write == nil && s.browser() == "" {
			continue
		}
		row := paperRow{Name: t.Say("dashboard.paper." + f.ending + ".name"), For: t.Say("dashboard.paper." + f.ending + ".for")}
		for _, l := range rules.Languages {
			name := report.WordsIn(l).LanguageName()
			row.Links = append(row.Links, paperLink{townPath(body) + "/document." + f.ending + "?language=" + string(l), string(l), name, row.Name + ", " + name})
		}
		list = append(list, row)
	}
	return list
}

// browser is the program that prints; empty where there is none.
func (s *site) browser() string {
	program, err := browser.Find(s.Browser)
	if err != nil {
		return ""
	}
	return program
}

// document hands out the report on the newest look at a municipality.
func (s *site) document(f format) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := s.bodyOf(r)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		doc, err := s.documentOf(r.Context(), body.ID, s.documentLanguage(r))
		if err != nil {
			s.fail(w, r, err)
			return
		}
		var text bytes.Buffer
		if f.write == nil {
			err = s.print(r.Context(), &text, *doc)
		} else {
			err = f.write(&text, *doc)
		}
		if errors.Is(err, errBusy) {
			s.trouble(w, r, http.StatusServiceUnavailable, trouble{ID: "busy"})
			return
		}
		if err != nil {
			s.fail(w, r, err)
			return
		}
		s.hand(w, f, *doc, text.Bytes())
	}
}

func (s *site) hand(w http.ResponseWriter, f format, doc report.Document, text []byte) {
	if f.ending == "html" {
		w.Header().Set("Content-Security-Policy", inlinePolicy)
	} else {
		w.Header().Set("Content-Disposition", `attachment; filename="`+paperName(doc)+`.`+f.ending+`"`)
	}
	send(w, http.StatusOK, f.kind, text)
}

// paperName names a document by its domain and day, in letters that every system
// takes.
func paperName(d report.Document) string {
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '.' || r == '-' {
			return r
		}
		return '-'
	}, strings.ToLower(clipped(d.ASCII, 200)))
	return "campanile-" + name + "-" + d.Method.Taken.Format(time.DateOnly) + "-" + string(d.Language)
}

func (s *site) documentLanguage(r *http.Request) rules.Language {
	if l := rules.Language(r.URL.Query().Get("language")); slices.Contains(rules.Languages, l) {
		return l
	}
	return s.teller(r).language
}

// print prints the page of a document. One browser runs at a time; who waits
// long is told to come back.
func (s *site) print(ctx context.Context, w io.Writer, doc report.Document) error {
	program := s.browser()
	if program == "" {
		return store.ErrUnknown
	}
	wait, stop := context.WithTimeout(ctx, time.Minute)
	defer stop()
	select {
	case s.printer <- struct{}{}:
		defer func() { <-s.printer }()
	case <-wait.Done():
		return errBusy
	}
	var page bytes.Buffer
	if err := report.WriteHTML(&page, doc); err != nil {
		return err
	}
	pdf, err := browser.Print(ctx, program, page.Bytes(), browser.Properties{
		Title:   report.WordsIn(doc.Language).Say("page.title", "Name", doc.Name, "Date", doc.Date),
		Subject: doc.ASCII, Author: doc.Method.Judge.Name + " " + doc.Method.Judge.Version, Date: doc.Method.Taken,
	})
	if err != nil {
		return err
	}
	_, err = w.Write(pdf)
	return err
}
