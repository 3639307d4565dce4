package dashboard

import (
	"net/http"
)

func (s *site) townPage(w http.ResponseWriter, r *http.Request)      { s.unknown(w, r) }
func (s *site) lookAgain(w http.ResponseWriter, r *http.Request)     { s.unknown(w, r) }
func (s *site) checklistPage(w http.ResponseWriter, r *http.Request) { s.unknown(w, r) }
func (s *site) tick(w http.ResponseWriter, r *http.Request)          { s.unknown(w, r) }
func (s *site) review(w http.ResponseWriter, r *http.Request)        { s.unknown(w, r) }
func (s *site) dmaPage(w http.ResponseWriter, r *http.Request)       { s.unknown(w, r) }
func (s *site) annex(w http.ResponseWriter, r *http.Request)         { s.unknown(w, r) }

type format struct{ ending string }

func formats() []format {
	return []format{{"html"}, {"pdf"}, {"docx"}, {"odt"}, {"csv"}, {"xlsx"}, {"json"}}
}

func (s *site) document(format) http.HandlerFunc { return s.unknown }


