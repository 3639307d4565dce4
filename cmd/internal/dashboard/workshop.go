package dashboard

import (
	"bytes"
	"net/http"
	"strconv"

	"campanile/report/office"
	"campanile/report/territory"
)

// maxMeant is how many names of towns a problem of a workshop lists.
const maxMeant = 40

// workshopView is what the towns can talk about together.
type workshopView struct {
	territory.Handout

	Other string // the same page with names, or without
	Word  string // the same for a word processor
}

// handoutOf asks for the handout: without names where the address says so.
func (s *site) handoutOf(r *http.Request) (territory.Handout, error) {
	anonymous := r.URL.Query().Get("anonymous") == "1"
	return s.Chronicle.Workshop(r.Context(), s.viewerOf(r).filter(), s.teller(r).language, anonymous)
}

// workshopPage shows the four themes.
func (s *site) workshopPage(w http.ResponseWriter, r *http.Request) {
	h, err := s.handoutOf(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	words := s.teller(r)
	for _, theme := range h.Themes {
		for i := range theme.Problems {
			if p := &theme.Problems[i]; len(p.Towns) > maxMeant {
				p.Towns = append(p.Towns[:maxMeant:maxMeant], words.Count("list.more", len(p.Towns)-maxMeant))
			}
		}
	}
	view := workshopView{Handout: h, Other: "/workshops?anonymous=1", Word: "/workshops.docx"}
	if h.Anonymous {
		view.Other, view.Word = "/workshops", "/workshops.docx?anonymous=1"
	}
	s.page(w, r, "workshop", http.StatusOK, view)
}

// workshopPaper gives the same as sheets to print.
func (s *site) workshopPaper(w http.ResponseWriter, r *http.Request) {
	h, err := s.handoutOf(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	name := "workshops.docx"
	if h.Anonymous {
		name = "workshops-anonymous.docx"
	}
	s.wordFile(w, r, name, h.Paper())
}

// wordFile answers with a document for a word processor.
func (s *site) wordFile(w http.ResponseWriter, r *http.Request, name string, d office.Document) {
	var out bytes.Buffer
	if err := d.DOCX(&out); err != nil {
		s.fail(w, r, err)
		return
	}
	download(w, name, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", out.Bytes())
}

// download answers with a file to keep. Its name has letters that every system takes.
func download(w http.ResponseWriter, name, kind string, content []byte) {
	w.Header().Set("Content-Disposition", "attachment; filename="+strconv.Quote(name))
	send(w, http.StatusOK, kind, content)
}
