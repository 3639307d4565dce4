package lab

import (
	"bytes"
	"embed"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"text/template"
	"time"
)

//go:embed pages
var pages embed.FS

// view is what a page template may show.
type view struct {
	Domain  string
	Name    string // of the municipality
	Country string
	Code    string
	Slug    string // of the declaration's address
	Lacks   string
	Title   string // of an inner page
	Day     string // a month ago, as a French page writes it
	Year    int
	Expires string // half a year from today (RFC 3339)
}

// compose makes the handler of a site; a mistake in a page shows at start.
func (l *Lab) compose(p place, s site) (http.Handler, error) {
	answers := answers{site: s, documents: map[string]document{}}
	if s.page == "" {
		return answers, nil
	}
	view := l.view(p, s)
	home, err := render(s.page, view)
	if err != nil {
		return nil, err
	}
	style, err := pages.ReadFile("pages/stile.css")
	if err != nil {
		return nil, fmt.Errorf("reading the style of the pages: %w", err)
	}
	answers.documents["/"] = document{"text/html; charset=utf-8", home}
	answers.documents["/stile.css"] = document{"text/css; charset=utf-8", style}
	for address, page := range s.pages {
		body, err := render(page, view)
		if err != nil {
			return nil, err
		}
		answers.documents[address] = document{"text/html; charset=utf-8", body}
	}
	for address, title := range s.inner {
		view.Title = title
		body, err := render("interna.html", view)
		if err != nil {
			return nil, err
		}
		answers.documents[address] = document{"text/html; charset=utf-8", body}
	}
	for address, text := range s.files {
		answers.documents[address] = document{"text/plain; charset=utf-8", []byte(fill(text, view))}
	}
	return answers, nil
}

// view takes the town's own words; suppliers have none.
func (l *Lab) view(p place, s site) view {
	today := l.now.UTC().Truncate(24 * time.Hour)
	v := view{
		Domain:  strings.TrimSuffix(p.zone.origin, "."),
		Name:    strings.TrimSuffix(p.zone.origin, "."),
		Lacks:   s.lacks,
		Year:    today.Year(),
		Expires: today.AddDate(0, 6, 0).Format(time.RFC3339),
		Day:     today.AddDate(0, -1, 0).Format("02/01/2006"),
	}
	for _, t := range slices.Concat(l.towns, l.hidden) {
		if t.Domain == v.Domain {
			v.Name, v.Country, v.Code = t.Name, t.Country, t.Code
			v.Slug = strings.ReplaceAll(strings.ToLower(t.Name), " ", "_")
		}
	}
	return v
}

func render(page string, v view) ([]byte, error) {
	parsed, err := template.ParseFS(pages, "pages/"+page)
	if err != nil {
		return nil, fmt.Errorf("reading page %s: %w", page, err)
	}
	var body bytes.Buffer
	if err := parsed.Execute(&body, v); err != nil {
		return nil, fmt.Errorf("filling page %s: %w", page, err)
	}
	return body.Bytes(), nil
}

// fill puts the date and the domain into a small text file, which has the line
// ends of the network.
func fill(text string, v view) string {
	return strings.NewReplacer("{domain}", v.Domain, "{expires}", v.Expires, "\n", "\r\n").Replace(text)
}

type document struct {
	kind string
	body []byte
}

// answers is a site at work.
type answers struct {
	site      site
	documents map[string]document
}

func (a answers) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	for name, value := range a.site.headers {
		header.Set(name, value)
	}
	if a.site.redirect != "" {
		http.Redirect(w, r, a.site.redirect, http.StatusMovedPermanently)
		return
	}
	status := http.StatusOK
	found, known := a.documents[r.URL.Path]
	switch {
	case a.site.status != 0:
		status, found = a.site.status, a.documents["/"]
	case !known:
		status, found = http.StatusNotFound, document{"text/plain; charset=utf-8", []byte("Pagina non trovata\n")}
	case r.URL.Path == "/":
		header["Set-Cookie"] = a.site.cookies
	}
	header.Set("Content-Type", found.kind)
	w.WriteHeader(status)
	// The visitor may be gone; nobody is left to tell.
	_, _ = w.Write(found.body)
}

func redirectToHTTPS(w http.ResponseWriter, r *http.Request) {
	host, _, _ := strings.Cut(r.Host, ":")
	http.Redirect(w, r, "https://"+host+r.URL.RequestURI(), http.StatusMovedPermanently)
}
