package dashboard

import (
	"bytes"
	"cmp"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"campanile/cmd/internal/store"
	"campanile/report"
	"campanile/rules"
)

//go:embed page/*.html
var pageFiles embed.FS

//go:embed asset/style.css
var styleSheet []byte

// pages are the templates by language and name. Each file of the folder page is
// one page, but for the layout that stands around all and the parts that they
// share. A page defines "title" and "main"; and "head" where its head needs more.
type pages map[rules.Language]map[string]*template.Template

// shared are the files that are no page.
var shared = []string{"page/layout.html", "page/parts.html", "page/figures.html"}

func laidOut(zone *time.Location) (pages, error) {
	names, err := fs.Glob(pageFiles, "page/*.html")
	if err != nil {
		return nil, err
	}
	all := pages{}
	for _, language := range rules.Languages {
		base, err := template.New("layout").Funcs(speech(language, zone)).ParseFS(pageFiles, shared...)
		if err != nil {
			return nil, err
		}
		all[language] = map[string]*template.Template{}
		for _, name := range names {
			if slices.Contains(shared, name) {
				continue
			}
			page, err := base.Clone()
			if err == nil {
				page, err = page.ParseFS(pageFiles, name)
			}
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			all[language][strings.TrimSuffix(path.Base(name), ".html")] = page
		}
	}
	return all, nil
}

// speech are the functions by which the templates speak.
func speech(language rules.Language, zone *time.Location) template.FuncMap {
	w := report.WordsIn(language)
	return template.FuncMap{
		"say":      w.Say,
		"count":    w.Count,
		"number":   func(n int) string { return w.Number(int64(n)) },
		"digits":   w.Number,
		"list":     w.List,
		"date":     func(t time.Time) string { return w.Date(t.In(zone)) },
		"time":     func(t time.Time) string { return w.Time(t.UTC()) }, // the words say so
		"bytes":    func(n int64) string { return w.Count("method.bytes", int(n)) },
		"shown":    report.Shown,
		"plain":    report.Plain,
		"svg":      func(drawing []byte) template.HTML { return template.HTML(drawing) }, //nolint:gosec // drawn by package chart, which escapes
		"severity": func(s any) string { return w.Say("severity." + fmt.Sprint(s)) },
		// filled counts the marks of a severity, so that it never shows by colour alone.
		"filled": func(s any) []bool {
			marks := make([]bool, 4)
			for i := range marks {
				marks[i] = i < 4-rank(rules.Severity(fmt.Sprint(s)))
			}
			return marks
		},
		"pieces": report.Pieces,
		// dict hands several values to a part.
		"dict": func(pairs ...any) map[string]any {
			values := map[string]any{}
			for i := 0; i+1 < len(pairs); i += 2 {
				values[fmt.Sprint(pairs[i])] = pairs[i+1]
			}
			return values
		},
	}
}

func rank(s rules.Severity) int {
	for i, each := range rules.Severities {
		if each == s {
			return i
		}
	}
	return len(rules.Severities)
}

// view is what the layout lays out.
type view struct {
	Page      any // the page's own
	Viewer    viewer
	Words     report.Words
	Nav       []link
	Here      string // the path and query of this page, for the forms that come back to it
	Languages []tongue
}

// tongue is a language to choose.
type tongue struct {
	Code, Name string
	Chosen     bool
}

// link is an entry of the navigation.
type link struct {
	Path, Name string
	Here       bool // it leads to this very page, or to what this page belongs to
}

// page lays out page/<name>.html within the layout. In it, data is .Page.
func (s *site) page(w http.ResponseWriter, r *http.Request, name string, status int, data any) {
	text, err := s.lay(r, name, data)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	send(w, status, "text/html; charset=utf-8", text)
}

func (s *site) lay(r *http.Request, name string, data any) ([]byte, error) {
	v := s.viewerOf(r)
	if v.language == "" {
		v.language = s.Language
	}
	page := s.pages[v.language][name]
	if page == nil {
		return nil, fmt.Errorf("there is no page %q", name)
	}
	words := report.WordsIn(v.language)
	whole := view{Page: data, Viewer: v, Words: words, Nav: s.navigation(r, v, words), Here: here(r)}
	for _, l := range rules.Languages {
		whole.Languages = append(whole.Languages, tongue{string(l), report.WordsIn(l).LanguageName(), l == v.language})
	}
	var text bytes.Buffer
	if err := page.ExecuteTemplate(&text, "layout", whole); err != nil {
		return nil, fmt.Errorf("laying out the page %s: %w", name, err)
	}
	return text.Bytes(), nil
}

// here is the page to come back to: the address of this one, or after a form
// that was sent and not taken, the one that holds the form.
func here(r *http.Request) string {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return r.URL.RequestURI()
	}
	path := r.URL.Path
	for _, form := range []string{"/review", "/look", "/language", "/logout"} {
		path = strings.TrimSuffix(path, form)
	}
	return cmp.Or(path, "/")
}

// send writes an answer that nobody may keep.
func send(w http.ResponseWriter, status int, kind string, text []byte) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(status)
	_, _ = w.Write(text) // whoever asked may be gone
}

// trouble is what the page "trouble" says.
type trouble struct{ ID, Reference string }

// fail answers with what went wrong: in words for a person, and for the log
// where it is ours. What is not there and what is not his look the same.
func (s *site) fail(w http.ResponseWriter, r *http.Request, err error) {
	_, large := errors.AsType[*http.MaxBytesError](err)
	switch {
	case errors.Is(err, store.ErrUnknown):
		s.trouble(w, r, http.StatusNotFound, trouble{ID: "missing"})
	case large:
		s.trouble(w, r, http.StatusRequestEntityTooLarge, trouble{ID: "large"})
	case r.Context().Err() != nil:
		return // nobody is there to read an answer
	case errors.Is(err, store.ErrFull):
		s.Log.Error("the store is full", "error", err)
		s.trouble(w, r, http.StatusInsufficientStorage, trouble{ID: "full"})
	default:
		reference := s.now().Format("20060102-150405")
		s.Log.Error("a page failed", "reference", reference, "path", r.URL.Path, "error", err)
		s.trouble(w, r, http.StatusInternalServerError, trouble{ID: "ours", Reference: reference})
	}
}

func (s *site) trouble(w http.ResponseWriter, r *http.Request, status int, t trouble) {
	text, err := s.lay(r, "trouble", t)
	if err != nil { // the page that says so is broken too
		s.Log.Error("a page failed", "path", r.URL.Path, "error", err)
		http.Error(w, http.StatusText(status), status)
		return
	}
	send(w, status, "text/html; charset=utf-8", text)
}

// unknown answers that there is no such page.
func (s *site) unknown(w http.ResponseWriter, r *http.Request) { s.fail(w, r, store.ErrUnknown) }
